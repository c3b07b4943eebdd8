"""What the label of each product asks of a vial, and what its radiation asks of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from doseline.model.supply import Product
from doseline.physics.dose_rate import dose_rate_usv_h
from doseline.physics.transport import transport_limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

    Floats: TypeAlias = NDArray[np.float64]

BQ_PER_GBQ = 1e9
USV_PER_MSV = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """One row a product."""

    activity_bq: Floats
    """At administration. [Bq]"""
    tolerance: Floats
    """How far that may be off. [unitless]"""
    concentration_bq_ml: Floats
    """At calibration. [Bq/mL]"""
    volume_min_ml: Floats
    volume_max_ml: Floats
    half_life_h: Floats
    dose_rate_msv_h_bq: Floats
    """At 1 m from the package, per activity in the vial. [mSv/(h Bq)]"""
    package_max_bq: Floats
    """Most in a Type A package: A2. [Bq]"""


def doses(network: Network, nuclides: NuclideTable, *, on: date) -> Doses:
    """The figures of all products.

    The dose rate counts the photons of the product's own nuclide, not those of daughters that
    grow in the vial or of impurities.

    Args:
        network: The network.
        nuclides: The nuclide table.
        on: Day of the transport rules.
    """
    products = network.rows(Product)
    nuclide = [nuclides[product.nuclide] for product in products]
    dose_rate_usv_h_bq = dose_rate_usv_h(
        1.0,
        air_kerma_ugy_m2_gbq_h=_array(one.air_kerma() for one in nuclide),
        transmission=_array(product.pot_transmission for product in products),
    )
    return Doses(
        activity_bq=_array(product.activity_gbq * BQ_PER_GBQ for product in products),
        tolerance=_array(product.tolerance_percent / 100 for product in products),
        concentration_bq_ml=_array(
            product.concentration_gbq_per_ml * BQ_PER_GBQ for product in products
        ),
        volume_min_ml=_array(product.volume_min_ml for product in products),
        volume_max_ml=_array(product.volume_max_ml for product in products),
        half_life_h=_array(one.half_life_h for one in nuclide),
        dose_rate_msv_h_bq=dose_rate_usv_h_bq / USV_PER_MSV,
        package_max_bq=_array(transport_limits(one, on=on).a2_bq for one in nuclide),
    )


def _array(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)
