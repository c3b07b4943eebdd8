"""A week planned again after something happened: the new plan, and what changed for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from doseline.model.events import Event
from doseline.model.flows import Plan
from doseline.model.network import Network

CHANGES = (
    "unchanged",
    "partial_yield",
    "adjusted",
    "moved",
    "swapped",
    "saved",
    "lost",
    "withdrawn",
    "added",
    "waiting",
)
"""What became of an order, as ``changes.change`` says:

- *unchanged*: the same dose, chair and hour.
- *partial_yield*: nothing but the activity changed, within the product's tolerance.
- *adjusted*: same batch, day and suite; another way or hour.
- *moved*: another batch, day or suite.
- *swapped*: it gets a vial that was made for another order; a new identity check is needed.
- *saved*: it was not served before and is now.
- *lost*: it was served before and is not any more.
- *withdrawn*: it was called off.
- *added*: it was added by an event, served or not.
- *waiting*: it was not served before and is not now.
"""

PARTS = ("batch", "day", "hour", "suite", "way", "activity", "vial")
"""What can differ between the dose before and after, as ``changes.what`` lists it."""

CAUSES = ("", "event", "makes_room", "finds_room")
"""Why an order changed: an event hit it, it makes room for others, or it was waiting and there is
room for it now."""

CHANGE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "patient": pl.String,
    "product": pl.String,
    "site": pl.String,
    "kind": pl.String,  # new or continuing
    "change": pl.String,  # one of CHANGES
    "what": pl.String,  # of PARTS, joined by " "; empty unless served before and after
    "cause": pl.String,  # one of CAUSES
    "event": pl.String,  # text of the event that hit the order; empty: none did
    "batch_before": pl.String,  # null if it was not served, as all ..._before
    "batch": pl.String,  # null if it is not served, as all that follow without ..._before
    "depart_before": pl.Datetime("ms", "UTC"),
    "depart": pl.Datetime("ms", "UTC"),
    "infuse_before": pl.Datetime("ms", "UTC"),
    "infuse": pl.Datetime("ms", "UTC"),
    "day_before": pl.Date,  # of infusion, at the site
    "day": pl.Date,
    "suite_before": pl.String,
    "suite": pl.String,
    "lanes_before": pl.String,
    "lanes": pl.String,
    "activity_before_gbq": pl.Float64,  # at infusion
    "activity_gbq": pl.Float64,
    "label_percent": pl.Float64,  # of the label's activity at infusion
    "days_moved": pl.Int64,  # later is positive; null unless served before and after
    "earliest": pl.Date,  # the window that was ordered
    "latest": pl.Date,
    "inside_window": pl.Boolean,  # null if not served
    "cost_before": pl.Float64,  # vial and lanes, 0 if not served [currency]
    "cost": pl.Float64,
    "cost_change": pl.Float64,
    "fee": pl.Float64,  # by the commitment ladder, for what the site or patient called off
    "vial_of": pl.String,  # order that a swapped vial was made for
    "new_identity_check": pl.Boolean,
    "link": pl.String,  # if not served: what stands in its way, as in FLOW_SCHEMA
    "reason": pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """The week planned again, and what that changed."""

    network: Network
    """Its table ``orders`` holds the added orders too."""
    plan: Plan
    """Its objective counts move prices. Of a batch started by ``at`` it tells what was made,
    whether or not it is used."""
    changes: pl.DataFrame
    """One row an order, in the plan's sequence, columns of ``CHANGE_SCHEMA``."""
    events: tuple[Event, ...]
    """What happened, the new events only."""
    at: datetime
    """What has physically happened by then never moves."""
    cost_before: float
    """Money in the plan before, and after with what is lost: [currency]."""
    cost_after: float
    penalty_before: float
    """Penalties of the orders that were not served before, and are not after. [currency]"""
    penalty_after: float
    move_price: float
    """What moving one order counts. [currency]"""
    adjust_price: float
    """What another hour or way on the same day counts. [currency]"""
    move_total: float
    """Sum of the prices of all that was moved or taken from who had it. [currency]"""
    most_moves: int | None
    """Most orders that may be moved though no event hit them; None: as many as pay."""
    others_moved: int
    """Orders that no event hit and that were moved, adjusted or lost to make room."""
    vials: pl.DataFrame
    """batch, vial_of (the order each was made for), site, order (who gets it; null: nobody),
    activity_gbq (at calibration; null: not filled after a low yield): vials of batches started by
    ``at``."""

    @property
    def counts(self) -> dict[str, int]:
        """Orders by what became of them, in the order of :data:`CHANGES`."""
        found = dict(self.changes.group_by("change").len().iter_rows())
        return {change: int(found.get(change, 0)) for change in CHANGES}

    @property
    def served_before(self) -> int:
        """Orders served before."""
        return int(self.changes["infuse_before"].is_not_null().sum())

    @property
    def served_after(self) -> int:
        """Orders served now."""
        return int(self.changes["infuse"].is_not_null().sum())
