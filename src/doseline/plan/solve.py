"""Solve the program of a week to a proven gap.

1. The relaxation, with the rows ``doses of a group from a run <= orders of the group, if the run
   opens`` added where they are violated (about one in thirty is needed). What binds in this
   problem is which runs open; with these rows the relaxation nearly says so.
2. Runs that the relaxation does not touch stay closed; of those it opens in part, as many are
   closed as pays, each by solving the relaxation again from the last basis. Then whole doses for
   the opened runs.
3. If the gap is still larger than asked: columns whose reduced cost exceeds the gap are removed
   (no plan better than the one in hand uses them), and branch and bound runs on the rest.

The bound is that of the relaxation, or of branch and bound: both hold for the whole problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.cuts import opening_cuts, shortage_cuts
from doseline.plan.linear import Answer, Highs

if TYPE_CHECKING:
    from doseline.plan.linear import Floats, Ints
    from doseline.plan.program import Program

_CUT_ROUNDS = 40
_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_WHOLE = 1e-6
_EXACT_GAP = 1e-9
_MOST_TRIALS = 40
"""Partly opened runs that step 2 tries to close."""

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
    bound: float
    notes: tuple[str, ...]


def solve(program: Program, *, gap: float, node_limit: int, log: Log) -> Solved:
    """A plan within a gap of its bound, or the best that the node limit allows.

    Args:
        program: The program.
        gap: Relative gap at which to stop, apart from penalties that no plan can avoid.
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
    """
    relaxed = Relaxed(program)
    answer = relaxed.strengthen(log)
    bound = answer.objective
    log(f"relaxation: bound {bound:,.2f}, {relaxed.cuts} rows added")
    opened = _open(relaxed, answer)
    best = _whole_doses(program, opened, gap=gap, node_limit=node_limit, log=log)
    log(f"first plan: {best.objective:,.2f}, gap {_gap(program, best.objective, bound):.4%}")
    nodes = 0
    if _gap(program, best.objective, bound) > max(gap, _EXACT_GAP):
        best, bound, nodes = _branch(
            relaxed, answer, best, bound=bound, gap=gap, node_limit=node_limit
        )
        log(f"branch and bound: {best.objective:,.2f}, bound {bound:,.2f}, {nodes} nodes")
    return _solved(program, best.values, min(bound, best.objective), relaxed.cuts, nodes)


def _gap(program: Program, objective: float, bound: float) -> float:
    """The gap, measured on what a plan can still change."""
    return (objective - bound) / max(1.0, abs(objective - program.hopeless))


class Relaxed:
    """The relaxation of a program, kept between solves."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cuts = 0
        self.highs = Highs(
            cost=program.cost,
            lower=np.zeros(program.cost.size),
            upper=program.upper,
            rows=program.rows,
        )

    def strengthen(self, log: Log) -> Answer:
        """Solve, adding violated rows until none is left."""
        answer = self.highs.solve("relaxing")
        done: set[int] = set()
        for find in (opening_cuts, shortage_cuts, opening_cuts):
            for _ in range(_CUT_ROUNDS):
                before = answer.objective
                rows = find(self.program, answer.values, done)
                if not rows.count:
                    break
                self.highs.add_rows(rows)
                self.cuts += rows.count
                answer = self.highs.solve("relaxing")
                log(f"relaxation: {answer.objective:,.2f} with {self.cuts} rows added")
                if answer.objective - before < _LITTLE * abs(before):
                    break
        return answer

    def fix(self, opened: Floats) -> Answer:
        """Solve with the runs fixed open or closed."""
        self.highs.bound_columns(_numbers(self.program.opened), opened, opened)
        return self.highs.solve("choosing runs")

    def release(self) -> None:
        """Let the runs open or close again."""
        free = np.zeros(self.program.runs)
        self.highs.bound_columns(_numbers(self.program.opened), free, free + 1.0)


def _open(relaxed: Relaxed, answer: Answer) -> Floats:
    """Which runs open: those of the relaxation, less the partly opened ones that do not pay."""
    share = answer.values[relaxed.program.opened]
    opened = (share > _WHOLE).astype(np.float64)
    partly = np.flatnonzero((share > _WHOLE) & (share < 1.0 - _WHOLE))
    best = relaxed.fix(opened).objective
    for run in partly[np.argsort(share[partly], kind="stable")][:_MOST_TRIALS]:
        opened[run] = 0.0
        trial = relaxed.fix(opened).objective
        if trial < best:
            best = trial
        else:
            opened[run] = 1.0
    return opened


def _whole_doses(
    program: Program, opened: Floats, *, gap: float, node_limit: int, log: Log
) -> Answer:
    """The best whole doses for opened runs; runs that then make nothing close."""
    upper = program.upper.copy()
    upper[program.opened] = opened
    upper[program.doses] *= opened[program.run]
    lower = np.zeros(upper.size)
    lower[program.opened] = opened
    highs = Highs(
        cost=program.cost, lower=lower, upper=upper, rows=program.rows, integer=program.integer
    )
    _stop_at(highs, program, gap=gap / 5.0, node_limit=node_limit)
    answer = highs.solve("placing whole doses")
    log(f"whole doses for {int(opened.sum())} runs: {answer.objective:,.2f}")
    return _closed(program, answer)


def _closed(program: Program, answer: Answer) -> Answer:
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


def _branch(
    relaxed: Relaxed, answer: Answer, best: Answer, *, bound: float, gap: float, node_limit: int
) -> tuple[Answer, float, int]:
    """Branch and bound over the columns that a better plan may use; plan, bound and nodes."""
    program = relaxed.program
    relaxed.release()
    relaxed.highs.solve("relaxing")
    reduced = relaxed.highs.reduced_costs
    # A variable at its lower bound 0 raises the relaxation by its reduced cost for each unit.
    beyond = program.integer & (reduced > best.objective - bound + 1e-6 * abs(bound))
    upper = np.where(beyond & (answer.values < _WHOLE), 0.0, program.upper)
    highs = relaxed.highs
    highs.bound_columns(np.arange(upper.size), np.zeros(upper.size), upper)
    highs.make_integer(np.flatnonzero(program.integer))
    _stop_at(highs, program, gap=gap, node_limit=node_limit)
    if np.all(best.values <= upper + _WHOLE):
        highs.start_from(best.values)
    found = highs.solve("branching")
    nodes = highs.nodes
    proven = max(bound, min(found.bound, best.objective))
    found = _closed(program, found)
    return (found if found.objective < best.objective else best), proven, nodes


def _stop_at(highs: Highs, program: Program, *, gap: float, node_limit: int) -> None:
    """Stop at a gap that leaves out the penalties which no plan can avoid, or at a node limit."""
    avoidable = max(1.0, program.cost[program.doses].min(initial=1.0) * program.count.sum())
    highs.option("mip_rel_gap", _EXACT_GAP)
    highs.option("mip_abs_gap", max(1e-6, gap * avoidable))
    highs.option("mip_max_nodes", node_limit)


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
        bound=min(bound, objective),
        notes=(f"{cuts} rows added to the relaxation, {nodes} nodes of branch and bound.",),
    )


def _numbers(where: slice) -> Ints:
    return np.arange(where.start, where.stop)
