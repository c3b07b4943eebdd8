"""``doseline options``: every way a dose can reach a site in a week, and why not."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.errors import UsageError
from doseline.cli.layout import screen_width
from doseline.cli.networks import network_argument, read
from doseline.cli.screen import Words, emit, json_option, number, show, show_table, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from doseline.model.network import Network

SHOWN = 30
"""Rows that the screen shows; ``--json`` has them all."""
NAMED = 12
"""Names that an error lists at most."""
ROOMY = 130
"""Cells of a screen that holds every column."""
ALWAYS = ("infusion", "batch", "lanes", "calibration", "activity_ready_gbq", "cost")
ROOMY_ONLY = ("arrives", "activity_infuse_gbq", "volume_ml", "transport_index", "on_time_percent")
DECIMALS = {"cost": 2, "on_time_percent": 1}


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def options(
        network: Path = network_argument(words),
        *,
        product: str = typer.Option(
            "", "--product", metavar="NAME", help=words("cli.options_product_help")
        ),
        site: str = typer.Option("", "--site", metavar="NAME", help=words("cli.options_site_help")),
        week: datetime | None = typer.Option(
            None,
            "--week",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help=words("cli.options_week_help"),
        ),
        refused: bool = typer.Option(False, "--refused", help=words("cli.options_refused_help")),
        variant: str = variant_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.routes.options import build_options
        from doseline.routes.view import named
        from doseline.study.reference import reference_for
        from doseline.study.stays import nights_by_product, stays

        net = read(network, words, as_json=as_json, variant=variant)
        rows_of = {
            "product": _row(net, "products", product, words),
            "site": _row(net, "sites", site, words),
        }
        monday = _monday(net, week, words)
        reference = reference_for(net)
        nights = nights_by_product(stays(net, reference))
        built = build_options(net, nuclides=reference.nuclides, week=monday, nights=nights)
        table = named(built, net, _wanted(built.rows, rows_of))
        currency = net.settings.currency
        if as_json:
            emit({"week": str(monday), "currency": currency, "options": table.to_dicts()})
        else:
            _show(table, monday, currency, words, refused=refused)

    return options


def _row(network: Network, table: str, name: str, words: Words) -> int | None:
    """Row number of a named product or site; None if none is asked for."""
    from doseline.model.nearest import nearest

    if not name:
        return None
    names = network.frame(table)[table.removesuffix("s")].to_list()
    if name in names:
        return names.index(name)
    shown = [*names[:NAMED], "…"] if len(names) > NAMED else names
    sentence = words("cli.options_unknown", table=table, name=name, known=words.listed(shown))
    near = nearest(name, names)
    raise UsageError(sentence + (words("error.meant_joint", meant=near) if near else ""))


def _monday(network: Network, week: datetime | None, words: Words) -> date:
    monday = week.date() if week else network.settings.plan_week
    if monday.weekday() != 0:
        raise UsageError(words("cli.options_not_monday", day=monday))
    return monday


def _wanted(rows: pl.DataFrame, rows_of: dict[str, int | None]) -> pl.DataFrame:
    import polars as pl

    for name, row in rows_of.items():
        if row is not None:
            rows = rows.filter(pl.col(name) == row)
    return rows.sort("infuse_ms", "ready_ms", nulls_last=True, maintain_order=True)


def _show(table: pl.DataFrame, monday: date, currency: str, words: Words, *, refused: bool) -> None:
    import polars as pl

    usable = table.filter(pl.col("refusal") == "")
    shown = table if refused else usable
    counts = table.group_by("refusal").len().sort(["len", "refusal"], descending=[True, False])
    show(words("cli.options_sum", week=monday, usable=usable.height, rows=table.height))
    show_table(
        words("cli.options_reasons"),
        [words("cli.options_reason"), words("cli.options_rows")],
        [
            [words(f"refusal.{row['refusal'] or 'none'}"), number(row["len"], 0)]
            for row in counts.iter_rows(named=True)
        ],
    )
    if not shown.height:
        return
    columns = _columns(shown, refused=refused)
    first = shown.head(SHOWN)
    show_table(
        words("cli.options_title", shown=first.height, rows=shown.height),
        [words(f"cli.options_col_{name}", currency=currency) for name in columns],
        [
            [_cell(name, row[name], words) for name in columns]
            for row in first.iter_rows(named=True)
        ],
    )


def _columns(shown: pl.DataFrame, *, refused: bool) -> Sequence[str]:
    """The columns that differ between rows and that the screen has room for."""
    places = [name for name in ("product", "site") if shown[name].n_unique() > 1]
    roomy = ROOMY_ONLY if screen_width() >= ROOMY else ()
    return [*places, *ALWAYS, *roomy, *(["refusal"] if refused else [])]


def _cell(name: str, value: object, words: Words) -> str:
    if name == "refusal":
        return words(f"refusal.{value or 'none'}")
    if value is None:
        return "–"
    return number(value, DECIMALS.get(name, 3)) if isinstance(value, float) else str(value)
