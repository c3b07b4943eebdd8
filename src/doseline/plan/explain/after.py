"""An order of a week that was planned again, explained: what had happened by then is no choice.

Batches begun, vials, packages under way and doses infused stay as :mod:`doseline.plan.replan` keeps
them; what events took away stays away. All else can be chosen again, and counts its money and
penalties; nothing counts a move. No bound of the whole week is known, as the plan's own is one of
moves from the plan before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.errors import CalledOffError
from doseline.plan.explain.answer import explain_problem
from doseline.plan.explain.asked import Past
from doseline.plan.replan.happened import what_happened
from doseline.plan.replan.problem import replan_problem, shut_runs
from doseline.plan.replan.reasons import lost_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from doseline.model.events import Event
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.explain.explanation import Explanation
    from doseline.plan.orders.fairness import Fairness
    from doseline.plan.problem import Problem
    from doseline.plan.replan.problem import Asked


def explain_after(
    network: Network,
    options: Options,
    plan: Plan,
    order: str,
    *,
    events: Sequence[Event],
    at: datetime,
    nuclides: NuclideTable,
    rule: Fairness,
    log: Callable[[str], None] | None = None,
) -> Explanation:
    """Explain one order of a plan that answers events.

    Args:
        network: The plan's network, with the orders that events added.
        options: Delivery options of the week; what events take away may still be among them.
        plan: The plan.
        order: Name of the order.
        events: What the plan answers.
        at: What had physically happened by then stays as it is.
        nuclides: Half-lives.
        rule: How a shortage was shared.
        log: Called with a line of progress.

    Raises:
        UnknownOrderError: If the plan has no such order.
        CalledOffError: If the order was withdrawn.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    happened = what_happened(network, options, plan, (), at=at, earlier=events)
    if order in happened.withdrawn:
        raise CalledOffError(order, happened.withdrawn[order])
    at_ms = round(at.timestamp() * 1000)
    left = replan_problem(
        network,
        options,
        plan,
        happened,
        at_ms=at_ms,
        nuclides=nuclides,
        rule=rule,
        move_price=0.0,
    )
    held = happened.held.get(order)
    past = Past(
        hand=_in_hand(left),
        infused=frozenset(left.before.filter("infused")["order"]),
        shut=tuple(shut_runs(left.full_supply, left.runs)),
        not_before=None if held is None else held.until,
        lost=lost_ways(left, options, happened, order, at_ms=at_ms),
    )
    return explain_problem(_without_losses(left), network, options, plan, order, past=past, log=log)


def _in_hand(left: Asked) -> pl.DataFrame:
    """order, option: the dose of each order that has one."""
    groups = left.problem.groups.select("group", order="apart")
    return left.problem.columns.filter(left.same).join(groups, on="group").select("order", "option")


def _without_losses(left: Asked) -> Problem:
    """The problem with the penalties of the shortage rule alone."""
    penalty = pl.col("apart").replace_strict(left.penalty, return_dtype=pl.Float64)
    return replace(left.problem, groups=left.problem.groups.with_columns(penalty=penalty))
