"""What is told of the routes of a product: frames, and what each of their columns is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ENTRY_SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "routes": {
        "route": pl.String,
        "rnpv": pl.Float64,  # currency: expected net present value to the developer
        "error": pl.Float64,  # currency: standard error of rnpv by simulation
        "low": pl.Float64,  # currency: 5 % point of rnpv over the uncertain figures
        "high": pl.Float64,  # currency: 95 % point
        "best": pl.Float64,  # probability that no other route has a larger rnpv
        "loss": pl.Float64,  # probability that money is lost, failures counted
        "spent": pl.Float64,  # currency: discounted cost of steps, positive
        "earned": pl.Float64,  # currency: discounted margin of uses
        "elsewhere": pl.Float64,  # currency: worth of human data elsewhere
        "patients": pl.Float64,  # expected until the last day counted, trials included
        "free": pl.Float64,  # of them treated in trials
        "round_missed": pl.Float64,  # currency: change of rnpv if every round is missed once; or null
        "listed_price": pl.Float64,  # currency/dose: most likely price once listed; null without
    },
    "times": {
        "route": pl.String,
        "milestone": pl.String,
        "probability": pl.Float64,  # that it is reached
        "low": pl.Date,  # 10 % point, of those that reach it
        "median": pl.Date,
        "high": pl.Date,  # 90 % point
        "months": pl.Float64,  # mean, from the start of the route
    },
    "steps": {
        "route": pl.String,
        "step": pl.String,
        "milestone": pl.String,
        "begun": pl.Float64,  # probability that it begins
        "succeeded": pl.Float64,  # probability that it has succeeded
        "start": pl.Date,  # median, of those that begin
        "low": pl.Date,  # end: 10 % point
        "median": pl.Date,
        "high": pl.Date,
    },
    "uses": {
        "route": pl.String,
        "use": pl.String,
        "kind": pl.String,
        "share_percent": pl.Float64,  # most likely
        "price": pl.Float64,  # currency/dose, most likely
        "price_from": pl.String,  # own row, product, or given
        "price_assumed": pl.Boolean,
        "unit_cost": pl.Float64,  # currency/dose, most likely
        "evidence": pl.String,  # of the price; empty if given
    },
    "patients": {
        "route": pl.String,
        "year": pl.Int64,
        "kind": pl.String,  # trial, or a kind of use
        "patients": pl.Float64,
    },
    "money": {
        "route": pl.String,
        "kind": pl.String,  # step, use or programme
        "item": pl.String,
        "amount": pl.Float64,  # currency: expected, discounted
    },
    "inputs": {
        "name": pl.String,  # step or use; empty for the terms
        "column": pl.String,
        "evidence": pl.String,
        "assumed": pl.Boolean,
        "swing": pl.Float64,  # currency: largest of any route
        "information": pl.Float64,  # currency: of knowing it before a route is chosen
    },
    "effects": {
        "route": pl.String,
        "name": pl.String,
        "column": pl.String,
        "low": pl.Float64,  # the figure's low end
        "high": pl.Float64,
        "rnpv_low": pl.Float64,  # currency: rnpv with the figure at its low end
        "rnpv_high": pl.Float64,
    },
}
"""Columns of each frame, with their types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTold:
    """The routes of a product, judged."""

    product: str
    currency: str
    valued_on: date
    counted_until: date
    samples: int
    patients_per_year: float
    """Who pass the gates of the pathway, most likely. [1/year]"""
    doses: float
    """Of a course, expected. [unitless]"""
    information: float
    """What perfect information is worth before a route is chosen. [currency]"""
    evidence: Mapping[str, int]
    """Rows that cite each row of evidence."""
    frames: Mapping[str, pl.DataFrame]
    """By name, columns of ``ENTRY_SCHEMAS``."""

    def frame(self, name: str) -> pl.DataFrame:
        """The frame of that name."""
        return self.frames[name]


def framed(name: str, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    """Rows as a frame of the schema of that name."""
    return pl.DataFrame(rows, schema=ENTRY_SCHEMAS[name], orient="row")
