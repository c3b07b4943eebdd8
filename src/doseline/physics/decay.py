r"""Decay of one nuclide: :math:`A(t) = A_0 \, 2^{-t / T_{1/2}}`.

Every function takes numbers or arrays and broadcasts them. NaN in gives NaN out: what people
type is refused earlier, where it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.kinds import same_kind

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats


@overload
def fraction_left(elapsed_h: float, half_life_h: float) -> float: ...
@overload
def fraction_left(elapsed_h: ArrayLike, half_life_h: ArrayLike) -> Floats: ...
def fraction_left(elapsed_h: ArrayLike, half_life_h: ArrayLike) -> Floats | float:
    """Fraction of the activity that is left after some time [unitless].

    Args:
        elapsed_h: Time since the reference time; may be negative. [h]
        half_life_h: Physical half-life, positive. [h]

    >>> fraction_left(24.0, 12.0)
    0.25
    """
    left = np.exp2(-np.asarray(elapsed_h, dtype=np.float64) / np.asarray(half_life_h))
    return same_kind(left)


@overload
def activity_after(activity_bq: float, elapsed_h: float, half_life_h: float) -> float: ...
@overload
def activity_after(
    activity_bq: ArrayLike, elapsed_h: ArrayLike, half_life_h: ArrayLike
) -> Floats: ...
def activity_after(
    activity_bq: ArrayLike, elapsed_h: ArrayLike, half_life_h: ArrayLike
) -> Floats | float:
    """Activity that is left of some activity after some time [Bq].

    Args:
        activity_bq: Activity at the reference time. [Bq]
        elapsed_h: Time since the reference time; may be negative. [h]
        half_life_h: Physical half-life, positive. [h]
    """
    return same_kind(np.asarray(activity_bq) * fraction_left(elapsed_h, half_life_h))


@overload
def activity_needed(activity_at_use_bq: float, wait_h: float, half_life_h: float) -> float: ...
@overload
def activity_needed(
    activity_at_use_bq: ArrayLike, wait_h: ArrayLike, half_life_h: ArrayLike
) -> Floats: ...
def activity_needed(
    activity_at_use_bq: ArrayLike, wait_h: ArrayLike, half_life_h: ArrayLike
) -> Floats | float:
    """Activity that must be there now, to have some activity after a wait [Bq].

    Args:
        activity_at_use_bq: Activity wanted at the end of the wait. [Bq]
        wait_h: Time from now until use. [h]
        half_life_h: Physical half-life, positive. [h]
    """
    waited = np.negative(np.asarray(wait_h, dtype=np.float64))
    return activity_after(activity_at_use_bq, waited, half_life_h)


@overload
def hours_until(activity_bq: float, target_bq: float, half_life_h: float) -> float: ...
@overload
def hours_until(activity_bq: ArrayLike, target_bq: ArrayLike, half_life_h: ArrayLike) -> Floats: ...
def hours_until(
    activity_bq: ArrayLike, target_bq: ArrayLike, half_life_h: ArrayLike
) -> Floats | float:
    """Time until an activity has decayed to a target; negative when it is below already [h].

    Args:
        activity_bq: Activity now, positive. [Bq]
        target_bq: Activity to reach, positive. [Bq]
        half_life_h: Physical half-life, positive. [h]

    >>> hours_until(8.0, 1.0, 12.0)
    36.0
    """
    ratio = np.asarray(activity_bq, dtype=np.float64) / np.asarray(target_bq, dtype=np.float64)
    return same_kind(np.asarray(half_life_h) * np.log2(ratio))
