"""The lists that lines, carriers and sites work by, from a planned week.

Times stand on the clocks of the place where something happens, beside the same instant in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.sheets import SHEETS, Sheets, schema_of
from doseline.physics.units import BQ_PER_CI
from doseline.study.packages import departures_of, packages_of, walls, with_names, zones_of

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.study.reference import Reference

GBQ_PER_MCI = float(BQ_PER_CI) / 1e12


def sheets_of(planned: PlannedWeek, reference: Reference) -> Sheets:
    """Every list of a planned week, columns of :data:`doseline.model.sheets.SHEETS`.

    Args:
        planned: The week.
        reference: Half-lives and transport limits.
    """
    packages = packages_of(planned, reference)
    frames = {
        "batches": _batches(planned),
        "isotope": _isotope(planned),
        "vials": _vials(planned),
        "departures": departures_of(packages),
        "packages": packages,
        "days": _days(planned),
        "left": _left(planned),
    }
    finished = {name: _finished(name, frame) for name, frame in frames.items()}
    return Sheets(frames={name: finished[name] for name in SHEETS})


def _finished(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of a list, with activity in both units and boxes to tick."""
    columns = SHEETS[name]
    if any(column.name == "activity_mci" for column in columns):
        frame = frame.with_columns(activity_mci=pl.col("activity_gbq") / GBQ_PER_MCI)
    frame = frame.with_columns(pl.lit("").alias(one.name) for one in columns if one.kind == "box")
    return frame.select([pl.col(one).cast(kind) for one, kind in schema_of(name).items()])


def _served(planned: PlannedWeek) -> pl.DataFrame:
    """The flows that get a dose, with the zones of line and site and the name of the site."""
    network, flows = planned.network, planned.plan.flows
    zones = zones_of(network)
    served = flows.filter(pl.col("line").is_not_null())
    return (
        with_names(served, network)
        .join(zones, left_on="line", right_on="place")
        .join(zones.rename({"zone": "site_zone"}), left_on="site", right_on="place")
    )


def _batches(planned: PlannedWeek) -> pl.DataFrame:
    """One row a batch that gives vials: its times, and its totals against what it can make.

    Totals are those of the vials that somebody gets: a batch that failed after it was begun has
    none.
    """
    network = planned.network
    filled = (
        planned.plan.flows.drop_nulls("batch")
        .group_by("batch")
        .agg(
            pl.col("volume_ml").sum(),
            activity_gbq=pl.col("activity_ready_gbq").sum(),
            vials=pl.len(),
        )
    )
    opened = (
        planned.plan.batches.drop("activity_gbq")
        .join(filled, on="batch")
        .join(zones_of(network), left_on="line", right_on="place")
        .join(
            network.frame("lines").select("line", line_name="name", line_name_zh="name_zh"),
            on="line",
        )
        .join(network.frame("products").select("product", "nuclide"), on="product")
        .rename({"max_doses": "max_vials", "ready": "calibration"})
        .sort("start", "line", "batch")
    )
    return walls(opened, dict.fromkeys(("start", "calibration", "release"), "zone"))


def _isotope(planned: PlannedWeek) -> pl.DataFrame:
    """One row a batch and delivery that it draws from, its reference time at the source."""
    network, draws = planned.network, planned.plan.draws
    lines = planned.plan.batches.select("batch", "line", "start")
    sources = network.frame("sources").select("source", source_zone="zone")
    drawn = (
        draws.join(lines, on="batch")
        .join(zones_of(network), left_on="line", right_on="place")
        .join(sources, on="source", how="left")
        # Opening stock lies at the line: it has no source.
        .with_columns(zone=pl.coalesce("source_zone", "zone"), activity_gbq="used_gbq")
        .sort("start", "line", "batch", "reference", "lot")
    )
    return walls(drawn, {"reference": "zone"})


def _vials(planned: PlannedWeek) -> pl.DataFrame:
    """One row a vial, in the order in which a batch's vials leave."""
    vials = (
        _served(planned)
        .rename({"ready": "calibration"})
        .with_columns(activity_gbq="activity_ready_gbq")
        .sort("calibration", "line", "batch", "depart", "infuse", "site", "order")
    )
    return walls(vials, {"calibration": "zone", "depart": "zone"})


def _days(planned: PlannedWeek) -> pl.DataFrame:
    """One row an infusion, by site and time, with what the label allows and its expiry."""
    products = planned.network.frame("products").select(
        "product",
        stated="activity_gbq",
        off=pl.col("tolerance_percent") / 100,
        shelf=pl.duration(milliseconds=(pl.col("shelf_life_h") * 3_600_000).round(0)),
    )
    days = (
        _served(planned)
        .join(products, on="product")
        .with_columns(
            activity_gbq="activity_infuse_gbq",
            least_gbq=pl.col("stated") * (1 - pl.col("off")),
            most_gbq=pl.col("stated") * (1 + pl.col("off")),
            expiry=pl.col("ready") + pl.col("shelf"),
        )
        .sort("site", "infuse", "suite", "patient", "order")
    )
    local = walls(days, dict.fromkeys(("infuse", "arrive", "expiry"), "site_zone"))
    return local.with_columns(day=pl.col("infuse_local").dt.date())


def _left(planned: PlannedWeek) -> pl.DataFrame:
    """One row an order that gets nothing, and what stands in its way."""
    network, flows = planned.network, planned.plan.flows
    windows = network.frame("orders").select("order", "earliest", "latest")
    left = flows.filter(pl.col("line").is_null()).join(windows, on="order", how="left")
    return with_names(left, network).sort("site", "product", "kind", "latest", "order")
