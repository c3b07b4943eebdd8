"""Delivery options: each way a dose can be made, travel and be infused, and why it may not.

One row for each product, batch slot, site, itinerary and infusion slot that starts between the
batch's calibration and 24 h after the end of its shelf life. A batch slot without itinerary to a
site, or without a slot there, still has rows, so that the reason can be told; where the site has
no slot in time, every slot that it has is beyond shelf life. The row fixes the activity: the vial
must hold what the label asks for at the start of the slot.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from doseline.model.options import OPTION_SCHEMA, REFUSALS, Options
from doseline.physics.transport import transport_index
from doseline.routes.cells import Cells, cells
from doseline.routes.clock import MS_PER_HOUR, monday
from doseline.routes.doses import doses
from doseline.routes.entries import Entries, entries
from doseline.routes.grid import Grid, grid
from doseline.routes.permits import may_make, permits
from doseline.routes.pharmacies import licensed_itineraries
from doseline.routes.runs import Runs, runs
from doseline.routes.shifts import without_common_hours
from doseline.routes.slots import slot_days, slots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable
    from doseline.routes.cells import Codes, Floats
    from doseline.routes.doses import Doses
    from doseline.routes.itineraries import Itineraries
    from doseline.routes.permits import Permits
    from doseline.routes.slots import Slots
    from doseline.routes.timetable import Bools, Ints

Offers: TypeAlias = AbstractSet[tuple[str, str]]
"""Pairs of site and product, by name, that take part."""

_ARRIVES_AFTER_SLOT, _INDEX_OVER_LIMIT, _OVER_PACKAGE_LIMIT, _POSSESSION_TOO_SMALL = (
    np.uint8(REFUSALS.index(reason))
    for reason in (
        "arrives_after_slot",
        "transport_index_over_limit",
        "activity_over_package_limit",
        "possession_limit_too_small",
    )
)


def build_options(
    network: Network,
    *,
    nuclides: NuclideTable,
    week: date,
    offers: Offers | None = None,
    nights: Mapping[str, int] | None = None,
    use_factors: Mapping[str, float] | None = None,
) -> Options:
    """The delivery options of the batches whose synthesis starts in a week.

    Rows are sorted by batch slot, site, itinerary and slot.

    Args:
        network: The network.
        nuclides: The nuclide table.
        week: Monday of the week, at each line's own dates.
        offers: Who takes part; None: every site offers every product.
        nights: Nights in hospital until release by product; a product that is missing has none.
            A product with nights needs a suite with beds. [d]
        use_factors: Weight of an activity in a day's operating quantity by nuclide; one that is
            missing has 1. [unitless]

    Raises:
        NotAMondayError: If the week does not start on a Monday.
        BatchDayError: If a batch slot does not name one day.
        UnknownPlaceError: If a lane starts or ends nowhere.
        UnknownNuclideError: If the nuclide table does not hold a product's nuclide.
        MissingFigureError: If that nuclide has no air kerma constant.
    """
    asked = prepare(network, nuclides=nuclides, week=week, offers=offers, nights=nights)
    return Options(
        week=week,
        rows=option_rows(asked),
        itineraries=asked.ways.frame,
        slots=asked.slots.frame,
        nights=asked.nights,
        use_factors=tuple(
            (use_factors or {}).get(name, 1.0) for name in network.frame("products")["nuclide"]
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that the option rows of a week follow from."""

    week: date
    runs: Runs
    ways: Itineraries
    slots: Slots
    doses: Doses
    permits: Permits
    may_make: Bools
    offered: Bools
    nights: tuple[int, ...]
    """Nights in hospital until release, by row number in products. [d]"""
    unstaffed: Bools
    """Whether the staff that a product needs are too briefly together: product x slot."""


def prepare(
    network: Network,
    *,
    nuclides: NuclideTable,
    week: date,
    offers: Offers | None = None,
    nights: Mapping[str, int] | None = None,
) -> Asked:
    """Batch slots, itineraries, infusion slots, doses and permits of a week.

    Arguments and errors are those of :func:`build_options`.
    """
    made = runs(network, monday(week))
    last = _date(made.expiry_ms.max(initial=0)) + timedelta(days=1)
    open_slots = slots(network, week)
    return Asked(
        week=week,
        runs=made,
        ways=licensed_itineraries(network, made, first=week - timedelta(days=1), last=last),
        slots=open_slots,
        doses=doses(network, nuclides, on=week),
        permits=permits(network, week=week, days=slot_days(network)),
        may_make=may_make(network, made),
        offered=_offered(network, offers),
        nights=tuple((nights or {}).get(name, 0) for name in network.frame("products")["product"]),
        unstaffed=without_common_hours(network, open_slots.frame),
    )


def option_rows(asked: Asked) -> pl.DataFrame:
    """The option rows, in the columns of ``OPTION_SCHEMA``."""
    shape = grid(asked.runs, asked.ways, asked.slots)
    cell = cells(
        shape,
        runs=asked.runs,
        slots=asked.slots,
        doses=asked.doses,
        permits=asked.permits,
        may_make=asked.may_make,
        offered=asked.offered,
        nights=asked.nights,
        unstaffed=asked.unstaffed,
    )
    entry = entries(shape, runs=asked.runs, ways=asked.ways, doses=asked.doses)
    return _rows(shape, asked.runs, cell, entry, on=asked.week)


def _date(instant_ms: int) -> date:
    return datetime.fromtimestamp(int(instant_ms) / 1000, tz=UTC).date()


def _offered(network: Network, offers: Offers | None) -> Bools:
    """Whether a site offers a product: product x site."""
    sites, products = network.frame("sites")["site"], network.frame("products")["product"]
    offered = [
        [offers is None or (site, product) in offers for site in sites] for product in products
    ]
    return np.array(offered, dtype=np.bool_).reshape(len(products), len(sites))


def _rows(grid: Grid, runs: Runs, cell: Cells, entry: Entries, *, on: date) -> pl.DataFrame:
    """Each row from its entry and its cell."""
    of_entry, of_cell = grid.row_entry, grid.row_cell
    batch, slot = grid.entry_batch[of_entry], grid.cell_slot[of_cell]
    infuse_ms, arrive_ms = cell.infuse_ms[of_cell], entry.arrive_ms[of_entry]
    ready_bq = cell.activity_ready_bq[of_cell]
    arrive_bq = ready_bq * entry.left_at_arrival[of_entry]
    depart_bq = ready_bq * entry.left_at_departure[of_entry]
    index = transport_index(depart_bq * entry.dose_rate_msv_h_bq[of_entry], on=on)
    refusal = _refusal(
        cell.before[of_cell],
        entry.refused[of_entry],
        cell.slotless[of_cell],
        ((slot >= 0) & (arrive_ms > infuse_ms)) * _ARRIVES_AFTER_SLOT,
        cell.after[of_cell],
        (index > entry.index_max[of_entry]) * _INDEX_OVER_LIMIT,
        (depart_bq > entry.package_max_bq[of_entry]) * _OVER_PACKAGE_LIMIT,
        (arrive_bq > cell.possession_bq[of_cell]) * _POSSESSION_TOO_SMALL,
    )
    frame = pl.DataFrame(
        {
            "product": runs.product[batch],
            "line": runs.line[batch],
            "batch": batch,
            "itinerary": grid.entry_way[of_entry],
            "site": grid.entry_site[of_entry],
            "slot": slot,
            "ready_ms": runs.ready_ms[batch],
            "arrive_ms": arrive_ms,
            "infuse_ms": infuse_ms,
            "activity_ready_bq": ready_bq,
            "activity_arrive_bq": arrive_bq,
            "activity_infuse_bq": cell.activity_infuse_bq[of_cell],
            "volume_ml": cell.volume_ml[of_cell],
            "transport_index": index,
            "cost": entry.cost[of_entry],
            "on_time": _on_time(entry, of_entry, infuse_ms - arrive_ms),
            "refusal": refusal,
        },
        schema_overrides=OPTION_SCHEMA,
    )
    return _without_meaningless(frame)


def _refusal(*reasons: Codes) -> Codes:
    """The first reason of each row, from reasons in the order in which they are checked."""
    code = reasons[-1].copy()
    for earlier in reversed(reasons[:-1]):
        np.copyto(code, earlier, where=earlier > 0)
    return code


def _on_time(entry: Entries, of_entry: Ints, slack_ms: Ints) -> Floats:
    """Probability that a dose arrives before its slot.

    A leg arrives as planned with its probability p, otherwise late by an exponential time with
    mean m. It does no harm if it is late by less than its buffer s: the time to the cut-off of
    the next timed departure or, after the last one, to the slot. So the probability is the
    product over the legs of 1 - (1 - p) exp(-s / m). Delays of several legs do not add up in
    this formula, and a missed departure counts as too late.
    """
    slack_h = np.maximum(slack_ms, 0) / MS_PER_HOUR
    probability = np.where(slack_ms < 0, 0.0, entry.connects[of_entry])
    for late, mean_h in zip(entry.late, entry.late_mean_h, strict=True):
        if late.any():
            passes = np.exp(slack_h * (-1.0 / mean_h)[of_entry])
            probability *= 1.0 - late[of_entry] * passes
    return probability


def _without_meaningless(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with nulls where there is no itinerary or no slot."""
    no_way = ["arrive_ms", "cost"]
    no_slot = ["infuse_ms", "activity_infuse_bq", "activity_ready_bq", "volume_ml"]
    neither = ["activity_arrive_bq", "transport_index"]
    has_way, has_slot = pl.col("itinerary") >= 0, pl.col("slot") >= 0
    return rows.with_columns(
        pl.when(has_way).then(pl.col(no_way)),
        pl.when(has_slot).then(pl.col(no_slot)),
        pl.when(has_way & has_slot).then(pl.col(neither)),
        on_time=pl.when(has_slot).then("on_time").otherwise(0.0),
    )
