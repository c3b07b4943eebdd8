"""What a dose costs those who make and sell it: below it they do not take part."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from doseline.model.demand import Cost
from doseline.model.supply import Batch, Line
from doseline.model.transport import Lane
from doseline.rules import to_cents
from doseline.study.inhouse import batch_dose_cost
from doseline.study.participation import dose_cost

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from doseline.model.network import Network
    from doseline.model.supply import Product
    from doseline.physics.nuclides import NuclideTable

SELLERS = ("maker", "carrier", "developer")
"""Parties whose costs the price must cover."""


def floors(
    network: Network, nuclides: NuclideTable, product: Product, doses_a_week: float
) -> dict[str, Decimal]:
    """Lowest price per dose at which making and bringing it costs nobody money, by site. [currency]

    Batches as full as an expected week makes them, the isotope of the cheapest lot, the cheapest
    way over lanes from the line that is cheapest for the site, and what the sellers spend on a
    dose. A site that no line reaches is not there.

    Args:
        network: Lines, batches, lots, lanes and costs.
        nuclides: Half-lives.
        product: The product.
        doses_a_week: Doses wanted in an expected week. [1/week]
    """
    lines = {line.line: line for line in network.rows(Line) if line.owner is None}
    batches = [
        one for one in network.rows(Batch) if one.product == product.product and one.line in lines
    ]
    made: dict[str, Decimal] = {}
    for batch in batches:
        expected = doses_a_week / len(batches)
        cost = batch_dose_cost(network, nuclides, lines[batch.line], batch, expected)
        made[batch.line] = min(made.get(batch.line, cost), cost)
    sold = dose_cost(network, product, [row for row in network.rows(Cost) if row.party in SELLERS])
    found = cheapest_way(network, made)
    sites = set(network.frame("sites")["site"])
    return {place: to_cents(cost + sold) for place, cost in found.items() if place in sites}


def cheapest_way(network: Network, start: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Least cost of a package at each place, from what it costs where it starts (Dijkstra)."""
    lanes: dict[str, list[tuple[str, Decimal]]] = {}
    for lane in network.rows(Lane):
        lanes.setdefault(lane.from_place, []).append((lane.to_place, lane.cost))
    best: dict[str, Decimal] = {}
    queue: list[tuple[Decimal, str]] = []
    for place, cost in start.items():
        heappush(queue, (cost, place))
    while queue:
        cost, place = heappop(queue)
        if place not in best:
            best[place] = cost
            for to, more in lanes.get(place, ()):
                heappush(queue, (cost + more, to))
    return best
