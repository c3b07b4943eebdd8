"""``doseline diff``: what two networks differ in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import read
from doseline.cli.screen import Words, emit, json_option, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from doseline.model.difference import Difference, TableDifference

NAMED = 5
"""Rows that came or went which the screen names for each table."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def diff(
        before: Path = typer.Argument(
            ..., metavar=words("cli.diff_before_metavar"), help=words("cli.diff_before_help")
        ),
        after: Path = typer.Argument(
            ..., metavar=words("cli.diff_after_metavar"), help=words("cli.diff_after_help")
        ),
        *,
        rows: int = typer.Option(
            10, "--rows", min=0, metavar="N", help=words("cli.diff_rows_help")
        ),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.model.difference import diff as difference_of

        first = read(before, words, as_json=as_json)
        found = difference_of(first, read(after, words, as_json=as_json))
        if as_json:
            emit(answer(found))
        elif found.is_empty:
            show(words("cli.diff_same", before=before, after=after))
        else:
            _show(found, rows, words)

    return diff


def answer(found: Difference) -> dict[str, Any]:
    """The contract for scripts."""
    settings = [
        {"name": one.name, "unit": one.unit, "before": one.before, "after": one.after}
        for one in found.settings
    ]
    tables = [
        {
            "table": one.table,
            "rows_before": one.rows_before,
            "rows_after": one.rows_after,
            "rows_changed": one.rows_changed,
            "added": list(one.added),
            "removed": list(one.removed),
            "reordered": one.reordered,
            "changes": one.changes.drop("table").to_dicts(),
        }
        for one in found.tables
    ]
    return {"same": found.is_empty, "settings": settings, "tables": tables}


def _show(found: Difference, rows: int, words: Words) -> None:
    """Settings, tables, columns, and the largest changes."""
    if found.settings:
        _table(
            "settings",
            ("name", "unit", "before", "after"),
            [(one.name, one.unit, _shown(one.before), _shown(one.after)) for one in found.settings],
            words,
        )
    if found.tables:
        _table(
            "tables",
            ("table", "rows_before", "rows_after", "added", "removed", "changed"),
            [_counts(one) for one in found.tables],
            words,
        )
    for one in found.tables:
        _name_rows(one, words)
    changes = found.changes
    if changes.height:
        names = ("table", "column", "unit", "cells", "median_change", "largest_change")
        _table("columns", names, _columns(changes), words)
        _show_largest(changes, rows, words)


def _counts(one: TableDifference) -> tuple[str, ...]:
    counts = (
        one.rows_before,
        one.rows_after,
        len(one.added),
        len(one.removed),
        one.rows_changed,
    )
    return (one.table, *(f"{count:,}" for count in counts))


def _name_rows(one: TableDifference, words: Words) -> None:
    """Which rows came and went, and whether others changed places."""
    for kind, keys in (("added", one.added), ("removed", one.removed)):
        if keys:
            more = f", … ({len(keys):,})" if len(keys) > NAMED else ""
            names = words.listed(keys[:NAMED]) + more
            show(words(f"cli.diff_{kind}", table=one.table, names=names))
    if one.reordered:
        show(words("cli.diff_reordered", table=one.table))


def _columns(changes: pl.DataFrame) -> list[tuple[str, ...]]:
    """For each column that changed: in how many cells, and by how much."""
    import polars as pl

    percent = pl.col("change_percent")
    by_column = changes.group_by("table", "column", "unit", maintain_order=True).agg(
        pl.len().alias("cells"),
        percent.median().alias("median"),
        percent.sort_by(percent.abs(), descending=True, nulls_last=True).first().alias("largest"),
    )
    return [
        (table, column, unit, f"{cells:,}", _percent(median), _percent(largest))
        for table, column, unit, cells, median, largest in by_column.iter_rows()
    ]


def _show_largest(changes: pl.DataFrame, rows: int, words: Words) -> None:
    """Single cells, those that moved most first."""
    import polars as pl

    size = pl.col("change_percent").abs()
    first = changes.sort(size, descending=True, nulls_last=True, maintain_order=True).head(rows)
    if first.is_empty():
        return
    _table(
        "cells",
        ("table", "key", "column", "unit", "before", "after", "change"),
        [
            (
                *(row[name] for name in ("table", "key", "column", "unit")),
                row["before"] or "–",
                row["after"] or "–",
                _percent(row["change_percent"]),
            )
            for row in first.iter_rows(named=True)
        ],
        words,
    )
    if changes.height > rows:
        show(words("cli.diff_more", shown=rows, cells=f"{changes.height:,}"))


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], words: Words) -> None:
    heads = [words(f"cli.diff_col_{name}") for name in names]
    show_table(words(f"cli.diff_title_{title}"), heads, rows)


def _shown(value: object) -> str:
    return "–" if value is None else str(value)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{number(value, 2, sign=True)} %"
