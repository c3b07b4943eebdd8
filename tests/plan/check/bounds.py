"""Numbers that are known to lie between two floats: every operation rounds outwards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MS_PER_H = 3_600_000
_FLOATS_OF_EXP2 = 4
"""Common C libraries document an error of one float for exp2; four leave room."""
_SHOWN = 1e-7
"""Primal feasibility tolerance of the linear program that shares isotope (HiGHS: 1e-7)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number that is not negative, and the two floats between which it lies."""

    low: float
    high: float

    def __add__(self, other: Bounds) -> Bounds:
        """The sum."""
        return outwards(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Bounds) -> Bounds:
        """The product; neither factor is negative."""
        return outwards(self.low * other.low, self.high * other.high)

    def __truediv__(self, other: Bounds) -> Bounds:
        """The quotient; the divisor is positive."""
        return outwards(self.low / other.high, self.high / other.low)


ZERO, ONE = Bounds(0.0, 0.0), Bounds(1.0, 1.0)


def exact(number: float) -> Bounds:
    """A number as a table states it."""
    return Bounds(float(number), float(number))


def shown(number: float) -> Bounds:
    """A number that a plan shows, known to the digits that its solver gives. [unitless]"""
    return Bounds(number * (1.0 - _SHOWN), number * (1.0 + _SHOWN))


def percent(number: float) -> Bounds:
    """A share that a table states in %."""
    return exact(number) / exact(100.0)


def outwards(low: float, high: float, floats: int = 1) -> Bounds:
    """Bounds moved apart by some floats on either side, but not below zero."""
    for _ in range(floats):
        low = math.nextafter(low, -math.inf) if low else 0.0
        high = math.nextafter(high, math.inf) if high else 0.0
    return Bounds(max(0.0, low), high)


def total(several: Iterable[Bounds]) -> Bounds:
    """The sum of some numbers."""
    whole = ZERO
    for one in several:
        whole = whole + one
    return whole


def halved(times: Fraction) -> Bounds:
    """2 to the power of minus a number; its two nearest floats enclose the exponent. [unitless]"""
    near = float(-times)
    low, high = math.nextafter(near, -math.inf), math.nextafter(near, math.inf)
    return outwards(math.exp2(low), math.exp2(high), _FLOATS_OF_EXP2)


def left(elapsed_ms: int, half_life_h: float) -> Bounds:
    """Share of an activity that is left after a time; above one for a time before. [unitless]"""
    return halved(Fraction(elapsed_ms, MS_PER_H) / Fraction(half_life_h))
