"""The relaxation of a week's program, kept between solves.

A large program is relaxed over those of its doses' columns that might matter. Columns with a
negative reduced cost join until there are none that count: each group has a row that all its
columns share, so that the columns left out can lower the optimum by no more than the group's orders
times its least reduced cost. The bound is the optimum less all these, and holds for the program
with all its columns.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.solver.linear import Answer, Highs, Rows, grown, least_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.program import Program

    Finder = Callable[[Program, Floats, set[int]], Rows]

WHOLE = 1e-6
"""Distance from a whole number that is rounding."""
LARGE = 30_000
"""Columns of doses beyond which only some are looked at."""
_CUT_ROUNDS = 40
_FIRST = 8
"""Columns of a group that a large relaxation starts with."""
_MORE = 5
"""Columns of a group that join at a time."""
_JOINING_ROUNDS = 20
_NEAR = 1e-5
"""Relative distance of the bound at which no more columns join."""
_NEGATIVE = -1e-6
"""Reduced cost below which a column may join. [currency]"""


class Relaxed:
    """The relaxation, to which rows and columns are added and in which runs open and close."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cuts = 0
        self.steps = 0
        """Steps of the simplex method in the last solve within bounds of runs."""
        self.near = 0.0
        """How far from the optimum columns need not join, if that is more than usual. [currency]"""
        self.most: Floats = program.upper.copy()
        """Most of each variable; 0 where it was shut."""
        self.rows = Rows()
        self.rows.append(program.rows)
        self.large = program.chosen.size > LARGE
        self._entries = self.rows.entries()
        self._done: set[int] = set()
        self._numbers = np.full(program.cost.size, -1, dtype=np.int64)
        self._open = np.ones(program.runs, dtype=bool)
        self._columns = np.flatnonzero(self._first())
        self._numbers[self._columns] = np.arange(self._columns.size)
        self.highs = Highs(
            cost=program.cost[self._columns],
            lower=np.zeros(self._columns.size),
            upper=program.upper[self._columns],
            rows=program.rows.renumbered(self._numbers),
        )

    def solve(self, stage: str) -> Answer:
        """The optimum over all columns, to within what the bound says."""
        return self._joined(self.highs.solve(stage), stage)

    def strengthen(self, find: Finder, log: Callable[[str], None], *, little: float) -> Answer:
        """Solve, adding violated rows until they change little.

        Args:
            find: Finds violated rows.
            log: Called with a line of progress.
            little: Relative rise below which no more rows are added.
        """
        answer = self.solve("relaxing")
        for _ in range(_CUT_ROUNDS):
            before = answer
            rows = find(self.program, answer.values, self._done)
            if not rows.count:
                break
            answer = self.with_rows(rows)
            log(f"relaxation: {answer.objective:,.2f} with {self.cuts} rows added")
            if answer.objective - before.objective < little * abs(before.objective):
                break
        return answer

    def with_rows(self, rows: Rows) -> Answer:
        """Solve with more rows, which every plan satisfies."""
        self.add_rows(rows)
        self.cuts += rows.count
        return self.solve("relaxing")

    def add_rows(self, rows: Rows) -> None:
        """Append rows."""
        if rows.count:
            self.highs.add_rows(rows.renumbered(self._numbers))
            self.rows.append(rows)
            self._entries = self.rows.entries()

    def within(self, least: Floats, most: Floats) -> Answer:
        """Solve with each run open at least and at most so far."""
        self._bound_runs(least, most)
        return self.solve("choosing runs")

    def within_if_possible(self, least: Floats, most: Floats) -> Answer | None:
        """The same where variables were shut, so that there may be no solution; then None."""
        self.steps = 0
        self._bound_runs(least, most)
        answer = self.highs.solve_if_possible("branching on runs")
        self.steps += self.highs.steps
        if answer is None and self._columns.size < self._numbers.size:
            self.join(np.flatnonzero(self._numbers < 0))
            answer = self.highs.solve_if_possible("branching on runs")
            self.steps += self.highs.steps
        return None if answer is None else self._joined(answer, "branching on runs")

    def shut(self, shut: Bools) -> None:
        """Hold columns at zero."""
        self.most[shut] = 0.0
        mine = self._numbers[shut & (self._numbers >= 0)]
        self.highs.bound_columns(mine, np.zeros(mine.size), np.zeros(mine.size))

    def whole(self, best: Floats, left: Bools) -> Answer:
        """Solve in whole numbers from a plan in hand.

        Args:
            best: The plan.
            left: Columns that are not shut: those that have not joined do.
        """
        self.join(np.flatnonzero(left & (self._numbers < 0)))
        self.highs.make_integer(np.flatnonzero(self.program.integer[self._columns]))
        self.highs.start_from(best[self._columns])
        return self._spread(self.highs.solve("branching"))

    def join(self, columns: Ints) -> None:
        """Look at more columns."""
        if not columns.size:
            return
        number = np.full(self._numbers.size, -1, dtype=np.int64)
        number[columns] = np.arange(columns.size)
        row, column, value = self._entries
        mine = number[column] >= 0
        self.highs.add_columns(
            cost=self.program.cost[columns],
            lower=np.zeros(columns.size),
            upper=self.program.upper[columns],
            entries=(row[mine], number[column[mine]], value[mine]),
        )
        self._numbers[columns] = self._columns.size + np.arange(columns.size)
        self._columns = np.concatenate([self._columns, columns])

    @property
    def basis(self) -> Any:
        """The basis of the last solve; set it to start the next one there.

        Columns that have joined since are at zero in it, and rows that were added do not bind.
        """
        return self.highs.basis

    @basis.setter
    def basis(self, basis: Any) -> None:
        self.highs.basis = grown(basis, columns=self._columns.size, rows=self.rows.count)

    @property
    def prices(self) -> Floats:
        """Dual value of each row of the last solve."""
        return self.highs.row_prices

    @property
    def reduced_costs(self) -> Floats:
        """Reduced cost of every column in the last solve."""
        return self.reduced_at(self.prices)

    def reduced_at(self, prices: Floats) -> Floats:
        """Reduced cost of every column at some prices of all rows."""
        row, column, value = self._entries
        priced = np.bincount(column, weights=value * prices[row], minlength=self._numbers.size)
        reduced: Floats = self.program.cost - priced
        return reduced

    def _bound_runs(self, least: Floats, most: Floats) -> None:
        self._open = most > 0.0
        opened = np.arange(self.program.opened.start, self.program.opened.stop)
        self.highs.bound_columns(self._numbers[opened], least, most)

    def _first(self) -> Bools:
        """Columns to start with: all, or those of each group that look cheapest."""
        program = self.program
        first = np.ones(program.cost.size, dtype=bool)
        if self.large:
            first[program.doses] = least_of(program.group, _guess(program), _FIRST)
        return first

    def _joined(self, answer: Answer, stage: str) -> Answer:
        """The answer when columns have joined until those left out do not count."""
        for _ in range(_JOINING_ROUNDS):
            left_out, reduced = self._left_out()
            found = self._spread(answer, below=self._below(left_out, reduced))
            if found.objective - found.bound <= max(self.near, _NEAR * abs(found.objective)):
                return found
            negative = reduced < _NEGATIVE
            joining = left_out[negative]
            groups = self.program.group[joining]
            self.join(joining[least_of(groups, reduced[negative], _MORE)])
            answer = self.highs.solve(stage)
            self.steps += self.highs.steps
        return self._spread(answer, below=self._below(*self._left_out()))

    def _left_out(self) -> tuple[Ints, Floats]:
        """Columns of open runs that have not joined, and their reduced costs."""
        left_out = np.flatnonzero(self._numbers[self.program.doses] < 0)
        left_out = left_out[self._open[self.program.run[left_out]]]
        return left_out, self.reduced_costs[left_out] if left_out.size else np.empty(0)

    def _below(self, left_out: Ints, reduced: Floats) -> float:
        """The most by which columns that have not joined could lower the optimum."""
        least = np.zeros(self.program.count.size)
        np.minimum.at(least, self.program.group[left_out], reduced)
        return float(-least @ self.program.count)

    def _spread(self, answer: Answer, *, below: float = 0.0) -> Answer:
        """The answer with a value for every column."""
        values = np.zeros(self._numbers.size)
        values[self._columns] = answer.values
        return replace(answer, values=values, bound=answer.bound - below)


def _guess(program: Program) -> Floats:
    """What each dose costs if it pays its share of what its rows must be opened or drawn for."""
    row, column, value = program.rows.entries()
    paying = (column >= program.opened.start) & (value < 0.0)
    price = np.full(program.rows.count, np.inf)
    np.minimum.at(price, row[paying], program.cost[column[paying]] / -value[paying])
    price[~np.isfinite(price)] = 0.0
    mine = column < program.doses.stop
    share = np.bincount(
        column[mine], weights=value[mine] * price[row[mine]], minlength=program.chosen.size
    )
    guess: Floats = program.cost[program.doses] + share
    return guess
