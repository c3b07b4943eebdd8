"""The text of a network as a workbook that a planner can work in.

Numbers, days and truths are typed where Excel keeps every digit of them; all else is text, so that
codes keep their leading zeros. The same network gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from doseline.errors import BadInputError
from doseline.io.networktext import height
from doseline.io.schema import described
from doseline.io.text import LANGUAGES
from doseline.io.workbook.rules import validation
from doseline.io.workbook.settings import HEADER, LINES, SETTINGS, settings_rows
from doseline.model.catalogue import BY_NAME
from doseline.model.plain import plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.networktext import NetworkText
    from doseline.model.columns import Column

LONGEST_CELL = 32_767
"""Letters that a cell of a workbook holds."""
MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
DIGITS = 15
"""Digits of a number that Excel keeps."""
SMALLEST, LARGEST = 1e-300, 1e300
"""Numbers between which Excel calculates; smaller ones it takes for zero."""
FIRST_DATE = date(1900, 3, 1)
"""First day from which on Excel counts right."""
_WIDEST = 40
_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A fixed day of making, so that the same network gives the same bytes."""


class TooLargeForWorkbookError(BadInputError):
    """A workbook cannot hold what a table has."""

    def __init__(self, table: str, found: int, limit: int) -> None:
        self.table = table
        self.found = found
        self.limit = limit
        super().__init__(
            f"Table {table} has {found} rows or letters in a cell; a workbook holds {limit}. "
            "Write CSV or Parquet instead."
        )


def workbook_bytes(text: NetworkText) -> bytes:
    """The workbook of a network.

    Raises:
        TooLargeForWorkbookError: If a table has more rows, or a cell more letters, than it holds.
    """
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"created": _MADE, "comments": "doseline"})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#DDEBF0", "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "wrap": book.add_format({"num_format": "@", "text_wrap": True}),
        "plain": book.add_format(),
    }
    _write_settings(book, text.settings, formats)
    for name, cells in text.tables.items():
        _refuse_too_large(name, cells)
        _write_table(book, name, text, formats)
    _write_lines(book, text.settings, formats)
    book.close()
    return out.getvalue()


def _write_settings(book: Any, words: str, formats: Mapping[str, Any]) -> None:
    """Keys and values with their meaning."""
    sheet = book.add_worksheet(SETTINGS)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, HEADER, formats["head"])
    for row, (key, value, *about) in enumerate(settings_rows(words), start=1):
        sheet.write_string(row, 0, key, formats["text"])
        if isinstance(value, date):
            _write_cell(sheet, (row, 1), value.isoformat(), "date", formats)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(row, 1, value)
        else:
            sheet.write_string(row, 1, str(value), formats["text"])
        for place, note in enumerate(about, start=2):
            sheet.write_string(row, place, note, formats["text"])
    for place, width in enumerate((38, 34, 14, 70, 50)):
        sheet.set_column(place, place, width)


def _write_lines(book: Any, words: str, formats: Mapping[str, Any]) -> None:
    """The lines of the settings with their comments, on a sheet that is hidden."""
    sheet = book.add_worksheet(LINES)
    sheet.hide()
    for row, line in enumerate(words.split("\n")):
        if line:
            sheet.write_string(row, 0, line, formats["text"])


def _write_table(book: Any, name: str, text: NetworkText, formats: Mapping[str, Any]) -> None:
    """One table: header with notes, cells, and what may be entered."""
    cells, table = text.tables[name], BY_NAME[name]
    rows = height(cells)
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), max(len(cells) - 1, 0))
    for place, column in enumerate(table.column(one) for one in cells):
        values = cells[column.name]
        sheet.set_column(place, place, _width(column.name, values), formats[_look(column)])
        sheet.write_string(0, place, column.name, formats["head"])
        note = "\n\n".join(described(column, lang) for lang in LANGUAGES)
        sheet.write_comment(0, place, note, {"x_scale": 2.5, "y_scale": 1.6})
        for row, value in enumerate(values, start=1):
            if value:
                _write_cell(sheet, (row, place), value, column.kind, formats)
        rule = validation(column, text.tables)
        if rule:
            sheet.data_validation(1, place, MOST_ROWS, place, rule)


def _write_cell(
    sheet: Any, at: tuple[int, int], value: str, kind: str, formats: Mapping[str, Any]
) -> None:
    """One cell, typed where Excel keeps it as it is."""
    if kind == "yes/no":
        sheet.write_boolean(*at, value == "yes")
    elif kind in {"integer", "number", "money"} and _is_kept(value, kind):
        sheet.write_number(*at, float(value))
    elif kind == "date" and date.fromisoformat(value) >= FIRST_DATE:
        sheet.write_datetime(*at, date.fromisoformat(value), formats["date"])
    else:
        sheet.write_string(*at, value, formats["text"])


def _is_kept(number: str, kind: str) -> bool:
    """Whether Excel keeps every digit of a number, and shows it as its column is written."""
    digits = number.lower().partition("e")[0].lstrip("+-").replace(".", "").strip("0")
    size = abs(float(number))
    if len(digits) > DIGITS or not (size == 0 or SMALLEST < size < LARGEST):
        return False
    return kind == "number" or (size < 1e15 and "e" not in plain_number(float(number)))


def _look(column: Column) -> str:
    """The format of a column, which new cells take, too."""
    if column.kind in {"integer", "number", "money", "yes/no"}:
        return "plain"
    return "date" if column.kind == "date" else "text"


def _width(name: str, values: Sequence[str]) -> int:
    """Width of a column in letters."""
    return min(max((len(one) for one in (name, *values[:200])), default=8) + 3, _WIDEST)


def _refuse_too_large(name: str, cells: Mapping[str, Sequence[str]]) -> None:
    rows = height(cells)
    longest = max((len(one) for column in cells.values() for one in column), default=0)
    for found, limit in ((rows, MOST_ROWS), (longest, LONGEST_CELL)):
        if found > limit:
            raise TooLargeForWorkbookError(name, found, limit)
