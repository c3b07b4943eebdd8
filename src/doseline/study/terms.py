"""On what terms sites get their doses: the channel, the nights, and what a dose costs the hospital.

A dose of a maker is bought at the product's price; one of a trial is the sponsor's, and free to
the hospital. A hospital with a line of its own pays what the dose costs there; one that gets doses
of another hospital's line pays the same, as a transfer at cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.model.supply import Batch, Line, Product
from doseline.model.treatment import Site
from doseline.study.channels import channel_of
from doseline.study.expected import wanted_doses
from doseline.study.inhouse import own_carriage, own_costs
from doseline.study.stays import stays

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network
    from doseline.rules import Channel
    from doseline.study.reference import Reference
    from doseline.study.stays import Stay

_FREE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a payment depends on beyond product, payer and kind of site."""

    day: date
    """Day of service whose payment counts: the first of the planned week."""
    channel: Mapping[str, Channel]
    """By product."""
    stays: tuple[Stay, ...]
    """By row number in products."""
    owner: Mapping[str, str | None]
    """Hospital that runs each line, if any."""
    made_by: Mapping[str, tuple[str, ...]]
    """Lines that make each product."""
    own_cost: Mapping[tuple[str, str], Decimal]
    """Expected cost of a dose by line with an owner and product. [currency]"""
    carriage: Mapping[tuple[str, str], Decimal]
    """Expected carriage of a dose by line with an owner and site; free where missing. [currency]"""
    discounted: frozenset[str]
    """Sites that buy under a public discount programme."""

    def nights(self, product: str) -> int:
        """Nights in hospital after a product."""
        return next(stay.nights for stay in self.stays if stay.product == product)

    def cost_from(self, line: str, product: Product, site: str) -> Decimal:
        """What a dose of a line costs the hospital that gives it. [currency]"""
        if self.owner[line] is not None:
            return self.own_cost[line, product.product] + self.carriage.get((line, site), _FREE)
        return _FREE if self.channel[product.product] == "trial" else self.price(product, site)

    def price(self, product: Product, site: str) -> Decimal:
        """What a site pays for a dose that it buys. [currency]"""
        discounted = product.discount_price if site in self.discounted else None
        return product.price if discounted is None else discounted

    def price_column(self, product: Product, site: str) -> str:
        """The column of products that states what a site pays."""
        discounted = site in self.discounted and product.discount_price is not None
        return "discount_price" if discounted else "price"

    def expected_cost(self, product: Product, site: str) -> Decimal:
        """What a dose is expected to cost a site: on its own line, else from the cheapest.

        A product that no line makes has its price.
        """
        lines = self.made_by.get(product.product, ())
        own = [line for line in lines if self.owner[line] == site]
        costs = [self.cost_from(line, product, site) for line in own or lines]
        return min(costs, default=self.price(product, site))


def terms_of(network: Network, reference: Reference) -> Terms:
    """The terms of a network in its planned week.

    Raises:
        MixedChannelsError: If lines of several channels make one product.
    """
    owner = {line.line: line.owner for line in network.rows(Line)}
    owned = [line for line, of in owner.items() if of is not None]
    made_by: dict[str, dict[str, None]] = {}
    for batch in network.rows(Batch):
        made_by.setdefault(batch.product, {})[batch.line] = None
    wanted = wanted_doses(network) if owned else {}
    return Terms(
        day=network.settings.plan_week,
        channel=channel_of(network),
        stays=stays(network, reference),
        owner=owner,
        made_by={product: tuple(lines) for product, lines in made_by.items()},
        own_cost=own_costs(network, reference.nuclides, wanted) if owned else {},
        carriage=own_carriage(network),
        discounted=frozenset(row.site for row in network.rows(Site) if row.discount),
    )
