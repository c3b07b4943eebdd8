"""The master program over patterns: what one site may do in the week, in whole numbers.

It gives each site a mix of its patterns, within the rows that couple sites (Dantzig and Wolfe,
Decomposition principle for linear programs, 1960). A coupling row may be exceeded, at a cost that
starts near the row's price, which keeps prices sensible while patterns are few. No more sites than
coupling rows get a mix of several patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Answer, Highs, Rows

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.sites import Priced, Sites

_WHOLE = 1e-6
_DEARER = 4.0
"""Factor by which exceeding a row gets dearer where the best mix exceeds some."""
_OVER = 0.25
"""What exceeding a row costs beyond its first price, as a share of the price or of a dose."""


class Master:
    """A mix of patterns for each site, within the rows that couple sites."""

    def __init__(self, sites: Sites, prices: Floats) -> None:
        """Start with every run free to open, and without patterns.

        Args:
            sites: The program taken apart.
            prices: First prices of the program's rows; exceeding a row costs more than this.
        """
        self.sites = sites
        self.most: Floats = np.ones(sites.program.runs)
        program = sites.program
        self.rows_of: Ints = np.flatnonzero(sites.coupling)
        self._row = np.full(program.rows.count, -1, dtype=np.int64)
        self._row[self.rows_of] = np.arange(self.rows_of.size)
        self.shared: Ints = np.flatnonzero(sites.block < 0)
        lower, upper = (every[self.shared] for every in sites.shared_bounds())
        self._over = over = self._beyond(prices)
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

    def within(self, least: Floats, most: Floats) -> None:
        """Let each run open at least and at most so far."""
        self.most = most.copy()
        lower, upper = self.sites.shared_bounds(least, most)
        each = np.arange(self.shared.size)
        self._highs.bound_columns(each, lower[self.shared], upper[self.shared])

    def exceeding_is_dearer(self) -> None:
        """Make exceeding a row cost no less than leaving a dose, and more than so far."""
        self._over = np.maximum(self._over * _DEARER, self._beyond_a_dose())
        every = self.shared.size + np.arange(2 * self._over.size)
        self._highs.price_columns(every, np.concatenate([self._over, self._over]))

    def share(self, answer: Answer) -> Floats:
        """How far each run opens."""
        values = np.zeros(self.sites.block.size)
        values[self.shared] = answer.values[: self.shared.size]
        share: Floats = values[self.sites.program.opened]
        return share

    def solve(self) -> tuple[Answer, Floats, Floats]:
        """The best mix, and the prices of the program's rows and of each site's mix."""
        answer = self._highs.solve("mixing sites' weeks")
        found = self._highs.row_prices
        prices = np.zeros(self._row.size)
        prices[self.rows_of] = found[: self.rows_of.size]
        return answer, prices, found[self.rows_of.size :]

    def spread(self, answer: Answer) -> Floats:
        """Values of the program's variables in a mix."""
        values = np.zeros(self.sites.program.cost.size)
        values[self.shared] = answer.values[: self.shared.size]
        shares = answer.values[self._first :]
        for number in np.flatnonzero(shares > _WHOLE):
            inside, chosen = self.patterns[number]
            values[inside] += shares[number] * chosen
        return values

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

    def _beyond(self, prices: Floats) -> Floats:
        """What one unit beyond each coupling row costs at first."""
        cost = self.sites.program.cost[self.sites.program.doses]
        dose = float(np.abs(cost).mean()) if cost.size else 1.0
        return np.abs(prices)[self.rows_of] * (1.0 + _OVER) + _OVER * dose / self._largest()

    def _beyond_a_dose(self) -> Floats:
        """What one unit beyond each coupling row costs if a dose beyond it costs a penalty."""
        penalty = self.sites.program.cost[self.sites.program.unserved]
        beyond: Floats = float(penalty.mean()) / self._largest()
        return beyond

    def _largest(self) -> Floats:
        """The most that one dose takes of each coupling row; 1 where none does."""
        row, column, value = self.sites.linking
        doses = column < self.sites.program.doses.stop
        size = np.zeros(self._row.size)
        np.maximum.at(size, row[doses], np.abs(value[doses]))
        return np.where(size > 0.0, size, 1.0)[self.rows_of]

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
