"""Why an order gets what it gets, or nothing; what would change that, each change solved again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.errors import ForeignPlanError
from doseline.plan.explain.again import Again
from doseline.plan.explain.asked import asked_of
from doseline.plan.explain.conflict import (
    Conflict,
    blocked_ways,
    moving_conflict,
    standing_conflict,
)
from doseline.plan.explain.elsewhere import moved_to, nearest_sites
from doseline.plan.explain.explanation import Clash, Explanation, Repair
from doseline.plan.explain.facts import Facts
from doseline.plan.explain.moves import Case
from doseline.plan.explain.nearbest import near_best, worths
from doseline.plan.explain.repair import alone, repairs, tried
from doseline.plan.explain.stand import Stand, stand_of
from doseline.plan.explain.told import Teller
from doseline.plan.problem import problem_of

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.explain.asked import Asked, Past
    from doseline.plan.explain.conflict import Way
    from doseline.plan.explain.repair import Change
    from doseline.plan.orders.fairness import Fairness
    from doseline.plan.problem import Problem

Log = Callable[[str], None]


def explain(
    network: Network,
    options: Options,
    plan: Plan,
    order: str,
    *,
    nuclides: NuclideTable,
    rule: Fairness,
    orders: pl.DataFrame | None = None,
    log: Log | None = None,
) -> Explanation:
    """Explain one order of a plan.

    Args:
        network: The plan's network; its table ``orders`` holds the planned orders.
        options: The options that were planned from.
        plan: The plan.
        order: Name of the order.
        nuclides: Half-lives.
        rule: How a shortage was shared.
        orders: The planned orders, where the network does not list them.
        log: Called with a line of progress.

    Raises:
        UnknownOrderError: If the plan has no such order.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    orders = network.frame("orders") if orders is None else orders
    problem = problem_of(network, options, orders, nuclides=nuclides, rule=rule)
    return explain_problem(problem, network, options, plan, order, log=log)


def explain_problem(
    problem: Problem,
    network: Network,
    options: Options,
    plan: Plan,
    order: str,
    *,
    past: Past | None = None,
    log: Log | None = None,
) -> Explanation:
    """Explain one order of the plan of a problem, with columns and prices as it was planned.

    Args:
        problem: The problem that the plan solved.
        network: The network, for names.
        options: Those that the problem was made of.
        plan: The plan.
        order: Name of the order.
        past: What had happened by then, if the week was planned again.
        log: Called with a line of progress.

    Raises:
        UnknownOrderError: If the plan has no such order.
        ForeignPlanError: If the plan holds a dose that the problem does not allow.
    """
    log = log or _silent
    asked = asked_of(problem, network, options, plan, order, past=past)
    stand = _stand(asked, plan)
    facts = Facts(asked)
    teller = Teller(facts, network, options)
    ways = blocked_ways(facts, asked.own)
    log(f"{len(ways)} ways, {facts.count} facts")
    chosen = asked.chosen
    standing = moving = None
    if chosen is None:
        standing = standing_conflict(ways)
        moving = moving_conflict(facts, standing)
        log(f"conflict of {len(moving.facts)} facts, proven: {moving.irreducible}")
    again = Again(facts, _near_facts(standing, moving, ways))
    case = Case(again=again, teller=teller, plan=stand)
    found = [] if chosen is not None else repairs(case, ways)
    if chosen is None:
        found += _elsewhere(facts, teller, stand)
    log(f"{len(found)} repairs hold")
    near = near_best(case, ways)
    return Explanation(
        order=order,
        status=_status(asked.own.size, chosen, moving, found),
        chosen={} if chosen is None else teller.way(chosen),
        standing=_clash(teller, standing),
        conflict=_clash(teller, moving),
        refused=teller.refused(),
        repairs=tuple(found),
        near=tuple(near),
        worth=tuple(worths(case, [*_asked_of(found), *alone(facts, moving or standing)])),
        free_orders=int(asked.problem.groups["count"].to_numpy()[again.free].sum()),
        whole_week=again.whole,
        currency=network.settings.currency,
        zone=teller.zone,
    )


def _stand(asked: Asked, plan: Plan) -> Stand:
    """What the plan counts: what it says itself, or, of a week planned again, what is left of it.

    Raises:
        ForeignPlanError: If the plan does not respect the problem.
    """
    if asked.past is None:
        return Stand(cost=plan.cost, objective=plan.objective, bound=plan.bound)
    found = stand_of(asked.problem, asked.column.drop_nulls().to_numpy())
    if found is None:
        raise ForeignPlanError(asked.order)
    return found


def _elsewhere(facts: Facts, teller: Teller, plan: Stand) -> list[Repair]:
    """The order at the nearest other site that has room, if any is known."""
    for site, km in nearest_sites(facts.asked, teller.network):
        moved = moved_to(facts, teller.options, site)
        if moved is None:
            continue
        there = Facts(moved)
        runs = np.unique(there.run[moved.own])
        again = Again(there, (there.vials.start + runs).tolist())
        case = Case(again=again, teller=Teller(there, teller.network, teller.options), plan=plan)
        return [
            replace(one, site=teller.sites[site], km=km) for one in tried(case, "site", moved.own)
        ]
    return []


def _near_facts(
    standing: Conflict | None, moving: Conflict | None, ways: dict[int, Way]
) -> list[int]:
    """Facts whose users should be free: those in conflict, then those that block the fewest."""
    found = [*(standing.facts if standing else ()), *(moving.facts if moving else ())]
    for blocked, _ in sorted(ways.values(), key=lambda way: len(way[0]) + len(way[1])):
        found += blocked
    return list(dict.fromkeys(found))


def _clash(teller: Teller, conflict: Conflict | None) -> Clash | None:
    if conflict is None or not conflict.facts:
        return None
    return Clash(
        facts=teller.all(conflict.facts),
        proven=conflict.infeasible,
        irreducible=conflict.irreducible,
    )


def _status(ways: int, chosen: int | None, moving: Conflict | None, found: list[Repair]) -> str:
    """Status of an explanation."""
    if chosen is not None:
        return "served"
    if not ways:
        return "no_option"
    if moving is None or moving.infeasible:
        return "conflict"
    if any(one.kind == "swap" for one in found):
        return "room"
    return "outranked" if moving.doses is not None else "open"


def _asked_of(found: list[Repair]) -> list[Change]:
    """How much more of which facts together each repair asks."""
    return [
        tuple((one.fact.number, one.more) for one in repair.steps)
        for repair in found
        if repair.steps
    ]


def _silent(_: str) -> None:
    """No progress."""
