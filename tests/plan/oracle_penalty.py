"""What leaving an order costs in the brute force, by the published rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.orders.fairness import Fairness, base_penalty, penalties

if TYPE_CHECKING:
    from tests.plan.oracle import TinyWeek


def weights(week: TinyWeek) -> dict[str, float]:
    """Weight of leaving each order, by the published rule. [unitless]"""
    groups = pl.DataFrame(
        {
            "kind": [order.kind for order in week.orders],
            "earliest": [order.earliest for order in week.orders],
        },
        schema={"kind": pl.String, "earliest": pl.Date},
    )
    several = penalties(groups, week=week.options.week, base=1.0, rule=Fairness())
    return dict(zip([order.order for order in week.orders], several, strict=True))


def least_base(week: TinyWeek) -> float:
    """The published penalty for the options that some order can use. [currency]"""
    useful = {choice.row: choice for several in week.choices for choice in several}.values()
    dearest = max(
        (
            choice.cost
            + week.isotope_needed_gbq(choice.run, choice.ready_gbq)
            * _dearest_isotope(week, choice.run)
            for choice in useful
        ),
        default=0.0,
    )
    fixed = max((float(week.batches[one.run[0]].fixed_cost) for one in useful), default=0.0)
    return base_penalty(largest_dose=dearest, largest_batch=fixed, orders=len(week.orders))


def _dearest_isotope(week: TinyWeek, run: tuple[int, int]) -> float:
    """Price of activity at the start of a run, from the dearest pool it can draw from."""
    at = week.runs.index(run)
    prices = [price for (r, _), price in week.prices.items() if r == at]
    return max(prices, default=0.0)
