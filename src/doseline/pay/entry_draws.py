"""Uncertain figures of entry: each has a low end, a most likely value and a high end.

A figure is triangular between its ends. Steps and uses of one name share one draw in all routes,
so that routes differ by what they do, not by luck.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import uniform
from doseline.model.entry import RANGED, EntryStep, EntryTerms, EntryUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from doseline.pay.entry_calendar import Floats

    Row = EntryTerms | EntryStep | EntryUse

Key = tuple[str, str]
"""Name of the step or use, empty for the terms; and its column."""


def triangular(low: float, likely: float, high: float, share: Floats) -> Floats:
    """The value below which a share of a triangular distribution lies.

    Args:
        low: Its low end.
        likely: Its mode.
        high: Its high end.
        share: From 0 to 1. [unitless]
    """
    wide = high - low
    if wide <= 0.0:
        return np.full_like(share, likely)
    rises = low + np.sqrt(share * wide * (likely - low))
    falls = high - np.sqrt((1.0 - share) * wide * (high - likely))
    return np.where(share * wide < likely - low, rises, falls)


def key_of(row: Row, column: str) -> Key:
    """What its draw is called."""
    return name_of(row), column


def name_of(row: Row) -> str:
    """Name of a step or use; empty for the terms."""
    if isinstance(row, EntryStep):
        return row.step
    return row.use if isinstance(row, EntryUse) else ""


def ends(row: Row, column: str) -> tuple[float, float, float]:
    """Low end, most likely value and high end of a figure; 0 where it has no value."""
    likely = getattr(row, column)
    likely = 0.0 if likely is None else float(likely)
    low, high = getattr(row, f"low_{column}"), getattr(row, f"high_{column}")
    return (likely if low is None else low), likely, (likely if high is None else high)


def is_uncertain(row: Row, column: str) -> bool:
    """Whether its ends differ."""
    low, _, high = ends(row, column)
    return high > low


def uncertain(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    """The uncertain figures of some rows, and the rows of each."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        for column in RANGED[type(row)]:
            if is_uncertain(row, column):
                found.setdefault(key_of(row, column), []).append(row)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """One draw of every figure in each of some samples."""

    seed: int
    samples: int
    fixed: Mapping[Key, float] = field(default_factory=dict)
    """Shares at which figures are held, 0 for the low and 1 for the high end."""

    def share(self, key: Key) -> Floats:
        """Where in its distribution a figure lies in each sample. [unitless]"""
        held = self.fixed.get(key)
        if held is not None:
            return np.full(self.samples, held)
        numbers = np.arange(self.samples, dtype=np.uint64)
        return uniform(self.seed, f"entry {key[0]} {key[1]}", numbers)

    def values(self, row: Row, column: str) -> Floats:
        """The figure in each sample."""
        low, likely, high = ends(row, column)
        if high <= low:
            return np.full(self.samples, likely)
        return triangular(low, likely, high, self.share(key_of(row, column)))
