"""What is true of a batch slot, site and itinerary, whatever the infusion slot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from doseline.physics.decay import fraction_left
from doseline.routes.cells import first_reason
from doseline.routes.clock import MS_PER_HOUR
from doseline.routes.graph import MICRO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.routes.cells import Codes
    from doseline.routes.doses import Doses
    from doseline.routes.grid import Grid
    from doseline.routes.itineraries import Itineraries
    from doseline.routes.runs import Runs
    from doseline.routes.timetable import Ints

    Floats: TypeAlias = NDArray[np.float64]

Number = TypeVar("Number", np.int64, np.float64)

TRANSPORT_INDEX_MAX = np.array([10.0, 10.0, 3.0])
"""Most of a package by road, on cargo and on passenger aircraft.

Source: 49 CFR 173.441(a), and 175.700(b)(1) for passenger aircraft.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """One row a batch slot, site and itinerary; figures of a missing itinerary mean nothing."""

    arrive_ms: Ints
    left_at_departure: Floats
    """Share of the activity at calibration. [unitless]"""
    left_at_arrival: Floats
    """Share of the activity at calibration. [unitless]"""
    cost: Floats
    """Vial and lanes. [currency]"""
    dose_rate_msv_h_bq: Floats
    """At 1 m from the package, per activity in it. [mSv/(h Bq)]"""
    index_max: Floats
    """Largest transport index that the modes of the itinerary take."""
    package_max_bq: Floats
    connects: Floats
    """Probability that no delay misses a connection; 0 without itinerary. [unitless]"""
    late: Floats
    """Probability that a leg after the last connection is late: leg x row. [unitless]"""
    late_mean_h: Floats
    """Mean of that delay: leg x row. [h]"""
    refused: Codes
    """No lane, a missed cut-off, or a pharmacy without licence."""


def entries(grid: Grid, *, runs: Runs, ways: Itineraries, doses: Doses) -> Entries:
    """The entries of a grid."""
    batch, way, missing = grid.entry_batch, grid.entry_way, grid.entry_way < 0
    product, ready_ms = runs.product[batch], runs.ready_ms[batch]
    half_life_h, nothing = doses.half_life_h[product], np.zeros_like(batch)
    arrive_ms = np.where(missing, ready_ms, _gathered(ways.arrive_ms, way))
    depart_ms = np.where(missing, ready_ms, _gathered(ways.depart_ms, way))
    reached = ways.reached[batch, grid.entry_site]
    unlicensed = ways.unlicensed[batch, grid.entry_site]
    return Entries(
        arrive_ms=arrive_ms,
        left_at_departure=fraction_left((depart_ms - ready_ms) / MS_PER_HOUR, half_life_h),
        left_at_arrival=fraction_left((arrive_ms - ready_ms) / MS_PER_HOUR, half_life_h),
        cost=(runs.cost[batch] + np.where(missing, nothing, _gathered(ways.cost, way))) / MICRO,
        dose_rate_msv_h_bq=doses.dose_rate_msv_h_bq[product],
        index_max=TRANSPORT_INDEX_MAX[np.where(missing, nothing, _gathered(ways.mode, way))],
        package_max_bq=doses.package_max_bq[product],
        connects=np.where(missing, 0.0, _gathered(ways.connects, way)),
        late=np.stack([_gathered(leg, way) for leg in ways.late]),
        late_mean_h=np.stack([_gathered(leg, way) for leg in ways.late_mean_h]),
        refused=first_reason(
            batch.size,
            no_lane_reaches_site=missing & ~reached,
            pharmacy_not_licensed=missing & unlicensed,
            missed_cut_off=missing & reached & ~unlicensed,
        ),
    )


def _gathered(values: NDArray[Number], rows: Ints) -> NDArray[Number]:
    """The values of some rows; anything where the row is -1."""
    if not values.size:
        return np.ones(rows.size, dtype=values.dtype)
    return values[rows]
