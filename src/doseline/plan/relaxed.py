"""The relaxation of a week's program, kept between solves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.cuts import opening_cuts, shortage_cuts
from doseline.plan.linear import Answer, Highs

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.linear import Floats
    from doseline.plan.program import Program

WHOLE = 1e-6
"""Distance from a whole number that is rounding."""
_CUT_ROUNDS = 40
_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""


class Relaxed:
    """The relaxation, to which rows are added and in which runs are opened and closed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cuts = 0
        self.highs = Highs(
            cost=program.cost,
            lower=np.zeros(program.cost.size),
            upper=program.upper,
            rows=program.rows,
        )

    def strengthen(self, log: Callable[[str], None]) -> Answer:
        """Solve, adding violated rows until they change little."""
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

    def within(self, least: Floats, most: Floats) -> Answer:
        """Solve with each run open at least and at most so far."""
        self._bound_runs(least, most)
        return self.highs.solve("choosing runs")

    def within_if_possible(self, least: Floats, most: Floats) -> Answer | None:
        """The same where variables were shut, so that there may be no solution; then None."""
        self._bound_runs(least, most)
        return self.highs.solve_if_possible("branching on runs")

    def _bound_runs(self, least: Floats, most: Floats) -> None:
        opened = np.arange(self.program.opened.start, self.program.opened.stop)
        self.highs.bound_columns(opened, least, most)
