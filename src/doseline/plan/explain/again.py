"""Solving again near one order, from the plan in hand.

Orders near the asked one are free: those of its site, and those that take from the same facts. The
doses of all others stay where they are, so a plan found is a plan of the whole week; its bound
holds with these others fixed. Where all orders are free, it holds for the whole week.

A plan is solved twice: as the week was planned, for the bound; and with a price on each order that
gets something else, for the plan that is told. So what it changes has to do with the order that is
asked about: nobody is moved to save less than a dose costs on average, as a plan within its gap
leaves room for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.errors import SolverError
from doseline.plan.explain.contracted import Contracted
from doseline.plan.solver.program import program_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from doseline.plan.explain.facts import Facts
    from doseline.plan.problem import Problem
    from doseline.plan.solver.linear import Answer
    from doseline.plan.solver.program import Program

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_COLUMNS = 1_500
"""Columns of the orders that are free."""
_NEAR = 1e-5
"""Relative gap of the money at which solving again stops."""
_NEAR_MOVES = 0.5
"""Gap at which it stops where moves are priced, or not all orders are free, in moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plan of the whole week that was found by solving again."""

    doses: Floats
    """Of each column of the problem."""
    left: Floats
    """Orders of each group that are left."""
    objective: float
    cost: float
    """The money in it. [currency]"""
    bound: float
    """No plan with the fixed doses has a smaller objective. [currency]"""


class Again:
    """Solves again with some groups free."""

    def __init__(self, facts: Facts, near: Iterable[int]) -> None:
        """Which groups are free.

        Args:
            facts: The facts, and the plan.
            near: Facts whose users should be free, beside the orders of the same site.
        """
        self.facts, self.asked = facts, facts.asked
        self.free = _free_groups(facts, near)
        self.whole = bool(self.free[np.unique(facts.group)].all())
        planned = self.asked.planned_groups
        count = self.asked.problem.groups["count"].to_numpy()
        self.left_now = count - planned
        cost = self.asked.problem.columns["cost"].to_numpy()
        self._money = float((cost * self.asked.doses)[self.free[facts.group]].sum())
        self._move_price = float(cost @ self.asked.doses) / max(1.0, float(self.asked.doses.sum()))
        self._fixed = ~self.free[facts.group] & (self.asked.doses > 0.0)
        own = facts.group == self.asked.group
        self._chosen: Ints = np.flatnonzero(self.free[facts.group] | self._fixed | own)
        self._unchanged: Contracted | None = None

    def solve(
        self,
        *,
        ways: Ints | None,
        most: Mapping[int, float] | None = None,
        drop: bool = False,
        calm: bool = True,
    ) -> Found | None:
        """A plan near the best one, or None if none was found.

        Args:
            ways: Columns on which the asked order may be served; it has to be. None: it may be
                left, or served on any day of its window.
            most: How much there is of facts that are changed.
            drop: Whether orders that are served now may be left.
            calm: Whether others are moved only where that saves more than the price of a move; if
                not, the plan is the best one.
        """
        small, rows = self._small(most or {})
        program, chosen = small.program, self._chosen
        small.bound(*self._bounds(program, ways, drop=drop), rows)
        near = _NEAR * self._money if self.whole else _NEAR_MOVES * self._move_price
        try:
            answer = small.solve(near=near)
        except SolverError:
            return None
        if answer is None:
            return None
        values = self._calmed(small, program, chosen, answer) if calm else answer.values
        doses = np.zeros(self.asked.doses.size)
        doses[chosen] = np.rint(values[program.doses])
        objective = float(program.cost @ values)
        return Found(
            doses=doses,
            left=np.rint(values[program.unserved]),
            objective=objective,
            cost=program.money(values),
            bound=min(answer.bound, objective),
        )

    def _small(self, most: Mapping[int, float]) -> tuple[Contracted, dict[int, float]]:
        """The program of what is free, and right-hand sides by rows, where more of a limit will do.

        That of no change is kept, with its rows and last basis; where vials, activity or isotope
        change, which are no right-hand sides alone, there is one of its own.
        """
        if not all(fact in self.facts.limits for fact in most):
            return self._made(self._changed(most)), {}
        if self._unchanged is None:
            self._unchanged = self._made(self.asked.problem)
        program = self._unchanged.program
        first = program.count.size + 3 * program.runs + program.pools
        row_of = {int(limit): first + row for row, limit in enumerate(program.limits)}
        # A limit without a row holds whatever is planned.
        return self._unchanged, {row_of[one]: much for one, much in most.items() if one in row_of}

    def _made(self, problem: Problem) -> Contracted:
        """The program of a problem without what stays."""
        program = program_of(problem, self._chosen)
        lower, upper = self._bounds(program, None, drop=True)
        own = np.searchsorted(self._chosen, self.asked.own)
        upper[own] = program.upper[own]
        return Contracted(program, lower, upper)

    def _bounds(self, program: Program, ways: Ints | None, *, drop: bool) -> tuple[Floats, Floats]:
        """Least and largest value of each variable; see :meth:`solve`."""
        lower, upper = np.zeros(program.cost.size), program.upper.copy()
        own = self.asked.own
        barred = own[self.asked.beyond[own]] if ways is None else np.setdiff1d(own, ways)
        upper[np.searchsorted(self._chosen, barred)] = 0.0
        fixed = np.flatnonzero(self._fixed[self._chosen] & (program.group != self.asked.group))
        lower[fixed] = upper[fixed] = self.asked.doses[self._chosen[fixed]]
        # A run with doses that stay is open, whatever share of it the relaxation would pay for.
        lower[program.opened.start + program.run[fixed]] = 1.0
        left = program.unserved.start + np.arange(program.count.size)
        upper[left] = program.count if drop else np.minimum(program.count, self.left_now)
        upper[left[self.asked.group]] = 0.0 if ways is not None else 1.0
        upper[left[self.asked.infused]] = 0.0
        stay = np.flatnonzero(~self.free & (np.arange(left.size) != self.asked.group))
        lower[left[stay]] = upper[left[stay]] = self.left_now[stay]
        return lower, upper

    def _calmed(self, small: Contracted, program: Program, chosen: Ints, best: Answer) -> Floats:
        """Values of a plan with moves priced, from the best one without; that one if none is found."""
        moving = (self.asked.doses[chosen] == 0.0) & (self.facts.group[chosen] != self.asked.group)
        if not best.values[program.doses][moving].any():
            return best.values
        price = np.zeros(program.cost.size)
        price[program.doses][moving] = self._move_price
        small.price(price, best)
        try:
            found = small.solve(near=_NEAR_MOVES * self._move_price)
        except SolverError:
            return best.values
        return best.values if found is None else found.values

    def holds(self, found: Found, most: Mapping[int, float] | None = None) -> bool:
        """Whether a plan respects every fact of the whole week, counted without the solver."""
        changed = self.facts.most.copy()
        for fact, much in (most or {}).items():
            changed[fact] = much
        broken = self.facts.broken(found.doses, changed)
        return not [fact for fact in broken if fact != self.facts.window]

    def _changed(self, most: Mapping[int, float]) -> Problem:
        """The problem with some facts changed."""
        facts, problem = self.facts, self.asked.problem
        if not most:
            return problem
        much = facts.most.copy()
        much[list(most)] = list(most.values())
        split = problem.limits.rows.height
        rows = problem.limits.rows.with_columns(most=pl.Series(much[:split]))
        own = problem.column_limits.with_columns(
            most=pl.Series(much[split : facts.limits.stop], dtype=pl.Float64)
        )
        runs = problem.supply.runs.with_columns(
            max_doses=pl.Series(much[facts.vials.slice]).cast(pl.Int64),
            max_activity_gbq=pl.Series(much[facts.activity.slice]),
        )
        pools = problem.supply.pools.with_columns(
            capacity_gbq=pl.Series(much[facts.pools.slice], dtype=pl.Float64)
        )
        return replace(
            problem,
            limits=replace(problem.limits, rows=rows),
            column_limits=own,
            supply=replace(problem.supply, runs=runs, pools=pools),
        )


def _free_groups(facts: Facts, near: Iterable[int]) -> Bools:
    """The asked order, groups of its site, then users of each fact in turn, while columns are few."""
    asked = facts.asked
    columns = np.bincount(facts.group, minlength=asked.problem.groups.height)
    free = np.zeros(columns.size, dtype=bool)
    if columns.sum() <= MOST_COLUMNS:
        return ~free
    site = asked.problem.groups["site"].to_numpy()
    served = asked.doses > 0.0
    users = [facts.entry_column[facts.entry_fact == fact] for fact in near]
    of_fact = [np.unique(facts.group[one[served[one]]]).tolist() for one in users]
    in_turn = (group for turn in zip_longest(*of_fact) for group in turn if group is not None)
    here = np.flatnonzero(site == site[asked.group]).tolist()
    total = 0
    for group in dict.fromkeys([asked.group, *here, *in_turn]):
        if total + columns[group] <= MOST_COLUMNS:
            free[group] = True
            total += columns[group]
    return free
