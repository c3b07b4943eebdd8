"""A week planned from whole-number weeks of single sites.

Patterns join the master program (:mod:`doseline.plan.solver.patterns`) at its prices, which are drawn
towards the best prices so far (Wentges, Weighted Dantzig-Wolfe decomposition, 1997), until the mix
is near the bound that the best prices give. Runs that the mix opens in part are then closed, the
least opened first, while patterns go on joining. Sites that still have a mix of several patterns
are planned again in whole numbers, together, beside all the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import Answer, Highs, Rows, stop_at
from doseline.plan.solver.patterns import Master
from doseline.plan.solver.place import without_idle_runs

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Bools, Floats
    from doseline.plan.solver.sites import Sites

_WHOLE = 1e-6
_SAMPLE = 120
"""Sites whose relaxation gives the first prices."""
_ROUNDS = 20
"""Times that patterns join."""
_FEW_ROUNDS = 4
"""The same each time that runs are closed."""
_DRAWN = 0.5
"""Share of the best prices so far in those at which patterns are sought. [unitless]"""
_FEW = 0.1
"""Share of the sites below which few patterns join. [unitless]"""
_DIVES = 40
"""Times that partly opened runs are closed."""
_CLOSED = 0.25
"""Share of what partly opened runs are open that is closed at a time. [unitless]"""
_ROUNDING = 1e-9
"""How far a row may be exceeded, as a share of what it takes."""
_NODES = 2_000
"""Nodes of branch and bound when sites are planned again."""
_CHEAPEST = 6
"""Columns of a place, the cheapest, that sites are planned again with."""


class Mixing:
    """The best mix of patterns found so far, and the best prices."""

    def __init__(self, sites: Sites, prices: Floats | None = None) -> None:
        """Start from what each site does at first prices, with every run free to open.

        Args:
            sites: The program taken apart.
            prices: First prices of its rows, if some are known.
        """
        self.sites = sites
        self.least, self.most = np.zeros(sites.program.runs), np.ones(sites.program.runs)
        self.best = sites.priced(first_prices(sites) if prices is None else prices)
        self.master = Master(sites, self.best.prices)
        self.master.join(self.best, self.best.prices, np.full(sites.blocks.size, np.inf))
        self.answer, self._prices, self._worth = self.master.solve()

    @property
    def mixed(self) -> Answer:
        """The best mix, in terms of the program's variables."""
        return replace(self.answer, values=self.master.spread(self.answer))

    def mix(self, gap: float, enough: float = np.inf, rounds: int = _ROUNDS) -> None:
        """Let patterns join until the mix is near the best bound at any prices.

        Args:
            gap: Distance at which to stop. [currency]
            enough: Bound at which to stop: nobody wants such plans. [currency]
            rounds: Most times that patterns join.
        """
        joined = self.sites.blocks.size
        for _ in range(rounds):
            if self.best.bound > enough:
                return
            if self.answer.objective - self.best.bound <= gap:
                if not self.master.exceeds(self.answer):
                    return
                self.master.exceeding_is_dearer()
            else:
                # Few patterns join where the master's own prices are nearly right.
                few = joined < _FEW * self.sites.blocks.size
                joined = self._seek(0.0 if few else _DRAWN)
                if not joined and (few or not self._seek(0.0)):
                    return
            self.answer, self._prices, self._worth = self.master.solve()

    def within(self, least: Floats, most: Floats, prices: Floats | None = None) -> None:
        """Let each run open at least and at most so far; best prices are those for such plans.

        Args:
            least: How far each run opens at least.
            most: How far it opens at most.
            prices: To start from instead of the best so far.
        """
        self.least, self.most = least.copy(), most.copy()
        self.master.within(least, most)
        prices = self.best.prices if prices is None else prices
        self.best = self.sites.priced(prices, (self.least, self.most))
        self.answer, self._prices, self._worth = self.master.solve()
        self.master.join(self.best, self._prices, self._worth)
        self.answer, self._prices, self._worth = self.master.solve()

    def choose(self, gap: float) -> Floats:
        """Which runs to open: of those that open in part the least are closed while it pays.

        Args:
            gap: Distance of each mix from its bound at which to stop. [currency]
        """
        program = self.sites.program
        fixed = program.cost[program.opened]
        least, most = np.zeros(program.runs), np.ones(program.runs)
        share = self.master.share(self.answer)
        most[program.conflicts.shut(share)] = 0.0
        self.master.exceeding_is_dearer()
        self.within(least, most)
        self.mix(gap)
        together = True
        for _ in range(_DIVES):
            share = self.master.share(self.answer)
            partly = np.flatnonzero((share > _WHOLE) & (share < 1.0 - _WHOLE))
            if not partly.size:
                break
            rising = partly[np.argsort(share[partly], kind="stable")]
            few = np.cumsum(share[rising]) <= _CLOSED * share[partly].sum()
            closed = rising[: max(1, int(few.sum())) if together else 1]
            # All that opens in part could be opened for this.
            enough = self.answer.objective + float(fixed[partly] @ (1.0 - share[partly]))
            before = self.best.prices
            most[closed] = 0.0
            self.within(least, most)
            self.mix(gap, enough, _FEW_ROUNDS)
            if self.answer.objective > enough:
                most[closed] = 1.0
                if not together:
                    break
                together = False
                self.within(least, most, before)
        opened = (share > _WHOLE).astype(np.float64)
        return opened * most

    def whole(self, gap: float) -> Answer:
        """Whole doses for the runs that may open: the mix, where it is not whole planned again.

        Args:
            gap: Absolute gap at which to stop. [currency]
        """
        values, mixed = self.master.settled(self.answer)
        opened = self.most
        reduced = self.sites.reduced(self.best.prices)
        while True:
            found = _beside(self.sites, opened, values, mixed, reduced=reduced, gap=gap)
            if found is not None:
                return self._answer(found)
            # The settled sites leave no room for the others: plan more of them again.
            mixed[np.flatnonzero(~mixed)[::2]] = True

    def _answer(self, values: Floats) -> Answer:
        """A plan, with the runs closed that make nothing."""
        program = self.sites.program
        objective = float(program.cost @ values)
        answer = Answer(values=values, objective=objective, bound=-np.inf, finished=True)
        return without_idle_runs(program, answer)

    def _seek(self, drawn: float) -> int:
        """Let the patterns join that pay at prices drawn so far towards the best; how many."""
        prices = drawn * self.best.prices + (1.0 - drawn) * self._prices
        sought = self.sites.priced(prices, (self.least, self.most))
        self.best = sought if sought.bound > self.best.bound else self.best
        return self.master.join(sought, self._prices, self._worth)


def first_prices(sites: Sites) -> Floats:
    """Prices of the program's rows, from the relaxation of a few sites that stand for all."""
    program = sites.program
    step = -(-sites.blocks.size // _SAMPLE)
    orders = np.bincount(sites.block_of_group, weights=program.count)
    weight = float(orders.sum() / orders[::step].sum())
    own = sites.block >= 0
    taken = ~own | (sites.block % step == 0)
    number = np.where(taken, np.cumsum(taken) - 1, -1)
    row, column, value = program.rows.entries()
    weighed = np.where(own[column] & sites.coupling[row], weight, 1.0) * value
    rows, mine = Rows(), taken[column]
    kept = np.zeros(program.rows.count, dtype=bool)
    kept[row[mine]] = True
    at = np.where(kept, np.cumsum(kept) - 1, -1)
    rows.add(lower=sites.lower[kept], upper=sites.upper[kept], count=int(kept.sum()))
    rows.fill(at[row[mine]], number[column[mine]], weighed[mine])
    highs = Highs(
        cost=(program.cost * np.where(own, weight, 1.0))[taken],
        lower=np.zeros(int(taken.sum())),
        upper=program.upper[taken],
        rows=rows,
    )
    highs.solve("pricing a few sites")
    prices = np.zeros(program.rows.count)
    prices[kept] = highs.row_prices
    return sites.offered(prices)


def _beside(
    sites: Sites,
    opened: Floats,
    settled: Floats,
    mixed: Bools,
    *,
    reduced: Floats,
    gap: float,
) -> Floats | None:
    """A plan of some sites beside what the others do; None if there is none.

    Args:
        sites: The program taken apart.
        opened: Whether each run opens.
        settled: Values of the sites that are settled.
        mixed: Which sites are not.
        reduced: Cost of each variable at prices of the coupling rows.
        gap: Absolute gap at which to stop. [currency]
    """
    program = sites.program
    own = sites.block >= 0
    values = np.where(own & ~mixed[sites.block], settled, 0.0)
    free = ~own | mixed[sites.block]
    free[program.doses] &= sites.near(reduced, opened, _CHEAPEST)
    number = np.where(free, np.cumsum(free) - 1, -1)
    row, column, value = program.rows.entries()
    taken = np.bincount(row, weights=value * values[column], minlength=program.rows.count)
    filled = taken.astype(np.float64)
    kept = np.zeros(program.rows.count, dtype=bool)
    kept[row[free[column]]] = True
    slack = _ROUNDING * np.maximum(1.0, np.abs(filled))
    misfit = (filled > sites.upper + slack) | (filled < sites.lower - slack)
    if np.any(misfit & ~kept & sites.coupling):
        return None
    at = np.where(kept, np.cumsum(kept) - 1, -1)
    rows = Rows()
    # A row that only settled sites fill holds but for rounding.
    rows.add(
        lower=_room(sites.lower, filled)[kept],
        upper=-_room(-sites.upper, -filled)[kept],
        count=int(kept.sum()),
    )
    inside = free[column]
    rows.fill(at[row[inside]], number[column[inside]], value[inside])
    lower, upper = sites.shared_bounds(opened, opened)
    highs = Highs(
        cost=program.cost[free],
        lower=lower[free],
        upper=upper[free],
        rows=rows,
        integer=program.integer[free],
    )
    stop_at(highs, gap, node_limit=_NODES)
    answer = highs.solve_if_possible("placing whole doses")
    if answer is None:
        return None
    values[free] = answer.values
    return values


def _room(lower: Floats, taken: Floats) -> Floats:
    """Lower bounds less what is taken; what rounding exceeds them by is nothing."""
    room = lower - taken
    rounding = (room > 0.0) & (room < _ROUNDING * np.maximum(1.0, np.abs(taken))) & (taken != 0.0)
    return np.where(rounding, 0.0, room)
