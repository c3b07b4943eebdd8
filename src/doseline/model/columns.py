"""How a table of a network is described: once, in the dataclass of its row.

A row class is a frozen dataclass whose fields are made by :func:`column`. Everything else (file
reading, checks, ``doseline schema``, the JSON Schema, the docs) is derived from it.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NewType

Clock = NewType("Clock", str)
"""A wall time of the place it belongs to, ``HH:MM`` on the 24-hour clock."""

Weekdays = NewType("Weekdays", str)
"""Days of the week, e.g. ``Mon Wed`` or ``Mon-Fri``."""

Zone = NewType("Zone", str)
"""An IANA time zone, e.g. ``America/Chicago``."""

NuclideName = NewType("NuclideName", str)
"""A nuclide of the nuclide table, e.g. ``Lu-177``."""

_MOST = {"integer": 1_000_000, "number": 1_000_000_000, "money": 1_000_000_000_000}
"""Largest value of a column that names none: beyond it lies a slip of the pen, and years of work."""

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_KINDS: dict[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "yes/no",
    Decimal: "money",
    date: "date",
    datetime: "instant",
    Clock: "clock",
    Weekdays: "weekdays",
    Zone: "zone",
    NuclideName: "nuclide",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: what a reader, a check and the docs need to know of it."""

    name: str
    kind: str
    """text, integer, number, yes/no, money, date, instant, clock, weekdays, zone or nuclide."""
    doc: str
    doc_zh: str
    unit: str = ""
    required: bool = True
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    """Tables in whose key this value must be found, e.g. ``("sites",)``."""
    key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a network folder: its file is ``<name>.csv``."""

    name: str
    row: type
    doc: str
    doc_zh: str
    columns: tuple[Column, ...]
    required: bool

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that together identify a row."""
        return tuple(column.name for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def column(doc: str, zh: str, *, default: Any = dataclasses.MISSING, **about: Any) -> Any:
    """A field of a row class, described in English and Chinese.

    Args:
        doc: What the value means.
        zh: The same in Simplified Chinese.
        default: Value of an empty cell; a column without one must be filled.
        about: unit, minimum, maximum (by kind if none is given), allowed, refers, key of
            :class:`Column`.
    """
    metadata = {"doc": doc, "zh": zh, **about}
    return dataclasses.field(default=default, metadata=metadata)


def table_of(row: type, name: str, *, zh: str, required: bool) -> Table:
    """The table described by a row class."""
    hints = typing.get_type_hints(row)
    columns = tuple(_column_of(field, hints[field.name]) for field in dataclasses.fields(row))
    doc = (row.__doc__ or "").strip().splitlines()[0]
    return Table(name=name, row=row, doc=doc, doc_zh=zh, columns=columns, required=required)


def _column_of(field: dataclasses.Field[Any], hint: Any) -> Column:
    about = dict(field.metadata)
    required = field.default is dataclasses.MISSING
    kind = _KINDS[_plain(hint)]
    about.setdefault("maximum", _MOST.get(kind))
    return Column(
        name=field.name,
        kind=kind,
        doc=about.pop("doc"),
        doc_zh=about.pop("zh"),
        required=required,
        default=None if required else field.default,
        **about,
    )


def _plain(hint: Any) -> Any:
    """The type without ``| None``."""
    if isinstance(hint, types.UnionType):
        return next(arg for arg in hint.__args__ if arg is not type(None))
    if typing.get_origin(hint) is typing.Union:
        return next(arg for arg in typing.get_args(hint) if arg is not type(None))
    return hint


@lru_cache(maxsize=1024)
def weekday_numbers(text: str) -> tuple[int, ...]:
    """Numbers of the days in a ``Weekdays`` text, Monday is 0.

    >>> weekday_numbers("Mon-Wed Sat")
    (0, 1, 2, 5)

    Raises:
        ValueError: If a word is no weekday.
    """
    days: set[int] = set()
    for word in text.split():
        first, _, last = word.partition("-")
        start = WEEKDAY_NAMES.index(first)
        end = WEEKDAY_NAMES.index(last) if last else start
        span = (end - start) % 7 + 1
        days.update((start + step) % 7 for step in range(span))
    return tuple(sorted(days))
