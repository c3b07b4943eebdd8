"""The memory of payments: closed form, worked out by hand, and what cheap own doses leave behind."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pay.ceilings_book import book, situation

from doseline.pay.ceilings_history import (
    Memory,
    Year,
    ceiling_path,
    followed,
    listed_price,
    mean_cost,
    scaled_ceiling,
)
from doseline.pay.ceilings_parties import asking
from doseline.pay.ceilings_pieces import payments_over

D = Decimal
MEMORY = Memory(
    lag_years=2,
    adjustment=D(1),
    case_share=D("0.5"),
    bought_share=D("0.5"),
    other_cost_share=D("0.5"),
    comparator_weight=D("0.5"),
)
FIRST, OWN = D(800), D(200)
"""A payment of 800, of which the hospital's work takes 50; its own dose costs 200."""


def _path(price: int, launches: tuple[int, ...], memory: Memory = MEMORY) -> tuple[Year, ...]:
    return ceiling_path(
        memory,
        first=FIRST,
        own=OWN,
        price=D(price),
        pattern=D(1000),
        launches=launches,
        years=6,
        hospital_ceiling=lambda factor: factor * FIRST - 50,
    )


def test_a_mean_case_by_hand() -> None:
    # Half of the cases cost 800, half 0.5 * 800 + 200 = 600.
    assert mean_cost(MEMORY, FIRST, OWN, None) == 700
    # Bought at 300 in half of them: 400 + 0.5 * 200 + 0.5 * 300 = 650.
    assert mean_cost(MEMORY, FIRST, OWN, D(300)) == 725


def test_payments_fall_two_years_after_the_cheap_doses_began() -> None:
    years = _path(9999, (0,))
    assert [one.payment for one in years] == [800, 800, 700, 700, 700, 700, 700]
    assert [one.hospital for one in years] == [750, 750, 650, 650, 650, 650, 650]
    assert not any(one.bought for one in years)


def test_the_same_price_sells_at_once_and_is_shut_out_after_two_years_of_own_doses() -> None:
    # Sold in year 0: 720 <= 750, bought, so that a mean case is 400 + 0.5 (400 + 100 + 360) = 830.
    early = _path(720, (0,))
    assert [one.bought for one in early] == [True] * 7
    assert [one.payment for one in early] == [800, 800, 830, 830, 830, 830, 830]
    # Sold in year 2: the payment has fallen to 700, the ceiling is 650, and stays there.
    late = _path(720, (2,))
    assert [one.bought for one in late] == [False] * 5
    assert [one.hospital for one in late] == [650] * 5


def test_a_payment_goes_part_of_the_way_each_year() -> None:
    # Half of the way from 800 to 700 each year from year 2 on: 750, 725, 712.50.
    memory = Memory(
        lag_years=2,
        adjustment=D("0.5"),
        case_share=D("0.5"),
        bought_share=D("0.5"),
        other_cost_share=D("0.5"),
        comparator_weight=D("0.5"),
    )
    found = [one.payment for one in _path(9999, (0,), memory)][:5]
    assert found == [800, 800, 750, 725, D("712.50")]


def test_a_list_compares_with_the_dose_in_use() -> None:
    # Half of the way from 1000 to 200, in two years: 1000, 800, 600, and no further.
    found = [listed_price(MEMORY, D(1000), OWN, launch) for launch in range(4)]
    assert found == [1000, 800, 600, 600]
    # A dose of their own that is dearer than the pattern does not raise it.
    assert listed_price(MEMORY, D(100), OWN, 2) == 100


def test_a_scaled_package_is_solved_to_the_cent() -> None:
    now = situation("stay")
    paid = payments_over(asking(book(), now), most=D(5000))
    assert followed(paid, ("stay",)) == 800
    # 0.9 * 800 - 50 = 670.
    assert scaled_ceiling(now, paid, ("stay",), D("0.9")) == D("670.00")
    assert scaled_ceiling(now, paid, ("stay",), D("0.01")) == 0


@given(
    st.integers(1, 4),
    st.sampled_from(["0", "0.2", "0.5", "1"]),
    st.sampled_from(["0", "0.1", "0.7", "1"]),
    st.integers(0, 2000),
)
def test_the_walk_agrees_with_the_closed_form(
    lag: int, adjustment: str, case_share: str, own: int
) -> None:
    memory = Memory(
        lag_years=lag,
        adjustment=D(adjustment),
        case_share=D(case_share),
        bought_share=D("0.5"),
        other_cost_share=D("0.5"),
        comparator_weight=D("0.5"),
    )
    mean = mean_cost(memory, FIRST, D(own), None)
    path = ceiling_path(
        memory,
        first=FIRST,
        own=D(own),
        price=D(10**9),
        pattern=None,
        launches=(0,),
        years=9,
        hospital_ceiling=lambda _: D(0),
    )
    for one in path:
        steps = max(one.year - lag + 1, 0)
        left = (1.0 - float(adjustment)) ** steps
        closed = float(mean) + (float(FIRST) - float(mean)) * left
        assert float(one.payment) == pytest.approx(closed, abs=0.006)
