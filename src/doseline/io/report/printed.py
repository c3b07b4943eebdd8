"""What a list to print consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from doseline.io.report.numbers import NOTHING, plain
from doseline.io.report.parts import Cell, Column, Row, Table
from doseline.io.report.words import Word, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl

KINDS = ("line", "carrier", "site")
_TIMES = frozenset({"reference", "depart", "time", "arrival", "expiry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One batch, departure or day of a list."""

    title: Word
    facts: Sequence[Word] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One list: who prints it, and its parts."""

    key: str
    """Its id in the page."""
    kind: str
    """``line``, ``carrier`` or ``site``."""
    name: str
    """Of the line, the place of hand-over or the site."""
    title: Word
    size: int
    """Vials, packages or infusions on it."""
    about: Sequence[Word] = ()
    parts: Sequence[Part] = field(default_factory=tuple)


def rows_of(frame: pl.DataFrame) -> list[Row]:
    """The rows of a list."""
    return list(frame.iter_rows(named=True))


def grouped(rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]]) -> list[list[Row]]:
    """The rows by a key, in its order; rows of one key keep theirs."""
    return [list(group) for _, group in groupby(sorted(rows, key=key), key=key)]


@cache
def _column(head: str) -> Column:
    name = head.removeprefix("#")
    title = word(f"planlists.head_{name}")
    return Column(head=title, number=head.startswith("#"), tight=name in _TIMES)


def table(caption: Word, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table whose heads begin with ``#`` where numbers stand."""
    return Table(caption=caption, columns=[_column(head) for head in heads], rows=rows)


def number(value: float | None) -> str:
    """A number with four significant digits, without trailing zeros."""
    if value is None:
        return NOTHING
    return plain(value, max(0, 3 - _magnitude(value)))


def _magnitude(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2]) if value else 0
