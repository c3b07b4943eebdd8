"""Patients a week of one product, by site and payer, for any choice of who offers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.pathway import expected_cycles
from doseline.study.ceilings_market import payer_shares, product_index
from doseline.study.expected import expected_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.simulate.pathway import Bools, Floats, Ints
    from doseline.study.ceilings_market import Market

WEEKS_A_YEAR = 365.25 / 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Who comes to the choice of a site, and how sites draw them (as ``expected_doses`` counts)."""

    wanted: Floats
    """Patients a week whom the payer does not finally deny, shape (region, payer). [1/week]"""
    weight: Floats
    """Draw of each near site, shape (region, place)."""
    places: Ints
    """Row number of each near site, -1 for none, of the same shape."""
    sites: int
    cycles: float
    """Mean doses of a course. [unitless]"""

    def patients(self, offers: Bools) -> Floats:
        """Patients a week whom each site draws, shape (site, payer), before anyone cannot pay.

        Args:
            offers: Whether each site offers a dose to each payer's patients.
        """
        taken = self.weight[:, :, None] * offers[self.places]
        total = taken.sum(axis=1, keepdims=True)
        return self._drawn(taken, total)

    def potential(self, offers: Bools) -> Floats:
        """Patients a week whom each site draws or would draw, the others as they are."""
        taken = self.weight[:, :, None] * offers[self.places]
        here = np.broadcast_to(self.weight[:, :, None], taken.shape)
        return self._drawn(here, taken.sum(axis=1, keepdims=True) - taken + here)

    def _drawn(self, draw: Floats, total: Floats) -> Floats:
        """Patients a week of each site and payer, split as its draw is of a total. [1/week]"""
        whole = np.broadcast_to(total, draw.shape)
        split = np.divide(draw, whole, out=np.zeros(draw.shape), where=whole > 0)
        split *= self.wanted[:, None, :]
        at = np.where(self.places >= 0, self.places, 0).ravel()
        columns = [
            np.bincount(at, weights=split[:, :, payer].ravel(), minlength=self.sites)
            for payer in range(split.shape[2])
        ]
        drawn: Floats = np.stack(columns, axis=1)
        return drawn


def demand_for(market: Market, products: Sequence[str]) -> Demand:
    """The demand for a therapy: that of its first product, and of others that serve the same.

    Args:
        market: The network.
        products: Products whose patients are counted; reach and courses are those of the first.
    """
    path, sites = market.path, market.sites
    starts = expected_starts(market.network, path)
    wanted = np.zeros((starts.shape[0], len(path.denied)))
    for product in products:
        shares = payer_shares(market, product) * (1.0 - path.denied)
        wanted += starts[:, [product_index(market, product)]] * shares
    at = product_index(market, products[0])
    near = (sites.places >= 0) & (sites.km <= path.max_km[at, path.gate("reach")])
    weight = np.where(near, sites.size[sites.places] / (sites.km + 20.0), 0.0)
    return Demand(
        wanted=wanted,
        weight=weight,
        places=sites.places,
        sites=len(sites.size),
        cycles=expected_cycles(path.continues[at], int(path.cycles_max[at])),
    )
