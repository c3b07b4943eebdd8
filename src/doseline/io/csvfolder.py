"""The form of a network that people edit: ``network.toml`` and one CSV file a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.csvfile import decode, parse_table, read_bytes
from doseline.io.settings import settings_words
from doseline.io.source import (
    BYTES_PER_BYTE,
    Source,
    file_size,
    missing_table,
    too_large,
    unknown_tables,
)
from doseline.model.catalogue import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.columns import Table

ENDING = ".csv"


def read_csv_folder(folder: Path, memory_bytes: int) -> Source:
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
        if table.name not in names:
            if table.required:
                source.unread.add(table.name)
                # Of a folder that is no network at all, one finding is enough.
                if source.settings is not None or names:
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
    content, findings = read_bytes(path, table.name)
    source.findings += findings
    words, raw = None, None
    if content is not None:
        words, findings = decode(content, table.name, path.name)
        source.findings += findings
    if words is not None:
        raw, findings = parse_table(words, table)
        source.findings += findings
    if raw is None:
        source.unread.add(table.name)
    else:
        source.tables[table.name] = raw
