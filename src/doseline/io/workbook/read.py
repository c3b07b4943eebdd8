"""A workbook becomes the texts of a network: the same that its CSV files would hold."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from doseline.io.csvfile import shaped
from doseline.io.source import Source, error, missing_table, too_large, unknown_tables
from doseline.io.workbook.formats import moment_of
from doseline.io.workbook.ooxml import read_sheets, unpacked_bytes
from doseline.io.workbook.settings import LINES, SETTINGS, settings_words, written_settings
from doseline.io.workbook.xml import ParseError
from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.findings import NETWORK
from doseline.model.plain import plain_number

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.io.workbook.ooxml import Cell, Sheet
    from doseline.model.findings import Finding


_OLD = b"\xd0\xcf\x11\xe0"
"""How old workbooks begin, and encrypted ones."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    LookupError,
    ValueError,
    OSError,
    EOFError,
    # An archive that is locked with a password, or packed in a way of its own.
    RuntimeError,
)
_WEIGHT = 4
"""Bytes in memory per unpacked byte of a workbook."""


def sheets_of(path: Path, memory_bytes: int) -> tuple[list[Sheet], list[Finding]]:
    """The sheets of a workbook, or why it cannot be opened."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        return [], [error(code="unreadable_workbook", found=path.name, allowed=reason)]
    if start == _OLD:
        return [], [error(code="locked_workbook", found=path.name)]
    try:
        size = unpacked_bytes(path)
        if size * _WEIGHT > memory_bytes:
            return [], [too_large("", size, memory_bytes // _WEIGHT)]
        return list(read_sheets(path)), []
    except _DAMAGE as problem:
        reason = str(problem) or type(problem).__name__
        return [], [error(code="bad_workbook", found=path.name, about={"reason": reason})]


def read_workbook(path: Path, memory_bytes: int) -> tuple[Source | None, list[Finding]]:
    """The texts of a workbook, or why it cannot be opened."""
    sheets, findings = sheets_of(path, memory_bytes)
    if findings:
        return None, findings
    by_name = {sheet.name.strip(): sheet for sheet in sheets}
    source = Source(folder=path.parent)
    for name in by_name:
        source.places[name] = {"file": path.name, "sheet": name}
    source.places[NETWORK] = {"file": path.name, "sheet": SETTINGS}
    if SETTINGS in by_name:
        words, found = settings_words(grid(by_name[SETTINGS]))
        source.settings = words
        source.findings += found
        lines = by_name.get(LINES)
        source.written = written_settings(words, grid(lines)) if lines and words else None
    else:
        source.findings.append(error(code="missing_settings_sheet", table=NETWORK, found=path.name))
    names = [name for name in by_name if name not in {SETTINGS, LINES}]
    source.findings += unknown_tables(names, "")
    for table in TABLES:
        if table.name in by_name:
            _read_table(by_name[table.name], source)
        elif table.required:
            source.unread.add(table.name)
            source.places[table.name] = {"file": path.name, "sheet": table.name}
            source.findings.append(missing_table(table, names, ""))
    return source, []


def cell_text(cell: Cell, *, from_1904: bool) -> str:
    """What a cell says, as it would stand in a CSV file."""
    if cell.kind in {"text", "formula", "error", "yes/no"}:
        return cell.value
    value = float(cell.value)
    if cell.kind == "percent":
        return f"{plain_number(round(value * 100, 10))}%"
    if cell.kind in {"date", "time"}:
        with suppress(OverflowError):
            text = _moment(value, cell.kind, from_1904=from_1904)
            if text:
                return text
    return plain_number(value)


def _moment(value: float, kind: str, *, from_1904: bool) -> str:
    """A date, a wall time or both; empty if the number is none."""
    moment = moment_of(value, from_1904=from_1904)
    if moment is None:
        return ""
    if kind == "time" and value < 1:
        return f"{moment:%H:%M:%S}".removesuffix(":00")
    return moment.isoformat().removesuffix("T00:00:00")


def _read_table(sheet: Sheet, source: Source) -> None:
    """One table; what is wrong with its sheet joins the findings."""
    name = sheet.name.strip()
    source.findings += [
        error(code="merged_cells", table=name, row=_first_row(merged), found=merged)
        for merged in sheet.merged
    ]
    rows, lines = grid(sheet)
    raw, findings = shaped(rows, lines, BY_NAME[name])
    source.findings += findings
    if raw is None:
        source.unread.add(name)
    else:
        source.tables[name] = raw


def grid(sheet: Sheet) -> tuple[list[list[str]], list[int]]:
    """Rows of texts, all as wide as the widest, and the number of each."""
    width = max((max(cells) + 1 for _, cells in sheet.rows), default=0)
    rows, lines = [], []
    for number, cells in sheet.rows:
        row = [""] * width
        for column, cell in cells.items():
            row[column] = cell_text(cell, from_1904=sheet.from_1904)
        if any(row):
            rows.append(row)
            lines.append(number)
    return rows, lines


def _first_row(merged: str) -> int:
    """Row in which a range of cells begins."""
    digits = "".join(letter for letter in merged.partition(":")[0] if letter.isdigit())
    return int(digits or 1)
