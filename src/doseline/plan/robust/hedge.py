"""Doses that are lost if the worst few runs fail, as variables and rows of a program.

With d_r the weighted doses of run r, the worst loss of G runs is the sum of the G largest d_r. By
the duality of linear programs that is the least of G z + sum q_r over z, q >= 0 with q_r + z >= d_r
(Bertsimas and Sim, The price of robustness, 2004, doi:10.1287/opre.1030.0065), and exactly so, as G
is a whole number. So a program that minimises may carry z and q as columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """What is lost with a run that fails, and how many may fail."""

    failures: int
    """Runs that fail in the worst case."""
    worth: float
    """Of a dose of weight 1. [currency]"""
    weight: Floats
    """Of a dose of each group. [unitless]"""

    def costs(self, runs: int) -> Floats:
        """What z, then each q, counts in the objective. [currency]"""
        return self.worth * np.concatenate([[self.failures], np.ones(runs)])

    def most(self, runs: int, count: Floats) -> Floats:
        """Values that z, then each q, never needs to exceed.

        Args:
            runs: Number of runs.
            count: Orders of each group.
        """
        return np.full(1 + runs, float(self.weight @ count))

    def fill(self, rows: Rows, *, first: int, run: Ints, group: Ints, runs: int) -> None:
        """Rows ``doses of a run <= z + q``.

        Args:
            rows: To which they are added.
            first: Where z lies among the variables; the q follow.
            run: Run of each dose's column, which come first among the variables.
            group: Group of each dose's column.
            runs: Number of runs.
        """
        each = np.arange(runs)
        row = rows.add(lower=-INFINITY, upper=0.0, count=runs)
        rows.fill(row + run, np.arange(run.size), self.weight[group])
        rows.fill(row + each, np.full(runs, first), -1.0)
        rows.fill(row + each, first + 1 + each, -1.0)

    def loss(self, doses: Ints, *, run: Ints, group: Ints, runs: int) -> float:
        """What the worst failures lose. [currency]

        Args:
            doses: Of each column.
            run: Run of each.
            group: Group of each.
            runs: Number of runs.
        """
        made = np.bincount(run, weights=self.weight[group] * doses, minlength=runs)
        return self.worth * float(np.sort(made)[::-1][: self.failures].sum())
