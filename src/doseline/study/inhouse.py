"""What a dose costs a hospital that makes it on a line of its own."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch, Line, Lot, Product, Source
from doseline.model.transport import Lane
from doseline.physics.decay import activity_needed
from doseline.routes.clock import MS_PER_HOUR, clock_minutes, milliseconds, utc_ms
from doseline.rules import to_cents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

_WEEK_MS = milliseconds(7.0 * 24.0)


def own_costs(
    network: Network, nuclides: NuclideTable, doses_a_week: Mapping[str, float]
) -> dict[tuple[str, str], Decimal]:
    """Expected cost of a dose by line with an owner and product, carriage left out. [currency]

    A vial, a share of the batch and the isotope: the batch is shared by the doses that it makes in
    an expected week, at least one and at most a full batch; the isotope is that of the cheapest
    lot, decayed from its reference time to the release of the batch, when the dose is given.

    Args:
        network: Lines, batches, lots.
        nuclides: Half-lives.
        doses_a_week: Doses wanted of each product in an expected week, to fill the batches.
    """
    owned = {line.line: line for line in network.rows(Line) if line.owner is not None}
    batches = [batch for batch in network.rows(Batch) if batch.line in owned]
    number = {
        product: sum(batch.product == product for batch in batches)
        for product in {batch.product for batch in batches}
    }
    found: dict[tuple[str, str], list[Decimal]] = {}
    for batch in batches:
        expected = doses_a_week.get(batch.product, 0.0) / number[batch.product]
        cost = batch_dose_cost(network, nuclides, owned[batch.line], batch, expected)
        found.setdefault((batch.line, batch.product), []).append(cost)
    return {key: to_cents(sum(costs, Decimal(0)) / len(costs)) for key, costs in found.items()}


def batch_dose_cost(
    network: Network, nuclides: NuclideTable, line: Line, batch: Batch, expected: float
) -> Decimal:
    """What a dose of one batch costs the line. [currency]"""
    product = network.by_key(Product)[batch.product]
    half_life_h = nuclides[product.nuclide].half_life_h
    at_calibration = activity_needed(product.activity_gbq, batch.qc_h, half_life_h)
    full = min(float(batch.max_doses), batch.max_activity_gbq // max(at_calibration, 1e-12))
    typical = max(min(expected, full), 1.0)
    in_process = at_calibration / max(batch.yield_percent / 100.0, 1e-12)
    week = network.settings.plan_week
    prices = [
        float(lot.price_per_gbq)
        * activity_needed(in_process, _age_h(network, lot, line, batch, week), half_life_h)
        for lot in network.rows(Lot)
        if lot.line == line.line and network.by_key(Source)[lot.source].nuclide == product.nuclide
    ]
    isotope = Decimal(str(min(prices, default=0.0)))
    return batch.dose_cost + batch.fixed_cost / Decimal(str(typical)) + isotope


def _age_h(network: Network, lot: Lot, line: Line, batch: Batch, week: date) -> float:
    """Hours from the reference time of the last lot that has arrived to the end of synthesis."""
    source = network.by_key(Source)[lot.source]
    (start_day, *_) = weekday_numbers(batch.weekday)
    start_ms = utc_ms(line.zone, week + timedelta(days=start_day), clock_minutes(batch.start))
    lead_ms = milliseconds(lot.lead_h)
    waits = []
    for day in weekday_numbers(lot.weekday):
        reference_ms = utc_ms(source.zone, week + timedelta(days=day), clock_minutes(lot.reference))
        waits.append((start_ms - reference_ms - lead_ms) % _WEEK_MS + lead_ms)
    return min(waits) / MS_PER_HOUR + batch.synthesis_h


def own_carriage(network: Network) -> dict[tuple[str, str], Decimal]:
    """Cost of the cheapest lane from a line with an owner straight to a site. [currency]

    A pair without a lane is not there.
    """
    owned = {line.line for line in network.rows(Line) if line.owner is not None}
    found: dict[tuple[str, str], Decimal] = {}
    for lane in network.rows(Lane):
        if lane.from_place in owned:
            key = lane.from_place, lane.to_place
            found[key] = min(found.get(key, lane.cost), lane.cost)
    return found
