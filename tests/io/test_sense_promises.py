"""Orders, quotas and reservations that are well formed and make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import codes, only, place, set_cell, write

from doseline.io.text import LANGUAGES, text
from doseline.model.findings import ERROR, NOTE, WARNING

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = "order,patient,product,site,kind,earliest,latest,payer,last_infusion,ordered,promised"
"""The planned week begins on 2026-05-04; the label interval is 42 days."""
LADDER = "product,days_before,may_move,fee_percent,evidence\nlu-psma,3,yes,50,invented"
QUOTAS = "quota,product,kind,site,part_of,doses_per_week,evidence"
HELD = "patient,product,cycle,site,suite,day"


def add(folder: Path, table: str, *lines: str) -> None:
    write(folder, table, [line.split(",") for line in "\n".join(lines).split("\n")])


@pytest.mark.parametrize(
    ("order", "code", "severity", "column"),
    [
        ("new,2026-05-05,2026-05-05,ffs,2026-03-01,,", "new_with_dose_before", WARNING, "last_infusion"),
        ("continuing,2026-05-05,2026-05-08,ffs,2026-03-28,,", "interval_leaves_no_day", WARNING, "last_infusion"),
        ("continuing,2026-05-05,2026-05-08,ffs,,,2026-05-11", "promise_outside_window", WARNING, "promised"),
        ("continuing,2026-05-01,2026-05-08,ffs,,,2026-05-01", "promise_past", WARNING, "promised"),
    ],
)  # fmt: skip
def test_an_odd_order_is_found(
    folder: Path, *, order: str, code: str, severity: str, column: str
) -> None:
    add(folder, "commitments", LADDER)
    add(folder, "orders", ORDERS, f"o1,p1,lu-psma,near,{order}")
    finding = only(folder, code)
    assert (place(finding), finding.severity) == (("orders", 2, column), severity)


def test_an_order_with_all_that_it_may_bring_is_in_order(folder: Path) -> None:
    add(folder, "commitments", LADDER)
    line = "o1,p1,lu-psma,near,continuing,2026-05-05,2026-05-08,ffs,2026-03-24,2026-04-20T09:00+02:00,2026-05-06"
    add(folder, "orders", ORDERS, line)
    assert codes(folder) == {"licence_expires"}


def test_a_promise_without_a_ladder_is_noted(folder: Path) -> None:
    add(folder, "orders", ORDERS, "o1,p1,lu-psma,near,new,2026-05-05,2026-05-05,ffs,,,2026-05-05")
    assert only(folder, "promise_without_ladder").severity == NOTE


@pytest.mark.parametrize(("column", "days"), [("interval_min_days", 43), ("interval_max_days", 41)])
def test_the_label_interval_is_one_that_may_be_planned(
    folder: Path, column: str, days: int
) -> None:
    with_columns(folder, column, str(days))
    finding = only(folder, "interval_outside")
    assert (place(finding), finding.severity) == (("products", 2, column), ERROR)


def with_columns(folder: Path, column: str, value: str) -> None:
    """A column more in the table of products."""
    path = folder / "products.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{header},{column}", *(f"{row},{value}" for row in rows)]) + "\n")


@pytest.mark.parametrize(
    ("quota", "code"),
    [("near,east,2", "quota_two_places"), (",Atlantis,2", "quota_unknown_part")],
)
def test_a_quota_is_for_one_place_that_is_known(folder: Path, quota: str, code: str) -> None:
    set_cell(folder, "regions", 2, "part_of", "east")
    add(folder, "quotas", QUOTAS, f"q,lu-psma,new,{quota},invented")
    finding = only(folder, code)
    assert (place(finding), finding.severity) == (("quotas", 2, "part_of"), ERROR)


@pytest.mark.parametrize(
    ("line", "code", "severity", "column"),
    [
        ("p1,lu-psma,2,near,middle-1,2026-06-16", "reserved_elsewhere", ERROR, "suite"),
        ("p1,lu-psma,2,near,near-1,2026-05-10", "reserved_in_week", ERROR, "day"),
        ("p1,lu-psma,7,near,near-1,2026-06-16", "reserved_beyond_course", ERROR, "cycle"),
        ("p1,lu-psma,2,near,near-1,2026-06-20", "reserved_closed", WARNING, "day"),
    ],
)
def test_an_odd_reservation_is_found(
    folder: Path, *, line: str, code: str, severity: str, column: str
) -> None:
    add(folder, "reservations", HELD, line)
    finding = only(folder, code)
    assert (place(finding), finding.severity) == (("reservations", 2, column), severity)


def test_reservations_keep_the_interval(folder: Path) -> None:
    first = "p1,lu-psma,2,near,near-1,2026-06-16"
    add(folder, "reservations", HELD, "p1,lu-psma,3,near,near-1,2026-07-27", first)
    assert place(only(folder, "reserved_too_near")) == ("reservations", 2, "day")
    add(folder, "reservations", HELD, "p1,lu-psma,3,near,near-1,2026-07-28", first)
    assert "reserved_too_near" not in codes(folder)
    add(folder, "reservations", HELD, "p1,lu-psma,4,near,near-1,2026-07-28", first)
    assert "reserved_too_near" in codes(folder)


def test_a_make_up_workday_is_open(folder: Path) -> None:
    add(folder, "calendars", "calendar,name,evidence\nmake-up,Make-up,invented")
    add(folder, "holidays", "calendar,day,runs_as\nmake-up,2026-06-20,Fri")
    path = folder / "sites.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{header},calendar", *(f"{row},make-up" for row in rows)]) + "\n")
    add(folder, "reservations", HELD, "p1,lu-psma,2,near,near-1,2026-06-20")
    assert "reserved_closed" not in codes(folder)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_day_as_of_which_a_plan_counts_is_a_date(folder: Path, lang: str) -> None:
    path = folder / "network.toml"
    settings = path.read_text(encoding="utf-8")
    path.write_text(settings.replace("[plan]\n", '[plan]\nas_of = "soon"\n'), encoding="utf-8")
    assert place(only(folder, "wrong_type"))[2] == "plan.as_of"
    assert text("report.reason.quota_reached", lang)
