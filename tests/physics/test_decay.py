"""Decay of one nuclide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.decay import activity_after, activity_needed, fraction_left, hours_until

hours = st.floats(0, 1000)
half_lives = st.floats(1, 1e5)
LU177_LABEL_H = 6.647 * 24


@pytest.mark.parametrize(
    ("elapsed_h", "left"),
    [(24, 0.9010), (48, 0.8118), (72, 0.7314), (96, 0.6589), (120, 0.5937)],
)
def test_lu177_decays_as_the_decay_table_of_its_label_says(elapsed_h: float, left: float) -> None:
    assert fraction_left(elapsed_h, LU177_LABEL_H) == pytest.approx(left, abs=5e-5)


def test_after_one_half_life_half_is_left() -> None:
    assert fraction_left(12.0, 12.0) == 0.5
    assert fraction_left(-12.0, 12.0) == 2.0


def test_numbers_stay_numbers_and_arrays_stay_arrays() -> None:
    assert type(fraction_left(12.0, 12.0)) is float
    assert fraction_left(np.array([0.0, 12.0, 24.0]), 12.0).tolist() == [1.0, 0.5, 0.25]
    assert activity_after(np.array([8.0, 4.0]), 12.0, np.array([12.0, 6.0])).tolist() == [4.0, 1.0]
    assert np.isnan(fraction_left(float("nan"), 12.0))


@given(hours, hours, half_lives)
@settings(derandomize=True)
def test_two_waits_equal_one_long_wait(a: float, b: float, half_life_h: float) -> None:
    stepwise = fraction_left(a, half_life_h) * fraction_left(b, half_life_h)
    assert stepwise == pytest.approx(fraction_left(a + b, half_life_h), rel=1e-9, abs=1e-290)


@given(st.floats(1, 1e12), hours, half_lives.filter(lambda half_life: half_life > 5))
@settings(derandomize=True)
def test_what_is_needed_now_is_what_is_wanted_later(
    wanted: float, wait_h: float, half_life_h: float
) -> None:
    needed = activity_needed(wanted, wait_h, half_life_h)
    assert activity_after(needed, wait_h, half_life_h) == pytest.approx(wanted, rel=1e-9)
    if needed > wanted:
        assert hours_until(needed, wanted, half_life_h) == pytest.approx(wait_h, rel=1e-6, abs=1e-6)
