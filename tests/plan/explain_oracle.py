"""Conflicts by enumeration: whether any assignment of orders to columns respects some facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from doseline.plan.explain.facts import Facts

    Floats = NDArray[np.float64]

_SLACK = 1e-7
_TINY = 1e-9


def possible(facts: Facts, chosen: Iterable[int]) -> bool:
    """Whether orders of the asked one's rank can all be served, itself included.

    Each dose that counts is placed in turn, every way tried: no program, no neighbourhood.
    """
    asked, numbers = facts.asked, set(chosen)
    penalty = asked.problem.groups["penalty"].to_list()
    need = [
        group
        for group, served in enumerate(asked.planned_groups)
        for _ in range(int(served))
        if penalty[group] >= penalty[asked.group] * (1.0 - 1e-12)
    ]
    ways = [_ways(facts, numbers, group) for group in [*need, asked.group]]
    most = {fact: float(facts.most[fact]) for fact in numbers if fact < facts.limits.stop}
    for span in (facts.vials, facts.activity):
        most |= {fact: float(facts.most[fact]) for fact in numbers if fact in span}
    order = sorted(range(len(ways)), key=lambda at: len(ways[at]))
    return _place(facts, numbers, [ways[at] for at in order], most, {})


_Way = tuple[int, float, tuple[tuple[int, float], ...]]


def _ways(facts: Facts, numbers: set[int], group: int) -> list[_Way]:
    """run, activity and counted uses of each way of a group, alike ones once."""
    found = set()
    for column in np.flatnonzero(facts.group == group):
        run = int(facts.run[column])
        if facts.window in numbers and facts.asked.beyond[column]:
            continue
        if facts.no_lot.start + run in numbers and facts.unfed[run]:
            continue
        pairs = zip(*facts.of_column(int(column)), strict=True)
        uses = tuple((int(fact), float(use)) for fact, use in pairs if fact in numbers)
        limited = any(facts.pools.start + int(pool) in numbers for pool in facts.pools_of[run])
        clique = any(
            facts.changeovers.start + at in numbers and run in members
            for at, members in enumerate(facts.cliques)
        )
        gbq = float(facts.gbq[column]) if limited else 0.0
        found.add((run if limited or clique else -1, gbq, uses))
    return sorted(found)


def _place(
    facts: Facts,
    numbers: set[int],
    ways: list[list[_Way]],
    left: dict[int, float],
    made: dict[int, float],
) -> bool:
    """Place the first order on each of its ways, then the rest."""
    if not ways:
        return _fed(facts, numbers, made)
    for run, gbq, uses in ways[0]:
        mine = {**left}
        for fact, use in uses:
            if fact in mine:
                mine[fact] -= use
        if any(mine[fact] < -_SLACK * (1 + facts.most[fact]) for fact, _ in uses if fact in mine):
            continue
        opened = {*made, run}
        if any(
            facts.changeovers.start + at in numbers and len(opened & set(members.tolist())) > 1
            for at, members in enumerate(facts.cliques)
        ):
            continue
        more = {**made, run: made.get(run, 0.0) + gbq}
        if gbq and not _fed(facts, numbers, more):
            continue
        if _place(facts, numbers, ways[1:], mine, more):
            return True
    return False


def _fed(facts: Facts, numbers: set[int], made: dict[int, float]) -> bool:
    """Whether the chosen deliveries feed what is made; runs with another delivery need none."""
    draws = facts.supply.draws
    needy = [
        run
        for run, gbq in made.items()
        if gbq > 0.0 and all(facts.pools.start + int(p) in numbers for p in facts.pools_of[run])
    ]
    mine = [row for row in draws.iter_rows(named=True) if row["run"] in needy]
    if not needy:
        return True
    if not mine:
        return False
    pools = sorted({row["pool"] for row in mine})
    matrix = np.zeros((len(needy) + len(pools), len(mine)))
    for at, row in enumerate(mine):
        matrix[needy.index(row["run"]), at] = -row["per_gbq"]
        matrix[len(needy) + pools.index(row["pool"]), at] = 1.0
    most = [-made[run] * (1.0 - _SLACK) for run in needy]
    most += [float(facts.most[facts.pools.start + pool]) for pool in pools]
    return feasible(matrix, np.array(most))


def feasible(matrix: Floats, most: Floats) -> bool:
    """Whether any x >= 0 has ``matrix @ x <= most``.

    First phase of the simplex method, on a dictionary with Bland's rule (Chvatal, Linear
    Programming, 1983, chapters 3 and 8).
    """
    rows, columns = matrix.shape
    if most.min() >= -_TINY:
        return True
    # Slacks = most - matrix @ x + x0; the last column is x0, to be made zero.
    table = np.hstack([most[:, None], -matrix, np.ones((rows, 1))])
    goal = np.zeros(columns + 2)
    goal[-1] = -1.0
    basic, free = list(range(columns + 1, columns + 1 + rows)), [*range(1, columns + 1), 0]
    row, column = int(np.argmin(most)), columns + 1
    while True:
        _pivot(table, goal, row, column)
        basic[row], free[column - 1] = free[column - 1], basic[row]
        rising = [at for at in range(1, columns + 2) if goal[at] > _TINY]
        if goal[0] > -_TINY or not rising:
            return bool(goal[0] > -_TINY)
        column = min(rising, key=lambda at: free[at - 1])
        falling = [at for at in range(rows) if table[at, column] < -_TINY]
        row = min(falling, key=lambda at: (-table[at, 0] / table[at, column], basic[at]))


def _pivot(table: Floats, goal: Floats, row: int, column: int) -> None:
    """Solve a row for a free variable and put it into all others."""
    pivot = table[row, column]
    table[row] /= -pivot
    table[row, column] = 1.0 / pivot
    for other in [*(table[at] for at in range(len(table)) if at != row), goal]:
        factor = other[column]
        other[column] = 0.0
        np.add(other, factor * table[row], out=other)
