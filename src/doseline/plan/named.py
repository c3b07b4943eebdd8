"""A solved week as the frames of a plan, each order named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.flows import FLOW_SCHEMA

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.problem import Problem

_DRAWN_GBQ = 1e-9
"""Draws below this are rounding."""


def flow_frame(
    network: Network,
    options: Options,
    problem: Problem,
    orders: pl.DataFrame,
    *,
    placed: pl.DataFrame,
    reasons: pl.DataFrame,
) -> pl.DataFrame:
    """One row an order, in the orders' sequence, columns of ``FLOW_SCHEMA``.

    Orders of a group are alike, so their names are given out in turn: names ascending to doses by
    infusion; who is left is last.

    Args:
        network: For names.
        options: For itineraries and slots.
        problem: The week's problem.
        orders: The orders, as they were given.
        placed: group, option, doses of each column of the solution.
        reasons: group, number (counted from 0 among the group's unserved), link, reason.
    """
    options_of = problem.usable.drop("site", "product")
    doses = (
        placed.filter(pl.col("doses") > 0)
        .join(options_of, on="option", suffix="_option")
        .sort("group", "infuse_ms", "ready_ms", "itinerary", "slot")
        .select(pl.exclude("doses").repeat_by("doses").explode())
    )
    doses = doses.with_columns(place=pl.int_range(pl.len()).over("group"))
    served = doses.group_by("group").agg(served=pl.len().cast(pl.Int64))
    names = (
        problem.groups.select("group", order="orders")
        .explode("order")
        .with_columns(place=pl.int_range(pl.len()).over("group"))
        .join(served, on="group", how="left")
        .with_columns(number=pl.col("place") - pl.col("served").fill_null(0))
    )
    named = (
        names.join(doses, on=["group", "place"], how="left")
        .join(reasons, on=["group", "number"], how="left")
        .join(_places(network, options, problem.usable), on=["itinerary", "slot"], how="left")
        .join(
            problem.supply.runs.select("run", line_name="line", batch_name="name"),
            on="run",
            how="left",
        )
    )
    return (
        orders.join(named, on="order", how="left", maintain_order="left")
        .select(
            "order",
            "patient",
            "product",
            "kind",
            "payer",
            "site",
            line="line_name",
            batch="batch_name",
            suite="suite_name",
            lanes="lanes",
            ready=_instant("ready_ms"),
            depart=_instant("depart_ms"),
            arrive=_instant("arrive_ms"),
            infuse=_instant("infuse_ms"),
            activity_ready_gbq=pl.col("activity_ready_bq") / 1e9,
            activity_infuse_gbq=pl.col("activity_infuse_bq") / 1e9,
            volume_ml="volume_ml",
            transport_index="transport_index",
            cost="cost_option",
            on_time="on_time",
            link="link",
            reason="reason",
            ending=pl.lit(None, dtype=pl.String),
        )
        .select([pl.col(name).cast(kind) for name, kind in FLOW_SCHEMA.items()])
    )


def batch_frame(problem: Problem, placed: pl.DataFrame, opened: NDArray[np.int64]) -> pl.DataFrame:
    """One row a dated batch slot: what it makes, what it could, and when."""
    runs = problem.supply.runs
    run, doses = placed["run"].to_numpy(), placed["doses"].to_numpy()
    # Summed in the order of the columns: a grouped sum may add up in any.
    activity = np.bincount(run, doses * placed["activity_gbq"].to_numpy(), runs.height)
    return (
        runs.with_columns(
            open=pl.Series(opened, dtype=pl.Int64) > 0,
            doses=pl.Series(np.bincount(run, doses, runs.height).astype(np.int64)),
            activity_gbq=pl.Series(activity, dtype=pl.Float64),
        )
        .select(
            "line",
            "product",
            "open",
            "doses",
            "activity_gbq",
            "max_activity_gbq",
            "max_doses",
            batch="name",
            start=_instant("start_ms"),
            ready=_instant("ready_ms"),
            release=_instant("release_ms"),
        )
        .select("batch", pl.exclude("batch"))
    )


def lot_frame(problem: Problem, drawn: NDArray[np.float64]) -> pl.DataFrame:
    """One row a delivery of a lot that a run draws from; a lot's rows share its capacity.

    Used and capacity are what the delivery brings, where that is not the full lot.
    """
    drawn_gbq = np.where(drawn > _DRAWN_GBQ, drawn, 0.0)
    used = problem.supply.draws.select("pool", "reference_ms", "share").with_columns(
        used_gbq=pl.Series(drawn_gbq) * pl.col("share")
    )
    last = pl.col("reference_ms") == pl.col("reference_ms").max().over("pool")
    found = (
        used.group_by("pool", "reference_ms")
        .agg(pl.col("used_gbq").sum(), pl.col("share").first())
        .filter(last | (pl.col("used_gbq") > 0.0))
        .join(problem.supply.pools, on="pool")
        .sort("pool", "reference_ms")
    )
    return found.select(
        "lot",
        "source",
        "line",
        _instant("reference_ms").alias("reference"),
        "used_gbq",
        capacity_gbq=pl.col("capacity_gbq") * pl.col("share"),
        cost=pl.col("used_gbq") * pl.col("price_per_gbq"),
    )


def _places(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Lanes and departure of each itinerary with the suite of each slot, for the pairs in use."""
    used = usable.select("itinerary", "slot").unique()
    lanes = options.itineraries.select("itinerary", "lanes", "depart_ms")
    suites = network.frame("suites").with_row_index("number")
    names = suites.select(pl.col("number").cast(pl.Int32), suite_name="suite")
    slots = options.slots.join(names, left_on="suite", right_on="number")
    return used.join(lanes, on="itinerary").join(slots.select("slot", "suite_name"), on="slot")


def _instant(column: str) -> pl.Expr:
    """UTC milliseconds as an instant."""
    return pl.col(column).cast(pl.Datetime("ms", "UTC"))
