"""Solving near a plan in hand: what pays is found by prices, and few orders are placed anew.

1. The relaxation of the whole week from the doses in hand (:mod:`doseline.plan.replan.in_hand`)
   says which ways are worth looking at, and bounds every plan of the week.
2. Whole doses: orders that the relaxation serves whole stay where it puts them, those that it
   serves or leaves in part, all others of their sites, and those that it leaves, are placed by
   branch and bound over few ways of each, from the plan in hand.
3. If the gap is larger than asked, all orders become free that would give up no more than the gap
   by moving (:mod:`doseline.plan.replan.near_part`): no better plan moves any other, so the bound
   found for that part holds for the whole week too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.replan.in_hand import InHand
from doseline.plan.replan.near_part import Bounds, Week
from doseline.plan.solver.linear import Highs, least_of, stop_at
from doseline.plan.solver.place import without_conflict, without_idle_runs
from doseline.plan.solver.solve import solve, solved_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.problem import Problem
    from doseline.plan.replan.near_part import Part
    from doseline.plan.solver.linear import Answer, Bools, Floats, Ints
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.solve import Solved

_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_SPARE = 1.5
"""The same in a large week, in terms of what is near enough."""
_WHOLE = 1e-6
"""Share of an order that is rounding."""
_HALF = 0.5
_SHARES = (0.1, 0.015)
"""Shares up to which a run is closed that the relaxation opens in part."""
_MOVES = 1.0
"""Moves by which a way may be dearer than an order's best at the relaxation's prices."""
_EACH, _FEWER = 12, 4
"""Ways of one order that are looked at for whole doses, and in a large part."""
_FEW = 2_000
"""Columns up to which a plan is looked for that is as near to its bound as asked."""
_MANY = 3_000
"""Free columns beyond which runs are opened or closed first, and fewer ways are looked at."""
_COARSE = 2.0
"""Penalties within which a plan of a large part is near enough."""
_NODES = 1
"""Nodes of branch and bound for whole doses in a large week."""
_MOST = 20_000
"""Columns beyond which the gap is reported as it is."""


def solve_near(
    problem: Problem,
    same: Bools,
    bounds: Bounds,
    *,
    excess: tuple[float, float],
    node_limit: int,
    log: Callable[[str], None],
) -> tuple[Ints, Solved]:
    """The columns that were looked at last, and the plan over them with its bound.

    Args:
        problem: The problem, each order a group of its own.
        same: Which columns are the doses in hand, one of a group at most.
        bounds: What must be kept besides.
        excess: How far above the bound a plan may be, if few columns are free and if many are.
            [currency]
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
    """
    week = Week(problem, same, bounds)
    relaxed = InHand(week)
    large = relaxed.program.chosen.size > _FEW
    enough = excess[large]
    answer, bound = relaxed.bounded(log, spare=enough * _SPARE if large else 0.0)
    log(f"bound {bound:,.2f}, {relaxed.cuts} rows added")
    slack = relaxed.slack()
    kept, solved = _placed(relaxed, answer, bound, enough=enough, log=log)
    solved = replace(solved, bound=min(bound, solved.objective))
    missing = solved.objective - solved.bound
    log(f"{solved.objective:,.2f}, {missing:,.2f} above the bound")
    if missing <= enough:
        return kept, solved
    beyond = missing + _LITTLE * abs(solved.bound)
    part = week.part((slack <= beyond) & ~week.served)
    if part.columns.size > _MOST:
        return kept, solved
    log(f"{int(part.near.sum())} orders free, {part.columns.size} columns")
    program = part.program(week)
    gap = enough / max(1.0, abs(solved.objective - program.hopeless))
    again = solve(program, gap=gap, node_limit=node_limit, log=log, quick=large)
    bound = max(solved.bound, min(again.bound, solved.objective, again.objective))
    if again.objective <= solved.objective:
        return _of_week(part, replace(again, bound=bound))
    return kept, replace(solved, bound=bound)


def _placed(
    relaxed: InHand,
    answer: Answer,
    bound: float,
    *,
    enough: float,
    log: Callable[[str], None],
) -> tuple[Ints, Solved]:
    """Whole doses near the relaxation, as a plan of the week over some columns.

    Args:
        relaxed: The relaxation.
        answer: Its answer.
        bound: The bound that follows.
        enough: How far above the bound a plan may be. [currency]
        log: Called with a line of progress.
    """
    each = _EACH
    kept, program, values = _near(relaxed, answer, each)
    lower, upper = _free(program, values)
    if _columns(program, lower, upper) > _MANY:
        answer = _with_whole_runs(relaxed, answer)
        kept, program, values = _near(relaxed, answer, each)
        lower, upper = _free(program, values)
    if _columns(program, lower, upper) > _MANY:
        each = _FEWER
        kept, program, values = _near(relaxed, answer, each)
        lower, upper = _free(program, values)
    highs = Highs(
        cost=program.cost, lower=lower, upper=upper, rows=program.rows, integer=program.integer
    )
    free = _columns(program, lower, upper)
    # Penalties are large: within two of them hardly an order more can be served.
    least = float(program.cost[program.unserved].min(initial=np.inf))
    coarse = _COARSE * least if each == _FEWER else 0.0
    stop_at(highs, max(enough * _HALF, coarse), node_limit=_NODES)
    found = without_idle_runs(program, highs.solve("placing whole doses"))
    log(f"whole doses: {found.objective:,.2f}, {free} columns free")
    return kept, solved_of(program, found.values, bound, relaxed.cuts, highs.nodes)


def _with_whole_runs(relaxed: InHand, answer: Answer) -> Answer:
    """The relaxation with each run open or closed.

    Runs that it opens in small part are closed at once where that leaves nobody; otherwise fewer.
    """
    answer = without_conflict(relaxed, answer)
    share = answer.values[relaxed.program.opened]
    least = float(relaxed.program.cost[relaxed.program.unserved].min())
    for most in _SHARES:
        opened = (share > most).astype(np.float64)
        found = relaxed.within_if_possible(opened, opened)
        if found is not None and found.objective - answer.objective <= _HALF * least:
            return found
    opened = (share > _WHOLE).astype(np.float64)
    return relaxed.within(opened, opened)


def _near(relaxed: InHand, answer: Answer, each: int) -> tuple[Ints, Program, Floats]:
    """Columns of the week that a good plan might use, their program, and an answer's values in it.

    A few of each order that cost little more than its best, at the relaxation's prices; and those
    that the relaxation uses: of many that cost the same, others would not do as well together.

    Args:
        relaxed: The relaxation.
        answer: Its answer.
        each: Ways of one order, at most.
    """
    week, program, doses = relaxed.week, relaxed.program, relaxed.program.doses
    reduced = relaxed.reduced_costs[doses]
    likely = least_of(week.group, reduced, each)
    likely &= answer.values[program.opened][week.run] > _WHOLE
    likely &= reduced <= _MOVES * float(week.extra.max(initial=0.0))
    kept = np.flatnonzero(likely | (answer.values[doses] > _WHOLE) | week.same)
    values = np.concatenate([answer.values[kept], answer.values[doses.stop :]])
    return kept, week.program(kept), values


def _free(program: Program, values: Floats) -> tuple[Floats, Floats]:
    """Bounds within which whole doses are placed.

    Orders that a relaxation serves whole stay, but those of runs that it opens in part, and of
    sites where it serves or leaves somebody in part.
    """
    doses, left, share = (
        values[where] for where in (program.doses, program.unserved, program.opened)
    )
    lower, upper = np.zeros(program.upper.size), program.upper.copy()
    lower[program.opened] = share > 1.0 - _WHOLE
    upper[program.opened] = share > _WHOLE
    partly = (share > _WHOLE) & (share < 1.0 - _WHOLE)
    free = _odd(left)
    free[program.group[_odd(doses)]] = True
    free = np.isin(program.site, program.site[free]) | (left > _WHOLE)
    free[program.group[partly[program.run] & (doses > _WHOLE)]] = True
    kept = np.flatnonzero(~free[program.group])
    lower[kept] = upper[kept] = np.rint(doses[kept])
    return lower, upper


def _columns(program: Program, lower: Floats, upper: Floats) -> int:
    """Columns of doses that bounds leave free."""
    return int((upper > lower)[program.doses].sum())


def _odd(values: Floats) -> Bools:
    """Which values are no whole numbers."""
    odd: Bools = np.abs(values - np.rint(values)) > _WHOLE
    return odd


def _of_week(part: Part, solved: Solved) -> tuple[Ints, Solved]:
    """Columns of a part and their doses, with those that stay."""
    columns = part.columns
    kept = np.concatenate([columns, part.stays])
    stay = np.ones(part.stays.size, dtype=np.int64)
    doses = np.concatenate([solved.doses[: columns.size], stay])
    order = np.argsort(kept, kind="stable")
    return kept[order], replace(solved, doses=doses[order])
