"""What every choice of runs costs at least, learned from prices.

At prices of all rows but those that say what a run makes, each dose gains something or nothing; a
run that opens makes those doses that gain most, as many as it can. So prices give a line over the
choice of runs which no plan lies below, whatever the prices are, and which the relaxation for a
choice touches there at its own prices (Benders, Partitioning procedures, 1962; Geoffrion, Lagrangean
relaxation, 1974). The least of the highest line over all choices bounds every plan. It is found in
whole numbers: a program with one variable for each run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Highs, Rows, stop_at

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.relaxed import Relaxed
    from doseline.plan.solver.sites import Sites

_NODES = 20_000
"""Nodes in which the next choice is sought."""
_NOTHING = -1e-6
"""Reduced cost, per unit without end, that is rounding. [currency]"""


class Choices:
    """Lines over the choice of runs, and choices that are done with."""

    def __init__(self, program: Program, sites: Sites | None = None) -> None:
        """Know nothing yet.

        Args:
            program: The program.
            sites: The same taken apart, if each site is to be looked at in whole numbers.
        """
        self.program, self._sites = program, sites
        self.unit = max(1.0, float(np.abs(program.cost[program.opened]).mean()))
        """What the program over runs counts in. [currency]"""
        pairs = program.group * program.runs + program.run
        self._pairs, self._pair = np.unique(pairs, return_inverse=True)
        self._start: list[float] = []
        self._slope: list[Floats] = []
        self._done: list[Floats] = []
        self._made, self._draws = _made(program), _draws(program)

    def learn(self, relaxed: Relaxed) -> None:
        """Keep the line of the prices of a relaxation's last solve."""
        self._keep(self._line(relaxed))

    def learn_of_sites(self, prices: Floats, opened: Floats) -> None:
        """Keep the line of some prices, each site in whole numbers.

        Args:
            prices: Of the program's rows, and perhaps of rows added to it.
            opened: The runs that they were made for.
        """
        if self._sites is not None:
            self._keep(self._line_of_sites(self._sites, prices, opened > 0.0))

    def _keep(self, line: tuple[float, Floats]) -> None:
        self._start.append(line[0])
        self._slope.append(line[1])

    def leave_out(self, opened: Floats) -> None:
        """Look no more at a choice that is solved."""
        self._done.append(opened.copy())

    def at(self, opened: Floats) -> float:
        """The highest line at some choice. [currency]"""
        return float((np.array(self._start) + np.array(self._slope) @ opened).max())

    def least(
        self, below: float, near: float, around: tuple[Floats, float] | None = None
    ) -> tuple[Floats | None, float]:
        """A choice that costs least by what is known, and a bound for all that are not left out.

        Args:
            below: What is sought costs no more. [currency]
            near: Absolute gap at which to stop. [currency]
            around: A choice, and how many runs may differ from it; without it, all.

        Returns:
            The choice; None, and a bound of ``below``, if there is none.
        """
        runs, base = self.program.runs, max(self._start)
        most = (below - base) / self.unit if np.isfinite(below) else INFINITY
        highs = Highs(
            cost=np.append(np.zeros(runs), 1.0),
            lower=np.append(np.zeros(runs), -INFINITY),
            upper=np.append(np.ones(runs), most),
            rows=self._rows(base, around),
            integer=np.arange(runs + 1) < runs,
        )
        stop_at(highs, near / self.unit, node_limit=_NODES)
        answer = highs.solve_if_possible("choosing runs")
        if answer is None:
            return None, below
        return np.rint(answer.values[:runs]), answer.bound * self.unit + base

    def _rows(self, base: float, around: tuple[Floats, float] | None) -> Rows:
        """Lines, conflicts, choices that are done with, and how many runs may differ."""
        runs, rows = self.program.runs, Rows()
        every = np.arange(runs)
        for start, slope in zip(self._start, self._slope, strict=True):
            row = rows.add(lower=(start - base) / self.unit, upper=INFINITY, count=1)
            rows.fill(np.full(runs, row), every, -slope / self.unit)
            rows.fill(np.array([row]), np.array([runs]), 1.0)
        for clique in self.program.conflicts.cliques():
            row = rows.add(lower=-INFINITY, upper=1.0, count=1)
            rows.fill(np.full(clique.size, row), clique, 1.0)
        differing = [(one, 1.0, INFINITY) for one in self._done]
        if around is not None:
            differing.append((around[0], -INFINITY, around[1]))
        for opened, least, most in differing:
            row = rows.add(lower=least - opened.sum(), upper=most - opened.sum(), count=1)
            rows.fill(np.full(runs, row), every, 1.0 - 2.0 * opened)
        return rows

    def _line(self, relaxed: Relaxed) -> tuple[float, Floats]:
        """What all costs at least with no run, and what each that opens adds to it. [currency]"""
        prices = relaxed.prices
        activity, made = self._apart(prices)
        lower, upper = relaxed.rows.bounds()
        prices[(prices > 0.0) & ~np.isfinite(lower)] = 0.0
        prices[(prices < 0.0) & ~np.isfinite(upper)] = 0.0
        prices[made] = 0.0
        taken = prices != 0.0
        start = np.where(prices > 0.0, lower, upper)[taken] @ prices[taken]
        reduced = relaxed.reduced_at(prices)
        left = self.program.unserved
        start += np.minimum(reduced[left], 0.0) @ relaxed.most[left]
        doses = np.where(relaxed.most[self.program.doses] > 0.0, reduced[self.program.doses], 0.0)
        return self._of_runs(float(start), reduced, doses, activity)

    def _line_of_sites(self, sites: Sites, prices: Floats, may_open: Bools) -> tuple[float, Floats]:
        """The same with each site in whole numbers."""
        program = self.program
        prices = sites.offered(prices)
        # No site would rather be served by a run that is closed.
        loss = np.zeros(program.runs)
        np.minimum.at(loss, program.run, sites.beyond(prices, may_open))
        prices[program.count.size + np.flatnonzero(~may_open)] += loss[~may_open]
        priced = sites.priced(prices)
        prices = priced.prices.copy()
        worth = sites.cheapest(priced)
        activity, made = self._apart(prices)
        prices[made] = 0.0
        taken = prices != 0.0
        start = np.where(prices > 0.0, sites.lower, sites.upper)[taken] @ prices[taken]
        reduced = sites.reduced(prices)
        doses = reduced[program.doses] - worth
        return self._of_runs(float(start + priced.least.sum()), reduced, doses, activity)

    def _apart(self, prices: Floats) -> tuple[Floats, slice]:
        """What a GBq pays for room in each run, and rows of what runs make. [currency/GBq]"""
        first, runs = self.program.count.size, self.program.runs
        activity = np.maximum(-prices[first + runs : first + 2 * runs], 0.0)
        return activity, slice(first, first + 3 * runs)

    def _of_runs(
        self, start: float, reduced: Floats, doses: Floats, activity: Floats
    ) -> tuple[float, Floats]:
        """A line from what all but runs cost, and from the doses that each run gains most with.

        Args:
            start: What sites cost, and what rows offer, at some prices. [currency]
            reduced: Of each variable, at prices of all rows but those of what runs make.
            doses: What each dose costs a run that makes it, negative if it gains. [currency]
            activity: What a GBq pays for room in each run. [currency/GBq]
        """
        program = self.program
        for some in (program.drawn, program.hedging):
            most, below = program.upper[some], np.minimum(reduced[some], 0.0)
            # What rounding leaves of a price that is zero is no gain without end.
            counted = np.isfinite(most) | (below < _NOTHING)
            start += float(below[counted] @ most[counted])
        drawn = self._isotope(np.maximum(reduced[program.drawn], 0.0))
        found = [self._gained(doses, drawn, price) for price in (activity, 0.0 * activity)]
        return start, reduced[program.opened] + np.maximum(*found)

    def _isotope(self, reduced: Floats) -> Floats:
        """What a GBq of each run draws at least. [currency/GBq]"""
        run, per_gbq = self._draws
        least = np.full(self.program.runs, np.inf)
        np.minimum.at(least, run, reduced / per_gbq)
        least[~np.isfinite(least)] = 0.0
        return least

    def _gained(self, doses: Floats, drawn: Floats, activity: Floats) -> Floats:
        """What each run costs with the doses that gain most, at some price of its activity."""
        program, vials, room = self.program, *self._made
        cost = doses + (drawn + activity)[program.run] * program.activity_gbq
        least = np.zeros(self._pairs.size)
        np.minimum.at(least, self._pair, cost)
        group, run = np.divmod(self._pairs, max(program.runs, 1))
        order = np.lexsort((least, run))
        run, least, orders = run[order], least[order], program.count[group[order]]
        before = np.concatenate([[0.0], np.cumsum(orders)])
        before = before[:-1] - before[np.searchsorted(run, run)]
        made = np.clip(vials[run] - before, 0.0, orders)
        gained = np.bincount(run, weights=made * least, minlength=program.runs)
        found: Floats = gained - activity * room
        return found


def _made(program: Program) -> tuple[Floats, Floats]:
    """Most vials of each run, and most activity. [GBq]"""
    row, column, value = program.rows.entries()
    first = program.count.size
    opening = (column >= program.opened.start) & (column < program.opened.stop)
    of = np.where(opening, row - first, -1)
    vials, room = np.zeros(program.runs), np.zeros(program.runs)
    for kind, most in enumerate((vials, room)):
        mine = (of >= kind * program.runs) & (of < (kind + 1) * program.runs)
        most[of[mine] - kind * program.runs] = -value[mine]
    return vials, room


def _draws(program: Program) -> tuple[Ints, Floats]:
    """Run of each draw, and what a GBq drawn gives it."""
    row, column, value = program.rows.entries()
    first = program.count.size + 2 * program.runs
    mine = (column >= program.drawn.start) & (column < program.drawn.stop)
    mine &= (row >= first) & (row < first + program.runs)
    run, per_gbq = np.zeros(program.draws, dtype=np.int64), np.ones(program.draws)
    run[column[mine] - program.drawn.start] = row[mine] - first
    per_gbq[column[mine] - program.drawn.start] = -value[mine]
    return run, per_gbq
