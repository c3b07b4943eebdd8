"""An order that is left names the link that was short, and fairness decides who is left."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.plan.worlds import MONDAY_MS, T_H, WEEK, Size, nuclides, table, world

from doseline.model.options import REFUSALS
from doseline.plan.errors import DuplicateOrderError, UnknownInOrdersError
from doseline.plan.orders.fairness import Fairness, base_penalty
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options

ONE = Size(sites=1, lines=1, products=1, batches=1, orders=3, max_doses=(2, 2), tight_isotope=9.0)
HOUR_MS = 3_600_000


def base(size: Size = ONE, **frames: pl.DataFrame) -> tuple[Network, Options, pl.DataFrame]:
    """Batches ready on Monday at 04:00 for one site; three orders that may come on any day."""
    one = world(1, size)
    start = {"weekday": "Mon", "start": "00:00", "max_doses": 3}
    batches = one.network.frame("batches").with_columns(**{k: pl.lit(v) for k, v in start.items()})
    batches = batches.with_columns(max_activity_gbq=pl.lit(100.0), max_doses=pl.lit(3, pl.Int64))
    ready = MONDAY_MS + 4 * HOUR_MS
    moved = pl.lit(ready, pl.Int64)
    shift = moved - pl.col("ready_ms")
    elapsed = (pl.col("infuse_ms") - ready) / HOUR_MS
    rows = one.options.rows.with_columns(
        arrive_ms=pl.col("arrive_ms") + shift,
        activity_ready_bq=7.4e9 * (2.0 ** (elapsed / T_H)),
        ready_ms=moved,
        refusal=pl.when(elapsed > 120)
        .then(REFUSALS.index("beyond_shelf_life"))
        .when(elapsed < 30)
        .then(REFUSALS.index("arrives_after_slot"))
        .otherwise(0)
        .cast(pl.UInt8),
    )
    orders = one.orders.with_columns(
        kind=pl.lit("new"), earliest=pl.lit(WEEK), latest=pl.lit(WEEK + timedelta(days=4))
    )
    network = one.network.replace(batches=batches, **frames)
    return network, dataclasses.replace(one.options, rows=rows), orders


def links(network: Network, options: Options, orders: pl.DataFrame) -> list[tuple[str, str]]:
    plan = plan_week(network, options, orders, nuclides=nuclides(), gap=0.0)
    left = plan.flows.filter(pl.col("link").is_not_null())
    return sorted(set(left.select("link", "reason").iter_rows()))


def test_with_room_for_all_nobody_is_left() -> None:
    assert links(*base()) == []


def test_too_little_isotope_is_named() -> None:
    network, options, orders = base()
    lots = network.frame("lots").with_columns(capacity_gbq=pl.lit(12.0))
    found = links(network.replace(lots=lots), options, orders)
    assert found == [("no_isotope", "isotope_short")]


def test_too_few_vials_are_named() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    found = links(network.replace(batches=batches), options, orders)
    assert found == [("no_batch_capacity", "batches_full")]


def test_too_few_chairs_are_named() -> None:
    network, options, orders = base()
    first = pl.col("start_ms") == pl.col("start_ms").max()
    slots = options.slots.with_columns(
        chair_min=pl.when(first).then(240).otherwise(0).cast(pl.Int64)
    )
    few = dataclasses.replace(options, slots=slots)
    assert links(network, few, orders) == [("no_suite", "suites_full")]


def test_a_full_licence_is_named() -> None:
    network, options, orders = base()
    licences = network.frame("licences").with_columns(possession_gbq=pl.lit(9.5))
    one_day = orders.with_columns(
        latest=pl.lit(WEEK + timedelta(days=1)), earliest=pl.lit(WEEK + timedelta(days=1))
    )
    found = links(network.replace(licences=licences), options, one_day.head(2))
    assert found == [("licence_or_possession", "possession_full")]


def test_too_few_beds_are_named() -> None:
    network, options, orders = base()
    suites = network.frame("suites").with_columns(beds=pl.lit(1, pl.Int64))
    stays = dataclasses.replace(options, nights=(4,))
    found = links(network.replace(suites=suites), stays, orders)
    assert found == [("no_suite", "beds_full")]


def test_a_full_decay_room_is_named() -> None:
    network, options, orders = base()
    stream = {"product": "P0", "kind": "solid", "litres": 10.0, "hold_days": 70.0}
    store = {"site": "H000", "kind": "solid", "capacity_l": 250.0}  # two doses a week: 200 L
    full = network.replace(
        waste_streams=table("waste_streams", [stream]),
        waste_stores=table("waste_stores", [store]),
    )
    found = links(full, options, orders)
    assert found == [("licence_or_possession", "waste_store_full")]


def test_too_few_vehicles_are_named() -> None:
    network, options, orders = base()
    names = options.itineraries["lanes"].unique(maintain_order=True).to_list()
    lanes = [{"lane": name, "from_place": "L0", "carrier": "own"} for name in names]
    van = {"carrier": "own", "vehicles": 1, "vehicle_h_per_day": 24.0, "packages_per_trip": 2}
    few = network.replace(lanes=table("lanes", lanes), carriers=table("carriers", [van]))
    # Each package is 9 h under way, so a trip there and back with two of them takes 18 h.
    ways = options.itineraries.with_columns(
        leg_lane=pl.concat_list(pl.col("lanes").replace_strict(names, range(len(names)))).cast(
            pl.List(pl.Int32)
        ),
        leg_arrive_ms=pl.concat_list(pl.col("depart_ms") + 9 * HOUR_MS),
    )
    found = links(few, dataclasses.replace(options, itineraries=ways), orders)
    assert found == [("transport", "vehicles_taken")]


def test_a_line_that_makes_one_batch_at_a_time_is_named() -> None:
    network, options, orders = base(dataclasses.replace(ONE, batches=2))
    single = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    free = network.replace(batches=single)
    assert links(free, options, orders) == [("no_batch_capacity", "batches_full")]
    row = {"line": "L0", "from_class": "a", "to_class": "b", "hours": 4.0}
    found = links(free.replace(changeovers=table("changeovers", [row])), options, orders)
    assert found == [("no_batch_capacity", "line_occupied")]


def test_two_shortages_together_go_to_the_first_link() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(0, pl.Int64))
    slots = options.slots.with_columns(chair_min=pl.lit(0, pl.Int64))
    none = dataclasses.replace(options, slots=slots)
    found = links(network.replace(batches=batches), none, orders)
    assert found == [("no_batch_capacity", "several_limits_together")]


def test_the_refusal_that_got_furthest_decides() -> None:
    network, options, orders = base()
    tuesday = orders.with_columns(latest=pl.lit(WEEK), earliest=pl.lit(WEEK))
    assert links(network, options, tuesday) == [("transport", "arrives_after_slot")]


@pytest.mark.parametrize(
    ("refusal", "link"),
    [
        ("product_not_licensed_at_line", "licence_or_possession"),
        ("site_does_not_offer", "not_offered"),
        ("missed_cut_off", "transport"),
        ("no_slot_in_time", "no_suite"),
        ("possession_limit_too_small", "licence_or_possession"),
    ],
)
def test_refused_options_name_their_link(refusal: str, link: str) -> None:
    network, options, orders = base()
    rows = options.rows.with_columns(refusal=pl.lit(REFUSALS.index(refusal), pl.UInt8))
    assert [
        found for found, _ in links(network, dataclasses.replace(options, rows=rows), orders)
    ] == [link]


def test_a_window_without_slots_has_no_suite() -> None:
    network, options, orders = base()
    later = orders.with_columns(
        earliest=pl.lit(WEEK + timedelta(days=5)), latest=pl.lit(WEEK + timedelta(days=6))
    )
    assert links(network, options, later) == [("no_suite", "no_slot_in_window")]


def test_continuing_cycles_come_before_new_starts() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    mixed = orders.with_columns(kind=pl.Series(["new", "continuing", "new"]))
    plan = plan_week(network.replace(batches=batches), options, mixed, nuclides=nuclides())
    assert plan.flows.filter(pl.col("link").is_null())["order"].to_list() == ["O00001"]


def test_among_equals_who_waited_longest_comes_first() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    waited = orders.with_columns(
        earliest=pl.Series([WEEK, WEEK - timedelta(days=14), WEEK - timedelta(days=7)])
    )
    plan = plan_week(network.replace(batches=batches), options, waited, nuclides=nuclides())
    assert plan.flows.filter(pl.col("link").is_null())["order"].to_list() == ["O00001"]


def test_no_saving_outweighs_an_order() -> None:
    network, options, orders = base()
    dear = network.frame("batches").with_columns(
        fixed_cost=pl.lit(Decimal(900_000), pl.Decimal(38, 6))
    )
    assert links(network.replace(batches=dear), options, orders) == []
    assert base_penalty(largest_dose=3000.0, largest_batch=50_000.0, orders=100) == 1_000_000.0


def test_the_rule_is_published_with_the_plan() -> None:
    network, options, orders = base()
    plan = plan_week(network, options, orders, nuclides=nuclides())
    assert plan.notes[0] == Fairness().describe()


def test_orders_for_places_that_are_not_there_are_refused() -> None:
    network, options, orders = base()
    lost = orders.with_columns(site=pl.lit("nowhere"))
    with pytest.raises(UnknownInOrdersError, match="no 'nowhere'"):
        plan_week(network, options, lost, nuclides=nuclides())
    twice = orders.with_columns(order=pl.lit("same"))
    with pytest.raises(DuplicateOrderError, match="more than once"):
        plan_week(network, options, twice, nuclides=nuclides())
