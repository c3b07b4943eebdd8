"""Money as a straight line in one unknown price, so that rules tell where they bend.

A rule that is given a :class:`Line` in place of a price computes with it as with any amount. The
line remembers how the result moves with the price, and each comparison narrows the range of prices
in which the rules say the same. Walking from range to range gives every bend of a payment exactly;
nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from doseline.rules.errors import TooMuchMoneyError
from doseline.rules.flow import MOST_MONEY

_ZERO = Decimal(0)
_INFINITE = Decimal("Infinity")
_NOISE = Decimal("1e-15")
"""Slopes smaller than this are what is left of divisions, and none."""


class NotStraightError(ArithmeticError):
    """A rule did something with a price that is no straight line; the caller samples instead."""


@dataclass(slots=True)
class Range:
    """Prices around one price for which every comparison so far came out the same. [currency]"""

    price: Decimal
    low: Decimal = _ZERO
    high: Decimal = field(default=_INFINITE)

    def cut(self, at: Decimal) -> None:
        """A comparison turns at a price."""
        if at > self.price:
            self.high = min(self.high, at)
        else:
            self.low = max(self.low, at)


class Line(Decimal):
    """An amount ``start + slope * price``; as a number it is what it is at the price in hand."""

    start: Decimal
    slope: Decimal
    seen: Range

    @classmethod
    def of(cls, start: Decimal, slope: Decimal, seen: Range) -> Line:
        """The line with that start [currency] and slope [currency per currency of price]."""
        line = cls(start + slope * seen.price)
        line.start, line.slope, line.seen = start, slope, seen
        return line

    def _sign_less(self, other: Decimal | int) -> int:
        """Sign of this less another amount; the turning point of the comparison is noted."""
        start, slope = _parts(other)
        start, slope = self.start - start, self.slope - slope
        if abs(slope) > _NOISE:
            self.seen.cut(-start / slope)
        here = start + slope * self.seen.price
        return (here > 0) - (here < 0)

    def __lt__(self, other: Any) -> bool:
        return self._sign_less(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign_less(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign_less(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign_less(other) >= 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decimal | int) and self._sign_less(other) == 0

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Decimal.__hash__

    def __bool__(self) -> bool:
        return self._sign_less(0) != 0

    def __add__(self, other: Any) -> Line:
        start, slope = _parts(other)
        return Line.of(self.start + start, self.slope + slope, self.seen)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Line:
        start, slope = _parts(other)
        return Line.of(self.start - start, self.slope - slope, self.seen)

    def __rsub__(self, other: Any) -> Line:
        start, slope = _parts(other)
        return Line.of(start - self.start, slope - self.slope, self.seen)

    def __neg__(self, context: Any = None) -> Line:
        del context
        return Line.of(-self.start, -self.slope, self.seen)

    def __pos__(self, context: Any = None) -> Line:
        del context
        return self

    def __abs__(self, round: Any = None, context: Any = None) -> Line:  # noqa: A002 - Decimal's own name
        del round, context
        return -self if self < 0 else self

    def __mul__(self, other: Any) -> Line:
        factor, slope = _parts(other)
        if slope and self.slope:
            raise NotStraightError
        if slope:
            return Line.of(factor * self.start, slope * self.start, self.seen)
        return Line.of(self.start * factor, self.slope * factor, self.seen)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Line:
        divisor, slope = _parts(other)
        if slope:
            raise NotStraightError
        return Line.of(self.start / divisor, self.slope / divisor, self.seen)

    def __rtruediv__(self, other: Any) -> Line:
        if self.slope:
            raise NotStraightError
        return Line.of(Decimal(other) / self.start, _ZERO, self.seen)

    def quantize(self, exp: Any, rounding: Any = None, context: Any = None) -> Line:
        """Itself: cents are settled where an amount is asked for a whole price."""
        del exp, rounding, context
        return self

    def max(self, other: Any, context: Any = None) -> Any:
        """The larger of two amounts."""
        del context
        return max(self, other)

    def min(self, other: Any, context: Any = None) -> Any:
        """The smaller of two amounts."""
        del context
        return min(self, other)

    def _lost(self, *_: Any) -> NoReturn:
        raise NotStraightError

    __float__ = __int__ = __round__ = __floor__ = __ceil__ = __trunc__ = _lost
    __pow__ = __rpow__ = __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = _lost


def line_of(amount: Decimal) -> tuple[Decimal, Decimal]:
    """Start and slope of an amount that rules computed; one that knows no price has slope 0.

    Raises:
        TooMuchMoneyError: If no dose is paid as much, whatever its price.
    """
    start, slope = _parts(amount)
    if max(abs(start), abs(slope)) > MOST_MONEY:
        raise TooMuchMoneyError(f"{MOST_MONEY:,}")
    return start.quantize(_NOISE), slope.quantize(_NOISE)


def _parts(amount: Any) -> tuple[Decimal, Decimal]:
    if isinstance(amount, Line):
        return amount.start, amount.slope
    return Decimal(amount), _ZERO
