"""Prices at which a sum of straight pieces is enough, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Segment: TypeAlias = tuple[Decimal, Decimal, Decimal, Decimal]
"""Low and high price [currency], start [currency] and slope of what is left there."""

CENT = Decimal("0.01")
MOST = Decimal(10**10)
"""A party that takes part at this price takes part at every price above. [currency]"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Prices from ``low`` to ``high``, both included; no ``high`` means without end. [currency]"""

    low: Decimal
    high: Decimal | None

    def holds(self, price: Decimal) -> bool:
        """Whether a price lies in it."""
        return self.low <= price and (self.high is None or price <= self.high)


def stretches(
    segments: Sequence[Segment], least: Decimal, enough: Callable[[Decimal], bool]
) -> tuple[Stretch, ...]:
    """Every stretch of whole cents on which a sum is at least what is asked.

    Each piece is solved exactly; then its ends are moved to the cents between which the exact,
    rounded sum passes the mark, so that the end is enough and a cent more is not.

    Args:
        segments: The sum as pieces, in order of price, from 0.
        least: What it must reach. [currency]
        enough: Whether the exact sum of a price in whole cents reaches it.
    """
    found = (_solve(one, least) for one in segments)
    rough = _joined([Stretch(*ends) for ends in found if ends is not None])
    settled = [_settled(one, rough, enough) for one in rough]
    return _joined([one for one in settled if one is not None])


def ceiling_of(found: Sequence[Stretch]) -> Decimal | None:
    """The highest price of some stretches; none if they have no end.

    Raises:
        IndexError: If there is no stretch.
    """
    return found[-1].high


def _solve(segment: Segment, least: Decimal) -> tuple[Decimal, Decimal | None] | None:
    """Where one piece is enough."""
    low, high, start, slope = segment
    if not slope:
        ends = (low, high) if start >= least else None
    elif slope < 0:
        ends = low, min(high, (least - start) / slope)
    else:
        ends = max(low, (least - start) / slope), high
    if ends is None or ends[0] > ends[1]:
        return None
    return ends[0], ends[1] if ends[1].is_finite() else None


def _joined(found: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches with less than a cent between them as one."""
    joined: list[Stretch] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is None or (last.high is not None and last.high + CENT < one.low):
            joined.append(one)
        elif last.high is not None:
            high = None if one.high is None else max(last.high, one.high)
            joined[-1] = Stretch(last.low, high)
    return tuple(joined)


def _settled(
    one: Stretch, others: Sequence[Stretch], enough: Callable[[Decimal], bool]
) -> Stretch | None:
    """A stretch with ends in whole cents that hold exactly; none if no cent of it is enough."""
    at = others.index(one)
    above = others[at + 1].low if at + 1 < len(others) else None
    below = others[at - 1].high if at else Decimal(0)
    low = _inward(one.low.quantize(CENT, ROUND_CEILING), one.high, enough, CENT)
    if low is None:
        return None
    low = _outward(low, below or Decimal(0), enough, -CENT)
    if one.high is None or one.high >= MOST:
        return Stretch(low, None)
    high = _inward(max(one.high.quantize(CENT, ROUND_FLOOR), low), low, enough, -CENT)
    high = _outward(low if high is None else high, above or MOST, enough, CENT)
    return Stretch(low, None if high >= MOST else high)


def _inward(
    start: Decimal, limit: Decimal | None, enough: Callable[[Decimal], bool], step: Decimal
) -> Decimal | None:
    """The first cent from the start inwards that is enough; none up to the limit."""
    if enough(start):
        return start
    bad, reach, end = start, step, MOST if limit is None else limit
    while (end - bad) * step > 0:
        good = _nearer(bad + reach, end, step)
        if enough(good):
            return _between(good, bad, enough)
        if good == end:
            return None
        bad, reach = good, 2 * reach
    return None


def _outward(
    start: Decimal, limit: Decimal, enough: Callable[[Decimal], bool], step: Decimal
) -> Decimal:
    """The last cent from the start outwards before one that is not enough, up to a limit."""
    good, reach = start, step
    while (limit - good) * step > 0:
        bad = _nearer(good + reach, limit, step)
        if not enough(bad):
            return _between(good, bad, enough)
        if bad == limit:
            return bad
        good, reach = bad, 2 * reach
    return good


def _nearer(price: Decimal, limit: Decimal, step: Decimal) -> Decimal:
    """A price, or the limit where it lies beyond; in whole cents."""
    edge = limit.quantize(CENT, ROUND_FLOOR if step > 0 else ROUND_CEILING)
    return min(price, edge) if step > 0 else max(price, edge)


def _between(good: Decimal, bad: Decimal, enough: Callable[[Decimal], bool]) -> Decimal:
    """The price that is enough with one that is not a cent away, between two such."""
    while abs(good - bad) > CENT:
        middle = ((good + bad) / 2).quantize(CENT, ROUND_FLOOR)
        if middle in (good, bad):
            break
        good, bad = (middle, bad) if enough(middle) else (good, middle)
    return good
