"""Steps of a hospital: done, dated or open, with the earliest day along what must come first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.cli.shell import ROOT

from doseline.authorise.errors import BadListingDateError, NoListingsError, UnlistedSiteError
from doseline.authorise.library import shipped
from doseline.authorise.steps import judge_steps, read_listings

if TYPE_CHECKING:
    from pathlib import Path

STEPS = shipped().payers["negotiated_drug"].steps
LISTINGS = ROOT / "examples" / "cn-rlt" / "listings.csv"
HEAD = "site,product,hospital_listing,procurement,service_item,drug_filing,evidence\n"


def test_open_steps_add_up_along_what_they_wait_for() -> None:
    day = date(2027, 1, 1)
    found = {one.step.name: (one.state, str(one.day)) for one in judge_steps(STEPS, {}, day)}
    # 45 days, then 120, then 30; the price item takes its year beside them.
    assert found == {
        "procurement": ("open", "2027-02-15"),
        "service_item": ("open", "2028-01-01"),
        "hospital_listing": ("open", "2027-06-15"),
        "drug_filing": ("open", "2027-07-15"),
    }


def test_a_step_with_a_day_holds_up_only_those_after_it() -> None:
    done = {"procurement": date(2027, 3, 1), "service_item": date(2026, 1, 1)}
    found = judge_steps(STEPS, done, date(2027, 1, 1))
    told = {one.step.name: (one.state, str(one.day)) for one in found}
    assert told["procurement"] == ("dated", "2027-03-01")
    assert told["service_item"] == ("done", "2026-01-01")
    assert told["hospital_listing"] == ("open", "2027-06-29")


def test_the_list_of_a_network_gives_the_days() -> None:
    found = read_listings(LISTINGS, site="Beijing-02", product="lu-psma", steps=STEPS)
    assert found == {
        "procurement": date(2026, 2, 22),
        "service_item": date(2025, 3, 7),
        "hospital_listing": date(2026, 3, 16),
        "drug_filing": date(2026, 3, 26),
    }
    blank = read_listings(LISTINGS, site="Beijing-01", product="lu-psma", steps=STEPS)
    assert set(blank) == {"procurement", "service_item"}


def test_what_is_wrong_with_a_list_is_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    with pytest.raises(UnlistedSiteError, match="Beijing-02"):
        read_listings(LISTINGS, site="Beijing-2", product="lu-psma", steps=STEPS)
    with pytest.raises(NoListingsError):
        read_listings(file, site="a", product="b", steps=STEPS)
    file.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(NoListingsError):
        read_listings(file, site="a", product="b", steps=STEPS)
    file.write_text(f"{HEAD}a,b,2026-02-30,,,,\n", encoding="utf-8")
    with pytest.raises(BadListingDateError, match="line 2: hospital_listing"):
        read_listings(file, site="a", product="b", steps=STEPS)
    file.write_text(f"{HEAD}a,b,,,,,\na,b,,,,,\n", encoding="utf-8")
    with pytest.raises(UnlistedSiteError):
        read_listings(file, site="a", product="b", steps=STEPS)
