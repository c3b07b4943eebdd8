"""Whole doses for opened runs, put together from whole-number weeks of single sites.

A *pattern* is what one site does in the week. The master program gives each site a mix of its
patterns, within the rows that couple sites; patterns join at the master's prices (Dantzig and
Wolfe, Decomposition principle for linear programs, 1960), which are drawn towards the best prices
so far (Wentges, Weighted Dantzig-Wolfe decomposition, 1997). No more sites than coupling rows get
a mix of several. Those are planned again in whole numbers, together, beside all the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.linear import INFINITY, Answer, Highs, Rows, stop_at

if TYPE_CHECKING:
    from doseline.plan.linear import Bools, Floats, Ints
    from doseline.plan.sites import Priced, Sites

_ROUNDS = 20
"""Times that patterns join."""
_DRAWN = 0.5
"""Share of the best prices so far in those at which patterns are sought. [unitless]"""
_WHOLE = 1e-6
_NODES = 2_000
"""Nodes of branch and bound when sites are planned again."""
_CHEAPEST = 6
"""Columns of a place, the cheapest, that sites are planned again with."""
_OVER = 0.25
"""What exceeding a row costs beyond its first price, as a share of the price or of a dose."""


class Master:
    """A mix of patterns for each site, within the rows that couple sites."""

    def __init__(self, sites: Sites, opened: Floats, prices: Floats) -> None:
        """Start without patterns.

        Args:
            sites: The program taken apart.
            opened: Whether each run opens.
            prices: First prices of the program's rows; exceeding a row costs more than this.
        """
        self.sites, self.opened = sites, opened
        program = sites.program
        self.rows_of: Ints = np.flatnonzero(sites.coupling)
        self._row = np.full(program.rows.count, -1, dtype=np.int64)
        self._row[self.rows_of] = np.arange(self.rows_of.size)
        self.shared: Ints = np.flatnonzero(sites.block < 0)
        lower, upper = (every[self.shared] for every in sites.shared_bounds(opened))
        over = self._over(prices)
        self.patterns: list[tuple[Ints, Floats]] = []
        self._block: list[int] = []
        self._first = self.shared.size + 2 * self.rows_of.size
        self._highs = Highs(
            cost=np.concatenate([program.cost[self.shared], over, over]),
            lower=np.concatenate([lower, np.zeros(2 * over.size)]),
            upper=np.concatenate([upper, np.full(2 * over.size, INFINITY)]),
            rows=self._rows(),
        )

    def join(self, priced: Priced, prices: Floats, worth: Floats) -> int:
        """Add the patterns that pay at the master's prices; how many.

        Args:
            priced: What each site does.
            prices: The master's prices of coupling rows.
            worth: The master's price of each site's mix.
        """
        sites, values = self.sites, priced.values
        mine = sites.block >= 0
        cost = np.bincount(
            sites.block[mine],
            weights=(sites.reduced(prices) * values)[mine],
            minlength=sites.blocks.size,
        )
        paying = np.flatnonzero(cost + 1e-6 * np.maximum(1.0, np.abs(cost)) < worth)
        new = np.full(sites.blocks.size, -1, dtype=np.int64)
        new[paying] = np.arange(paying.size)
        row, column, value = sites.linking
        used = (values[column] != 0.0) & mine[column]
        used[used] = new[sites.block[column[used]]] >= 0
        number = new[sites.block[column[used]]]
        pair, at = np.unique(self._row[row[used]] * paying.size + number, return_inverse=True)
        taken = np.bincount(at.reshape(-1), weights=(value * values[column])[used])
        at_row, of = np.divmod(pair, max(1, paying.size))
        money = np.bincount(
            sites.block[mine],
            weights=(sites.program.cost * values)[mine],
            minlength=sites.blocks.size,
        )
        self._highs.add_columns(
            cost=money[paying].astype(np.float64),
            lower=np.zeros(paying.size),
            upper=np.full(paying.size, INFINITY),
            entries=(
                np.concatenate([at_row, self.rows_of.size + paying]),
                np.concatenate([of, np.arange(paying.size)]),
                np.concatenate([taken, np.ones(paying.size)]),
            ),
        )
        for block in paying:
            inside = np.flatnonzero((sites.block == block) & (values != 0.0))
            self.patterns.append((inside, values[inside]))
            self._block.append(int(block))
        return int(paying.size)

    def solve(self) -> tuple[Answer, Floats, Floats]:
        """The best mix, and the prices of the program's rows and of each site's mix."""
        answer = self._highs.solve("mixing sites' weeks")
        found = self._highs.row_prices
        prices = np.zeros(self._row.size)
        prices[self.rows_of] = found[: self.rows_of.size]
        return answer, prices, found[self.rows_of.size :]

    def settled(self, answer: Answer) -> tuple[Floats, Bools]:
        """Values of sites that have one pattern alone, and which sites have several."""
        values = np.zeros(self.sites.program.cost.size)
        mixed = np.ones(self.sites.blocks.size, dtype=bool)
        for number in np.flatnonzero(answer.values[self._first :] > 1.0 - _WHOLE):
            inside, chosen = self.patterns[number]
            values[inside] = chosen
            mixed[self._block[number]] = False
        return values, mixed

    def exceeds(self, answer: Answer) -> bool:
        """Whether some coupling row is exceeded."""
        return bool(answer.values[self.shared.size : self._first].max(initial=0.0) > _WHOLE)

    def _over(self, prices: Floats) -> Floats:
        """What one unit beyond each coupling row costs."""
        program, (row, column, value) = self.sites.program, self.sites.linking
        doses = column < program.doses.stop
        size = np.full(program.rows.count, 0.0)
        np.maximum.at(size, row[doses], np.abs(value[doses]))
        dose = float(np.abs(program.cost[program.doses]).mean()) if program.chosen.size else 1.0
        each = np.where(size > 0.0, dose / np.maximum(size, 1e-12), dose)
        return (np.abs(prices) * (1.0 + _OVER) + _OVER * each)[self.rows_of]

    def _rows(self) -> Rows:
        """Coupling rows, then one row for each site's mix."""
        sites = self.sites
        count = self.rows_of.size
        rows = Rows()
        rows.add(lower=sites.lower[self.rows_of], upper=sites.upper[self.rows_of], count=count)
        number = np.full(sites.block.size, -1, dtype=np.int64)
        number[self.shared] = np.arange(self.shared.size)
        row, column, value = sites.linking
        kept = number[column] >= 0
        rows.fill(self._row[row[kept]], number[column[kept]], value[kept])
        each = np.arange(count)
        rows.fill(each, self.shared.size + each, -1.0)
        rows.fill(each, self.shared.size + count + each, 1.0)
        rows.add(lower=1.0, upper=1.0, count=sites.blocks.size)
        return rows


def plan_by_sites(sites: Sites, opened: Floats, prices: Floats, *, gap: float) -> Floats:
    """Whole doses for opened runs.

    Args:
        sites: The program taken apart.
        opened: Whether each run opens.
        prices: First prices of the program's rows, of the relaxation with these runs.
        gap: Distance from the bound for these runs at which to stop. [currency]
    """
    best = sites.priced(prices, opened)
    master = Master(sites, opened, best.prices)
    master.join(best, best.prices, np.full(sites.blocks.size, np.inf))
    answer, now, worth = master.solve()
    for _ in range(_ROUNDS):
        if answer.objective - best.bound <= gap / 2.0:
            break
        sought = sites.priced(_DRAWN * best.prices + (1.0 - _DRAWN) * now, opened)
        joined = master.join(sought, now, worth)
        best = sought if sought.bound > best.bound else best
        if not joined:
            sought = sites.priced(now, opened)
            best = sought if sought.bound > best.bound else best
            if not master.join(sought, now, worth):
                break
        answer, now, worth = master.solve()
    values, mixed = master.settled(answer)
    reduced = sites.reduced(best.prices)
    while True:
        found = _beside(sites, opened, values, mixed, reduced=reduced, gap=gap / 2.0)
        if found is not None:
            return found
        # The sites that are settled leave no room for the others: plan more of them again.
        mixed[np.flatnonzero(~mixed)[::2]] = True


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
    lower, upper = sites.shared_bounds(opened)
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
    rounding = (room > 0.0) & (room < 1e-9 * np.maximum(1.0, np.abs(taken))) & (taken != 0.0)
    return np.where(rounding, 0.0, room)
