"""Patients reached against the price of a product, sites leaving as it rises."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from doseline.pay.ceilings_parties import able_share
from doseline.pay.ceilings_solve import CENT
from doseline.study.ceilings_flow import WEEKS_A_YEAR, demand_for
from doseline.study.ceilings_market import payer_index, payer_shares, product_index
from doseline.study.expected import expected_doses
from doseline.study.participation import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.simulate.pathway import Bools, Floats
    from doseline.study.ceilings_flow import Demand
    from doseline.study.ceilings_market import Market, Segment

STEPS = 40
"""Equal steps of price, up to a quarter above the highest ceiling."""
MOST_CORNERS = 40
"""Ceilings that get a point of their own each, and one a cent above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Who is reached at one price."""

    price: Decimal
    bought: Floats
    """Patients a year with the product, shape (site, payer). [1/year]"""
    own: Floats
    """Patients a year with the hospital's own dose, of the same shape. [1/year]"""
    cannot_pay: float
    """Patients a year who reach a site and cannot pay. [1/year]"""
    even: bool
    """Whether it is one of the equal steps, or the price of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """What each site is told at one price, by payer: shapes (site, payer)."""

    margin: Floats
    """What the better of buying and making leaves the hospital. [currency]"""
    pays: Bools
    makes: Bools
    """Whether making is the better."""
    able: Floats
    """Share of patients who can pay. [unitless]"""


def prices_of(segments: Sequence[Segment], market: Market) -> list[tuple[Decimal, bool]]:
    """Prices of the curve, in order, and whether each is one of the equal steps."""
    today = segments[0].listed_price
    shares = payer_shares(market, segments[0].product)
    with_people = [one for one in segments if shares[payer_index(market, one.payer)] > 0.0]
    limits = [one for part in with_people for one in market.limits_in(part.situation) if one.binds]
    ceilings = sorted({one.ceiling for one in limits if one.ceiling is not None})
    top = max([today, *ceilings]) * Decimal("1.25")
    step = (top / STEPS).quantize(Decimal(1)) or CENT
    even = {number * step for number in range(STEPS + 1)} | {today}
    every = max(len(ceilings) // MOST_CORNERS, 1)
    corners = {price for one in ceilings[::every] for price in (one, one + CENT)}
    return sorted((price, price in even) for price in even | corners)


def curve_of(market: Market, segments: Sequence[Segment]) -> tuple[Point, ...]:
    """Points of the curve, in order of price.

    As the price rises, a site that has left does not come back; where a margin rises with the
    price, every site is asked again.

    Args:
        market: The network.
        segments: The segments of one product.
    """
    walk = _Walk(
        market=market,
        segments=segments,
        demand=demand_for(market, [segments[0].product]),
        at=product_index(market, segments[0].product),
        listed=market.listed(),
        others=expected_doses(market.network, market.path, market.sites, market.today.offers),
    )
    gone = np.zeros(walk.demand.sites, dtype=np.bool_)
    points, before = [], None
    for price, even in prices_of(segments, market):
        grid = walk.grid(price)
        if before is None or bool((grid.pays & (grid.margin > before.margin + 0.005)).any()):
            gone[:] = False
        point, gone = walk.point(grid, gone, price=price, even=even)
        points.append(point)
        before = grid
    return tuple(points)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """What all points of a curve share."""

    market: Market
    segments: Sequence[Segment]
    demand: Demand
    at: int
    """Row number of the product."""
    listed: Bools
    """Whether a site may charge a product, shape (site, product)."""
    others: Floats
    """Doses a week of every product today, shape (site, product, payer). [1/week]"""

    def grid(self, price: Decimal) -> _Grid:
        """What each site is told at one price."""
        market = self.market
        shape = len(market.sites.size), len(market.path.denied)
        margin, able = np.zeros(shape), np.ones(shape)
        pays, makes = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        for one in self.segments:
            cells = np.ix_(one.sites, [payer_index(market, one.payer)])
            buys, is_made, left, can_pay = choice_at(market, one, price)
            margin[cells], makes[cells], able[cells] = left, is_made, can_pay
            # A hospital's own dose needs no listing of the product that is sold.
            pays[cells] = is_made | (buys & self.listed[list(one.sites), self.at][:, None])
        return _Grid(margin=margin, pays=pays, makes=makes, able=able)

    def point(self, grid: _Grid, gone: Bools, *, price: Decimal, even: bool) -> tuple[Point, Bools]:
        """One price: sites that do not cover their week leave until all others do."""
        at, today = self.at, self.market.today
        offers, margin, listed = today.offers.copy(), today.margin.copy(), self.listed.copy()
        offers[:, at], margin[:, at] = grid.pays & ~gone[:, None], grid.margin
        listed[:, at] = True

        def doses_of(active: Bools) -> Floats:
            doses: Floats = self.others * active
            doses[:, at] = self.demand.patients(active[:, at]) * grid.able * self.demand.cycles
            return doses

        rest = settled(
            self.market.network,
            self.market.sites,
            margin=margin,
            offers=offers,
            listed=listed,
            doses_of=doses_of,
        ).offers[:, at]
        drawn = self.demand.patients(rest) * WEEKS_A_YEAR
        treated = drawn * grid.able
        point = Point(
            price=price,
            bought=np.where(grid.makes, 0.0, treated),
            own=np.where(grid.makes, treated, 0.0),
            cannot_pay=float((drawn - treated).sum()),
            even=even,
        )
        left: Bools = gone | (offers[:, at].any(axis=1) & ~rest.any(axis=1))
        return point, left


def choice_at(market: Market, one: Segment, price: Decimal) -> tuple[bool, bool, float, float]:
    """Whether a hospital buys or makes, what that leaves it, and who can pay, at one price.

    Returns:
        Whether it would buy, whether it makes instead, what the better of the two leaves it
        [currency], and the share of patients who can pay [unitless].
    """
    now = one.situation
    buys, buying, able = bought_at(market, one, price)
    own = now.making
    is_better = buys and _holds(market, one, price, "in_house_parity")
    if own is None or own < now.least or is_better:
        return buys, False, buying, able
    return buys, True, float(own), 1.0 - float(now.cannot_pay)


def bought_at(market: Market, one: Segment, price: Decimal) -> tuple[bool, float, float]:
    """A bought dose at one price, whatever the hospital makes itself.

    Returns:
        Whether the hospital would offer it and every list takes the price, what the dose leaves
        the hospital [currency], and the share of patients who can pay [unitless].
    """
    now = one.situation
    left, share = market.line_at(now, one.price_at(price))
    _, today = market.line_at(now, now.price)
    kinds = {each.kind for each in market.limits_in(now) if each.binds and each.party != "patient"}
    buys = all(_holds(market, one, price, kind) for kind in kinds - {"in_house_parity"})
    return buys, left, able_share(share, today, float(now.cannot_pay))


def _holds(market: Market, one: Segment, price: Decimal, kind: str) -> bool:
    """Whether a price keeps within a limit of a segment."""
    here = one.price_at(price)
    return all(
        any(part.holds(here) for part in each.stretches)
        for each in market.limits_in(one.situation)
        if each.kind == kind
    )
