"""A program without its fixed variables, which are taken off its rows.

Near one order nearly all doses stay, and so do most rows: what is left is a small program with the
same answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import Highs, Rows

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Answer, Bools, Floats, Ints
    from doseline.plan.solver.program import Program

_ROUNDING = 1e-7
"""What fixed doses may take of a row beyond its bound, relative."""


class Contracted:
    """The variables of a program that are not fixed, as a program of their own."""

    def __init__(self, program: Program, lower: Floats, upper: Floats) -> None:
        """Take fixed variables off.

        Args:
            program: The program.
            lower: Least value of each variable.
            upper: Largest value of each; where it is the least, too, the variable is fixed.
        """
        self._values = lower
        self._free: Ints = np.flatnonzero(upper > lower)
        fixed = upper <= lower
        self._cost = program.cost
        self._offset = float(program.cost[fixed] @ lower[fixed])
        rows, self._fits = _left(program.rows, lower, fixed)
        self.highs = Highs(
            cost=program.cost[self._free],
            lower=lower[self._free],
            upper=upper[self._free],
            rows=rows,
            integer=program.integer[self._free],
        )

    def solve(self, stage: str) -> Answer | None:
        """The answer with a value for every variable; None if there is none.

        Raises:
            SolverError: If the solver fails, or finds nothing within its limits.
        """
        answer = self.highs.solve_if_possible(stage) if self._fits else None
        return None if answer is None else self._whole(answer)

    def price(self, prices: Floats, start: Answer) -> None:
        """Count a price of each variable besides its cost, and start from an answer."""
        mine = np.arange(self._free.size)
        self.highs.price_columns(mine, self._cost[self._free] + prices[self._free])
        self.highs.start_from(start.values[self._free])

    def _whole(self, answer: Answer) -> Answer:
        values = self._values.copy()
        values[self._free] = answer.values
        return replace(
            answer,
            values=values,
            objective=answer.objective + self._offset,
            bound=answer.bound + self._offset,
        )


def _left(rows: Rows, values: Floats, fixed: Bools) -> tuple[Rows, bool]:
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
    return found, bool(np.all((lower[~used] <= 0.0) & (upper[~used] >= 0.0)))
