"""The canonical text of a cell, the same in every form of a network."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doseline.io.words import any_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_YES = frozenset({"yes", "true"})


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


def canonical(cells: Sequence[str], kind: str) -> list[str]:
    """Cells of a kind, each as this program writes it; they must be values of that kind.

    An empty cell stays empty; an instant keeps its offset.
    """
    change = _CHANGES.get(kind)
    plain = [cell.strip() for cell in cells]
    return plain if change is None else [change(cell) if cell else "" for cell in plain]


def text_of(value: Any) -> str:
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


def _instant(cell: str) -> str:
    moment = any_instant(cell)
    return cell if moment is None else moment.isoformat()


_CHANGES: dict[str, Callable[[str], str]] = {
    "integer": lambda cell: str(int(cell)),
    "number": lambda cell: plain_number(float(cell)),
    "money": lambda cell: plain_decimal(Decimal(cell)),
    "yes/no": lambda cell: "yes" if cell.lower() in _YES else "no",
    "instant": _instant,
}
"""How cells of a kind are put into their canonical text; other kinds stand as they are."""
