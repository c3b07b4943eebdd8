"""The vectorised options equal the plain loop, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from tests.routes.reference import Reference
from tests.routes.worlds import worlds

from doseline.model.options import ITINERARY_SCHEMA, OPTION_SCHEMA, REFUSALS, SLOT_SCHEMA
from doseline.routes.options import build_options

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

World = tuple["Network", "date", frozenset[tuple[str, str]] | None]
NIGHTS = {"p0": 2}

slow = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@slow
@given(world=worlds())
def test_every_row_equals_the_plain_loop(world: World, nuclides: NuclideTable) -> None:
    network, week, offers = world
    options = build_options(network, nuclides=nuclides, week=week, offers=offers, nights=NIGHTS)
    reference = Reference(network, nuclides, week, offers, NIGHTS)
    assert options.nights == (2, 0)[: network.frame("products").height]
    assert options.rows.schema == OPTION_SCHEMA
    expected = reference.rows(reference.ways())
    found = options.rows.to_dicts()
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        for name, value in wanted.items():
            assert same(row[name], value), (name, row, wanted, REFUSALS[wanted["refusal"]])


@slow
@given(world=worlds())
def test_every_itinerary_equals_the_plain_search(world: World, nuclides: NuclideTable) -> None:
    network, week, offers = world
    found = build_options(network, nuclides=nuclides, week=week, offers=offers).itineraries
    reference = Reference(network, nuclides, week)
    assert found.schema == ITINERARY_SCHEMA
    ways = reference.ways()
    assert found["itinerary"].to_list() == list(range(len(ways)))
    for row, way in zip(found.iter_rows(named=True), ways, strict=True):
        lanes = [reference.lanes[leg.lane] for leg in way.legs]
        assert (row["batch"], row["site"]) == (way.batch, way.site)
        assert row["lanes"] == " > ".join(lane.lane for lane in lanes)
        assert row["leg_lane"] == [leg.lane for leg in way.legs]
        assert row["leg_depart_ms"] == [leg.depart for leg in way.legs]
        assert row["leg_arrive_ms"] == [leg.arrive for leg in way.legs]
        assert (row["depart_ms"], row["arrive_ms"]) == (way.legs[0].depart, way.legs[-1].arrive)
        assert same(row["cost"], float(sum(reference.cost(leg.lane) for leg in way.legs)))
        codes = {"road": 0, "air_cargo": 1, "air_passenger": 2}
        assert row["by_air"] == max(codes[lane.mode] for lane in lanes)


@slow
@given(world=worlds())
def test_every_slot_equals_the_plain_loop(world: World, nuclides: NuclideTable) -> None:
    network, week, _ = world
    found: pl.DataFrame = build_options(network, nuclides=nuclides, week=week).slots
    assert found.schema == SLOT_SCHEMA
    expected = [
        (number, slot.suite, slot.site, slot.day, slot.start, slot.end, slot.chair_min)
        for number, slot in enumerate(Reference(network, nuclides, week).slots)
    ]
    assert found.rows() == expected


def same(found: object, wanted: object) -> bool:
    """Equal, or equal up to rounding for numbers that are not counts."""
    if isinstance(found, float) and isinstance(wanted, float):
        return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return found == wanted
