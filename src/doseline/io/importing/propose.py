"""A plan how a list could fill a table, found by names, by kinds and by what the cells say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from doseline.io.cells import parse_column
from doseline.io.importing.change import can_convert, changed_cells, unit_in
from doseline.io.importing.mapping import NUMBERED, How, Plan
from doseline.io.importing.words import likeness, plain, same_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.cells import Setting
    from doseline.io.importing.foreign import Foreign
    from doseline.model.columns import Column, Table

SURE = 0.7
"""Confidence from which on a column needs no second look."""
WORTH = 0.45
"""Confidence below which nothing is proposed."""
SAMPLED = 200
"""Different cells of a column by which its kind is judged."""
SHOWN = 3
"""Different cells of a column that are shown."""
DATE_FORMATS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
)
_TELLING = frozenset({"nuclide", "zone", "weekdays", "clock"})
"""Kinds that few cells have by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the network says of the cells of a list."""

    setting: Setting
    references: Mapping[str, Mapping[str, str]]
    """For each table that columns refer to: its key by plain key, name and name in Chinese."""

    def keys(self, column: Column) -> set[str]:
        """What a column may refer to."""
        return {key for name in column.refers for key in self.references.get(name, {}).values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with the confidence in each part of it."""

    plan: Plan
    confidence: Mapping[str, float]
    """By our column."""
    ambiguous_dates: Mapping[str, tuple[str, ...]]
    """Columns of days that can be read in several ways, and those ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One of their columns for one of ours."""

    column: Column
    how: How
    confidence: float
    formats: tuple[str, ...] = ()


def propose(
    foreign: Foreign,
    table: Table,
    known: Known,
    constants: Mapping[str, str],
) -> Proposal:
    """How the list most probably fills the table; constants that were given stay."""
    free = [column for column in table.columns if column.name not in constants]
    pairs = [
        _pair(foreign, source, table, column, known)
        for column in free
        for source in foreign.columns
    ]
    likely = sorted(
        (one for one in pairs if one.confidence >= WORTH), key=lambda one: -one.confidence
    )
    chosen: dict[str, _Pair] = {}
    for one in likely:
        used = {other.how.source for other in chosen.values()}
        if one.column.name not in chosen and one.how.source not in used:
            chosen[one.column.name] = one
    for one in likely:
        # A second day of a window may stand in the same column as the first.
        twice = one.column.required and one.column.kind == "date" and one.confidence >= SURE
        if twice and one.column.name not in chosen:
            chosen[one.column.name] = one
    return _proposal(foreign, table, chosen, constants, known)


def samples(cells: Sequence[str]) -> list[str]:
    """The first few different cells."""
    return [one for one in dict.fromkeys(cells) if one][:SHOWN]


def _proposal(
    foreign: Foreign,
    table: Table,
    chosen: Mapping[str, _Pair],
    constants: Mapping[str, str],
    known: Known,
) -> Proposal:
    """The plan in the order of our columns, with what can be filled without the list."""
    columns: dict[str, How] = {}
    confidence: dict[str, float] = {}
    for column in table.columns:
        name = column.name
        how = How(constant=constants[name]) if name in constants else None
        if how is None and name in chosen:
            how = chosen[name].how
        elif how is None:
            how = _without_list(table, column, known)
        if how is not None:
            columns[name] = how
            confidence[name] = chosen[name].confidence if name in chosen else 1.0
    plan = Plan(
        table=table.name,
        columns=columns,
        sheet=foreign.sheet,
        encoding=foreign.encoding,
        header_line=foreign.header_line,
    )
    formats = {name: one.formats for name, one in chosen.items() if len(one.formats) > 1}
    return Proposal(plan=plan, confidence=confidence, ambiguous_dates=formats)


def _without_list(table: Table, column: Column, known: Known) -> How | None:
    """A counted key, or the one evidence that there is; None if nothing can be said."""
    if table.key == (column.name,) and column.kind == "text" and not column.refers:
        return How(numbered=f"{column.name}-{NUMBERED}")
    if column.required and column.refers == ("evidence",):
        keys = known.keys(column)
        return How(constant=next(iter(keys))) if len(keys) == 1 else None
    return None


def _pair(
    foreign: Foreign,
    source: str,
    table: Table,
    column: Column,
    known: Known,
) -> _Pair:
    """How well one of their columns fills one of ours."""
    name = likeness(source, table.name, column)
    telling = bool(column.refers or column.allowed) or column.kind in _TELLING
    if name < WORTH and not telling:
        return _Pair(column=column, how=How(source=source), confidence=0.0)
    distinct = [cell for cell in dict.fromkeys(foreign.cells(source)) if cell]
    how = How(source=source, unit=_unit(source, column))
    how = replace(how, values=_values(distinct, column, known))
    formats = _date_formats(distinct[:SAMPLED]) if column.kind == "date" else ()
    if len(formats) == 1 and formats[0]:
        how = replace(how, date_format=formats[0])
    fit = _fit(distinct[:SAMPLED], how, column, known)
    if formats and formats[0]:
        fit = 1.0
    by_name = name * (0.4 + 0.6 * fit)
    by_content = 0.62 * fit if telling and distinct and fit > 0.8 else 0.0
    return _Pair(column=column, how=how, confidence=max(by_name, by_content), formats=formats)


def _unit(source: str, column: Column) -> str:
    """The unit in a header, if the column of ours has another of the same kind."""
    unit = unit_in(source)
    return unit if unit and unit != column.unit and can_convert(unit, column) else ""


def _values(distinct: Sequence[str], column: Column, known: Known) -> dict[str, str]:
    """Ours by theirs, for cells that are called otherwise."""
    found = {}
    if column.allowed:
        meant = {cell: same_word(cell, column.allowed) for cell in distinct}
        found = {cell: word for cell, word in meant.items() if word and word != cell}
    for name in column.refers:
        keys = known.references.get(name, {})
        for cell in distinct:
            ours = keys.get(plain(cell), "")
            if ours and ours != cell:
                found.setdefault(cell, ours)
    return found


def _fit(
    distinct: Sequence[str],
    how: How,
    column: Column,
    known: Known,
) -> float:
    """Share of cells that are values of the column, once changed."""
    if not distinct:
        return 0.5
    cells = changed_cells(distinct, how, column, known.setting)
    _, bad = parse_column(cells, column, known.setting)
    wrong = {one.index for one in bad}
    if column.refers:
        keys = known.keys(column)
        wrong |= {index for index, cell in enumerate(cells) if cell not in keys}
    return 1 - len(wrong) / len(distinct)


def _date_formats(distinct: Sequence[str]) -> tuple[str, ...]:
    """Ways in which every cell is a day; one that is empty stands for our own way."""
    if not distinct or all(cell[:4].isdigit() and not cell[:8].isdigit() for cell in distinct):
        return ("",) if distinct else ()
    ways: dict[tuple[str, ...], str] = {}
    for form in DATE_FORMATS:
        days = [_day(cell, form) for cell in distinct]
        if all(days):
            # Two formats may read every cell alike, as in "5 May 2026".
            ways.setdefault(tuple(days), form)
    return tuple(ways.values())


def _day(cell: str, form: str) -> str:
    """The day that a cell is in a format; empty if it is none."""
    try:
        return datetime.strptime(cell, form).replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""
