"""Who must be called after a week was planned again, and by when."""

from __future__ import annotations

import polars as pl

CALLS = ("line", "carrier", "site")
"""Kinds of those who are called."""

CALL_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,  # one of CALLS
    "who": pl.String,  # line, carrier (null: none is named) or site
    "name": pl.String,  # its full name, where it has one
    "name_zh": pl.String,
    "mode": pl.String,  # carriers: vehicle
    "place": pl.String,  # carriers: where packages are handed over
    "by": pl.Datetime("ms", "UTC"),  # the first thing that differs happens then
    "zone": pl.String,  # of the place
    "batch": pl.String,  # lines
    "before": pl.Int64,  # lines: vials; carriers: packages on departures that differ
    "after": pl.Int64,
    "departures": pl.Int64,  # carriers: departures that differ
    "changes": pl.List(pl.String),  # sites: what became of each order, of replanned.CHANGES
}
