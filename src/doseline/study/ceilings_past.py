"""How a network's years of own doses bear on later ceilings, by the rulebook's own parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.treatment import Site
from doseline.pay.ceilings import MEMORY_SCHEMA, PAST_SCHEMA
from doseline.pay.ceilings_history import (
    KEYS,
    Memory,
    ceiling_path,
    followed,
    scaled_ceiling,
)
from doseline.rules import to_cents
from doseline.study.ceilings_market import own_cost_at, twin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.model.supply import Product
    from doseline.rules import Reading
    from doseline.rules.price_terms import PriceTerms
    from doseline.study.ceilings_market import Market, Segment

LAUNCHES = (0, 2, 4, 6)
YEARS = 10
"""Years of launch that are tried, and the last year that is told; 0 is the first own dose."""


def past_frame(
    market: Market, products: Iterable[tuple[Product, Sequence[Segment]]]
) -> pl.DataFrame:
    """Ceilings by year of launch and year, columns of ``PAST_SCHEMA``.

    Only where a payment follows past cost and hospitals make the same therapy themselves.
    """
    rows: list[dict[str, Any]] = []
    for product, segments in products:
        own = _own_cost(market, product)
        if own is not None:
            for one in _distinct(segments):
                rows += _rows(market, one, own)
    return pl.DataFrame(rows, schema=PAST_SCHEMA)


def memory_frame(market: Market, products: Iterable[Sequence[Segment]]) -> pl.DataFrame:
    """The parameters of the model with what they rest on, columns of ``MEMORY_SCHEMA``."""
    found: dict[str, dict[str, Any]] = {}
    for segments in products:
        for one in _distinct(segments):
            for reading in _readings(market, _terms(market, one)).values():
                found[reading.key] = {
                    "key": reading.key,
                    "value": float(reading.value.amount),
                    "unit": reading.unit,
                    "kind": reading.value.kind,
                    "confidence": reading.value.confidence,
                    "title": reading.value.source.title,
                }
    return pl.DataFrame(list(found.values()), schema=MEMORY_SCHEMA)


def _rows(market: Market, one: Segment, own: Decimal) -> list[dict[str, Any]]:
    terms, now = _terms(market, one), one.situation
    paid = market.payments(now)
    first = followed(paid, terms.follows)
    if not terms.history or not first:
        return []
    pattern = [
        limit.ceiling
        for limit in market.limits_in(now)
        if limit.party == "payer" and limit.binds and limit.ceiling is not None
    ]
    path = ceiling_path(
        _memory(market, terms),
        first=first,
        own=own,
        price=now.price,
        pattern=min(pattern, default=None),
        launches=LAUNCHES,
        years=YEARS,
        hospital_ceiling=lambda factor: scaled_ceiling(now, paid, terms.follows, factor),
    )
    named = {
        "product": one.product,
        "payer": one.payer,
        "setting": now.flow.setting,
        "locality": now.flow.locality,
    }
    return [
        {
            **named,
            "launch": year.launch,
            "year": year.year,
            "payment": year.payment,
            "hospital": year.hospital,
            "listed": year.listed,
            "bought": year.bought,
        }
        for year in path
    ]


def _distinct(segments: Sequence[Segment]) -> list[Segment]:
    """One segment for each flow: a hospital's own line changes no payment."""
    return list({one.situation.flow: one for one in reversed(segments)}.values())[::-1]


def _own_cost(market: Market, product: Product) -> Decimal | None:
    """Mean cost of the hospitals' own dose. [currency]"""
    twin = twin_of(market, product)
    costs = [own_cost_at(market, twin, site.site) for site in market.network.rows(Site)]
    known = [one for one in costs if one is not None]
    return to_cents(sum(known, Decimal(0)) / len(known)) if known else None


def _terms(market: Market, one: Segment) -> PriceTerms:
    case = market.book.case(one.situation.flow)
    return market.book.blueprint.price_terms(case)


def _readings(market: Market, terms: PriceTerms) -> dict[str, Reading]:
    if not terms.history:
        return {}
    day = market.book.on(market.terms.day)
    return {name: day.parameter(f"{terms.history}.{name}") for name in KEYS}


def _memory(market: Market, terms: PriceTerms) -> Memory:
    values = {name: one.value.amount for name, one in _readings(market, terms).items()}
    return Memory(
        lag_years=int(values["lag_years"]),
        adjustment=values["adjustment"],
        case_share=values["case_share"],
        bought_share=values["bought_share"],
        other_cost_share=values["other_cost_share"],
        comparator_weight=values["comparator_weight"],
    )
