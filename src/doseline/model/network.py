"""A network: settings and tables, frozen and checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import polars as pl

from doseline.model.catalogue import BY_NAME, BY_ROW
from doseline.model.columns import Column
from doseline.model.findings import Finding

Row = TypeVar("Row")

DTYPES: dict[str, Any] = {
    "text": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "yes/no": pl.Boolean,
    "money": pl.Decimal(38, 6),
    "date": pl.Date,
    "instant": pl.Datetime("us", "UTC"),
    "clock": pl.String,
    "weekdays": pl.String,
    "zone": pl.String,
    "nuclide": pl.String,
}
"""Polars type of each kind of column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``network.toml`` says: names, the cohort, the planned week and policy values."""

    name: str
    name_zh: str = ""
    currency: str
    """ISO 4217 code; one currency for the whole network."""
    rulebook: str
    """Name of the rulebook that prices its flows, e.g. ``us``."""
    cohort_start: date
    """A Monday: first day on which clocks of the cohort start."""
    cohort_weeks: int = 4
    warm_up_weeks: int = 8
    """Weeks simulated before the cohort, at the same rate, so that queues are filled."""
    plan_week: date
    """Monday of the week that is planned exactly."""
    seed: int = 1
    replications: int = 10
    """Seeds over which intervals are taken."""
    plan_as_of: date | None = None
    """Day as of which promises are counted; none: the Monday of the planned week."""
    plan_gap: float = 0.005
    """Relative gap at which the exact plan may stop. [unitless]"""
    minimum_margin: float = 0.0
    """Contribution per dose below which a site does not offer the therapy. [currency]"""
    map_outlines: str = ""
    """Outlines under the map: shipped ones by name, or a GeoJSON or TopoJSON file of the folder."""
    map_attribution: str = ""
    """Whose outlines they are, as the map must say."""
    variants: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Named variants: factors by ``table.column``, e.g. ``{"stress": {"incidence.per_year": 2}}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A checked network: its settings and one frame for each table, frozen.

    Columns, types and units of each frame are those of :mod:`doseline.model.catalogue`; an
    optional table that is absent is an empty frame.
    """

    settings: Settings
    frames: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...] = ()
    """What its check found and let pass: warnings and notes."""
    outlines: tuple[tuple[float, ...], ...] = ()
    """Lines under the map, each longitude, latitude, longitude and so on. [deg]"""
    digest: str = ""
    """SHA-256 of the canonical content of all tables and settings."""

    def frame(self, name: str) -> pl.DataFrame:
        """The table of that name."""
        return self.frames[name]

    def rows(self, row: type[Row]) -> tuple[Row, ...]:
        """A table as row objects, in file order."""
        return tuple(
            row(**record) for record in self.frames[BY_ROW[row].name].iter_rows(named=True)
        )

    def by_key(self, row: type[Row]) -> dict[str, Row]:
        """A table of a single key column as row objects by that key."""
        (key,) = BY_ROW[row].key
        return {getattr(one, key): one for one in self.rows(row)}

    def replace(self, **frames: pl.DataFrame) -> Network:
        """The same network with some tables changed."""
        return dataclasses.replace(self, frames={**self.frames, **frames})

    def _repr_html_(self) -> str:
        """Sizes of all tables, for notebooks."""
        sizes = pl.DataFrame(
            {"table": list(self.frames), "rows": [frame.height for frame in self.frames.values()]}
        )
        return f"<h4>{self.settings.name}</h4>{sizes._repr_html_()}"


def empty_frame(name: str) -> pl.DataFrame:
    """A frame without rows that has the columns of a table."""
    return pl.DataFrame(
        schema={column.name: DTYPES[column.kind] for column in BY_NAME[name].columns}
    )


def dtype_of(column: Column) -> Any:
    """Polars type of a column."""
    return DTYPES[column.kind]
