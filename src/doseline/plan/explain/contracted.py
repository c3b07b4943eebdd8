"""A program without its fixed variables, which are taken off its rows.

Near one order nearly all doses stay, and so do most rows: what is left is a small program with the
same answers. It is searched over its relaxation (:mod:`doseline.plan.solver.nodes`), with the rows
``doses of a group from a run <= orders of the group, if the run opens`` where they are violated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.cuts import opening_cuts
from doseline.plan.solver.linear import INFINITY, Answer, Highs, Rows, stop_at
from doseline.plan.solver.nodes import Space, search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.nodes import Node
    from doseline.plan.solver.program import Program

    _Changed = tuple[Ints, Floats, Floats]
    """Numbers of rows, and their bounds."""

_ROUNDING = 1e-7
"""What fixed doses may take of a row beyond its bound, relative."""
_NODES = 200
"""Nodes of the solver's own search."""
_CUT_ROUNDS = 10
_LITTLE = 0.05
"""Rise of the relaxation below which no more rows are added, as a share of the asked gap."""


class Contracted:
    """The variables of a program that are not fixed, as a program of their own."""

    def __init__(self, program: Program, lower: Floats, upper: Floats) -> None:
        """Take fixed variables off.

        Args:
            program: The program.
            lower: Least value of each variable.
            upper: Largest value of each; where it is the least, too, the variable is fixed.
        """
        self.program = program
        self._values = lower
        self._free: Ints = np.flatnonzero(upper > lower)
        fixed = upper <= lower
        self._cost = program.cost[self._free]
        self._offset = self._fixed_cost = float(program.cost[fixed] @ lower[fixed])
        self._rows, self._left, self._fits = _left(program.rows, lower, fixed)
        self._lower, self._upper = lower[self._free], upper[self._free]
        self._integer = program.integer[self._free]
        opened = program.opened
        self._runs = np.flatnonzero((self._free >= opened.start) & (self._free < opened.stop))
        self._known: set[int] = set()
        self._best: Answer | None = None
        self._nodes: list[Node] = []
        self._changed: _Changed = (np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
        self._highs = Highs(cost=self._cost, lower=self._lower, upper=self._upper, rows=self._rows)

    def bound(self, lower: Floats, upper: Floats, most: Mapping[int, float]) -> None:
        """Ask anew, with the program's own costs and other bounds.

        Args:
            lower: Least value of each variable.
            upper: Largest value of each; that of fixed ones is as it was.
            most: Right-hand sides that are larger than the program's, by its rows.
        """
        self._cost, self._offset = self.program.cost[self._free], self._fixed_cost
        self._lower, self._upper = lower[self._free], upper[self._free]
        self._best = None
        self._nodes = []
        each = np.arange(self._free.size)
        self._highs.price_columns(each, self._cost)
        self._highs.bound_columns(each, self._lower, self._upper)
        rows = self._changed[0]
        self._highs.bound_rows(rows, *(one[rows] for one in self._rows.bounds()))
        self._changed = self._left.changed(most)
        self._highs.bound_rows(*self._changed)

    def solve(self, *, near: float) -> Answer | None:
        """The answer with a value for every variable; None if there is none.

        Args:
            near: Absolute gap at which to stop. [currency]

        Raises:
            SolverError: If the solver fails, or finds nothing within its limits.
        """
        if not self._fits or not self._tightened(near):
            return None
        space = Space(
            integer=self._integer,
            runs=self._runs,
            lower=self._lower,
            upper=self._upper,
            placed=lambda lower, upper: self._placed(lower, upper, near),
            left=self._nodes,
        )
        found, proven = search(self._highs, space, near=near, best=self._best)
        if not proven:
            found = self._searched(found, near)
        return None if found is None else self._whole(found)

    def price(self, prices: Floats, start: Answer) -> None:
        """Count a price, not below 0, of each variable besides its cost, and start from an answer."""
        self._cost = self.program.cost[self._free] + prices[self._free]
        self._offset = 0.0
        self._highs.price_columns(np.arange(self._free.size), self._cost)
        values = start.values[self._free]
        self._best = Answer(
            values=values, objective=float(self._cost @ values), bound=-np.inf, finished=False
        )

    def _tightened(self, near: float) -> bool:
        """Whether the relaxation has a solution; rows of runs that open in part are added to it."""
        answer = self._highs.solve_if_possible("relaxing")
        if answer is None:
            return False
        number = np.full(self.program.cost.size, -1, dtype=np.int64)
        number[self._free] = np.arange(self._free.size)
        for _ in range(_CUT_ROUNDS):
            before = answer.objective
            rows = opening_cuts(self.program, self._whole(answer).values, self._known)
            if not rows.count:
                break
            rows = rows.renumbered(number)
            self._highs.add_rows(rows)
            self._rows.append(rows)
            answer = self._highs.solve("relaxing")
            if answer.objective - before <= _LITTLE * near:
                break
        return True

    def _placed(self, least: Floats, most: Floats, near: float) -> Answer | None:
        """Whole doses within bounds of the runs; None if there are none."""
        lower, upper = self._lower.copy(), self._upper.copy()
        lower[self._runs], upper[self._runs] = least, most
        return self._mip(lower, upper, near).solve_if_possible("placing whole doses")

    def _searched(self, best: Answer | None, near: float) -> Answer:
        """The answer by the solver's own search.

        Raises:
            SolverError: If it finds nothing within its limits.
        """
        highs = self._mip(self._lower, self._upper, near)
        if best is not None:
            highs.start_from(best.values)
        return highs.solve("solving again")

    def _mip(self, lower: Floats, upper: Floats, near: float) -> Highs:
        highs = Highs(
            cost=self._cost, lower=lower, upper=upper, rows=self._rows, integer=self._integer
        )
        highs.bound_rows(*self._changed)
        stop_at(highs, near, node_limit=_NODES)
        return highs

    def _whole(self, answer: Answer) -> Answer:
        values = self._values.copy()
        values[self._free] = answer.values
        return replace(
            answer,
            values=values,
            objective=answer.objective + self._offset,
            bound=answer.bound + self._offset,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What fixed variables leave of the rows."""

    number: Ints
    """Of each row among those that are left; negative if none of its variables is."""
    taken: Floats
    """What fixed variables take of each row."""

    def changed(self, most: Mapping[int, float]) -> _Changed:
        """Rows that are left, and their bounds, where there is more of them.

        Args:
            most: Right-hand side of each row, by its number before.
        """
        rows = np.array([row for row in most if self.number[row] >= 0], dtype=np.int64)
        upper = np.array([most[row] for row in rows.tolist()]) - self.taken[rows]
        return self.number[rows], np.full(rows.size, -INFINITY), upper


def _left(rows: Rows, values: Floats, fixed: Bools) -> tuple[Rows, _Left, bool]:
    """The rows of the variables that are not fixed, and whether the fixed ones fit all others."""
    row, column, value = rows.entries()
    taken = np.bincount(
        row, weights=value * np.where(fixed, values, 0.0)[column], minlength=rows.count
    )
    slack = _ROUNDING * np.maximum(1.0, np.abs(taken))
    lower, upper = (bound - taken for bound in rows.bounds())
    lower = np.where((lower > 0.0) & (lower <= slack) & (taken != 0.0), 0.0, lower)
    upper = np.where((upper < 0.0) & (upper >= -slack) & (taken != 0.0), 0.0, upper)
    inside = ~fixed[column]
    used = np.zeros(rows.count, dtype=bool)
    used[row[inside]] = True
    number, place = np.cumsum(used) - 1, np.cumsum(~fixed) - 1
    found = Rows()
    found.add(lower=lower[used], upper=upper[used], count=int(used.sum()))
    found.fill(number[row[inside]], place[column[inside]], value[inside])
    left = _Left(number=np.where(used, number, -1), taken=taken.astype(np.float64))
    return found, left, bool(np.all((lower[~used] <= 0.0) & (upper[~used] >= 0.0)))
