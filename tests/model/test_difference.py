"""Two networks differ in what was changed between them, and in nothing else."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import doseline as dl
from doseline.model.catalogue import TABLES
from doseline.model.difference import JOINT, TableDifference

if TYPE_CHECKING:
    from doseline.model.network import Network

TINY = dl.load(Path(__file__).parents[2] / "examples" / "tiny")


def only(changed: Network) -> TableDifference:
    """The one table in which a network differs from the tiny one."""
    found = dl.diff(TINY, changed)
    assert not found.settings
    (table,) = found.tables
    return table


def with_cell(table: str, row: int, column: str, value: object) -> Network:
    frame = TINY.frame(table)
    values = frame[column].to_list()
    values[row] = value
    return TINY.replace(
        **{table: frame.with_columns(pl.Series(column, values, frame.schema[column]))}
    )


def test_a_network_does_not_differ_from_itself() -> None:
    found = dl.diff(TINY, TINY)
    assert found.is_empty
    assert found.changes.is_empty()


def test_a_changed_number_has_its_unit_and_its_size() -> None:
    changes = only(with_cell("products", 0, "activity_gbq", 7.5)).changes
    (row,) = changes.to_dicts()
    assert row == {
        "table": "products",
        "key": "lu-psma",
        "column": "activity_gbq",
        "unit": "GBq",
        "before": "7.4",
        "after": "7.5",
        "change": 0.1,
        "change_percent": pytest.approx(100 * 0.1 / 7.4),
    }


def test_money_is_compared_to_the_cent() -> None:
    (row,) = only(with_cell("products", 0, "price", Decimal("48980.01"))).changes.to_dicts()
    assert (row["before"], row["after"], row["change"]) == ("48980", "48980.01", 0.01)


def test_a_change_from_nothing_has_no_percentage() -> None:
    (row,) = only(with_cell("products", 0, "in_time_days", 84)).changes.to_dicts()
    assert (row["before"], row["after"], row["change"], row["change_percent"]) == (
        "", "84", None, None,
    )  # fmt: skip
    (row,) = only(with_cell("costs", 0, "amount", 0.0)).changes.to_dicts()
    assert row["change_percent"] == -100


def test_a_changed_word_has_no_size() -> None:
    (row,) = only(with_cell("sites", 0, "setting", "office")).changes.to_dicts()
    assert (row["before"], row["after"], row["change"]) == ("academic", "office", None)


def test_rows_come_and_go_by_key() -> None:
    sites = TINY.frame("sites")
    renamed = sites.with_columns(site=pl.col("site").replace("far", "farther"))
    found = only(TINY.replace(sites=renamed))
    assert (found.added, found.removed) == (("farther",), ("far",))
    assert (found.rows_before, found.rows_after, found.rows_changed) == (3, 3, 0)


def test_a_key_of_several_columns_is_one_name() -> None:
    staff = TINY.frame("staff")
    found = only(TINY.replace(staff=staff[1:]))
    assert found.removed == (JOINT.join((staff["site"][0], staff["role"][0])),)


def test_every_table_has_a_key_by_which_rows_are_known() -> None:
    assert all(table.key for table in TABLES)


def test_another_order_of_rows_is_told() -> None:
    found = only(TINY.replace(sites=TINY.frame("sites").reverse()))
    assert found.reordered
    assert (found.added, found.removed, found.changes.height) == ((), (), 0)


def test_settings_differ_by_key_and_variants_by_factor() -> None:
    other = dataclasses.replace(
        TINY.settings,
        cohort_weeks=5,
        plan_week=date(2026, 5, 11),
        variants={"stress": {"incidence.per_year": 2.0}, "calm": {"incidence.per_year": 0.5}},
    )
    found = dl.diff(TINY, dataclasses.replace(TINY, settings=other))
    assert not found.tables
    assert {one.name: (one.before, one.after) for one in found.settings} == {
        "cohort.weeks": (4, 5),
        "plan.week": (date(2026, 5, 4), date(2026, 5, 11)),
        "variants.stress.incidence.per_year": (4.0, 2.0),
        "variants.calm.incidence.per_year": (None, 0.5),
    }
    assert next(one.unit for one in found.settings if one.name == "cohort.weeks") == "week"


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_was_changed_is_what_is_found(data: st.DataObject) -> None:
    """Random edits of a random table: exactly they are found, and backwards they are undone."""
    lanes = TINY.frame("lanes")
    rows = data.draw(st.sets(st.integers(0, lanes.height - 1)))
    gone = data.draw(st.sets(st.integers(0, lanes.height - 1)))
    costs = [one + 1 if row in rows else one for row, one in enumerate(lanes["cost"].to_list())]
    edited = lanes.with_columns(pl.Series("cost", costs, lanes.schema["cost"]))
    kept = [row for row in range(lanes.height) if row not in gone]
    there = dl.diff(TINY, TINY.replace(lanes=edited[kept]))
    back = dl.diff(TINY.replace(lanes=edited[kept]), TINY)
    names = lanes["lane"].to_list()
    assert set(there.changes["key"]) == {names[row] for row in rows - gone}
    assert {key for one in there.tables for key in one.removed} == {names[row] for row in gone}
    assert [one.removed for one in there.tables] == [one.added for one in back.tables]
    assert there.changes["before"].to_list() == back.changes["after"].to_list()
