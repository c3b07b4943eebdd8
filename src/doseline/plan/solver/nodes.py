"""Branch and bound over one relaxation, each node solved from the last basis.

For programs of a few thousand variables in which little but the opening of runs is in part: the
solver's own search spends seconds on cuts and searches within searches where a few dozen
relaxations of milliseconds decide. Runs are branched on, the loosest node first. Where all of a
node's runs are whole and a few doses are not, doses in part are rounded up in turn; if that ends
too far from the node's bound, or many doses are in part, the solver takes the node on as it is. The
bound is that of the loosest node that was not split.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Bools, Floats, Highs, Ints

    Node = tuple[float, int, Floats, Floats]
    """Bound, number, and least and largest value of each run."""
    Placed = Callable[[Floats, Floats], Answer | None]

_WHOLE = 1e-6
"""Distance from a whole number that is rounding."""
_MOST = 400
"""Nodes after which the search is given up."""
_FEW = 8
"""Doses in part that are rounded in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What is searched."""

    integer: Bools
    """Which variables are whole."""
    runs: Ints
    """The whole variables that are branched on."""
    lower: Floats
    upper: Floats
    placed: Placed
    """A plan within bounds of the runs, and its bound there; None if there is none."""
    left: list[Node] = field(default_factory=list)
    """Nodes that a search leaves: all plans lie in them, none better than its node's bound.

    The next search of the same program goes on from them, at the same costs or higher ones."""


def search(
    highs: Highs, space: Space, *, near: float, best: Answer | None = None
) -> tuple[Answer | None, bool]:
    """A plan near its bound, and whether that is proven; None if proven that there is none.

    Args:
        highs: The relaxation; its bounds of runs are as they were when this returns.
        space: What is searched.
        near: Absolute gap at which to stop. [currency]
        best: A plan to start from.

    Raises:
        SolverError: If the solver fails.
    """
    runs = space.runs
    try:
        return _searched(highs, space, near=near, best=best)
    finally:
        highs.bound_columns(runs, space.lower[runs], space.upper[runs])


def _searched(
    highs: Highs, space: Space, *, near: float, best: Answer | None
) -> tuple[Answer | None, bool]:
    runs = space.runs
    nodes = space.left or [(-np.inf, 0, space.lower[runs], space.upper[runs])]
    heapq.heapify(nodes)
    closed: list[Node] = []
    made = len(nodes)
    while nodes and made < _MOST:
        enough = np.inf if best is None else best.objective - near
        if nodes[0][0] >= enough:
            break
        _, number, lower, upper = heapq.heappop(nodes)
        highs.bound_columns(runs, lower, upper)
        answer = highs.solve_if_possible("branching on runs")
        if answer is None:
            continue
        if answer.objective >= enough:
            closed.append((answer.objective, number, lower, upper))
            continue
        share = answer.values[runs]
        if np.abs(share - np.rint(share)).max(initial=0.0) <= _WHOLE:
            found = _rounded(highs, space, answer, near) or space.placed(lower, upper)
            if found is not None:
                closed.append((found.bound, number, lower, upper))
                if best is None or found.objective < best.objective:
                    best = found
            continue
        run = int(np.argmax(np.abs(share - np.rint(share))))
        for low, high in _split(run, share[run], lower, upper):
            made += 1
            heapq.heappush(nodes, (answer.objective, made, low, high))
    gone = not nodes
    space.left[:] = [(*node[:1], place, *node[2:]) for place, node in enumerate([*nodes, *closed])]
    bound = min((node[0] for node in space.left), default=np.inf)
    if best is None:
        return None, gone
    best = Answer(
        values=best.values,
        objective=best.objective,
        bound=min(bound, best.objective),
        finished=best.objective - bound <= near,
    )
    return best, best.finished


def _rounded(highs: Highs, space: Space, answer: Answer, near: float) -> Answer | None:
    """A plan near a relaxation in which a few doses are in part; None if rounding finds none."""
    found: Answer | None = answer
    up: list[int] = []
    try:
        while found is not None and found.objective <= answer.objective + near:
            parts = np.where(space.integer, found.values - np.floor(found.values + _WHOLE), 0.0)
            in_part = np.flatnonzero(parts > _WHOLE)
            if not in_part.size:
                return replace(found, bound=answer.objective)
            if max(in_part.size, len(up)) > _FEW:
                return None
            dose = int(in_part[np.argmax(parts[in_part])])
            up.append(dose)
            least = np.ceil(found.values[[dose]])
            highs.bound_columns(np.array([dose]), least, space.upper[[dose]])
            found = highs.solve_if_possible("rounding doses")
        return None
    finally:
        highs.bound_columns(np.array(up, dtype=np.int64), space.lower[up], space.upper[up])


def _split(run: int, share: float, lower: Floats, upper: Floats) -> list[tuple[Floats, Floats]]:
    """Bounds on either side of a share."""
    below, above = upper.copy(), lower.copy()
    below[run], above[run] = np.floor(share), np.ceil(share)
    return [(lower, below), (above, upper)]
