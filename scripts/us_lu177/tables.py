"""Writing the tables of a network folder in the order and words of the model."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doseline.model.columns import Column

Rows = list[dict[str, Any]]
"""Rows of a table by column; a column that is left out takes its default."""


def write_table(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write a table; columns that no row fills are left out.

    Raises:
        ValueError: If a row has a column that the model does not know, or lacks one.
    """
    columns = _columns(name, rows)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in columns)
        writer.writerows([_cell(row.get(column.name)) for column in columns] for row in rows)


def _columns(name: str, rows: Sequence[dict[str, Any]]) -> list[Column]:
    """Columns of the model that are needed or used, in its order."""
    used = {key for row in rows for key in row}
    unknown = used - {column.name for column in BY_NAME[name].columns}
    if unknown:
        raise ValueError(f"{name}: the model has no column {sorted(unknown)}.")
    columns = [one for one in BY_NAME[name].columns if one.required or one.name in used]
    for column in columns:
        if column.required and any(row.get(column.name) is None for row in rows):
            raise ValueError(f"{name}: column {column.name} must be filled.")
    return columns


def _cell(value: Any) -> str:
    """A value as the reader of a network folder expects it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)
