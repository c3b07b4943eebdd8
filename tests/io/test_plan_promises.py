"""Promises that a plan does not keep, and later cycles that move, stand on its page."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.plan_promises import promise_sections
from doseline.io.report.words import Word
from doseline.model.flows import FEE_SCHEMA, RESERVATION_SCHEMA, Plan

if TYPE_CHECKING:
    from doseline.io.report.parts import Cell

NO_FEES, NONE_HELD = pl.DataFrame(schema=FEE_SCHEMA), pl.DataFrame(schema=RESERVATION_SCHEMA)
FEES = pl.DataFrame(
    [
        ("o1", "lu", date(2026, 5, 5), date(2026, 5, 6), 7, 40.0, 19_592.0, "USD", "moved"),
        ("o2", "lu", date(2026, 5, 7), None, 2, 100.0, 48_980.5, "USD", "called_off"),
    ],
    schema=FEE_SCHEMA,
    orient="row",
)
HELD = pl.DataFrame(
    [
        ("p1", "lu", 3, "near", "near-1", date(2026, 6, 16), date(2026, 6, 17)),
        ("p2", "lu", 4, "near", "near-1", date(2026, 6, 18), date(2026, 6, 18)),
        ("p3", "lu", 2, "far", "far-1", date(2026, 6, 19), None),
    ],
    schema=RESERVATION_SCHEMA,
    orient="row",
)


def _plan(fees: pl.DataFrame = NO_FEES, held: pl.DataFrame = NONE_HELD) -> Plan:
    nothing = pl.DataFrame()
    return Plan(
        week=date(2026, 5, 4),
        batches=nothing,
        lots=nothing,
        flows=nothing,
        fees=fees,
        reservations=held,
        objective=0.0,
        cost=0.0,
        bound=0.0,
        gap=0.0,
        status="optimal",
        solver="",
    )


def _english(cell: Cell) -> str:
    assert isinstance(cell, Word)
    return cell.en


def test_fees_are_told_dearest_first_and_cycles_that_keep_their_day_are_not() -> None:
    plan = _plan(FEES, HELD)
    (section,) = promise_sections(plan, "USD")
    fees, moved = section.tables
    assert [[_english(cell) for cell in row] for row in fees.rows] == [
        ["o2", "lu", "2026-05-07", "called off", "2", "100", "48,980.5"],
        ["o1", "lu", "2026-05-05", "2026-05-06", "7", "40", "19,592"],
    ]
    assert [tuple(_english(row[at]) for at in (0, 5, 6)) for row in moved.rows] == [
        ("p1", "2026-06-16", "2026-06-17"),
        ("p3", "2026-06-19", "not held: this week's dose is left"),
    ]
    (said,) = section.say
    assert said.en == (
        "2 promised days are not kept, for fees of 68,572.5 USD. "
        "Of 3 later cycles that are held, 2 move or are no longer held."
    )


def test_a_plan_without_promises_and_cycles_has_no_such_section() -> None:
    assert promise_sections(_plan(), "USD") == []


def test_cycles_that_all_keep_their_day_are_counted_without_a_table() -> None:
    plan = _plan(held=HELD.filter(pl.col("patient") == "p2"))
    (section,) = promise_sections(plan, "USD")
    assert section.tables == []
