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

NEGLIGIBLE_SHARE = 1e-5
"""Share of the decays below which a nuclide without a constant is left out. [unitless]"""


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


def chain_air_kerma(table: NuclideTable, name: str) -> float:
    """Air kerma constant of a nuclide with its daughters in equilibrium [µGy m²/(GBq h)].

    In secular equilibrium: each daughter that lives less long than the nuclide counts with its
    share of the decays. A daughter without a constant counts as nothing when its share is below
    0.001 %.

    Args:
        table: The nuclide table.
        name: The nuclide.

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
        MissingFigureError: If a nuclide of the chain has no air kerma constant.
    """
    parent = table[name]
    shares = {parent.name: 1.0}
    total = 0.0
    for nuclide in table.chain(name):
        share = shares.get(nuclide.name, 0.0)
        if share == 0 or (nuclide.air_kerma_ugy_m2_gbq_h is None and share < NEGLIGIBLE_SHARE):
            continue
        total += share * nuclide.air_kerma()
        for mode in nuclide.modes:
            if mode.daughter in table and table[mode.daughter].half_life_h < parent.half_life_h:
                shares[mode.daughter] = shares.get(mode.daughter, 0.0) + share * mode.fraction
    return total


def mixture_dose_rate_usv_h(
    table: NuclideTable, start_bq: Mapping[str, float], elapsed_h: float
) -> float:
    """Dose rate at 1 m of a mixture and all that grew in it, unshielded [µSv/h].

    Args:
        table: The nuclide table.
        start_bq: Activity of each nuclide at the start. [Bq]
        elapsed_h: Time since then, zero or more. [h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        MissingFigureError: If a nuclide that matters has no air kerma constant.
    """
    grown = chain_activities(table, start_bq, elapsed_h)
    enough = NEGLIGIBLE_SHARE * float(grown.activity_bq.sum())
    total = 0.0
    for name, activity in zip(grown.nuclides, grown.activity_bq[0], strict=True):
        nuclide = table[name]
        if nuclide.air_kerma_ugy_m2_gbq_h is not None or activity > enough:
            total += dose_rate_usv_h(float(activity), air_kerma_ugy_m2_gbq_h=nuclide.air_kerma())
    return total
