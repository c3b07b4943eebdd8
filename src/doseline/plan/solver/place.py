"""A plan from a relaxation: which runs open, then whole doses for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import Answer, Highs, stop_at
from doseline.plan.solver.relaxed import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Floats
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.relaxed import Relaxed

_PLACING_GAP = 2e-4
"""Gap to which whole doses are placed for given runs, as a share of money spent."""
_PLACING_NODES = 2_000
_FEW_NODES = 20
"""The same where a plan is in hand, and little better is no matter."""
_MOST_TRIALS = 40
"""Partly opened runs that are tried closed."""


def opened_runs(
    relaxed: Relaxed, answer: Answer, near: Callable[[Answer], bool]
) -> tuple[Floats, Answer, Floats]:
    """Which runs open, the relaxation for them, and its prices of rows.

    Those of the relaxation, less the partly opened ones that do not pay.

    Args:
        relaxed: The relaxation.
        answer: Its answer.
        near: Whether an answer is near enough to the bound to stop trying.
    """
    answer = without_conflict(relaxed, answer)
    share = answer.values[relaxed.program.opened]
    opened = (share > WHOLE).astype(np.float64)
    partly = np.flatnonzero((share > WHOLE) & (share < 1.0 - WHOLE))
    best, prices = relaxed.within(opened, opened), relaxed.prices
    for run in partly[np.argsort(share[partly], kind="stable")][:_MOST_TRIALS]:
        if near(best):
            break
        opened[run] = 0.0
        trial = relaxed.within(opened, opened)
        if trial.objective < best.objective:
            best, prices = trial, relaxed.prices
        else:
            opened[run] = 1.0
    return opened, best, prices


def without_conflict(relaxed: Relaxed, answer: Answer) -> Answer:
    """The relaxation with runs closed until none is used that conflicts with another.

    Each time the most used of those that clash stays, and what it excludes is closed.
    """
    conflicts = relaxed.program.conflicts
    most = np.ones(relaxed.program.runs)
    while True:
        share = answer.values[relaxed.program.opened]
        clashing = conflicts.clashing(share)
        if not clashing.size:
            return answer
        stays = int(clashing[np.argmax(share[clashing])])
        most[conflicts.excluded(stays)] = 0.0
        answer = relaxed.within(np.zeros_like(most), most)


def whole_plan(
    program: Program,
    opened: Floats,
    placed: Answer,
    *,
    settled: bool,
    near: float = 0.0,
    start: tuple[Answer, Floats] | None = None,
) -> Answer:
    """Whole doses for opened runs; runs that then make nothing close.

    Args:
        program: The program.
        opened: Whether each run opens.
        placed: The relaxation for these runs.
        settled: Whether groups that the relaxation serves in whole doses keep them; the rest, one
            in ten or fewer, is then all there is to place.
        near: Gap at which to stop, if that is more than the usual one. [currency]
        start: A plan for these runs to start from, and the relaxation's reduced costs: columns that
            no better plan uses are left out.
    """
    lower, upper = np.zeros(program.upper.size), program.upper.copy()
    lower[program.opened] = upper[program.opened] = opened
    upper[program.doses] *= opened[program.run]
    if settled or start is not None:
        doses = placed.values[program.doses]
        odd = np.abs(doses - np.rint(doses)) > WHOLE
        waiting = placed.values[program.unserved] > WHOLE
        waiting[program.group[odd]] = True
        if not settled:
            waiting = np.isin(program.site, program.site[waiting])
        kept = np.flatnonzero(~waiting[program.group])
        lower[kept] = upper[kept] = np.rint(doses[kept])
    if start is not None:
        best, reduced = start
        # A dose at 0 raises the relaxation by its reduced cost.
        beyond = reduced[program.doses] > best.objective - placed.bound + WHOLE * abs(placed.bound)
        upper[program.doses][beyond & (best.values[program.doses] < WHOLE)] = 0.0
    highs = Highs(
        cost=program.cost, lower=lower, upper=upper, rows=program.rows, integer=program.integer
    )
    if start is not None:
        highs.start_from(start[0].values)
    near = max(near, program.money(placed.values) * _PLACING_GAP + program.step)
    stop_at(highs, near, node_limit=_PLACING_NODES if start is None else _FEW_NODES)
    return without_idle_runs(program, highs.solve("placing whole doses"))


def without_idle_runs(program: Program, answer: Answer) -> Answer:
    """The same doses with the runs closed that make none."""
    doses = np.rint(answer.values[program.doses])
    made = np.bincount(program.run, weights=doses, minlength=program.runs) > 0
    values = answer.values.copy()
    values[program.opened] = np.minimum(np.rint(values[program.opened]), made)
    return Answer(
        values=values,
        objective=float(program.cost @ values),
        bound=answer.bound,
        finished=answer.finished,
    )
