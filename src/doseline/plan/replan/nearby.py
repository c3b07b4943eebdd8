"""Solving near a plan in hand: few orders first, more until the bound proves that they suffice.

1. Orders that have no dose, or that an event hit, are free; all other doses stay
   (:mod:`doseline.plan.replan.near_part`). The relaxation of that part prices every way of the week.
2. Orders that would rather move at these prices become free, and so do all orders of a site where
   somebody is left in part, so that a row for the site tells a dose from half a dose. Until there
   are none, or in a large part until they would gain next to nothing: the bound counts that.
3. Whole doses are found for the part. If the gap is larger than asked, all orders become free that
   would give up no more than the gap by moving: no better plan moves any other, so the bound found
   for that part holds for the whole week too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.replan.near_part import Bounds, Week
from doseline.plan.solver.cuts import opening_cuts
from doseline.plan.solver.linear import Rows, least_of
from doseline.plan.solver.relaxed import Relaxed
from doseline.plan.solver.sites import Sites
from doseline.plan.solver.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.problem import Problem
    from doseline.plan.replan.near_part import Part, Worth
    from doseline.plan.solver.linear import Answer, Bools, Floats, Ints
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.solve import Solved

_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_ROUNDS = 40
"""Times that orders become free."""
_SITE_ROUNDS = 3
"""Times that rows of sites are looked for."""
_AT_ONCE = 250
"""Orders that become free at a time, or half as many as are."""
_SPARE = 0.05
"""Share of what is near enough, in a large part, that the bound may miss by orders that stay."""
_WHOLE = 1e-4
"""Share of an order that is rounding."""
_MOVES = 0.5
"""Moves by which a plan of whole doses is expected to be dearer than the bound, at most."""
_EACH = 12
"""Ways of one order that are looked at first for whole doses."""
_FEW = 2_000
"""Columns up to which a plan is looked for that is as near to its bound as asked."""
_MANY, _COARSER = 5_000, 4.0
"""Columns beyond which a plan may be further from its bound, and how many times."""
_MOST = 60_000
"""Columns beyond which the gap is reported as it is."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The part that suffices, its relaxation and what that says."""

    part: Part
    relaxed: Relaxed
    answer: Answer
    worth: Worth


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
    found = _widened(week, excess[1] * _SPARE, log)
    bound, slack = found.worth.bound, found.worth.slack
    likely = _likely(week, found)
    enough = excess[likely.size > _FEW] * (_COARSER if likely.size > _MANY else 1.0)
    changeable = abs(found.answer.objective - found.relaxed.program.hopeless)
    gap = enough / max(1.0, changeable)
    solving = partial(solve, gap=gap, node_limit=node_limit, log=log, quick=likely.size > _FEW)
    kept, solved = _whole(week, found.part, likely, solving, _added(found.relaxed))
    solved = replace(solved, bound=min(bound, solved.objective))
    missing = solved.objective - solved.bound
    log(f"{solved.objective:,.2f}, {missing:,.2f} above the bound")
    if missing <= enough:
        return kept, solved
    beyond = missing + _LITTLE * abs(solved.bound)
    part = week.part(found.part.near | (slack <= beyond))
    if part.columns.size > _MOST:
        return kept, solved
    log(f"{int(part.near.sum())} orders free, {part.columns.size} columns")
    every = np.arange(part.columns.size)
    wider, again = _whole(week, part, every, solving)
    bound = max(solved.bound, min(again.bound, solved.objective, again.objective))
    if again.objective <= solved.objective:
        return wider, replace(again, bound=bound)
    return kept, replace(solved, bound=bound)


def _widened(week: Week, missed: float, log: Callable[[str], None]) -> _Found:
    """The part of which no order that stays would rather move.

    Args:
        week: The week.
        missed: How much they may gain by moving, in a large part. [currency]
        log: Called with a line of progress.
    """
    near = week.start()
    for left in reversed(range(_ROUNDS)):
        part = week.part(near)
        spare = missed if part.columns.size > _FEW else 0.0
        relaxed = Relaxed(part.program(week))
        answer = relaxed.solve("relaxing")
        worth = week.worth(part, relaxed, answer.bound)
        joining = _keenest(worth.slack, week, near, spare)
        if joining.any() and left:
            log(f"{int(near.sum())} orders free, {int(joining.sum())} more would rather move")
            near = near | joining
            continue
        answer = relaxed.strengthen(opening_cuts, log, little=_LITTLE)
        worth = week.worth(part, relaxed, answer.bound)
        log(f"{int(near.sum())} orders free: bound {worth.bound:,.2f} of {answer.bound:,.2f}")
        joining = _keenest(worth.slack, week, near, spare)
        if not joining.any():
            joining = _sites_in_part(week, relaxed.program, answer, worth) & ~near
        if not joining.any():
            answer = _with_sites(part, relaxed, answer, log)
            worth = week.worth(part, relaxed, answer.bound)
            log(f"with rows of sites: bound {worth.bound:,.2f} of {answer.bound:,.2f}")
            joining = _keenest(worth.slack, week, near, spare)
        if not joining.any() or not left:
            break
        near = near | joining
    return _Found(part, relaxed, answer, worth)


def _keenest(slack: Floats, week: Week, near: Bools, spare: float) -> Bools:
    """Orders that stay and would rather move, those first that would gain most.

    None where all of them together would gain so little that the bound need not count it.
    """
    keen = np.flatnonzero((slack < -_LITTLE * max(1.0, week.left.max(initial=0.0))) & ~near)
    most = max(_AT_ONCE, int(near.sum()) // 2)
    chosen = np.zeros(near.size, dtype=bool)
    if -float(slack[keen].sum()) > spare:
        chosen[keen[np.argsort(slack[keen], kind="stable")][:most]] = True
    return chosen


def _sites_in_part(week: Week, program: Program, answer: Answer, worth: Worth) -> Bools:
    """Groups of sites where somebody is left in part, or limits are cut; what was infused apart."""
    left = answer.values[program.unserved]
    partly = np.abs(left - np.rint(left)) > _WHOLE
    sites = np.union1d(program.site[partly], worth.sites)
    return np.isin(week.site, sites[sites >= 0]) & ~week.served


def _with_sites(part: Part, relaxed: Relaxed, answer: Answer, log: Callable[[str], None]) -> Answer:
    """The relaxation with rows for sites that are free as a whole, as long as they are violated."""
    program = relaxed.program
    sites = None
    for _ in range(_SITE_ROUNDS):
        left = answer.values[program.unserved]
        if np.abs(left - np.rint(left)).max(initial=0.0) <= _WHOLE:
            break
        sites = sites or Sites(program)
        whole = _whole_blocks(sites, part.whole_sites)
        priced = sites.priced(relaxed.prices, only=whole & sites.in_part(answer.values))
        rows = _of_blocks(sites, sites.rows(priced, answer.values), whole)
        if not rows.count:
            break
        answer = relaxed.with_rows(rows)
        log(f"sites: {answer.objective:,.2f} with {rows.count} rows")
    return relaxed.strengthen(opening_cuts, log, little=_LITTLE) if sites else answer


def _whole_blocks(sites: Sites, whole: Bools) -> Bools:
    """Blocks of sites of which all orders are free.

    Args:
        sites: The blocks.
        whole: Which free groups are of such sites.
    """
    good = np.ones(sites.blocks.size, dtype=bool)
    good[sites.block_of_group[: whole.size][~whole]] = False
    return good


def _of_blocks(sites: Sites, rows: Rows, good: Bools) -> Rows:
    """The rows of some blocks.

    Args:
        sites: The blocks.
        rows: Rows of one block each.
        good: Which blocks.
    """
    row, column, value = rows.entries()
    block = np.full(rows.count, -1, dtype=np.int64)
    block[row] = sites.block[column]
    kept = np.flatnonzero(good[block])
    number = np.full(rows.count, -1, dtype=np.int64)
    number[kept] = np.arange(kept.size)
    lower, upper = rows.bounds()
    found = Rows()
    found.add(lower=lower[kept], upper=upper[kept], count=kept.size)
    mine = number[row] >= 0
    found.fill(number[row[mine]], column[mine], value[mine])
    return found


def _added(relaxed: Relaxed) -> Rows:
    """The rows that were added to a program."""
    row, column, value = relaxed.rows.entries()
    lower, upper = relaxed.rows.bounds()
    first = relaxed.program.rows.count
    found, mine = Rows(), row >= first
    found.add(lower=lower[first:], upper=upper[first:], count=lower.size - first)
    found.fill(row[mine] - first, column[mine], value[mine])
    return found


def _likely(week: Week, found: _Found) -> Ints:
    """Columns of a part that a plan little dearer than the bound might use, a few of each order.

    Those that the relaxation uses are always among them: of many that cost the same, others would
    not do as well together.
    """
    columns = found.part.columns
    reduced = found.relaxed.reduced_costs[found.relaxed.program.doses][: columns.size]
    cheapest = least_of(week.group[columns], reduced, _EACH)
    cheapest &= reduced <= _MOVES * float(week.extra.max(initial=0.0))
    used = found.answer.values[found.relaxed.program.doses][: columns.size] > _WHOLE
    return np.flatnonzero(cheapest | used | week.same[columns])


def _whole(
    week: Week,
    part: Part,
    columns: Ints,
    solving: Callable[[Program], Solved],
    more: Rows | None = None,
) -> tuple[Ints, Solved]:
    """A plan over some columns of a part, as one of the week."""
    solved = solving(part.program(week, columns, more))
    return _of_week(part, columns, solved)


def _of_week(part: Part, columns: Ints, solved: Solved) -> tuple[Ints, Solved]:
    """Columns of a part and their doses, with those that stay."""
    kept = np.concatenate([part.columns[columns], part.stays])
    stay = np.ones(part.stays.size, dtype=np.int64)
    doses = np.concatenate([solved.doses[: columns.size], stay])
    order = np.argsort(kept, kind="stable")
    return kept[order], replace(solved, doses=doses[order])
