"""The packages of a planned week, leg by leg, as those who carry them need to know them.

A package's transport index and category are those of its label, as it left the line; its activity
is that at each departure. A leg by timetable has a cut-off; one on demand is handed over so long
before it leaves as its lane says.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from doseline.physics.transport import (
    Label,
    PackageType,
    label_category,
    package_types,
    transport_limits,
)
from doseline.routes.graph import lane_graph

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.planned import PlannedWeek
    from doseline.study.reference import Reference

BQ_PER_GBQ = 1e9
_HOUR_MS = 3_600_000
_DEPARTURE = ("carrier", "mode", "lane", "from_place", "to_place", "depart_utc")


def zones_of(network: Network) -> pl.DataFrame:
    """place, zone: of lines, hubs and sites."""
    frames = [
        network.frame(table).select("zone", place=key)
        for table, key in (("lines", "line"), ("hubs", "hub"), ("sites", "site"))
    ]
    return pl.concat(frames).select("place", "zone").unique("place", keep="first")


def with_names(frame: pl.DataFrame, network: Network) -> pl.DataFrame:
    """The frame with the name of each row's site."""
    names = network.frame("sites").select("site", site_name="name", site_name_zh="name_zh")
    return frame.join(names, on="site", how="left", maintain_order="left")


def walls(frame: pl.DataFrame, zone_of: Mapping[str, str]) -> pl.DataFrame:
    """Each instant on local clocks, with their zone, and in UTC.

    Args:
        frame: With the instants and zones.
        zone_of: Column of the zone, by column of the instant.
    """
    return frame.with_columns(
        expression
        for instant, zone in zone_of.items()
        for expression in (
            _wall(instant, zone, sorted(frame[zone].drop_nulls().unique())),
            pl.col(zone).alias(f"{instant}_zone"),
            pl.col(instant).alias(f"{instant}_utc"),
        )
    )


def _wall(instant: str, zone: str, zones: list[str]) -> pl.Expr:
    """What clocks of the zone in a column show at an instant."""
    shown = pl.lit(None, dtype=pl.Datetime("ms"))
    for name in zones:
        local = pl.col(instant).dt.convert_time_zone(name).dt.replace_time_zone(None)
        shown = pl.when(pl.col(zone) == name).then(local).otherwise(shown)
    return shown.alias(f"{instant}_local")


def packages_of(planned: PlannedWeek, reference: Reference) -> pl.DataFrame:
    """One row a package and leg, by carrier, place and departure."""
    network = planned.network
    zones = zones_of(network)
    legs = (
        _legs(planned)
        .join(_labelled(planned, reference), on="order")
        .join(zones, left_on="from_place", right_on="place", how="left")
        .join(zones.rename({"zone": "to_zone"}), left_on="to_place", right_on="place", how="left")
    )
    waited_h = (pl.col("depart") - pl.col("ready")).dt.total_milliseconds() / _HOUR_MS
    left = legs.with_columns(
        activity_gbq=pl.col("activity_ready_gbq") * 0.5 ** (waited_h / pl.col("half_life_h"))
    )
    by_zone = {"hand_over": "zone", "depart": "zone", "arrive": "to_zone"}
    return walls(with_names(left, network), by_zone).sort(
        "carrier", "mode", "from_place", "depart", "lane", "order", nulls_last=True
    )


def departures_of(packages: pl.DataFrame) -> pl.DataFrame:
    """One row a departure of a lane: packages on it, and the sum of their transport index."""
    return packages.group_by(_DEPARTURE, maintain_order=True).agg(
        pl.col("hand_over_utc", "hand_over_local", "hand_over_zone").first(),
        pl.col("depart_local", "depart_zone").first(),
        pl.col("arrive_utc", "arrive_local", "arrive_zone").first(),
        pl.col("transport_index", "activity_gbq").sum(),
        packages=pl.len(),
    )


def _legs(planned: PlannedWeek) -> pl.DataFrame:
    """order, lane, places, carrier, depart, arrive and hand-over of each leg."""
    network, plan = planned.network, planned.plan
    lanes = network.frame("lanes").select(
        "lane",
        "mode",
        "from_place",
        "to_place",
        "carrier",
        handling=pl.duration(milliseconds=(pl.col("handling_h") * _HOUR_MS).round(0)),
    )
    served = plan.flows.filter(pl.col("line").is_not_null())
    known = plan.legs.join(lanes, on="lane").join(served.select("order"), on="order", how="semi")
    # A package whose legs are not known travels as one whole from line to site.
    whole = served.join(known, on="order", how="anti").select(
        "order", "depart", "arrive", lane="lanes", from_place="line", to_place="site"
    )
    legs = pl.concat([known, whole], how="diagonal_relaxed")
    return legs.join(_cut_offs(network, plan.week), on=["lane", "depart"], how="left").with_columns(
        hand_over=pl.coalesce("cut_off", pl.col("depart") - pl.col("handling"), "depart")
    )


def _cut_offs(network: Network, week: date) -> pl.DataFrame:
    """lane, depart, cut_off: the last hand-over for each departure by timetable."""
    first, last = week - timedelta(days=1), week + timedelta(days=21)
    graph = lane_graph(network, first=first, last=last)
    table, names = graph.timetable, pl.Series(graph.names, dtype=pl.String)
    rows = pl.DataFrame(
        {
            "lane": names.gather(table.lane.tolist()),
            "depart": pl.Series(table.depart, dtype=pl.Int64),
            "cut_off": pl.Series(table.deadline, dtype=pl.Int64),
        }
    )
    instants = rows.with_columns(pl.col("depart", "cut_off").cast(pl.Datetime("ms", "UTC")))
    return instants.group_by("lane", "depart").agg(pl.col("cut_off").max())


def _labelled(planned: PlannedWeek, reference: Reference) -> pl.DataFrame:
    """What stands on each package: its contents, transport index, category and kind."""
    nuclides = planned.network.frame("products").select("product", "nuclide")
    served = planned.plan.flows.filter(pl.col("line").is_not_null()).join(nuclides, on="product")
    parts = [
        _of_nuclide(served.filter(pl.col("nuclide") == name), name, reference, planned.plan.week)
        for name in sorted(served["nuclide"].unique())
    ]
    names = ("order", "product", "nuclide", "site", "ready", "activity_ready_gbq")
    about = ("transport_index", "half_life_h", "package", "label")
    kept = [part.select(*names, *about) for part in parts]
    return pl.concat(kept) if kept else _nothing(served, names, about)


def _nothing(served: pl.DataFrame, names: tuple[str, ...], about: tuple[str, ...]) -> pl.DataFrame:
    """No package, with the columns of one."""
    kinds = (pl.Float64, pl.Float64, pl.String, pl.String)
    return served.select(
        *names,
        *(pl.lit(None, dtype=kind).alias(one) for one, kind in zip(about, kinds, strict=True)),
    )


def _of_nuclide(flows: pl.DataFrame, name: str, reference: Reference, on: date) -> pl.DataFrame:
    """The same for packages of one nuclide."""
    nuclide = reference.nuclides[name]
    waited_h = (flows["depart"] - flows["ready"]).dt.total_milliseconds() / _HOUR_MS
    leaving_gbq = flows["activity_ready_gbq"] * 0.5 ** (waited_h / nuclide.half_life_h).to_numpy()
    limits = transport_limits(nuclide, on=on)
    kinds = package_types(limits, leaving_gbq.to_numpy() * BQ_PER_GBQ, on=on)
    # Without a dose rate on the surface, the transport index tells the least category.
    labels = label_category(flows["transport_index"].to_numpy(), 0.0, on=on)
    return flows.with_columns(
        pl.lit(nuclide.half_life_h).alias("half_life_h"),
        pl.Series("package", [PackageType(one).name.lower() for one in kinds], dtype=pl.String),
        pl.Series("label", [Label(one).name.lower() for one in labels], dtype=pl.String),
    )
