"""The frames of what is found about prices, one row a segment, limit, point, site kind or year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.treatment import Site
from doseline.pay.ceilings import (
    CHOICE_SCHEMA,
    CURVE_SCHEMA,
    LATER_SCHEMA,
    LIMIT_SCHEMA,
    REACHED_SCHEMA,
    ROUND_SCHEMA,
    SEGMENT_SCHEMA,
)
from doseline.pay.ceilings_parties import binding
from doseline.study.ceilings_market import payer_index, payer_shares
from doseline.study.ceilings_past import memory_frame, past_frame
from doseline.study.ceilings_sites import scanning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.supply import Product
    from doseline.pay.ceilings_moves import Move
    from doseline.pay.ceilings_parties import Situation
    from doseline.simulate.pathway import Bools
    from doseline.study.ceilings_curve import Point
    from doseline.study.ceilings_market import Market, Segment
    from doseline.study.ceilings_sites import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is found of one product."""

    product: Product
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    choices: tuple[tuple[str, Choices], ...]
    floor: dict[str, Decimal]


def frames_of(market: Market, found: Sequence[Found]) -> dict[str, pl.DataFrame]:
    """Every frame, the segments numbered over all products."""
    segments, limits, later, number = [], [], [], 0
    for one in found:
        for segment, row in zip(one.segments, _segment_rows(market, one), strict=True):
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


def _segment_rows(market: Market, found: Found) -> list[dict[str, Any]]:
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


def _curve(found: Found) -> list[dict[str, Any]]:
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


def _reached(market: Market, found: Found) -> list[dict[str, Any]]:
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


def _choices(market: Market, found: Found) -> list[dict[str, Any]]:
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


def _rounds(found: Found) -> list[dict[str, Any]]:
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


def _places(market: Market, found: Found) -> dict[tuple[str, str, str], list[int]]:
    """Row numbers of the sites of each setting, locality and past."""
    sites = market.network.rows(Site)
    places: dict[tuple[str, str, str], list[int]] = {}
    for history, at in sorted({(one.history, at) for one in found.segments for at in one.sites}):
        key = sites[at].setting, sites[at].locality, history
        places.setdefault(key, []).append(at)
    return places
