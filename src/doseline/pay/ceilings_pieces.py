"""Payments for a dose as straight pieces over its price, found from the rules themselves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from doseline.pay.ceilings_affine import Line, NotStraightError, Range, line_of
from doseline.pay.ceilings_solve import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doseline.rules import Payment

Ask: TypeAlias = "Callable[[Decimal], tuple[Payment, ...]]"
"""All payments for a dose of a price; the price is exact."""
Key: TypeAlias = tuple[str, str, str]
"""Who pays, whom, for what."""

_NUDGE = Decimal("0.000137")
"""How far beyond a bend the next piece is asked for; far less than a cent. [currency]"""
_CENT = Decimal("0.01")
_ROUNDING = 2 * _CENT
"""What rounding to cents may move a payment by. [currency]"""
_MOST = 400
"""Pieces after which the walk gives up."""
_STEPS = 256
"""Pieces into which a range is cut before it is searched, where rules cannot be walked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A range of prices in which every payment is a straight line."""

    low: Decimal
    high: Decimal
    """Infinite for the last. [currency]"""
    lines: Mapping[Key, tuple[Decimal, Decimal]]
    """Start [currency] and slope of each payment."""

    def net(
        self, party: str, scales: Mapping[str, Decimal] | None = None
    ) -> tuple[Decimal, Decimal]:
        """What a party receives less what it pays: start [currency] and slope.

        Args:
            party: The party.
            scales: Factor of the payments for some items.
        """
        start = slope = Decimal(0)
        for (payer, payee, what), (first, step) in self.lines.items():
            sign = (payee == party) - (payer == party)
            by = sign * (scales or {}).get(what, Decimal(1))
            start, slope = start + by * first, slope + by * step
        return start, slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """The payments for one kind of dose over all its prices."""

    ask: Ask
    pieces: tuple[Piece, ...]
    walked: bool
    """Found from the rules, complete; else by sampling, which may miss a narrow bend."""

    def at(self, price: Decimal) -> Piece:
        """The piece of a price; at a bend the one below."""
        return next((one for one in self.pieces if price <= one.high), self.pieces[-1])


def payments_over(ask: Ask, *, most: Decimal, rounding: Decimal = _ROUNDING) -> Payments:
    """Walk the rules over all prices; search up to a highest one where they cannot be walked.

    Args:
        ask: The payments for a price.
        most: Highest price that is searched if the rules cannot be walked. [currency]
        rounding: What rounding may move a payment by. [currency]
    """
    try:
        pieces = _walk(ask)
    except NotStraightError:
        return Payments(ask=ask, pieces=_search(ask, most), walked=False)
    if all(_agrees(ask, piece, rounding) for piece in pieces):
        return Payments(ask=ask, pieces=pieces, walked=True)
    return Payments(ask=ask, pieces=_search(ask, most), walked=False)


def _walk(ask: Ask) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    low = Decimal(0)
    while low.is_finite():
        if len(pieces) > _MOST:
            raise NotStraightError
        seen = Range(low + _NUDGE)
        lines = _lines(ask(Line.of(Decimal(0), Decimal(1), seen)))
        high = max(seen.high, low + _NUDGE) if seen.high < MOST else Decimal("Infinity")
        pieces.append(Piece(low=low, high=high, lines=lines))
        low = high
    return tuple(pieces)


def _lines(paid: tuple[Payment, ...]) -> dict[Key, tuple[Decimal, Decimal]]:
    lines: dict[Key, tuple[Decimal, Decimal]] = {}
    for one in paid:
        key = one.party_from, one.party_to, one.what
        start, slope = lines.get(key, (Decimal(0), Decimal(0)))
        first, step = line_of(one.amount)
        lines[key] = start + first, slope + step
    return lines


def _agrees(ask: Ask, piece: Piece, rounding: Decimal) -> bool:
    """Whether plain prices give what the lines say, to the cents that rules round."""
    low = piece.low.quantize(_CENT) + _CENT
    high = piece.high.quantize(_CENT) - _CENT if piece.high.is_finite() else low + 1_000_000
    if high < low:
        return True
    for price in (low, ((low + high) / 2).quantize(_CENT), high):
        found = _lines(ask(price))
        for key, (start, slope) in piece.lines.items():
            if abs(found[key][0] - start - slope * price) > rounding:
                return False
    return True


def _search(ask: Ask, most: Decimal) -> tuple[Piece, ...]:
    """Pieces through points of a grid, finer wherever a middle is off the line."""
    step = (most / _STEPS).quantize(_CENT) + _CENT
    pieces: list[Piece] = []
    todo = [(number * step, (number + 1) * step) for number in reversed(range(_STEPS))]
    while todo:
        low, high = todo.pop()
        piece = _between(ask, low, high)
        middle = ((low + high) / 2).quantize(_CENT)
        found = _lines(ask(middle))
        off = max(abs(found[key][0] - a - b * middle) for key, (a, b) in piece.lines.items())
        if off > 2 * _CENT and high - low > _CENT:
            todo += [(middle, high), (low, middle)]
        else:
            pieces.append(piece)
    return tuple(pieces)


def _between(ask: Ask, low: Decimal, high: Decimal) -> Piece:
    first, last = _lines(ask(low)), _lines(ask(high))
    lines = {}
    for key, (amount, _) in first.items():
        slope = (last[key][0] - amount) / (high - low)
        lines[key] = amount - slope * low, slope
    return Piece(low=low, high=high, lines=lines)
