"""The objective is the sum of its parts, and the bound is no higher."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl
from tests.plan.check.case import broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.check.case import Case, Fault

_RELATIVE = 1e-6


def money_faults(case: Case) -> Iterator[Fault]:
    """Money without a source, orders left to save it, bounds that are none."""
    plan = case.plan
    opened = plan.batches.filter(pl.col("open"))["batch"].to_list()
    if {flow["batch"] for flow in case.served} != set(opened):
        yield broken("open batches are not those that make doses")
    spent = [flow["cost"] for flow in case.served] + plan.lots["cost"].to_list()
    spent += [float(case.batches[name]["fixed_cost"]) for name in opened]
    money = math.fsum([*spent, *case.plan.fees["amount"]])
    if not math.isclose(money, plan.cost, rel_tol=_RELATIVE, abs_tol=_RELATIVE):
        yield broken(f"the plan says that it costs {plan.cost}, not {money}")
    rest = plan.objective - money
    unserved = plan.flows.height - len(case.served)
    if abs(rest) > _RELATIVE * max(1.0, abs(plan.objective)) and not unserved:
        yield broken(f"{rest} of the objective has no source")
    if unserved and rest < max(
        unserved * plan.penalty * (1.0 - _RELATIVE), money / plan.flows.height
    ):
        yield broken("orders are left cheaply")
    if plan.bound > plan.objective * (1.0 + 1e-12) or plan.gap < 0:
        yield broken("the bound is above the plan")
