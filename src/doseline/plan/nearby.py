"""Solving near a plan in hand: few columns first, more until the bound proves that they suffice.

1. The relaxation starts from the doses in hand and the ways of orders that have none, and takes in
   columns with negative reduced cost until none is left that counts. Its optimum is a bound for the
   whole problem.
2. Whole doses are found over the columns that joined.
3. If the gap is larger than asked, all columns join whose reduced cost is below it: no plan better
   than the one in hand uses any other. So the bound found over them holds for the whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.cuts import opening_cuts
from doseline.plan.linear import INFINITY, least_of
from doseline.plan.program import program_of
from doseline.plan.relaxed import Relaxed
from doseline.plan.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.linear import Bools, Ints
    from doseline.plan.problem import Problem
    from doseline.plan.program import Program
    from doseline.plan.solve import Solved

_LITTLE = 1e-7
"""Relative rise of the relaxation below which no more rows are added."""
_FIRST = 20
"""Columns that an order without a dose starts with."""
_MOST = 60_000
"""Columns beyond which the gap is reported as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a plan must keep apart from the problem's limits."""

    served: Ints
    """Groups that must be served: their doses were infused."""
    counted: Ints
    """Columns that move somebody whom no event hit."""
    dropped: Ints
    """Groups that no event hit: leaving one is a move too."""
    most: int | None
    """Most of these moves; None: no limit."""


def solve_near(
    problem: Problem,
    same: Bools,
    bounds: Bounds,
    *,
    excess: float,
    node_limit: int,
    log: Callable[[str], None],
) -> tuple[Ints, Solved]:
    """The columns that were looked at last, and the plan over them with its bound.

    Args:
        problem: The problem, each order a group of its own.
        same: Which columns are the doses in hand.
        bounds: What must be kept besides.
        excess: How far above the bound a plan may be. [currency]
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.
    """
    every = problem.columns["column"].to_numpy()
    near = _Near(_program(problem, every, bounds), same)
    answer = near.strengthen(opening_cuts, log, little=_LITTLE)
    kept = near.joined
    log(f"relaxation: bound {answer.bound:,.2f}, {kept.size} of {every.size} columns joined")
    gap = excess / max(1.0, abs(answer.objective - near.program.hopeless))
    solved = _whole(problem, kept, bounds, gap=gap, node_limit=node_limit, log=log)
    solved = replace(solved, bound=min(answer.bound, solved.objective))
    missing = solved.objective - solved.bound
    log(f"{solved.objective:,.2f}, {missing:,.2f} above the bound")
    if missing <= excess:
        return kept, solved
    reduced = near.reduced_costs[near.program.doses]
    wider = np.union1d(kept, np.flatnonzero(reduced <= missing + _LITTLE * abs(solved.bound)))
    if wider.size > _MOST:
        return kept, solved
    log(f"{wider.size} columns could be better")
    again = _whole(problem, wider, bounds, gap=gap, node_limit=node_limit, log=log)
    bound = max(solved.bound, min(again.bound, solved.objective, again.objective))
    if again.objective <= solved.objective:
        return wider, replace(again, bound=bound)
    return kept, replace(solved, bound=bound)


class _Near(Relaxed):
    """The relaxation that starts from a plan."""

    def __init__(self, program: Program, same: Bools) -> None:
        self._same = same
        super().__init__(program)

    @property
    def joined(self) -> Ints:
        """Columns of doses that are looked at, ascending."""
        return np.flatnonzero(self._numbers[self.program.doses] >= 0)

    def _first(self) -> Bools:
        """The doses in hand, and the cheapest ways of orders without."""
        program = self.program
        first = np.ones(program.cost.size, dtype=bool)
        kept = np.zeros(program.count.size, dtype=bool)
        kept[program.group[self._same]] = True
        cheapest = least_of(program.group, program.cost[program.doses], _FIRST)
        first[program.doses] = self._same | (cheapest & ~kept[program.group])
        return first


def _whole(
    problem: Problem,
    kept: Ints,
    bounds: Bounds,
    *,
    gap: float,
    node_limit: int,
    log: Callable[[str], None],
) -> Solved:
    """A plan over some of the columns."""
    return solve(_program(problem, kept, bounds), gap=gap, node_limit=node_limit, log=log)


def _program(problem: Problem, kept: Ints, bounds: Bounds) -> Program:
    """The program over some columns, with what must be kept besides."""
    program = program_of(problem, kept)
    upper = program.upper.copy()
    upper[program.unserved.start + bounds.served] = 0.0
    if bounds.most is not None:
        counted = np.flatnonzero(np.isin(kept, bounds.counted))
        row = program.rows.add(lower=-INFINITY, upper=float(bounds.most), count=1)
        for columns in (counted, program.unserved.start + bounds.dropped):
            program.rows.fill(np.full(columns.size, row), columns, 1.0)
    return replace(program, upper=upper)
