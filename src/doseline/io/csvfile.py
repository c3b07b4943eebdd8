"""One CSV file as columns of text, with the line of each row."""

from __future__ import annotations

import csv
import functools
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.model.findings import ERROR, Finding
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.columns import Table

_error = functools.partial(Finding, severity=ERROR)
_OTHER_DELIMITERS = {";": ";", "\t": "TAB", "|": "|"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table before its cells are understood."""

    cells: dict[str, list[str]]
    """Texts by column, only of columns that the table has."""
    lines: list[int]
    """Line of the file on which each row starts, the header is 1."""
    ragged: frozenset[int]
    """Rows with too few or too many cells; their places are filled up or cut."""


def read_bytes(path: Path, table: str) -> tuple[bytes | None, list[Finding]]:
    """The content of a file, or why there is none."""
    if not path.is_file():
        return None, [_error(code="not_a_file", table=table, found=path.name)]
    try:
        return path.read_bytes(), []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [_error(code="unreadable", table=table, found=reason)]


def decode(content: bytes, table: str, name: str) -> tuple[str | None, list[Finding]]:
    """The text of a file in UTF-8, with or without byte-order mark."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        return None, [_error(code="nul_byte", table=table, row=line)]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        encoding = probable_encoding(content)
        command = f"iconv -f {encoding} -t UTF-8 {name} > utf8-{name}"
        return None, [
            _error(
                code="not_utf8",
                table=table,
                row=content[: error.start].count(b"\n") + 1,
                found=encoding,
                allowed="UTF-8",
                about={"command": command},
            )
        ]


def parse_table(content: str, table: Table) -> tuple[RawTable | None, list[Finding]]:
    """The rows of a CSV text by column, and what is wrong with its shape."""
    if not content.strip():
        return shaped([], [], table)
    rows, lines, broken = _rows(content, table.name)
    if not rows:
        return None, broken
    wrong = _wrong_delimiter([name.strip() for name in rows[0]], table)
    if wrong:
        return None, [wrong]
    raw, findings = shaped(rows, lines, table)
    return raw, [*broken, *findings]


def shaped(
    rows: list[list[str]], lines: list[int], table: Table
) -> tuple[RawTable | None, list[Finding]]:
    """Rows by column, the first of them the header, and what is wrong with their shape."""
    if not rows:
        return None, [_error(code="empty_file", table=table.name, allowed=", ".join(_names(table)))]
    header = [name.strip() for name in rows[0]]
    width = _width(header, rows[1:])
    header = header[:width]
    ragged = _ragged(rows[1:], width)
    findings = _header_findings(header, table)
    findings += [
        _error(
            code="ragged_row",
            table=table.name,
            row=lines[number + 1],
            found=str(len(rows[number + 1])),
            allowed=str(width),
        )
        for number in ragged
    ]
    columns = _columns(rows[1:], header, table)
    return RawTable(cells=columns, lines=lines[1:], ragged=frozenset(ragged)), findings


def _ragged(rows: list[list[str]], width: int) -> list[int]:
    """Rows with too few cells, or with more than blanks beyond the last column."""
    return [
        number
        for number, row in enumerate(rows)
        if len(row) < width or any(cell.strip() for cell in row[width:])
    ]


def _rows(content: str, table: str) -> tuple[list[list[str]], list[int], list[Finding]]:
    """Rows that are not blank, the line each starts on, and where quoting breaks off."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            if any(row):
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        return rows, lines, [_error(code="bad_quoting", table=table, row=line, found=str(error))]
    return rows, lines, []


def _wrong_delimiter(header: list[str], table: Table) -> Finding | None:
    """A finding if the header only makes sense with another delimiter."""
    known = set(_names(table))
    if known & set(header):
        return None
    joined = ",".join(header)
    for delimiter, name in _OTHER_DELIMITERS.items():
        if known & {part.strip(' "') for part in joined.split(delimiter)}:
            return _error(
                code="wrong_delimiter",
                table=table.name,
                row=1,
                found=name,
                allowed=",",
            )
    return None


def _width(header: list[str], rows: list[list[str]]) -> int:
    """Columns without the empty ones that spreadsheets leave at the end."""
    width = len(header)
    while width and not header[width - 1] and not any(any(row[width - 1 : width]) for row in rows):
        width -= 1
    return width


def _header_findings(header: list[str], table: Table) -> list[Finding]:
    """Columns that are unknown, repeated or missing."""
    known = _names(table)
    findings: list[Finding] = []
    missing = [name for name in known if name not in header and table.column(name).required]
    free = [name for name in known if name not in header]
    for place, name in enumerate(header):
        here = functools.partial(_error, table=table.name, row=1, column=name, found=name)
        if name not in known:
            near = nearest(name, free) or nearest(name, known)
            findings.append(here(code="unknown_column", allowed=", ".join(known), nearest=near))
        elif name in header[:place]:
            findings.append(here(code="duplicate_column"))
    for name in missing:
        near = nearest(name, [other for other in header if other and other not in known])
        findings.append(
            _error(code="missing_column", table=table.name, row=1, column=name, nearest=near)
        )
    return findings


def _columns(rows: list[list[str]], header: list[str], table: Table) -> dict[str, list[str]]:
    """Texts by known column, each as long as there are rows."""
    wanted = {name: header.index(name) for name in _names(table) if name in header}
    return {
        name: [row[place] if place < len(row) else "" for row in rows]
        for name, place in wanted.items()
    }


def probable_encoding(content: bytes) -> str:
    """The encoding that a text which is not UTF-8 most probably has."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        strange = [letter for letter in content.decode("gb18030") if not letter.isascii()]
    except UnicodeDecodeError:
        return "WINDOWS-1252"
    # By chance Western text decodes too, but hardly ever to the common characters of GB2312.
    common = sum(1 for letter in strange if _in_gb2312(letter))
    return "GB18030" if 2 * common >= len(strange) else "WINDOWS-1252"


def _in_gb2312(letter: str) -> bool:
    """Whether a character is one of the common ones."""
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]
