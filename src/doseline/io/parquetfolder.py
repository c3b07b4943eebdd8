"""A network as Parquet: one file a table with typed columns, beside ``network.toml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.csvfile import shaped
from doseline.io.settings import settings_words
from doseline.io.source import (
    BYTES_PER_BYTE,
    Source,
    error,
    file_size,
    missing_table,
    too_large,
    unknown_tables,
)
from doseline.model.catalogue import TABLES
from doseline.model.network import dtype_of
from doseline.model.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from doseline.model.columns import Column, Table

ENDING = ".parquet"
_READERS: dict[str, Any] = {
    "integer": int,
    "number": float,
    "yes/no": lambda cell: cell == "yes",
}


def read_parquet_folder(folder: Path, memory_bytes: int) -> Source:
    """The texts of a folder, of every table that fits into memory."""
    source = Source(folder=folder)
    source.settings, findings = settings_words(folder)
    source.written = source.settings
    source.findings += findings
    files = sorted(entry.name for entry in folder.iterdir())
    names = [name.removesuffix(ENDING) for name in files if name.endswith(ENDING)]
    source.findings += unknown_tables(names, ENDING)
    left = memory_bytes // BYTES_PER_BYTE
    for table in TABLES:
        source.places[table.name] = {"file": f"{table.name}{ENDING}"}
        if table.name not in names:
            if table.required:
                source.unread.add(table.name)
                source.findings.append(missing_table(table, files, ENDING))
            continue
        path = folder / f"{table.name}{ENDING}"
        size = file_size(path)
        if size > left:
            source.unread.add(table.name)
            source.findings.append(too_large(table.name, size, left))
            continue
        left -= size
        _read_table(path, table, source)
    return source


def _read_table(path: Path, table: Table, source: Source) -> None:
    """Read one table; what is wrong with its shape joins the findings."""
    try:
        frame = pl.read_parquet(path, hive_partitioning=False, glob=False)
    except (pl.exceptions.PolarsError, OSError) as problem:
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        source.findings.append(
            error(code="bad_parquet", table=table.name, found=path.name, about={"reason": reason})
        )
        source.unread.add(table.name)
        return
    cells = [[plain_text(value) for value in frame[name].to_list()] for name in frame.columns]
    rows = [list(frame.columns), *(list(row) for row in zip(*cells, strict=True))]
    lines = list(range(1, frame.height + 2))
    raw, findings = shaped(rows, lines, table)
    source.findings += findings
    if raw is None:
        source.unread.add(table.name)
    else:
        source.tables[table.name] = raw


def typed_frame(cells: Mapping[str, Sequence[str]], table: Table) -> pl.DataFrame:
    """A table of canonical cells as typed columns.

    An instant stays text, as Parquet has no type that keeps its offset from UTC.
    """
    return pl.DataFrame([_series(cells[name], table.column(name)) for name in cells])


def _series(cells: Sequence[str], column: Column) -> pl.Series:
    texts = pl.Series(column.name, [cell or None for cell in cells], dtype=pl.String)
    if column.kind == "money":
        return texts.cast(dtype_of(column))
    if column.kind == "date":
        return texts.str.to_date("%Y-%m-%d")
    reader = _READERS.get(column.kind)
    if reader is None:
        return texts
    values = [None if cell == "" else reader(cell) for cell in cells]
    return pl.Series(column.name, values, dtype=dtype_of(column))
