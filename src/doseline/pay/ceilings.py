"""What ``doseline ceilings`` finds: limits by segment and party, curves, sites, and the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date

MONEY = pl.Decimal(38, 2)

SEGMENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.Int64,
    "product": pl.String,
    "payer": pl.String,
    "setting": pl.String,
    "locality": pl.String,
    "history": pl.String,  # makes, listed, listing or free
    "facts": pl.String,  # contract, cover and discount, where a network has them
    "sites": pl.Int64,
    "share": pl.Float64,  # of the product's patients whom the payer covers
    "patients": pl.Float64,  # expected a year at the price of today, hidden where it is shown
    "price": MONEY,  # of today
    "binds": pl.String,  # kind of the limit with the lowest ceiling; null if there is none
    "party": pl.String,
    "ceiling": MONEY,  # null if there is none
    "floor": MONEY,  # what a dose costs its maker and developer; null where no line makes it
}
"""A row a segment."""

LIMIT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.Int64,
    "party": pl.String,
    "kind": pl.String,
    "state": pl.String,  # limit, open or never
    "ceiling": MONEY,
    "binds": pl.Boolean,  # the lowest of those by which a party leaves
    "stretches": pl.List(pl.List(MONEY)),  # low and high; a null high is no end
    "rule": pl.String,
    "moved_by": pl.String,  # parameter that moves the ceiling most; null where none is known
    "moved": MONEY,  # change of the ceiling by one percent more of it
    "keys": pl.List(pl.String),
    "assumed_keys": pl.List(pl.String),
    "assumed_share": pl.Float64,
    "confidence": pl.String,
    "complete": pl.Boolean,  # walked over the rules; else sampled
}
"""A row a segment and limit."""

LATER_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "segment": pl.Int64,
    "low": MONEY,  # lowest price at which the hospital takes part; null if it never does
    "high": MONEY,  # highest; null if there is no end, or never
}
"""A row a segment whose rates follow the price, once they have."""

CURVE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "price": MONEY,
    "patients": pl.Float64,  # a year, with the product
    "own": pl.Float64,  # a year, with the hospitals' own doses
    "cannot_pay": pl.Float64,  # a year, who reach a site and cannot pay
    "sites": pl.Int64,  # that offer the product
}
"""A row a product and price, in order of price."""

REACHED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "price": MONEY,
    "setting": pl.String,
    "locality": pl.String,
    "history": pl.String,
    "patients": pl.Float64,
}
"""Patients a year with the product, by kind of site, at some prices."""

CHOICE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "when": pl.String,  # before or after the launch
    "setting": pl.String,
    "locality": pl.String,
    "history": pl.String,
    "sites": pl.Int64,
    "buy": pl.Int64,
    "make": pl.Int64,
    "both": pl.Int64,
    "none": pl.Int64,
    "would_list": pl.Int64,  # would buy if their listing were done
    "scan": pl.Int64,  # have a scanner in their region whose tracer may be used
    "patients": pl.Float64,
}
"""What sites do, by kind of site."""

ROUND_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "when": pl.String,
    "rounds": pl.Int64,
    "cycle": pl.Int64,  # rounds after which all had come back, moving at once; 0 if never
    "settled": pl.Boolean,
}
"""How the choices of the sites came to rest."""

PAST_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "payer": pl.String,
    "setting": pl.String,
    "locality": pl.String,
    "launch": pl.Int64,
    "year": pl.Int64,
    "payment": MONEY,
    "hospital": MONEY,
    "listed": MONEY,
    "bought": pl.Boolean,
}
"""Ceilings by year of launch and year, where payments follow past cost."""

MEMORY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "key": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "kind": pl.String,
    "confidence": pl.String,
    "title": pl.String,
}
"""Parameters of the model of the past, with what they rest on."""


SMALLEST = 11
"""People a cell must have where it is shown (the rule of shared reports)."""


def told(people: float) -> float | None:
    """A number of people a year, none where they are too few to be shown."""
    return None if 0.0 < people < SMALLEST else people


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceilings:
    """Everything about the prices of a network's products."""

    day: date
    currency: str
    rulebook: str
    what_if: tuple[str, ...]
    """Parameters that a what-if has changed."""
    able: float
    """Share of patients who must be able to pay. [unitless]"""
    prices: dict[str, float]
    """Price of today of each product. [currency]"""
    segments: pl.DataFrame
    limits: pl.DataFrame
    later: pl.DataFrame
    curve: pl.DataFrame
    reached: pl.DataFrame
    choices: pl.DataFrame
    rounds: pl.DataFrame
    past: pl.DataFrame
    memory: pl.DataFrame

    @property
    def products(self) -> tuple[str, ...]:
        """Products in the order of the network."""
        return tuple(self.prices)
