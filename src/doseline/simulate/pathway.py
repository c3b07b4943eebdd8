"""The tables of demand as dense arrays, ready for vectorised gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from doseline.model.demand import GATES, Gate, Payer, PayerShare, Region
from doseline.model.supply import Product

if TYPE_CHECKING:
    from doseline.model.network import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_Z90 = 1.2815515655446004
"""90 % point of the standard normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """Gates, payers and products by row number; shapes are (product, gate), (payer,), (product,)."""

    passes: Floats
    """Share that passes, urban and rural: shape (product, gate, 2). [unitless]"""
    median_days: Floats
    sigma: Floats
    """Spread of the log-normal delays. [unitless]"""
    standard_days: Floats
    max_km: Floats
    """Infinite where there is no limit. [km]"""
    payer_shares: Floats
    """Cumulative, shape (product, payer). [unitless]"""
    denied: Floats
    cannot_pay: Floats
    authorisation_median: Floats
    authorisation_sigma: Floats
    authorisation_standard: Floats
    in_time_days: Ints
    interval_days: Ints
    cycles_max: Ints
    continues: Floats
    exit_median_days: Floats
    order_lead_days: Ints
    rural: Bools
    """Shape (region,)."""

    def gate(self, name: str) -> int:
        """Column of a gate."""
        return GATES.index(name)


def pathway(network: Network) -> Pathway:
    """The dense arrays of a network's demand side."""
    products = network.rows(Product)
    payers = network.rows(Payer)
    gates = _gate_arrays(network, [product.product for product in products])
    return Pathway(
        **gates,
        payer_shares=_shares(network, products, payers),
        denied=np.array([payer.denied_percent for payer in payers]) / 100,
        cannot_pay=np.array([payer.cannot_pay_percent for payer in payers]) / 100,
        authorisation_median=np.array([payer.median_days for payer in payers]),
        authorisation_sigma=_sigma(
            np.array([payer.median_days for payer in payers]),
            np.array([payer.p90_days for payer in payers]),
        ),
        authorisation_standard=np.array([payer.standard_days for payer in payers]),
        in_time_days=np.array([in_time_days(product) for product in products]),
        interval_days=np.array([product.interval_days for product in products]),
        cycles_max=np.array([product.cycles_max for product in products]),
        continues=np.array([product.continue_percent for product in products]) / 100,
        exit_median_days=np.array([product.exit_median_days for product in products]),
        order_lead_days=np.array([product.order_lead_days for product in products]),
        rural=np.array([region.rural for region in network.rows(Region)], dtype=np.bool_),
    )


def in_time_days(product: Product) -> int:
    """W of a product: its own value, else two label intervals , in days."""
    return product.in_time_days or 2 * product.interval_days


def delay(median: Floats, sigma: Floats, normal: Floats) -> Floats:
    """A log-normal delay for a standard normal draw; in days; zero where the median is zero."""
    delays: Floats = median * np.exp(sigma * normal)
    return delays


def _gate_arrays(network: Network, products: list[str]) -> dict[str, Floats]:
    shape = (len(products), len(GATES))
    passes = np.ones((*shape, 2))
    median, p90, standard = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    max_km = np.full(shape, np.inf)
    for row in network.rows(Gate):
        at = products.index(row.product), GATES.index(row.gate)
        rural = row.pass_percent if row.rural_pass_percent is None else row.rural_pass_percent
        passes[at] = row.pass_percent / 100, rural / 100
        median[at], p90[at], standard[at] = row.median_days, row.p90_days, row.standard_days
        max_km[at] = np.inf if row.max_km is None else row.max_km
    return {
        "passes": passes,
        "median_days": median,
        "sigma": _sigma(median, p90),
        "standard_days": standard,
        "max_km": max_km,
    }


def _sigma(median: Floats, p90: Floats) -> Floats:
    """Spread of a log-normal with that median and 90 % point; zero where p90 is not above it."""
    ratio = np.divide(p90, median, out=np.ones_like(p90), where=median > 0)
    spread: Floats = np.log(np.maximum(ratio, 1.0)) / _Z90
    return spread


def _shares(network: Network, products: tuple[Product, ...], payers: tuple[Payer, ...]) -> Floats:
    shares = np.zeros((len(products), len(payers)))
    product_at = {product.product: row for row, product in enumerate(products)}
    payer_at = {payer.payer: row for row, payer in enumerate(payers)}
    for row in network.rows(PayerShare):
        shares[product_at[row.product], payer_at[row.payer]] = row.share_percent
    cumulative: Floats = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return cumulative
