"""Money and patients of a route: discounted integrals of rates that grow evenly to a peak.

Discounting is continuous at the force ln(1 + yearly rate), so that whole years give the usual
geometric factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.pay.entry_calendar import YEAR_DAYS

if TYPE_CHECKING:
    from doseline.pay.entry_calendar import Floats

_SMALL = 1e-9
"""Force below which an integral is told by the first terms of its series. [1/d]"""


def force(yearly: Floats) -> Floats:
    """The force of interest of a yearly rate. [1/d]

    Args:
        yearly: Rate a year. [unitless]
    """
    per_day: Floats = np.log1p(yearly) / YEAR_DAYS
    return per_day


def factor(days: Floats, per_day: Floats) -> Floats:
    """What one unit of money after some days is worth now. [unitless]"""
    worth: Floats = np.exp(-per_day * days)
    return worth


def level(length: Floats, per_day: Floats) -> Floats:
    """Integral of exp(-per_day t) from 0 to a length. [d]"""
    small = np.abs(per_day) < _SMALL
    safe = np.where(small, 1.0, per_day)
    series = length - per_day * length**2 / 2.0
    return np.where(small, series, -np.expm1(-safe * length) / safe)


def growing(length: Floats, per_day: Floats) -> Floats:
    """Integral of t exp(-per_day t) from 0 to a length. [d²]"""
    small = np.abs(per_day) < _SMALL
    safe = np.where(small, 1.0, per_day)
    grown = (level(length, safe) - length * np.exp(-safe * length)) / safe
    series = length**2 / 2.0 - per_day * length**3 / 3.0
    return np.where(small, series, grown)


def spread(start: Floats, end: Floats, until: float, per_day: Floats) -> Floats:
    """Worth at day 0 of one unit spent evenly from start to end, as far as it is counted. [unitless]

    Args:
        start: When spending begins; all is spent then if it also ends then. [d]
        end: When it ends. [d]
        until: End of what is counted. [d]
        per_day: Force of interest. [1/d]
    """
    whole = end - start
    counted = np.clip(until - start, 0.0, whole)
    share = np.divide(level(counted, per_day), whole, out=np.ones_like(whole), where=whole > 0.0)
    return np.where(start < until, share * factor(start, per_day), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptake:
    """Patients a day of a use: from a rate at its start evenly to its peak, then level."""

    start: Floats
    """When it opens. [d]"""
    end: Floats
    """When it ends or is counted no more; not before it opens. [d]"""
    first: Floats
    """Rate at which it starts. [1/d]"""
    peak: Floats
    """[1/d]"""
    ramp: float
    """[d]"""

    def rate(self, day: Floats) -> Floats:
        """Patients a day on a day; none before it opens or after it has ended. [1/d]"""
        grown = np.clip((day - self.start) / self.ramp, 0.0, 1.0) if self.ramp > 0.0 else 1.0
        closed = (day < self.start) | (day > self.end)
        return np.where(closed, 0.0, self.first + (self.peak - self.first) * grown)

    def patients(self, start: float, end: float) -> Floats:
        """Patients between two days."""
        none = np.zeros_like(self.start)
        return self._until(np.full_like(none, end), none) - self._until(
            np.full_like(none, start), none
        )

    def worth(self, per_day: Floats) -> Floats:
        """Patients, each discounted from the day on which the use opens. [unitless]"""
        return self._until(self.end, per_day)

    def _until(self, day: Floats, per_day: Floats) -> Floats:
        """Patients up to a day, each discounted from the opening."""
        length = np.clip(np.minimum(day, self.end) - self.start, 0.0, None)
        ramping = np.minimum(length, self.ramp)
        flat = self.peak * (level(length, per_day) - level(ramping, per_day))
        if self.ramp <= 0.0:
            return flat
        slope = (self.peak - self.first) / self.ramp
        return flat + self.first * level(ramping, per_day) + slope * growing(ramping, per_day)


def worth_elsewhere(
    *, money: Floats, probability: Floats, saved: Floats, shift: Floats, yearly: Floats
) -> Floats:
    """What human data from here add to the programme elsewhere, today.

    The programme is worth its money times its probability. Data bring all of it forward by the
    time saved, and raise the probability.

    Args:
        money: Its value if it succeeds. [currency]
        probability: That it succeeds without these data. [unitless]
        saved: Time saved. [d]
        shift: By how much the probability rises; it stays at most 1. [unitless]
        yearly: Discount rate a year. [unitless]
    """
    sooner = (1.0 + yearly) ** (saved / YEAR_DAYS)
    worth: Floats = money * (np.minimum(probability + shift, 1.0) * sooner - probability)
    return worth
