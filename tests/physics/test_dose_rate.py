"""Dose rates against published constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.physics.dose_rate import (
    chain_air_kerma,
    dose_rate_usv_h,
    lead_transmission,
    mixture_dose_rate_usv_h,
)
from doseline.physics.errors import MissingFigureError
from doseline.physics.release import exposure_constant

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable


@pytest.mark.parametrize(("name", "gamma"), [("I-131", 2.2), ("F-18", 5.7), ("Co-60", 12.9)])
def test_exposure_constants_are_the_published_ones(
    table: NuclideTable, name: str, gamma: float
) -> None:
    """R cm²/(mCi h): I-131 2.2 (NRC RG 8.39), F-18 5.7, Co-60 12.9 (textbooks); to 1 %."""
    assert exposure_constant(table[name].air_kerma()) == pytest.approx(gamma, rel=0.01)


@pytest.mark.parametrize(
    ("name", "kerma"),
    [("Ac-225", 27.9), ("Ra-223", 38.8), ("Pb-212", 161.1), ("At-211", 4.75), ("Ge-68", 128.9)],
)
def test_a_chain_shines_with_its_daughters(table: NuclideTable, name: str, kerma: float) -> None:
    assert chain_air_kerma(table, name) == pytest.approx(kerma, rel=2e-3)


def test_zr89_shines_mostly_through_its_isomer(table: NuclideTable) -> None:
    assert chain_air_kerma(table, "Zr-89") == pytest.approx(149.9, rel=0.01)


def test_a_patient_with_7_4_gbq_of_lu177_gives_30_microsievert_per_hour(
    table: NuclideTable,
) -> None:
    rate = dose_rate_usv_h(7.4e9, air_kerma_ugy_m2_gbq_h=table["Lu-177"].air_kerma())
    assert rate == pytest.approx(30.3, abs=0.1)


def test_distance_counts_squared_and_the_pot_once() -> None:
    near = dose_rate_usv_h(
        1e9, air_kerma_ugy_m2_gbq_h=4.0, distance_m=np.array([0.5, 1.0, 2.0]), transmission=0.25
    )
    assert near.tolist() == [4.0, 1.0, 0.25]


def test_each_half_value_layer_halves() -> None:
    assert lead_transmission(3.0, half_value_mm=1.0) == 0.125
    assert lead_transmission(np.array([0.0, 1.0]), half_value_mm=1.0).tolist() == [1.0, 0.5]


def test_fresh_ac225_shines_less_than_after_a_day(table: NuclideTable) -> None:
    fresh = mixture_dose_rate_usv_h(table, {"Ac-225": 1e9}, 0.0)
    grown = mixture_dose_rate_usv_h(table, {"Ac-225": 1e9}, 24.0)
    assert fresh == pytest.approx(1.67, rel=1e-3)
    assert grown == pytest.approx(27.9 * 2 ** (-24 / table["Ac-225"].half_life_h), rel=0.01)


def test_a_missing_constant_is_refused_where_it_matters(table: NuclideTable) -> None:
    assert mixture_dose_rate_usv_h(table, {"Ac-227": 1e9}, 1000.0) > 0
    with pytest.raises(MissingFigureError, match="Bi-215"):
        mixture_dose_rate_usv_h(table, {"Bi-215": 1e9}, 0.0)
    with pytest.raises(MissingFigureError, match="Bi-215"):
        chain_air_kerma(table, "Bi-215")
