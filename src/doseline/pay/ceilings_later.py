"""What becomes of the hospital's ceiling once rates have followed the price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.pay.ceilings_pieces import payments_over
from doseline.pay.ceilings_solve import stretches
from doseline.rules import balance
from doseline.rules.errors import NothingInForceError

if TYPE_CHECKING:
    from doseline.pay.ceilings_parties import Situation
    from doseline.pay.ceilings_pieces import Ask
    from doseline.pay.ceilings_solve import Stretch
    from doseline.rules import RuleBook

_ROUNDING = Decimal("0.25")
"""What rounding of rates per unit may move a payment by. [currency]"""
_QUARTERS = 4
"""Quarters before the day of service in which the price is taken to have been asked."""


def later_stretches(
    book: RuleBook, situation: Situation, *, most: Decimal
) -> tuple[Stretch, ...] | None:
    """Prices at which a hospital takes part if the price has been asked for a year.

    The average price from which rates follow is taken to be the price asked, without rebates
    (assumption). None if no rate of the code follows its price.

    Args:
        book: The rulebook.
        situation: The kind of patient and site.
        most: Highest price that is searched if the rules cannot be walked. [currency]
    """
    ask = _asking(book, situation)
    if ask is None:
        return None
    paid = payments_over(ask, most=most, rounding=_ROUNDING)
    segments = []
    for piece in paid.pieces:
        start, slope = piece.net("hospital")
        segments.append((piece.low, piece.high, start - situation.own_cost, slope - 1))

    def enough(price: Decimal) -> bool:
        received = balance(ask(price))["hospital"]
        return received - price - situation.own_cost >= situation.least

    return stretches(segments, situation.least, enough)


def _asking(book: RuleBook, situation: Situation) -> Ask | None:
    """The payments for a price that has been asked for a year; none if no rate follows."""
    flow = situation.flow
    quarters = [_quarter(flow.service_date, back) for back in range(_QUARTERS, -1, -1)]
    units = book.case(flow).units

    def followed(price: Decimal) -> RuleBook:
        return book.following(flow.code, dict.fromkeys(quarters, price / units))

    try:
        if followed(situation.price) is book:
            return None
    except NothingInForceError:
        return None
    return lambda price: followed(price).pay(situation.at(price))


def _quarter(day: date, back: int) -> date:
    """First day of the quarter that lies so many before that of a day."""
    quarter = 4 * day.year + (day.month - 1) // 3 - back
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)
