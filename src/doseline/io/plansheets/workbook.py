"""The lists as one workbook: a sheet each, to be filtered on a screen and printed on paper."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from xlsxwriter import Workbook

from doseline.io.plansheets.cells import heading, sheet_name, shown_columns, told
from doseline.io.text import text
from doseline.io.workbook.write import MOST_ROWS, TooLargeForWorkbookError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.planned import PlannedWeek
    from doseline.model.sheets import SheetColumn, Sheets

WORKBOOK = "plan.xlsx"
ABOUT = ("operations", "times", "activity", "transport", "left")
"""What the first sheet says about the others."""

_A4 = 9
_MADE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A fixed day of making, so that the same plan gives the same bytes."""
_ZERO = datetime(1899, 12, 30, tzinfo=UTC).replace(tzinfo=None)
"""From when workbooks count days."""
_DAY_MS = 86_400_000
_TIMES = frozenset({"wall", "instant"})
_WIDEST = 34
_TIME_WIDTH = 16


def sheets_workbook(planned: PlannedWeek, sheets: Sheets, *, language: str) -> bytes:
    """The workbook of a planned week, with headings in one language.

    Args:
        planned: The week, for its name.
        sheets: Its lists.
        language: ``en`` or ``zh``.

    Raises:
        TooLargeForWorkbookError: If a list has more rows than a sheet holds.
        UnknownLanguageError: If there is no text in that language.
    """
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "remove_timezone": True, "strings_to_formulas": False})
    book.set_properties({"created": _MADE, "comments": "doseline"})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#DDEBF0", "bottom": 1, "text_wrap": True, "valign": "top"}
        ),
        "text": book.add_format({"num_format": "@"}),
        "plain": book.add_format(),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "box": book.add_format({"border": 1}),
    }
    _write_about(book, planned, sheets, formats, language)
    for name, frame in sheets.frames.items():
        if frame.height > MOST_ROWS:
            raise TooLargeForWorkbookError(name, frame.height, MOST_ROWS)
        _write_list(book, name, frame, formats, language)
    book.close()
    return out.getvalue()


def _write_about(
    book: Any, planned: PlannedWeek, sheets: Sheets, formats: Mapping[str, Any], lang: str
) -> None:
    """Whose week it is, what the sheets hold, and how their numbers are meant."""
    sheet = book.add_worksheet(sheet_name("about", lang))
    settings = planned.network.settings
    name = settings.name_zh if lang == "zh" and settings.name_zh else settings.name
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 96, formats["wrap"])
    sheet.write_string(0, 0, name, formats["title"])
    sheet.write_string(1, 0, text("sheet.about.week", lang, week=planned.plan.week))
    row = 3
    for key, frame in sheets.frames.items():
        sheet.write_url(
            row, 0, f"internal:'{sheet_name(key, lang)}'!A1", string=sheet_name(key, lang)
        )
        rows = text(
            "sheet.about.rows", lang, rows=frame.height, what=text(f"sheet.what.{key}", lang)
        )
        sheet.write_string(row, 1, rows, formats["wrap"])
        row += 1
    for number, key in enumerate(ABOUT, start=row + 1):
        sheet.write_string(number, 1, text(f"sheet.about.{key}", lang), formats["wrap"])
    _for_paper(sheet, lang)


def _write_list(
    book: Any, name: str, frame: pl.DataFrame, formats: Mapping[str, Any], lang: str
) -> None:
    """One list: a frozen head with a filter, and typed cells."""
    sheet = book.add_worksheet(sheet_name(name, lang))
    columns, rows = shown_columns(name), told(frame, name, lang)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows.height, 1), len(columns) - 1)
    sheet.set_row(0, 46)
    for place, column in enumerate(columns):
        values, head = _numbered(rows[column.name]).to_list(), heading(column, lang)
        sheet.set_column(place, place, _width(column, head, values))
        sheet.write_string(0, place, head, formats["head"])
        _write_column(sheet, place, values, column.kind, formats)
    sheet.repeat_rows(0)
    _for_paper(sheet, lang)


def _numbered(values: pl.Series) -> pl.Series:
    """Days and times as workbooks count them, in days; other values as they are."""
    if not values.dtype.is_temporal():
        return values
    since = values.cast(pl.Datetime("ms")) - _ZERO
    passed_ms = since.dt.total_milliseconds()
    return passed_ms // _DAY_MS + (passed_ms % _DAY_MS) / _DAY_MS


def _write_column(
    sheet: Any, place: int, values: list[Any], kind: str, formats: Mapping[str, Any]
) -> None:
    """The cells of a column by its kind; a text stays a text, whatever it begins with."""
    if kind in {"number", "count", "day", *_TIMES}:
        style = "time" if kind in _TIMES else "day" if kind == "day" else "plain"
        write, shape = sheet.write_number, formats[style]
    elif kind == "box":
        write, shape = sheet.write_blank, formats["box"]
    else:
        write, shape = sheet.write_string, formats["text"]
    for row, value in enumerate(values, start=1):
        if value is not None:
            write(row, place, value, shape)


def _for_paper(sheet: Any, lang: str) -> None:
    """A4 across, as wide as one page, with the page's number and whose paper it is."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L{text('sheet.about.footer', lang)}&C&A&R&P / &N")


def _width(column: SheetColumn, head: str, values: list[Any]) -> int:
    """Width of a column in letters: a head may break, a value may not."""
    if column.kind in _TIMES:
        return _TIME_WIDTH
    if column.kind == "box":
        return 11
    shown = {"2026-01-01"} if column.kind == "day" else {*values[:500]} - {None}
    longest = max((_letters(str(one)) for one in shown), default=6)
    word = max(_letters(part) for part in head.split())
    width = max(longest, min(word, 14)) + 3
    # Reasons are read whole, also on paper, where nothing runs into the next cell.
    return width if column.kind == "word" else min(width, _WIDEST)


def _letters(text_of: str) -> int:
    """Room of a text; a Chinese character takes two letters."""
    return sum(2 if ord(one) > 0x2E7F else 1 for one in text_of)
