"""Transport: 49 CFR 172.403 and 173.403 to 173.436."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.errors import NoSuchLimitError, OutOfRangeError, UnknownNuclideError
from doseline.physics.limits import LIMITS, limit
from doseline.physics.transport import (
    Form,
    Label,
    PackageType,
    label_category,
    package_type,
    package_types,
    share_of_limit,
    transport_index,
    transport_limits,
)

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("dose_rate_msv_h", "index"),
    [
        (0.0, 0.0),
        (0.0005, 0.0),  # 0.05: may be considered zero
        (0.00051, 0.1),
        (0.001, 0.1),
        (0.011, 1.1),  # exactly: no tenth is added by the computer's arithmetic
        (0.0113, 1.2),  # 1.13 is rounded up to 1.2 (49 CFR 173.403)
        (0.03, 3.0),
        (0.1, 10.0),
    ],
)
def test_transport_index_is_rounded_up_to_a_tenth(dose_rate_msv_h: float, index: float) -> None:
    assert transport_index(dose_rate_msv_h, on=TODAY) == pytest.approx(index, abs=1e-12)


@pytest.mark.parametrize(
    ("index", "surface", "label"),
    [  # the table of 49 CFR 172.403(c), at and just above each line
        (0.0, 0.005, Label.WHITE_I),
        (0.0, 0.0051, Label.YELLOW_II),
        (0.1, 0.004, Label.YELLOW_II),
        (1.0, 0.5, Label.YELLOW_II),
        (1.1, 0.5, Label.YELLOW_III),
        (1.0, 0.51, Label.YELLOW_III),
        (10.0, 2.0, Label.YELLOW_III),
        (10.1, 2.0, Label.YELLOW_III_EXCLUSIVE),
        (10.0, 2.1, Label.YELLOW_III_EXCLUSIVE),
        (50.0, 10.0, Label.YELLOW_III_EXCLUSIVE),
        (0.1, 10.1, Label.NOT_ALLOWED),
    ],
)
def test_label_is_the_one_of_the_table(index: float, surface: float, label: Label) -> None:
    assert label_category(index, surface, on=TODAY) == label


@given(st.floats(0, 100), st.floats(0, 20), st.floats(0, 100), st.floats(0, 20))
@settings(derandomize=True)
def test_more_radiation_never_earns_a_weaker_label(
    index: float, surface: float, more_index: float, more_surface: float
) -> None:
    weaker = label_category(index, surface, on=TODAY)
    stronger = label_category(index + more_index, surface + more_surface, on=TODAY)
    assert stronger >= weaker


def test_arrays_are_labelled_as_numbers_are() -> None:
    indices, surfaces = np.array([0.0, 1.0, 5.0]), np.array([0.001, 0.4, 3.0])
    labels = label_category(indices, surfaces, on=TODAY)
    assert labels.tolist() == [
        Label.WHITE_I,
        Label.YELLOW_II,
        Label.YELLOW_III_EXCLUSIVE,
    ]


@pytest.mark.parametrize(
    ("name", "a2_tbq", "excepted_mbq"),
    [("Lu-177", 0.7, 70), ("Ac-225", 0.006, 0.6), ("I-131", 0.7, 70), ("Ra-223", 0.007, 0.7)],
)
def test_listed_nuclides_have_the_limits_of_the_regulation(
    table: NuclideTable, name: str, a2_tbq: float, excepted_mbq: float
) -> None:
    limits = transport_limits(table[name], on=TODAY)
    assert limits.listed
    assert limits.a2_bq == pytest.approx(a2_tbq * 1e12)
    at_limit = {name: 0.999 * excepted_mbq * 1e6}
    above = {name: 1.001 * excepted_mbq * 1e6}
    assert package_type(table, at_limit, on=TODAY) is PackageType.EXCEPTED
    assert package_type(table, above, on=TODAY) is PackageType.TYPE_A


@pytest.mark.parametrize(("name", "a2_tbq"), [("Zr-89", 0.02), ("Tb-161", 0.02), ("Tb-149", 9e-5)])
def test_an_unlisted_nuclide_gets_the_generic_limits_and_says_so(
    table: NuclideTable, name: str, a2_tbq: float
) -> None:
    limits = transport_limits(table[name], on=TODAY)
    assert not limits.listed
    assert limits.a2_bq == pytest.approx(a2_tbq * 1e12)
    assert f"does not list {name}" in limits.basis
    assert "generic" in limits.basis


def test_a_nuclide_outside_the_table_is_refused(table: NuclideTable) -> None:
    with pytest.raises(UnknownNuclideError):
        package_type(table, {"Cf-252": 1.0}, on=TODAY)


@pytest.mark.parametrize(
    ("activity_bq", "package"),
    [
        ({"Lu-177": 1e7}, PackageType.EXEMPT),
        ({"Lu-177": 7.4e9}, PackageType.TYPE_A),
        ({"Ac-225": 1e7}, PackageType.TYPE_A),
        ({"Lu-177": 7.1e11}, PackageType.TYPE_B),
        ({"Ac-225": 6.1e9}, PackageType.TYPE_B),
    ],
)
def test_package_follows_the_activity(
    table: NuclideTable, activity_bq: dict[str, float], package: PackageType
) -> None:
    assert package_type(table, activity_bq, on=TODAY) is package


def test_many_activities_are_packed_as_each_alone(table: NuclideTable) -> None:
    activities = [1e6, 1e7, 5e7, 7.4e9, 7.1e11]
    limits = transport_limits(table["Lu-177"], on=TODAY)
    together = package_types(limits, activities, on=TODAY)
    alone = [package_type(table, {"Lu-177": activity}, on=TODAY) for activity in activities]
    assert together.tolist() == alone
    assert set(together.tolist()) == set(PackageType)


def test_form_concentration_and_surface_decide_too(table: NuclideTable) -> None:
    dose = {"Lu-177": 5e8}
    assert package_type(table, dose, on=TODAY, form=Form.LIQUID) is PackageType.TYPE_A
    assert package_type(table, dose, on=TODAY, form=Form.SOLID) is PackageType.EXCEPTED
    loud = package_type(table, dose, on=TODAY, form=Form.SOLID, surface_msv_h=0.006)
    assert loud is PackageType.TYPE_A
    assert package_type(table, dose, on=TODAY, mass_g=1e6) is PackageType.EXEMPT
    special = package_type(table, {"Lu-177": 7.1e11}, on=TODAY, form=Form.SPECIAL)
    assert special is PackageType.TYPE_A


def test_shares_of_a_mixture_add_up(table: NuclideTable) -> None:
    """173.433(d): 7.4 GBq Lu-177 with 0.02 % Lu-177m (unlisted, 0.02 TBq)."""
    share = share_of_limit(table, {"Lu-177": 7.4e9, "Lu-177m": 1.48e6}, on=TODAY)
    assert share == pytest.approx(7.4e9 / 0.7e12 + 1.48e6 / 0.02e12)


@pytest.mark.parametrize("activity", [-1.0, float("nan"), float("inf")])
def test_an_impossible_activity_is_refused(table: NuclideTable, activity: float) -> None:
    with pytest.raises(OutOfRangeError, match="The activity of Lu-177"):
        package_type(table, {"Lu-177": activity}, on=TODAY)


def test_each_limit_carries_its_source_and_one_value_a_day() -> None:
    for entry in LIMITS:
        assert entry.source
        assert entry.confidence in {"S1", "S2", "C", "M"}
        assert limit(entry.name, on=TODAY) is entry


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vehicle.ti", 50),
        ("air.passenger.package_ti", 3),
        ("air.cargo.package_ti", 10),
        ("air.cargo.total_ti", 200),
    ],
)
def test_vehicles_and_aircraft_have_their_limits(name: str, value: float) -> None:
    assert limit(name, on=TODAY).value == value


def test_a_limit_that_was_not_yet_in_force_is_refused() -> None:
    with pytest.raises(NoSuchLimitError, match="1990-01-01"):
        limit("vehicle.ti", on=date(1990, 1, 1))
