"""The volumes on the labels of two products are decay schedules.

Labels: Pluvicto SmPC section 2 (1,000 MBq/mL, 7.5-12.5 mL, 7.4 GBq at administration, 120 h);
Lutathera SmPC section 2 (370 MBq/mL, 20.5-25.0 mL, 7.4 GBq at infusion, 72 h). Both count with a
half-life of 6.647 d.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.errors import OutOfRangeError
from doseline.physics.vial import VialSpec, activity_at, volume_ml

LABEL_HALF_LIFE_H = 6.647 * 24
PLUVICTO = VialSpec(
    concentration_bq_ml=1e9, min_ml=7.5, max_ml=12.5, activity_bq=7.4e9, shelf_life_h=120.0
)
LUTATHERA = VialSpec(
    concentration_bq_ml=3.7e8, min_ml=20.5, max_ml=25.0, activity_bq=7.4e9, shelf_life_h=72.0
)


@pytest.mark.parametrize(
    ("spec", "elapsed_h", "expected_ml"),
    [
        (PLUVICTO, 3.09, 7.5),
        (PLUVICTO, 120.66, 12.5),
        (LUTATHERA, 5.7, 20.5),
        (LUTATHERA, 51.4, 25.0),
    ],
)
def test_label_volume_is_the_volume_for_its_time(
    spec: VialSpec, elapsed_h: float, expected_ml: float
) -> None:
    volume = volume_ml(
        spec.activity_bq,
        elapsed_h,
        half_life_h=LABEL_HALF_LIFE_H,
        concentration_bq_ml=spec.concentration_bq_ml,
    )
    assert volume == pytest.approx(expected_ml, rel=2e-4)


def test_full_lutathera_vial_holds_91_4_percent_at_the_end_of_its_shelf_life() -> None:
    left = LUTATHERA.filled_activity_bq(72.0, LABEL_HALF_LIFE_H)
    assert float(left) / 7.4e9 == pytest.approx(0.914, abs=5e-4)
    assert LUTATHERA.can_serve(72.0, LABEL_HALF_LIFE_H)


def test_pluvicto_needs_no_tolerance_until_its_shelf_life_ends() -> None:
    earliest, latest = PLUVICTO.window_h(LABEL_HALF_LIFE_H, tolerance=0.0)
    assert earliest == pytest.approx(3.09, abs=0.01)
    assert latest == 120.0


def test_a_dose_of_lu177_falls_by_a_tenth_in_24_2_hours() -> None:
    left = activity_at(7.4, 24.2, half_life_h=LABEL_HALF_LIFE_H, concentration_bq_ml=1e9)
    assert left == pytest.approx(0.9 * 7.4e9, rel=5e-4)


def test_fill_stays_within_the_volumes_of_the_label() -> None:
    filled = PLUVICTO.fill_ml(np.array([0.0, 3.09, 60.0, 200.0]), LABEL_HALF_LIFE_H)
    assert filled.min() == 7.5
    assert filled.max() == 12.5


def test_nothing_is_served_before_calibration_or_after_shelf_life() -> None:
    served = PLUVICTO.can_serve(np.array([-1.0, 0.0, 120.0, 120.1]), LABEL_HALF_LIFE_H)
    assert served.tolist() == [False, True, True, False]


def test_arrays_give_what_numbers_give() -> None:
    times = np.linspace(0, 120, 7)
    together = volume_ml(7.4e9, times, half_life_h=LABEL_HALF_LIFE_H, concentration_bq_ml=1e9)
    one_by_one = [
        volume_ml(7.4e9, float(t), half_life_h=LABEL_HALF_LIFE_H, concentration_bq_ml=1e9)
        for t in times
    ]
    assert together.tolist() == one_by_one


@given(activity=st.floats(1e6, 1e11), elapsed_h=st.floats(0, 500), half_life_h=st.floats(1, 1e4))
@settings(derandomize=True)
def test_the_volume_filled_holds_the_activity_wanted(
    activity: float, elapsed_h: float, half_life_h: float
) -> None:
    volume = volume_ml(activity, elapsed_h, half_life_h=half_life_h, concentration_bq_ml=1e9)
    held = activity_at(volume, elapsed_h, half_life_h=half_life_h, concentration_bq_ml=1e9)
    assert held == pytest.approx(activity, rel=1e-9)


def test_a_specification_that_cannot_be_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="at least 20"):
        VialSpec(concentration_bq_ml=1e9, min_ml=20, max_ml=10, activity_bq=1e9)
    with pytest.raises(OutOfRangeError, match="concentration_bq_ml is nan"):
        VialSpec(concentration_bq_ml=float("nan"), min_ml=1, max_ml=2, activity_bq=1e9)
