"""Ceilings: up to which price each party takes part in a network's products, and who binds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.errors import BadInputError
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.pay.ceilings import (
    CHOICE_SCHEMA,
    CURVE_SCHEMA,
    LATER_SCHEMA,
    LIMIT_SCHEMA,
    REACHED_SCHEMA,
    ROUND_SCHEMA,
    SEGMENT_SCHEMA,
    Ceilings,
)
from doseline.pay.ceilings_parties import binding
from doseline.rules.errors import nearest
from doseline.study.ceilings_curve import curve_of
from doseline.study.ceilings_floor import floors
from doseline.study.ceilings_market import (
    market_of,
    payer_index,
    payer_shares,
    segments_of,
)
from doseline.study.ceilings_past import memory_frame, past_frame
from doseline.study.ceilings_sites import choices_of, scanning
from doseline.study.expected import wanted_doses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.network import Network
    from doseline.pay.ceilings_moves import Move
    from doseline.pay.ceilings_parties import Situation
    from doseline.simulate.pathway import Bools
    from doseline.study.ceilings_curve import Point
    from doseline.study.ceilings_market import Market, Segment
    from doseline.study.ceilings_sites import Choices
    from doseline.study.reference import Reference


class UnsoldProductError(BadInputError):
    """A product that the network does not have, or one that nobody could sell."""

    def __init__(self, product: str, products: Sequence[str]) -> None:
        self.product, self.products = product, tuple(products)
        super().__init__(
            f"There is no product {product!r} with a price of its own in this network. "
            f"{nearest(product, products)}"
        )


class NothingSoldError(BadInputError):
    """No product of a network is sold."""

    def __init__(self) -> None:
        super().__init__(
            "No product of this network is sold: all come from hospitals' own lines or from "
            "trials. Name one of a trial with --product, to ask as if it were sold."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is found of one product."""

    product: Product
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    choices: tuple[tuple[str, Choices], ...]
    floor: dict[str, Decimal]


def ceilings(
    network: Network,
    reference: Reference,
    *,
    products: Sequence[str] = (),
    able: float = 0.5,
    nights: int | None = None,
    told: Callable[[str, int, int], None] | None = None,
) -> Ceilings:
    """Ceilings, curves and choices of a network.

    Args:
        network: A checked network.
        reference: Nuclides and rulebook, what-ifs included.
        products: Products to ask about; all that are sold, if none is named.
        able: Share of patients who must be able to pay, for patients to take part. [unitless]
        nights: Nights in hospital of every patient; none: as the release rules ask. [d]
        told: Told of each product that is done.

    Raises:
        UnsoldProductError: If a product is not there or is made by hospitals themselves.
        NothingSoldError: If no product is sold and none is named.
    """
    market = market_of(network, reference, able=Decimal(str(able)), nights=nights)
    chosen = _products(market, products)
    wanted = wanted_doses(network)
    found = []
    for number, product in enumerate(chosen):
        if told is not None:
            told("stage_ceilings", number, len(chosen))
        found.append(_find(market, product, wanted[product.product]))
    if told is not None:
        told("stage_ceilings", len(chosen), len(chosen))
    first = [_segment_rows(market, one) for one in found]
    return Ceilings(
        day=market.terms.day,
        currency=network.settings.currency,
        rulebook=market.book.name,
        what_if=market.book.patches,
        able=able,
        prices={one.product.product: float(one.product.price) for one in found},
        **_tables(market, found, first),
    )


def _find(market: Market, product: Product, doses_a_week: float) -> _Found:
    segments = segments_of(market, product)
    return _Found(
        product=product,
        segments=segments,
        points=curve_of(market, segments) if segments else (),
        choices=tuple(
            (when, choices_of(market, segments, sold=when == "after", price=product.price))
            for when in ("before", "after")
            if segments
        ),
        floor=floors(market.network, market.reference.nuclides, product, doses_a_week),
    )


def _products(market: Market, names: Sequence[str]) -> list[Product]:
    channel = market.terms.channel
    could = {
        one.product: one
        for one in market.network.rows(Product)
        if channel[one.product] != "in_house" and one.hcpcs
    }
    for name in names:
        if name not in could:
            raise UnsoldProductError(name, list(could))
    sold = [name for name in could if channel[name] == "commercial"]
    if not names and not sold:
        raise NothingSoldError
    return [could[name] for name in dict.fromkeys(names or sold)]


def _tables(
    market: Market, found: Sequence[_Found], first: Sequence[list[dict[str, Any]]]
) -> dict[str, pl.DataFrame]:
    """Every frame, the segments numbered over all products."""
    segments, limits, later, number = [], [], [], 0
    for one, rows in zip(found, first, strict=True):
        for segment, row in zip(one.segments, rows, strict=True):
            row["segment"] = number
            segments.append(row)
            limits += _limit_rows(market, number, segment.situation)
            later += _later_rows(market, number, segment.situation)
            number += 1
    return {
        "segments": pl.DataFrame(segments, schema=SEGMENT_SCHEMA),
        "limits": pl.DataFrame(limits, schema=LIMIT_SCHEMA),
        "later": pl.DataFrame(later, schema=LATER_SCHEMA),
        "curve": pl.DataFrame([row for one in found for row in _curve(one)], schema=CURVE_SCHEMA),
        "reached": pl.DataFrame(
            [row for one in found for row in _reached(market, one)], schema=REACHED_SCHEMA
        ),
        "choices": pl.DataFrame(
            [row for one in found for row in _choices(market, one)], schema=CHOICE_SCHEMA
        ),
        "rounds": pl.DataFrame([row for one in found for row in _rounds(one)], schema=ROUND_SCHEMA),
        "past": past_frame(market, [(one.product, one.segments) for one in found]),
        "memory": memory_frame(market, [one.segments for one in found]),
    }


def _segment_rows(market: Market, found: _Found) -> list[dict[str, Any]]:
    sites = market.network.rows(Site)
    shares = payer_shares(market, found.product.product)
    today = next((one for one in found.points if one.price == found.product.price), None)
    rows = []
    for one in found.segments:
        payer = payer_index(market, one.payer)
        limit = binding(market.limits_in(one.situation))
        costs = [found.floor[sites[at].site] for at in one.sites if sites[at].site in found.floor]
        people = 0.0
        if today is not None:
            people = float((today.bought + today.own)[list(one.sites), payer].sum())
        rows.append(
            {
                "product": one.product,
                "payer": one.payer,
                "setting": one.situation.flow.setting,
                "locality": one.situation.flow.locality,
                "history": one.history,
                "facts": one.facts,
                "sites": len(one.sites),
                "share": float(shares[payer]),
                "patients": people,
                "price": one.situation.price,
                "binds": None if limit is None else limit.kind,
                "party": None if limit is None else limit.party,
                "ceiling": None if limit is None else limit.ceiling,
                "floor": Decimal(str(round(fmean(costs), 2))) if costs else None,
            }
        )
    return rows


def _limit_rows(market: Market, segment: int, situation: Situation) -> list[dict[str, Any]]:
    limits = market.limits_in(situation)
    least = binding(limits)
    moves = {one.kind: market.move_of(situation, one) for one in limits}
    return [
        {
            "segment": segment,
            **_moved(moves[one.kind]),
            "party": one.party,
            "kind": one.kind,
            "state": one.state,
            "ceiling": one.ceiling,
            "binds": one is least,
            "stretches": [[part.low, part.high] for part in one.stretches],
            "rule": one.rule,
            "keys": list(one.keys),
            "assumed_keys": list(one.assumed_keys),
            "assumed_share": one.assumed_share,
            "confidence": one.confidence,
            "complete": one.walked,
        }
        for one in limits
    ]


def _later_rows(market: Market, segment: int, situation: Situation) -> list[dict[str, Any]]:
    """Where the hospital takes part once rates have followed the price; nothing if none does."""
    found = market.later_in(situation)
    if found is None:
        return []
    low, high = (found[0].low, found[-1].high) if found else (None, None)
    return [{"segment": segment, "low": low, "high": high}]


def _moved(move: Move | None) -> dict[str, Any]:
    return {
        "moved_by": None if move is None else move.key,
        "moved": None if move is None else move.change,
    }


def _curve(found: _Found) -> list[dict[str, Any]]:
    return [
        {
            "product": found.product.product,
            "price": one.price,
            "patients": float(one.bought.sum()),
            "own": float(one.own.sum()),
            "cannot_pay": one.cannot_pay,
            "sites": int((one.bought > 0).any(axis=1).sum()),
        }
        for one in found.points
    ]


def _reached(market: Market, found: _Found) -> list[dict[str, Any]]:
    """Patients by kind of site at the equal steps of price."""
    places = _places(market, found)
    rows = []
    for point in found.points:
        if point.even:
            by_site = point.bought.sum(axis=1)
            for (setting, locality, history), sites in places.items():
                people = float(by_site[sites].sum())
                if people > 0.0:
                    rows.append(
                        {
                            "product": found.product.product,
                            "price": point.price,
                            "setting": setting,
                            "locality": locality,
                            "history": history,
                            "patients": people,
                        }
                    )
    return rows


def _choices(market: Market, found: _Found) -> list[dict[str, Any]]:
    places, scan = _places(market, found), scanning(market, found.product.product)
    rows = []
    for when, one in found.choices:
        offers = {
            "buy": _some(one.buys & ~one.makes.any(axis=1, keepdims=True)),
            "make": _some(one.makes & ~one.buys.any(axis=1, keepdims=True)),
            "both": _some(one.buys) & _some(one.makes),
            "none": ~_some(one.buys | one.makes),
            "would_list": _some(one.wants),
            "scan": scan,
        }
        for (setting, locality, history), sites in places.items():
            rows.append(
                {
                    "product": found.product.product,
                    "when": when,
                    "setting": setting,
                    "locality": locality,
                    "history": history,
                    "sites": len(sites),
                    **{name: int(at[sites].sum()) for name, at in offers.items()},
                    "patients": float(one.patients[sites].sum()),
                }
            )
    return rows


def _some(cells: Bools) -> Bools:
    """Whether each site has any payer for whom it holds, shape (site,)."""
    held: Bools = np.any(cells, axis=1)
    return held


def _rounds(found: _Found) -> list[dict[str, Any]]:
    return [
        {
            "product": found.product.product,
            "when": when,
            "rounds": one.rounds,
            "cycle": one.cycle,
            "settled": one.settled,
        }
        for when, one in found.choices
    ]


def _places(market: Market, found: _Found) -> dict[tuple[str, str, str], list[int]]:
    """Row numbers of the sites of each setting, locality and past."""
    sites = market.network.rows(Site)
    places: dict[tuple[str, str, str], list[int]] = {}
    for history, at in sorted({(one.history, at) for one in found.segments for at in one.sites}):
        key = sites[at].setting, sites[at].locality, history
        places.setdefault(key, []).append(at)
    return places
