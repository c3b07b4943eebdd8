"""Solve the program of a week to a proven gap.

1. The relaxation. Where chairs are short, a row for the site tells a dose from half a dose; in a
   large program another is written at the relaxation's prices (:mod:`doseline.plan.solver.sites`).
2. In a small program, the rows ``doses of a group from a run <= orders of the group, if the run
   opens`` are added where they are violated (about one in thirty is needed). What binds in this
   problem is which runs open; with these rows the relaxation nearly says so. Runs that it does not
   touch stay closed; of those it opens in part, as many are closed as pays, each by solving the
   relaxation again from the last basis. Then whole doses for the opened runs, and branch and bound
   if the gap is still larger than asked.
3. In a large program, a search over which runs open (:mod:`doseline.plan.solver.runs`), whose bound
   comes from what prices tell of every choice (:mod:`doseline.plan.solver.choices`); then whole
   doses for the best of them from whole weeks of sites (:mod:`doseline.plan.solver.mixing`).

A program whose relaxation would take too long is planned from whole weeks of sites alone; so is a
large one first if a quick answer is asked for. The bound is that of the relaxation, of sites at
some prices, of the search or of branch and bound: each holds for the whole problem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.flows import Note
from doseline.plan.errors import SolverError
from doseline.plan.solver.branch import branch, few, used_by_better
from doseline.plan.solver.cuts import opening_cuts, shortage_cuts
from doseline.plan.solver.mixing import Mixing
from doseline.plan.solver.place import opened_runs, whole_plan
from doseline.plan.solver.relaxed import LARGE, Relaxed
from doseline.plan.solver.runs import RunSearch
from doseline.plan.solver.sites import Sites

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Answer, Floats, Ints
    from doseline.plan.solver.program import Program

_EXACT_GAP = 1e-9
_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_SHARE = 0.02
"""The same in a large program, as a share of the asked gap."""
_SITE_ROUNDS = 2
"""Times that rows of single sites are looked for."""
_NEAR = 0.1
"""Distance from the bound at which a mix of sites' weeks is left, as a share of the asked one."""
_COARSER = 3.0
"""The same while runs are chosen, as a multiple. [unitless]"""
_CHOSEN = 0.6
"""Distance from the bound at which a search for runs stops, as a share of the asked one."""
_PLACED = 0.25
"""Share of the asked gap at which a quick search stops to place whole doses. [unitless]"""
_HUGE = 2_000_000
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

    Within the asked gap, penalties that no plan can avoid left out; so near that not one order more
    can be served: penalties are large, so a gap alone would leave room for some. In a large program,
    unless it has to be quick, also within the asked gap of the money alone: the penalties of many
    orders would leave room to save much.
    """

    program: Program
    gap: float
    least_penalty: float
    quick: bool

    @property
    def of_money(self) -> bool:
        """Whether the gap is asked of the money alone as well."""
        return self.program.chosen.size > LARGE and not self.quick

    @property
    def little(self) -> float:
        """Relative rise of a small relaxation below which no more rows are added."""
        return max(_LITTLE, self.gap * _SHARE) if self.quick else _LITTLE

    def excess(self, plan: Answer) -> float:
        """How far above the bound a plan may cost, in [currency]."""
        gap = max(self.gap, _EXACT_GAP)
        changeable = max(1.0, abs(plan.objective - self.program.hopeless))
        excess = min(gap * changeable, self.least_penalty)
        return min(excess, gap * self.program.money(plan.values)) if self.of_money else excess

    def reached(self, plan: Answer, bound: float) -> bool:
        """Whether a plan is near enough to a bound."""
        return plan.objective - bound <= self.excess(plan)


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
    if quick or program.chosen.size > _HUGE:
        found, bound = _site_by_site(Mixing(Sites(program)), goal, log)
        if goal.reached(found, bound) or program.chosen.size > _HUGE:
            return solved_of(program, found.values, bound, 0, 0)
    return _by_runs(goal, node_limit=node_limit, log=log)


def _site_by_site(mixing: Mixing, goal: _Goal, log: Log) -> tuple[Answer, float]:
    """A plan from whole weeks of sites, and a bound."""
    mixing.mix(goal.excess(mixing.mixed) * _NEAR)
    bound = mixing.best.bound
    near = goal.excess(mixing.mixed) * _NEAR
    log(f"sites: bound {bound:,.2f}, mix {mixing.answer.objective:,.2f}")
    opened = mixing.choose(near * _COARSER)
    found = _placed(mixing, [(opened, bound)], near, log)
    return found, bound


def _by_runs(goal: _Goal, *, node_limit: int, log: Log) -> Solved:
    """A plan of a large program: the runs to open, then whole weeks of its sites."""
    program = goal.program
    relaxed, sites = Relaxed(program), Sites(program)
    answer, bound = _relaxation(relaxed, sites, goal=goal, log=log)
    log(f"relaxation: bound {bound:,.2f}, {relaxed.cuts} rows added")
    reduced, least = relaxed.reduced_costs, answer.bound
    near = goal.excess(answer)
    relaxed.near = near * _NEAR
    search = RunSearch(relaxed, bound, sites)
    ends = search.search(near * _CHOSEN, node_limit=node_limit, log=log)
    if ends is None:
        raise SolverError("no runs that can open together", stage="choosing runs")
    mixing = Mixing(sites, ends.prices)
    choices = [(one.opened, one.cost) for one in search.ends]
    best, nodes = _placed(mixing, choices, near * _NEAR, log), search.nodes
    bound = max(bound, min(search.bound, best.objective))
    if few(used_by_better(program, reduced, best, least)) and not goal.reached(best, bound):
        relaxed.within(np.zeros(program.runs), np.ones(program.runs))
        relaxed.strengthen(opening_cuts, log, little=goal.gap * _SHARE)
        tolerance = goal.excess(best)
        best, bound, more = branch(relaxed, best, bound, tolerance=tolerance, node_limit=node_limit)
        nodes += more
    return solved_of(program, best.values, bound, relaxed.cuts, nodes)


def _placed(
    mixing: Mixing, choices: Sequence[tuple[Floats, float]], near: float, log: Log
) -> Answer:
    """Whole doses for the runs with which whole weeks of sites cost least.

    Args:
        mixing: The mix of weeks.
        choices: Runs that open, and what no plan with them costs less than.
        near: Distance of each mix from its bound at which to stop. [currency]
        log: Called with a line of progress.
    """
    opened, least = choices[0][0], np.inf
    for each, cost in choices:
        if cost >= least - near:
            continue
        mixing.within(each, each)
        mixing.mix(near, least)
        log(f"{int(each.sum())} runs open: {mixing.answer.objective:,.2f}")
        if mixing.answer.objective < least:
            opened, least = each, mixing.answer.objective
    if not np.array_equal(opened, mixing.most):
        mixing.within(opened, opened)
        mixing.mix(near)
    found = mixing.whole(near)
    log(f"whole doses: {found.objective:,.2f}")
    return found


def _searched(goal: _Goal, *, node_limit: int, log: Log) -> Solved:
    """A plan of a small program from the relaxation and, if need be, branch and bound."""
    program, gap = goal.program, goal.gap
    relaxed = Relaxed(program)
    answer, bound = _relaxation(relaxed, None, goal=goal, log=log)
    log(f"relaxation: bound {bound:,.2f}, {relaxed.cuts} rows added")
    opened, placed, prices = opened_runs(
        relaxed,
        answer,
        # A share of the money alone: closing runs is cheap to try, and saves whole batches.
        lambda trial: trial.objective - bound <= gap / 2.0 * program.money(trial.values),
    )
    log(f"{int(opened.sum())} runs open: {placed.objective:,.2f}")
    best = _whole(goal, opened, placed, bound, reduced=relaxed.reduced_at(prices))
    log(f"whole doses: {best.objective:,.2f}")
    nodes = 0
    if not goal.reached(best, bound):
        best, bound, nodes = branch(
            relaxed,
            best,
            bound,
            tolerance=goal.excess(best),
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
        near=goal.excess(best) * _PLACED if goal.quick else 0.0,
        start=(best, reduced) if goal.quick else None,
    )
    return again if again.objective < best.objective else best


def _relaxation(
    relaxed: Relaxed, sites: Sites | None, *, goal: _Goal, log: Log
) -> tuple[Answer, float]:
    """The relaxation with the rows that it needs, and the best bound."""
    if sites is None:
        for find in (opening_cuts, shortage_cuts, opening_cuts):
            answer = relaxed.strengthen(find, log, little=goal.little)
        return answer, answer.bound
    # What a site must leave is told in few numbers; they cost fewer steps before rows of prices.
    answer = relaxed.strengthen(shortage_cuts, log, little=goal.gap * _SHARE)
    return _with_sites(relaxed, sites, answer, rounds=_SITE_ROUNDS, log=log)


def _with_sites(
    relaxed: Relaxed, sites: Sites, answer: Answer, *, rounds: int, log: Log
) -> tuple[Answer, float]:
    """The relaxation with the rows of sites that it violates at its prices, and the best bound."""
    bound = answer.bound
    for _ in range(rounds):
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
