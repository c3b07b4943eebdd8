"""What is not told of simulated years: groups of under 11 people, and what would reveal them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.io.fake_years import PEOPLE, network_of_years, told, years_of

from doseline.cli.screen import Words
from doseline.cli.simulate_screen import show_simulated
from doseline.io.report.simulate_page import render_simulated
from doseline.io.simulated import simulated_summary

if TYPE_CHECKING:
    from doseline.model.network import Network

NAMES = ("base", "other")


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of_years()


def test_what_a_summary_may_not_tell_no_difference_tells(network: Network) -> None:
    made = told(NAMES, 3)
    for row in made.rows:
        if (row["measure"], row["of"]) == ("patients", "clinical_exit"):
            row["value"] = 5.0 if row["scenario"] == "base" else 25.0
    found = years_of(made)
    summary = simulated_summary(network, found)
    told_of = {
        (row["scenario"], row["of"]): row["mean"]
        for row in summary["estimates"]
        if row["measure"] == "patients" and row["when"] is None
    }
    assert told_of["base", "clinical_exit"] is None
    assert told_of["other", "clinical_exit"] == 25.0
    # 25 - 20 would be the five.
    rows = {(row["measure"], row["of"]): row["mean"] for row in summary["differences"]}
    assert ("patients", "clinical_exit") not in rows
    assert "Clinical exits while waiting" not in render_simulated(network, years_of(made))
    # What may be told is: the difference of both sides.
    assert rows["patients", "in_time"] == pytest.approx(
        told_of["other", "in_time"] - told_of["base", "in_time"]
    )


def test_sites_of_few_infusions_are_in_no_summary(network: Network) -> None:
    made = told(NAMES, 3)
    for site, doses in (("a", 4.0), ("b", 90.0), ("c", 60.0)):
        made.add("site_doses", site, doses, spread=0.0)
    summary = simulated_summary(network, years_of(made))
    rows = {
        row["of"]: row["mean"]
        for row in summary["estimates"]
        if row["measure"] == "site_doses" and row["scenario"] == "base"
    }
    assert (rows["a"], rows["b"], rows["c"]) == (None, 90.0, None)


def test_a_difference_that_may_not_be_told_is_said_so(
    network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    made = told((*NAMES, "few"), 3)
    for row in made.rows:
        if (row["scenario"], row["measure"], row["of"]) == ("few", "patients", "in_time"):
            row["value"] = 5.0
    show_simulated(network, years_of(made), None, Words("en"))
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "not shown" in rows["few"]
    assert "not shown" not in rows["other"]
    assert rows["base"].split()[-3:] == ["–", "–", "–"]
    page = render_simulated(network, years_of(made))
    shown = page[page.index('id="figure-simulate-scenarios"') :]
    shown = shown[shown.index(">few</th>") :]
    assert "not shown" in shown[: shown.index("</tr>")]


@pytest.mark.parametrize("eligible", [7.0, 0.0])
def test_of_fewer_than_eleven_people_nothing_is_told(
    network: Network, capsys: pytest.CaptureFixture[str], eligible: float
) -> None:
    made = told(NAMES, 3)
    for row in made.rows:
        if row["measure"] == "patients":
            part = PEOPLE.get(row["of"], sum(PEOPLE.values()))
            row["value"] = eligible * part / sum(PEOPLE.values())
    if not eligible:
        made.rows = [row for row in made.rows if row["measure"] != "share"]
    found = years_of(made)
    show_simulated(network, found, None, Words("en"))
    screen = capsys.readouterr().out
    assert "fewer than 11 people are eligible in a replication" in screen.splitlines()[0]
    assert "In time, %" not in screen.partition("Scenarios")[0]
    assert " 50 [" not in screen
    page = render_simulated(network, years_of(made))
    assert "Fewer than 11 people are eligible in a replication" in page
    assert "are treated in time (mean" not in page
    assert "7 [7, 7]" not in page
    summary = simulated_summary(network, found)
    assert all(one["share_in_time"] is None for one in summary["scenarios"])
    assert all(one["difference"] is None for one in summary["scenarios"])
    for rows in (summary["estimates"], summary["differences"]):
        of = [row["mean"] for row in rows if row["measure"] in ("share", "days")]
        assert of == [None] * len(of) or not eligible


def test_the_share_of_a_year_of_few_is_in_no_summary(network: Network) -> None:
    made = told(NAMES, 3)
    for row in made.rows:
        if row["measure"] == "patients" and row["when"] == date(2027, 1, 1):
            row["value"] *= 0.02
    rows = {
        (row["scenario"], row["when"]): row["mean"]
        for row in simulated_summary(network, years_of(made))["estimates"]
        if row["measure"] == "share"
    }
    assert rows["base", "2027-01-01"] is None
    assert rows["base", "2026-01-01"] is not None


def test_a_group_that_is_small_in_a_scenario_is_told_of_none_of_its_kind(network: Network) -> None:
    made = told(NAMES, 3)
    everyone = sum(PEOPLE.values())
    for of, people in (("rural/0", 0.7 * everyone), ("rural/1", 0.3 * everyone)):
        made.add("group_eligible", of, people, spread=0.0)
        made.add("group_share", of, 0.5)
    # In the other scenario so few are rural that its replications have no row of them.
    made.rows = [row for row in made.rows if (row["scenario"], row["of"]) != ("other", "rural/1")]
    summary = simulated_summary(network, years_of(made))
    rows = {
        (row["scenario"], row["of"])
        for row in summary["estimates"]
        if row["measure"] in ("group_eligible", "group_share")
    }
    assert rows == {("base", "rural/0"), ("base", "rural/1")}
