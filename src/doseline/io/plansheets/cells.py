"""What stands in the head and in the cells of a list, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.words import label
from doseline.io.text import text
from doseline.model.sheets import SHEETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.sheets import SheetColumn

DIGITS = 5
"""Significant digits of a number: more than any dose calibrator shows."""

GROUPS = {
    "mode": "mode",
    "link": "link",
    "reason": "reason",
    "kind": "sheet.kind",
    "package": "sheet.package",
    "label": "sheet.label",
}
"""Where the words of a column of keys stand."""


def shown_columns(sheet: str) -> Sequence[SheetColumn]:
    """The columns that a reader sees: each name once."""
    return tuple(column for column in SHEETS[sheet] if column.kind != "name_zh")


def heading(column: SheetColumn, lang: str) -> str:
    """The head of a column with its unit."""
    words = text(f"sheet.head.{column.name}", lang)
    return f"{words} [{column.unit}]" if column.unit else words


def sheet_name(sheet: str, lang: str) -> str:
    """What a list is called."""
    return text(f"sheet.name.{sheet}", lang)


def in_words(column: str, key: str | None, lang: str) -> str:
    """What a key of a column is called; nothing where there is none."""
    if not key:
        return ""
    both = label(GROUPS[column], key)
    return both.zh if lang == "zh" else both.en


def told(frame: pl.DataFrame, sheet: str, lang: str) -> pl.DataFrame:
    """The columns that a reader sees, in the reader's words and with readable numbers."""
    return frame.select(_told(column, frame, lang) for column in shown_columns(sheet))


def _told(column: SheetColumn, frame: pl.DataFrame, lang: str) -> pl.Expr:
    name = pl.col(column.name)
    if column.kind == "number":
        return name.round_sig_figs(DIGITS)
    if column.kind == "name" and lang == "zh":
        chinese = pl.col(f"{column.name}_zh")
        return pl.when(chinese.fill_null("") != "").then(chinese).otherwise(name).alias(column.name)
    if column.kind == "word":
        keys = frame[column.name].unique().to_list()
        words = [in_words(column.name, key, lang) for key in keys]
        return name.replace_strict(keys, words, return_dtype=pl.String)
    return name
