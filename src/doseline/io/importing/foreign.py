"""A planner's own list as it is: any columns, any delimiter, CSV or workbook."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.csvfile import probable_encoding
from doseline.io.forms import OTHER_WORKBOOKS
from doseline.io.source import error, too_large
from doseline.io.workbook import ENDING as XLSX
from doseline.io.workbook.read import grid, sheets_of
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.findings import Finding

DELIMITERS = (",", ";", "\t", "|")
PROBED = 50
"""Rows from which delimiter and header are found out."""
HEADER_SHARE = 0.6
"""A header fills at least this share of the cells of the widest row; titles above it do not."""
_WEIGHT = 12
"""Bytes in memory per byte of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A list with its own column names."""

    file: str
    sheet: str
    """Sheet of a workbook; empty for text."""
    encoding: str
    """Of a text; empty for a workbook."""
    header_line: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Cells as text, as many as there are columns."""
    lines: tuple[int, ...]
    """Line or row of the file on which each row stands."""

    def cells(self, column: str) -> list[str]:
        """The cells of one column."""
        place = self.columns.index(column)
        return [row[place] for row in self.rows]

    @property
    def place(self) -> dict[str, str]:
        """How findings call the list."""
        return {"file": self.file, "sheet": self.sheet} if self.sheet else {"file": self.file}


def read_foreign(
    path: Path,
    *,
    memory_bytes: int,
    sheet: str = "",
    encoding: str = "",
    header_line: int | None = None,
) -> tuple[Foreign | None, list[Finding]]:
    """The list in a file, or why it cannot be read.

    Args:
        path: A CSV text or a workbook.
        memory_bytes: Memory that reading may take. [B]
        sheet: Sheet of a workbook; by default the first with rows.
        encoding: Of a text; by default what it most probably is.
        header_line: Line of the column names; by default the first that looks like it.
    """
    if not path.is_file():
        return None, [error(code="no_such_list", found=str(path))]
    if path.suffix.lower() in OTHER_WORKBOOKS:
        return None, [error(code="other_workbook", found=str(path))]
    if path.suffix.lower() == XLSX:
        name, rows, lines, findings = _from_workbook(path, sheet, memory_bytes)
        used = ""
    else:
        used, rows, lines, findings = _from_text(path, encoding, memory_bytes)
        name = ""
    if findings:
        return None, findings
    start = _header(rows, lines, header_line)
    if start is None:
        return None, [error(code="empty_list", found=path.name)]
    columns = _named(rows[start])
    body = [_cut(row, len(columns)) for row in rows[start + 1 :]]
    foreign = Foreign(
        file=path.name,
        sheet=name,
        encoding=used,
        header_line=lines[start],
        columns=columns,
        rows=tuple(body),
        lines=tuple(lines[start + 1 :]),
    )
    return foreign, []


def _from_workbook(
    path: Path, wanted: str, memory_bytes: int
) -> tuple[str, list[list[str]], list[int], list[Finding]]:
    """Name, rows and row numbers of one sheet."""
    sheets, findings = sheets_of(path, memory_bytes)
    if findings:
        return "", [], [], findings
    names = [sheet.name for sheet in sheets]
    if wanted and wanted not in names:
        near = nearest(wanted, names)
        about = error(code="no_such_sheet", found=wanted, allowed=", ".join(names), nearest=near)
        return "", [], [], [about]
    for sheet in sheets:
        if sheet.name == wanted or (not wanted and sheet.rows):
            return sheet.name, *grid(sheet), []
    return "", [], [], [error(code="empty_list", found=path.name)]


def _from_text(
    path: Path, wanted: str, memory_bytes: int
) -> tuple[str, list[list[str]], list[int], list[Finding]]:
    """Encoding, rows and line numbers of a text."""
    content = path.read_bytes()
    if len(content) * _WEIGHT > memory_bytes:
        return "", [], [], [too_large("", len(content), memory_bytes // _WEIGHT)]
    encoding = wanted or _encoding(content)
    try:
        text = content.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
    except (UnicodeDecodeError, LookupError):
        return "", [], [], [error(code="bad_encoding", found=encoding, allowed=_encoding(content))]
    rows, lines = _rows(text)
    return encoding, rows, lines, []


def _encoding(content: bytes) -> str:
    """UTF-8, or what the text most probably is instead."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return probable_encoding(content)
    return "UTF-8"


def _rows(text: str) -> tuple[list[list[str]], list[int]]:
    """Rows that are not blank and the line each starts on, split where it gives most columns."""
    probe = "\n".join(text.splitlines()[:PROBED])
    delimiter = max(DELIMITERS, key=lambda one: _columns(probe, one))
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
    rows, lines, line = [], [], 1
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append([cell.strip() for cell in row])
            lines.append(line)
        line = reader.line_num + 1
    return rows, lines


def _columns(text: str, delimiter: str) -> int:
    """Columns that most rows have with a delimiter."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    counts = Counter(len(row) for row in rows if row)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _header(rows: list[list[str]], lines: list[int], wanted: int | None) -> int | None:
    """Place of the row with the column names; None if there is none."""
    if wanted is not None:
        return lines.index(wanted) if wanted in lines else None
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:PROBED]]
    widest = max(filled, default=0)
    return next((place for place, one in enumerate(filled) if one >= HEADER_SHARE * widest), None)


def _named(header: list[str]) -> tuple[str, ...]:
    """Column names, each of its own; one without a name is called by its place."""
    found: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = " ".join(cell.split()) or f"#{place}"
        same = sum(1 for one in found if one == name or one.startswith(f"{name} #"))
        found.append(f"{name} #{same + 1}" if same else name)
    return tuple(found)


def _cut(row: list[str], width: int) -> tuple[str, ...]:
    """A row as wide as the header."""
    return tuple(cell.strip() for cell in (row + [""] * width)[:width])
