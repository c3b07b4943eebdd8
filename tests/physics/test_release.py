"""Patient release: NRC's own table, and limits of dose rate and activity.

NRC Regulatory Guide 8.39, table 1, column 1 and 2: I-131 33 mCi and 7 mrem/h; above 7 mCi or
2 mrem/h instructions (table 2). The other rows are from memory; ours differ where NRC rounds or
used another exposure constant.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.dose_rate import dose_rate_usv_h
from doseline.physics.errors import OutOfRangeError
from doseline.physics.release import (
    Criterion,
    Measure,
    Retention,
    dose_to_other_msv,
    effective_half_life_h,
    exposure_constant,
    hours_until_release,
    nights_of_stay,
    nights_until_release,
    release,
    release_activity_bq,
)

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

MCI = 3.7e7
GO = Criterion(measure=Measure.DOSE_TO_OTHER, limit=5.0, occupancy=0.25)
INSTRUCT = Criterion(measure=Measure.DOSE_TO_OTHER, limit=1.0, occupancy=0.25)
RATE = Criterion(measure=Measure.DOSE_RATE_1M, limit=25.0)
HELD = Criterion(measure=Measure.RETAINED_ACTIVITY, limit=400.0)

THYROIDECTOMY = Retention(
    biological_half_life_h=80 * 24, fast_cleared_percent=95, fast_half_life_h=8.0
)
"""NUREG-1556 volume 9, appendix U: 95 % with 0.32 d effective (8 h biological), 5 % with 80 d."""


def test_i131_may_go_at_33_millicurie_and_7_millirem_per_hour(table: NuclideTable) -> None:
    activity = release_activity_bq(table, "I-131", GO) / MCI
    assert round(activity) == 33
    mrem_h = exposure_constant(table["I-131"].air_kerma()) * activity / 100**2 * 1000
    assert round(mrem_h) == 7


def test_i131_needs_instructions_above_7_millicurie_and_2_millirem_per_hour(
    table: NuclideTable,
) -> None:
    assert round(release_activity_bq(table, "I-131", INSTRUCT) / MCI) == 7
    # NRC computes its dose rate from the rounded activity.
    assert round(exposure_constant(table["I-131"].air_kerma()) * 7 / 100**2 * 1000) == 2


@pytest.mark.parametrize(
    ("name", "mci", "within"),
    [("Cu-67", 390, 0.01), ("In-111", 64, 0.01), ("I-123", 160, 0.02), ("Sm-153", 700, 0.1)],
)
def test_other_rows_of_the_nrc_table_agree(
    table: NuclideTable, name: str, mci: float, within: float
) -> None:
    assert release_activity_bq(table, name, GO) / MCI == pytest.approx(mci, rel=within)


def test_one_dose_of_lu177_may_go_at_once_but_with_instructions(table: NuclideTable) -> None:
    assert release_activity_bq(table, "Lu-177", GO) / MCI == pytest.approx(500, rel=0.01)
    found = release(table, "Lu-177", 7.4e9, [GO])
    assert found.allowed
    assert found.wait_h == 0
    assert found.value == pytest.approx(2.0, rel=0.01)  # 200 mCi gives 0.20 rem
    assert found.criterion is GO
    assert not release(table, "Lu-177", 7.4e9, [INSTRUCT]).allowed


def test_ten_megabecquerel_of_ac225_need_neither_wait_nor_instructions(
    table: NuclideTable,
) -> None:
    assert release(table, "Ac-225", 1e7, [GO]).allowed
    assert release(table, "Ac-225", 1e7, [INSTRUCT]).allowed


def test_too_much_i131_waits_until_33_millicurie_are_left(table: NuclideTable) -> None:
    wait_h = hours_until_release(table, "I-131", 200 * MCI, [GO])
    assert wait_h > 0
    assert round(200 * 2 ** (-wait_h / table["I-131"].half_life_h)) == 33


def test_excretion_shortens_the_wait_and_the_dose(table: NuclideTable) -> None:
    excreted = Retention(biological_half_life_h=64.0)
    physical = release(table, "I-131", 200 * MCI, [GO])
    effective = release(table, "I-131", 200 * MCI, [GO], retention=excreted)
    assert effective.value < physical.value
    assert effective.wait_h < physical.wait_h


def test_a_pure_beta_emitter_has_no_release_activity(table: NuclideTable) -> None:
    assert release_activity_bq(table, "P-32", GO) == float("inf")
    assert hours_until_release(table, "P-32", 1e12, [RATE]) == 0


def test_lu177_stays_until_25_microsievert_per_hour(table: NuclideTable) -> None:
    found = release(table, "Lu-177", 7.4e9, [RATE])
    assert not found.allowed
    assert found.value == pytest.approx(30.3, abs=0.1)
    left = 7.4e9 * 2 ** (-found.wait_h / table["Lu-177"].half_life_h)
    kerma = table["Lu-177"].air_kerma()
    assert dose_rate_usv_h(left, air_kerma_ugy_m2_gbq_h=kerma) == pytest.approx(25.0)


def test_lu177_that_is_excreted_leaves_within_the_day(table: NuclideTable) -> None:
    """30.3 to 25 is a sixth less; half of the dose leaves with a half-life of 4 h."""
    quick = Retention(biological_half_life_h=80.0, fast_cleared_percent=50, fast_half_life_h=4.0)
    assert 0 < hours_until_release(table, "Lu-177", 7.4e9, [RATE], retention=quick) < 4
    assert nights_until_release(table, "Lu-177", 7.4e9, [RATE], retention=quick) == 0
    assert nights_until_release(table, "Lu-177", 7.4e9, [RATE]) == 2


def test_a_body_that_absorbs_a_fifth_sends_lu177_home_at_once(table: NuclideTable) -> None:
    shielded = release(table, "Lu-177", 7.4e9, [RATE], retention=Retention(self_shielding=0.2))
    assert shielded.allowed
    assert shielded.value == pytest.approx(0.8 * 30.3, abs=0.1)


def test_i131_may_go_at_400_megabecquerel_or_at_the_dose_rate(table: NuclideTable) -> None:
    assert release(table, "I-131", 399e6, [HELD]).allowed
    either = release(table, "I-131", 3.7e9, [HELD, RATE])
    alone = [hours_until_release(table, "I-131", 3.7e9, [one]) for one in (HELD, RATE)]
    assert either.wait_h == min(alone)


def test_i131_after_thyroidectomy_stays_two_days(table: NuclideTable) -> None:
    """At 48 h decay leaves 0.841, the fast phase 1/64: 7.4 GBq are then 398 MBq."""
    nights = [
        nights_until_release(table, "I-131", gbq * 1e9, [HELD], retention=THYROIDECTOMY)
        for gbq in (3.7, 7.4, 7.6)
    ]
    assert nights == [2, 2, 3]


def test_two_phases_are_what_a_fine_walk_in_time_finds(table: NuclideTable) -> None:
    wait_h = hours_until_release(table, "I-131", 7.4e9, [HELD], retention=THYROIDECTOMY)
    hours = np.arange(0, 200, 0.001)
    kept = 0.95 * 2 ** (-hours / 8) + 0.05 * 2 ** (-hours / 1920)
    held = 7400 * kept * 2 ** (-hours / table["I-131"].half_life_h)
    assert wait_h == pytest.approx(hours[np.argmax(held <= 400)], abs=0.002)


def test_without_criteria_a_patient_may_go(table: NuclideTable) -> None:
    assert release(table, "I-131", 7.4e9, []).allowed
    assert nights_until_release(table, "I-131", 7.4e9, []) == 0


@pytest.mark.parametrize(
    ("wait_h", "nights"),
    [(0.0, 0), (8.0, 0), (8.1, 1), (24.0, 1), (24.1, 2), (48.0, 2), (73.0, 4)],
)
def test_a_stay_counts_nights_not_hours(wait_h: float, nights: int) -> None:
    assert nights_of_stay(wait_h) == nights


@pytest.mark.parametrize("half_life_h", [0.0, -5.0, float("nan")])
def test_an_impossible_half_life_is_refused(half_life_h: float) -> None:
    with pytest.raises(OutOfRangeError, match="biological half-life"):
        Retention(biological_half_life_h=half_life_h)


def test_other_impossible_retentions_are_refused() -> None:
    with pytest.raises(OutOfRangeError, match="fast phase is missing"):
        Retention(fast_cleared_percent=50.0)
    with pytest.raises(OutOfRangeError, match="cleared fast"):
        Retention(fast_cleared_percent=101.0, fast_half_life_h=1.0)
    with pytest.raises(OutOfRangeError, match="self-shielding"):
        Retention(self_shielding=1.0)


def test_an_impossible_activity_is_refused(table: NuclideTable) -> None:
    for activity in (-1.0, float("nan")):
        with pytest.raises(OutOfRangeError, match="The activity is"):
            release(table, "Lu-177", activity, [GO])


def test_a_limit_of_zero_is_never_met(table: NuclideTable) -> None:
    nothing = Criterion(measure=Measure.RETAINED_ACTIVITY, limit=0.0)
    assert math.isinf(hours_until_release(table, "I-131", 1e9, [nothing]))


@given(st.floats(1, 1e4), st.floats(1, 1e4))
@settings(derandomize=True)
def test_an_effective_half_life_is_shorter_than_either(one: float, other: float) -> None:
    both = effective_half_life_h(one, other)
    assert both < min(one, other)
    assert 1 / both == pytest.approx(1 / one + 1 / other)


@given(st.floats(1e6, 1e11), st.floats(0, 100), st.floats(1, 100), st.floats(1, 2000))
@settings(derandomize=True, deadline=None)
def test_at_the_hour_of_release_the_measure_is_at_its_limit(
    table: NuclideTable, activity: float, fast: float, fast_h: float, slow_h: float
) -> None:
    kept = Retention(
        biological_half_life_h=slow_h, fast_cleared_percent=fast, fast_half_life_h=fast_h
    )
    wait_h = hours_until_release(table, "I-131", activity, [HELD], retention=kept)
    left = activity / 1e6 * 2 ** (-wait_h / table["I-131"].half_life_h)
    left *= fast / 100 * 2 ** (-wait_h / fast_h) + (1 - fast / 100) * 2 ** (-wait_h / slow_h)
    if wait_h > 0:
        assert left == pytest.approx(400.0, rel=1e-5)
    else:
        assert left <= 400.0 * (1 + 1e-12)


@given(st.floats(1e6, 1e12), st.floats(25, 1e4), st.floats(0.1, 300))
@settings(derandomize=True)
def test_dose_to_another_grows_with_activity_and_half_life(
    activity: float, half_life_h: float, kerma: float
) -> None:
    once, fourfold = (
        dose_to_other_msv(
            times * activity,
            half_life_h=times * half_life_h,
            air_kerma_ugy_m2_gbq_h=kerma,
            occupancy=0.25,
        )
        for times in (1, 2)
    )
    assert fourfold == pytest.approx(4 * once)
