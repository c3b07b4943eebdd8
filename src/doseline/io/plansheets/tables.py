"""The lists as tables for other programs: CSV to read anywhere, Parquet with types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.io.plansheets.cells import DIGITS
from doseline.io.tables import write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.sheets import Sheets

FOLDER = "sheets"
_FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet would take for a formula."""


def write_tables(sheets: Sheets, fresh: Path) -> None:
    """Write each list as ``sheets/<name>.csv`` and ``.parquet``.

    Args:
        sheets: The lists.
        fresh: The folder of the plan.
    """
    folder = fresh / FOLDER
    write_parquet(sheets.frames, folder)
    for name, frame in sheets.frames.items():
        text = frame.select(_written(column, kind) for column, kind in frame.schema.items())
        text.write_csv(folder / f"{name}.csv")


def _written(name: str, kind: pl.DataType) -> pl.Expr:
    """A column as text: instants with their Z, wall times without, no text that is a formula."""
    column = pl.col(name)
    if kind == pl.String:
        return (
            pl.when(column.str.contains(_FORMULA)).then("'" + column).otherwise(column).alias(name)
        )
    if kind == pl.Float64:
        return column.round_sig_figs(DIGITS)
    if kind == pl.Datetime("ms", "UTC"):
        return column.dt.strftime("%Y-%m-%dT%H:%MZ")
    if kind == pl.Datetime("ms"):
        return column.dt.strftime("%Y-%m-%d %H:%M")
    return column
