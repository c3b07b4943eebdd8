"""The tables of demand as dense arrays, ready for vectorised gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from doseline.model.demand import GATES, Gate, Payer, PayerShare, Region
from doseline.model.ordering import Continuation
from doseline.model.supply import Product
from doseline.simulate.calendar import calendar
from doseline.simulate.ordering import ordering

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.simulate.calendar import Calendar

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
    """Share that goes on after the first, second, ... dose, shape (product, dose). [unitless]"""
    exit_median_days: Floats
    order_by: Floats
    """Last day on which the doses of a week can be ordered, shape (product, week). [d]"""
    order_lead_days: Floats
    """From that day to the week's Monday, in ordinary weeks. [d]"""
    rural: Bools
    """Shape (region,)."""

    def gate(self, name: str) -> int:
        """Column of a gate."""
        return GATES.index(name)

    def order_week(self, product: Ints, day: Floats) -> Ints:
        """First week whose doses can still be ordered on a day; the number of weeks if none can."""
        week = np.zeros(len(day), dtype=np.int64)
        for row, by in enumerate(np.maximum.accumulate(self.order_by, axis=1)):
            of = product == row
            week[of] = np.searchsorted(by, day[of], side="left")
        return week

    def goes_on(self, product: Ints, given: Ints) -> Floats:
        """Share that goes on after so many doses, for each of some patients. [unitless]"""
        dose = np.minimum(given, self.continues.shape[1]) - 1
        shares: Floats = self.continues[product, dose]
        return shares


def pathway(network: Network) -> Pathway:
    """The dense arrays of a network's demand side."""
    products = network.rows(Product)
    payers = network.rows(Payer)
    gates = _gate_arrays(network, [product.product for product in products])
    orders = ordering(network, calendar_of(network))
    return Pathway(
        **gates,
        payer_shares=_shares(network, products, payers),
        denied=np.array([payer.denied_percent for payer in payers]) / 100,
        cannot_pay=np.array([payer.cannot_pay_percent for payer in payers]) / 100,
        authorisation_median=np.array([payer.median_days for payer in payers]),
        authorisation_sigma=spread(
            np.array([payer.median_days for payer in payers]),
            np.array([payer.p90_days for payer in payers]),
        ),
        authorisation_standard=np.array([payer.standard_days for payer in payers]),
        in_time_days=np.array([in_time_days(product) for product in products]),
        interval_days=np.array([product.interval_days for product in products]),
        cycles_max=np.array([product.cycles_max for product in products]),
        continues=continuation(network),
        exit_median_days=np.array([product.exit_median_days for product in products]),
        order_by=orders.order_by,
        order_lead_days=orders.lead_days,
        rural=np.array([region.rural for region in network.rows(Region)], dtype=np.bool_),
    )


def in_time_days(product: Product) -> int:
    """W of a product: its own value, else two label intervals , in days."""
    return product.in_time_days or 2 * product.interval_days


def calendar_of(network: Network) -> Calendar:
    """Warm-up, cohort and follow-up as the network's settings and products ask."""
    settings = network.settings
    return calendar(
        cohort_start=settings.cohort_start,
        cohort_weeks=settings.cohort_weeks,
        warm_up_weeks=settings.warm_up_weeks,
        in_time_days=max(in_time_days(product) for product in network.rows(Product)),
    )


def continuation(network: Network) -> Floats:
    """Share that goes on after each dose, shape (product, dose). [unitless]

    A dose without a row in ``continuation`` has the product's own share.
    """
    products = network.rows(Product)
    at = {row.product: number for number, row in enumerate(products)}
    usual = np.array([row.continue_percent for row in products]) / 100.0
    most = max((row.cycles_max for row in products), default=1)
    shares: Floats = np.repeat(usual[:, None], most, axis=1)
    for row in network.rows(Continuation):
        if row.after_dose <= most:
            shares[at[row.product], row.after_dose - 1] = row.continue_percent / 100.0
    return shares


def expected_cycles(goes_on: Floats, most: int) -> float:
    """Mean number of doses of a course of at most so many, from the shares that go on."""
    return 1.0 + float(np.cumprod(goes_on[: most - 1]).sum())


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
        "sigma": spread(median, p90),
        "standard_days": standard,
        "max_km": max_km,
    }


def spread(median: Floats, p90: Floats) -> Floats:
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
