"""One package on its way: dose rates outside, transport index, label and package type together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.physics.dose_rate import chain_air_kerma, dose_rate_usv_h
from doseline.physics.errors import OutOfRangeError
from doseline.physics.transport import (
    Form,
    Label,
    PackageType,
    label_category,
    package_type,
    share_of_limit,
    transport_index,
    transport_limits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Pot:
    """What stands between a vial and the world.

    Raises:
        OutOfRangeError: If a figure cannot be.
    """

    transmission: float
    """Share of the dose rate that passes. [unitless]"""
    to_surface_m: float
    """From the vial to the nearest surface of the package. [m]"""

    def __post_init__(self) -> None:
        if not 0 <= self.transmission <= 1:
            raise OutOfRangeError("transmission", self.transmission, allowed="from 0 to 1")
        if not 0 < self.to_surface_m < float("inf"):
            raise OutOfRangeError("to_surface_m", self.to_surface_m, allowed="more than 0 m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a carrier asks of a package."""

    surface_msv_h: float
    """Dose rate on its surface [mSv/h]."""
    at_1m_msv_h: float
    """Dose rate at 1 m from its surface [mSv/h]."""
    transport_index: float
    label: Label
    """Label, where the package needs one."""
    package_type: PackageType
    share_of_limit: float
    """Share of the Type A limit that is used up [unitless]."""
    basis: tuple[str, ...]
    """Whose limits these are, one sentence for each nuclide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageColumns:
    """What a carrier asks of many packages, one element for each."""

    surface_msv_h: Floats
    """Dose rate on the surface [mSv/h]."""
    at_1m_msv_h: Floats
    """Dose rate at 1 m from the surface [mSv/h]."""
    transport_index: Floats
    label: NDArray[np.int8]
    """Numbers of :class:`doseline.physics.transport.Label`."""


def assess_package(
    table: NuclideTable,
    activity_bq: Mapping[str, float],
    *,
    pot: Pot,
    on: date,
    form: Form = Form.LIQUID,
) -> Package:
    """Dose rates, transport index, label and package type of one package.

    Daughters count in equilibrium; the vial is a point without self-absorption.

    Args:
        table: The nuclide table.
        activity_bq: Activity of each nuclide at departure. [Bq]
        pot: Shield and size of the package.
        on: Day of the rules.
        form: Form of the material.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        MissingFigureError: If a nuclide has no air kerma constant.
        OutOfRangeError: If an activity is not a number of zero or more.
    """
    unshielded_usv_h = sum(
        dose_rate_usv_h(activity, air_kerma_ugy_m2_gbq_h=chain_air_kerma(table, name))
        for name, activity in activity_bq.items()
    )
    columns = _outside(unshielded_usv_h, pot=pot, on=on)
    surface_msv_h = float(columns.surface_msv_h)
    return Package(
        surface_msv_h=surface_msv_h,
        at_1m_msv_h=float(columns.at_1m_msv_h),
        transport_index=float(columns.transport_index),
        label=Label(int(columns.label)),
        package_type=package_type(
            table, activity_bq, on=on, form=form, surface_msv_h=surface_msv_h
        ),
        share_of_limit=share_of_limit(table, activity_bq, on=on, form=form),
        basis=tuple(transport_limits(table[name], on=on).basis for name in activity_bq),
    )


def package_columns(
    activity_bq: ArrayLike, *, air_kerma_ugy_m2_gbq_h: float, pot: Pot, on: date
) -> PackageColumns:
    """Dose rates, transport index and label of many packages of one nuclide in one pot.

    Args:
        activity_bq: Activity in each package at departure. [Bq]
        air_kerma_ugy_m2_gbq_h: Air kerma rate constant of the nuclide with its daughters, see
            :func:`doseline.physics.dose_rate.chain_air_kerma`. [µGy m²/(GBq h)]
        pot: Shield and size of the package.
        on: Day of the rules.
    """
    unshielded_usv_h = dose_rate_usv_h(
        np.asarray(activity_bq, dtype=np.float64), air_kerma_ugy_m2_gbq_h=air_kerma_ugy_m2_gbq_h
    )
    return _outside(unshielded_usv_h, pot=pot, on=on)


def _outside(unshielded_1m_usv_h: ArrayLike, *, pot: Pot, on: date) -> PackageColumns:
    """What is measured outside, from the dose rate at 1 m of the bare vial."""
    passing_msv_h = np.asarray(unshielded_1m_usv_h, dtype=np.float64) * 1e-3 * pot.transmission
    surface = passing_msv_h / pot.to_surface_m**2
    at_1m = passing_msv_h / (1 + pot.to_surface_m) ** 2
    index = np.asarray(transport_index(at_1m, on=on))
    return PackageColumns(
        surface_msv_h=surface,
        at_1m_msv_h=at_1m,
        transport_index=index,
        label=label_category(index, surface, on=on),
    )
