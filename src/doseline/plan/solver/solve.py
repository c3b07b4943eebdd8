"""Solve the program of a week to a proven gap.

A large program is first planned from whole weeks of its sites (:mod:`doseline.plan.solver.mixing`). If that
is near enough to its bound, it is the plan. Otherwise, and for small programs from the start:

1. The relaxation, with the rows ``doses of a group from a run <= orders of the group, if the run
   opens`` added where they are violated (about one in thirty is needed). What binds in this
   problem is which runs open; with these rows the relaxation nearly says so. Where chairs are
   short, a row for the site tells a dose from half a dose; in a large program it is written at the
   relaxation's prices (:mod:`doseline.plan.solver.sites`).
2. Runs that the relaxation does not touch stay closed; of those it opens in part, as many are
   closed as pays, each by solving the relaxation again from the last basis. Then whole doses for
   the opened runs; in a large program again from whole weeks of sites.
3. Branch and bound, if the gap is still larger than asked.

The bound is that of the relaxation, or of branch and bound: both hold for the whole problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.flows import Note
from doseline.plan.solver.branch import branch
from doseline.plan.solver.cuts import opening_cuts, shortage_cuts
from doseline.plan.solver.mixing import Mixing
from doseline.plan.solver.place import opened_runs, whole_plan
from doseline.plan.solver.relaxed import LARGE, Relaxed
from doseline.plan.solver.sites import Sites

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Answer, Floats, Ints
    from doseline.plan.solver.program import Program

_EXACT_GAP = 1e-9
_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_SHARE = 0.02
"""The same in a large program, as a share of the asked gap."""
_SITE_ROUNDS = 3
"""Times that rows of single sites are looked for."""
_NEAR = 0.1
"""Distance from the bound at which a mix of sites' weeks is left, as a share of the asked one."""
_COARSER = 3.0
"""The same while runs are chosen, as a multiple. [unitless]"""
_PLACED = 0.25
"""Share of the asked gap at which a quick search stops to place whole doses. [unitless]"""
_HUGE = 600_000
"""Columns of doses beyond which a relaxation takes too long."""

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
    """The money in the objective; penalties, extras and hedge left out. [currency]"""
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
    quick: bool

    @property
    def little(self) -> float:
        """Relative rise of a small relaxation below which no more rows are added."""
        return max(_LITTLE, self.gap * _SHARE) if self.quick else _LITTLE

    def excess(self, objective: float) -> float:
        """How far above the bound a plan may cost, in [currency]."""
        changeable = abs(objective - self.program.hopeless)
        return min(max(self.gap, _EXACT_GAP) * max(1.0, changeable), self.least_penalty)

    def reached(self, plan: Answer, bound: float) -> bool:
        """Whether a plan is near enough to a bound."""
        return plan.objective - bound <= self.excess(plan.objective)


def solve(
    program: Program, *, gap: float, node_limit: int, log: Log, quick: bool = False
) -> Solved:
    """A plan within a gap of its bound, or the best that the node limit allows.

    Args:
        program: The program.
        gap: Relative gap at which to stop.
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
        quick: Whether each step stops at a share of the gap, and looks no further than the plan in
            hand asks. For one of many plans, or an answer within seconds; the bound holds alike.
    """
    least = float(program.cost[program.unserved].min(initial=np.inf))
    goal = _Goal(program, gap, least, quick)
    if program.chosen.size <= LARGE:
        return _searched(goal, node_limit=node_limit, log=log)
    mixing = Mixing(Sites(program))
    found, bound = _site_by_site(mixing, goal, log)
    if goal.reached(found, bound) or program.chosen.size > _HUGE:
        return solved_of(program, found.values, bound, 0, 0)
    return _searched(goal, node_limit=node_limit, log=log, known=(mixing, found, bound))


def _site_by_site(mixing: Mixing, goal: _Goal, log: Log) -> tuple[Answer, float]:
    """A plan from whole weeks of sites, and a bound."""
    near = goal.excess(mixing.answer.objective) * _NEAR
    mixing.mix(near)
    bound = mixing.best.bound
    log(f"sites: bound {bound:,.2f}, mix {mixing.answer.objective:,.2f}")
    opened = mixing.choose(near * _COARSER)
    mixing.within(opened, opened)
    mixing.mix(near)
    log(f"{int(opened.sum())} runs open: {mixing.answer.objective:,.2f}")
    found = mixing.whole(near)
    log(f"whole doses: {found.objective:,.2f}")
    return found, bound


def _searched(
    goal: _Goal,
    *,
    node_limit: int,
    log: Log,
    known: tuple[Mixing, Answer, float] | None = None,
) -> Solved:
    """A plan from the relaxation and, if need be, branch and bound.

    Args:
        goal: What is looked for.
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
        known: Of a large program: its sites' mix, a plan and a bound.
    """
    program, gap = goal.program, goal.gap
    relaxed = Relaxed(program)
    answer, bound = _relaxation(relaxed, known[0].sites if known else None, goal=goal, log=log)
    bound = max(bound, known[2]) if known else bound
    log(f"relaxation: bound {bound:,.2f}, {relaxed.cuts} rows added")
    opened, placed, prices = opened_runs(
        relaxed,
        answer,
        # A share of the money alone: closing runs is cheap to try, and saves whole batches.
        lambda trial: trial.objective - bound <= gap / 2.0 * program.money(trial.values),
    )
    log(f"{int(opened.sum())} runs open: {placed.objective:,.2f}")
    if known:
        best = _again(known, opened, prices, near=goal.excess(placed.objective) * _NEAR)
    else:
        best = _whole(goal, opened, placed, bound, reduced=relaxed.reduced_at(prices))
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
            quick=goal.quick,
        )
        log(f"branch and bound: {best.objective:,.2f}, bound {bound:,.2f}, {nodes} nodes")
    return solved_of(program, best.values, min(bound, best.objective), relaxed.cuts, nodes)


def _whole(goal: _Goal, opened: Floats, placed: Answer, bound: float, *, reduced: Floats) -> Answer:
    """Whole doses for opened runs, those first that the relaxation does not settle."""
    program = goal.program
    best = whole_plan(program, opened, placed, settled=True)
    if goal.reached(best, max(bound, placed.bound)):
        return best
    again = whole_plan(
        program,
        opened,
        placed,
        settled=False,
        near=goal.excess(best.objective) * _PLACED if goal.quick else 0.0,
        start=(best, reduced) if goal.quick else None,
    )
    return again if again.objective < best.objective else best


def _again(
    known: tuple[Mixing, Answer, float], opened: Floats, prices: Floats, *, near: float
) -> Answer:
    """The better of the plan that is known and one of sites' weeks for other runs."""
    mixing, best, _ = known
    mixing.within(opened, opened, prices)
    mixing.mix(near)
    found = mixing.whole(near)
    return found if found.objective < best.objective else best


def _relaxation(
    relaxed: Relaxed, sites: Sites | None, *, goal: _Goal, log: Log
) -> tuple[Answer, float]:
    """The relaxation with the rows that it needs, and the best bound."""
    if sites is None:
        for find in (opening_cuts, shortage_cuts, opening_cuts):
            answer = relaxed.strengthen(find, log, little=goal.little)
        return answer, answer.bound
    answer = relaxed.strengthen(opening_cuts, log, little=max(_LITTLE, goal.gap * _SHARE))
    bound = answer.bound
    for _ in range(_SITE_ROUNDS):
        priced = sites.priced(relaxed.prices)
        bound = max(bound, priced.bound)
        rows = sites.rows(priced, answer.values)
        log(f"sites: bound {bound:,.2f}, {rows.count} rows")
        if not rows.count:
            break
        answer = relaxed.with_rows(rows)
        bound = max(bound, answer.bound)
    return answer, bound


def solved_of(program: Program, values: Floats, bound: float, cuts: int, nodes: int) -> Solved:
    """The plan in whole numbers, its cost computed again.

    Args:
        program: The program.
        values: Of its variables.
        bound: No plan costs less. [currency]
        cuts: Rows that were added to the relaxation.
        nodes: Nodes of branch and bound.
    """
    doses = np.rint(values[program.doses]).astype(np.int64)
    opened = np.rint(values[program.opened]).astype(np.int64)
    drawn = np.maximum(values[program.drawn], 0.0)
    left = program.count - np.bincount(program.group, weights=doses, minlength=program.count.size)
    values = np.concatenate([doses, left, opened, drawn])
    spent = float(program.cost[: program.hedging.start] @ values)
    objective = spent + program.hedged(doses)
    return Solved(
        doses=doses,
        opened=opened,
        drawn=drawn,
        objective=objective,
        cost=spent - float(program.penalty @ left + program.extra @ doses),
        bound=min(bound, objective),
        notes=(Note(key="search", values={"rows": f"{cuts:,}", "nodes": f"{nodes:,}"}),),
    )
