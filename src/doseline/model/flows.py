"""Flows: the doses of a plan and of what was delivered, one row a dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

FLOW_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "patient": pl.String,
    "product": pl.String,
    "kind": pl.String,  # new or continuing
    "payer": pl.String,
    "site": pl.String,
    "line": pl.String,  # null if unserved, as all that follows
    "batch": pl.String,
    "suite": pl.String,
    "lanes": pl.String,  # names joined by " > "
    "ready": pl.Datetime("ms", "UTC"),
    "depart": pl.Datetime("ms", "UTC"),
    "arrive": pl.Datetime("ms", "UTC"),
    "infuse": pl.Datetime("ms", "UTC"),
    "activity_ready_gbq": pl.Float64,
    "activity_infuse_gbq": pl.Float64,
    "volume_ml": pl.Float64,
    "transport_index": pl.Float64,
    "cost": pl.Float64,
    "on_time": pl.Float64,
    "link": pl.String,  # if unserved: the link that lost it (model.ledger.LINKS)
    "reason": pl.String,  # if unserved: key of the sentence that explains it
    "ending": pl.String,  # what was delivered (model.ledger.DOSE_ENDINGS); null in a plan
}

LEG_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "leg": pl.Int32,  # from 1 on, in travel order
    "lane": pl.String,
    "depart": pl.Datetime("ms", "UTC"),
    "arrive": pl.Datetime("ms", "UTC"),
}

DRAW_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "batch": pl.String,
    "lot": pl.String,
    "source": pl.String,  # empty: the line's opening stock
    "reference": pl.Datetime("ms", "UTC"),
    "used_gbq": pl.Float64,  # at the reference time
}

FEE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "product": pl.String,
    "promised": pl.Date,
    "day": pl.Date,  # of the infusion; null if the dose is called off
    "days_before": pl.Int64,  # of the rung of the ladder
    "fee_percent": pl.Float64,
    "amount": pl.Float64,
    "currency": pl.String,
    "why": pl.String,  # moved or called_off
}

RESERVATION_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "patient": pl.String,
    "product": pl.String,
    "cycle": pl.Int64,
    "site": pl.String,
    "suite": pl.String,
    "day_before": pl.Date,  # held before this plan
    "day": pl.Date,  # held now; null if the patient's dose of this week is left
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know about a plan: a key of the message catalogue and the values in it."""

    key: str
    """The sentence is ``report.note.<key>``."""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The exact plan of one week: what each order gets, which batches and lots open, the proof."""

    week: date
    flows: pl.DataFrame
    """One row an order, columns of ``FLOW_SCHEMA``; unserved orders have a link and a reason."""
    batches: pl.DataFrame
    """batch, line, product, open, doses, activity_gbq, max_activity_gbq, max_doses, start, ready, release."""
    lots: pl.DataFrame
    """lot, source, line, reference, used_gbq, capacity_gbq, cost."""
    objective: float
    """Cost plus penalties of unserved orders. [currency]"""
    cost: float
    """The money in it: vials, lanes, batches, isotope and fees, penalties left out. [currency]"""
    bound: float
    """No plan can have a smaller objective. [currency]"""
    gap: float
    """(objective - bound) / max(1, |objective|). [unitless]"""
    status: str
    """optimal (within the asked gap), feasible, or empty."""
    solver: str
    notes: tuple[Note, ...] = field(default_factory=tuple)
    legs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEG_SCHEMA))
    """One row a leg of each served order, columns of ``LEG_SCHEMA``."""
    draws: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DRAW_SCHEMA))
    """One row a batch and delivery that it draws from, columns of ``DRAW_SCHEMA``."""
    fees: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FEE_SCHEMA))
    """One row an order whose promised day is not kept at a fee, columns of ``FEE_SCHEMA``."""
    reservations: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=RESERVATION_SCHEMA)
    )
    """One row a later cycle of an ordered patient, columns of ``RESERVATION_SCHEMA``."""
    written_off: float = 0.0
    """The money in the cost that went into vials, and lanes of theirs, that no order gets. [currency]"""
    penalty: float = 0.0
    """Least penalty of leaving an order in the objective; 0 without orders. [currency]"""

    @property
    def more_orders(self) -> int:
        """No plan gains more than so many orders of the least priority over this one."""
        return int((self.objective - self.bound) / self.penalty) if self.penalty > 0 else 0

    @property
    def gap_of_cost(self) -> float:
        """(objective - bound) / max(1, cost): stricter than the gap, which counts penalties too."""
        return (self.objective - self.bound) / max(1.0, self.cost)
