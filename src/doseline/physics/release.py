r"""When a patient may go home: what a release rule measures, and how long it takes to get there.

Three measures, each of which falls with the activity that the patient retains:

* the dose to another person until all has decayed (10 CFR 35.75 with NRC Regulatory Guide 8.39),

  .. math:: D(\infty) = 34.6 \, \Gamma \, Q \, T \, E / r^2

  with :math:`\Gamma` in R cm²/(mCi h), Q in mCi, T in days, r = 100 cm, one roentgen counted as
  one rem, and the occupancy E stated for half-lives above a day, else 1;
* the dose rate at 1 m;
* the retained activity.

Which of them counts, and its limit, is a rulebook's. What is retained is
:math:`f \, 2^{-t/T_f} + (1 - f) \, 2^{-t/T_b}` times physical decay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.dose_rate import chain_air_kerma, dose_rate_usv_h
from doseline.physics.errors import OutOfRangeError
from doseline.physics.kinds import same_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable

MGY_PER_R = 33.97 * 0.258
"""Air kerma of one roentgen: 33.97 J/C times 2.58e-4 C/kg. [mGy/R]"""

RG_8_39_FACTOR = 34.6
"""24 h/d times 1.44, the total integration of decay (NRC Regulatory Guide 8.39). [h/d]"""

ONE_DAY_H = 24.0

SAME_DAY_H = 8.0
"""Infused in the morning, a patient who may leave within this time goes home that day. [h]"""


class Measure(StrEnum):
    """What a release rule compares with its limit."""

    DOSE_TO_OTHER = "dose_to_other"
    """In mSv."""
    DOSE_RATE_1M = "dose_rate_1m"
    """In µSv/h."""
    RETAINED_ACTIVITY = "retained_activity"
    """In MBq."""

    @property
    def unit(self) -> str:
        """Unit of the measure and of its limit."""
        return _UNITS[self]


_UNITS = {
    Measure.DOSE_TO_OTHER: "mSv",
    Measure.DOSE_RATE_1M: "µSv/h",
    Measure.RETAINED_ACTIVITY: "MBq",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A patient may go once the measure is at its limit."""

    measure: Measure
    limit: float
    """In the unit of the measure."""
    occupancy: float = 1.0
    """Share of the time that another person is at 1 m, for half-lives above a day. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How a patient excretes what was given, and how much of its radiation the body absorbs.

    Raises:
        OutOfRangeError: If a figure cannot be.
    """

    biological_half_life_h: float | None = None
    """Of what stays after the fast phase; none if nothing is excreted. [h]"""
    fast_cleared_percent: float = 0.0
    """Share that leaves in a first, fast phase. [%]"""
    fast_half_life_h: float | None = None
    """Biological half-life of the fast phase. [h]"""
    self_shielding: float = 0.0
    """Share of the dose rate that the body itself absorbs. [unitless]"""

    def __post_init__(self) -> None:
        for name, hours in (
            ("The biological half-life", self.biological_half_life_h),
            ("The half-life of the fast phase", self.fast_half_life_h),
        ):
            if hours is not None and not hours > 0:
                raise OutOfRangeError(name, f"{hours} h", allowed="more than 0 h")
        if not 0 <= self.fast_cleared_percent <= 100:
            share = f"{self.fast_cleared_percent} %"
            raise OutOfRangeError("The share cleared fast", share, allowed="from 0 to 100 %")
        if self.fast_cleared_percent > 0 and self.fast_half_life_h is None:
            allowed = "given where a share is cleared fast"
            raise OutOfRangeError("The half-life of the fast phase", "missing", allowed=allowed)
        if not 0 <= self.self_shielding < 1:
            allowed = "from 0 to less than 1"
            raise OutOfRangeError("The self-shielding", self.self_shielding, allowed=allowed)

    def phases(self, physical_half_life_h: float) -> tuple[tuple[float, float], ...]:
        """Share and effective half-life [h] of each phase."""
        fast = self.fast_cleared_percent / 100
        parts = ((1 - fast, self.biological_half_life_h), (fast, self.fast_half_life_h))
        return tuple(
            (share, effective_half_life_h(physical_half_life_h, biological_h))
            for share, biological_h in parts
            if share > 0
        )


NOTHING_EXCRETED = Retention()
"""The patient keeps everything, and the body shields nothing: as Regulatory Guide 8.39 assumes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """When a patient may go, and the criterion that decides."""

    wait_h: float
    """Time from the administration until release is allowed; 0 when it is allowed at once. [h]"""
    criterion: Criterion | None = None
    """The one that is met first; none if nothing is asked for."""
    value: float = 0.0
    """What the criterion measures at administration, in its unit."""

    @property
    def allowed(self) -> bool:
        """Whether the patient may go at once."""
        return self.wait_h == 0


def effective_half_life_h(physical_h: float, biological_h: float | None) -> float:
    """Half-life of what decays and is excreted at the same time [h].

    >>> effective_half_life_h(20.0, 20.0)
    10.0
    """
    if biological_h is None or math.isinf(biological_h):
        return physical_h
    return physical_h * biological_h / (physical_h + biological_h)


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


def release(
    table: NuclideTable,
    name: str,
    activity_bq: float,
    criteria: Sequence[Criterion],
    *,
    retention: Retention = NOTHING_EXCRETED,
) -> Release:
    """When a patient may go home: as soon as one of the criteria is met.

    Args:
        table: The nuclide table.
        name: The nuclide given; its daughters count in equilibrium.
        activity_bq: Activity administered. [Bq]
        criteria: Alternatives; without any the patient may go at once.
        retention: What the patient keeps.

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If a dose is asked for and it has no air kerma constant.
        OutOfRangeError: If the activity cannot be.
    """
    if not 0 <= activity_bq < float("inf"):
        raise OutOfRangeError("The activity", f"{activity_bq} Bq", allowed="zero or more")
    found = []
    for criterion in criteria:
        phases = _phases(table, name, activity_bq, criterion, retention)
        value = sum(start for start, _ in phases)
        wait_h = _hours_until(phases, criterion.limit)
        found.append(Release(wait_h=wait_h, criterion=criterion, value=value))
    return min(found, key=lambda each: each.wait_h, default=Release(wait_h=0.0))


def hours_until_release(
    table: NuclideTable,
    name: str,
    activity_bq: float,
    criteria: Sequence[Criterion],
    *,
    retention: Retention = NOTHING_EXCRETED,
) -> float:
    """Time from the administration until the patient may go, as :func:`release` finds it [h]."""
    return release(table, name, activity_bq, criteria, retention=retention).wait_h


def nights_of_stay(wait_h: float, *, same_day_h: float = SAME_DAY_H) -> int:
    """Nights in hospital until release; 0 when the patient goes home on the day of the infusion.

    Infusion in the morning; who stays overnight is measured once a day, at the hour of the
    infusion, so that 30 h are two nights.

    Args:
        wait_h: Time from the administration until release is allowed. [h]
        same_day_h: Longest wait that still ends on the day of the infusion. [h]

    >>> nights_of_stay(6.0), nights_of_stay(10.0), nights_of_stay(30.0)
    (0, 1, 2)
    """
    return 0 if wait_h <= same_day_h else math.ceil(wait_h / ONE_DAY_H)


def nights_until_release(
    table: NuclideTable,
    name: str,
    activity_bq: float,
    criteria: Sequence[Criterion],
    *,
    retention: Retention = NOTHING_EXCRETED,
    same_day_h: float = SAME_DAY_H,
) -> int:
    """Nights that a patient stays, from what was given and what a rulebook asks for.

    Args:
        table: The nuclide table.
        name: The nuclide given.
        activity_bq: Activity administered. [Bq]
        criteria: Those of the rulebook on the day, alternatives.
        retention: What the patient keeps.
        same_day_h: Longest wait that still ends on the day of the infusion. [h]
    """
    wait_h = hours_until_release(table, name, activity_bq, criteria, retention=retention)
    return nights_of_stay(wait_h, same_day_h=same_day_h)


def release_activity_bq(
    table: NuclideTable,
    name: str,
    criterion: Criterion,
    *,
    retention: Retention = NOTHING_EXCRETED,
) -> float:
    """Activity at which a criterion is just met; infinite if nothing of it is measured [Bq].

    Args:
        table: The nuclide table.
        name: The nuclide.
        criterion: The criterion.
        retention: What the patient keeps.

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If it has no air kerma constant.
    """
    per_bq = sum(start for start, _ in _phases(table, name, 1.0, criterion, retention))
    return criterion.limit / per_bq if per_bq > 0 else float("inf")


def _phases(
    table: NuclideTable, name: str, activity_bq: float, criterion: Criterion, retention: Retention
) -> list[tuple[float, float]]:
    """What each phase adds to the measure at administration, and its effective half-life [h]."""
    physical_h = table[name].half_life_h
    phases = retention.phases(physical_h)
    if criterion.measure is Measure.RETAINED_ACTIVITY:
        return [(share * activity_bq / 1e6, half_life_h) for share, half_life_h in phases]
    kerma = chain_air_kerma(table, name) * (1 - retention.self_shielding)
    if criterion.measure is Measure.DOSE_RATE_1M:
        rate = dose_rate_usv_h(activity_bq, air_kerma_ugy_m2_gbq_h=kerma)
        return [(share * rate, half_life_h) for share, half_life_h in phases]
    occupancy = criterion.occupancy if physical_h > ONE_DAY_H else 1.0
    return [
        (
            dose_to_other_msv(
                share * activity_bq,
                half_life_h=half_life_h,
                air_kerma_ugy_m2_gbq_h=kerma,
                occupancy=occupancy,
            ),
            half_life_h,
        )
        for share, half_life_h in phases
    ]


def _hours_until(phases: Sequence[tuple[float, float]], limit: float) -> float:
    """Time until a sum of phases has fallen to a limit; 0 when it is there already [h]."""
    total = sum(start for start, _ in phases)
    if total <= limit:
        return 0.0
    if not limit > 0:
        return float("inf")
    low, high = 0.0, max(half_life_h for _, half_life_h in phases) * math.log2(total / limit)
    if len(phases) == 1:
        return high
    while high - low > 1e-6:
        middle = (low + high) / 2
        left = sum(start * math.exp2(-middle / half_life_h) for start, half_life_h in phases)
        low, high = (middle, high) if left > limit else (low, middle)
    return high
