"""Patient release: NRC's own table, and the Chinese criteria.

NRC Regulatory Guide 8.39, table 1, column 1 and 2: I-131 33 mCi and 7 mrem/h; above 7 mCi or
2 mrem/h instructions (table 2). The other rows are from memory; ours differ where NRC rounds or
used another exposure constant.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.dose_rate import dose_rate_usv_h
from doseline.physics.errors import NoSuchLimitError, OutOfRangeError
from doseline.physics.release import (
    Instructions,
    cn_release,
    dose_to_other_msv,
    exposure_constant,
    us_release,
    us_release_activity_bq,
)

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

TODAY = date(2026, 11, 22)
MCI = 3.7e7


def test_i131_may_go_at_33_millicurie_and_7_millirem_per_hour(table: NuclideTable) -> None:
    activity = us_release_activity_bq(table, "I-131", on=TODAY) / MCI
    assert round(activity) == 33
    mrem_h = exposure_constant(table["I-131"].air_kerma()) * activity / 100**2 * 1000
    assert round(mrem_h) == 7


def test_i131_needs_instructions_above_7_millicurie_and_2_millirem_per_hour(
    table: NuclideTable,
) -> None:
    activity = us_release_activity_bq(table, "I-131", on=TODAY, criterion="us.release.instructions")
    assert round(activity / MCI) == 7
    # NRC computes its dose rate from the rounded activity.
    assert round(exposure_constant(table["I-131"].air_kerma()) * 7 / 100**2 * 1000) == 2


@pytest.mark.parametrize(
    ("name", "mci", "within"),
    [("Cu-67", 390, 0.01), ("In-111", 64, 0.01), ("I-123", 160, 0.02), ("Sm-153", 700, 0.1)],
)
def test_other_rows_of_the_nrc_table_agree(
    table: NuclideTable, name: str, mci: float, within: float
) -> None:
    assert us_release_activity_bq(table, name, on=TODAY) / MCI == pytest.approx(mci, rel=within)


def test_one_dose_of_lu177_may_go_at_once_with_written_instructions(table: NuclideTable) -> None:
    assert us_release_activity_bq(table, "Lu-177", on=TODAY) / MCI == pytest.approx(500, rel=0.01)
    release = us_release(table, "Lu-177", 7.4e9, on=TODAY)
    assert release.allowed
    assert release.wait_h == 0
    assert release.value == pytest.approx(2.0, rel=0.01)  # 200 mCi gives 0.20 rem
    assert release.instructions is Instructions.WRITTEN
    assert release.limit.source == "10 CFR 35.75(a)"


def test_ten_megabecquerel_of_ac225_need_neither_wait_nor_instructions(
    table: NuclideTable,
) -> None:
    release = us_release(table, "Ac-225", 1e7, on=TODAY)
    assert release.allowed
    assert release.instructions is Instructions.NONE


def test_too_much_i131_waits_until_33_millicurie_are_left(table: NuclideTable) -> None:
    release = us_release(table, "I-131", 200 * MCI, on=TODAY)
    assert not release.allowed
    left = 200 * 2 ** (-release.wait_h / table["I-131"].half_life_h)
    assert round(left) == 33


def test_excretion_shortens_the_wait_and_the_dose(table: NuclideTable) -> None:
    physical = us_release(table, "I-131", 200 * MCI, on=TODAY)
    effective = us_release(table, "I-131", 200 * MCI, on=TODAY, half_life_h=48.0)
    assert effective.value < physical.value
    assert effective.wait_h < physical.wait_h


def test_a_pure_beta_emitter_has_no_release_activity(table: NuclideTable) -> None:
    assert us_release_activity_bq(table, "P-32", on=TODAY) == float("inf")


def test_in_china_lu177_stays_until_25_microsievert_per_hour(table: NuclideTable) -> None:
    release = cn_release(table, "Lu-177", 7.4e9, on=TODAY)
    assert not release.allowed
    assert release.value == pytest.approx(30.3, abs=0.1)
    left = 7.4e9 * 2 ** (-release.wait_h / table["Lu-177"].half_life_h)
    kerma = table["Lu-177"].air_kerma()
    assert dose_rate_usv_h(left, air_kerma_ugy_m2_gbq_h=kerma) == pytest.approx(25.0)
    assert release.limit.confidence == "M"


def test_in_china_i131_may_go_at_400_megabecquerel(table: NuclideTable) -> None:
    assert cn_release(table, "I-131", 399e6, on=TODAY).allowed
    above = cn_release(table, "I-131", 3.7e9, on=TODAY)
    assert not above.allowed


def test_in_china_a_measurement_beats_the_computed_rate(table: NuclideTable) -> None:
    measured = cn_release(table, "Lu-177", 7.4e9, on=TODAY, dose_rate_1m_usv_h=18.0)
    assert measured.allowed
    assert measured.value == 18.0


def test_before_the_chinese_standard_there_is_no_such_limit(table: NuclideTable) -> None:
    with pytest.raises(NoSuchLimitError):
        cn_release(table, "Lu-177", 7.4e9, on=date(2001, 1, 1))


@pytest.mark.parametrize("half_life_h", [0.0, -5.0, 1000.0, float("nan")])
def test_an_impossible_effective_half_life_is_refused(
    table: NuclideTable, half_life_h: float
) -> None:
    with pytest.raises(OutOfRangeError, match="effective half-life"):
        us_release(table, "Lu-177", 7.4e9, on=TODAY, half_life_h=half_life_h)


def test_an_impossible_activity_is_refused(table: NuclideTable) -> None:
    for activity in (-1.0, float("nan")):
        with pytest.raises(OutOfRangeError, match="The activity is"):
            us_release(table, "Lu-177", activity, on=TODAY)


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
