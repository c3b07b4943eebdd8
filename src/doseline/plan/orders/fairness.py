"""The published rule by which a shortage is shared: who is left last.

Continuing courses come before new starts; among equals, who has waited longest. The payer, the
margin, the age and the place of an order are not arguments, so they cannot matter.

How many doses go to new starts and how many to continuing courses may be said before, by published
quotas (:mod:`doseline.plan.limits.quotas`); within a quota this rule decides. A fee for a promise that is
not kept is money, and every penalty outweighs the dearest one: a fee decides between days, and
between orders of nearly the same weight, never between one new start and one continuing course.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from doseline.model.flows import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Weights of the shortage rule; leaving one order costs its weight times the base penalty."""

    continuing_weight: float = 10.0
    """Weight of a continuing cycle: ten new starts yield to one continuing course."""
    new_weight: float = 1.0
    """Weight of a new start that has not waited."""
    waiting_weight: float = 0.5
    """Share by which a weight has grown after :attr:`waiting_days`."""
    waiting_days: int = 91
    """Waiting beyond this adds no more. [d]"""

    def describe(self) -> Note:
        """The rule, for the notes of a plan."""
        return Note(
            key="shortage_rule",
            values={
                "continuing": f"{self.continuing_weight:g}",
                "new": f"{self.new_weight:g}",
                "grown": f"{100 * self.waiting_weight:g}",
                "days": f"{self.waiting_days}",
            },
        )


def penalties(groups: pl.DataFrame, *, week: date, base: float, rule: Fairness) -> pl.Series:
    """What leaving one order of each group costs in the objective, in [currency].

    Args:
        groups: With columns ``kind`` and ``earliest``.
        week: Monday of the planned week; waiting is counted up to its Sunday.
        base: Penalty of a new start that has not waited. [currency]
        rule: Weights.
    """
    sunday = pl.lit(week + timedelta(days=6))
    waited = (sunday - pl.col("earliest")).dt.total_days().clip(0, rule.waiting_days)
    weight = (
        pl.when(pl.col("kind") == "continuing")
        .then(rule.continuing_weight)
        .otherwise(rule.new_weight)
    )
    grown = weight * (1.0 + rule.waiting_weight * waited / rule.waiting_days) * base
    return groups.select(grown.alias("penalty")).to_series()


def base_penalty(*, largest_dose: float, largest_batch: float, orders: int) -> float:
    """A penalty that no saving outweighs: a power of ten, in [currency].

    It exceeds the dearest dose with a whole batch opened for it, and 2 % of the dearest week, so
    that a plan within 1 % of its bound never leaves an order to save money.

    Args:
        largest_dose: Dearest vial, lanes and isotope of any option, and fee of any order. [currency]
        largest_batch: Dearest fixed cost of a batch. [currency]
        orders: Number of orders.
    """
    dearest = max(largest_dose + largest_batch, 0.02 * orders * largest_dose, 1.0)
    return 10.0 ** math.ceil(math.log10(2.0 * dearest))
