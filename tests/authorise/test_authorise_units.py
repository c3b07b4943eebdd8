"""UCUM units against conversions made by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doseline.authorise.units import converted, unit_of

ACTIVITY = ("Bq", "kBq", "MBq", "GBq", "TBq", "uCi", "mCi", "Ci")


@pytest.mark.parametrize(
    ("amount", "unit", "wanted", "expected"),
    [
        ("200", "mCi", "GBq", "7.4"),
        ("7.4", "GBq", "mCi", "200"),
        ("160", "mCi", "GBq", "5.92"),
        ("1.49", "uCi/kg", "kBq/kg", "55.13"),
        ("182", "10*3/uL", "10*9/L", "182"),
        ("182000", "/uL", "10*9/L", "182"),
        ("0.182", "10*12/L", "10*9/L", "182"),
        ("11.9", "g/dL", "g/L", "119"),
        ("119", "g/L", "g/dL", "11.9"),
        ("70", "mL/min", "mL/s", "7/6"),
        ("2", "{score}", "1", "2"),
    ],
)
def test_units_convert_exactly(amount: str, unit: str, wanted: str, expected: str) -> None:
    assert converted(Decimal(amount), unit, wanted) == Fraction(expected)


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("mg/dL", "umol/L"),
        ("mL/min/{1.73_m2}", "mL/min"),
        ("K/uL", "10*9/L"),
        ("GBq", "GBq/kg"),
        ("", "GBq"),
        ("g/dl/", "g/dL"),
        ("Gbq", "GBq"),
        ("mmin", "s"),
    ],
)
def test_what_cannot_be_compared_is_not(unit: str, wanted: str) -> None:
    assert converted(Decimal(1), unit, wanted) is None


def test_the_same_text_needs_no_meaning() -> None:
    assert converted(Decimal("3.5"), "mL/min/{1.73_m2}", "mL/min/{1.73_m2}") == Fraction("3.5")
    assert unit_of("") is None


@given(
    st.decimals(min_value=0, max_value=10**6, places=3),
    st.sampled_from(ACTIVITY),
    st.sampled_from(ACTIVITY),
)
def test_there_and_back_loses_nothing(amount: Decimal, one: str, other: str) -> None:
    there = converted(amount, one, other)
    ratio = converted(Decimal(1), other, one)
    assert there is not None
    assert ratio is not None
    assert there * ratio == Fraction(amount)
