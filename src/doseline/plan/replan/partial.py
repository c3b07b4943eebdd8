"""A low yield shared out: how much each vial of the batch holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.replan.problem import Asked

_SCALED = ("activity_ready_gbq", "activity_infuse_gbq", "transport_index")
"""What of a flow is in proportion to the vial's activity."""


def with_levels(flows: pl.DataFrame, asked: Asked, vial_of: pl.DataFrame) -> pl.DataFrame:
    """The flows with what the vials of low yields hold.

    Args:
        flows: Of the new plan; vials of low yields hold the most that they may.
        asked: What was solved.
        vial_of: order, vial, least_gbq of orders that get a vial that exists.
    """
    low = asked.runs.filter(pl.col("made") & pl.col("share").is_not_null())
    levels: dict[str, float] = {}
    for run in low.iter_rows(named=True):
        levels |= _shares(flows, asked, vial_of, run)
    if not levels:
        return flows
    share = pl.col("order").replace_strict(levels, default=1.0, return_dtype=pl.Float64)
    return flows.with_columns(pl.col(_SCALED) * share)


def _shares(
    flows: pl.DataFrame, asked: Asked, vial_of: pl.DataFrame, run: dict[str, object]
) -> dict[str, float]:
    """Share of its most that each vial of one batch holds, by the order that gets it."""
    about = asked.vials.vials.select("vial", "batch", "ready_ms", vial_of="order")
    away = asked.before.filter("departed").select(vial_of="order")
    mine = (
        vial_of.drop("vial_of")
        .join(about, on="vial")
        .filter((pl.col("batch") == run["batch"]) & (pl.col("ready_ms") == run["ready_ms"]))
        .join(flows.select("order", "activity_ready_gbq"), on="order")
    )
    left = mine.join(away, on="vial_of", how="anti")
    gone = asked.before.filter(
        (pl.col("batch") == run["batch"])
        & (pl.col("ready_ms") == run["ready_ms"])
        & pl.col("departed")
    )
    made_gbq = float(
        asked.runs.filter(batch=run["batch"], ready_ms=run["ready_ms"])
        .select(pl.col("share") * pl.col("activity_gbq"))
        .item()
    )
    here = made_gbq - float(gone["activity_ready_bq"].sum()) / 1e9
    most = left["activity_ready_gbq"].to_numpy()
    holds = levels(left["least_gbq"].to_numpy(), most, here)
    return dict(zip(left["order"], (holds / most).tolist(), strict=True))


def levels(
    least: NDArray[np.float64], most: NDArray[np.float64], total: float
) -> NDArray[np.float64]:
    """What each vial holds: the same share of its most, but never less than its least.

    Args:
        least: What each must hold. [GBq]
        most: What each may hold. [GBq]
        total: What there is for all; at least the sum of the least. [GBq]

    >>> levels(np.array([6.0, 1.0]), np.array([8.0, 8.0]), 10.0).tolist()
    [6.0, 4.0]
    """
    if total >= most.sum():
        return most
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2.0
        low, high = (low, share) if np.maximum(least, share * most).sum() > total else (share, high)
    found: NDArray[np.float64] = np.maximum(least, low * most)
    return found


_HALVINGS = 60
"""Halvings after which a share is exact to rounding."""
