"""Transport of a package of class 7: transport index, label, package type.

The rules are those of 49 CFR 172.403, 173.403, 173.421 to 173.436; the numbers stand, dated and
sourced, in :mod:`doseline.physics.limits`. Functions on arrays broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.errors import OutOfRangeError
from doseline.physics.kinds import same_kind
from doseline.physics.limits import limit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import Nuclide, NuclideTable


class Label(IntEnum):
    """Label of a package, weakest first."""

    WHITE_I = 1
    YELLOW_II = 2
    YELLOW_III = 3
    YELLOW_III_EXCLUSIVE = 4
    """Only under exclusive use of the vehicle."""
    NOT_ALLOWED = 5
    """Above every category: such a package may not go."""


class PackageType(IntEnum):
    """Package that an activity needs, weakest first."""

    EXEMPT = 0
    """Not class 7: below the exempt concentration or the exempt consignment."""
    EXCEPTED = 1
    """UN2910, limited quantity."""
    TYPE_A = 2
    """UN2915."""
    TYPE_B = 3
    """UN2916 or UN2917, with an approved design."""


class Form(StrEnum):
    """Form of the material."""

    LIQUID = "liquid"
    SOLID = "solid"
    SPECIAL = "special form"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportLimits:
    """Transport limits of one nuclide, and what they rest on."""

    nuclide: str
    a1_bq: float
    """Most in a Type A package in special form. [Bq]"""
    a2_bq: float
    """Most in a Type A package in any other form. [Bq]"""
    exempt_bq_g: float
    """Exempt concentration. [Bq/g]"""
    exempt_bq: float
    """Exempt consignment. [Bq]"""
    listed: bool
    """Whether the regulation lists the nuclide."""
    basis: str
    """One sentence: whose numbers these are."""


@overload
def transport_index(dose_rate_1m_msv_h: float, *, on: date) -> float: ...
@overload
def transport_index(dose_rate_1m_msv_h: ArrayLike, *, on: date) -> Floats: ...
def transport_index(dose_rate_1m_msv_h: ArrayLike, *, on: date) -> Floats | float:
    """Transport index of a package: 100 times the dose rate, rounded up to one decimal.

    An index of 0.05 or less counts as zero (49 CFR 172.403, note 2).

    Args:
        dose_rate_1m_msv_h: Highest dose rate at 1 m from the surface. [mSv/h]
        on: Day of the rules.
    """
    index = 100 * np.asarray(dose_rate_1m_msv_h, dtype=np.float64)
    # Rounding first to 9 digits: 0.011 mSv/h is an index of 1.1, not of 1.2.
    up = np.ceil(np.round(10 * index, 9)) / 10
    return same_kind(np.where(index <= limit("ti.may_be_zero", on=on).value, 0.0, up))


def label_category(index: ArrayLike, surface_msv_h: ArrayLike, *, on: date) -> NDArray[np.int8]:
    """Label that a package needs, as the numbers of :class:`Label`.

    Each category needs both its index and its surface dose rate; the higher one wins.

    Args:
        index: Transport index.
        surface_msv_h: Highest dose rate on the surface. [mSv/h]
        on: Day of the rules.

    Source: 49 CFR 172.403(c).
    """
    ti, surface = np.broadcast_arrays(
        np.asarray(index, dtype=np.float64), np.asarray(surface_msv_h, dtype=np.float64)
    )
    category = np.full(ti.shape, Label.NOT_ALLOWED, dtype=np.int8)
    exclusive = surface <= limit("label.exclusive.surface", on=on).value
    category[exclusive] = Label.YELLOW_III_EXCLUSIVE
    steps = (
        (Label.YELLOW_III, "yellow_iii"),
        (Label.YELLOW_II, "yellow_ii"),
        (Label.WHITE_I, "white_i"),
    )
    for label, name in steps:
        most_ti = limit(f"label.{name}.ti", on=on).value
        most_surface = limit(f"label.{name}.surface", on=on).value
        category[(ti <= most_ti) & (surface <= most_surface)] = label
    return category


def transport_limits(nuclide: Nuclide, *, on: date) -> TransportLimits:
    """Transport limits of a nuclide: the regulation's own, or the generic ones, and which.

    Args:
        nuclide: The nuclide.
        on: Day of the rules.
    """
    printed = nuclide.transport
    if printed is not None:
        return TransportLimits(
            nuclide=nuclide.name,
            a1_bq=printed.a1_bq,
            a2_bq=printed.a2_bq,
            exempt_bq_g=printed.exempt_bq_g,
            exempt_bq=printed.exempt_bq,
            listed=True,
            basis=f"49 CFR 173.435 and 173.436 list {nuclide.name}.",
        )
    kind = "alpha" if nuclide.emits_alpha else "beta"
    return TransportLimits(
        nuclide=nuclide.name,
        a1_bq=limit(f"generic.{kind}.a1", on=on).value * 1e12,
        a2_bq=limit(f"generic.{kind}.a2", on=on).value * 1e12,
        exempt_bq_g=limit(f"generic.{kind}.exempt_concentration", on=on).value,
        exempt_bq=limit(f"generic.{kind}.exempt", on=on).value,
        listed=False,
        basis=(
            f"49 CFR 173.435 does not list {nuclide.name}; these are the generic limits for "
            f"{'alpha' if kind == 'alpha' else 'beta and gamma'} emitters of 173.433(b). "
            "Other values need approval."
        ),
    )


def share_of_limit(
    table: NuclideTable, activity_bq: Mapping[str, float], *, on: date, form: Form = Form.LIQUID
) -> float:
    """Share of the Type A limit that a mixture uses up (1 is the limit) [unitless].

    Source: the sum of shares of 49 CFR 173.433(d).

    Args:
        table: The nuclide table.
        activity_bq: Activity of each nuclide of the mixture. [Bq]
        on: Day of the rules.
        form: Form of the material.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
    """
    share = 0.0
    for name, activity in activity_bq.items():
        limits = transport_limits(table[name], on=on)
        share += activity / (limits.a1_bq if form is Form.SPECIAL else limits.a2_bq)
    return share


def package_type(
    table: NuclideTable,
    activity_bq: Mapping[str, float],
    *,
    on: date,
    form: Form = Form.LIQUID,
    mass_g: float | None = None,
    surface_msv_h: float = 0.0,
) -> PackageType:
    """Package that a mixture of nuclides needs.

    Args:
        table: The nuclide table.
        activity_bq: Activity of each nuclide. [Bq]
        on: Day of the rules.
        form: Form of the material.
        mass_g: Mass of the material; without it the exempt concentration is not tested. [g]
        surface_msv_h: Highest dose rate on the package; an excepted one has a limit. [mSv/h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If an activity is not a number of zero or more.
    """
    for name, activity in activity_bq.items():
        if not 0 <= activity < float("inf"):
            raise OutOfRangeError(f"The activity of {name}", activity, allowed="0 Bq or more")
    if _is_exempt(table, activity_bq, on=on, mass_g=mass_g):
        return PackageType.EXEMPT
    share = share_of_limit(table, activity_bq, on=on, form=form)
    quiet = surface_msv_h <= limit("excepted.surface", on=on).value
    if quiet and share <= _excepted(form, on=on):
        return PackageType.EXCEPTED
    return PackageType.TYPE_A if share <= 1 else PackageType.TYPE_B


def package_types(
    limits: TransportLimits, activity_bq: ArrayLike, *, on: date, form: Form = Form.LIQUID
) -> NDArray[np.int8]:
    """Package that each activity of one nuclide needs, as the numbers of :class:`PackageType`.

    Neither the exempt concentration nor the surface dose rate is tested.

    Args:
        limits: Transport limits of the nuclide.
        activity_bq: Activities. [Bq]
        on: Day of the rules.
        form: Form of the material.
    """
    activity = np.asarray(activity_bq, dtype=np.float64)
    share = activity / (limits.a1_bq if form is Form.SPECIAL else limits.a2_bq)
    kind = np.where(share <= 1, PackageType.TYPE_A, PackageType.TYPE_B)
    kind = np.where(share <= _excepted(form, on=on), PackageType.EXCEPTED, kind)
    kind = np.where(activity <= limits.exempt_bq, PackageType.EXEMPT, kind)
    return kind.astype(np.int8)


def _excepted(form: Form, *, on: date) -> float:
    """Share of A2 (of A1 in special form) that an excepted package may hold [unitless]."""
    name = {Form.LIQUID: "liquid", Form.SOLID: "solid", Form.SPECIAL: "solid_special"}[form]
    return limit(f"excepted.{name}", on=on).value


def _is_exempt(
    table: NuclideTable, activity_bq: Mapping[str, float], *, on: date, mass_g: float | None
) -> bool:
    """Whether a mixture stays below the exempt consignment or the exempt concentration.

    Material is class 7 only when it exceeds both (49 CFR 173.403).
    """
    consignment = concentration = 0.0
    for name, activity in activity_bq.items():
        limits = transport_limits(table[name], on=on)
        consignment += activity / limits.exempt_bq
        if mass_g is not None:
            concentration += activity / mass_g / limits.exempt_bq_g
    return consignment <= 1 or (mass_g is not None and concentration <= 1)
