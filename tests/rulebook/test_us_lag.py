"""Rates follow the average sales price two quarters later, by arithmetic of the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow
from doseline.rules.errors import BadFlowError

BOOK = load_rulebook("us")
quarters = st.builds(date, st.integers(2025, 2027), st.sampled_from([1, 4, 7, 10]), st.just(1))
prices = st.decimals(Decimal(1), Decimal(1000), places=3)


def dose(day: date, code: str = "A9607") -> Flow:
    return Flow(
        code=code,
        activity_bq=7.4e9,
        service_date=day,
        payer="medicare_ffs",
        setting="community",
    )


def test_a_price_of_the_third_quarter_pays_from_new_year() -> None:
    later = BOOK.following("A9607", {date(2026, 7, 1): Decimal(250)})
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert later.decide("medicare.drug", dose(before)).value == Decimal("51919.20")
    assert later.decide("medicare.drug", dose(after)).value == Decimal("53000.00")
    assert later.decide("medicare.drug", dose(after)).rests_on_assumption


def test_a_falling_price_leaves_the_rate_behind_and_a_rising_one_the_hospital() -> None:
    falling = {date(2026, 7, 1): Decimal(240), date(2026, 10, 1): Decimal(220)}
    book = BOOK.following("A9607", falling)
    rates = [
        book.on(day).parameter("opps.a9607").value.amount
        for day in (date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1))
    ]
    assert rates == [Decimal("259.596"), Decimal("254.400"), Decimal("233.200")]


@settings(deadline=None, max_examples=60)
@given(quarters, prices)
def test_the_rate_begins_two_quarters_later_at_six_per_cent_more(
    quarter: date, price: Decimal
) -> None:
    book = BOOK.following("A9513", {quarter: price})
    begins = (quarter + timedelta(days=190)).replace(day=1)
    before = begins - timedelta(days=1)
    old = BOOK.on(before).parameter("opps.a9513").value.amount
    expected = (price * Decimal("1.06")).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    assert book.on(begins).parameter("opps.a9513").value.amount == expected
    assert book.on(before).parameter("opps.a9513").value.amount == old


def test_what_is_paid_at_hospitals_mean_cost_follows_no_price() -> None:
    assert BOOK.following("A9595", {date(2026, 7, 1): Decimal(1)}) is BOOK
    assert BOOK.following("A9607", {}) is BOOK


def test_a_day_within_a_quarter_is_refused() -> None:
    with pytest.raises(BadFlowError, match="quarter"):
        BOOK.following("A9607", {date(2026, 7, 2): Decimal(250)})
