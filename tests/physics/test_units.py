"""Quantities: exact, and never without a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.errors import BadInputError
from doseline.physics.errors import QuantityError
from doseline.physics.units import (
    Activity,
    format_activity,
    format_duration,
    parse_activity_bq,
    parse_concentration_bq_ml,
    parse_duration_h,
    parse_volume_ml,
)

if TYPE_CHECKING:
    from decimal import Decimal


@pytest.mark.parametrize(
    ("text", "bq"),
    [
        ("7.4 GBq", 7.4e9),
        ("200 mCi", 7.4e9),
        ("200mCi", 7.4e9),
        ("1 Ci", 3.7e10),
        ("5 uCi", 185000.0),
        ("5 µCi", 185000.0),  # micro sign
        ("5 μCi", 185000.0),  # Greek mu
        ("55 kBq", 55e3),
        ("3.7e10 Bq", 3.7e10),
        ("7.4 gbq", 7.4e9),
        ("7.4 GBQ", 7.4e9),
        ("７.４ GBq", 7.4e9),  # full-width digits
        ("0 Bq", 0.0),
    ],
)
def test_activity_is_read_to_the_last_digit(text: str, bq: float) -> None:
    assert parse_activity_bq(text) == bq


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("7.4", "the unit is missing"),
        ("GBq", "not one number followed by one unit"),
        ("nan GBq", "not finite"),
        ("inf GBq", "not finite"),
        ("-7.4 GBq", "negative"),
        ("1e999 GBq", "too large"),
        ("1e99999999999999999999 GBq", "not one number"),
        ("7.4 mBq", "use MBq"),
        ("200 MCi", "use mCi"),
        ("7.4 h", "is none of Bq"),
        ("7,400 MBq", "without a comma"),
        ("", "not one number"),
        ("7.4 GBq GBq", "not one number"),
        ("=7.4 GBq", "not one number"),
    ],
)
def test_what_is_no_activity_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(QuantityError, match=why) as refused:
        Activity.parse(text)
    assert isinstance(refused.value, BadInputError)
    assert "Write for example '7.4 GBq'." in str(refused.value)


@pytest.mark.parametrize("bq", [float("nan"), -1.0, float("inf")])
def test_an_impossible_activity_cannot_be_built(bq: float) -> None:
    with pytest.raises(QuantityError):
        Activity(bq)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("120.66h", 120.66),
        ("3 d", 72.0),
        ("45 min", 0.75),
        ("1 d 6 h", 30.0),
        ("1d6h30min", 30.5),
        ("2 weeks", 336.0),
        ("90 s", 0.025),
        ("1 y", 8765.8128),
    ],
)
def test_duration_is_read_in_hours(text: str, hours: float) -> None:
    assert parse_duration_h(text) == pytest.approx(hours, rel=1e-15)


@pytest.mark.parametrize("text", ["120", "-3 h", "nan h", "3 m", "3 parsec", "1 d -6 h", "h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match="is not a duration"):
        parse_duration_h(text)


def test_volume_and_concentration_need_their_units() -> None:
    assert parse_volume_ml("12.5 mL") == 12.5
    assert parse_volume_ml("0.0125 l") == 12.5
    assert parse_concentration_bq_ml("1 GBq/mL") == 1e9
    assert parse_concentration_bq_ml("27 mCi/ml") == 9.99e8
    for text in ("1 GBq", "1 GBq/h", "1/mL"):
        with pytest.raises(QuantityError, match="is not an activity concentration"):
            parse_concentration_bq_ml(text)


@pytest.mark.parametrize(
    ("bq", "shown"),
    [
        (7.4e9, "7.4 GBq (200 mCi)"),
        (3.7e10, "37 GBq (1 Ci)"),
        (6.77e9, "6.77 GBq (183 mCi)"),
        (55e3, "55 kBq (1.486 µCi)"),
        (0.0, "0 Bq (0 nCi)"),
        (999.999e6, "1 GBq (27.03 mCi)"),
        (1e7, "10 MBq (270.3 µCi)"),
    ],
)
def test_activity_is_shown_in_both_units(bq: float, shown: str) -> None:
    assert format_activity(bq) == shown
    assert str(Activity(bq)) == shown


def test_duration_is_shown_as_a_person_would_say_it() -> None:
    assert format_duration(160.4 * 24) == "160.4 d"
    assert format_duration(32.6e-3 / 3600) == "32.6 ms"
    assert format_duration(294.4e-9 / 3600) == "294.4 ns"


@given(st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False))
@settings(derandomize=True)
def test_a_curie_is_37_gigabecquerel(number: Decimal) -> None:
    assert parse_activity_bq(f"{number} Ci") == float(number * 37_000_000_000)


@given(st.floats(1e-3, 1e14))
@settings(derandomize=True)
def test_what_is_shown_can_be_read_again(bq: float) -> None:
    for part in format_activity(bq, digits=12).removesuffix(")").split(" ("):
        assert parse_activity_bq(part) == pytest.approx(bq, rel=1e-11)
