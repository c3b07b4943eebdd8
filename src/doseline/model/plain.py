"""Values as plain text: the shortest that reads back as the same value."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any


def plain_number(value: float) -> str:
    """The shortest text that reads back as the same number.

    >>> plain_number(7.4), plain_number(1.0), plain_number(-0.0), plain_number(1e-7)
    ('7.4', '1', '0', '1e-07')
    """
    return repr(value + 0.0).removesuffix(".0")


def plain_decimal(value: Decimal) -> str:
    """An exact amount without needless digits.

    >>> plain_decimal(Decimal("48980.50")), plain_decimal(Decimal("-0"))
    ('48980.5', '0')
    """
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def plain_text(value: Any) -> str:
    """The canonical text of a typed value; empty for none."""
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, time):
        return f"{value:%H:%M:%S}".removesuffix(":00")
    if isinstance(value, date):
        return value.isoformat()
    words = {None: "", True: "yes", False: "no"}
    # 1 equals True, so the kind decides.
    return words[value] if value is None or isinstance(value, bool) else str(value)
