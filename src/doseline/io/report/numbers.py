"""Numbers as the report writes them: leading zero, never a trailing one, each with its unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

THIN = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EM DASH}"

Amount = float | int | None


def plain(value: Amount, digits: int = 0) -> str:
    """A number without its unit, which then stands in the head of its column.

    >>> plain(7.40, 2), plain(-1234.5), plain(None)
    ('7.4', '−1,234', '—')
    """
    if value is None or math.isnan(value):
        return NOTHING
    text = f"{abs(value):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 and text != "0" else text


def percent(fraction: Amount, digits: int = 1) -> str:
    r"""A fraction as a percentage.

    >>> percent(0.421)
    '42.1\xa0%'
    """
    return NOTHING if fraction is None else f"{plain(100 * fraction, digits)}{THIN}%"


def hundredth(fraction: Amount, digits: int = 1) -> str:
    """A fraction in percent, where the head of the column has the sign.

    >>> hundredth(0.421)
    '42.1'
    """
    return plain(None if fraction is None else 100 * fraction, digits)


def money(value: Amount, currency: str) -> str:
    r"""An amount of money with its currency.

    >>> money(51919.2, "USD")
    'USD\xa051,919'
    """
    return f"{currency}{THIN}{plain(value)}"


def instant(moment: datetime | None) -> str:
    """An instant in UTC, which the head of its column or the text after it says.

    >>> from datetime import UTC, datetime
    >>> instant(datetime(2026, 11, 23, 9, 5, tzinfo=UTC))
    '2026-11-23 09:05'
    """
    return f"{moment:%Y-%m-%d %H:%M}" if moment else NOTHING


def day(value: date | None) -> str:
    """A day."""
    return value.isoformat() if value else NOTHING
