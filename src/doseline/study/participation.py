"""Which site offers which product to whose patients, decided by payment before any plan.

A site offers a product to a payer's patients if a dose leaves at least the network's minimum
margin, and offers it at all if its expected weekly contribution covers its weekly fixed cost.
Who drops out sends patients elsewhere, so this repeats until nobody changes (4-ledger).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.demand import Cost, Incidence, Payer, Region
from doseline.model.supply import Licence, Product
from doseline.model.treatment import SETTINGS, Site
from doseline.rules import Charge, Flow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from doseline.model.network import Network
    from doseline.rules import Payment, RuleBook
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Bools, Floats, Pathway

_MAX_ROUNDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Who offers what to whom."""

    offers: Bools
    """Shape (site, product, payer)."""
    margin: Floats
    """What a dose leaves the hospital, shape (setting, product, payer). [currency]"""
    rounds: int
    """Rounds until nobody changed."""

    def offered(self, network: Network) -> frozenset[tuple[str, str]]:
        """Pairs of site and product that are offered to somebody."""
        sites, products = network.frame("sites")["site"], network.frame("products")["product"]
        pairs = np.argwhere(self.offers.any(axis=2))
        return frozenset((sites[int(site)], products[int(product)]) for site, product in pairs)


def participate(
    network: Network, rulebook: RuleBook, path: Pathway, sites: Catchment, *, day: date
) -> Participation:
    """Repeat offers and volumes until they agree.

    Args:
        network: Sites, products, payers, costs.
        rulebook: What is paid.
        path: Gates before a site is chosen, for expected volumes.
        sites: Catchment of the sites.
        day: Day of service whose payment is expected.
    """
    margin = hospital_margin(network, rulebook, day)
    setting = np.array([SETTINGS.index(site.setting) for site in network.rows(Site)])
    pays = margin[setting] >= network.settings.minimum_margin
    offers = pays & _licensed(network, day)[:, :, None]
    fixed = site_week_cost(network)
    rounds = 0
    while rounds < _MAX_ROUNDS:
        rounds += 1
        doses = expected_doses(network, path, sites, offers)
        contribution = (doses * margin[setting]).sum(axis=(1, 2))
        stays = (contribution >= fixed) | ~offers.any(axis=(1, 2))
        if stays.all():
            break
        offers = offers & stays[:, None, None]
    return Participation(offers=offers, margin=margin, rounds=rounds)


def hospital_margin(network: Network, rulebook: RuleBook, day: date) -> Floats:
    """What one dose leaves the hospital, shape (setting, product, payer). [currency]"""
    products, payers = network.rows(Product), network.rows(Payer)
    margin = np.zeros((len(SETTINGS), len(products), len(payers)))
    for at_setting, setting in enumerate(SETTINGS):
        for at_product, product in enumerate(products):
            own = hospital_dose_cost(network, product.product)
            for at_payer, payer in enumerate(payers):
                paid = payments(rulebook, product, payer.segment, setting, day)
                margin[at_setting, at_product, at_payer] = float(hospital_net(paid) - own)
    return margin


def payments(
    rulebook: RuleBook, product: Product, segment: str, setting: str, day: date
) -> tuple[Payment, ...]:
    """All payments for one dose of a product: by rule, and the price the network states."""
    flow = Flow(
        code=product.hcpcs,
        activity_bq=product.activity_gbq * 1e9,
        service_date=day,
        payer=segment,
        setting=setting,
    )
    price = Charge(
        party_from="hospital",
        party_to="developer",
        what="dose",
        amount=product.price,
        currency=rulebook.currency,
        source=f"products.{product.product}.price ({product.evidence})",
    )
    return rulebook.pay(flow, (price,))


def hospital_net(paid: Iterable[Payment]) -> Decimal:
    """What the hospital receives less what it pays."""
    net = Decimal(0)
    for payment in paid:
        net += payment.amount if payment.party_to == "hospital" else Decimal(0)
        net -= payment.amount if payment.party_from == "hospital" else Decimal(0)
    return net


def hospital_dose_cost(network: Network, product: str) -> Decimal:
    """What the hospital itself spends on one infusion of a product. [currency]"""
    rows = (row for row in network.rows(Cost) if row.product in (None, product))
    mine = (row for row in rows if row.party == "hospital" and row.per in ("dose", "infusion"))
    return sum((Decimal(str(row.amount)) for row in mine), Decimal(0))


def site_week_cost(network: Network) -> float:
    """What a site spends each week on having the therapy at all. [currency/week]"""
    rows = (row for row in network.rows(Cost) if row.per == "site_week")
    return sum(row.amount for row in rows if row.party == "hospital")


def expected_doses(network: Network, path: Pathway, sites: Catchment, offers: Bools) -> Floats:
    """Expected doses a week, shape (site, product, payer), if each patient finds a place."""
    starts = _expected_starts(network, path)
    share = np.diff(path.payer_shares, axis=1, prepend=0.0)
    weight = np.where(sites.places >= 0, sites.size[sites.places] / (sites.km + 20.0), 0.0)
    doses = np.zeros(offers.shape)
    cycles = _expected_cycles(path)
    for product in range(offers.shape[1]):
        near = weight * (sites.km <= path.max_km[product, path.gate("reach")])
        for payer in range(offers.shape[2]):
            taken = near * offers[sites.places, product, payer]
            total = taken.sum(axis=1, keepdims=True)
            split = np.divide(taken, total, out=np.zeros_like(taken), where=total > 0)
            flow = split * starts[:, product, None] * share[product, payer] * cycles[product]
            np.add.at(doses[:, product, payer], sites.places, flow)
    return doses


def _expected_starts(network: Network, path: Pathway) -> Floats:
    """Patients a week who reach the choice of a site, shape (region, product)."""
    region_at = {row.region: at for at, row in enumerate(network.rows(Region))}
    product_at = {row.product: at for at, row in enumerate(network.rows(Product))}
    starts = np.zeros((len(region_at), len(product_at)))
    for row in network.rows(Incidence):
        starts[region_at[row.region], product_at[row.product]] += row.per_year * 7.0 / 365.25
    passed = path.passes.prod(axis=1)[:, path.rural.astype(np.int64)].T
    reaching: Floats = starts * passed
    return reaching


def _expected_cycles(path: Pathway) -> Floats:
    """Mean number of doses of a course with a constant chance to go on, up to the maximum."""
    goes_on = path.continues
    cycles: Floats = np.array(
        [sum(c**k for k in range(n)) for c, n in zip(goes_on, path.cycles_max, strict=True)]
    )
    return cycles


def _licensed(network: Network, day: date) -> Bools:
    """Whether a site may treat with a product's nuclide on a day, shape (site, product)."""
    held = {
        (row.holder, row.nuclide)
        for row in network.rows(Licence)
        if row.operation == "treat" and row.valid_from <= day <= row.valid_until
    }
    products = network.rows(Product)
    return np.array(
        [[(site.site, item.nuclide) in held for item in products] for site in network.rows(Site)]
    )
