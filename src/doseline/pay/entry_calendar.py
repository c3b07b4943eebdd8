"""Days of entry: workdays of an authority, and yearly rounds that close and take effect.

A day is a number: days since 1970-01-01. A part of it stands for a time within the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from doseline.model.entry import rounds

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats: TypeAlias = NDArray[np.float64]

EPOCH = date(1970, 1, 1)
YEAR_DAYS = 365.25
_LAST_YEAR = 2400
"""Year up to which rounds and workdays are known; what is later counts nowhere."""


def number_of(day: date) -> float:
    """The number of a day. [d]"""
    return float((day - EPOCH).days)


def date_of(day: float) -> date:
    """The day of a number; the last that there is, if it lies beyond.

    >>> date_of(number_of(date(2027, 1, 1)) + 0.5)
    datetime.date(2027, 1, 1)
    """
    return EPOCH + timedelta(days=int(min(np.floor(day), number_of(date.max))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """The workdays of a calendar, counted."""

    first: int
    """The first day that is known."""
    counted: NDArray[np.int64]
    """Workdays up to and with each day."""

    def after(self, start: Floats, count: Floats) -> Floats:
        """The end of the last of so many workdays, of which the first is the day after the start.

        Args:
            start: Day on which the count is asked for. [d]
            count: Workdays; a part of one takes all of it. [d]
        """
        at = np.clip(np.floor(start).astype(np.int64) - self.first, 0, len(self.counted) - 1)
        wanted = self.counted[at] + np.ceil(count).astype(np.int64)
        day = np.searchsorted(self.counted, wanted, side="left") + self.first
        return np.where(count > 0.0, np.maximum(day, start), start)


def workdays(first: date, exceptions: Mapping[date, bool]) -> Workdays:
    """Workdays from a day on: Monday to Friday but for exceptions.

    Args:
        first: The first day that is known.
        exceptions: Days by whether they are worked.
    """
    start = int(number_of(first))
    days = np.arange(start, int(number_of(date(_LAST_YEAR, 12, 31))) + 1)
    worked = (days + 3) % 7 < 5  # 1970-01-01 was a Thursday
    for day, is_worked in exceptions.items():
        at = int(number_of(day)) - start
        if 0 <= at < len(worked):
            worked[at] = is_worked
    return Workdays(first=start, counted=np.cumsum(worked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Rounds of all years, in the order in which they close."""

    closes: Floats
    effective: Floats

    def effect(self, ready: Floats, attempt: int) -> Floats:
        """When the attempt-th round after being ready takes effect; the closing day is in time.

        Args:
            ready: When the application is ready. [d]
            attempt: 1 for the first round that can be reached.
        """
        at = np.searchsorted(self.closes, np.floor(ready), side="left") + attempt - 1
        return np.maximum(self.effective[np.minimum(at, len(self.closes) - 1)], ready)


def yearly_rounds(windows: str, first: date) -> Rounds:
    """The rounds of a step, from the year of a day on.

    Args:
        windows: As in the table ``entry_steps``.
        first: A day before which nothing is ready.
    """
    found = []
    for (month, day), (effect_month, effect_day) in rounds(windows):
        for year in range(first.year, _LAST_YEAR):
            closes = date(year, month, day)
            effective = date(year, effect_month, effect_day)
            if effective <= closes:
                effective = date(year + 1, effect_month, effect_day)
            found.append((number_of(closes), number_of(effective)))
    found.sort()
    return Rounds(
        closes=np.array([one for one, _ in found]), effective=np.array([one for _, one in found])
    )
