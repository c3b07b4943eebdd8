"""Headroom where something is missing, closed or new: each stops the next dose by its own name."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.study.headroom_worlds import table
from tests.study.networks import references, tiny

from doseline.io.folder import load
from doseline.plan.limits.beds import BED
from doseline.plan.limits.fleet import FLEET
from doseline.plan.limits.rows import CHAIR, POSSESSION
from doseline.plan.limits.waste import WASTE
from doseline.study.headroom import Headroom, headroom
from doseline.study.headroom_names import SITE_RESOURCES, STOPS
from doseline.study.stays import nights_by_product, stays

if TYPE_CHECKING:
    from doseline.model.network import Network

EXAMPLES = Path(__file__).parents[2] / "examples"
MONDAY = date(2026, 5, 4)
TUESDAY = date(2026, 5, 12)
"""A Tuesday on which the tiny example can take two doses at near."""


def _near(network: Network, **about: Any) -> Headroom:
    return headroom(network, "near", reference=references(), **about)


def _row(found: Headroom, day: date) -> dict[str, Any]:
    return found.days.filter(day=day).row(0, named=True)


def _with(network: Network, name: str, *rows: dict[str, Any]) -> Network:
    """The network with rows of a table."""
    given = [{"evidence": "invented", **row} for row in rows]
    if "evidence" not in network.frame(name).columns:
        given = list(rows)
    return network.replace(**{name: table(name, given)})


def _changed(network: Network, name: str, **columns: Any) -> Network:
    return network.replace(**{name: network.frame(name).with_columns(**columns)})


def test_the_names_of_the_plans_limits_are_those_of_headroom() -> None:
    assert {CHAIR, BED, POSSESSION, WASTE} <= set(SITE_RESOURCES)
    assert FLEET in STOPS


def test_a_site_without_a_suite_is_always_closed() -> None:
    suites = tiny().frame("suites").filter(pl.col("site") != "near")
    found = _near(tiny().replace(suites=suites, booked=tiny().frame("booked").clear()))
    assert set(found.days["stops"]) == {"closed"}
    assert found.days["acceptable"].sum() == 0


def test_a_site_without_staff_is_stopped_by_them_alone() -> None:
    staff = tiny().frame("staff").filter(pl.col("site") != "near")
    row = _row(_near(tiny().replace(staff=staff)), TUESDAY)
    roles = ["authorised_user", "technologist", "nurse", "radiation_safety"]
    assert [row[role] for role in roles] == [0] * 4
    assert (row["acceptable"], row["ties"].split(" ")) == (0, roles)


def test_a_trainee_counts_from_the_day_on() -> None:
    some = pl.when(pl.col("role") == "nurse").then(0).otherwise("count")
    ready = TUESDAY + timedelta(days=1)
    network = _with(
        _changed(tiny(), "staff", count=some),
        "training",
        {"site": "near", "role": "nurse", "ready": ready, "count": 1},
    )
    found = _near(network)
    assert (_row(found, TUESDAY)["nurse"], _row(found, ready)["nurse"]) == (0, 4)


def test_a_holiday_closes_the_site_and_says_so() -> None:
    network = _with(tiny(), "calendars", {"calendar": "local", "name": "Local"})
    network = _with(network, "holidays", {"calendar": "local", "day": TUESDAY})
    network = _changed(network, "sites", calendar=pl.lit("local"))
    found = _near(network)
    row = _row(found, TUESDAY)
    assert (row["acceptable"], row["stops"], row["detail"]) == (0, "closed", "holiday")
    sunday = _row(found, date(2026, 5, 10))
    assert (sunday["stops"], sunday["detail"]) == ("closed", "")


def test_training_that_ends_stops_the_days_after_it() -> None:
    found = _near(_changed(tiny(), "licences", training_until=pl.lit(TUESDAY)))
    assert _row(found, TUESDAY)["acceptable"] == 2
    assert _row(found, TUESDAY + timedelta(days=1))["stops"] == "training"


def test_a_drug_that_is_not_listed_yet_is_not_offered() -> None:
    steps = dict.fromkeys(("hospital_listing", "procurement", "drug_filing"), MONDAY)
    row = {"site": "near", "product": "lu-psma", **steps}
    found = _near(_with(tiny(), "listings", {**row, "service_item": TUESDAY}))
    assert _row(found, date(2026, 5, 11))["stops"] == "not_offered"
    assert _row(found, TUESDAY)["acceptable"] == 2
    accepted = found.cumulative.filter(pl.col("day") < TUESDAY)["accepted"].sum()
    assert accepted == 0
    never = _near(_with(tiny(), "listings", row))
    assert never.days["acceptable"].sum() == 0


def test_a_cut_off_calendar_decides_until_when_to_order() -> None:
    rule = {
        "product": "lu-psma",
        "infusion_weekdays": "Tue",
        "days_before": 8,
        "clock": "12:00",
        "zone": "America/Chicago",
    }
    found = _near(_with(tiny(), "ordering_cutoffs", rule))
    tuesday = _row(found, TUESDAY)
    # The cut-off is noon of Monday 4 May, and it is morning.
    assert (tuesday["order_by"], tuesday["acceptable"]) == (MONDAY, 2)
    wednesday = _row(found, TUESDAY + timedelta(days=1))
    assert (wednesday["order_by"], wednesday["stops"]) == (None, "ordering")
    late = _near(_with(tiny(), "ordering_cutoffs", {**rule, "days_before": 9}))
    assert _row(late, TUESDAY)["stops"] == "ordering"


def test_a_source_that_delivers_nothing_stops_by_its_isotope() -> None:
    change = {
        "source": "reactor",
        "valid_from": MONDAY,
        "available_percent": 0.0,
        "cause": "outage",
    }
    row = _row(_near(_with(tiny(), "supply_changes", change)), TUESDAY)
    assert (row["supply"], row["acceptable"], row["stops"]) == (0, 0, "isotope")


def test_a_line_that_needs_a_changeover_makes_one_of_two_batches() -> None:
    pause = {"line": "line-a", "from_class": "", "to_class": "", "hours": 100.0}
    network = _with(tiny(), "changeovers", pause)
    # Without the pause Thursday has 5 vials of Monday's batch and 3 of Wednesday's.
    thursday = TUESDAY + timedelta(days=2)
    assert _row(_near(tiny()), thursday)["supply"] == 8
    assert _row(_near(network), thursday)["supply"] == 5
    # Monday's doses open its batch, and so Wednesday's makes nothing for the same week.
    accepted = _near(network).cumulative.filter(pl.col("day").is_between(TUESDAY, thursday))
    assert accepted["accepted"].sum() == 5


def test_vehicles_that_are_all_out_stop_the_next_dose() -> None:
    # One vehicle for four hours a day, and a trip there and back takes two.
    few = _changed(
        tiny(),
        "carriers",
        vehicles=pl.lit(1, dtype=pl.Int64),
        vehicle_h_per_day=pl.lit(2.0),
        packages_per_trip=pl.lit(1, dtype=pl.Int64),
    )
    row = _row(_near(few), TUESDAY)
    assert (row["supply"], row["acceptable"], row["stops"]) == (1, 1, "fleet")


def test_a_full_store_stops_the_next_dose() -> None:
    stream = {"product": "lu-psma", "kind": "solid", "litres": 10.0, "hold_days": 70.0}
    store = {"site": "near", "kind": "solid", "capacity_l": 125.0, "held_l": 0.0}
    network = _with(_with(tiny(), "waste_streams", stream), "waste_stores", store)
    row = _row(_near(network), TUESDAY)
    # One dose a week keeps 10 L x 70 d / 7 d = 100 L filled.
    assert (row["waste"], row["acceptable"], row["stops"]) == (1, 1, "waste")
    accepted = _near(network).cumulative
    weekly = accepted.group_by_dynamic("day", every="1w").agg(pl.col("accepted").sum())
    assert weekly["accepted"].max() == 1


def test_what_a_store_held_when_the_week_began_is_freed_week_by_week() -> None:
    stream = {"product": "lu-psma", "kind": "solid", "litres": 10.0, "hold_days": 14.0}
    store = {"site": "near", "kind": "solid", "capacity_l": 60.0, "held_l": 100.0}
    network = _with(_with(tiny(), "waste_streams", stream), "waste_stores", store)
    names = ("orders", "in_flight", "courses")
    found = _near(network.replace(**{name: network.frame(name).clear() for name in names}))
    # Of 100 L half is freed in the first week: 10 L are free at its end. In the second week all
    # is freed, and the store takes three doses a week for good: 10 L x 14 d / 7 d = 20 L each.
    assert _row(found, date(2026, 5, 5))["waste"] == 1
    assert _row(found, TUESDAY)["waste"] == 3


def test_a_new_licence_limits_from_its_own_week_on() -> None:
    licences = tiny().frame("licences")
    near = pl.col("holder") == "near"
    until = date(2026, 5, 17)
    old = licences.with_columns(
        valid_until=pl.when(near).then(pl.lit(until)).otherwise("valid_until")
    )
    new = licences.filter(near).with_columns(
        licence=pl.lit("near-new"),
        valid_from=pl.lit(until + timedelta(days=1)),
        possession_gbq=pl.lit(20.0),
    )
    found = _near(tiny().replace(licences=pl.concat([old, new])))
    # A vial for Tuesday is 8 GBq when it arrives: seven lie within 60 GBq, two within 20 GBq.
    assert _row(found, TUESDAY)["possession"] == 7
    assert _row(found, date(2026, 5, 26))["possession"] == 2


def test_patients_who_may_not_leave_keep_a_bed_from_the_next() -> None:
    network = _iodine(beds=1)
    nights = nights_by_product(stays(network, references()))["lu-psma"]
    assert nights == 2
    found = _near(network)
    row = _row(found, TUESDAY)
    assert (row["bed"], row["release"], row["acceptable"]) == (1, 1, 1)
    assert "bed" in row["ties"].split(" ")
    # d0 is given on Monday; its patient lies there on Monday and Tuesday.
    tuesday = _row(found, date(2026, 5, 5))
    assert (tuesday["bed"], tuesday["release"]) == (1, 0)
    assert "release" in tuesday["ties"].split(" ")
    days = found.cumulative.filter(pl.col("accepted") > 0)["day"].to_list()
    apart = [(later - day).days for day, later in itertools.pairwise(days)]
    assert days
    assert min(apart) >= nights


def test_a_site_without_beds_cannot_take_who_must_stay() -> None:
    row = _row(_near(_iodine(beds=0)), TUESDAY)
    assert (row["bed"], row["acceptable"], row["stops"]) == (0, 0, "bed")


def _iodine(*, beds: int) -> Network:
    """The tiny example with a product whose patients stay two nights, and few beds.

    1.4 GBq of I-131 are 37.8 mCi and fall to the 33 mCi of the release rule in 1.6 days.
    """
    network = _changed(
        tiny(),
        "products",
        nuclide=pl.lit("I-131"),
        activity_gbq=pl.lit(1.4),
        volume_min_ml=pl.lit(1.0),
    )
    for name in ("sources", "licences"):
        network = _changed(network, name, nuclide=pl.lit("I-131"))
    network = _changed(network, "suites", beds=pl.lit(beds, dtype=pl.Int64))
    return network.replace(orders=network.frame("orders").clear())


def test_two_products_share_chairs_and_are_both_shown() -> None:
    products = tiny().frame("products")
    both = pl.concat([products, products.with_columns(product=pl.lit("lu-other"))])
    tasks = tiny().frame("tasks")
    batches = tiny().frame("batches")
    network = tiny().replace(
        products=both,
        tasks=pl.concat([tasks, tasks.with_columns(product=pl.lit("lu-other"))]),
        batches=pl.concat(
            [
                batches,
                batches.with_columns(product=pl.lit("lu-other"), batch=pl.format("{}-2", "batch")),
            ]
        ),
    )
    found = _near(network)
    assert list(found.earliest) == ["lu-psma", "lu-other"]
    day = found.days.filter(day=TUESDAY)
    assert day["acceptable"].to_list() == [2, 2]
    # The first in the table takes the chairs when all days and products count together.
    assert found.cumulative.filter(day=TUESDAY)["accepted"].to_list() == [2, 0]
    assert list(_near(network, product="lu-other").earliest) == ["lu-other"]


def test_clock_changes_move_no_dose_to_another_day() -> None:
    # Clocks go back on Sunday 1 November.
    found = _near(tiny(), start=date(2026, 10, 19), days=21)
    weeks = [
        found.days.filter(pl.col("day").is_between(monday, monday + timedelta(days=6)))
        for monday in (date(2026, 10, 26), date(2026, 11, 2))
    ]
    assert weeks[0]["chair"].equals(weeks[1]["chair"])
    assert weeks[0]["acceptable"].equals(weeks[1]["acceptable"])


@pytest.mark.parametrize("example", ["us-lu177", "cn-rlt"])
def test_a_site_of_each_large_example_is_answered(example: str) -> None:
    network = load(EXAMPLES / example)
    courses = network.frame("courses")
    site = courses["site"].value_counts(sort=True)["site"][0]
    found = headroom(network, site)
    assert found.days["acceptable"].sum() > 0
    for name in (*SITE_RESOURCES, "supply"):
        too_many = (pl.col("acceptable") > pl.col(name)) & (pl.col("stops") != "closed")
        assert found.days.filter(too_many).is_empty(), name
    assert found.cumulative["accepted"].sum() <= found.days["acceptable"].sum()
