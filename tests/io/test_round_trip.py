"""A table that is written and read again is the same table."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.io.broken import TINY

from doseline.io.cells import Setting, parse_column
from doseline.io.csvfile import parse_table
from doseline.io.folder import load
from doseline.io.reference import nuclide_table
from doseline.io.tables import csv_text
from doseline.model.catalogue import TABLES
from doseline.model.network import dtype_of

if TYPE_CHECKING:
    from doseline.model.columns import Column, Table

SETTING = Setting(nuclides=nuclide_table(), currency="USD")

_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n,\"'"
)
_WORDS = (
    st.text(_LETTERS, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda word: word and word[0] not in "=+-@" and word.strip() == word)
)


def _whole(low: float | None, high: float | None) -> tuple[int, int]:
    """The whole numbers of a range."""
    return (-(2**40) if low is None else int(low)), (2**40 if high is None else int(high))


def _values(column: Column) -> st.SearchStrategy[Any]:
    """Values that a column allows."""
    low, high = column.minimum, column.maximum
    if column.allowed:
        return st.sampled_from(column.allowed)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": _WORDS,
        "integer": st.integers(*_whole(low, high)),
        "number": st.floats(low, high, allow_nan=False, allow_infinity=False),
        "yes/no": st.booleans(),
        "money": st.decimals(0, 10**12, places=6),
        "date": st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        "instant": st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001 (hypothesis wants them without zone)
            lambda moment: moment.replace(tzinfo=UTC)
        ),
        "clock": st.times().map(lambda time: f"{time:%H:%M}"),
        "weekdays": st.sampled_from(("Mon", "Mon Wed", "Mon-Fri", "Sat-Tue Thu")),
        "zone": st.sampled_from(("America/Chicago", "Asia/Shanghai", "UTC")),
        "nuclide": st.sampled_from(nuclide_table().names),
    }
    values = kinds[column.kind]
    nullable = not column.required and column.default is None
    return st.none() | values if nullable else values


def frames_of(table: Table) -> st.SearchStrategy[pl.DataFrame]:
    """Frames of a table with random content."""
    schema = {column.name: dtype_of(column) for column in table.columns}
    row = st.fixed_dictionaries({column.name: _values(column) for column in table.columns})
    return st.lists(row, max_size=4).map(lambda rows: pl.DataFrame(rows, schema=schema))


def _read(content: str, table: Table) -> pl.DataFrame:
    raw, findings = parse_table(content, table)
    assert raw is not None
    assert findings == []
    columns = []
    for column in table.columns:
        values, bad = parse_column(raw.cells[column.name], column, SETTING)
        assert bad == []
        columns.append(values)
    return pl.DataFrame(columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_frame_written_and_read_again_is_equal(table: Table, data: st.DataObject) -> None:
    frame = data.draw(frames_of(table))
    assert_frame_equal(_read(csv_text(frame, table), table), frame)


def test_the_example_written_and_read_again_is_equal() -> None:
    network = load(TINY)
    for table in TABLES:
        frame = network.frame(table.name)
        assert_frame_equal(_read(csv_text(frame, table), table), frame)


_BEYOND = (["negative"], ["out_of_range"])
"""Findings of a cell that is a number all the same."""


@settings(deadline=None)
@given(st.text(string.printable, max_size=8))
@example("1E10")
@example("-1")
def test_any_text_in_a_column_of_numbers_is_a_number_or_a_finding(cell: str) -> None:
    activity = next(table for table in TABLES if table.name == "products").column("activity_gbq")
    values, bad = parse_column([cell], activity, SETTING)
    refused = [one.bad.code for one in bad]
    assert values[0] is None or (refused == [] and values[0] >= 0) or refused in _BEYOND
    assert values[0] is not None or len(bad) == 1


def test_money_keeps_every_digit() -> None:
    price = next(table for table in TABLES if table.name == "products").column("price")
    values, _ = parse_column(["12345678901234567890.123456"], price, SETTING)
    assert values[0] == Decimal("12345678901234567890.123456")
