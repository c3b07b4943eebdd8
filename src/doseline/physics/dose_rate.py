r"""Dose rate from a small source: :math:`\dot H = K A \tau / d^2`.

K is the air kerma rate constant of the photons above 20 keV. Two simplifications, both stated in
every result that rests on them: 1 Gy of air kerma counts as 1 Sv, and the source is a point
without self-absorption. Bremsstrahlung of pure beta emitters is not in K.

Functions take numbers or arrays and broadcast them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from doseline.physics.chains import chain_activities
from doseline.physics.kinds import same_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable

SV_PER_GY = 1.0
"""Dose equivalent per air kerma, a convention. [Sv/Gy]"""


@overload
def dose_rate_usv_h(
    activity_bq: float,
    *,
    air_kerma_ugy_m2_gbq_h: float,
    distance_m: float = ...,
    transmission: float = ...,
) -> float: ...
@overload
def dose_rate_usv_h(
    activity_bq: ArrayLike,
    *,
    air_kerma_ugy_m2_gbq_h: ArrayLike,
    distance_m: ArrayLike = ...,
    transmission: ArrayLike = ...,
) -> Floats: ...
def dose_rate_usv_h(
    activity_bq: ArrayLike,
    *,
    air_kerma_ugy_m2_gbq_h: ArrayLike,
    distance_m: ArrayLike = 1.0,
    transmission: ArrayLike = 1.0,
) -> Floats | float:
    """Dose rate at a distance from a source in its pot [µSv/h].

    Args:
        activity_bq: Activity. [Bq]
        air_kerma_ugy_m2_gbq_h: Air kerma rate constant. [µGy m²/(GBq h)]
        distance_m: Distance from the source, positive. [m]
        transmission: Share of the dose rate that passes the pot. [unitless]
    """
    at_1_m = np.asarray(activity_bq) * 1e-9 * np.asarray(air_kerma_ugy_m2_gbq_h) * SV_PER_GY
    return same_kind(at_1_m * np.asarray(transmission) / np.square(np.asarray(distance_m)))


@overload
def lead_transmission(thickness_mm: float, *, half_value_mm: float) -> float: ...
@overload
def lead_transmission(thickness_mm: ArrayLike, *, half_value_mm: ArrayLike) -> Floats: ...
def lead_transmission(thickness_mm: ArrayLike, *, half_value_mm: ArrayLike) -> Floats | float:
    """Share of the dose rate that passes a shield, in broad beam without build-up [unitless].

    Args:
        thickness_mm: Thickness of the shield. [mm]
        half_value_mm: Thickness that halves the dose rate, positive. [mm]
    """
    halvings = np.asarray(thickness_mm, dtype=np.float64) / np.asarray(half_value_mm)
    return same_kind(np.exp2(-halvings))


def air_kerma_of_mixture(
    table: NuclideTable, start_bq: Mapping[str, float], elapsed_h: float
) -> float:
    """Air kerma rate at 1 m of a mixture and all that grew in it, unshielded [µGy/h].

    Args:
        table: The nuclide table.
        start_bq: Activity of each nuclide at the start. [Bq]
        elapsed_h: Time since then, zero or more. [h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        MissingFigureError: If a nuclide that is there has no air kerma constant.
    """
    grown = chain_activities(table, start_bq, elapsed_h)
    return float(
        sum(
            activity * 1e-9 * table[name].air_kerma()
            for name, activity in zip(grown.nuclides, grown.activity_bq[0], strict=True)
            if activity > 0
        )
    )
