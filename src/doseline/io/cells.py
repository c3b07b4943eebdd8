"""Cells of text become typed columns; a cell that cannot is reported, not guessed.

Whole columns are cast at once; only cells that fail are looked at one by one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.diagnose import Bad, diagnose
from doseline.io.words import read_clock, read_date, read_instant, read_weekdays, read_zone
from doseline.model.findings import ERROR
from doseline.model.nearest import nearest
from doseline.model.network import dtype_of
from doseline.physics.errors import UnknownNuclideError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.columns import Column
    from doseline.physics.nuclides import NuclideTable

_FORMULA = r"^[=@]|^[+-][^\d.]"
_ERROR_VALUE = r"^#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!)$"
"""What a spreadsheet shows where a computation failed."""
_DOUBTFUL = r"^[=@+#-]"
_SIGNED_TEXT = r"^[+-]."
_NUMERIC = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_MONEY = r"^[+-]?(\d{1,30}(\.\d{0,6})?|\.\d{1,6})$"
_YES = {"yes": True, "true": True, "no": False, "false": False}
_NUMBERS = frozenset({"integer", "number", "money"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the reading of a cell depends on, besides its column."""

    nuclides: NuclideTable
    currency: str
    """ISO 4217 code of the network, empty if it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """One cell that cannot be used, or only with a warning."""

    index: int
    bad: Bad
    found: str
    severity: str = ERROR


def parse_column(
    cells: list[str], column: Column, setting: Setting
) -> tuple[pl.Series, list[BadCell]]:
    """The typed values of a column, and each cell that has none; its value is null."""
    texts = pl.Series(column.name, cells, dtype=pl.String).str.strip_chars()
    empty = texts == ""
    formula = _formulas(texts, column)
    usable = texts.set(empty | formula, None)
    values = _cast(usable, column, setting)
    failed = usable.is_not_null() & values.is_null()
    bad = [
        *_each(texts, formula, _computed),
        *_each(texts, failed, lambda text: _why(text, column, setting)),
        *_out_of_range(texts, values, column),
        *_not_allowed(texts, usable, column),
    ]
    if column.required:
        code = "missing_zone" if column.kind == "zone" else "missing_value"
        bad.extend(_each(texts, empty, lambda _: Bad(code=code)))
    elif column.default is not None:
        default = pl.Series([column.default], dtype=dtype_of(column))
        values = values.zip_with(~empty, default.new_from_index(0, len(values)))
    return values, bad


def _formulas(texts: pl.Series, column: Column) -> pl.Series:
    """Where a spreadsheet would compute, or has failed to, instead of showing the text."""
    if not texts.str.contains(_DOUBTFUL).any():
        return texts.is_null()
    found = texts.str.contains(_FORMULA)
    if column.kind not in _NUMBERS:
        found |= texts.str.contains(_SIGNED_TEXT) & ~texts.str.contains(_NUMERIC)
    found &= ~texts.str.contains(r"(?i)^[+-](nan|inf|infinity)$")
    return found | texts.str.contains(_ERROR_VALUE)


def _computed(text: str) -> Bad:
    """What is wrong with a cell that a spreadsheet computes."""
    return Bad(code="error_cell" if text.startswith("#") else "formula_cell")


def _cast(texts: pl.Series, column: Column, setting: Setting) -> pl.Series:
    """Values where the text is one, null elsewhere."""
    dtype = dtype_of(column)
    if column.kind == "text":
        return texts
    if column.kind == "number":
        values = texts.cast(pl.Float64, strict=False)
        return values.set(~values.is_finite(), None)
    if column.kind == "integer":
        return texts.cast(pl.Int64, strict=False)
    if column.kind == "money":
        plain = texts.set(~texts.str.contains(_MONEY), None)
        return plain.cast(dtype, strict=False)
    values_of = {word: _word(word, column.kind, setting) for word in texts.drop_nulls().unique()}
    known = {word: value for word, value in values_of.items() if value is not None}
    if not known:
        return pl.Series(column.name, [None] * len(texts), dtype=dtype)
    return texts.replace_strict(known, default=None, return_dtype=dtype)


def _word(word: str, kind: str, setting: Setting) -> Any:
    """The value of a word of one kind, None if it is none."""
    readers: dict[str, Callable[[str], Any]] = {
        "yes/no": lambda word: _YES.get(word.lower()),
        "date": read_date,
        "instant": read_instant,
        "clock": read_clock,
        "weekdays": read_weekdays,
        "zone": read_zone,
        "nuclide": lambda word: word if word in setting.nuclides.names else None,
    }
    return readers[kind](word)


def _out_of_range(texts: pl.Series, values: pl.Series, column: Column) -> list[BadCell]:
    """Numbers below the minimum or above the maximum."""
    found: list[BadCell] = []
    if column.minimum is not None:
        code = "negative" if column.minimum == 0 else "out_of_range"
        low = values < column.minimum
        found += _each(texts, low, lambda _: Bad(code=code, allowed=allowed_range(column)))
    if column.maximum is not None:
        high = values > column.maximum
        outside = Bad(code="out_of_range", allowed=allowed_range(column))
        found += _each(texts, high, lambda _: outside)
    return found


def _why(text: str, column: Column, setting: Setting) -> Bad:
    """What is wrong with a text that is no value of its column."""
    if column.kind != "nuclide":
        return diagnose(text, column, setting.currency)
    try:
        near = setting.nuclides[text].name
    except UnknownNuclideError as error:
        near = next(iter(error.suggestions), "")
    return Bad(code="unknown_nuclide", nearest=near)


def _not_allowed(texts: pl.Series, usable: pl.Series, column: Column) -> list[BadCell]:
    """Words outside the list of allowed ones."""
    if not column.allowed:
        return []
    wrong = usable.is_not_null() & ~usable.is_in(list(column.allowed))
    near = functools.cache(lambda text: nearest(text, column.allowed))
    allowed = ", ".join(column.allowed)
    return _each(
        texts,
        wrong,
        lambda text: Bad(code="not_allowed", allowed=allowed, nearest=near(text)),
    )


def allowed_range(column: Column) -> str:
    """The numbers that a column allows, with their unit, e.g. ``0 … 100 %``."""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        words = f"{low:,.13g} … {high:,.13g}"
    elif low is not None:
        words = f"≥ {low:,.13g}"
    elif high is not None:
        words = f"≤ {high:,.13g}"
    else:
        return ""
    return f"{words} {column.unit}" if column.unit not in {"", "1"} else words


def _each(texts: pl.Series, where: pl.Series, why: Callable[[str], Bad]) -> list[BadCell]:
    """A bad cell wherever a condition holds."""
    if not where.any():
        return []
    indices = where.fill_null(False).arg_true().to_list()
    return [BadCell(index=index, bad=why(texts[index]), found=texts[index]) for index in indices]
