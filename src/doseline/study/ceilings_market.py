"""A network as its payers, sites and doses meet at a price: what the search for ceilings asks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.demand import Cost, Payer
from doseline.model.ordering import Listing
from doseline.model.supply import Evidence, Product
from doseline.model.treatment import Site
from doseline.pay.ceilings_later import later_stretches
from doseline.pay.ceilings_moves import Raiser, moved_most
from doseline.pay.ceilings_parties import Situation, asking, limits_of
from doseline.pay.ceilings_pieces import payments_over
from doseline.rules import balance, to_cents
from doseline.simulate.pathway import calendar_of, pathway
from doseline.study.catchments import site_catchment
from doseline.study.expected import licensed_sites, listed_from
from doseline.study.participation import dose_cost, dose_flow, hospital_dose_cost
from doseline.study.prepare import taking_part

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.pay.ceilings_moves import Move
    from doseline.pay.ceilings_parties import Limit
    from doseline.pay.ceilings_pieces import Payments
    from doseline.pay.ceilings_solve import Stretch
    from doseline.rules import Flow, RuleBook
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Bools, Floats, Pathway
    from doseline.study.participation import Participation
    from doseline.study.reference import Reference
    from doseline.study.terms import Terms

HISTORIES = ("makes", "listed", "listing", "free")
"""What a site has behind it: a line of its own for the same therapy, a listing that is done, one
that is not, or no listing that it would need."""
_LEAST_TOP = Decimal(10_000)
"""Prices are searched up to twenty times the price of today, or of this. [currency]"""
_HISTORY = {True: "listed", False: "listing", None: "free"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Patients of one payer at sites that are alike."""

    product: str
    payer: str
    history: str
    situation: Situation
    listed_price: Decimal
    """The product's price of today, before any discount of these sites. [currency]"""
    sites: tuple[int, ...]
    """Row numbers."""

    def price_at(self, price: Decimal) -> Decimal:
        """What these sites pay where others pay a price: a discount stays in proportion. [currency]"""
        if not self.listed_price or self.situation.price == self.listed_price:
            return price
        return to_cents(price * self.situation.price / self.listed_price)

    @property
    def facts(self) -> str:
        """Contract, cover and discount, where the network has them."""
        flow = self.situation.flow
        named = [flow.contract, flow.cover, "discount" if flow.discount else ""]
        return " ".join(one for one in named if one)


@dataclass(slots=True, kw_only=True)
class Market:
    """What every search over prices shares; payments and limits are decided once."""

    network: Network
    reference: Reference
    terms: Terms
    path: Pathway
    sites: Catchment
    today: Participation
    able: Decimal
    nights: int | None = None
    """Nights in hospital of every patient; none: as the release rules ask. [d]"""
    paid: dict[Flow, Payments] = field(default_factory=dict)
    limits: dict[Situation, tuple[Limit, ...]] = field(default_factory=dict)
    moves: dict[tuple[Flow, str, Decimal | None], Move | None] = field(default_factory=dict)
    later: dict[Situation, tuple[Stretch, ...] | None] = field(default_factory=dict)
    raiser: Raiser | None = None
    made: dict[Flow, Decimal] = field(default_factory=dict)
    """What hospitals receive for doses of their own. [currency]"""

    @property
    def book(self) -> RuleBook:
        """The rulebook, with what a what-if has changed."""
        return self.reference.rulebook

    def stay(self, flow: Flow) -> Flow:
        """A flow with the nights that are asked about."""
        return flow if self.nights is None else replace(flow, nights=self.nights)

    def payments(self, situation: Situation) -> Payments:
        """Payments over all prices."""
        key = situation.at(Decimal(0))
        if key not in self.paid:
            most = 20 * max(situation.price, _LEAST_TOP)
            self.paid[key] = payments_over(asking(self.book, situation), most=most)
        return self.paid[key]

    def limits_in(self, situation: Situation) -> tuple[Limit, ...]:
        """The limits of every party."""
        if situation not in self.limits:
            self.limits[situation] = limits_of(self.book, situation, self.payments(situation))
        return self.limits[situation]

    def move_of(self, situation: Situation, limit: Limit) -> Move | None:
        """The parameter that moves a ceiling most."""
        key = situation.flow, limit.kind, limit.ceiling
        if key not in self.moves:
            self.raiser = self.raiser or Raiser(self.book)
            paid = self.payments(situation)
            self.moves[key] = moved_most(self.raiser, situation, paid, limit)
        return self.moves[key]

    def later_in(self, situation: Situation) -> tuple[Stretch, ...] | None:
        """Where the hospital takes part once rates have followed the price; none if none does."""
        now = replace(situation, making=None, making_cost=None)
        if now not in self.later:
            self.later[now] = later_stretches(self.book, now, most=20 * max(now.price, _LEAST_TOP))
        return self.later[now]

    def line_at(self, situation: Situation, price: Decimal) -> tuple[float, float]:
        """What a dose of a price leaves the hospital, and what the patient pays. [currency]"""
        piece = self.payments(situation).at(price)
        received, share = (
            float(start + slope * price) for start, slope in map(piece.net, ("hospital", "patient"))
        )
        return received - float(price + situation.own_cost), -share

    def listed(self) -> Bools:
        """Whether a site may charge a product at any time of the study, shape (site, product)."""
        days = calendar_of(self.network)
        done: Bools = listed_from(self.network, days.origin) < days.horizon_day
        return done

    def licensed(self) -> Bools:
        """Whether a site may treat with a product's nuclide, shape (site, product)."""
        return licensed_sites(self.network, self.network.settings.plan_week)


def market_of(
    network: Network, reference: Reference, *, able: Decimal, nights: int | None = None
) -> Market:
    """The market of a network, with who takes part today.

    Args:
        network: A checked network.
        reference: Nuclides and rulebook, what-ifs included.
        able: Share of patients who must be able to pay, for patients to take part. [unitless]
        nights: Nights in hospital of every patient; none: as the release rules ask. [d]
    """
    path = pathway(network)
    sites = site_catchment(network, float(path.max_km[:, path.gate("reach")].max()))
    terms, today = taking_part(network, reference, path, sites)
    return Market(
        network=network,
        reference=reference,
        terms=terms,
        path=path,
        sites=sites,
        today=today,
        able=able,
        nights=nights,
    )


def twin_of(market: Market, product: Product) -> Product | None:
    """The product that hospitals make themselves for the same billing code; none if there is none."""
    twins = [
        one
        for one in market.network.rows(Product)
        if one.hcpcs == product.hcpcs and market.terms.channel[one.product] == "in_house"
    ]
    return twins[0] if twins and product.hcpcs else None


def own_cost_at(market: Market, twin: Product | None, site: str) -> Decimal | None:
    """What a dose of its own costs a site; none if it has no line for it. [currency]"""
    if twin is None:
        return None
    costs = [
        market.terms.cost_from(line, twin, site)
        for line in market.terms.made_by.get(twin.product, ())
        if market.terms.owner[line] == site
    ]
    return min(costs, default=None)


def segments_of(market: Market, product: Product) -> tuple[Segment, ...]:
    """Sites that are alike to rules and past, by payer, in the order of the network."""
    network, twin = market.network, twin_of(market, product)
    licensed = market.licensed()[:, product_index(market, product.product)]
    own, assumed = own_work(network, product)
    done = {
        row.site: _is_done(row) for row in network.rows(Listing) if row.product == product.product
    }
    found: dict[tuple[str, str, Situation], list[int]] = {}
    for payer in network.rows(Payer):
        for at, site in enumerate(network.rows(Site)):
            if not licensed[at]:
                continue
            price = market.terms.price(product, site.site)
            flow = replace(
                market.stay(dose_flow(market.terms, product, payer, site, price)),
                channel="commercial",
            )
            cost = own_cost_at(market, twin, site.site)
            situation = Situation(
                flow=flow,
                own_cost=own,
                assumed_cost=assumed,
                least=Decimal(str(network.settings.minimum_margin)),
                making=None
                if twin is None or cost is None
                else making(market, twin, payer, site, cost),
                making_cost=cost,
                charge_per_price=(
                    flow.charge / price if flow.charge is not None and price else None
                ),
                cannot_pay=Decimal(str(payer.cannot_pay_percent)) / 100,
                able=market.able,
            )
            history = "makes" if cost is not None else _HISTORY[done.get(site.site)]
            found.setdefault((payer.payer, history, situation), []).append(at)
    return tuple(
        Segment(
            product=product.product,
            payer=payer,
            history=history,
            situation=situation,
            listed_price=product.price,
            sites=tuple(sites),
        )
        for (payer, history, situation), sites in found.items()
    )


def making(market: Market, twin: Product, payer: Payer, site: Site, cost: Decimal) -> Decimal:
    """What a dose of its own leaves a hospital. [currency]"""
    flow = market.stay(dose_flow(market.terms, twin, payer, site, cost))
    if flow not in market.made:
        market.made[flow] = balance(market.book.pay(flow))["hospital"]
    return market.made[flow] - cost - hospital_dose_cost(market.network, twin)


def own_work(network: Network, product: Product) -> tuple[Decimal, Decimal]:
    """What a hospital spends on an infusion beside the dose, and how much of it is assumed."""
    evidence = network.by_key(Evidence)
    assumed = [
        row
        for row in network.rows(Cost)
        if row.party == "hospital" and evidence[row.evidence].kind == "assumption"
    ]
    return hospital_dose_cost(network, product), dose_cost(network, product, assumed)


def _is_done(row: Listing) -> bool:
    """Whether every step of a listing has a day."""
    steps = row.hospital_listing, row.procurement, row.service_item, row.drug_filing
    return all(step is not None for step in steps)


def product_index(market: Market, product: str) -> int:
    """Row number of a product."""
    names: list[str] = market.network.frame("products")["product"].to_list()
    return names.index(product)


def payer_index(market: Market, payer: str) -> int:
    """Row number of a payer."""
    names: list[str] = market.network.frame("payers")["payer"].to_list()
    return names.index(payer)


def payer_shares(market: Market, product: str) -> Floats:
    """Share of a product's patients whom each payer covers, shape (payer,). [unitless]"""
    at = product_index(market, product)
    shares: Floats = np.diff(market.path.payer_shares[at], prepend=0.0)
    return shares
