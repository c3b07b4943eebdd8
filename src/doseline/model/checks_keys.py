"""Keys that are unique, and references that lead somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.columns import Column, Table
from doseline.model.findings import ERROR, Finding
from doseline.model.nearest import nearest

FIRST_ROW = 2
"""Line of the first row below the header."""
ASSUMED = "assumed"
"""Column that names those columns of its row which are assumptions."""
SUGGESTED = 20
"""Different wrong names of one column for which the nearest right one is looked for."""
LISTED = 12
"""Values that a finding lists as allowed before it says how many there are."""


def check_keys(frames: Mapping[str, pl.DataFrame], unread: Collection[str]) -> tuple[Finding, ...]:
    """Duplicate keys, references that do not resolve, and columns said to be assumed that are none.

    Args:
        frames: All tables; a null stands for a cell that could not be read.
        unread: Tables whose rows are not known, so that nothing can be said of references to them.
    """
    found: list[Finding] = []
    for table in TABLES:
        frame = frames[table.name]
        if frame.is_empty():
            continue
        found += _duplicates(table, frame)
        found += _assumed(table, frame)
        for column in table.columns:
            if column.refers and not set(column.refers) & set(unread):
                found += _dangling(table, column, frame, frames)
    found += _shared_names(frames)
    return tuple(found)


def _duplicates(table: Table, frame: pl.DataFrame) -> Iterator[Finding]:
    """Rows whose key stood in a row before."""
    key = list(table.key)
    if not key:
        return
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    twice = whole & ~pl.struct(key).is_first_distinct()
    numbered = frame.with_row_index("place_of_row")
    place = pl.col("place_of_row")
    rows = numbered.select(place, first=place.min().over(key), twice=twice)
    for row, first, _ in rows.filter("twice").iter_rows():
        words = ", ".join(str(frame[name][row]) for name in key)
        yield Finding(
            code="duplicate_key",
            severity=ERROR,
            table=table.name,
            row=row + FIRST_ROW,
            column=", ".join(key),
            found=words,
            about={"first": str(first + FIRST_ROW)},
        )


def _assumed(table: Table, frame: pl.DataFrame) -> Iterator[Finding]:
    """Words of the column ``assumed`` that are no column of the table."""
    names = [column.name for column in table.columns]
    if ASSUMED not in names:
        return
    for index, words in enumerate(frame[ASSUMED].to_list()):
        for word in (words or "").split():
            if word not in names:
                yield Finding(
                    code="unknown_assumed",
                    severity=ERROR,
                    table=table.name,
                    row=index + FIRST_ROW,
                    column=ASSUMED,
                    found=word,
                    allowed=", ".join(names),
                    nearest=nearest(word, names),
                )


def _dangling(
    table: Table, column: Column, frame: pl.DataFrame, frames: Mapping[str, pl.DataFrame]
) -> Iterator[Finding]:
    """Cells that name what no table has."""
    names = _names(frames, column.refers)
    values = frame[column.name]
    missing = values.is_not_null() & ~values.is_in(names.implode())
    if not missing.any():
        return
    known = names.to_list()
    wrong = values.filter(missing).unique(maintain_order=True).to_list()
    near = {word: nearest(word, known) for word in wrong[:SUGGESTED]}
    listed = ", ".join(known[:LISTED]) + (f", … ({len(known)})" if len(known) > LISTED else "")
    for index in missing.arg_true().to_list():
        yield Finding(
            code="unknown_reference",
            severity=ERROR,
            table=table.name,
            row=index + FIRST_ROW,
            column=column.name,
            found=values[index],
            allowed=listed,
            nearest=near.get(values[index], ""),
            about={"tables": ", ".join(f"{name}.csv" for name in column.refers)},
        )


def _names(frames: Mapping[str, pl.DataFrame], tables: Collection[str]) -> pl.Series:
    """The keys of some tables, one after another."""
    keys = [frames[name][BY_NAME[name].key[0]].drop_nulls() for name in tables]
    return pl.concat([key.rename("name") for key in keys]).unique(maintain_order=True)


def _shared_names(frames: Mapping[str, pl.DataFrame]) -> Iterator[Finding]:
    """Places of two tables with one name, between which a lane could not tell."""
    tables = ("sources", "lines", "hubs", "sites")
    seen: dict[str, str] = {}
    for name in tables:
        column = BY_NAME[name].key[0]
        for index, place in enumerate(frames[name][column].to_list()):
            if place is None:
                continue
            if seen.setdefault(place, name) != name:
                yield Finding(
                    code="ambiguous_place",
                    severity=ERROR,
                    table=name,
                    row=index + FIRST_ROW,
                    column=column,
                    found=place,
                    about={"other": f"{seen[place]}.csv"},
                )
