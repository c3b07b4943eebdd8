"""The lists of a planned week that lines, carriers and sites work by: their columns and units.

They are made for operations: each names patients by pseudonym, so none is meant for publication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

KINDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "text": pl.String,
    "name": pl.String,  # a name in English; the next column has it in Chinese, where it is known
    "name_zh": pl.String,
    "word": pl.String,  # a key with words of its own in each language
    "number": pl.Float64,
    "count": pl.Int64,
    "day": pl.Date,
    "wall": pl.Datetime("ms"),  # on the clocks of the zone named beside it
    "instant": pl.Datetime("ms", "UTC"),
    "box": pl.String,  # empty: ticked by hand
}
"""Polars type of each kind of column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """One column of a list; its heading is the text ``sheet.head.<name>`` with the unit."""

    name: str
    kind: str = "text"
    unit: str = ""


def _text(*names: str) -> tuple[SheetColumn, ...]:
    return tuple(SheetColumn(name=name) for name in names)


def _of(kind: str, *names: str, unit: str = "") -> tuple[SheetColumn, ...]:
    return tuple(SheetColumn(name=name, kind=kind, unit=unit) for name in names)


def _time(name: str) -> tuple[SheetColumn, ...]:
    """A time on local clocks, whose clocks those are, and the same instant in UTC."""
    return (
        SheetColumn(name=f"{name}_local", kind="wall"),
        SheetColumn(name=f"{name}_zone"),
        SheetColumn(name=f"{name}_utc", kind="instant", unit="UTC"),
    )


def _name(of: str) -> tuple[SheetColumn, ...]:
    """A short name, and what it stands for in both languages."""
    return (
        SheetColumn(name=of),
        SheetColumn(name=f"{of}_name", kind="name"),
        SheetColumn(name=f"{of}_name_zh", kind="name_zh"),
    )


_ACTIVITY = (
    SheetColumn(name="activity_gbq", kind="number", unit="GBq"),
    SheetColumn(name="activity_mci", kind="number", unit="mCi"),
)

SHEETS: dict[str, tuple[SheetColumn, ...]] = {
    "batches": (
        *_name("line"),
        *_text("batch", "product", "nuclide"),
        *_time("start"),
        *_time("calibration"),
        *_time("release"),
        *_of("count", "vials", "max_vials"),
        *_ACTIVITY,
        *_of("number", "max_activity_gbq", unit="GBq"),
        *_of("number", "volume_ml", unit="mL"),
    ),
    "isotope": (
        *_text("line", "batch", "lot", "source"),
        *_time("reference"),
        *_ACTIVITY,
    ),
    "vials": (
        *_text("line", "batch", "product", "order", "patient"),
        *_name("site"),
        *_ACTIVITY,
        *_of("number", "volume_ml", unit="mL"),
        *_time("calibration"),
        *_time("depart"),
    ),
    "departures": (
        *_text("carrier"),
        *_of("word", "mode"),
        *_text("lane", "from_place", "to_place"),
        *_time("hand_over"),
        *_time("depart"),
        *_time("arrive"),
        *_of("count", "packages"),
        *_of("number", "transport_index"),
        *_of("number", "activity_gbq", unit="GBq"),
    ),
    "packages": (
        *_text("carrier"),
        *_of("word", "mode"),
        *_text("lane", "from_place", "to_place", "order", "product", "nuclide"),
        *_of("word", "package"),
        *_of("word", "label"),
        *_of("number", "transport_index"),
        *_ACTIVITY,
        *_time("hand_over"),
        *_time("depart"),
        *_time("arrive"),
        *_name("site"),
    ),
    "days": (
        *_name("site"),
        *_of("day", "day"),
        *_time("infuse"),
        *_text("suite", "patient", "order", "product"),
        *_of("word", "kind"),
        *_ACTIVITY,
        *_of("number", "least_gbq", "most_gbq", unit="GBq"),
        *_of("number", "volume_ml", unit="mL"),
        *_text("batch"),
        *_time("arrive"),
        *_time("expiry"),
        *_of("box", "survey", "assay", "identity"),
    ),
    "left": (
        *_text("order", "patient"),
        *_name("site"),
        *_text("product"),
        *_of("word", "kind"),
        *_of("day", "earliest", "latest"),
        *_of("word", "link", "reason"),
    ),
}
"""Columns of each list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The lists of a planned week."""

    frames: Mapping[str, pl.DataFrame]
    """By name, with the columns of ``SHEETS``."""


def schema_of(name: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Polars types of the columns of a list."""
    return {column.name: KINDS[column.kind] for column in SHEETS[name]}
