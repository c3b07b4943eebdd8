"""The linear program of a typical week, solved again and again from its last basis."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.orders.fairness import base_penalty
from doseline.plan.solver.linear import INFINITY, Highs, Rows
from doseline.plan.supply.changeover import Conflicts
from doseline.plan.weekly.admission import admitted, site_bound
from doseline.plan.weekly.priced import PriceList
from doseline.plan.weekly.rounding import Caps, links_of_caps

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Floats, Ints
    from doseline.plan.weekly.tables import Weekly

_TYPICAL_FILL = 0.6
"""Share of all vials in the demand from whose answer every solve starts, unless one is given."""


PRICED_GAP = 0.025
"""A week served at fixed prices is taken if its cost is proven so near the least. [unitless]"""


def weekly_penalty(weekly: Weekly) -> float:
    """The penalty of a new start that no saving outweighs, in [currency]."""
    columns, runs = weekly.columns, weekly.supply.runs
    if columns.is_empty():
        return base_penalty(largest_dose=0.0, largest_batch=0.0, orders=0)
    draws = weekly.supply.draws
    price = (draws["price_per_gbq"] / draws["per_gbq"]).to_numpy().max(initial=0.0)
    dose = (columns["typical_cost"] + columns["activity_ready_gbq"] * price).to_numpy().max()
    return base_penalty(
        largest_dose=float(dose),
        largest_batch=float(runs["fixed_cost"].to_numpy().max(initial=0.0)),
        orders=int(runs["max_doses"].sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prices:
    """Prices of what is shared."""

    vials: Floats
    """Of a vial of each run. [currency]"""
    room: Floats
    """Of activity in the vials of each run. [currency/GBq]"""
    isotope: Floats
    """Of isotope in the vials of each run. [currency/GBq]"""
    fleet: Floats
    """Of a vehicle hour of each carrier. [currency/h]"""
    clique: Floats
    """Of opening one of the runs that exclude each other. [currency]"""


class WeeklyProgram:
    """Doses x of each column, unserved u by pair and kind, runs y, isotope w; rows as in a plan.

    Rows in order: demand of each pair; vials, activity and isotope of each run; pools; fleets; runs
    that exclude each other. The caps of sites do not depend on the run, so the sites are admitted
    first, and the program only carries what they can take: a handful of shared rows, which the
    simplex settles in few steps. Every solve starts from one basis, that of a typical demand, so
    that the answer depends on the demand alone and not on the weeks before. No two runs of an
    answer exclude each other: where the program uses both in part, the less used one is closed.
    """

    def __init__(
        self,
        weekly: Weekly,
        *,
        weights: tuple[float, float],
        shape: tuple[int, int],
        no_option: Ints,
        typical: Ints | None,
    ) -> None:
        self.caps = _caps(weekly, shape, no_option)
        self._weekly, self._weights = weekly, np.array(weights)
        self._columns, self._pairs = weekly.columns.height, shape[0] * shape[1]
        draws, runs = weekly.supply.draws, weekly.supply.runs
        self._opened = self._columns + 2 * self._pairs
        self._drawn = self._opened + runs.height
        cost = np.concatenate(
            [
                weekly.columns["cost"].to_numpy(),
                np.tile(self._weights, self._pairs),
                runs["fixed_cost"].to_numpy(),
                draws["price_per_gbq"].to_numpy(),
            ]
        )
        upper = np.full(cost.size, INFINITY)
        upper[self._opened : self._drawn] = weekly.copies
        self._cost, self._upper = cost, upper
        self._typical = self._even(shape) if typical is None else typical
        self._prices = PriceList(weekly, self.caps)
        self._conflicts = self.caps.conflicts
        self._cliques = list(self._conflicts.cliques())

    @cached_property
    def _highs(self) -> Highs:
        """The program itself, built when a week first needs it."""
        lower = np.zeros(self._cost.size)
        highs = Highs(
            cost=self._cost, lower=lower, upper=self._upper, rows=self._rows(self._weekly)
        )
        for option, value in (("solver", "simplex"), ("presolve", "off"), ("simplex_strategy", 4)):
            highs.option(option, value)
        return highs

    @cached_property
    def _basis(self) -> Any:
        """The basis of a typical week."""
        self._demand(admitted(self.caps, self._typical))
        self._highs.solve("preparing a typical week")
        return self._highs.basis

    def solve(self, demand: Ints) -> tuple[Floats, Floats, float]:
        """Doses of each column, isotope of each draw, and a cost that no plan is below.

        Args:
            demand: Orders by site, product and kind.
        """
        orders = admitted(self.caps, demand)
        orders[np.diff(self.caps.first) == 0] = 0
        priced = self._prices.serve(orders.sum(axis=1))
        if priced is not None:
            prices = _Prices(
                vials=priced.vial_price,
                room=np.zeros_like(priced.vial_price),
                isotope=self._prices.isotope,
                fleet=np.zeros(self.caps.fleet_most_h.size),
                clique=np.zeros(len(self._cliques)),
            )
            supply, marginal = self._at_prices(prices)
            wanted = orders.sum(axis=1)
            least = supply + float(marginal[wanted > 0] @ wanted[wanted > 0])
            if priced.cost - least <= PRICED_GAP * priced.cost:
                return priced.doses, priced.drawn, self._bound(demand, prices)
        return self._solve(orders, demand)

    def _solve(self, orders: Ints, demand: Ints) -> tuple[Floats, Floats, float]:
        """The same by the linear program."""
        self._highs.basis = self._basis
        self._demand(orders)
        values = self._highs.solve("allocating a week").values
        bound = self._bound(demand, self._row_prices())
        share = values[self._opened : self._drawn]
        if self._conflicts.clashing(share).size:
            values = self._without_conflict(share)
        return values[: self._columns], values[self._drawn :], bound

    def _row_prices(self) -> _Prices:
        """Prices of the last solve."""
        runs, pools = self._weekly.supply.runs.height, self._weekly.supply.pools.height
        fleets = self.caps.fleet_most_h.size
        sizes = (runs, runs, runs, pools, fleets, len(self._cliques))
        prices = np.maximum(-self._highs.row_prices[self._pairs :], 0.0)
        vials, room, isotope, _, fleet, clique = np.split(prices, np.cumsum(sizes)[:-1])
        return _Prices(vials=vials, room=room, isotope=isotope, fleet=fleet, clique=clique)

    def _without_conflict(self, share: Floats) -> Floats:
        """The answer with runs closed that others exclude, the more used ones kept."""
        shut = self._opened + np.flatnonzero(self._conflicts.shut(share))
        zero = np.zeros(shut.size)
        self._highs.bound_columns(shut, zero, zero)
        values = self._highs.solve("allocating a week").values
        self._highs.bound_columns(shut, zero, self._upper[shut])
        return values

    def _demand(self, orders: Ints) -> None:
        """Set the orders of each pair and kind."""
        wanted = orders.astype(np.float64)
        total = wanted.sum(axis=1)
        self._highs.bound_rows(np.arange(self._pairs), total, total)
        left = np.arange(self._columns, self._opened)
        self._highs.bound_columns(left, np.zeros(left.size), wanted.reshape(-1))

    def _even(self, shape: tuple[int, int]) -> Ints:
        """A share of all vials spread over the sites, products in proportion to their vials."""
        share = np.zeros(shape[1])
        product = np.zeros(self.caps.vials.size, dtype=np.int64)
        product[self.caps.run] = self.caps.pair % shape[1]
        np.add.at(share, product, self.caps.vials)
        wanted = np.ceil(share / max(shape[0], 1) * _TYPICAL_FILL).astype(np.int64)
        served = (np.diff(self.caps.first) > 0).reshape(shape)
        each = np.where(served, wanted, 0)
        return np.stack([each // 2, each - each // 2], axis=-1)

    def _bound(self, demand: Ints, prices: _Prices) -> float:
        """The Lagrangian bound at some prices.

        It holds at any prices, so rounding in them cannot make it wrong.
        """
        supply, marginal = self._at_prices(prices)
        return supply + site_bound(self.caps, demand, marginal, self._weights)

    def _at_prices(self, prices: _Prices) -> tuple[float, Floats]:
        """Least earnings of supply at some prices, and least cost of a dose of each pair. [currency]

        The latter is infinite where no column serves.
        """
        caps, weekly = self.caps, self._weekly
        runs, draws = weekly.supply.runs, weekly.supply.draws
        per_gbq = (prices.room + prices.isotope)[caps.run]
        columns = weekly.columns
        dose = columns["cost"].to_numpy() + prices.vials[caps.run]
        dose = dose + columns["activity_gbq"].to_numpy() * per_gbq
        if prices.fleet.size:
            dose = dose + prices.fleet @ caps.fleet_h
        marginal = np.full(self._pairs, np.inf)
        np.minimum.at(marginal, caps.pair, dose)
        worth = prices.isotope[draws["run"].to_numpy()] * draws["per_gbq"].to_numpy()
        rent = np.zeros(weekly.supply.pools.height)
        np.maximum.at(rent, draws["pool"].to_numpy(), worth - draws["price_per_gbq"].to_numpy())
        opened = runs["fixed_cost"].to_numpy() - prices.vials * runs["max_doses"].to_numpy()
        opened = opened - prices.room * runs["max_activity_gbq"].to_numpy()
        for clique, price in zip(self._cliques, prices.clique, strict=True):
            opened[clique] += price / weekly.copies[clique]
        supply = (np.minimum(opened, 0.0) * weekly.copies).sum()
        supply -= rent @ weekly.supply.pools["capacity_gbq"].to_numpy()
        supply -= prices.fleet @ caps.fleet_most_h + prices.clique.sum()
        return float(supply), marginal

    def _rows(self, weekly: Weekly) -> Rows:
        """All rows of the program."""
        rows, caps, supply = Rows(), self.caps, weekly.supply
        x, pairs = np.arange(self._columns), np.arange(self._pairs)
        runs, draws = np.arange(supply.runs.height), supply.draws
        rows.add(lower=0.0, upper=0.0, count=pairs.size)
        rows.fill(caps.pair, x, 1.0)
        for kind in (0, 1):
            rows.fill(pairs, self._columns + 2 * pairs + kind, 1.0)
        activity = weekly.columns["activity_gbq"].to_numpy()
        vials = supply.runs["max_doses"].to_numpy().astype(np.float64)
        room = supply.runs["max_activity_gbq"].to_numpy()
        for most, use in ((vials, np.ones(x.size)), (room, activity)):
            first = rows.add(lower=-INFINITY, upper=0.0, count=runs.size)
            rows.fill(first + caps.run, x, use)
            rows.fill(first + runs, self._opened + runs, -most)
        first = rows.add(lower=-INFINITY, upper=0.0, count=runs.size)
        each_draw = self._drawn + np.arange(draws.height)
        rows.fill(first + caps.run, x, activity)
        rows.fill(first + draws["run"].to_numpy(), each_draw, -draws["per_gbq"].to_numpy())
        capacity = supply.pools["capacity_gbq"].to_numpy()
        first = rows.add(lower=-INFINITY, upper=capacity, count=capacity.size)
        rows.fill(first + draws["pool"].to_numpy(), each_draw, 1.0)
        first = rows.add(lower=-INFINITY, upper=caps.fleet_most_h, count=caps.fleet_most_h.size)
        fleet, column = np.nonzero(caps.fleet_h)
        rows.fill(first + fleet, column, caps.fleet_h[fleet, column])
        for clique in self._cliques:
            first = rows.add(lower=-INFINITY, upper=1.0, count=1)
            where = np.full(clique.size, first)
            rows.fill(where, self._opened + clique, 1.0 / weekly.copies[clique])
        return rows


def _caps(weekly: Weekly, shape: tuple[int, int], no_option: Ints) -> Caps:
    """The tables of a week as arrays."""
    columns, runs, caps = weekly.columns, weekly.supply.runs, weekly.caps
    sites, products = shape
    pair = columns["site"].to_numpy().astype(np.int64) * products + columns["product"].to_numpy()
    cap_site = caps["site"].to_numpy().astype(np.int64)
    return Caps(
        pair=pair,
        run=columns["run"].to_numpy(),
        activity_gbq=columns["activity_ready_gbq"].to_numpy(),
        infuse_ms=columns["infuse_ms"].to_numpy(),
        first=np.searchsorted(pair, np.arange(sites * products + 1)),
        vials=runs["max_doses"].to_numpy() * weekly.copies,
        room_gbq=runs["max_activity_gbq"].to_numpy() * weekly.copies,
        supply=weekly.supply,
        cap_site=cap_site,
        cap_link=links_of_caps(caps["link"].to_list()),
        cap_most=caps["most"].to_numpy(),
        cap_uses=np.array(caps["uses"].to_list(), dtype=np.float64).reshape(-1, products),
        cap_first=np.searchsorted(cap_site, np.arange(sites + 1)),
        no_option=no_option.reshape(-1),
        fleet_h=weekly.fleet_h,
        fleet_most_h=weekly.fleet_most_h,
        conflicts=Conflicts(weekly.supply.conflicts, runs.height),
    )
