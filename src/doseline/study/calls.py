"""Who must be called after a week was planned again: lines, carriers and sites, and by when.

Somebody must know before the first thing happens that now differs: a line before the synthesis of
a batch whose vials differ (or before the first of them leaves, once it has begun), a carrier before
the hand-over for a departure whose packages differ, a site before the first infusion that moves.
What had happened when the week was planned again needs no call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.calls import CALL_SCHEMA
from doseline.study.packages import with_names, zones_of

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.model.network import Network
    from doseline.model.replanned import Replanned
    from doseline.model.sheets import Sheets

_DIGITS = 6
"""Significant digits in which activities differ."""
SAME = ("unchanged", "waiting")
"""What needs no call."""


def calls_of(replanned: Replanned, before: Sheets, after: Sheets) -> pl.DataFrame:
    """Every call, the most pressing first, columns of ``CALL_SCHEMA``.

    Args:
        replanned: The week planned again.
        before: Lists of the plan before.
        after: Lists of the plan now.
    """
    network, at = replanned.network, replanned.at
    calls = pl.concat(
        [
            _lines(network, before, after, at),
            _carriers(before, after, at),
            _sites(replanned),
        ],
        how="diagonal_relaxed",
    )
    empty = pl.DataFrame(schema=CALL_SCHEMA)
    filled = pl.concat([empty, calls], how="diagonal_relaxed").select(list(CALL_SCHEMA))
    return filled.sort("by", "kind", "who", "place", "batch", nulls_last=True)


def _lines(network: Network, before: Sheets, after: Sheets, at: datetime) -> pl.DataFrame:
    """A call for each batch that fills other vials than before."""
    names = network.frame("lines").select("line", "name", "name_zh", "zone")
    starts = pl.concat(
        [one.frames["batches"].select("batch", "start_utc") for one in (before, after)]
    ).unique("batch", keep="last")
    key = ["line", "batch"]
    columns = ("order", "calibration_utc", "depart_utc", "activity_gbq")
    told = _differing(before.frames["vials"], after.frames["vials"], key, columns)
    return (
        told.join(starts, on="batch")
        .with_columns(
            by=pl.when(pl.col("start_utc") >= at)
            .then("start_utc")
            .otherwise(pl.col("first_depart_utc"))
        )
        .filter(pl.col("by") >= at)
        .join(names, on="line")
        .select("batch", "by", "zone", "name", "name_zh", "before", "after", who="line")
        .with_columns(kind=pl.lit("line"))
    )


def _carriers(before: Sheets, after: Sheets, at: datetime) -> pl.DataFrame:
    """A call for each carrier and place whose departures take other packages than before."""
    key = ["carrier", "mode", "from_place", "lane", "depart_utc"]
    columns = ("order", "hand_over_utc", "depart_zone")
    told = _differing(before.frames["packages"], after.frames["packages"], key, columns)
    return (
        told.filter(pl.col("first_hand_over_utc") >= at)
        .group_by("carrier", "mode", "from_place", maintain_order=True)
        .agg(
            pl.col("first_depart_zone").first().alias("zone"),
            pl.col("first_hand_over_utc").min().alias("by"),
            pl.col("before", "after").sum(),
            departures=pl.len().cast(pl.Int64),
        )
        .rename({"carrier": "who", "from_place": "place"})
        .with_columns(kind=pl.lit("carrier"))
    )


def _differing(
    before: pl.DataFrame, after: pl.DataFrame, key: list[str], columns: tuple[str, ...]
) -> pl.DataFrame:
    """Groups of rows that differ between two lists: their sizes, and the least of each column."""
    kept = [
        frame.group_by(key, maintain_order=True).agg(
            pl.struct(_rounded(frame, columns)).sort().alias("rows"),
            pl.len().cast(pl.Int64).alias("size"),
            *(pl.col(name).min().alias(f"first_{name}") for name in columns),
        )
        for frame in (before, after)
    ]
    both = kept[0].join(kept[1], on=key, how="full", coalesce=True, nulls_equal=True, suffix="_now")
    firsts = [
        pl.min_horizontal(f"first_{name}", f"first_{name}_now").alias(f"first_{name}")
        for name in columns
    ]
    return both.filter(~pl.col("rows").eq_missing(pl.col("rows_now"))).select(
        *key,
        *firsts,
        before=pl.col("size").fill_null(0),
        after=pl.col("size_now").fill_null(0),
    )


def _rounded(frame: pl.DataFrame, columns: tuple[str, ...]) -> list[pl.Expr]:
    """The columns, activities without what is only rounding."""
    return [
        pl.col(name).round_sig_figs(_DIGITS) if frame.schema[name] == pl.Float64 else pl.col(name)
        for name in columns
    ]


def _sites(replanned: Replanned) -> pl.DataFrame:
    """A call for each site with an order to which something happened."""
    network, at = replanned.network, replanned.at
    hit = replanned.changes.filter(~pl.col("change").is_in(SAME))
    coming = [pl.when(pl.col(name) >= at).then(name) for name in ("infuse_before", "infuse")]
    return (
        with_names(hit, network)
        .join(zones_of(network), left_on="site", right_on="place")
        .with_columns(by=pl.min_horizontal(*coming).fill_null(at))
        .group_by("site", "site_name", "site_name_zh", "zone", maintain_order=True)
        .agg(pl.col("by").min(), changes=pl.col("change").sort())
        .rename({"site": "who", "site_name": "name", "site_name_zh": "name_zh"})
        .with_columns(kind=pl.lit("site"))
    )
