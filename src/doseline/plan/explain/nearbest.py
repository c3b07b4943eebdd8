"""Other plans for an order, and what more of a limit is worth, by solving again.

Every figure has an interval: what a plan in hand shows on one side, what no plan can pass on the
other. The plan explained has a gap itself, so that it is no exact yardstick.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.explain.explanation import Near, Step, Worth
from doseline.plan.explain.moves import solved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from doseline.plan.explain.conflict import Way
    from doseline.plan.explain.explanation import Solved
    from doseline.plan.explain.facts import Facts
    from doseline.plan.explain.moves import Case
    from doseline.plan.explain.repair import Change

    Ints = NDArray[np.int64]

MOST_NEAR = 4
"""Other plans that are solved."""
MOST_WORTHS = 4
"""Changes that are valued."""
_CENT = 0.005
"""Difference of money below which two plans cost the same, relative to a currency's unit."""


def near_best(case: Case, ways: Mapping[int, Way]) -> list[Near]:
    """The best plans in which the order comes from another batch or in another slot.

    Args:
        case: What to solve with.
        ways: What blocks each column of the order, all others as planned.
    """
    facts = case.again.facts
    chosen = facts.asked.chosen
    price = _static_cost(facts)
    found: list[Near] = []
    inside = np.array([one for one in ways if not facts.asked.beyond[one]], dtype=np.int64)
    others = inside if chosen is None else inside[inside != chosen]
    for columns in _kinds_of_ways(facts, others, price):
        if len(found) == MOST_NEAR:
            break
        found.append(_near(case, columns, ways, drop=chosen is None))
    return sorted(found, key=lambda one: (one.solved is None, _objective(one)))


def worth_of(case: Case, change: Change) -> Worth:
    """What more of some facts is worth, everybody served by the rule.

    At most: of the doses that take from a fact, so few as take what was added could be left
    instead, so that no plan gains more than their penalties; of several facts, those of each, or
    once where the same doses take from all of them.

    Args:
        case: What to solve with.
        change: The facts, and how much more of each. [its unit]
    """
    facts = case.again.facts
    again, plan = case.again, case.plan
    most = {fact: float(facts.most[fact]) + more for fact, more in change}
    found = again.solve(ways=None, most=most, drop=True, calm=False)
    steps = tuple(Step(fact=case.teller.tell(fact), more=more) for fact, more in change)
    ceiling = _ceiling(facts, change)
    if plan.bound is not None:
        ceiling += plan.objective - plan.bound
    elif not again.whole:
        ceiling = np.inf
    if found is None or not again.holds(found, most):
        return Worth(steps=steps, gained=0, at_least=0.0, at_most=ceiling)
    if again.whole:
        ceiling = min(plan.objective - found.bound, ceiling)
    gained = round(float(again.left_now.sum() - found.left.sum()))
    at_least = max(0.0, plan.objective - found.objective)
    return Worth(steps=steps, gained=gained, at_least=at_least, at_most=max(at_least, ceiling))


def worths(case: Case, changes: Iterable[Change]) -> list[Worth]:
    """What some changes are worth, the most first; nothing where no bound is known.

    Args:
        case: What to solve with.
        changes: Facts that may be relaxed, and how much more of each.
    """
    if case.plan.bound is None and not case.again.whole:
        return []
    asked = list(dict.fromkeys(changes))[:MOST_WORTHS]
    found = [worth_of(case, change) for change in asked]
    return sorted(found, key=lambda one: -one.at_least)


def _ceiling(facts: Facts, change: Change) -> float:
    """Penalties of the doses that could take from what is added. [currency]"""
    penalty = np.where(facts.asked.infused, 0.0, facts.problem.groups["penalty"].to_numpy())
    takers = [_takers(facts, fact, more) for fact, more in change]
    columns = takers[0][0]
    if all(np.array_equal(columns, other) for other, _ in takers):
        # Each dose that is left gives back some of every fact.
        takers = [(columns, max(count for _, count in takers))]
    return float(sum(count * penalty[facts.group[who]].max() for who, count in takers if who.size))


def _takers(facts: Facts, fact: int, more: float) -> tuple[Ints, int]:
    """Columns that take from a fact, and the most of their doses that so much more of it feeds."""
    if fact in facts.pools:
        draws = facts.supply.draws
        mine = draws["pool"].to_numpy() == fact - facts.pools.start
        per_gbq = draws["per_gbq"].to_numpy()[mine]
        columns = np.flatnonzero(np.isin(facts.run, draws["run"].to_numpy()[mine]))
        if not columns.size:
            return columns, 0
        doses = more * float(per_gbq.max()) / float(facts.gbq[columns].min())
    else:
        entries = facts.entry_fact == fact
        columns = np.unique(facts.entry_column[entries])
        if not columns.size:
            return columns, 0
        doses = more / float(facts.entry_use[entries].min())
    return columns, math.ceil(doses - 1e-9)


def _static_cost(facts: Facts) -> NDArray[np.float64]:
    """Vial, lanes, isotope and, if it is shut, the batch of each column: to try the best first."""
    runs, draws = facts.supply.runs, facts.supply.draws
    per_gbq = np.full(runs.height, np.inf)
    np.minimum.at(
        per_gbq,
        draws["run"].to_numpy(),
        draws["price_per_gbq"].to_numpy() / draws["per_gbq"].to_numpy(),
    )
    made = np.bincount(facts.run, weights=facts.asked.doses, minlength=runs.height) > 0.0
    fixed = np.where(made, 0.0, runs["fixed_cost"].to_numpy())
    cost = facts.problem.columns["cost"].to_numpy()
    # Vials that exist take no isotope, even of a run that none reaches.
    isotope = np.zeros(cost.size)
    np.multiply(facts.gbq, per_gbq[facts.run], out=isotope, where=facts.gbq > 0.0)
    total: NDArray[np.float64] = cost + isotope + fixed[facts.run]
    return total


def _kinds_of_ways(facts: Facts, inside: Ints, price: NDArray[np.float64]) -> list[Ints]:
    """Ways of one batch and slot together, those with the cheapest way first."""
    slots = facts.problem.columns["slot"]
    kinds: dict[tuple[int, int], list[int]] = {}
    for column in inside[np.argsort(price[inside], kind="stable")].tolist():
        kinds.setdefault((int(facts.run[column]), int(slots[column])), []).append(column)
    return [np.array(columns, dtype=np.int64) for columns in kinds.values()]


def _near(
    case: Case,
    columns: Ints,
    ways: Mapping[int, Way],
    *,
    drop: bool,
) -> Near:
    """The best plan with the order on one of some columns."""
    facts = case.again.facts
    first = int(columns[0])
    blocked, pools = min((ways[int(one)] for one in columns), key=lambda way: len(way[0] + way[1]))
    again = case.again
    found = again.solve(ways=columns, drop=drop)
    told = None
    if found is not None and again.holds(found):
        told = solved(case, found, bound=case.plan.bound)
    way = case.teller.way(first)
    return Near(
        why=_why(told),
        batch=way["batch"],
        day=facts.problem.columns["day"][first],
        suite=way["suite"],
        infuse=way["infuse"],
        solved=told,
        facts=case.teller.all(sorted({*blocked, *pools})),
    )


def _why(told: Solved | None) -> str:
    if told is None:
        return "blocked"
    if told.lost:
        return "drops"
    if abs(told.objective) <= _CENT:
        return "equal"
    return "dearer" if told.objective > 0.0 else "better"


def _objective(near: Near) -> float:
    return near.solved.objective if near.solved is not None else 0.0
