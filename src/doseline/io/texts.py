"""The canonical text of a cell, the same in every form of a network."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.io.words import any_instant
from doseline.model.plain import plain_decimal, plain_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_YES = frozenset({"yes", "true"})


def canonical(cells: Sequence[str], kind: str) -> list[str]:
    """Cells of a kind, each as this program writes it; they must be values of that kind.

    An empty cell stays empty; an instant keeps its offset.
    """
    change = _CHANGES.get(kind)
    plain = [cell.strip() for cell in cells]
    return plain if change is None else [change(cell) if cell else "" for cell in plain]


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
