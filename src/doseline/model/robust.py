"""The price of robustness: plans of one week that are hedged more and more, and what each may bring.

A plan's doses *in time* are those whose batch does not fail and that arrive before their slot. A
batch fails as a whole, batches fail independently, and each dose is late by itself: delays that
packages share are not in these figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import polars as pl

from doseline.model.flows import Plan

HEDGES = ("none", "expected", "worst")
"""Against what a plan is hedged: nothing; failures and delays by their probability; the worst
failures of so many batches, and delays by their probability."""

Measure: TypeAlias = Literal["mean", "low", "worst", "probability"]

POINT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "point": pl.Int64,  # index into RobustCurve.plans
    "hedge": pl.String,  # one of HEDGES
    "worth": pl.Float64,  # currency that a new start's dose in time may cost; 0 for none
    "doses": pl.Int64,  # planned
    "batches": pl.Int64,  # opened
    "cost": pl.Float64,  # currency: money spent if all goes as planned
    "price": pl.Float64,  # currency: cost and penalties of orders left, beyond the cheapest plan's
    "price_percent": pl.Float64,  # of the cheapest plan's cost
    "gap": pl.Float64,  # of the plan, its hedge counted
    "mean": pl.Float64,  # doses in time, expected
    "low": pl.Int64,  # doses in time, 5 % quantile
    "worst": pl.Int64,  # doses in time if the worst so many batches fail and nothing is late
    "probability": pl.Float64,  # of keeping the promise; null if none was asked for
}
CHANCE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "point": pl.Int64,
    "in_time": pl.Int64,  # doses
    "probability": pl.Float64,  # of exactly so many
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """At least so many doses in time with at least some probability, and what was found."""

    doses: int
    probability: float
    """Asked for. [unitless]"""
    point: int | None
    """The cheapest plan found that keeps it; None if none does."""
    reached: float
    """Its probability, or the largest of any plan found. [unitless]"""
    bound: float
    """No plan that keeps it has smaller cost and penalties. [currency]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustCurve:
    """Plans of one week, from not hedged at all to hedged most."""

    week: date
    orders: int
    failures: int
    """Batches that fail in the worst case."""
    points: pl.DataFrame
    """One row a plan, columns of ``POINT_SCHEMA``."""
    chances: pl.DataFrame
    """How many doses of each plan are in time, columns of ``CHANCE_SCHEMA``."""
    plans: tuple[Plan, ...]
    """The plan of each point; objective and bound are those without hedge."""
    promise: Promise | None = None
    each: float = 0.0
    """Least probability of each order, in all plans but the first. [unitless]"""

    def frontier(self, measure: Measure) -> pl.DataFrame:
        """The points that no cheaper point equals in a measure, the cheapest first.

        Args:
            measure: Column of the points; rises with the price along the frontier.
        """
        ordered = self.points.sort("price", measure, "point", descending=[False, True, False])
        before = pl.col(measure).cum_max().shift(1)
        return ordered.filter(before.is_null() | (pl.col(measure) > before))
