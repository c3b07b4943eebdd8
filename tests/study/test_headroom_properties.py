"""What more of a resource, or more waste, may do to headroom.

Without orders and courses, which move to other days when there is more room.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.headroom_worlds import NUCLIDES, SITE, World, drawn, table
from tests.study.networks import references

from doseline.study.headroom import Headroom, headroom

if TYPE_CHECKING:
    from doseline.model.network import Network

REFERENCE = references()
RANDOM = settings(derandomize=True, deadline=None, max_examples=12)
SEEDS = st.integers(0, 10_000)


def _of(world: World, network: Network) -> Headroom:
    return headroom(network, SITE, start=world.start, days=world.days, reference=REFERENCE)


def _accepts(world: World, network: Network) -> pl.Series:
    return _of(world, network).days["acceptable"]


@RANDOM
@given(SEEDS)
def test_one_more_chair_never_lowers_a_day(seed: int) -> None:
    world = drawn(seed, promises=False)
    network = world.network()
    more = network.frame("suites").with_columns(pl.col("chairs") + 1)
    assert (_accepts(world, network.replace(suites=more)) >= _accepts(world, network)).all()


@RANDOM
@given(SEEDS, st.sampled_from(["count", "hours_per_day"]))
def test_more_staff_never_lower_a_day(seed: int, column: str) -> None:
    world = drawn(seed, promises=False)
    network = world.network()
    more = network.frame("staff").with_columns(pl.col(column) * 2)
    assert (_accepts(world, network.replace(staff=more)) >= _accepts(world, network)).all()


@RANDOM
@given(SEEDS, st.floats(0.1, 20.0))
def test_more_waste_at_the_start_never_raises_a_day(seed: int, gbq: float) -> None:
    world = drawn(seed, promises=False)
    network = world.network()
    at = datetime.combine(world.week, time(0), tzinfo=UTC)
    rows = [
        {"site": SITE, "nuclide": nuclide, "activity_gbq": gbq, "at": at} for nuclide in NUCLIDES
    ]
    more = table("waste", rows)
    dirty = network.replace(waste=pl.concat([network.frame("waste"), more]))
    assert (_accepts(world, dirty) <= _accepts(world, network)).all()


@RANDOM
@given(SEEDS)
def test_more_isotope_and_vials_never_lower_a_day(seed: int) -> None:
    world = drawn(seed, promises=False)
    network = world.network()
    lots = network.frame("lots").with_columns(pl.col("capacity_gbq") * 2)
    batches = network.frame("batches").with_columns(pl.col("max_doses", "max_activity_gbq") * 2)
    rich = network.replace(lots=lots, batches=batches)
    assert (_accepts(world, rich) >= _accepts(world, network)).all()


@RANDOM
@given(SEEDS)
def test_a_day_takes_no_more_than_each_of_its_resources(seed: int) -> None:
    world = drawn(seed, promises=True)
    found = _of(world, world.network())
    resources = ("chair", "nurse", "authorised_user", "possession", "supply")
    open_days = found.days.filter(pl.col("stops") != "closed")
    for name in resources:
        assert open_days.filter(pl.col("acceptable") > pl.col(name)).is_empty()
    both = found.days.join(found.cumulative, on=["day", "product"])
    assert both.filter(pl.col("accepted") > pl.col("acceptable")).is_empty()
    first = both.filter(day=world.start)["product", "acceptable", "accepted"].head(1)
    assert first["acceptable"].to_list() == first["accepted"].to_list()


@RANDOM
@given(SEEDS)
def test_the_same_network_gives_the_same_answer(seed: int) -> None:
    world = drawn(seed, promises=True)
    one, other = _of(world, world.network()), _of(world, world.network())
    assert one.days.equals(other.days)
    assert one.cumulative.equals(other.cumulative)
    assert one.stops.equals(other.stops)
