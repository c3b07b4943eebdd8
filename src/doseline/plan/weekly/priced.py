"""A week served at fixed prices of batches and isotope, when that is proven good enough.

Most weeks nothing is scarce for long: each order takes its cheapest way, runs that overflow pass on
the doses that lose least by it, and the price at which they do so proves how far the result can be
from the linear program's. Only a week without such a proof needs the program itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.supply.isotope import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.weekly.rounding import Caps
    from doseline.plan.weekly.tables import Weekly

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Whole doses by column, the isotope drawn for them, their cost and the prices that prove it."""

    doses: Floats
    drawn: Floats
    cost: float
    vial_price: Floats
    """Price of a vial of each run: its share of the fixed cost, and its rent where full."""


class PriceList:
    """Cheapest ways at fixed prices, prepared once for a network."""

    def __init__(self, weekly: Weekly, caps: Caps) -> None:
        """The list at the cheapest isotope of each run and its fixed cost spread over all vials."""
        runs, draws = weekly.supply.runs, weekly.supply.draws
        self._caps = caps
        self._fixed = runs["fixed_cost"].to_numpy()
        self._pool_gbq = weekly.supply.pools["capacity_gbq"].to_numpy()
        self._draw_run, self._draw_pool = draws["run"].to_numpy(), draws["pool"].to_numpy()
        self._per_gbq = draws["per_gbq"].to_numpy()
        self._draw_price = draws["price_per_gbq"].to_numpy()
        effective = self._draw_price / np.maximum(self._per_gbq, 1e-300)
        self._draw_order = np.lexsort((np.arange(effective.size), effective))
        cheapest = np.full(runs.height, np.inf)
        np.minimum.at(cheapest, self._draw_run, effective)
        self.isotope = np.where(np.isfinite(cheapest), cheapest, 0.0)
        """Price of activity at calibration of each run. [currency/GBq]"""
        usable = np.isfinite(cheapest) & (caps.vials > 0)
        self._share = np.divide(self._fixed, caps.vials, out=np.zeros_like(cheapest), where=usable)
        self._cost = weekly.columns["cost"].to_numpy()
        dose = self._cost + self._share[caps.run] + caps.activity_gbq * self.isotope[caps.run]
        self._price = np.where(usable[caps.run], dose, np.inf)
        self._pairs_with = np.flatnonzero(np.diff(caps.first) > 0)

    def serve(self, wanted: Ints) -> Priced | None:
        """Serve every order of each pair, or say that prices alone cannot.

        Args:
            wanted: Orders that the sites can take, by pair; none where no column serves.
        """
        runs = self._caps.vials.size
        rent = np.zeros(runs)
        doses = self._spread(wanted, np.zeros(runs, dtype=bool), rent)
        conflicts = self._caps.conflicts
        if doses is not None and conflicts:
            share = sums(self._caps.run, doses, runs)
            if conflicts.clashing(share).size:
                rent = np.zeros(runs)
                doses = self._spread(wanted, conflicts.shut(share), rent)
        if doses is None or np.any(self._caps.fleet_h @ doses > self._caps.fleet_most_h + 1e-9):
            return None
        drawn = self._draw(doses)
        if drawn is None:
            return None
        return Priced(
            doses=doses,
            drawn=drawn,
            cost=self._cost_of(doses, drawn),
            vial_price=self._share + rent,
        )

    def _spread(self, wanted: Ints, full: Bools, rent: Floats) -> Floats | None:
        """Doses of each column, none of them in runs that are shut; None if they do not fit.

        Args:
            wanted: Orders by pair.
            full: Runs that take no more; those that fill up are added.
            rent: Rent of a vial of each run, which is raised.
        """
        doses = np.zeros(self._caps.run.size)
        best, price = self._cheapest(full)
        if not np.isfinite(price[wanted > 0]).all():
            return None
        doses[best[wanted > 0]] = wanted[wanted > 0]
        while True:
            over = self._over(doses)
            if not over.any():
                return doses
            full |= over
            if not self._pass_on(doses, over, full, rent):
                return None

    def _cheapest(self, closed: Bools) -> tuple[Ints, Floats]:
        """Cheapest column of each pair whose run is not closed, and its price (infinite if none)."""
        price = np.where(closed[self._caps.run], np.inf, self._price)
        lows = np.full(self._caps.first.size - 1, np.inf)
        starts = self._caps.first[:-1][self._pairs_with]
        if len(starts):
            lows[self._pairs_with] = np.minimum.reduceat(price, starts)
        hit = np.flatnonzero(price == lows[self._caps.pair])
        column = np.zeros(lows.size, dtype=np.int64)
        column[self._caps.pair[hit[::-1]]] = hit[::-1]
        return column, lows

    def _over(self, doses: Floats) -> Bools:
        """Runs that hold more vials or activity than they can."""
        caps = self._caps
        runs = caps.vials.size
        made = sums(caps.run, doses * caps.activity_gbq, runs)
        over: Bools = (sums(caps.run, doses, runs) > caps.vials) | (made > caps.room_gbq + 1e-9)
        return over

    def _pass_on(self, doses: Floats, over: Bools, full: Bools, rent: Floats) -> bool:
        """Move the doses of overfull runs that lose least to the cheapest runs that are not."""
        caps = self._caps
        other, price = self._cheapest(full)
        for run in np.flatnonzero(over):
            mine = np.flatnonzero((caps.run == run) & (doses > 0))
            loss = price[caps.pair[mine]] - self._price[mine]
            mine = mine[np.argsort(loss, kind="stable")]
            moved = self._excess(int(run), mine, doses)
            if not np.isfinite(price[caps.pair[mine[moved > 0]]]).all():
                return False
            doses[mine] -= moved
            np.add.at(doses, other[caps.pair[mine]], moved)
            last = mine[moved > 0]
            rent[run] = max(rent[run], float((price[caps.pair[last]] - self._price[last]).max()))
        return True

    def _excess(self, run: int, mine: Ints, doses: Floats) -> Floats:
        """Doses of each column to move, in the order given, until the run holds no more than it can."""
        caps = self._caps
        have, activity = doses[mine], caps.activity_gbq[mine]
        vials = have.sum() - caps.vials[run]
        gbq = (have * activity).sum() - caps.room_gbq[run]
        before = np.cumsum(have) - have
        by_vials = np.clip(vials - before, 0.0, have)
        before_gbq = np.cumsum(have * activity) - have * activity
        by_activity = np.clip((gbq - before_gbq) / activity, 0.0, have)
        moved: Floats = np.ceil(np.maximum(by_vials, by_activity) - 1e-9)
        return moved

    def _draw(self, doses: Floats) -> Floats | None:
        """Isotope of each draw, cheapest first, or None if a run gets too little. [GBq]"""
        caps = self._caps
        need = sums(caps.run, doses * caps.activity_gbq, caps.vials.size)
        left = self._pool_gbq.copy()
        drawn = np.zeros(self._draw_run.size)
        for draw in self._draw_order:
            run, pool = self._draw_run[draw], self._draw_pool[draw]
            if need[run] > 0.0 and left[pool] > 0.0:
                taken = min(left[pool], need[run] / self._per_gbq[draw])
                drawn[draw] = taken
                left[pool] -= taken
                need[run] -= taken * self._per_gbq[draw]
        return None if (need > 1e-6).any() else drawn

    def _cost_of(self, doses: Floats, drawn: Floats) -> float:
        """Cost as the linear program counts it: runs open in part."""
        caps = self._caps
        runs = caps.vials.size
        vials = sums(caps.run, doses, runs) / np.maximum(caps.vials, 1e-9)
        room = sums(caps.run, doses * caps.activity_gbq, runs) / np.maximum(caps.room_gbq, 1e-9)
        opened = (self._fixed * np.maximum(vials, room)).sum()
        return float((self._cost * doses).sum() + opened + (self._draw_price * drawn).sum())
