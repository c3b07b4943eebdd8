"""Isotope for the brute force: deliveries that have arrived, and the cheapest way to share them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from tests.plan.oracle_network import available

from doseline.model.columns import weekday_numbers
from doseline.model.opening import Stock
from doseline.model.supply import Lot, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from doseline.model.network import Network

MS_PER_H = 3_600_000.0
_SLACK = 1e-9
"""Relative tolerance of capacities. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Isotope at one line: a weekly lot, or what the line has in stock."""

    line: str
    nuclide: str
    capacity_gbq: float
    price_per_gbq: float
    reference_ms: Callable[[float], float | None]
    """Reference instant of the latest delivery that has arrived at an instant, if any. [ms]"""
    share: Callable[[float], float]
    """Share of the full lot that the delivery of a reference instant brings. [unitless]"""


@dataclass(frozen=True, kw_only=True)
class Vertices:
    """All vertices of the linear program that shares pools among runs.

    Variables are the draws (activity at the start of the run) and the slack of each pool; rows are
    the needs of the runs and the capacities of the pools. An optimum lies at a basis.
    """

    runs: tuple[int, ...]
    pools: int
    price: Mapping[tuple[int, int], float]
    """Of activity at the run's start, by (run, pool). [currency/GBq]"""
    draws: Mapping[tuple[int, int], float]
    """Part of the pool per activity at the run's start, by (run, pool)."""

    @cached_property
    def _bases(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Price of each variable, the bases, and their inverses."""
        pairs, runs, pools = sorted(self.draws), len(self.runs), self.pools
        matrix = np.zeros((runs + pools, len(pairs) + pools))
        price = np.zeros(len(pairs) + pools)
        for column, (run, pool) in enumerate(pairs):
            matrix[self.runs.index(run), column] = 1.0
            matrix[runs + pool, column] = self.draws[run, pool]
            price[column] = self.price[run, pool]
        matrix[runs:, len(pairs) :] = np.eye(pools)
        bases = np.array(list(combinations(range(len(price)), runs + pools)), dtype=np.int64)
        square = matrix[:, bases].transpose(1, 0, 2)
        regular = np.abs(np.linalg.det(square)) > 1e-12
        return price, bases[regular], np.linalg.inv(square[regular])

    def least_cost(self, needs_gbq: Sequence[float], capacity_gbq: Sequence[float]) -> float:
        """Least price of what the runs need [currency]; infinite if the pools hold too little."""
        price, bases, inverse = self._bases
        right = np.array([*needs_gbq, *capacity_gbq])
        values = inverse @ right
        allowed = (values >= -_SLACK * max(1.0, right.max())).all(axis=1)
        costs = (price[bases] * values).sum(axis=1)[allowed]
        return float(costs.min()) if costs.size else math.inf


def pools_of(network: Network, week: date) -> tuple[Pool, ...]:
    """Weekly lots of all lines, and their stock."""
    sources = network.by_key(Source)
    lots = tuple(
        Pool(
            line=lot.line,
            nuclide=sources[lot.source].nuclide,
            capacity_gbq=lot.capacity_gbq,
            price_per_gbq=float(lot.price_per_gbq),
            reference_ms=_weekly_delivery(lot, sources[lot.source].zone, week),
            share=_share_of(network, lot.source, sources[lot.source].zone),
        )
        for lot in network.rows(Lot)
    )
    lines = set(network.frame("lines").get_column("line"))
    stock = tuple(
        Pool(
            line=held.place,
            nuclide=held.nuclide,
            capacity_gbq=held.activity_gbq,
            price_per_gbq=0.0,
            reference_ms=_only_after(in_ms(held.at)),
            share=lambda _: 1.0,
        )
        for held in network.rows(Stock)
        if held.place in lines
    )
    return lots + stock


def in_ms(at: datetime) -> int:
    """UTC milliseconds of an instant."""
    return round(at.timestamp() * 1000)


def _share_of(network: Network, source: str, zone: str) -> Callable[[float], float]:
    """What a source delivers at a reference instant, by its own date."""

    def share(reference_ms: float) -> float:
        local = datetime.fromtimestamp(reference_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone))
        return available(network, source, local.date())

    return share


def _only_after(reference_ms: float) -> Callable[[float], float | None]:
    return lambda start_ms: reference_ms if reference_ms <= start_ms else None


def _weekly_delivery(lot: Lot, zone: str, week: date) -> Callable[[float], float | None]:
    """The latest reference instant of a weekly lot that has reached its line by an instant."""
    hour, minute = (int(part) for part in lot.reference.split(":"))
    (weekday,) = weekday_numbers(lot.weekday)

    def reference(start_ms: float) -> float | None:
        found = []
        for back in range(-3, 2):
            day = week + timedelta(days=weekday + 7 * back)
            wall = datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone))
            instant = in_ms(wall.astimezone(UTC))
            if instant + lot.lead_h * MS_PER_H <= start_ms:
                found.append(float(instant))
        return max(found, default=None)

    return reference
