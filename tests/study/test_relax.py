"""Each relaxation changes what its unit says, where it says, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.study.networks import errors_of, full, tiny, with_cells

from doseline.model.catalogue import BY_NAME
from doseline.model.columns import weekday_numbers
from doseline.model.ledger import LINKS
from doseline.study.relax import BY_LINK, RELAXATIONS, Where, relaxed

if TYPE_CHECKING:
    from doseline.model.network import Network

WHERE = Where(
    scanner="pet-west",
    scanner_product="lu-psma",
    suite="middle-1",
    batch="psma-wed",
    lot="lot-wed",
    lane="ORD>DEN",
    licence="middle-treat",
    dose_gbq=7.4,
)
AT = {
    "pet_slot": "scanner",
    "no_isotope": "lot",
    "no_batch_capacity": "batch",
    "transport": "lane",
    "licence_or_possession": "licence",
    "no_suite": "suite",
}
"""Field of Where that says where the unit of a link is given."""

Change = tuple[str, tuple[Any, ...], str]
"""Table, key of the row, column."""


def roomy() -> Network:
    """The example with room for every unit, on both sides of each range."""
    network = with_cells(
        tiny(), "pathways", {"gate": "reach"}, pass_percent=90.0, rural_pass_percent=85.0
    )
    return with_cells(
        network, "pathways", {"gate": "scanner_reach"}, pass_percent=80.0, rural_pass_percent=70.0
    )


def changes(before: Network, after: Network) -> dict[Change, tuple[Any, Any]]:
    """Cells that differ; rows are known by their key, and none may come or go."""
    assert before.settings == after.settings
    assert list(before.frames) == list(after.frames)
    found: dict[Change, tuple[Any, Any]] = {}
    for name, old in before.frames.items():
        new = after.frame(name)
        assert new.schema == old.schema, name
        assert new.height == old.height, name
        keys = BY_NAME[name].key or tuple(old.columns)
        for was, now in zip(old.to_dicts(), new.to_dicts(), strict=True):
            key = tuple(was[column] for column in keys)
            for column, value in was.items():
                if now[column] != value:
                    found[name, key, column] = value, now[column]
    return found


def grown(before: Network, after: Network, table: str) -> dict[str, Any]:
    """The one row that a table has more; everything else is as before."""
    for name, old in before.frames.items():
        new = after.frame(name)
        assert_frame_equal(new.head(old.height), old)
        assert new.height == old.height + (name == table)
    row: dict[str, Any] = after.frame(table).to_dicts()[-1]
    return row


def gate(name: str, **cells: tuple[Any, Any]) -> dict[Change, tuple[Any, Any]]:
    return {("pathways", ("lu-psma", name), column): pair for column, pair in cells.items()}


CELLS: dict[str, dict[Change, tuple[Any, Any]]] = {
    "out_of_reach": gate(
        "reach", pass_percent=(90.0, 91.0), rural_pass_percent=(85.0, 86.0), max_km=(300.0, 310.0)
    ),
    "not_referred": gate("referral", pass_percent=(80.0, 81.0), rural_pass_percent=(70.0, 71.0)),
    "no_scanner": gate(
        "scanner_reach",
        pass_percent=(80.0, 81.0),
        rural_pass_percent=(70.0, 71.0),
        max_km=(300.0, 310.0),
    ),
    "pet_slot": {("scanners", ("pet-west", "lu-psma"), "slots_per_week"): (1.0, 2.0)},
    "tumour_board": gate("board", median_days=(7.0, 6.0), p90_days=(14.0, 12.0)),
    "not_offered": {
        ("products", ("lu-psma",), "price"): (Decimal("48980.000000"), Decimal("48490.200000"))
    },
    "cannot_pay": {
        ("payers", (payer,), "cannot_pay_percent"): (2.0, 1.0) for payer in ("ffs", "ma", "private")
    },
    "authorisation_denied": {
        ("payers", (payer,), "denied_percent"): (5.0, 4.0) for payer in ("ma", "private")
    },
    "authorisation_time": {
        ("payers", ("ma",), "median_days"): (5.0, 4.0),
        ("payers", ("ma",), "p90_days"): (10.0, 8.0),
        ("payers", ("private",), "median_days"): (7.0, 6.0),
        ("payers", ("private",), "p90_days"): (14.0, 12.0),
    },
    "ordering_rules": {("products", ("lu-psma",), "order_lead_days"): (5, 4)},
    "no_isotope": {("lots", ("lot-wed",), "capacity_gbq"): (50.0, 150.0)},
    "batch_failed": {
        ("batches", (batch,), "failure_percent"): (3.0, 2.0) for batch in ("psma-mon", "psma-wed")
    },
    "licence_or_possession": {
        ("licences", ("middle-treat",), "possession_gbq"): (15.0, pytest.approx(22.4))
    },
    "patient_scheduling": gate("scheduling", median_days=(5.0, 4.0), p90_days=(10.0, 8.0)),
}


def test_every_link_has_its_relaxation_in_order() -> None:
    assert tuple(one.link for one in RELAXATIONS) == LINKS
    assert tuple(BY_LINK) == LINKS


@pytest.mark.parametrize("link", CELLS)
def test_cells_that_a_relaxation_changes(link: str) -> None:
    before = roomy()
    found = changes(before, relaxed(before, WHERE, link))
    assert found == CELLS[link]


def test_one_batch_more_a_week_is_a_twin() -> None:
    row = grown(tiny(), relaxed(tiny(), WHERE, "no_batch_capacity"), "batches")
    (twin,) = tiny().frame("batches").filter(batch="psma-wed").to_dicts()
    assert row.pop("batch") != twin.pop("batch")
    assert row == twin


def test_one_departure_more_a_week_is_on_a_day_without_one() -> None:
    row = grown(tiny(), relaxed(tiny(), WHERE, "transport"), "departures")
    assert row["lane"] == "ORD>DEN"
    (day,) = weekday_numbers(row["weekdays"])
    assert day not in weekday_numbers("Mon Wed")


def test_one_slot_more_a_week_is_one_chair_on_one_day() -> None:
    row = grown(tiny(), relaxed(tiny(), WHERE, "no_suite"), "suites")
    (twin,) = tiny().frame("suites").filter(suite="middle-1").to_dicts()
    assert row["suite"] not in tiny().frame("suites")["suite"]
    assert (row["chairs"], row["slots_per_day"]) == (1, 1)
    assert weekday_numbers(row["weekdays"]) == weekday_numbers("Tue")
    same = ("site", "open", "close", "evidence")
    assert [row[name] for name in same] == [twin[name] for name in same]


def test_a_departure_more_on_a_lane_that_runs_every_day_is_another_one() -> None:
    network = with_cells(tiny(), "departures", {"lane": "ORD>DEN"}, weekdays="Mon-Sun")
    row = grown(network, relaxed(network, WHERE, "transport"), "departures")
    assert len(weekday_numbers(row["weekdays"])) == 1
    assert row["depart"] != "20:00"


@pytest.mark.parametrize("weekdays", ["Mon-Fri", "Mon-Sat", "Fri-Mon", "Sun-Thu", "Tue"])
def test_a_departure_more_is_on_a_free_day_however_the_days_are_written(weekdays: str) -> None:
    network = with_cells(tiny(), "departures", {"lane": "ORD>DEN"}, weekdays=weekdays)
    row = grown(network, relaxed(network, WHERE, "transport"), "departures")
    assert not set(weekday_numbers(row["weekdays"])) & set(weekday_numbers(weekdays))


def test_a_departure_more_runs_although_the_first_of_its_lane_has_ended() -> None:
    ended = with_cells(tiny(), "departures", valid_until=date(2025, 12, 31))
    row = grown(ended, relaxed(ended, WHERE, "transport"), "departures")
    assert (row["valid_from"], row["valid_until"]) == (None, None)


@pytest.mark.parametrize("link", LINKS)
def test_a_relaxed_network_is_valid(link: str) -> None:
    assert errors_of(tiny()) == []
    assert errors_of(relaxed(tiny(), WHERE, link)) == []
    twice = relaxed(relaxed(tiny(), WHERE, link), WHERE, *LINKS)
    assert [told for told in errors_of(twice) if "duplicate_key" not in told] == []


def test_one_slot_more_of_a_scanner_is_for_one_of_its_products() -> None:
    scanners = tiny().frame("scanners")
    other = with_cells(tiny(), "scanners", product="lu-dotatate").frame("scanners")
    network = tiny().replace(scanners=pl.concat([scanners, other]))
    assert changes(network, relaxed(network, WHERE, "pet_slot")) == CELLS["pet_slot"]


@pytest.mark.parametrize("link", AT)
def test_a_unit_that_is_given_nowhere_changes_nothing(link: str) -> None:
    assert {field.name for field in fields(Where)} == {
        *AT.values(),
        "scanner_product",
        "dose_gbq",
    }
    after = relaxed(tiny(), Where(), link)
    for name, frame in tiny().frames.items():
        assert_frame_equal(after.frame(name), frame)
    elsewhere = Where(**{AT[link]: "nowhere"}, dose_gbq=7.4)
    for name, frame in tiny().frames.items():
        assert_frame_equal(relaxed(tiny(), elsewhere, link).frame(name), frame)


def test_a_unit_ends_at_the_end_of_its_range() -> None:
    network = with_cells(tiny(), "pathways", {"gate": "referral"}, pass_percent=99.5)
    network = with_cells(network, "pathways", {"gate": "board"}, median_days=0.4, p90_days=3.0)
    network = with_cells(network, "payers", denied_percent=0.3, cannot_pay_percent=0.0)
    network = with_cells(network, "payers", median_days=0.0, p90_days=0.0)
    network = with_cells(network, "batches", failure_percent=0.25)
    network = with_cells(network, "products", order_lead_days=0)
    after = relaxed(network, WHERE, *LINKS)
    gates = {row["gate"]: row for row in after.frame("pathways").to_dicts()}
    assert gates["referral"]["pass_percent"] == 100.0
    assert (gates["board"]["median_days"], gates["board"]["p90_days"]) == (0.0, 0.0)
    for name in ("denied_percent", "cannot_pay_percent", "median_days", "p90_days"):
        assert set(after.frame("payers")[name]) == {0.0}
    assert set(after.frame("batches")["failure_percent"]) == {0.0}
    assert set(after.frame("products")["order_lead_days"]) == {0}
    assert errors_of(after) == []


def test_an_unlimited_licence_stays_unlimited() -> None:
    network = with_cells(tiny(), "licences", {"licence": "middle-treat"}, possession_gbq=None)
    after = relaxed(network, WHERE, "licence_or_possession")
    assert_frame_equal(after.frame("licences"), network.frame("licences"))


def test_relaxing_several_links_is_relaxing_one_after_the_other() -> None:
    together = relaxed(tiny(), WHERE, "not_referred", "no_isotope", "no_suite")
    step = relaxed(relaxed(tiny(), WHERE, "not_referred"), WHERE, "no_isotope")
    step = relaxed(step, WHERE, "no_suite")
    for name in together.frames:
        assert_frame_equal(together.frame(name), step.frame(name))


def test_one_day_later_also_moves_the_cut_offs() -> None:
    network = full(roomy())
    found = changes(network, relaxed(network, WHERE, "ordering_rules"))
    cutoff = {("ordering_cutoffs", ("lu-psma", "Mon-Sun"), "days_before"): (6, 5)}
    assert found == {**CELLS["ordering_rules"], **cutoff}


def test_a_limit_raised_by_a_dose_has_room_for_its_waste() -> None:
    network = full(roomy())
    found = changes(network, relaxed(network, WHERE, "licence_or_possession"))
    # Two litres a dose that are held for ten weeks: twenty for one dose more a week.
    room = {("waste_stores", ("middle", "solid"), "capacity_l"): (60.0, 80.0)}
    assert found == {**CELLS["licence_or_possession"], **room}


def test_one_slot_more_has_a_bed() -> None:
    assert grown(tiny(), relaxed(tiny(), WHERE, "no_suite"), "suites")["beds"] == 1


def test_one_scan_more_has_its_dose() -> None:
    network = full(roomy())
    found = changes(network, relaxed(network, WHERE, "pet_slot"))
    dose = {("tracer_supply", ("Ga-68 gozetotide", "middle"), "doses_per_week"): (9.0, 10.0)}
    assert found == {**CELLS["pet_slot"], **dose}
