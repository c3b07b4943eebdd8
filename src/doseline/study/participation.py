"""Which site offers which product to whose patients, decided by payment before any plan.

A site offers a product to a payer's patients if a dose leaves at least the network's minimum
margin, and offers it at all if its expected weekly contribution covers its weekly fixed cost.
Who drops out sends patients elsewhere, so this repeats until nobody changes (4-ledger). Of sites
that share patients and do not cover their week, the one that covers it least leaves first: the
others may live on its patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.demand import Cost, Incidence, Payer, Region
from doseline.model.supply import Licence, Product
from doseline.model.treatment import Site
from doseline.rules import Charge, Flow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from doseline.model.network import Network
    from doseline.rules import Payment, RuleBook
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Bools, Floats, Pathway


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Who offers what to whom."""

    offers: Bools
    """Shape (site, product, payer)."""
    margin: Floats
    """What a dose leaves the hospital, shape (site, product, payer). [currency]"""
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
    pays = margin >= network.settings.minimum_margin
    offers = pays & _licensed(network, day)[:, :, None]
    rounds = 1
    while True:
        doses = expected_doses(network, path, sites, offers)
        left = (doses * margin).sum(axis=(1, 2)) - site_week_cost(network, offers)
        leaving = _first_to_leave(left, offers.any(axis=(1, 2)), sites)
        if not leaving.any():
            break
        offers = offers & ~leaving[:, None, None]
        rounds += 1
    return Participation(offers=offers, margin=margin, rounds=rounds)


def _first_to_leave(left: Floats, offering: Bools, sites: Catchment) -> Bools:
    """Sites that lose by offering, unless a site that shares a region with them loses more.

    Args:
        left: What offering leaves each site a week. [currency/week]
        offering: Whether each site offers anything.
        sites: Catchment, whose regions they share.
    """
    failing: Bools = offering & (left < 0)
    rank = np.empty(left.size, dtype=np.int64)
    rank[np.argsort(left, kind="stable")] = np.arange(left.size)
    near = np.where(sites.places >= 0, sites.places, 0)
    ranks = np.where((sites.places >= 0) & failing[near], rank[near], left.size)
    outdone = ranks > ranks.min(axis=1, keepdims=True)
    spared = np.zeros(left.size, dtype=np.bool_)
    spared[near[outdone & (ranks < left.size)]] = True
    leaving: Bools = failing & ~spared
    return leaving


def hospital_margin(network: Network, rulebook: RuleBook, day: date) -> Floats:
    """What one dose leaves the hospital, shape (site, product, payer). [currency]

    Sites of one setting and locality are paid alike, so each such class is decided once; the
    rulebook is never asked about a class that the network does not have.
    """
    sites, products = network.rows(Site), network.rows(Product)
    own = [hospital_dose_cost(network, product) for product in products]
    classes = {(site.setting, site.locality): at for at, site in enumerate(sites)}
    margin = np.zeros((len(sites), len(products), len(network.rows(Payer))))
    for (setting, locality), first in classes.items():
        for at_product, product in enumerate(products):
            for at_payer, payer in enumerate(network.rows(Payer)):
                paid = payments(rulebook, product, payer.segment, setting, day, locality=locality)
                margin[first, at_product, at_payer] = float(hospital_net(paid) - own[at_product])
    like: Floats = margin[[classes[site.setting, site.locality] for site in sites]]
    return like


def payments(
    rulebook: RuleBook,
    product: Product,
    segment: str,
    setting: str,
    day: date,
    *,
    locality: str = "",
) -> tuple[Payment, ...]:
    """All payments for one dose of a product: by rule, and the price the network states."""
    flow = Flow(
        code=product.hcpcs,
        activity_bq=product.activity_gbq * 1e9,
        service_date=day,
        payer=segment,
        setting=setting,
        locality=locality,
        price=product.price,
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


def hospital_dose_cost(network: Network, product: Product) -> Decimal:
    """What the hospital itself spends on one infusion: an episode's costs spread over its doses."""
    cycles = expected_cycles(product.continue_percent / 100.0, product.cycles_max)
    spent = Decimal(0)
    for row in network.rows(Cost):
        if row.party == "hospital" and row.product in (None, product.product):
            amount = Decimal(str(row.amount))
            spent += amount if row.per in ("dose", "infusion") else Decimal(0)
            spent += amount / Decimal(str(cycles)) if row.per == "episode" else Decimal(0)
    return spent


def site_week_cost(network: Network, offers: Bools) -> Floats:
    """What each site spends a week on having the therapy, or a product of it. [currency/week]"""
    products = network.frame("products")["product"].to_list()
    spent = np.zeros(offers.shape[0])
    for row in network.rows(Cost):
        if row.party == "hospital" and row.per == "site_week":
            of = slice(None) if row.product is None else [products.index(row.product)]
            spent += row.amount * offers[:, of].any(axis=(1, 2))
    return spent


def expected_doses(network: Network, path: Pathway, sites: Catchment, offers: Bools) -> Floats:
    """Expected doses a week, shape (site, product, payer), if each patient finds a place.

    Those who cannot pay or are finally denied are left out.
    """
    starts = _expected_starts(network, path)
    share = np.diff(path.payer_shares, axis=1, prepend=0.0)
    share = share * (1.0 - path.cannot_pay) * (1.0 - path.denied)
    weight = np.where(sites.places >= 0, sites.size[sites.places] / (sites.km + 20.0), 0.0)
    doses = np.zeros(offers.shape)
    cycles = [expected_cycles(*each) for each in zip(path.continues, path.cycles_max, strict=True)]
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


def expected_cycles(goes_on: float, most: int) -> float:
    """Mean number of doses of a course with a constant chance to go on, up to a maximum."""
    return sum(goes_on**nth for nth in range(most))


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
