"""Bounds enclose the true value: counted again with fifty digits."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan.check.bounds import MS_PER_H, Bounds, exact, halved, left, percent, total

NUMBERS = st.floats(min_value=1e-9, max_value=1e9)
DIGITS = 50
_FLOATS = 32
"""Floats that a value of a few operations may be wide."""


def true(number: float) -> Fraction:
    return Fraction(number)


def holds(bounds: Bounds, value: Fraction) -> bool:
    return Fraction(bounds.low) <= value <= Fraction(bounds.high)


def narrow(bounds: Bounds) -> bool:
    return bounds.high - bounds.low <= _FLOATS * 2.0**-52 * bounds.high


@given(NUMBERS, NUMBERS)
def test_operations_enclose_the_exact_fraction(one: float, other: float) -> None:
    a, b = exact(one), exact(other)
    for bounds, value in (
        (a + b, true(one) + true(other)),
        (a * b, true(one) * true(other)),
        (a / b, true(one) / true(other)),
        (percent(one), true(one) / 100),
    ):
        assert holds(bounds, value)
        assert narrow(bounds)


@given(st.lists(NUMBERS, max_size=20))
def test_a_sum_encloses_the_exact_sum(numbers: list[float]) -> None:
    assert holds(total(exact(one) for one in numbers), sum(map(true, numbers), Fraction(0)))


@given(
    st.integers(min_value=-30 * 24 * MS_PER_H, max_value=400 * 24 * MS_PER_H),
    st.floats(min_value=0.5, max_value=4000.0),
)
def test_decay_encloses_the_value_of_fifty_digits(elapsed_ms: int, half_life_h: float) -> None:
    with localcontext() as context:
        context.prec = DIGITS
        exponent = -Decimal(elapsed_ms) / MS_PER_H / Decimal(half_life_h)
        if abs(exponent) > 900:
            return
        value = Fraction(Decimal(2) ** exponent)
    bounds = left(elapsed_ms, half_life_h)
    assert holds(bounds, value)
    # An exponent of a few hundred is itself known to some 1e-13 only.
    assert bounds.high - bounds.low <= 1e-12 * bounds.high


@pytest.mark.parametrize(("times", "share"), [(0, 1.0), (1, 0.5), (2, 0.25), (-1, 2.0)])
def test_whole_half_lives_are_powers_of_two(times: int, share: float) -> None:
    bounds = halved(Fraction(times))
    assert bounds.low <= share <= bounds.high
    assert narrow(bounds)
