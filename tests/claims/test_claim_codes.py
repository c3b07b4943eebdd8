"""The code table against the rulebook that prices the same codes: neither may drift."""

from __future__ import annotations

from datetime import date

import pytest

from doseline.claims.codes import code_tables
from doseline.io.rulebooks import load_rulebook

QUARTERS = [date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10)]
TABLES = code_tables()
PRODUCTS = {**TABLES.therapies, **TABLES.agents}
PRICED = [
    code for code in PRODUCTS if f"billing_unit.{code.lower()}" in load_rulebook("us").parameters
]


def test_most_products_are_priced_too() -> None:
    assert len(PRICED) >= 13


@pytest.mark.parametrize("code", PRICED)
def test_a_unit_is_what_the_rulebook_pays_for(code: str) -> None:
    known = load_rulebook("us").parameters[f"billing_unit.{code.lower()}"]
    assert PRODUCTS[code].unit_bq == known.values[-1].amount


@pytest.mark.parametrize("code", PRICED)
def test_pass_through_by_quarter_is_that_of_the_rulebook(code: str) -> None:
    known = load_rulebook("us").parameters[f"opps.pass_through.{code.lower()}"].values
    period = PRODUCTS[code].pass_through
    for quarter in QUARTERS:
        told = [value.amount for value in known if value.since <= quarter]
        passes = period is not None and period[0] <= quarter <= period[1]
        if told:
            assert passes == (told[-1] == 1), quarter
