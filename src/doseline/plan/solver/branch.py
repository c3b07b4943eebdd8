"""Branch and bound, where the relaxation alone does not prove enough.

Columns whose reduced cost exceeds the gap are removed first: no plan better than the one in hand
uses them. What is left is either small, and solved in whole numbers; or it is branched on the runs
that open in part, each node a relaxation started from the last basis, and whole doses are placed
where all runs are decided. Nodes are counted, so the same problem always stops at the same place;
the bound is that of the loosest node still open.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import stop_at
from doseline.plan.solver.place import whole_plan, without_idle_runs
from doseline.plan.solver.relaxed import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Answer, Floats
    from doseline.plan.solver.relaxed import Relaxed

_SMALL = 4_000
"""Whole-number variables that branch and bound takes on at once."""
_MOST_RELAXATIONS = 60
"""Relaxations that branching on runs may solve."""
_FEW_RELAXATIONS = 6
"""The same where it has to be quick."""
_MOST_PLACED = 3
"""Leaves at which whole doses are placed."""


def branch(
    relaxed: Relaxed,
    best: Answer,
    bound: float,
    *,
    done: Callable[[Answer, float], bool],
    tolerance: float,
    node_limit: int,
    quick: bool = False,
) -> tuple[Answer, float, int]:
    """The best plan found, the bound, and the nodes that it took.

    Args:
        relaxed: The relaxation with its added rows.
        best: The plan in hand.
        bound: The relaxation's bound.
        done: Whether a plan is near enough to a bound.
        tolerance: Absolute gap at which to stop. [currency]
        node_limit: Most nodes.
        quick: Whether few nodes are enough, where each is a relaxation.
    """
    program, highs = relaxed.program, relaxed.highs
    free = np.zeros(program.runs)
    answer = relaxed.within(free, free + 1.0)
    # A variable at 0 raises the relaxation by its reduced cost for each unit.
    least = min(bound, answer.bound)
    beyond = relaxed.reduced_costs > best.objective - least + 1e-6 * abs(bound)
    shut = program.integer & beyond & (answer.values < WHOLE) & (best.values < WHOLE)
    shut[program.opened] = False
    left = program.integer & ~shut
    relaxed.shut(shut)
    if left.sum() > _SMALL:
        nodes = min(node_limit, _FEW_RELAXATIONS) if quick else node_limit
        return _on_runs(relaxed, best, bound, done=done, node_limit=nodes)
    stop_at(highs, tolerance, node_limit=node_limit)
    found = relaxed.whole(best.values, left)
    proven = max(bound, min(found.bound, best.objective))
    found = without_idle_runs(program, found)
    return (found if found.objective < best.objective else best), proven, highs.nodes


def _on_runs(
    relaxed: Relaxed,
    best: Answer,
    bound: float,
    *,
    done: Callable[[Answer, float], bool],
    node_limit: int,
) -> tuple[Answer, float, int]:
    """Branch on the runs that open in part, the loosest node first."""
    program = relaxed.program
    free = np.zeros(program.runs)
    nodes: list[tuple[float, int, Floats, Floats]] = [(bound, 0, free, free + 1.0)]
    solved = placed = 0
    closed = np.inf  # least bound of the leaves, whose whole doses may still lie above it
    while nodes and solved < min(node_limit, _MOST_RELAXATIONS):
        proven = min(nodes[0][0], closed)
        if done(best, proven):
            break
        _, _, least, most = heapq.heappop(nodes)
        answer = relaxed.within_if_possible(least, most)
        solved += 1
        if answer is None or answer.objective >= best.objective:
            continue
        share = answer.values[program.opened]
        partly = np.minimum(share, 1.0 - share)
        if partly.max(initial=0.0) <= WHOLE:
            closed = min(closed, answer.objective)
            if placed < _MOST_PLACED:
                placed += 1
                runs = np.rint(share)
                found = whole_plan(program, runs, answer, settled=True)
                best = found if found.objective < best.objective else best
            continue
        run = int(np.argmax(partly))
        for opened in (0.0, 1.0):
            low, high = least.copy(), most.copy()
            low[run] = high[run] = opened
            heapq.heappush(
                nodes, (max(bound, answer.objective), 2 * solved + int(opened), low, high)
            )
    open_bounds = [node[0] for node in nodes] + [closed, best.objective]
    return best, max(bound, min(open_bounds)), solved
