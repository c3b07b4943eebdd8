"""The problem of a week with what may go wrong in its objective, or ruled out.

- *Expected*: each dose costs, beside its money, what a dose in time is worth times the probability
  that it is not. The expectation is linear, so this is a price of each column.
- *Worst*: so many runs fail, those that hurt most (:mod:`doseline.plan.robust.hedge`), and each dose costs
  what it is worth times the probability that it is late. A dose of a run that fails and that would
  have been late counts twice, so the loss is not understated.
- *Each*: ways with less than some probability to be in time are ruled out.

A dose in time is worth as much more than another as the shortage rule weighs its order more. An
order that is left is not in time either: it costs the same beside its penalty, so that no order is
left because its dose may fail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.orders.terms import SELDOM_IN_TIME
from doseline.plan.robust.hedge import Hedge

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.plan.problem import Problem
    from doseline.plan.robust.risk import Risk

_ROUNDING = 1e-12


def weights(problem: Problem) -> pl.Series:
    """How much more a dose of each group is worth than one of a new start; from 1 on. [unitless]"""
    return problem.groups["penalty"] / problem.penalty


def column_chances(problem: Problem, network: Network, risk: Risk) -> pl.DataFrame:
    """What may become of a dose of each column.

    Args:
        problem: The problem.
        network: Failure of its batches.
        risk: What may go wrong.

    Returns:
        column, late, in_time (that its batch does not fail and it is not late): probabilities.
    """
    batches = risk.of_batches(network).with_row_index("number")
    batches = batches.select(pl.col("number").cast(pl.Int32).alias("batch"), "fails")
    ways = problem.usable.select("option", "batch", "on_time").join(batches, on="batch")
    on_time = pl.col("on_time") if risk.late else pl.lit(1.0)
    return (
        problem.columns.select("column", "option")
        .join(ways, on="option", how="left", maintain_order="left")
        .select("column", late=1.0 - on_time, in_time=(1.0 - pl.col("fails")) * on_time)
    )


def expected(problem: Problem, chances: pl.DataFrame, worth: float) -> Problem:
    """The problem hedged against failures and delays by their probability.

    Args:
        problem: The problem.
        chances: Of :func:`column_chances`.
        worth: Of a new start's dose in time. [currency]
    """
    return _priced(problem, chances.select(risk=1.0 - pl.col("in_time")).to_series(), worth)


def worst(problem: Problem, chances: pl.DataFrame, worth: float, failures: int) -> Problem:
    """The problem hedged against the worst failures of so many runs, and delays.

    Args:
        problem: The problem.
        chances: Of :func:`column_chances`.
        worth: Of a new start's dose in time. [currency]
        failures: Runs that fail.
    """
    hedge = Hedge(failures=failures, worth=worth, weight=weights(problem).to_numpy())
    return replace(_priced(problem, chances["late"], worth), hedge=hedge)


def reliable(problem: Problem, chances: pl.DataFrame, each: float) -> Problem:
    """The problem without ways that are in time with less than some probability.

    Args:
        problem: The problem.
        chances: Of :func:`column_chances`.
        each: Least probability of each order. [unitless]
    """
    kept = chances["in_time"] >= each - _ROUNDING
    columns = problem.columns.filter(kept)
    profiles = problem.groups.select("group", "profile")
    days, left = (
        one.join(profiles, on="group").select("profile", "day").unique()
        for one in (problem.columns, columns)
    )
    refused = days.join(left, on=["profile", "day"], how="anti").sort("profile", "day")
    numbered = columns.with_columns(column=pl.int_range(pl.len(), dtype=pl.Int64))
    return replace(
        problem,
        columns=numbered,
        refused=pl.concat([problem.refused, refused.with_columns(reason=pl.lit(SELDOM_IN_TIME))]),
    )


def _priced(problem: Problem, risk: pl.Series, worth: float) -> Problem:
    """The problem with what is worth a dose in time added for the risk of each column."""
    weight = problem.groups.select("group", weight=weights(problem))
    columns = problem.columns.with_columns(risk=risk).join(
        weight, on="group", how="left", maintain_order="left"
    )
    extra = pl.col("extra") + worth * pl.col("weight") * pl.col("risk")
    dearer = problem.groups["penalty"] * (1.0 + worth / problem.penalty)
    return replace(
        problem,
        columns=columns.with_columns(extra=extra).drop("risk", "weight"),
        groups=problem.groups.with_columns(penalty=dearer),
    )
