"""Delivery options: every way a dose can be made, travel and be infused, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

LINK_OF_REFUSAL = {
    "line_closed": "no_batch_capacity",
    "product_not_licensed_at_line": "licence_or_possession",
    "product_not_licensed_at_site": "licence_or_possession",
    "training_expired_at_site": "licence_or_possession",
    "site_does_not_offer": "not_offered",
    "no_lane_reaches_site": "transport",
    "missed_cut_off": "transport",
    "pharmacy_not_licensed": "licence_or_possession",
    "no_slot_in_time": "no_suite",
    "no_isolation_bed": "no_suite",
    "no_common_hours": "no_suite",
    "arrives_after_slot": "transport",
    "not_released_before_use": "no_batch_capacity",
    "beyond_shelf_life": "transport",
    "outside_activity_tolerance": "transport",
    "transport_index_over_limit": "transport",
    "activity_over_package_limit": "transport",
    "possession_limit_too_small": "licence_or_possession",
}
"""Link of the ledger for each reason, in the order in which they are checked; a row keeps the
first that holds."""

REFUSALS = ("", *LINK_OF_REFUSAL)
"""Reasons by code; 0 is none."""

OPTION_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.Int32,  # row number in the network's products
    "line": pl.Int32,  # row number in lines
    "batch": pl.Int32,  # row number in batches
    "itinerary": pl.Int32,  # row number in Options.itineraries, -1 if there is none
    "site": pl.Int32,  # row number in sites
    "slot": pl.Int32,  # row number in Options.slots, -1 if there is none
    "ready_ms": pl.Int64,  # calibration (end of synthesis), UTC ms
    "arrive_ms": pl.Int64,  # at the site, UTC ms; null without itinerary
    "infuse_ms": pl.Int64,  # ordered administration, UTC ms
    "activity_ready_bq": pl.Float64,  # to be in the vial at calibration
    "activity_arrive_bq": pl.Float64,  # on arrival at the site
    "activity_infuse_bq": pl.Float64,  # at the ordered administration
    "volume_ml": pl.Float64,
    "transport_index": pl.Float64,
    "cost": pl.Float64,  # currency per dose: batch's cost of the vial plus the lanes
    "on_time": pl.Float64,  # probability that it arrives before its slot
    "refusal": pl.UInt8,  # index into REFUSALS, 0 if the option can be used
}

ITINERARY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "itinerary": pl.Int32,
    "batch": pl.Int32,
    "site": pl.Int32,
    "lanes": pl.String,  # lane names in travel order, joined by " > "
    "depart_ms": pl.Int64,  # hand-over or first departure, UTC ms
    "arrive_ms": pl.Int64,
    "leg_depart_ms": pl.List(pl.Int64),
    "leg_arrive_ms": pl.List(pl.Int64),
    "cost": pl.Float64,  # currency per package
    "on_time": pl.Float64,
    "by_air": pl.UInt8,  # 0 road only, 1 cargo aircraft, 2 passenger aircraft
    "leg_lane": pl.List(pl.Int32),  # row numbers in lanes, in travel order
}

SLOT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "slot": pl.Int32,
    "suite": pl.Int32,  # row number in suites
    "site": pl.Int32,  # row number in sites
    "day": pl.Date,  # date at the site
    "start_ms": pl.Int64,  # UTC ms
    "end_ms": pl.Int64,
    "chair_min": pl.Int64,  # chair minutes in the slot
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The delivery options of one week, with the itineraries and slots that they point to.

    ``rows`` has the columns of ``OPTION_SCHEMA``, ``itineraries`` of ``ITINERARY_SCHEMA``,
    ``slots`` of ``SLOT_SCHEMA``. Refused rows stay, each with its reason.
    """

    week: date
    rows: pl.DataFrame
    itineraries: pl.DataFrame
    slots: pl.DataFrame
    nights: tuple[int, ...] = ()
    """Nights in hospital until release, by row number in products; empty: none for any. [d]"""
    use_factors: tuple[float, ...] = ()
    """Weight of an activity in a day's operating quantity, by row number in products; empty: 1 for
    all. [unitless]"""

    @property
    def feasible(self) -> pl.DataFrame:
        """The rows that can be used."""
        return self.rows.filter(pl.col("refusal") == 0)
