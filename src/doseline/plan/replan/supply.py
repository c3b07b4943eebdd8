"""What is left of a week's supply after batches were made, and what their vials share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.plan.problem import Problem
    from doseline.plan.replan.vials import Vials
    from doseline.plan.supply.batches import Supply

VIAL, YIELD = "vial", "yield"
"""Kinds of limits: a vial goes to one order; the vials of a batch share the activity made."""


def supply_left(
    supply: Supply, plan: Plan, runs: pl.DataFrame
) -> tuple[Supply, pl.DataFrame, float]:
    """The supply that is left, what is used up, and the money spent on it. [currency]"""
    key = ["batch", "ready_ms"]
    made = supply.runs.join(runs.filter("made"), on=key, how="semi")
    used = plan.draws.select(
        "lot", "source", "used_gbq", name="batch", reference_ms=pl.col("reference").dt.epoch("ms")
    )
    gone = (
        supply.draws.with_row_index("place")
        .join(made.select("run", "name"), on="run")
        .join(supply.pools.select("pool", "lot", "source"), on="pool")
        .join(used, on=["name", "lot", "source", "reference_ms"])
        .select("place", "pool", "price_per_gbq", drawn=pl.col("used_gbq") / pl.col("share"))
    )
    taken = gone.group_by("pool").agg(pl.col("drawn").sum())
    capacity = (pl.col("capacity_gbq") - pl.col("drawn").fill_null(0.0)).clip(0.0)
    left = replace(
        supply,
        runs=supply.runs.with_columns(
            fixed_cost=pl.when(pl.col("run").is_in(made["run"].implode()))
            .then(0.0)
            .otherwise("fixed_cost")
        ),
        pools=supply.pools.join(taken, on="pool", how="left", maintain_order="left")
        .with_columns(capacity_gbq=capacity)
        .drop("drawn"),
        draws=supply.draws.filter(~pl.col("run").is_in(made["run"].implode())),
        conflicts=supply.conflicts.filter(
            ~pl.any_horizontal(pl.col("run", "other").is_in(made["run"].implode()))
        ),
    )
    isotope = gone["drawn"].to_numpy() @ gone["price_per_gbq"].to_numpy()
    spent = float(made["fixed_cost"].to_numpy().sum() + isotope)
    return left, gone.drop("price_per_gbq"), spent


def lost_vials(network: Network, before: pl.DataFrame, runs: pl.DataFrame) -> float:
    """Money spent on the vials of batches that failed after their start. [currency]"""
    dose_cost = network.frame("batches").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("batch"), pl.col("dose_cost").cast(pl.Float64)
    )
    failed = runs.filter(pl.col("made") & pl.col("failed").is_not_null())
    lost = before.filter(~pl.col("infused")).join(failed, on=["batch", "ready_ms"], how="semi")
    spent = lost.join(dose_cost, on="batch").select(
        pl.when("departed").then("cost").otherwise("dose_cost")
    )
    return float(spent.to_series().sum())


def vial_limits(
    vials: Vials, of_option: pl.DataFrame, runs: pl.DataFrame, before: pl.DataFrame
) -> pl.DataFrame:
    """option, kind, key, site, most, use: of vials that several could have, and of low yields."""
    about = vials.vials.select("vial", "batch", "ready_ms", "site", vial_of="order")
    several = (
        vials.rows.group_by("vial").agg(pl.col("apart").n_unique()).filter(pl.col("apart") > 1)
    )
    shared = of_option.join(several, on="vial", how="semi").join(about.drop("vial_of"), on="vial")
    one_each = shared.select(
        "option", "site", kind=pl.lit(VIAL), key="vial_of", most=pl.lit(1.0), use=pl.lit(1.0)
    )
    low = runs.filter(pl.col("made") & pl.col("share").is_not_null())
    left = before.filter("departed").join(low, on=["batch", "ready_ms"], how="semi")
    away = left.group_by("batch", "ready_ms").agg(away=pl.col("activity_ready_bq").sum() / 1e9)
    still = before.filter(~pl.col("departed")).select("order")
    made = (
        low.join(away, on=["batch", "ready_ms"], how="left")
        .with_columns(
            most=(pl.col("share") * pl.col("activity_gbq") - pl.col("away").fill_null(0.0)).clip(
                0.0
            )
        )
        .select("batch", "ready_ms", "name", "most")
    )
    together = (
        of_option.join(about, on="vial")
        .join(still, left_on="vial_of", right_on="order", how="semi")
        .join(made, on=["batch", "ready_ms"])
        .select(
            "option",
            pl.lit(None, dtype=pl.Int32).alias("site"),
            kind=pl.lit(YIELD),
            key=pl.format("{}|{}", "name", "ready_ms"),
            most="most",
            use="least_gbq",
        )
    )
    return pl.concat([one_each, together])


def with_limits(problem: Problem, more: pl.DataFrame) -> Problem:
    """The problem with more limits of options, numbered before those of columns."""
    if more.is_empty():
        return problem
    limits, key = problem.limits, ["kind", "key"]
    first = limits.rows.height
    rows = more.select(*key, "site", "most").unique(key, keep="first").sort(key)
    rows = rows.with_row_index("limit", first).with_columns(pl.col("limit").cast(pl.Int64))
    uses = more.join(rows.select(*key, "limit"), on=key).select("option", "limit", "use")
    shift = pl.col("limit") + rows.height
    return replace(
        problem,
        limits=replace(
            limits,
            rows=pl.concat([limits.rows, rows.select(limits.rows.columns)], how="vertical_relaxed"),
            uses=pl.concat([limits.uses, uses.select(limits.uses.columns)]).sort("limit", "option"),
        ),
        column_limits=problem.column_limits.with_columns(shift),
        column_uses=problem.column_uses.with_columns(shift),
    )
