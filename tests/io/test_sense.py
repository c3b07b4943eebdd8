"""Networks that are well formed and make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import (
    TINY,
    codes,
    drop,
    findings,
    keep,
    lines,
    only,
    place,
    replace,
    set_cell,
    set_column,
    write,
)

from doseline.io.folder import load, read_network
from doseline.io.reference import nuclide_table
from doseline.model.findings import ERROR, NOTE, WARNING

if TYPE_CHECKING:
    from pathlib import Path

ONE_CELL = [
    # table, line, column, value -> code, severity, table, row, column
    (
        "products",
        2,
        "activity_gbq",
        "0",
        "must_be_positive",
        ERROR,
        ("products", 2, "activity_gbq"),
    ),
    (
        "products",
        2,
        "activity_gbq",
        "13",
        "dose_over_volume",
        ERROR,
        ("products", 2, "volume_max_ml"),
    ),
    (
        "products",
        2,
        "volume_min_ml",
        "13",
        "volumes_reversed",
        ERROR,
        ("products", 2, "volume_min_ml"),
    ),
    (
        "products",
        2,
        "in_time_days",
        "5",
        "in_time_too_short",
        WARNING,
        ("products", 2, "in_time_days"),
    ),
    (
        "products",
        2,
        "impurity",
        "Lu-177m",
        "impurity_incomplete",
        WARNING,
        ("products", 2, "impurity"),
    ),
    (
        "products",
        2,
        "shelf_life_h",
        "1600",
        "shelf_life_long",
        WARNING,
        ("products", 2, "shelf_life_h"),
    ),
    (
        "products",
        2,
        "shelf_life_h",
        "2.9",
        "survives_no_lane",
        ERROR,
        ("products", 2, "shelf_life_h"),
    ),
    (
        "products",
        2,
        "continue_percent",
        "0.75",
        "percent_as_fraction",
        WARNING,
        ("products", 2, "continue_percent"),
    ),
    ("sources", 2, "nuclide", "Ac-225", "batch_without_isotope", WARNING, ("batches", 2, "line")),
    ("sources", 2, "nuclide", "Ac-225", "source_unlicensed", ERROR, ("lots", 2, "source")),
    ("lots", 2, "lead_h", "600", "lot_decays", WARNING, ("lots", 2, "lead_h")),
    ("batches", 2, "weekday", "Mon Wed", "several_days", ERROR, ("batches", 2, "weekday")),
    (
        "batches",
        2,
        "yield_percent",
        "0",
        "certain_failure",
        WARNING,
        ("batches", 2, "yield_percent"),
    ),
    (
        "batches",
        2,
        "yield_percent",
        "0.8",
        "percent_as_fraction",
        WARNING,
        ("batches", 2, "yield_percent"),
    ),
    ("licences", 3, "nuclide", "Ac-225", "line_unlicensed", ERROR, ("batches", 2, "line")),
    ("licences", 4, "holder", "line-a", "wrong_operation", ERROR, ("licences", 4, "operation")),
    ("licences", 4, "holder", "middle", "site_unlicensed", WARNING, ("sites", 2, "site")),
    (
        "licences",
        4,
        "valid_until",
        "2026-04-05",
        "licence_expired",
        WARNING,
        ("licences", 4, "valid_until"),
    ),
    (
        "licences",
        4,
        "valid_until",
        "2024-12-31",
        "dates_reversed",
        ERROR,
        ("licences", 4, "valid_until"),
    ),
    (
        "licences",
        4,
        "valid_from",
        "2027-01-01",
        "licence_not_yet",
        WARNING,
        ("licences", 4, "valid_from"),
    ),
    (
        "licences",
        4,
        "training_until",
        "2026-03-31",
        "training_expired",
        WARNING,
        ("licences", 4, "training_until"),
    ),
    (
        "licences",
        4,
        "training_until",
        "2026-05-31",
        "training_expires",
        WARNING,
        ("licences", 4, "training_until"),
    ),
    (
        "licences",
        4,
        "possession_gbq",
        "7.3",
        "possession_below_dose",
        WARNING,
        ("licences", 4, "possession_gbq"),
    ),
    ("lanes", 2, "duration_h", "0.2", "lane_too_fast", WARNING, ("lanes", 2, "duration_h")),
    (
        "lanes",
        4,
        "distance_km",
        "1000",
        "lane_shorter_than_straight",
        WARNING,
        ("lanes", 4, "distance_km"),
    ),
    ("lanes", 4, "to_place", "ORD", "lane_to_itself", ERROR, ("lanes", 4, "to_place")),
    ("lanes", 3, "mode", "air_cargo", "air_without_departures", WARNING, ("lanes", 3, "mode")),
    (
        "departures",
        2,
        "valid_until",
        "2026-01-01",
        "departure_outside",
        NOTE,
        ("departures", 2, "valid_until"),
    ),
    ("suites", 2, "close", "08:00", "suite_closed", ERROR, ("suites", 2, "close")),
    ("suites", 2, "close", "09:00", "suite_too_short", WARNING, ("suites", 2, "close")),
    ("suites", 2, "chairs", "0", "no_chairs", WARNING, ("suites", 2, "chairs")),
    ("suites", 2, "site", "far", "site_without_suite", WARNING, ("sites", 2, "site")),
    ("staff", 2, "count", "0", "staff_missing", WARNING, ("sites", 2, "site")),
    ("pathways", 3, "p90_days", "13", "p90_below_median", ERROR, ("pathways", 3, "p90_days")),
    (
        "payer_mix",
        2,
        "share_percent",
        "41",
        "payer_mix_sum",
        ERROR,
        ("payer_mix", 2, "share_percent"),
    ),
    ("orders", 2, "latest", "2026-05-04", "dates_reversed", ERROR, ("orders", 2, "latest")),
    (
        "in_flight",
        2,
        "infuse",
        "2026-05-04T06:59-05:00",
        "used_before_arrival",
        ERROR,
        ("in_flight", 2, "infuse"),
    ),
    ("courses", 2, "doses_given", "6", "course_complete", ERROR, ("courses", 2, "doses_given")),
    ("booked", 2, "day", "2030-01-01", "booking_outside", NOTE, ("booked", 2, "day")),
]


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "code", "severity", "where"),
    ONE_CELL,
    ids=[f"{case[4]}-{case[2]}" for case in ONE_CELL],
)
def test_one_senseless_cell_is_found(
    folder: Path,
    *,
    table: str,
    line: int,
    column: str,
    value: str,
    code: str,
    severity: str,
    where: tuple[str, int, str],
) -> None:
    set_cell(folder, table, line, column, value)
    found = [finding for finding in findings(folder) if finding.code == code]
    assert where in {place(finding) for finding in found}, findings(folder)
    assert {finding.severity for finding in found} == {severity}


def test_tiny_says_only_that_a_licence_ends() -> None:
    _, found = read_network(TINY, nuclides=nuclide_table())
    assert [(one.code, place(one)) for one in found] == [
        ("licence_expires", ("licences", 6, "valid_until"))
    ]


def test_a_licence_that_is_renewed_is_no_finding(folder: Path) -> None:
    rows = lines(folder, "licences")
    renewed = list(rows[5])
    renewed[rows[0].index("licence")] = "far-treat-2"
    renewed[rows[0].index("valid_until")] = "2029-12-31"
    write(folder, "licences", [*rows, renewed])
    assert "licence_expires" not in codes(folder)


def test_a_site_that_no_lane_reaches_is_found(folder: Path) -> None:
    drop(folder, "lanes", "to_place", "far")
    finding = only(folder, "site_unreached")
    assert (place(finding), finding.found) == (("sites", 4, "site"), "far")
    assert place(only(folder, "hub_unconnected"))[0] == "hubs"


def test_a_product_that_reaches_no_site_is_an_error(folder: Path) -> None:
    keep(folder, "lanes", "to_place", {"ORD", "DEN", "BOI"})
    assert only(folder, "no_lane_for_product").severity == ERROR


def test_a_short_lived_nuclide_survives_no_lane(folder: Path) -> None:
    """Ga-68 halves in 67.842 min; 12.5 mL hold 7.4 GBq for log2(12.5 / 7.4) of that, 0.86 h."""
    set_column(folder, "products", "nuclide", "Ga-68")
    set_column(folder, "sources", "nuclide", "Ga-68")
    set_column(folder, "licences", "nuclide", "Ga-68")
    finding = only(folder, "survives_no_lane")
    assert finding.severity == ERROR
    assert finding.allowed == "≤ 0.9 h"
    assert finding.found == "3.0 h"


def test_a_site_beyond_the_shelf_life_is_a_warning(folder: Path) -> None:
    """Far is two flights away; near waits for no more than the 3 h of quality control."""
    set_column(folder, "products", "shelf_life_h", "8")
    found = [one for one in findings(folder) if one.code == "site_too_far"]
    assert [place(one) for one in found] == [("sites", 4, "site")]
    assert {one.severity for one in found} == {WARNING}


def test_a_batch_after_every_cut_off_is_found(folder: Path) -> None:
    """psma-wed is ready on Wed 18:00 and 1.5 h from ORD, where the cut-off is 18:00 too."""
    drop(folder, "lanes", "lane", "line-a>near")
    assert place(only(folder, "batch_too_late")) == ("batches", 3, "start")


def test_a_product_without_batches_is_found(folder: Path) -> None:
    rows = lines(folder, "products")
    other = list(rows[1])
    other[0] = "lu-other"
    write(folder, "products", [*rows, other])
    wanted = {
        "product_without_batch",
        "gates_missing",
        "payer_mix_missing",
        "product_without_incidence",
        "product_without_scanner",
        "product_without_task",
    }
    assert wanted <= codes(folder)
    assert place(only(folder, "gates_missing")) == ("products", 3, "product")
    assert only(folder, "product_without_task").severity == NOTE


def test_a_missing_gate_is_named(folder: Path) -> None:
    drop(folder, "pathways", "gate", "board")
    finding = only(folder, "gates_missing")
    assert finding.about["gates"] == "board"


def test_orders_of_another_week_are_found(folder: Path) -> None:
    set_cell(folder, "orders", 2, "earliest", "2026-05-11")
    set_cell(folder, "orders", 2, "latest", "2026-05-12")
    assert place(only(folder, "order_outside_week")) == ("orders", 2, "earliest")


def test_a_table_without_rows_is_an_error_where_no_dose_is_possible(folder: Path) -> None:
    write(folder, "suites", lines(folder, "suites")[:1])
    write(folder, "booked", lines(folder, "booked")[:1])
    assert only(folder, "no_rows").severity == ERROR


def _spring(folder: Path) -> None:
    """Move the network to the week of 8 March 2026, when US clocks go forward at 02:00."""
    replace(folder / "network.toml", "start = 2026-04-06", "start = 2026-03-02")
    replace(folder / "network.toml", "week = 2026-05-04", "week = 2026-03-02")


def test_a_wall_time_that_the_planned_week_does_not_have_is_an_error(folder: Path) -> None:
    _spring(folder)
    set_cell(folder, "batches", 2, "weekday", "Sun")
    set_cell(folder, "batches", 2, "start", "02:30")
    finding = only(folder, "nonexistent_time")
    assert (place(finding), finding.severity) == (("batches", 2, "start"), ERROR)
    assert finding.about["used"] == "2026-03-08T03:30-05:00"


def test_a_wall_time_that_another_week_does_not_have_is_a_doubt(folder: Path) -> None:
    _spring(folder)
    replace(folder / "network.toml", "week = 2026-03-02", "week = 2026-03-09")
    set_cell(folder, "batches", 2, "weekday", "Sun")
    set_cell(folder, "batches", 2, "start", "02:30")
    assert only(folder, "nonexistent_time").severity == WARNING


def test_a_wall_time_that_exists_twice_is_the_first(folder: Path) -> None:
    """US clocks go back on 1 November 2026 at 02:00."""
    replace(folder / "network.toml", "start = 2026-04-06", "start = 2026-10-26")
    replace(folder / "network.toml", "week = 2026-05-04", "week = 2026-10-26")
    set_cell(folder, "departures", 2, "weekdays", "Sun")
    set_cell(folder, "departures", 2, "depart", "01:30")
    finding = only(folder, "ambiguous_time")
    assert place(finding) == ("departures", 2, "depart")
    assert finding.about["used"] == "2026-11-01T01:30-05:00"


def test_a_wall_time_before_the_change_is_no_finding(folder: Path) -> None:
    _spring(folder)
    set_cell(folder, "batches", 2, "weekday", "Sun")
    set_cell(folder, "batches", 2, "start", "01:59")
    assert "nonexistent_time" not in codes(folder)


def test_sense_is_still_checked_where_another_table_is_broken(folder: Path) -> None:
    set_cell(folder, "costs", 2, "amount", "NaN")
    drop(folder, "pathways", "gate", "board")
    assert {"not_finite", "gates_missing"} <= codes(folder)


def test_warnings_do_not_hinder_loading(folder: Path) -> None:
    set_cell(folder, "suites", 2, "chairs", "0")
    assert load(folder).frame("suites").height == 3
