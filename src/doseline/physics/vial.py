"""A patient-specific vial: made at one concentration, filled for one time of administration.

A maker fixes the concentration at calibration; the volume then decides how much activity the
vial holds when it is given. So the volume printed on the label is a decay schedule: the range of
volumes is the range of times after calibration at which the vial may be given.

Functions take numbers or arrays and broadcast them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.decay import activity_needed, fraction_left, hours_until
from doseline.physics.errors import OutOfRangeError
from doseline.physics.kinds import same_kind

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from doseline.physics.kinds import Floats


@overload
def volume_ml(
    activity_bq: float, elapsed_h: float, *, half_life_h: float, concentration_bq_ml: float
) -> float: ...
@overload
def volume_ml(
    activity_bq: ArrayLike,
    elapsed_h: ArrayLike,
    *,
    half_life_h: ArrayLike,
    concentration_bq_ml: ArrayLike,
) -> Floats: ...
def volume_ml(
    activity_bq: ArrayLike,
    elapsed_h: ArrayLike,
    *,
    half_life_h: ArrayLike,
    concentration_bq_ml: ArrayLike,
) -> Floats | float:
    """Volume that holds an activity some time after calibration [mL].

    Args:
        activity_bq: Activity wanted at administration. [Bq]
        elapsed_h: Time from calibration to administration. [h]
        half_life_h: Physical half-life, positive. [h]
        concentration_bq_ml: Concentration at calibration, positive. [Bq/mL]
    """
    needed = activity_needed(activity_bq, elapsed_h, half_life_h)
    return same_kind(needed / np.asarray(concentration_bq_ml))


@overload
def activity_at(
    volume_ml: float, elapsed_h: float, *, half_life_h: float, concentration_bq_ml: float
) -> float: ...
@overload
def activity_at(
    volume_ml: ArrayLike,
    elapsed_h: ArrayLike,
    *,
    half_life_h: ArrayLike,
    concentration_bq_ml: ArrayLike,
) -> Floats: ...
def activity_at(
    volume_ml: ArrayLike,
    elapsed_h: ArrayLike,
    *,
    half_life_h: ArrayLike,
    concentration_bq_ml: ArrayLike,
) -> Floats | float:
    """Activity that a volume holds some time after calibration [Bq].

    Args:
        volume_ml: Volume in the vial. [mL]
        elapsed_h: Time since calibration. [h]
        half_life_h: Physical half-life, positive. [h]
        concentration_bq_ml: Concentration at calibration. [Bq/mL]
    """
    at_calibration = np.asarray(volume_ml) * np.asarray(concentration_bq_ml)
    return same_kind(at_calibration * fraction_left(elapsed_h, half_life_h))


@dataclass(frozen=True, slots=True, kw_only=True)
class VialSpec:
    """What the label of a patient-specific product allows.

    Raises:
        OutOfRangeError: If a figure cannot be.
    """

    concentration_bq_ml: float
    """Concentration at calibration. [Bq/mL]"""
    min_ml: float
    """Smallest volume filled. [mL]"""
    max_ml: float
    """Largest volume filled. [mL]"""
    activity_bq: float
    """Activity stated for the time of administration. [Bq]"""
    tolerance: float = 0.1
    """How far the activity at administration may be off, as a fraction. [unitless]"""
    shelf_life_h: float = float("inf")
    """Time after calibration within which the vial may be given. [h]"""

    def __post_init__(self) -> None:
        for name in ("concentration_bq_ml", "min_ml", "activity_bq", "shelf_life_h"):
            value = getattr(self, name)
            if not value > 0:
                raise OutOfRangeError(name, value, allowed="more than 0")
        if not self.max_ml >= self.min_ml:
            raise OutOfRangeError("max_ml", self.max_ml, allowed=f"at least {self.min_ml} mL")
        if not 0 <= self.tolerance < 1:
            raise OutOfRangeError("tolerance", self.tolerance, allowed="from 0 to below 1")

    def fill_ml(self, elapsed_h: ArrayLike, half_life_h: ArrayLike) -> Floats:
        """Volume to fill for administration some time after calibration, within limits [mL].

        Args:
            elapsed_h: Time from calibration to administration. [h]
            half_life_h: Physical half-life. [h]
        """
        wanted = volume_ml(
            self.activity_bq,
            np.asarray(elapsed_h, dtype=np.float64),
            half_life_h=half_life_h,
            concentration_bq_ml=self.concentration_bq_ml,
        )
        return np.clip(wanted, self.min_ml, self.max_ml)

    def filled_activity_bq(self, elapsed_h: ArrayLike, half_life_h: ArrayLike) -> Floats:
        """Activity at administration of a vial filled within its limits [Bq].

        Args:
            elapsed_h: Time from calibration to administration. [h]
            half_life_h: Physical half-life. [h]
        """
        return activity_at(
            self.fill_ml(elapsed_h, half_life_h),
            np.asarray(elapsed_h, dtype=np.float64),
            half_life_h=half_life_h,
            concentration_bq_ml=self.concentration_bq_ml,
        )

    def can_serve(self, elapsed_h: ArrayLike, half_life_h: ArrayLike) -> NDArray[np.bool_]:
        """Whether a vial given then is in shelf life and within tolerance of its activity.

        Args:
            elapsed_h: Time from calibration to administration. [h]
            half_life_h: Physical half-life. [h]
        """
        elapsed = np.asarray(elapsed_h, dtype=np.float64)
        ratio = self.filled_activity_bq(elapsed, half_life_h) / self.activity_bq
        # An ulp of slack, so that a time computed as the limit is inside it.
        slack = self.tolerance * (1 + 1e-12)
        in_life = (elapsed >= 0) & (elapsed <= self.shelf_life_h)
        return np.asarray(in_life & (np.abs(ratio - 1) <= slack), dtype=np.bool_)

    def window_h(
        self, half_life_h: float, *, tolerance: float | None = None
    ) -> tuple[float, float]:
        """Earliest and latest time after calibration at which a vial can be given [h].

        Args:
            half_life_h: Physical half-life. [h]
            tolerance: Fraction the activity may be off; the label's by default. [unitless]

        Returns:
            The latest time is before the earliest when there is no such time.
        """
        off = self.tolerance if tolerance is None else tolerance
        smallest_bq = self.min_ml * self.concentration_bq_ml
        largest_bq = self.max_ml * self.concentration_bq_ml
        earliest = hours_until(smallest_bq, self.activity_bq * (1 + off), half_life_h)
        latest = hours_until(largest_bq, self.activity_bq * (1 - off), half_life_h)
        return max(0.0, earliest), min(latest, self.shelf_life_h)
