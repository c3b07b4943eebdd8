"""What a page is made of: cells, tables, figures and sections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from doseline.io.report.numbers import plain
from doseline.io.report.words import Word, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

Cell = Word | Markup | str
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its head, the definition it leads to, and how it is set."""

    head: Word
    define: str = ""
    """Key of its definition, or ``table.column`` of a quantity of the network."""
    number: bool = True
    tight: bool = False
    """Its cells break only where their text says so, as a time before its UTC."""

    @property
    def target(self) -> str:
        """Id of that definition in the page."""
        return f"q-{self.define.replace('.', '-')}" if "." in self.define else f"def-{self.define}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a caption."""

    caption: Word
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[Word] = ()

    @property
    def long(self) -> bool:
        """Too long to be printed whole."""
        return len(self.rows) > 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing and the table of its numbers."""

    key: str
    title: Word
    svg: Markup
    tables: Sequence[Table]
    notes: Sequence[Word] = ()
    legend: Markup = field(default_factory=Markup)
    define: str = ""
    """Key of the definition of its numbers."""
    told_by: str = ""
    """Key of the figure whose table holds its numbers, where it has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page under one heading."""

    key: str
    say: Sequence[Word] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()

    @property
    def title(self) -> Word:
        """Its heading."""
        return word(f"section.{self.key}")

    @property
    def empty(self) -> bool:
        """There is nothing in it to show."""
        return not (self.figures or self.tables)


def text_column(head: str, define: str = "", **values: object) -> Column:
    """A column of words."""
    return Column(head=word(f"head.{head}", **values), define=define, number=False)


def time_column(head: str) -> Column:
    """A column of times, see :mod:`doseline.io.report.moments`."""
    return Column(head=word(f"head.{head}"), number=False, tight=True)


def number_column(head: str, define: str = "", **values: object) -> Column:
    """A column of numbers; the head says their unit."""
    return Column(head=word(f"head.{head}", **values), define=define)


def records(frame: pl.DataFrame, names: Iterable[str]) -> list[Row]:
    """The rows of a frame, with ``None`` in place of a column that it lacks."""
    wanted = tuple(names)
    kept = frame.select(name for name in wanted if name in frame.columns)
    blank: Row = dict.fromkeys(wanted)
    return [{**blank, **row} for row in kept.iter_rows(named=True)] if kept.width else []


def span(low: float | None, high: float | None, digits: int = 0) -> Word:
    """An interval in words."""
    if low is None or high is None:
        return word("text.not_known")
    return word("text.range", low=plain(low, digits), high=plain(high, digits))
