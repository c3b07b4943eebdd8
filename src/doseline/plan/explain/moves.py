"""What a plan that was found by solving again changes, order by order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.explain.explanation import Moved, Solved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.plan.explain.again import Again, Found
    from doseline.plan.explain.stand import Stand
    from doseline.plan.explain.told import Teller

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an order is explained with."""

    again: Again
    """To solve with."""
    teller: Teller
    """For names."""
    plan: Stand
    """What the plan in hand counts."""


def solved(case: Case, found: Found, *, bound: float | None = None) -> Solved:
    """A plan found, beside the plan in hand.

    Args:
        case: What was solved.
        found: The plan found.
        bound: No plan of the whole week has a smaller objective; None: that is not known.
    """
    plan, week = case.plan, found.bound if case.again.whole else bound
    return Solved(
        cost=found.cost - plan.cost,
        objective=found.objective - plan.objective,
        at_least=found.bound - plan.objective,
        at_least_week=None if week is None else week - plan.objective,
        moved=moves(case, found),
    )


def moves(case: Case, found: Found) -> tuple[Moved, ...]:
    """Orders that get something else; of like orders as few as can be."""
    asked, groups = case.again.asked, case.again.facts.group
    changed = np.unique(groups[found.doses != asked.doses])
    names, columns = asked.names.to_list(), asked.column.to_list()
    of_order = dict(asked.problem.groups.select("group", "orders").iter_rows())
    now = dict(zip(names, columns, strict=True))
    found_moves = []
    for group in sorted(changed.tolist(), key=lambda one: one != asked.group):
        left = {
            int(column): int(found.doses[column])
            for column in np.flatnonzero((groups == group) & (found.doses > 0.0))
        }
        homeless = []
        for order in of_order[group]:
            if now[order] is not None and left.get(now[order], 0) > 0:
                left[now[order]] -= 1
            else:
                homeless.append(order)
        free = [column for column, count in left.items() for _ in range(count)]
        # Those who are served now come first, so that no order loses its dose to one like it.
        homeless.sort(key=lambda order: now[order] is None)
        for order, column in zip(homeless, [*free, *[None] * len(homeless)], strict=False):
            if column != now[order]:
                found_moves.append(_moved(case.teller, order, now[order], column))
    return tuple(found_moves)


def _moved(teller: Teller, order: str, before: int | None, after: int | None) -> Moved:
    return Moved(
        order=order,
        before=_NOTHING if before is None else teller.way(before),
        after=_NOTHING if after is None else teller.way(after),
    )
