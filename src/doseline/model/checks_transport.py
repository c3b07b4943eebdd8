"""Lanes and what they reach: places, doses that survive, batches that leave in time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import polars as pl

from doseline.model.checks_base import at, horizon
from doseline.model.columns import weekday_numbers
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network
from doseline.model.travel import fastest_h, first_arrival_h, legs_from, utc_minute, zone_of

ROAD_KM_H = 150.0
AIR_KM_H = 1100.0
"""Speeds beyond which a distance or a duration is doubtful: motorway and jet airliner."""
EARTH_KM = 6371.0
"""Mean radius of the earth."""
STRAIGHT = 0.95
"""A leg shorter than this share of the great circle is doubtful; less is rounding."""


def check_lanes(network: Network) -> Iterator[Finding]:
    """Lanes to themselves, too fast, shorter than the great circle, or by air without timetable."""
    lanes = network.frame("lanes").with_row_index("index")
    places = _places(network)
    for side in ("from", "to"):
        renamed = places.rename(
            {"place": f"{side}_place", "lat": f"{side}_lat", "lon": f"{side}_lon"}
        )
        lanes = lanes.join(renamed, on=f"{side}_place", how="left", maintain_order="left")
    scheduled = network.frame("departures")["lane"].implode()
    road = pl.col("mode") == "road"
    limit = pl.when(road).then(ROAD_KM_H).otherwise(AIR_KM_H)
    lanes = lanes.with_columns(
        straight=great_circle_km(),
        speed=pl.col("distance_km") / pl.col("duration_h"),
        limit=limit,
        loop=pl.col("from_place") == pl.col("to_place"),
        idle=~road & ~pl.col("lane").is_in(scheduled),
    )
    for row in lanes.filter("loop").iter_rows(named=True):
        yield at(
            "lanes",
            row["index"],
            "to_place",
            code="lane_to_itself",
            severity=ERROR,
            found=row["to_place"],
        )
    for row in lanes.filter(pl.col("speed") > pl.col("limit")).iter_rows(named=True):
        yield at(
            "lanes",
            row["index"],
            "duration_h",
            code="lane_too_fast",
            severity=WARNING,
            found=f"{row['speed']:.0f} km/h",
            allowed=f"≤ {row['limit']:.0f} km/h",
        )
    short = pl.col("distance_km") < STRAIGHT * pl.col("straight") - 1.0
    for row in lanes.filter(short).iter_rows(named=True):
        yield at(
            "lanes",
            row["index"],
            "distance_km",
            code="lane_shorter_than_straight",
            severity=WARNING,
            found=f"{row['distance_km']:g} km",
            allowed=f"≥ {row['straight']:.0f} km",
        )
    for row in lanes.filter("idle").iter_rows(named=True):
        yield at(
            "lanes",
            row["index"],
            "mode",
            code="air_without_departures",
            severity=WARNING,
            found=row["mode"],
        )


def check_hubs(network: Network) -> Iterator[Finding]:
    """Hubs that no lane enters or no lane leaves."""
    lanes = network.frame("lanes")
    entered, left = set(lanes["to_place"]), set(lanes["from_place"])
    for index, hub in enumerate(network.frame("hubs")["hub"]):
        if hub not in entered or hub not in left:
            yield at("hubs", index, "hub", code="hub_unconnected", severity=WARNING, found=hub)


def check_departures(network: Network) -> Iterator[Finding]:
    """Departures whose period is reversed or does not meet that of the network."""
    first, last = horizon(network)
    frame = network.frame("departures")
    for index, (start, end) in enumerate(frame.select("valid_from", "valid_until").iter_rows()):
        if start and end and start > end:
            yield at(
                "departures",
                index,
                "valid_until",
                code="dates_reversed",
                severity=ERROR,
                found=end,
                allowed=f"≥ {start}",
            )
        elif (start and start > last) or (end and end < first):
            yield at(
                "departures",
                index,
                "valid_until" if end and end < first else "valid_from",
                code="departure_outside",
                severity=NOTE,
                found=end if end and end < first else start,
                allowed=f"{first} … {last}",
            )


def check_reach(network: Network) -> Iterator[Finding]:
    """Sites that no lane reaches from any line."""
    legs = legs_from(network)
    reached: set[str] = set()
    for line in network.frame("lines")["line"]:
        reached |= set(fastest_h(legs, line))
    for index, site in enumerate(network.frame("sites")["site"]):
        if site not in reached:
            yield at("sites", index, "site", code="site_unreached", severity=WARNING, found=site)


def check_survival(network: Network, half_life_h: Mapping[str, float]) -> Iterator[Finding]:
    """Products that are past use at every site, or at some, however fast they travel."""
    legs = legs_from(network)
    sites = network.frame("sites")["site"].to_list()
    least: dict[str, dict[str, float]] = {}
    batches = network.frame("batches").group_by("product", "line").agg(pl.col("qc_h").min())
    for product, line, qc_h in batches.sort("product", "line").iter_rows():
        reached = fastest_h(legs, line)
        best = least.setdefault(product, {})
        for site in sites:
            if site in reached:
                best[site] = min(best.get(site, math.inf), max(reached[site], qc_h))
    for index, record in enumerate(network.frame("products").iter_rows(named=True)):
        usable_h = longest_wait_h(record, half_life_h.get(record["nuclide"], math.inf))
        product = record["product"]
        if usable_h < 0:
            yield at(
                "products",
                index,
                "volume_max_ml",
                code="dose_over_volume",
                severity=ERROR,
                found=f"{record['volume_max_ml']:g} mL",
                allowed=f"≥ {record['activity_gbq'] / record['concentration_gbq_per_ml']:.3g} mL",
            )
        elif product in least:
            yield from _survival(index, product, least[product], usable_h, sites)


def _survival(
    index: int, product: str, least: Mapping[str, float], usable_h: float, sites: list[str]
) -> Iterator[Finding]:
    """What is past use at every site, or at some."""
    fastest = min(least.values(), default=math.inf)
    allowed = f"≤ {usable_h:.1f} h"
    if not least:
        yield at(
            "products", index, "product", code="no_lane_for_product", severity=ERROR, found=product
        )
    elif fastest > usable_h:
        yield at(
            "products",
            index,
            "shelf_life_h",
            code="survives_no_lane",
            severity=ERROR,
            found=f"{fastest:.1f} h",
            allowed=allowed,
            product=product,
        )
    else:
        for place, site in enumerate(sites):
            if least.get(site, 0.0) > usable_h:
                yield at(
                    "sites",
                    place,
                    "site",
                    code="site_too_far",
                    severity=WARNING,
                    found=f"{least[site]:.1f} h",
                    allowed=allowed,
                    site=site,
                    product=product,
                )


def check_batch_departure(network: Network, half_life_h: Mapping[str, float]) -> Iterator[Finding]:
    """Batch slots that are ready after every cut-off that would bring a dose to a site in time."""
    legs = legs_from(network)
    zones = zone_of(network)
    sites = frozenset(network.frame("sites")["site"])
    products = {
        record["product"]: record for record in network.frame("products").iter_rows(named=True)
    }
    for index, batch in enumerate(network.frame("batches").iter_rows(named=True)):
        product = products[batch["product"]]
        usable_h = longest_wait_h(product, half_life_h.get(product["nuclide"], math.inf))
        waits = [
            first_arrival_h(
                legs,
                batch["line"],
                utc_minute(network, zones[batch["line"]], day, batch["start"])
                + 60 * batch["synthesis_h"],
                sites,
            )
            for day in weekday_numbers(batch["weekday"])
        ]
        wait_h = max(min(waits), batch["qc_h"])
        if math.isfinite(wait_h) and wait_h > usable_h >= 0:
            yield at(
                "batches",
                index,
                "start",
                code="batch_too_late",
                severity=WARNING,
                found=f"{wait_h:.1f} h",
                allowed=f"≤ {usable_h:.1f} h",
                batch=batch["batch"],
            )


def longest_wait_h(product: Mapping[str, float], half_life_h: float) -> float:
    """Longest time from calibration to use: shelf life, or until the volume is too large. [h]

    Negative if the dose does not even fit at calibration.
    """
    fits = product["volume_max_ml"] * product["concentration_gbq_per_ml"]
    if not (fits > 0 and product["activity_gbq"] > 0):
        return product["shelf_life_h"]
    halvings = math.log2(fits / product["activity_gbq"])
    if halvings < 0:
        return halvings
    by_volume = halvings * half_life_h if halvings else 0.0
    return min(product["shelf_life_h"], by_volume)


def _places(network: Network) -> pl.DataFrame:
    """Coordinates of every place that a lane may join."""
    keys = (("lines", "line"), ("hubs", "hub"), ("sites", "site"))
    return pl.concat(
        network.frame(table).select(pl.col(key).alias("place"), "lat", "lon") for table, key in keys
    )


def great_circle_km() -> pl.Expr:
    """Distance over the sphere (haversine formula). [km]"""
    from_lat, to_lat = pl.col("from_lat").radians(), pl.col("to_lat").radians()
    half_lat = (to_lat - from_lat) / 2
    half_lon = (pl.col("to_lon").radians() - pl.col("from_lon").radians()) / 2
    inner = half_lat.sin() ** 2 + from_lat.cos() * to_lat.cos() * half_lon.sin() ** 2
    return 2 * EARTH_KM * inner.sqrt().arcsin()
