"""What may ride together on one departure: the sum of the transport index, and packages.

One departure of a timetable is one vehicle or aircraft. The sum of the transport index of all
packages on it, whoever they are for, is no more than the law allows its mode without exclusive use
(:mod:`doseline.physics.limits`: 50 in a road vehicle and on a passenger aircraft, 200 on a cargo
aircraft; 49 CFR 177.842(a), 175.700(b); the same in the table of transport index limits of IAEA
SSR-6), and no more than the lane takes. A package keeps the index that it leaves the line with. A
leg on demand is driven as often as its packages need, so nothing is summed over it.

No sum of activities over a vehicle is limited: A2 bounds each Type A package by itself (49 CFR
173.431(a)), which is judged where options are built; a conveyance limit in A2 exists only for LSA
material and surface contaminated objects (49 CFR 173.427(a)(2)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.physics.limits import limit

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options

CONVEYANCE = "conveyance"
"""Kind of the limit."""
_LIMIT_OF_MODE = {
    "road": "vehicle.ti",
    "air_passenger": "air.passenger.total_ti",
    "air_cargo": "air.cargo.total_ti",
}

RIDE_SCHEMA = {
    "itinerary": pl.Int32,
    "ride": pl.String,  # lane and instant of departure
    "most_index": pl.Float64,
    "most_packages": pl.Float64,
}


def rides(
    network: Network, options: Options, usable: pl.DataFrame, demand: pl.DataFrame
) -> pl.DataFrame:
    """Departures that each itinerary takes and that the orders together could fill.

    Args:
        network: Lanes and departures.
        options: Itineraries and week.
        usable: site, product, itinerary, transport_index of the options that can be used.
        demand: site, product, count: orders that might be placed there.

    Returns:
        Columns of ``RIDE_SCHEMA``.
    """
    timed = _timed_lanes(network, options.week)
    legs = (
        options.itineraries.select("itinerary", "leg_lane", "leg_depart_ms")
        .join(usable.select("itinerary").unique(), on="itinerary", how="semi")
        .explode("leg_lane", "leg_depart_ms")
        .join(timed, left_on="leg_lane", right_on="lane")
        .with_columns(ride=pl.format("{}|{}", "name", "leg_depart_ms"))
    )
    largest = (
        usable.group_by("itinerary", "site", "product")
        .agg(pl.col("transport_index").max())
        .join(legs.select("itinerary", "ride", "most_index", "most_packages"), on="itinerary")
        .group_by("ride", "site", "product")
        .agg(pl.col("transport_index").max(), pl.col("most_index", "most_packages").first())
        .join(demand, on=["site", "product"])
    )
    index = (pl.col("transport_index") * pl.col("count")).sum() > pl.col("most_index").first()
    packages = pl.col("count").sum() > pl.col("most_packages").first()
    could_fill = largest.group_by("ride").agg(fills=index | packages.fill_null(value=False))
    kept = legs.join(could_fill.filter("fills"), on="ride", how="semi").sort("itinerary", "ride")
    return kept.select([pl.col(name).cast(kind) for name, kind in RIDE_SCHEMA.items()])


def conveyance_limits(usable: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Limits of each departure, with their uses.

    Args:
        usable: option, itinerary, transport_index of the options that can be used.
        taken: Of :func:`rides`.

    Returns:
        option, site (null: it is no limit of a site), kind, key, most and use [transport index or
        packages].
    """
    riding = usable.select("option", "itinerary", "transport_index").join(taken, on="itinerary")
    parts = (
        ("index", "most_index", pl.col("transport_index")),
        ("packages", "most_packages", pl.lit(1.0)),
    )
    return pl.concat(
        riding.drop_nulls(most).select(
            "option",
            site=pl.lit(None, dtype=pl.Int32),
            kind=pl.lit(CONVEYANCE),
            key=pl.format("{}|{}", "ride", pl.lit(what)),
            most=most,
            use=use,
        )
        for what, most, use in parts
    )


def ride_names(taken: pl.DataFrame) -> pl.DataFrame:
    """itinerary, rides: the departures of :func:`rides` that it takes, as one text."""
    return taken.group_by("itinerary").agg(rides=pl.col("ride").sort().str.join(";"))


def _timed_lanes(network: Network, on: date) -> pl.DataFrame:
    """Lanes with departures: lane (row number), name, most_index, most_packages (null: any)."""
    lanes = network.frame("lanes").with_row_index("number")
    timed = lanes.join(network.frame("departures").select("lane").unique(), on="lane", how="semi")
    lawful = {mode: limit(name, on=on).value for mode, name in _LIMIT_OF_MODE.items()}
    return timed.select(
        pl.col("number").cast(pl.Int32).alias("lane"),
        name="lane",
        most_index=pl.min_horizontal(
            pl.col("mode").replace_strict(lawful, return_dtype=pl.Float64), "most_transport_index"
        ),
        most_packages=pl.col("most_packages").cast(pl.Float64),
    )
