"""Solve the program of a week to a proven gap.

1. The relaxation, with the rows ``doses of a group from a run <= orders of the group, if the run
   opens`` added where they are violated (about one in thirty is needed). What binds in this
   problem is which runs open; with these rows the relaxation nearly says so. Where chairs are
   short, a row for the site tells a dose from half a dose.
2. Runs that the relaxation does not touch stay closed; of those it opens in part, as many are
   closed as pays, each by solving the relaxation again from the last basis. Then whole doses for
   the opened runs.
3. Branch and bound, if the gap is still larger than asked.

The bound is that of the relaxation, or of branch and bound: both hold for the whole problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.flows import Note
from doseline.plan.branch import branch
from doseline.plan.place import opened_runs, whole_plan
from doseline.plan.relaxed import Relaxed

if TYPE_CHECKING:
    from doseline.plan.linear import Answer, Floats, Ints
    from doseline.plan.program import Program

_EXACT_GAP = 1e-9

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A plan of the program and the proof of how good it is."""

    doses: Ints
    """Doses of each x."""
    opened: Ints
    """Whether each run opens, 0 or 1."""
    drawn: Floats
    """Isotope of each draw at its reference time. [GBq]"""
    objective: float
    cost: float
    """The money in the objective, penalties and extras left out. [currency]"""
    bound: float
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Goal:
    """When a plan is near enough to the bound.

    Within the asked gap, penalties that no plan can avoid left out; and so near that not one order
    more can be served: the penalties are large, so a gap alone would leave room for some.
    """

    program: Program
    gap: float
    least_penalty: float

    def excess(self, objective: float) -> float:
        """How far above the bound a plan may cost, in [currency]."""
        changeable = abs(objective - self.program.hopeless)
        return min(max(self.gap, _EXACT_GAP) * max(1.0, changeable), self.least_penalty)

    def reached(self, plan: Answer, bound: float) -> bool:
        """Whether a plan is near enough to a bound."""
        return plan.objective - bound <= self.excess(plan.objective)


def solve(program: Program, *, gap: float, node_limit: int, log: Log) -> Solved:
    """A plan within a gap of its bound, or the best that the node limit allows.

    Args:
        program: The program.
        gap: Relative gap at which to stop.
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
    """
    least = float(program.cost[program.unserved].min(initial=np.inf))
    goal = _Goal(program, gap, least)
    relaxed = Relaxed(program)
    answer = relaxed.strengthen(log)
    bound = answer.objective
    log(f"relaxation: bound {bound:,.2f}, {relaxed.cuts} rows added")
    opened, placed = opened_runs(
        relaxed,
        answer,
        # A share of the money alone: closing runs is cheap to try, and saves whole batches.
        lambda trial: trial.objective - bound <= gap / 2.0 * program.money(trial.values),
    )
    log(f"{int(opened.sum())} runs open: {placed.objective:,.2f}")
    best = whole_plan(program, opened, placed, settled=True)
    log(f"whole doses: {best.objective:,.2f}")
    if not goal.reached(best, max(bound, placed.objective)):
        again = whole_plan(program, opened, placed, settled=False)
        best = again if again.objective < best.objective else best
        log(f"whole doses: {best.objective:,.2f}")
    nodes = 0
    if not goal.reached(best, bound):
        best, bound, nodes = branch(
            relaxed,
            best,
            bound,
            done=goal.reached,
            tolerance=goal.excess(best.objective),
            node_limit=node_limit,
        )
        log(f"branch and bound: {best.objective:,.2f}, bound {bound:,.2f}, {nodes} nodes")
    return _solved(program, best.values, min(bound, best.objective), relaxed.cuts, nodes)


def _solved(program: Program, values: Floats, bound: float, cuts: int, nodes: int) -> Solved:
    """The plan in whole numbers, its cost computed again."""
    doses = np.rint(values[program.doses]).astype(np.int64)
    opened = np.rint(values[program.opened]).astype(np.int64)
    drawn = np.maximum(values[program.drawn], 0.0)
    left = program.count - np.bincount(program.group, weights=doses, minlength=program.count.size)
    objective = float(program.cost @ np.concatenate([doses, left, opened, drawn]))
    return Solved(
        doses=doses,
        opened=opened,
        drawn=drawn,
        objective=objective,
        cost=objective - float(program.penalty @ left + program.extra @ doses),
        bound=min(bound, objective),
        notes=(Note(key="search", values={"rows": f"{cuts:,}", "nodes": f"{nodes:,}"}),),
    )
