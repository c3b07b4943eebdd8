"""What a plan leaves free, and whether one more dose fits when some causes do not count.

A *cause* is isotope, batches, changeover, or a kind of limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.supply.changeover import Conflicts
from doseline.plan.supply.isotope import Isotope, sums

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    import polars as pl
    from numpy.typing import NDArray

    from doseline.plan.problem import Problem
    from doseline.plan.solver.solve import Solved

ISOTOPE, BATCHES, CHANGEOVER = "isotope", "batches", "changeover"
"""Causes that are no limit of a site or fleet."""
_SLACK = 1e-7
"""Rounding that a solver's plan may leave in a limit, relative."""


class Residual:
    """Free vials, activity, isotope and limits of sites, as orders are added one by one."""

    def __init__(self, problem: Problem, placed: pl.DataFrame, solved: Solved) -> None:
        columns, runs = problem.columns, problem.supply.runs
        self.run = columns["run"].to_numpy()
        self.activity_gbq = columns["activity_gbq"].to_numpy()
        groups = columns["group"].to_numpy()
        self._first = np.searchsorted(groups, np.arange(problem.groups.height + 1))
        doses = np.zeros(columns.height)
        doses[placed["column"].to_numpy()] = placed["doses"].to_numpy()
        made = sums(self.run, doses, runs.height)
        used = sums(self.run, doses * self.activity_gbq, runs.height)
        self.vials = runs["max_doses"].to_numpy() - made
        self.room_gbq = runs["max_activity_gbq"].to_numpy() - used
        self.isotope = Isotope(problem.supply, drawn=solved.drawn, made_gbq=used)
        self._conflicts = Conflicts(problem.supply.conflicts, runs.height)
        self._excluded = np.zeros(runs.height, dtype=bool)
        for run in np.flatnonzero(made):
            self._excluded[self._conflicts.excluded(int(run))] = True
        self._limits(problem, doses)
        here = {CHANGEOVER} if self._conflicts else set()
        self.causes = frozenset({ISOTOPE, BATCHES, *here, *self._kind})
        """What can be short at all."""

    def place(self, group: int, relaxed: AbstractSet[str]) -> bool:
        """Whether one more order of a group fits if some causes do not count; if so, take it."""
        column = self._column(group, relaxed)
        if column is None:
            return False
        run, activity = self.run[column], self.activity_gbq[column]
        self.vials[run] -= 1
        self._excluded[self._conflicts.excluded(int(run))] = True
        self.room_gbq[run] -= activity
        self.isotope.draw(int(run), float(activity))
        limits, uses = self._uses(column)
        self.room[limits] -= uses
        return True

    def fits(self, group: int, relaxed: AbstractSet[str]) -> bool:
        """Whether one more order of a group fits if some causes do not count."""
        return self._column(group, relaxed) is not None

    def _column(self, group: int, relaxed: AbstractSet[str]) -> int | None:
        """The first column of a group that has room."""
        columns = np.arange(self._first[group], self._first[group + 1])
        run, activity = self.run[columns], self.activity_gbq[columns]
        fits = np.ones(columns.size, dtype=bool)
        if ISOTOPE not in relaxed:
            fits &= self.isotope.left()[run] >= activity * (1.0 - _SLACK)
        if CHANGEOVER not in relaxed:
            fits &= ~self._excluded[run]
        if BATCHES not in relaxed:
            fits &= (self.vials[run] >= 1.0) & (self.room_gbq[run] >= activity * (1.0 - _SLACK))
        if not fits.any():
            return None
        binds = self._binding(frozenset(relaxed))
        for column in columns[fits]:
            limits, uses = self._uses(column)
            binding = binds[limits]
            if np.all(self.room[limits][binding] >= uses[binding] * (1.0 - _SLACK)):
                return int(column)
        return None

    def _binding(self, relaxed: frozenset[str]) -> NDArray[np.bool_]:
        """Which limits count if some causes do not."""
        if relaxed not in self._binds:
            self._binds[relaxed] = ~np.isin(self._kind, list(relaxed))
        return self._binds[relaxed]

    def _limits(self, problem: Problem, doses: NDArray[np.float64]) -> None:
        """What each limit has left."""
        rows, uses = problem.limit_rows, problem.limits.uses.sort("option")
        own = problem.own_uses(problem.columns)
        self._own_start = np.searchsorted(
            own["column"].to_numpy(), np.arange(problem.columns.height + 1)
        )
        self._own_limit, self._own_use = own["limit"].to_numpy(), own["use"].to_numpy()
        self._kind = rows["kind"].to_numpy()
        self._binds: dict[frozenset[str], NDArray[np.bool_]] = {}
        self._option = problem.columns["option"].to_numpy()
        self._use_start = np.searchsorted(
            uses["option"].to_numpy(), np.arange(problem.usable.height + 1)
        )
        self._use_limit, self._use = uses["limit"].to_numpy(), uses["use"].to_numpy()
        self.room = rows["most"].to_numpy().copy()
        for column in np.flatnonzero(doses):
            limits, use = self._uses(int(column))
            self.room[limits] -= use * doses[column]

    def _uses(self, column: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Limits that a column uses, and how much of each."""
        option = self._option[column]
        mine = slice(self._use_start[option], self._use_start[option + 1])
        own = slice(self._own_start[column], self._own_start[column + 1])
        if own.start == own.stop:
            return self._use_limit[mine], self._use[mine]
        limits = np.concatenate([self._use_limit[mine], self._own_limit[own]])
        return limits, np.concatenate([self._use[mine], self._own_use[own]])
