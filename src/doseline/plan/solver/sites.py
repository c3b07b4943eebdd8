"""A week's program taken apart into its sites.

A row that touches the orders of one site alone is the site's own; every other row couples sites:
vials, activity and isotope of a run, vehicles, quotas, what a hedge adds. At given prices of the
coupling rows each site has a small problem of its own, in whole numbers. The sum of their optima,
with the prices of what the coupling rows offer, bounds the whole problem from below whatever the
prices are (Geoffrion, Lagrangean relaxation for integer programming, 1974), and no less than the
relaxation at its own prices: it tells a dose from half a dose at every site.

Columns of one group that use the same of every row of their site are one *place* there; at given
prices only the cheapest of them matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Rows, least_of
from doseline.plan.solver.one_site import FITS, WHOLE, SiteModel, parted

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What the sites do at some prices of the coupling rows."""

    prices: Floats
    """Of each row of the program, not positive where a row has no lower bound; 0 for a site's."""
    bound: float
    """No plan of the whole problem costs less. [currency]"""
    least: Floats
    """Least cost of each block at these prices. [currency]"""
    values: Floats
    """Doses and orders left, a best answer of each block; 0 for every other variable."""


class Sites:
    """The blocks of a program, one for each site with orders, and the rows that couple them."""

    def __init__(self, program: Program) -> None:
        """Take a program apart.

        Args:
            program: Whose rows are taken apart; rows that others add are not looked at.
        """
        self.program = program
        self.blocks, block = np.unique(program.site, return_inverse=True)
        self.block_of_group: Ints = block.astype(np.int64)
        own = np.full(program.cost.size, -1, dtype=np.int64)
        own[program.doses] = self.block_of_group[program.group]
        own[program.unserved] = self.block_of_group
        self.block: Ints = own
        """Block of each variable; negative for what no site owns."""
        self.lower, self.upper = program.rows.bounds()
        row, column, value = program.rows.entries()
        owner = _owners(self.block, row, column, program.rows.count)
        self.coupling = owner < 0
        linked = self.coupling[row]
        self.linking = row[linked], column[linked], value[linked]
        self._places = Places(self, row[~linked], column[~linked], value[~linked])
        self._models: dict[int, SiteModel] = {}

    def reduced(self, prices: Floats) -> Floats:
        """Cost of each variable less the price of what it takes of the coupling rows."""
        row, column, value = self.linking
        cost = self.program.cost
        left: Floats = cost - np.bincount(column, weights=value * prices[row], minlength=cost.size)
        return left

    def offered(self, prices: Floats) -> Floats:
        """Prices of the coupling rows alone, each with the sign that a bound needs."""
        offered = np.where(self.coupling, prices[: self.coupling.size], 0.0)
        offered[(offered > 0.0) & ~np.isfinite(self.lower)] = 0.0
        offered[(offered < 0.0) & ~np.isfinite(self.upper)] = 0.0
        return offered

    def priced(
        self,
        prices: Floats,
        within: tuple[Floats, Floats] | None = None,
        only: Bools | None = None,
    ) -> Priced:
        """The best that each site can do at some prices, and the bound that follows.

        Args:
            prices: Of each row of the program, and perhaps of rows added to it; those of added
                rows, and of sites' own, are not looked at.
            within: How far each run opens at least and at most; without it, each may. The bound
                is one for plans with such runs.
            only: Blocks that are looked at; the others count as if they had no limits of their own,
                which is less or as much. Without it, all.
        """
        prices = self.offered(prices)
        reduced = self.reduced(prices)
        doses = reduced[self.program.doses]
        dearer = self._dearer(reduced)
        if within is not None:
            doses[within[1][self.program.run] == 0.0] = dearer
        np.minimum(doses, dearer, out=doses)
        values = np.zeros(reduced.size)
        chosen, cheapest = self._places.cheapest(reduced)
        served, unfit = self._places.unhindered(cheapest, reduced)
        least = self._places.cost(served, cheapest, reduced)
        for block in unfit if only is None else unfit[only[unfit]]:
            if int(block) not in self._models:
                self._models[int(block)] = SiteModel(self._places, int(block))
            model = self._models[int(block)]
            served[model.columns], least[block] = model.solve(
                np.concatenate([cheapest, reduced[self.program.unserved]])[model.columns]
            )
        places = self._places.count
        values[chosen] = served[:places]
        values[self.program.unserved] = served[places:]
        bound = float(least.sum() + self._apart(prices, reduced, within))
        return Priced(prices=prices, bound=bound, least=least, values=values)

    def cheapest(self, priced: Priced) -> Floats:
        """What the cheapest dose of each dose's place costs at some prices. [currency]"""
        reduced = self.reduced(priced.prices)
        np.minimum(reduced, self._dearer(reduced), out=reduced)
        return self._places.cheapest(reduced)[1][self._places.place]

    def beyond(self, prices: Floats, may_open: Bools) -> Floats:
        """What each dose costs beyond the cheapest of open runs: of its place, or else its group.

        Args:
            prices: Of each row of the program.
            may_open: Which runs are open.
        """
        program, place = self.program, self._places.place
        reduced = self.reduced(prices)
        doses, group = reduced[program.doses], program.group
        mine = may_open[program.run]
        of_group = reduced[program.unserved].copy()
        np.minimum.at(of_group, group[mine], doses[mine])
        of_place = np.full(self._places.count, np.inf)
        np.minimum.at(of_place, place[mine], doses[mine])
        found: Floats = doses - np.where(
            np.isfinite(of_place[place]), of_place[place], of_group[group]
        )
        return found

    def _dearer(self, reduced: Floats) -> float:
        """Dearer than leaving any order is dear enough, and keeps numbers near another. [currency]"""
        return 2.0 * float(np.abs(reduced[self.program.unserved]).max(initial=1.0))

    def near(self, reduced: Floats, opened: Floats, most: int) -> Bools:
        """Which doses are of opened runs and among so many of their place that cost least.

        Args:
            reduced: Cost of each variable.
            opened: Whether each run opens.
            most: How many of each place.
        """
        place, doses = self._places.place, np.arange(self._places.place.size)
        doses = doses[opened[self.program.run] > 0.0]
        near = np.zeros(place.size, dtype=bool)
        near[doses[least_of(place[doses], reduced[doses], most)]] = True
        return near

    def shared_bounds(
        self, least: Floats | None = None, most: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Bounds of all variables.

        Args:
            least: How far each run opens at least, if not nothing.
            most: How far each run opens at most, if not in full.
        """
        lower, upper = np.zeros(self.block.size), self.program.upper.copy()
        if least is not None:
            lower[self.program.opened] = least
        if most is not None:
            upper[self.program.opened] = most
        return lower, upper

    def _apart(
        self, prices: Floats, reduced: Floats, within: tuple[Floats, Floats] | None
    ) -> float:
        """The least that what no site owns costs at some prices, and what the rows offer."""
        lower, upper = self.shared_bounds(*(within or ()))
        # What rounding leaves of a price that is zero is no gain without end.
        shared = (self.block < 0) & (np.isfinite(upper) | (reduced < -WHOLE))
        box = np.where(reduced > 0.0, lower, upper)[shared] @ reduced[shared]
        taken = prices != 0.0
        offer = np.where(prices > 0.0, self.lower, self.upper)[taken] @ prices[taken]
        return float(box + offer)

    def in_part(self, values: Floats) -> Bools:
        """Blocks with a dose in part; others do no worse than their least, so no row tells more.

        Args:
            values: Values of the program's variables.
        """
        odd = np.flatnonzero((parted(values) > WHOLE) & (self.block >= 0))
        found = np.zeros(self.blocks.size, dtype=bool)
        found[self.block[odd]] = True
        return found

    def rows(self, priced: Priced, values: Floats) -> Rows:
        """Rows ``cost of a site at these prices >= the least``, where some values violate them.

        Args:
            priced: What the sites do at some prices.
            values: Values of the program's variables.
        """
        reduced = self.reduced(priced.prices)
        mine = np.flatnonzero(self.block >= 0)
        spent = np.bincount(
            self.block[mine], weights=(reduced * values)[mine], minlength=self.blocks.size
        )
        left = self.program.cost[self.program.unserved]
        unit = np.full(self.blocks.size, np.inf)
        np.minimum.at(unit, self.block_of_group, left)
        violated = np.flatnonzero(priced.least > spent + _VIOLATED * unit)
        rows = Rows()
        number = np.full(self.blocks.size, -1, dtype=np.int64)
        number[violated] = np.arange(violated.size)
        # Written over the smallest penalty, so that the row's numbers stay near 1.
        scale = unit[violated]
        least = priced.least[violated] / scale
        rows.add(lower=least - 1e-9 * np.abs(least), upper=INFINITY, count=violated.size)
        inside = mine[number[self.block[mine]] >= 0]
        at = number[self.block[inside]]
        rows.fill(at, inside, reduced[inside] / scale[at])
        return rows


_VIOLATED = 1e-3
"""Share of the smallest penalty by which a site's row must be violated to be added."""


def _owners(block: Ints, row: Ints, column: Ints, count: int) -> Ints:
    """The block that alone has entries in a row; -1 if there are several, or other variables."""
    least = np.full(count, np.iinfo(np.int64).max)
    most = np.full(count, -1, dtype=np.int64)
    np.minimum.at(least, row, block[column])
    np.maximum.at(most, row, block[column])
    return np.where((least == most) & (least >= 0), least, -1)


class Places:
    """Ways to serve that differ for the site, and the site's own rows over them.

    Variables are the places, then the orders left of each group.
    """

    def __init__(self, sites: Sites, row: Ints, column: Ints, value: Floats) -> None:
        program = sites.program
        doses = program.chosen.size
        mine = column < doses
        place = _alike(program, row[mine], column[mine], value[mine])
        self.place: Ints = place
        self.count = int(place.max(initial=-1)) + 1
        first = np.full(self.count, -1, dtype=np.int64)
        first[place[::-1]] = np.arange(doses)[::-1]
        self.group: Ints = np.concatenate([program.group[first], np.arange(program.count.size)])
        self.block: Ints = sites.block_of_group[self.group]
        self.blocks = sites.blocks.size
        self.orders = program.count
        self.most = np.concatenate([program.upper[first], program.upper[program.unserved]])
        number = np.full(program.cost.size, -1, dtype=np.int64)
        number[first] = np.arange(self.count)
        number[program.unserved] = self.count + np.arange(program.count.size)
        kept = number[column] >= 0
        order = np.lexsort((number[column[kept]], row[kept]))
        self.row = row[kept][order]
        self.column = number[column[kept]][order]
        self.value = value[kept][order]
        self.lower, self.upper = sites.lower, sites.upper
        self.penalty = program.unserved

    def cheapest(self, reduced: Floats) -> tuple[Ints, Floats]:
        """The cheapest column of each place, and its cost."""
        cost = reduced[: self.place.size]
        order = np.lexsort((cost, self.place))
        first = np.searchsorted(self.place[order], np.arange(self.count))
        return order[first], cost[order[first]]

    def unhindered(self, cheapest: Floats, reduced: Floats) -> tuple[Floats, Ints]:
        """Every group where it costs least, and the blocks that cannot do so."""
        cost = np.concatenate([cheapest, reduced[self.penalty]])
        order = np.lexsort((cost, self.group))
        first = order[np.searchsorted(self.group[order], np.arange(self.orders.size))]
        served = np.zeros(cost.size)
        served[first] = self.orders
        filled = np.bincount(
            self.row, weights=self.value * served[self.column], minlength=self.lower.size
        )
        slack = FITS * np.maximum(1.0, np.abs(filled))
        misfit = (filled > self.upper + slack) | (filled < self.lower - slack)
        beyond = self.block[np.flatnonzero(served > self.most)]
        hit = self.block[self.column[misfit[self.row]]]
        return served, np.unique(np.concatenate([hit, beyond]))

    def cost(self, served: Floats, cheapest: Floats, reduced: Floats) -> Floats:
        """What each block costs."""
        cost = np.concatenate([cheapest, reduced[self.penalty]])
        total = np.bincount(self.block, weights=cost * served, minlength=self.blocks)
        return total.astype(np.float64)


def _alike(program: Program, row: Ints, column: Ints, value: Floats) -> Ints:
    """A number for each dose's column, the same for those of one group with the same entries."""
    order = np.lexsort((row, column))
    row, column, value = row[order], column[order], value[order]
    _, entry = np.unique(np.stack([row.astype(np.float64), value]), axis=1, return_inverse=True)
    entry = entry.reshape(-1).astype(np.int64) + 1
    _, alike = np.unique(
        np.stack([program.group.astype(np.float64), program.upper[program.doses]]),
        axis=1,
        return_inverse=True,
    )
    alike = alike.reshape(-1).astype(np.int64)
    doses = program.chosen.size
    starts = np.searchsorted(column, np.arange(doses + 1))
    kinds = int(entry.max(initial=0)) + 1
    for place in range(int(np.diff(starts).max(initial=0))):
        has = np.flatnonzero(np.diff(starts) > place)
        also = np.zeros(doses, dtype=np.int64)
        also[has] = entry[starts[has] + place]
        _, alike = np.unique(alike * kinds + also, return_inverse=True)
        alike = alike.reshape(-1)
    return alike.astype(np.int64)
