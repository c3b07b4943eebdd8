r"""When a patient may go home: criteria of the United States and of China.

United States, 10 CFR 35.75 with NRC Regulatory Guide 8.39 (Rev. 1): the dose to another person is

.. math:: D(\infty) = 34.6 \, \Gamma \, Q \, T \, E / r^2

with :math:`\Gamma` in R cm²/(mCi h), Q in mCi, T in days, r = 100 cm, one roentgen counted as one
rem, and the occupancy E = 0.25 for half-lives above a day, else 1. No tissue shields and nothing
is excreted, unless an effective half-life is given.

China, GBZ 120-2020 and HJ 1188-2021: a dose rate at 1 m, and for I-131 an activity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.decay import hours_until
from doseline.physics.dose_rate import chain_air_kerma, dose_rate_usv_h
from doseline.physics.errors import OutOfRangeError
from doseline.physics.kinds import same_kind
from doseline.physics.limits import Limit, limit

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable

MGY_PER_R = 33.97 * 0.258
"""Air kerma of one roentgen: 33.97 J/C times 2.58e-4 C/kg. [mGy/R]"""

RG_8_39_FACTOR = 34.6
"""24 h/d times 1.44, the total integration of decay (NRC Regulatory Guide 8.39). [h/d]"""

ONE_DAY_H = 24.0


class Instructions(StrEnum):
    """What a released patient is given in the United States."""

    NONE = "none"
    WRITTEN = "written"
    """Instructions, written too, to keep the dose to others low (10 CFR 35.75(b))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Whether a patient may be released now, why, and when if not."""

    allowed: bool
    value: float
    """What was compared with the limit, in the limit's unit."""
    limit: Limit
    """The limit that decides."""
    wait_h: float
    """Time until release is allowed; 0 when it is now [h]."""
    instructions: Instructions | None = None
    """United States only, for the time of release."""


def exposure_constant(air_kerma_ugy_m2_gbq_h: float) -> float:
    """Exposure rate constant that belongs to an air kerma constant [R cm²/(mCi h)].

    Args:
        air_kerma_ugy_m2_gbq_h: Air kerma rate constant. [µGy m²/(GBq h)]
    """
    return air_kerma_ugy_m2_gbq_h * 0.037 * 1e4 / (MGY_PER_R * 1e3)


@overload
def dose_to_other_msv(
    activity_bq: float,
    *,
    half_life_h: float,
    air_kerma_ugy_m2_gbq_h: float,
    occupancy: float,
) -> float: ...
@overload
def dose_to_other_msv(
    activity_bq: ArrayLike,
    *,
    half_life_h: float,
    air_kerma_ugy_m2_gbq_h: float,
    occupancy: float,
) -> Floats: ...
def dose_to_other_msv(
    activity_bq: ArrayLike,
    *,
    half_life_h: float,
    air_kerma_ugy_m2_gbq_h: float,
    occupancy: float,
) -> Floats | float:
    """Dose that a released patient gives another person until all has decayed [mSv].

    Args:
        activity_bq: Activity at release. [Bq]
        half_life_h: Physical half-life, or effective where excretion is known. [h]
        air_kerma_ugy_m2_gbq_h: Air kerma rate constant. [µGy m²/(GBq h)]
        occupancy: Share of the time that the other is at 1 m. [unitless]

    Source: NRC Regulatory Guide 8.39.
    """
    activity_mci = np.asarray(activity_bq, dtype=np.float64) / 3.7e7
    gamma = exposure_constant(air_kerma_ugy_m2_gbq_h)
    dose_rem = RG_8_39_FACTOR * gamma * activity_mci * (half_life_h / 24) * occupancy / 100**2
    return same_kind(10 * dose_rem)


def us_release_activity_bq(
    table: NuclideTable,
    name: str,
    *,
    on: date,
    criterion: str = "us.release.dose",
    half_life_h: float | None = None,
) -> float:
    """Activity at which the dose to another person just meets a limit [Bq].

    Args:
        table: The nuclide table.
        name: The nuclide.
        on: Day of the rules.
        criterion: ``us.release.dose`` or ``us.release.instructions``.
        half_life_h: Effective half-life; the physical one without it. [h]

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If it has no air kerma constant.
        NoSuchLimitError: If the criterion was not in force.
    """
    per_bq = dose_to_other_msv(
        1.0,
        half_life_h=half_life_h or table[name].half_life_h,
        air_kerma_ugy_m2_gbq_h=chain_air_kerma(table, name),
        occupancy=_occupancy(table[name].half_life_h, on=on),
    )
    return limit(criterion, on=on).value / per_bq if per_bq > 0 else float("inf")


def us_release(
    table: NuclideTable,
    name: str,
    activity_bq: float,
    *,
    on: date,
    half_life_h: float | None = None,
) -> Release:
    """Whether a patient may be released under 10 CFR 35.75, and with which instructions.

    Args:
        table: The nuclide table.
        name: The nuclide given.
        activity_bq: Activity in the patient. [Bq]
        on: Day of the rules.
        half_life_h: Effective half-life; the physical one without it. [h]

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If it has no air kerma constant.
        OutOfRangeError: If the activity or the half-life cannot be.
    """
    effective_h = _effective_h(table, name, activity_bq, half_life_h)
    dose = dose_to_other_msv(
        activity_bq,
        half_life_h=effective_h,
        air_kerma_ugy_m2_gbq_h=chain_air_kerma(table, name),
        occupancy=_occupancy(table[name].half_life_h, on=on),
    )
    most = limit("us.release.dose", on=on)
    at_release = min(dose, most.value)
    written = at_release > limit("us.release.instructions", on=on).value
    return Release(
        allowed=dose <= most.value,
        value=dose,
        limit=most,
        wait_h=_wait_h(dose, most.value, effective_h),
        instructions=Instructions.WRITTEN if written else Instructions.NONE,
    )


def cn_release(
    table: NuclideTable,
    name: str,
    activity_bq: float,
    *,
    on: date,
    half_life_h: float | None = None,
    dose_rate_1m_usv_h: float | None = None,
) -> Release:
    """Whether a patient may be released under the Chinese criteria.

    I-131 may go at its activity limit or at the dose rate, whichever comes first; every other
    nuclide at the dose rate at 1 m.

    Args:
        table: The nuclide table.
        name: The nuclide given.
        activity_bq: Activity in the patient. [Bq]
        on: Day of the rules.
        half_life_h: Effective half-life; the physical one without it. [h]
        dose_rate_1m_usv_h: Measured dose rate at 1 m; computed without it, with no shielding by
            the body. [µSv/h]

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If it has no air kerma constant.
        OutOfRangeError: If the activity or the half-life cannot be.
        NoSuchLimitError: If no criterion was in force.
    """
    effective_h = _effective_h(table, name, activity_bq, half_life_h)
    rate = dose_rate_1m_usv_h
    if rate is None:
        kerma = chain_air_kerma(table, name)
        rate = dose_rate_usv_h(activity_bq, air_kerma_ugy_m2_gbq_h=kerma)
    criteria = [(rate, limit("cn.release.dose_rate_1m", on=on))]
    if table[name].name == "I-131":
        criteria.append((activity_bq / 1e6, limit("cn.release.i131_activity", on=on)))
    value, most = min(criteria, key=lambda criterion: criterion[0] / criterion[1].value)
    return Release(
        allowed=value <= most.value,
        value=value,
        limit=most,
        wait_h=_wait_h(value, most.value, effective_h),
    )


def _occupancy(physical_half_life_h: float, *, on: date) -> float:
    """Share of the time at 1 m that Regulatory Guide 8.39 counts with [unitless]."""
    return limit("us.release.occupancy", on=on).value if physical_half_life_h > ONE_DAY_H else 1.0


def _effective_h(
    table: NuclideTable, name: str, activity_bq: float, half_life_h: float | None
) -> float:
    """The half-life to count with [h].

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        OutOfRangeError: If the activity or the half-life cannot be.
    """
    physical_h = table[name].half_life_h
    if not 0 <= activity_bq < float("inf"):
        raise OutOfRangeError("The activity", f"{activity_bq} Bq", allowed="zero or more")
    if half_life_h is not None and not 0 < half_life_h <= physical_h:
        raise OutOfRangeError(
            "The effective half-life",
            f"{half_life_h} h",
            allowed=f"more than 0 and at most the physical {physical_h:g} h",
        )
    return physical_h if half_life_h is None else half_life_h


def _wait_h(value: float, most: float, half_life_h: float) -> float:
    """Time until a value that decays is at its limit [h]."""
    return hours_until(value, most, half_life_h) if value > most else 0.0
