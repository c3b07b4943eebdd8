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

from doseline.errors import BadInputError
from doseline.model.demand import Cost, Payer
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.rules import Flow, to_cents
from doseline.rules.errors import BadFlowError
from doseline.simulate.pathway import continuation, expected_cycles
from doseline.study.expected import expected_doses, licensed_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from doseline.model.network import Network
    from doseline.rules import Payment, RuleBook
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Bools, Floats, Pathway
    from doseline.study.terms import Terms


_CELLS = {
    "code": "products.hcpcs",
    "payer": "payers.segment",
    "contract": "payers.contract",
    "cover": "payers.cover",
    "setting": "sites.setting",
    "locality": "sites.locality",
    "charge": "sites.charge_multiple",
    "discount": "sites.discount",
    "channel": "lines.channel",
    "price": "products.price",
}
"""Where a network states each fact of a flow."""


class UnpricedDoseError(BadInputError):
    """A dose that the rulebook cannot price, by a word of the network that it does not know."""

    def __init__(self, site: str, product: str, payer: str, error: BadFlowError) -> None:
        self.site, self.product, self.payer = site, product, payer
        self.cell = _CELLS.get(error.field, error.field)
        self.found, self.allowed, self.nearest = error.found, error.allowed, error.nearest
        super().__init__(
            f"A dose of {product} at {site} for {payer} cannot be priced by {self.cell}: {error}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Who offers what to whom."""

    offers: Bools
    """Shape (site, product, payer); a site that is not listed yet would, once it is."""
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
    network: Network,
    rulebook: RuleBook,
    path: Pathway,
    sites: Catchment,
    *,
    terms: Terms,
    listed: Bools,
) -> Participation:
    """Repeat offers and volumes until they agree, as paid in the planned week.

    Args:
        network: Sites, products, payers, costs.
        rulebook: What is paid.
        path: Gates before a site is chosen, for expected volumes.
        sites: Catchment of the sites.
        terms: What doses cost the hospitals.
        listed: Whether a site may charge a product at any time of the study, shape (site,
            product). Who never may has no volume and no weekly cost.
    """
    margin = hospital_margin(network, rulebook, terms)
    pays: Bools = margin >= network.settings.minimum_margin
    offers: Bools = pays & licensed_sites(network, network.settings.plan_week)[:, :, None]

    def doses_of(active: Bools) -> Floats:
        return expected_doses(network, path, sites, active)

    return settled(network, sites, margin=margin, offers=offers, listed=listed, doses_of=doses_of)


def settled(
    network: Network,
    sites: Catchment,
    *,
    margin: Floats,
    offers: Bools,
    listed: Bools,
    doses_of: Callable[[Bools], Floats],
) -> Participation:
    """Let sites leave that do not cover their week, until nobody does.

    Args:
        network: Sites and their weekly costs.
        sites: Catchment of the sites.
        margin: What a dose leaves the hospital, shape (site, product, payer). [currency]
        offers: Who offers what at first, of the same shape.
        listed: Whether a site may charge a product, shape (site, product).
        doses_of: Doses a week of each site, product and payer, by who offers what. [1/week]
    """
    rounds = 1
    while True:
        active = offers & listed[:, :, None]
        offering: Bools = np.any(active, axis=(1, 2))
        left = (doses_of(active) * margin).sum(axis=(1, 2)) - site_week_cost(network, active)
        leaving = _first_to_leave(left, offering, sites)
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


def hospital_margin(network: Network, rulebook: RuleBook, terms: Terms) -> Floats:
    """What one dose leaves the hospital, shape (site, product, payer). [currency]

    Doses alike to the rules are decided once; the rulebook is never asked about a class that the
    network does not have.
    """
    sites, products, payers = network.rows(Site), network.rows(Product), network.rows(Payer)
    own = [hospital_dose_cost(network, product) for product in products]
    margin = np.zeros((len(sites), len(products), len(payers)))
    decided: dict[Flow, Decimal] = {}
    for at_site, at in np.ndindex(margin.shape[:2]):
        site, product = sites[at_site], products[at]
        cost = terms.expected_cost(product, site.site)
        for at_payer, payer in enumerate(payers):
            flow = dose_flow(terms, product, payer, site, cost)
            if flow not in decided:
                try:
                    decided[flow] = hospital_net(rulebook.pay(flow))
                except BadFlowError as error:
                    raise UnpricedDoseError(
                        site.site, product.product, payer.payer, error
                    ) from error
            margin[at_site, at, at_payer] = float(decided[flow] - cost - own[at])
    return margin


def dose_flow(terms: Terms, product: Product, payer: Payer, site: Site, cost: Decimal) -> Flow:
    """A dose of the planned week as the rulebook sees it.

    Args:
        terms: Channel and nights of the product, and the day of service.
        product: The product.
        payer: The patient's payer.
        site: Where it is given.
        cost: What it costs the hospital. [currency]
    """
    return Flow(
        code=product.hcpcs,
        activity_bq=product.activity_gbq * 1e9,
        service_date=terms.day,
        payer=payer.segment,
        setting=site.setting,
        locality=site.locality,
        channel=terms.channel[product.product],
        nights=terms.nights(product.product),
        price=cost,
        contract=payer.contract,
        cover=payer.cover,
        charge=_charge(product, site),
        discount=site.discount,
    )


def _charge(product: Product, site: Site) -> Decimal | None:
    """What a site's own price list says for a dose, if it is known. [currency]"""
    if site.charge_multiple is None:
        return None
    return to_cents(product.price * Decimal(str(site.charge_multiple)))


def hospital_net(paid: Iterable[Payment]) -> Decimal:
    """What the hospital receives less what it pays."""
    net = Decimal(0)
    for payment in paid:
        net += payment.amount if payment.party_to == "hospital" else Decimal(0)
        net -= payment.amount if payment.party_from == "hospital" else Decimal(0)
    return net


def hospital_dose_cost(network: Network, product: Product) -> Decimal:
    """What the hospital itself spends on one infusion: an episode's costs spread over its doses."""
    return dose_cost(
        network, product, [row for row in network.rows(Cost) if row.party == "hospital"]
    )


def dose_cost(network: Network, product: Product, costs: Iterable[Cost]) -> Decimal:
    """What some costs come to for one dose of a product, those of an episode spread over it."""
    at = network.frame("products")["product"].to_list().index(product.product)
    cycles = expected_cycles(continuation(network)[at], product.cycles_max)
    spent = Decimal(0)
    for row in costs:
        if row.product in (None, product.product):
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
