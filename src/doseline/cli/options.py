"""``doseline options``: every way a dose can reach a site in a week, and why not."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.screen import Words, emit, json_option, show_table

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.network import Network

SHOWN = 30
"""Rows that the screen shows; ``--json`` has them all."""


def add(app: typer.Typer, words: Words) -> None:
    """Add the command."""

    @app.command(help=words("cli.options_help"), epilog=words("cli.options_example"))
    def options(
        network: Path = network_argument(words),
        *,
        product: str = typer.Option("", help=words("cli.options_product_help")),
        site: str = typer.Option("", help=words("cli.options_site_help")),
        week: datetime | None = typer.Option(
            None, formats=["%Y-%m-%d"], help=words("cli.options_week_help")
        ),
        refused: bool = typer.Option(False, "--refused", help=words("cli.options_refused_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.reference import nuclide_table
        from doseline.routes.options import build_options
        from doseline.routes.view import named

        net, _ = read(network, words, as_json=as_json)
        rows_of = {
            "product": _row(net, "products", product, words),
            "site": _row(net, "sites", site, words),
        }
        monday = _monday(net, week, words)
        built = build_options(net, nuclides=nuclide_table(), week=monday)
        rows = _wanted(built.rows, rows_of)
        table = named(built, net, rows)
        if as_json:
            emit({"week": str(monday), "options": table.to_dicts()})
        else:
            _show(table, monday, words, refused=refused)


def _row(network: Network, table: str, name: str, words: Words) -> int | None:
    """Row number of a named product or site; None if none is asked for."""
    from doseline.errors import BadInputError
    from doseline.model.nearest import nearest

    if not name:
        return None
    names = network.frame(table)[table.removesuffix("s")].to_list()
    if name not in names:
        raise BadInputError(
            words(
                "cli.options_unknown",
                table=table,
                name=name,
                nearest=nearest(name, names) or names[0],
            )
        )
    return names.index(name)


def _monday(network: Network, week: datetime | None, words: Words) -> date:
    from doseline.errors import BadInputError

    monday = week.date() if week else network.settings.plan_week
    if monday.weekday() != 0:
        raise BadInputError(words("cli.options_not_monday", day=monday))
    return monday


def _wanted(rows: pl.DataFrame, rows_of: dict[str, int | None]) -> pl.DataFrame:
    import polars as pl

    for name, row in rows_of.items():
        if row is not None:
            rows = rows.filter(pl.col(name) == row)
    return rows


def _show(table: pl.DataFrame, monday: date, words: Words, *, refused: bool) -> None:
    import polars as pl

    usable = table.filter(pl.col("refusal") == "")
    shown = table if refused else usable
    counts = table.group_by("refusal").len().sort("len", descending=True)
    typer.echo(words("cli.options_sum", week=monday, usable=usable.height, rows=table.height))
    if counts.height:
        show_table(
            words("cli.options_reasons"),
            [words("cli.options_reason"), words("cli.options_rows")],
            [
                [words(f"refusal.{row['refusal'] or 'none'}"), row["len"]]
                for row in counts.iter_rows(named=True)
            ],
        )
    show_table(
        words("cli.options_title", shown=min(SHOWN, shown.height), rows=shown.height),
        [words(f"cli.options_col_{name}") for name in _COLUMNS],
        [
            [_cell(name, row[name], words) for name in _COLUMNS]
            for row in shown.sort("infusion", "calibration").head(SHOWN).iter_rows(named=True)
        ],
    )


_COLUMNS = (
    "product",
    "batch",
    "site",
    "lanes",
    "calibration",
    "arrives",
    "infusion",
    "activity_ready_gbq",
    "volume_ml",
    "transport_index",
    "cost",
    "on_time_percent",
    "refusal",
)


def _cell(name: str, value: object, words: Words) -> str:
    if value is None:
        return "–"
    if name == "refusal":
        return words(f"refusal.{value or 'none'}")
    return f"{value:.4g}" if isinstance(value, float) else str(value)
