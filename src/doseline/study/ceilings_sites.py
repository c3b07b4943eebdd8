"""What each site does, before and after a product is sold: nothing, make, buy or both.

What a dose of its own costs a hospital depends on how many it makes, and how many it makes on what
other hospitals do; so choices and volumes are repeated until nobody changes. All move at once
until a state comes back; if that is a cycle, they go on one after another.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from doseline.model.supply import Batch, Line, Product
from doseline.model.treatment import Scanner, Site
from doseline.study.ceilings_curve import bought_at
from doseline.study.ceilings_flow import WEEKS_A_YEAR, demand_for
from doseline.study.ceilings_market import payer_index, product_index, twin_of
from doseline.study.inhouse import batch_dose_cost
from doseline.study.participation import site_week_cost
from doseline.study.tracers import slots_per_week

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.simulate.pathway import Bools, Floats
    from doseline.study.ceilings_flow import Demand
    from doseline.study.ceilings_market import Market, Segment

States = npt.NDArray[np.int8]
_BUY, _MAKE = 1, 2
_FREE = Decimal(0)

MOST_ROUNDS = 400
"""Rounds after which the search for rest gives up and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What sites do once nobody changes any more."""

    buys: Bools
    """Shape (site, payer)."""
    makes: Bools
    wants: Bools
    """Would buy, but the listing is not done; shape (site, payer)."""
    patients: Floats
    """Patients a year, shape (site, payer). [1/year]"""
    rounds: int
    cycle: int
    """Rounds after which a state came back while all moved at once; 0 if none did."""
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """What the choices of sites rest on; shapes are (site, payer) or (site,)."""

    demand: Demand
    buying: Floats
    """What a bought dose leaves, minus infinity where nobody buys. [currency]"""
    received: Floats
    """What a dose of its own brings, its cost not yet taken off; minus infinity without. [currency]"""
    listed: Bools
    able_buy: Floats
    able_make: Floats
    week_cost: Floats
    """What offering the therapy costs a site a week. [currency/week]"""
    least: float
    makers: tuple[int, ...] = ()
    """Sites with a line of their own."""
    own_cost: Callable[[int, float], float] = lambda _site, _doses: 0.0
    """What a dose of its own costs a site that makes so many a week. [currency]"""

    def _making(self, drawn: Floats) -> Floats:
        """What a dose of its own leaves each site, minus infinity where it makes none. [currency]

        A site makes for as many payers as still bear what a dose costs it then: it begins with all
        of them, and leaves out those who do not until the others bear it.
        """
        making = np.full(self.received.shape, -np.inf)
        buying = np.where(self.listed[:, None] & (self.buying >= self.least), self.buying, -np.inf)
        for site in self.makers:
            made = self.received[site] > -np.inf
            while made.any():
                doses = float((drawn[site] * self.able_make[site] * made).sum())
                left = self.received[site] - self.own_cost(site, doses)
                kept = made & (left >= self.least) & (left > buying[site])
                if np.array_equal(kept, made):
                    making[site] = np.where(made, left, -np.inf)
                    break
                made = kept
        return making

    def answers(self, state: States) -> tuple[States, Floats]:
        """What each site would best do while the others stay, and what it gains by it.

        Args:
            state: 0 nothing, 1 buy, 2 make, shape (site, payer).

        Returns:
            The best state of each site, and what it leaves a week. [currency/week]
        """
        drawn = self.demand.potential(state > 0) * self.demand.cycles
        making = self._making(drawn)
        value = np.stack([np.zeros(state.shape), self.buying, making])
        value[1] = np.where(self.listed[:, None] & (value[1] >= self.least), value[1], -np.inf)
        value[2] = np.where(value[2] >= self.least, value[2], -np.inf)
        weekly = np.stack([value[0], value[1] * self.able_buy, value[2] * self.able_make])
        # Of two equal ways buying goes first.
        offered = weekly[1:].max(axis=0) > -np.inf
        best = np.where(offered, weekly[1:].argmax(axis=0) + 1, 0)
        worth = np.where(offered, weekly[1:].max(axis=0), 0.0)
        left = (drawn * worth).sum(axis=1) - self.week_cost
        stays = (left >= 0.0) & offered.any(axis=1)
        moved = np.where(stays[:, None], best, 0).astype(np.int8)
        return moved, np.where(stays, left, 0.0)


def choices_of(
    market: Market, segments: Sequence[Segment], *, sold: bool, price: Decimal
) -> Choices:
    """What sites do at a price, with the product on sale or not yet.

    Args:
        market: The network.
        segments: The segments of one product.
        sold: Whether the product is sold.
        price: Its price. [currency]
    """
    game = _game(market, segments, sold=sold, price=price)
    start = np.zeros(game.buying.shape, dtype=np.int8)
    state, rounds, cycle = together(game, start)
    settled = not cycle
    if cycle:
        state, more, settled = in_turn(game, state)
        rounds += more
    drawn = game.demand.patients(state > 0) * WEEKS_A_YEAR
    able = np.where(state == _BUY, game.able_buy, game.able_make)
    wants = (game.buying >= game.least) & ~game.listed[:, None] & (state == 0)
    return Choices(
        buys=state == _BUY,
        makes=state == _MAKE,
        wants=wants,
        patients=drawn * able,
        rounds=rounds,
        cycle=cycle,
        settled=settled,
    )


def together(game: Game, state: States) -> tuple[States, int, int]:
    """All sites move at once, until nobody does or a state comes back."""
    seen = {state.tobytes(): 0}
    for number in range(1, MOST_ROUNDS + 1):
        following, _ = game.answers(state)
        if np.array_equal(following, state):
            return state, number, 0
        before = seen.setdefault(following.tobytes(), number)
        if before != number:
            return following, number, number - before
        state = following
    return state, MOST_ROUNDS, MOST_ROUNDS


def in_turn(game: Game, state: States) -> tuple[States, int, bool]:
    """The site that gains most by a change moves, alone, until nobody gains."""
    seen = {state.tobytes()}
    for number in range(1, MOST_ROUNDS + 1):
        following, left = game.answers(state)
        moves = np.flatnonzero((following != state).any(axis=1))
        if not len(moves):
            return state, number, True
        first = moves[np.argmax(left[moves])]
        state = state.copy()
        state[first] = following[first]
        if state.tobytes() in seen:
            return state, number, False
        seen.add(state.tobytes())
    return state, MOST_ROUNDS, False


def _game(market: Market, segments: Sequence[Segment], *, sold: bool, price: Decimal) -> Game:
    network, name = market.network, segments[0].product
    twin = twin_of(market, network.by_key(Product)[name])
    at = product_index(market, name)
    shape = len(market.sites.size), len(market.path.denied)
    buying, received = np.full(shape, -np.inf), np.full(shape, -np.inf)
    able_buy, able_make = np.ones(shape), np.ones(shape)
    for one in segments:
        cells = np.ix_(one.sites, [payer_index(market, one.payer)])
        now = one.situation
        able_make[cells] = 1.0 - float(now.cannot_pay)
        if sold:
            buys, left, able = bought_at(market, one, price)
            buying[cells], able_buy[cells] = left if buys else -np.inf, able
        if now.making is not None and now.making_cost is not None:
            received[cells] = float(now.making + now.making_cost)
    batches = {} if twin is None else _batches(market, twin)
    names = network.frame("sites")["site"]

    def own_cost(site: int, doses_a_week: float) -> float:
        nuclides, mine = market.reference.nuclides, batches[site]
        each = doses_a_week / len(mine)
        found = [batch_dose_cost(network, nuclides, line, one, each) for line, one in mine]
        brought = [market.terms.carriage.get((line.line, names[site]), _FREE) for line, _ in mine]
        return float(sum(found, _FREE) / len(found) + min(brought))

    return Game(
        demand=demand_for(market, [name] if twin is None else [name, twin.product]),
        buying=buying,
        received=received,
        listed=market.listed()[:, at],
        able_buy=able_buy,
        able_make=able_make,
        week_cost=_week_cost(market, at),
        least=network.settings.minimum_margin,
        makers=tuple(batches),
        own_cost=functools.lru_cache(maxsize=None)(own_cost),
    )


def _week_cost(market: Market, at: int) -> Floats:
    """What a site spends a week on this product, and on the therapy if it has no other."""
    offers = market.today.offers.copy()
    offers[:, at] = False
    without = site_week_cost(market.network, offers)
    offers[:, at] = True
    more: Floats = site_week_cost(market.network, offers) - without
    return more


def _batches(market: Market, twin: Product) -> dict[int, list[tuple[Line, Batch]]]:
    sites = {row.site: number for number, row in enumerate(market.network.rows(Site))}
    lines = market.network.by_key(Line)
    found: dict[int, list[tuple[Line, Batch]]] = {}
    for one in market.network.rows(Batch):
        owner = lines[one.line].owner
        if one.product == twin.product and owner is not None:
            found.setdefault(sites[owner], []).append((lines[one.line], one))
    return found


def scanning(market: Market, product: str) -> Bools:
    """Whether a scanner whose tracer may be used stands in each site's region, shape (site,)."""
    slots = slots_per_week(market.network)
    regions = {
        row.region
        for row, free in zip(market.network.rows(Scanner), slots, strict=True)
        if row.product == product and free > 0
    }
    return np.array([row.region in regions for row in market.network.rows(Site)], dtype=np.bool_)
