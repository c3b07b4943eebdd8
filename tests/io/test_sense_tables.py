"""Tables of calendars, carriers, ordering and capacity that are well formed and make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import codes, findings, lines, only, place, set_cell, set_column, write

from doseline.model.findings import ERROR, NOTE, WARNING

if TYPE_CHECKING:
    from pathlib import Path

TRACER = "Ga-68 gozetotide"
MAKER = "calendar,name,evidence\nmaker,Maker,invented"
CHANGEOVER = "line,from_class,to_class,hours,evidence\nline-a,beta,alpha,12,invented"
ONE_TABLE = [
    # table, its rows -> code, severity, line, column
    ("holidays", "calendar,day,runs_as\nmaker,2026-05-09,Mon Tue", "runs_as_several", ERROR, 2),
    (
        "supply_changes",
        (
            "source,valid_from,valid_until,available_percent,cause,evidence\n"
            "reactor,2026-05-04,2026-05-03,50,outage,invented"
        ),
        "dates_reversed",
        ERROR,
        2,
    ),
    (
        "supply_changes",
        (
            "source,valid_from,valid_until,available_percent,cause,evidence\n"
            "reactor,2026-05-04,2026-05-20,50,outage,invented\n"
            "reactor,2026-05-20,,100,ramp,invented"
        ),
        "periods_overlap",
        ERROR,
        3,
    ),
    (
        "training",
        "site,role,ready,count,evidence\nnear,nurse,2031-01-01,1,invented",
        "trainee_after",
        NOTE,
        2,
    ),
    ("experience", "site,product,doses\nnear,lu-psma,3", "experience_without_learning", NOTE, 2),
    (
        "waste_streams",
        "product,kind,litres,hold_days,evidence\nlu-psma,effluent,10,80,invented",
        "stream_without_store",
        NOTE,
        2,
    ),
    (
        "waste_stores",
        "site,kind,capacity_l,held_l,evidence\nnear,solid,100,0,invented",
        "store_without_stream",
        NOTE,
        2,
    ),
    (
        "waste_stores",
        "site,kind,capacity_l,held_l,evidence\nnear,solid,100,101,invented",
        "store_overfull",
        WARNING,
        2,
    ),
    (
        "tracer_supply",
        (
            f"tracer,place,doses_per_week,reach_km,evidence\n{TRACER},near,5,3,invented\n"
            f"{TRACER},line-a,5,20,invented"
        ),
        "tracer_out_of_reach",
        WARNING,
        3,
    ),
    (
        "ordering_cutoffs",
        (
            "product,infusion_weekdays,days_before,clock,zone,evidence\n"
            "lu-psma,Mon-Tue,4,12:00,UTC,invented\nlu-psma,Tue Wed,4,12:00,UTC,invented"
        ),
        "cutoffs_overlap",
        ERROR,
        3,
    ),
    (
        "commitments",
        (
            "product,days_before,may_move,fee_percent,evidence\n"
            "lu-psma,7,yes,50,invented\nlu-psma,3,no,40,invented"
        ),
        "fee_falls",
        WARNING,
        3,
    ),
    (
        "commitments",
        (
            "product,days_before,may_move,fee_percent,evidence\n"
            "lu-psma,2,yes,50,invented\nlu-psma,7,no,40,invented"
        ),
        "move_returns",
        WARNING,
        2,
    ),
    (
        "continuation",
        (
            "product,after_dose,continue_percent,evidence\nlu-psma,5,50,invented\n"
            "lu-psma,6,50,invented"
        ),
        "continuation_beyond",
        WARNING,
        3,
    ),
    (
        "listings",
        (
            "site,product,hospital_listing,procurement,evidence\n"
            "near,lu-psma,2026-01-01,2031-01-01,invented"
        ),
        "listing_after",
        NOTE,
        2,
    ),
]


def add(folder: Path, table: str, text: str) -> None:
    """A table from its text."""
    write(folder, table, [line.split(",") for line in text.split("\n")])


@pytest.mark.parametrize(
    ("table", "text", "code", "severity", "line"),
    ONE_TABLE,
    ids=[case[2] for case in ONE_TABLE],
)
def test_one_senseless_row_is_found(
    folder: Path, *, table: str, text: str, code: str, severity: str, line: int
) -> None:
    add(folder, "calendars", MAKER)
    add(folder, table, text)
    finding = only(folder, code)
    assert (finding.table, finding.row, finding.severity) == (table, line, severity)


def test_a_calendar_without_holidays_in_the_period_is_noted(folder: Path) -> None:
    add(folder, "calendars", MAKER)
    add(folder, "holidays", "calendar,day\nmaker,2025-05-01")
    assert place(only(folder, "calendar_without_holidays")) == ("calendars", 2, "calendar")
    add(folder, "holidays", "calendar,day\nmaker,2026-05-01")
    assert "calendar_without_holidays" not in codes(folder)


def test_a_day_of_a_calendar_stands_once(folder: Path) -> None:
    add(folder, "calendars", MAKER)
    add(folder, "holidays", "calendar,day,runs_as\nmaker,2026-05-01,\nmaker,2026-05-01,Mon")
    assert place(only(folder, "duplicate_key")) == ("holidays", 3, "calendar, day")


def test_a_departure_from_a_closed_hub_is_found(folder: Path) -> None:
    """Flights leave Chicago at 08:00 and 12:00 or later; the hub opens at noon."""
    set_cell(folder, "hubs", 2, "open", "23:58")
    set_cell(folder, "hubs", 2, "close", "23:59")
    found = [one for one in findings(folder) if one.code == "departure_when_closed"]
    assert {one.severity for one in found} == {WARNING}
    assert {one.about["hub"] for one in found} == {"ORD"}


@pytest.mark.parametrize(("closes", "found"), [("06:00", True), ("23:00", False)])
def test_hours_over_midnight_hold_on_the_next_day(
    folder: Path, closes: str, *, found: bool
) -> None:
    set_cell(folder, "hubs", 2, "open", "23:30")
    set_cell(folder, "hubs", 2, "close", closes)
    assert ("departure_when_closed" in codes(folder)) is found


def test_hours_that_end_when_they_begin_are_the_whole_day(folder: Path) -> None:
    set_cell(folder, "hubs", 2, "open", "08:00")
    set_cell(folder, "hubs", 2, "close", "08:00")
    finding = only(folder, "hub_never_closes")
    assert (place(finding), finding.severity) == (("hubs", 2, "close"), NOTE)
    assert "departure_when_closed" not in codes(folder)


def test_a_carrier_without_vehicles_carries_nothing(folder: Path) -> None:
    set_cell(folder, "carriers", 2, "vehicles", "0")
    assert place(only(folder, "carrier_without_vehicles")) == ("carriers", 2, "vehicles")


def test_nobody_drives_for_no_time(folder: Path) -> None:
    set_cell(folder, "carriers", 2, "drive_h_max", "0")
    finding = only(folder, "must_be_positive")
    assert (place(finding), finding.severity) == (("carriers", 2, "drive_h_max"), ERROR)


def test_a_long_drive_needs_a_rest_of_some_length(folder: Path) -> None:
    """The courier's drives take an hour, or half of one."""
    set_cell(folder, "carriers", 2, "drive_h_max", "0.9")
    found = [one for one in findings(folder) if one.code == "drive_without_rest"]
    assert {place(one)[:2] for one in found} >= {("lanes", 2), ("lanes", 3)}
    set_cell(folder, "carriers", 2, "rest_h", "0.5")
    assert "drive_without_rest" not in codes(folder)


def test_a_rest_may_bring_a_dose_too_late(folder: Path) -> None:
    """An hour's drive with a rest of 500 h after half of it takes longer than any dose lasts."""
    set_cell(folder, "carriers", 2, "drive_h_max", "0.5")
    set_cell(folder, "carriers", 2, "rest_h", "500")
    assert "survives_no_lane" in codes(folder)


def test_a_line_that_makes_one_class_never_changes_over(folder: Path) -> None:
    products = lines(folder, "products")
    other = list(products[1])
    other[0] = "lu-other"
    write(folder, "products", [products[0], products[1], other])
    set_cell(folder, "products", 2, "segregation", "beta")
    set_cell(folder, "products", 3, "segregation", "alpha")
    add(folder, "changeovers", CHANGEOVER)
    assert only(folder, "changeover_unneeded").severity == NOTE
    assert "unknown_class" not in codes(folder)


def test_a_class_that_no_product_has_is_found(folder: Path) -> None:
    add(folder, "changeovers", CHANGEOVER)
    found = [place(one) for one in findings(folder) if one.code == "unknown_class"]
    assert found == [("changeovers", 2, "from_class"), ("changeovers", 2, "to_class")]
    assert "changeover_unneeded" not in codes(folder)


def test_a_pharmacy_needs_a_licence_to_distribute(folder: Path) -> None:
    set_cell(folder, "hubs", 2, "kind", "pharmacy")
    assert place(only(folder, "pharmacy_unlicensed")) == ("hubs", 2, "hub")
    licences = lines(folder, "licences")
    held = list(licences[1])
    held[:3] = ["ord", "ORD", "distribute"]
    write(folder, "licences", [*licences, held])
    assert not {"pharmacy_unlicensed", "wrong_operation"} & codes(folder)


def test_a_hospital_with_a_line_needs_a_licence_to_treat(folder: Path) -> None:
    set_cell(folder, "lines", 2, "owner", "near")
    assert "owner_unlicensed" not in codes(folder)
    write(folder, "licences", [row for row in lines(folder, "licences") if row[1] != "near"])
    finding = only(folder, "owner_unlicensed")
    assert (place(finding), finding.about["nuclides"]) == (("lines", 2, "owner"), "Lu-177")


def test_experience_counts_only_where_the_product_may_be_given(folder: Path) -> None:
    add(folder, "experience", "site,product,doses\nnear,lu-psma,3")
    assert "experience_unlicensed" not in codes(folder)
    write(folder, "licences", [row for row in lines(folder, "licences") if row[1] != "near"])
    assert only(folder, "experience_unlicensed").severity == NOTE


def test_a_tracer_that_may_not_be_used_is_found(folder: Path) -> None:
    set_column(folder, "tracers", "approved_from", "")
    finding = only(folder, "tracer_unavailable")
    assert (place(finding), finding.severity) == (("tracers", 2, "approved_from"), WARNING)
    set_cell(folder, "tracers", 2, "in_house", "yes")
    assert "tracer_unavailable" not in codes(folder)
