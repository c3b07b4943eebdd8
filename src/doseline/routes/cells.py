"""What is true of a batch slot, site and infusion slot, whatever the itinerary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from doseline.model.options import REFUSALS
from doseline.physics.decay import fraction_left
from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doseline.routes.doses import Doses
    from doseline.routes.grid import Grid
    from doseline.routes.permits import Permits
    from doseline.routes.runs import Runs
    from doseline.routes.slots import Slots
    from doseline.routes.timetable import Bools, Ints

    Floats: TypeAlias = NDArray[np.float64]
    Codes: TypeAlias = NDArray[np.uint8]

TOLERANCE_SLACK = 1e-12
"""Rounding that does not count as outside the tolerance. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One row a batch slot, site and infusion slot."""

    infuse_ms: Ints
    """Start of the slot; calibration where there is no slot. [ms]"""
    activity_ready_bq: Floats
    activity_infuse_bq: Floats
    volume_ml: Floats
    possession_bq: Floats
    before: Codes
    """First reason among those checked before the itinerary."""
    slotless: Codes
    """Reason of a site without a slot in time, or of a slot without bed or common hours."""
    after: Codes
    """First reason among those checked between arrival and the package."""


def cells(
    grid: Grid,
    *,
    runs: Runs,
    slots: Slots,
    doses: Doses,
    permits: Permits,
    may_make: Bools,
    offered: Bools,
    nights: Sequence[int],
    unstaffed: Bools,
) -> Cells:
    """The cells of a grid.

    The volume is what holds the label's activity at the start of the slot, within the vial's
    limits; at a limit the activity then differs from the label's and may be out of tolerance.

    Args:
        grid: What the cells are.
        runs: The batch slots.
        slots: The infusion slots.
        doses: What each product asks.
        permits: Licences to treat.
        may_make: Whether each batch slot is licensed.
        offered: Whether a site offers a product: product x site.
        nights: Nights in hospital by product. [d]
        unstaffed: Whether staff are too briefly together: product x slot.
    """
    batch, site, has_slot = grid.cell_batch, grid.cell_site, grid.cell_slot >= 0
    product, ready_ms = runs.product[batch], runs.ready_ms[batch]
    day, infuse_ms = _when(grid, slots, ready_ms, any_day=permits.licensed.shape[2] - 1)
    left = fraction_left((infuse_ms - ready_ms) / MS_PER_HOUR, doses.half_life_h[product])
    wanted_bq, concentration = doses.activity_bq[product], doses.concentration_bq_ml[product]
    volume_ml = np.clip(
        wanted_bq / left / concentration, doses.volume_min_ml[product], doses.volume_max_ml[product]
    )
    ready_bq = volume_ml * concentration
    off = np.abs(ready_bq * left / wanted_bq - 1.0)
    allowed = (product, site, day)
    return Cells(
        infuse_ms=infuse_ms,
        activity_ready_bq=ready_bq,
        activity_infuse_bq=ready_bq * left,
        volume_ml=volume_ml,
        possession_bq=permits.possession_bq[allowed],
        before=first_reason(
            batch.size,
            line_closed=~runs.open[batch],
            product_not_licensed_at_line=~may_make[batch],
            product_not_licensed_at_site=~permits.licensed[allowed],
            training_expired_at_site=~permits.trained[allowed],
            site_does_not_offer=~offered[product, site],
        ),
        slotless=first_reason(
            batch.size,
            no_slot_in_time=~has_slot,
            no_isolation_bed=_without_bed(grid, slots, stays=_ints(nights)[product] > 0),
            no_common_hours=_without_staff(grid, product, unstaffed),
        ),
        after=first_reason(
            batch.size,
            not_released_before_use=has_slot & (runs.release_ms[batch] > infuse_ms),
            beyond_shelf_life=has_slot & (infuse_ms > runs.expiry_ms[batch]),
            outside_activity_tolerance=off > doses.tolerance[product] + TOLERANCE_SLACK,
        ),
    )


def _when(grid: Grid, slots: Slots, ready_ms: Ints, *, any_day: int) -> tuple[Ints, Ints]:
    """Day and start of each cell's slot; any day and calibration where there is none."""
    if not slots.day.size:
        return np.full_like(ready_ms, any_day), ready_ms
    has_slot, slot = grid.cell_slot >= 0, np.maximum(grid.cell_slot, 0)
    day = np.where(has_slot, slots.day[slot], any_day)
    return day, np.where(has_slot, slots.start_ms[slot], ready_ms)


def _without_bed(grid: Grid, slots: Slots, *, stays: Bools) -> Bools:
    """Whether the patient would stay overnight, but the slot's suite has no bed."""
    if not stays.any() or not slots.day.size:
        return np.zeros_like(stays)
    without: Bools = slots.beds[np.maximum(grid.cell_slot, 0)] == 0
    return stays & (grid.cell_slot >= 0) & without


def _without_staff(grid: Grid, product: Ints, unstaffed: Bools) -> Bools:
    """Whether the staff that each cell needs are too briefly together in its slot."""
    if not unstaffed.any():
        return np.zeros_like(grid.cell_slot, dtype=np.bool_)
    found: Bools = unstaffed[product, np.maximum(grid.cell_slot, 0)]
    return found & (grid.cell_slot >= 0)


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def first_reason(size: int, **holds: Bools) -> Codes:
    """Code of the first reason that holds, 0 if none does.

    Args:
        size: Number of rows.
        holds: Where each reason holds, by its name.
    """
    codes = np.zeros(size, dtype=np.uint8)
    for reason in reversed(REFUSALS):
        if reason in holds:
            codes[holds[reason]] = REFUSALS.index(reason)
    return codes
