"""How many orders each site can take in a week, and a bound on what any choice of them costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Floats, Ints
    from doseline.plan.weekly.rounding import Caps

_ROUNDING = 1e-9


def admitted(caps: Caps, demand: Ints) -> Ints:
    """Orders of each pair and kind that the sites' own caps allow, shape (pairs, 2).

    Continuing orders come first. Products share what is left in proportion to their orders; the
    last doses go round by site, so that no product is always first.

    Args:
        caps: Caps.
        demand: Orders by site, product and kind.
    """
    room = caps.cap_most.copy()
    taken = np.zeros_like(demand)
    for kind in (1, 0):
        wanted = demand[:, :, kind].astype(np.float64)
        need = (caps.cap_uses * wanted[caps.cap_site]).sum(axis=1)
        share = np.minimum(1.0, (room + _ROUNDING) / np.maximum(need, _ROUNDING))
        placed = np.floor(wanted * np.minimum(_least(caps, share), 1.0)[:, None] + _ROUNDING)
        room -= (caps.cap_uses * placed[caps.cap_site]).sum(axis=1)
        for turn in range(caps.products):
            _one_product(caps, turn, wanted, placed, room)
        taken[:, :, kind] = placed
    return taken.reshape(-1, 2)


def _one_product(caps: Caps, turn: int, wanted: Floats, placed: Floats, room: Floats) -> None:
    """Place what still fits of each site's product whose turn it is."""
    sites = np.arange(wanted.shape[0])
    product = (sites + turn) % caps.products
    use = caps.cap_uses[np.arange(room.size), product[caps.cap_site]]
    fits = np.where(use > 0.0, (room + _ROUNDING) / np.maximum(use, _ROUNDING), np.inf)
    left = wanted[sites, product] - placed[sites, product]
    more = np.maximum(np.minimum(left, np.floor(_least(caps, fits))), 0.0)
    placed[sites, product] += more
    room -= use * more[caps.cap_site]


def _least(caps: Caps, values: Floats) -> Floats:
    """Least value of the caps of each site; infinity for a site without caps."""
    least = np.full(caps.cap_first.size - 1, np.inf)
    np.minimum.at(least, caps.cap_site, values)
    return least


def site_bound(caps: Caps, demand: Ints, marginal: Floats, weights: Floats) -> float:
    """A cost that no choice of orders at the sites is below, in [currency].

    Serving an order gains its penalty less its marginal cost. For one cap alone the largest gain
    is that of a fractional knapsack, filled by gain for each use; a site gains no more than the
    least over its caps.

    Args:
        caps: Caps.
        demand: Orders by site, product and kind.
        marginal: Least cost of serving one order of each pair at given prices; infinite without
            a column. [currency]
        weights: Penalty of leaving an order of each kind. [currency]
    """
    sites = demand.shape[0]
    gain = np.maximum(weights - marginal.reshape(sites, -1, 1), 0.0)
    every = (gain * demand).reshape(sites, -1)
    best = every.sum(axis=1)
    use = np.repeat(caps.cap_uses, 2, axis=1)
    weight = use * demand.reshape(sites, -1)[caps.cap_site]
    value = every[caps.cap_site]
    ratio = gain.reshape(sites, -1)[caps.cap_site] / np.maximum(use, _ROUNDING)
    order = np.argsort(-ratio, axis=1, kind="stable")
    weight, value = np.take_along_axis(weight, order, 1), np.take_along_axis(value, order, 1)
    before = np.cumsum(weight, axis=1) - weight
    room = np.maximum(caps.cap_most[:, None] - before, 0.0)
    part = np.where(weight > 0.0, np.minimum(1.0, room / np.maximum(weight, _ROUNDING)), 1.0)
    np.minimum.at(best, caps.cap_site, (part * value).sum(axis=1))
    return float((weights * demand).sum() - best.sum())
