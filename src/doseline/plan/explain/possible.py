"""Whether a plan respects some facts, serves one order more, and drops none of its rank.

Only orders with a dose that takes from one of these facts can matter: the others stay where they
are and take nothing. Ways of one order that take the same of these facts are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.errors import SolverError
from doseline.plan.solver.linear import INFINITY, Highs, Rows
from doseline.plan.solver.nodes import Space, search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.explain.facts import Facts
    from doseline.plan.solver.linear import Answer

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_NONE = 1e-6
"""Share of a dose that is rounding."""
_PRICED = 1e-9
"""Dual value below which a row does not bind."""
_LEFT = 100.0
"""What leaving an order that may be left counts, in moves."""
_BLOCKED, _MOST_BLOCKED = 0.2, 4
"""What a move counts more for each fact that has no room for it now, and how many are counted."""
_NODES = 300
_NEAR = 0.3
"""Relative gap to which moves are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether there is such a plan."""

    doses: Floats | None
    """Doses of each column of one, if there is."""
    proven: bool
    """Whether it is proven that there is none."""
    needed: Bools | None = None
    """If so by the relaxation: facts that suffice to prove it."""


class Possible:
    """Answers the question for one set of facts after another."""

    def __init__(self, facts: Facts, room: Floats) -> None:
        """What stays the same from one set of facts to the next.

        Args:
            facts: The facts, and the plan.
            room: What the plan leaves of each.
        """
        self.facts, self.asked = facts, facts.asked
        tight = room[facts.entry_fact] < facts.entry_use
        self.blocked = np.bincount(facts.entry_column[tight], minlength=facts.run.size).astype(
            np.float64
        )
        penalty = self.asked.problem.groups["penalty"].to_numpy()
        own = penalty[self.asked.group]
        self.after: Bools = (penalty < own * (1.0 - 1e-12)) & ~self.asked.infused
        self.served = self.asked.planned_groups
        self.served[self.asked.group] = 1.0
        self._cost = self.asked.problem.columns["cost"].to_numpy()

    def __call__(self, chosen: Bools) -> Verdict:
        """Whether there is a plan near the one in hand that respects the chosen facts."""
        return self.program(chosen).verdict(near=True)

    def program(self, chosen: Bools) -> Program:
        """The program of the chosen facts, of which some can then be dropped."""
        limited = self._limited(chosen)
        counted = limited | chosen[self.facts.vials.slice] | chosen[self.facts.activity.slice]
        counted |= chosen[self.facts.no_lot.slice] & self.facts.unfed
        for number, clique in enumerate(self.facts.cliques):
            if chosen[self.facts.changeovers.start + number]:
                counted[clique] = True
        return self._program(chosen, counted, limited)

    def _program(self, chosen: Bools, counted: Bools, limited: Bools) -> Program:
        facts = self.facts
        by_entry = chosen[facts.entry_fact] & (
            (facts.entry_fact < facts.limits.stop) | (facts.entry_fact == facts.window)
        )
        touched = counted[facts.run]
        touched[facts.entry_column[by_entry]] = True
        relevant = np.zeros(self.served.size, dtype=bool)
        relevant[facts.group[(self.asked.doses > 0.0) & touched]] = True
        relevant[self.asked.group] = True
        column = self._ways(chosen, relevant, counted, by_entry)
        return Program(self, chosen, relevant, column, limited)

    def _limited(self, chosen: Bools) -> Bools:
        """Runs whose isotope comes from chosen deliveries alone."""
        facts = self.facts
        pools = chosen[facts.pools.slice]
        return np.array(
            [bool(own.size) and bool(pools[own].all()) for own in facts.pools_of], dtype=bool
        )

    def _ways(self, chosen: Bools, relevant: Bools, counted: Bools, by_entry: Bools) -> Ints:
        """Columns of the relevant groups, one for all that take the same."""
        facts = self.facts
        allowed = relevant[facts.group]
        if chosen[facts.window]:
            allowed &= ~self.asked.beyond
        unfed = facts.unfed & chosen[facts.no_lot.slice]
        allowed &= ~unfed[facts.run]
        column = np.flatnonzero(allowed)
        entry = by_entry & allowed[facts.entry_column]
        taken = (
            pl.DataFrame(
                {
                    "column": facts.entry_column[entry],
                    "fact": facts.entry_fact[entry],
                    "use": facts.entry_use[entry],
                }
            )
            .sort("column", "fact")
            .group_by("column", maintain_order=True)
            .agg(taken=pl.format("{}:{}", "fact", "use").str.join(" "))
        )
        run = facts.run[column]
        ways = pl.DataFrame(
            {
                "column": column,
                "group": facts.group[column],
                "run": np.where(counted[run], run, -1),
                "gbq": np.where(counted[run], facts.gbq[column], 0.0),
                "blocked": self.blocked[column],
                "cost": self._cost[column],
            }
        ).join(taken, on="column", how="left", maintain_order="left")
        key = ["group", "run", "taken"]
        least = ways.sort("gbq", "blocked", "cost", "column").unique(
            key, keep="first", maintain_order=True
        )
        easy = ways.sort("blocked", "gbq", "cost", "column").unique(
            key, keep="first", maintain_order=True
        )
        now = column[self.asked.doses[column] > 0.0]
        picked: Ints = np.unique(
            np.concatenate([least["column"].to_numpy(), easy["column"].to_numpy(), now])
        )
        return picked


class Program:
    """Doses of the relevant groups, the shortfall of the order, those left, runs, and draws."""

    def __init__(
        self, of: Possible, chosen: Bools, relevant: Bools, column: Ints, limited: Bools
    ) -> None:
        facts = of.facts
        self.column = column
        self.replaced: Ints = np.flatnonzero((of.asked.doses > 0.0) & relevant[facts.group])
        groups = np.flatnonzero(relevant)
        place = np.searchsorted(groups, facts.group[column])
        draws = of.facts.supply.draws
        drawn = np.flatnonzero(limited[draws["run"].to_numpy()])
        runs = limited.size
        x, u = column.size, groups.size
        self._left = slice(x, x + u)
        self._opened = slice(x + u, x + u + runs)
        self.size = x + u + runs + drawn.size
        served = of.served[groups]
        may_leave = of.after[groups] | (groups == of.asked.group)
        self._asked = x + int(np.searchsorted(groups, of.asked.group))
        self.upper = np.concatenate(
            [
                served[place],
                np.where(may_leave, served, 0.0),
                np.ones(runs),
                np.full(drawn.size, INFINITY),
            ]
        )
        moved = of.asked.doses[column] == 0.0
        blocked = np.minimum(of.blocked[column], _MOST_BLOCKED)
        self._moves = np.zeros(self.size)
        self._moves[:x] = moved * (1.0 + _BLOCKED * blocked)
        self._moves[self._left] = _LEFT
        self.integer = np.arange(self.size) < x + u + runs
        self.rows = Rows()
        self._fact_of: dict[int, int] = {}
        first = self.rows.add(lower=served, upper=served, count=u)
        self.rows.fill(first + place, np.arange(x), 1.0)
        self.rows.fill(first + np.arange(u), x + np.arange(u), 1.0)
        self._counted(facts, chosen)
        self._isotope(facts, limited, drawn)
        self._changeovers(facts, chosen, served)
        self._row_of = {fact: row for row, fact in self._fact_of.items()}
        self._chosen, self._of = chosen, of
        self._dropped: set[int] = set()
        cost = np.zeros(self.size)
        cost[self._asked] = 1.0
        self._relaxed = Highs(
            cost=cost, lower=np.zeros(self.size), upper=self.upper, rows=self.rows
        )

    def _counted(self, facts: Facts, chosen: Bools) -> None:
        """Rows of what columns take from."""
        number = np.full(facts.run.size, -1)
        number[self.column] = np.arange(self.column.size)
        mine = np.flatnonzero(chosen[facts.entry_fact] & (number[facts.entry_column] >= 0))
        mine = mine[facts.entry_fact[mine] != facts.window]
        asked, row = np.unique(facts.entry_fact[mine], return_inverse=True)
        first = self.rows.add(lower=-INFINITY, upper=facts.most[asked], count=asked.size)
        self.rows.fill(first + row, number[facts.entry_column[mine]], facts.entry_use[mine])
        self._fact_of.update({first + at: int(fact) for at, fact in enumerate(asked)})

    def _isotope(self, facts: Facts, limited: Bools, drawn: Ints) -> None:
        """Rows of the isotope that runs need, and of the chosen deliveries."""
        draws, size = facts.supply.draws, drawn.size
        needy = limited[facts.run[self.column]]
        number = np.cumsum(limited) - 1
        first = self.rows.add(lower=-INFINITY, upper=0.0, count=int(limited.sum()))
        mine = np.flatnonzero(needy)
        run = facts.run[self.column[mine]]
        self.rows.fill(first + number[run], mine, facts.gbq[self.column[mine]])
        w = self._opened.stop + np.arange(size)
        run = draws["run"].to_numpy()[drawn]
        self.rows.fill(first + number[run], w, -draws["per_gbq"].to_numpy()[drawn])
        pools, row = np.unique(draws["pool"].to_numpy()[drawn], return_inverse=True)
        capacity = facts.most[facts.pools.start + pools]
        first = self.rows.add(lower=-INFINITY, upper=capacity, count=pools.size)
        self.rows.fill(first + row, w, 1.0)
        for at, pool in enumerate(pools):
            self._fact_of[first + at] = int(facts.pools.start + pool)

    def _changeovers(self, facts: Facts, chosen: Bools, served: Floats) -> None:
        """Rows of runs that exclude each other."""
        most = float(served.sum())
        run = facts.run[self.column]
        for number, clique in enumerate(facts.cliques):
            fact = facts.changeovers.start + number
            if not chosen[fact]:
                continue
            for one in clique:
                x = np.flatnonzero(run == one)
                row = self.rows.add(lower=-INFINITY, upper=0.0, count=1)
                self.rows.fill(np.full(x.size, row), x, 1.0)
                self.rows.fill(np.array([row]), np.array([self._opened.start + one]), -most)
            row = self.rows.add(lower=-INFINITY, upper=1.0, count=1)
            self.rows.fill(np.full(clique.size, row), self._opened.start + clique, 1.0)
            self._fact_of[row] = fact

    def drops(self, fact: int) -> bool:
        """Whether a fact can be dropped by its row; if not, the program has to be made again."""
        rowless = {self._of.facts.window} | set(
            range(self._of.facts.no_lot.start, self._of.facts.no_lot.stop)
        )
        return fact not in rowless

    def drop(self, fact: int, *, back: bool = False) -> None:
        """No longer respect a fact, or do so again."""
        self._dropped = self._dropped - {fact} if back else self._dropped | {fact}
        row = self._row_of.get(fact)
        if row is None:
            return
        most = self.rows.bounds()[1][row] if back else INFINITY
        self._relaxed.bound_rows(np.array([row]), np.array([-INFINITY]), np.array([most]))

    def verdict(self, *, near: bool = False) -> Verdict:
        """Whether there is a plan with the facts that are not dropped.

        Args:
            near: Whether the plan should have as few moves as can be found soon.
        """
        first = self._relaxed.solve("looking for a conflict")
        if first.objective > _NONE:
            return Verdict(doses=None, proven=True, needed=self._binding())
        values: Floats | None = first.values
        parts = np.abs(first.values - np.rint(first.values))[self.integer]
        if near or parts.max(initial=0.0) > _NONE:
            try:
                values = self._whole()
            except SolverError:
                return Verdict(doses=None, proven=False)
        if values is None:
            return Verdict(doses=None, proven=True)
        return Verdict(doses=self._doses(values), proven=False)

    def _doses(self, values: Floats) -> Floats:
        """All doses, those that need not move as planned."""
        doses = self._of.asked.doses.copy()
        doses[self.replaced] = 0.0
        np.add.at(doses, self.column, np.rint(values[: self.column.size]))
        return doses

    def _binding(self) -> Bools:
        """Of the chosen facts those that the relaxation needs, or that have no row of their own."""
        needed = self._chosen.copy()
        priced = np.abs(self._relaxed.row_prices) > _PRICED
        for row, fact in self._fact_of.items():
            needed[fact] = bool(priced[row])
        return needed

    def _whole(self) -> Floats | None:
        """A plan in whole doses that serves the order with few moves; None if there is none."""
        lower, upper = np.zeros(self.size), self.upper.copy()
        upper[self._asked] = 0.0
        relaxed = self._moving(lower, upper)
        first = relaxed.solve_if_possible("looking for a plan with few moves")
        if first is None:
            return None
        space = Space(
            integer=self.integer,
            runs=np.arange(self._opened.start, self._opened.stop),
            lower=lower,
            upper=upper,
            placed=lambda least, most: self._placed(upper, least, most),
        )
        found, proven = search(relaxed, space, near=_NEAR * first.objective)
        if found is None and not proven:
            found = self._placed(upper, lower[space.runs], upper[space.runs])
        return None if found is None else found.values

    def _placed(self, upper: Floats, least: Floats, most: Floats) -> Answer | None:
        """Such a plan with few moves by the solver's own search, within bounds of the runs."""
        lower, upper = np.zeros(self.size), upper.copy()
        lower[self._opened], upper[self._opened] = least, most
        highs = self._moving(lower, upper, integer=self.integer)
        highs.option("mip_rel_gap", _NEAR)
        highs.option("mip_max_nodes", _NODES)
        return highs.solve_if_possible("looking for a plan with few moves")

    def _moving(self, lower: Floats, upper: Floats, *, integer: Bools | None = None) -> Highs:
        """The program that counts moves, without the facts that are dropped."""
        highs = Highs(cost=self._moves, lower=lower, upper=upper, rows=self.rows, integer=integer)
        rows = [self._row_of[fact] for fact in self._dropped if fact in self._row_of]
        free = np.full(len(rows), INFINITY)
        highs.bound_rows(np.array(rows, dtype=np.int64), -free, free)
        return highs
