"""Vehicles of carriers that have only so many.

A package that a vehicle takes over a leg uses it there and back: twice the time from departure to
arrival, rests included, divided by the packages of a full trip. A carrier has vehicles x hours a
day for the legs that leave on a day, by the clock of the place where the leg starts. This is an
estimate: trips are taken to be full, and a trip that lasts beyond midnight counts on the day on
which it leaves. Whole tours are not planned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options

FLEET = "fleet"
"""Kind of the limit."""

TRIP_SCHEMA = {
    "itinerary": pl.Int32,
    "carrier": pl.String,
    "day": pl.Date,
    "hours": pl.Float64,
    "most_h": pl.Float64,
}


def trips(network: Network, options: Options) -> pl.DataFrame:
    """Vehicle hours that one package of each itinerary takes of each limited carrier and day.

    Returns:
        itinerary, carrier, day, hours, most_h: what the carrier has on a day.
    """
    lanes = _limited_lanes(network)
    if lanes.is_empty():
        return pl.DataFrame(schema=TRIP_SCHEMA)
    legs = (
        options.itineraries.select("itinerary", "leg_lane", "leg_depart_ms", "leg_arrive_ms")
        .explode("leg_lane", "leg_depart_ms", "leg_arrive_ms")
        .join(lanes, left_on="leg_lane", right_on="lane")
    )
    there_h = (pl.col("leg_arrive_ms") - pl.col("leg_depart_ms")) / MS_PER_HOUR
    dated = [
        of_zone.with_columns(
            day=pl.col("leg_depart_ms")
            .cast(pl.Datetime("ms", "UTC"))
            .dt.convert_time_zone(str(zone))
            .dt.date()
        )
        for (zone,), of_zone in legs.group_by("zone", maintain_order=True)
    ]
    if not dated:
        return pl.DataFrame(schema=TRIP_SCHEMA)
    return (
        pl.concat(dated)
        .group_by("itinerary", "carrier", "day")
        .agg(hours=(2.0 * there_h / pl.col("packages")).sum(), most_h=pl.col("most_h").first())
        .sort("itinerary", "carrier", "day")
        .select([pl.col(name).cast(kind) for name, kind in TRIP_SCHEMA.items()])
    )


def fleet_limits(usable: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Limits of each carrier and day, with their uses.

    Args:
        usable: option, itinerary of the options that can be used.
        taken: Of :func:`trips`.

    Returns:
        option, site (null: it is no limit of a site), kind, key, most [h], use [h].
    """
    return (
        usable.select("option", "itinerary")
        .join(taken, on="itinerary")
        .select(
            "option",
            site=pl.lit(None, dtype=pl.Int32),
            kind=pl.lit(FLEET),
            key=pl.format("{}|{}", "carrier", "day"),
            most="most_h",
            use="hours",
        )
    )


def _limited_lanes(network: Network) -> pl.DataFrame:
    """Lanes of limited carriers: lane (row number), carrier, zone of its start, packages, most_h."""
    carriers = (
        network.frame("carriers")
        .filter(pl.col("vehicles").is_not_null())
        .select(
            "carrier",
            packages=pl.col("packages_per_trip").cast(pl.Float64),
            most_h=pl.col("vehicles") * pl.col("vehicle_h_per_day"),
        )
    )
    places = pl.concat(
        [
            network.frame(table).select("zone", from_place=name)
            for table, name in (("lines", "line"), ("hubs", "hub"))
        ]
    )
    lanes = network.frame("lanes").with_row_index("number")
    return (
        lanes.select("carrier", "from_place", lane=pl.col("number").cast(pl.Int32))
        .join(carriers, on="carrier")
        .join(places, on="from_place")
        .drop("from_place")
    )
