"""Rates that follow the average sales price: sales of one quarter pay two quarters later."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import AVERAGE_PRICED
from doseline.rules import Text
from doseline.rules.errors import BadFlowError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.rules import RuleBook

_PUBLISHED = Decimal("0.001")
"""Rates are published in tenths of a cent."""


def quarter_after(day: date, quarters: int) -> date:
    """First day of the quarter that begins so many quarters after another.

    >>> quarter_after(date(2026, 7, 1), 2)
    datetime.date(2027, 1, 1)
    """
    months = 12 * day.year + day.month - 1 + 3 * quarters
    return date(months // 12, months % 12 + 1, 1)


def following(
    book: RuleBook, code: str, prices: Mapping[date, Decimal]
) -> dict[str, Mapping[date, Decimal]]:
    """The what-if of the hospital rate that follows from average sales prices.

    Args:
        book: The rulebook, for the lag and the add-on.
        code: HCPCS code; one that is paid at hospitals' mean cost follows no price.
        prices: Average sales price of one billing unit by the first day of its quarter. [USD]

    Raises:
        BadFlowError: If a day is not the first of a quarter.
    """
    if code not in AVERAGE_PRICED or not prices:
        return {}
    rates: dict[date, Decimal] = {}
    for day, price in prices.items():
        if day.day != 1 or day.month % 3 != 1:
            raise BadFlowError("quarter", day, Text(en="the first day of a quarter", zh="季度首日"))
        lag = int(book.on(day).parameter("opps.asp_lag_quarters").value.amount)
        paid_from = quarter_after(day, lag)
        add_on = book.on(paid_from).parameter("opps.asp_add_on").value.amount
        rates[paid_from] = (price * (1 + add_on)).quantize(_PUBLISHED, rounding=ROUND_HALF_UP)
    return {f"opps.{code.lower()}": rates}
