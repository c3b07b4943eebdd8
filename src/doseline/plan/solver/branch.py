"""Branch and bound, where the relaxation alone does not prove enough.

Columns whose reduced cost exceeds the gap are removed first: no plan better than the one in hand
uses them. What is left is either small, and solved in whole numbers; or the runs that open are
searched (:mod:`doseline.plan.solver.runs`), and whole doses are placed for the best of them. Nodes are counted, so the same problem always stops at the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import stop_at
from doseline.plan.solver.place import whole_plan, without_idle_runs
from doseline.plan.solver.relaxed import WHOLE
from doseline.plan.solver.runs import RunSearch

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Answer, Bools, Floats
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.relaxed import Relaxed

_SMALL = 4_000
"""Whole-number variables that branch and bound takes on at once."""
_MOST_RELAXATIONS = 60
"""Relaxations that branching on runs may solve."""
_FEW_RELAXATIONS = 6
"""The same where it has to be quick."""


def used_by_better(program: Program, reduced: Floats, best: Answer, least: float) -> Bools:
    """Whole variables that a plan better than the one in hand may use.

    Args:
        program: The program.
        reduced: Of each variable: by how much a unit of it raises a relaxation in which it is 0.
        best: The plan in hand.
        least: What that relaxation costs. [currency]
    """
    beyond = reduced > best.objective - least + 1e-6 * abs(least)
    beyond[program.opened] = False
    used: Bools = program.integer & ~(beyond & (best.values < WHOLE))
    return used


def few(used: Bools) -> bool:
    """Whether so few whole variables are left that they are solved at once."""
    return int(used.sum()) <= _SMALL


def branch(
    relaxed: Relaxed,
    best: Answer,
    bound: float,
    *,
    tolerance: float,
    node_limit: int,
    quick: bool = False,
) -> tuple[Answer, float, int]:
    """The best plan found, the bound, and the nodes that it took.

    Args:
        relaxed: The relaxation with its added rows.
        best: The plan in hand.
        bound: The relaxation's bound.
        tolerance: Absolute gap at which to stop. [currency]
        node_limit: Most nodes.
        quick: Whether few nodes are enough, where each is a relaxation.
    """
    program, highs = relaxed.program, relaxed.highs
    free = np.zeros(program.runs)
    answer = relaxed.within(free, free + 1.0)
    least = min(bound, answer.bound)
    left = used_by_better(program, relaxed.reduced_costs, best, least)
    left |= program.integer & (answer.values > WHOLE)
    relaxed.shut(program.integer & ~left)
    if not few(left):
        nodes = min(node_limit, _FEW_RELAXATIONS if quick else _MOST_RELAXATIONS)
        return _on_runs(relaxed, best, bound, tolerance=tolerance, node_limit=nodes)
    stop_at(highs, tolerance, node_limit=node_limit)
    found = relaxed.whole(best.values, left)
    proven = max(bound, min(found.bound, best.objective))
    found = without_idle_runs(program, found)
    return (found if found.objective < best.objective else best), proven, highs.nodes


def _on_runs(
    relaxed: Relaxed, best: Answer, bound: float, *, tolerance: float, node_limit: int
) -> tuple[Answer, float, int]:
    """Branch on which runs open, then whole doses for the best of them."""
    search = RunSearch(relaxed, bound)
    ends = search.search(tolerance, node_limit=node_limit)
    if ends is not None and ends.placed.objective < best.objective:
        found = whole_plan(relaxed.program, ends.opened, ends.placed, settled=True)
        best = found if found.objective < best.objective else best
    return best, max(bound, min(search.bound, best.objective)), search.nodes
