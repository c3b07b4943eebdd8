"""One package: the pot decides the label."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.physics.dose_rate import chain_air_kerma
from doseline.physics.errors import OutOfRangeError
from doseline.physics.package import Pot, assess_package, package_columns
from doseline.physics.transport import Label, PackageType

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

TODAY = date(2026, 11, 22)
LEAD = Pot(transmission=0.02, to_surface_m=0.15)


def test_a_dose_of_lu177_in_lead_is_a_type_a_package_with_a_yellow_label(
    table: NuclideTable,
) -> None:
    package = assess_package(table, {"Lu-177": 7.4e9}, pot=LEAD, on=TODAY)
    assert package.package_type is PackageType.TYPE_A
    assert package.label is Label.YELLOW_II
    assert package.share_of_limit == pytest.approx(0.0106, abs=1e-4)
    # 7.4 GBq x 4.099 x 0.02 = 0.607 µSv/h at 1 m; at 0.15 m and at 1.15 m from the vial:
    assert package.surface_msv_h == pytest.approx(0.607e-3 / 0.15**2, rel=1e-3)
    assert package.at_1m_msv_h == pytest.approx(0.607e-3 / 1.15**2, rel=1e-3)
    assert package.transport_index == 0.0
    assert package.basis == ("49 CFR 173.435 and 173.436 list Lu-177.",)


def test_without_its_pot_it_may_not_fly_with_passengers(table: NuclideTable) -> None:
    bare = assess_package(
        table, {"Lu-177": 7.4e9}, pot=Pot(transmission=1.0, to_surface_m=0.01), on=TODAY
    )
    assert bare.transport_index == 3.0
    assert bare.label is Label.NOT_ALLOWED


def test_columns_equal_packages_one_by_one(table: NuclideTable) -> None:
    activities = np.array([1e6, 7.4e9, 5e11, 1e14])
    columns = package_columns(
        activities,
        air_kerma_ugy_m2_gbq_h=chain_air_kerma(table, "Ac-225"),
        pot=LEAD,
        on=TODAY,
    )
    for row, activity in enumerate(activities):
        alone = assess_package(table, {"Ac-225": float(activity)}, pot=LEAD, on=TODAY)
        assert columns.transport_index[row] == alone.transport_index
        assert columns.label[row] == alone.label
        assert columns.surface_msv_h[row] == pytest.approx(alone.surface_msv_h)


@pytest.mark.parametrize(("transmission", "to_surface_m"), [(1.1, 0.1), (-0.1, 0.1), (0.5, 0.0)])
def test_an_impossible_pot_is_refused(transmission: float, to_surface_m: float) -> None:
    with pytest.raises(OutOfRangeError):
        Pot(transmission=transmission, to_surface_m=to_surface_m)
