"""``doseline headroom``: how many more doses a site can take on each of the next days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.screen import Words, emit, json_option, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.study.headroom import Headroom


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def headroom(
        network: Path = network_argument(words),
        site: str = typer.Argument(
            ..., metavar=words("cli.headroom_site_metavar"), help=words("cli.headroom_site_help")
        ),
        *,
        product: str = typer.Option(
            "", "--product", metavar="NAME", help=words("cli.options_product_help")
        ),
        start: datetime | None = typer.Option(
            None,
            "--from",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help=words("cli.headroom_from_help"),
        ),
        days: int = typer.Option(
            28, "--days", min=0, max=366, metavar="N", help=words("cli.headroom_days_help")
        ),
        without_reservations: bool = typer.Option(
            False, "--without-reservations", help=words("cli.headroom_reservations_help")
        ),
        variant: str = variant_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.headroom_screen import show_headroom
        from doseline.study.headroom import headroom as look

        net = read(network, words, as_json=as_json, variant=variant)
        found = look(
            net,
            site,
            product=product or None,
            start=start.date() if start else None,
            days=days,
            reservations=not without_reservations,
        )
        if as_json:
            emit(answer_of(found))
        else:
            show_headroom(net, found, words)

    return headroom


def answer_of(found: Headroom) -> dict[str, Any]:
    """What ``--json`` prints."""
    totals = dict(found.cumulative.group_by("product").agg(_sum("accepted")).iter_rows())
    return {
        "site": found.site,
        "start": str(found.start),
        "days": found.length,
        "products": [
            {"product": name, "earliest": day, "accepted": totals[name]}
            for name, day in found.earliest.items()
        ],
        "daily": [_with_list(row, "ties") for row in found.days.to_dicts()],
        "cumulative": found.cumulative.to_dicts(),
        "stops": [_with_list(row, "stops") for row in found.stops.to_dicts()],
        "promised": found.promised.to_dicts(),
    }


def title_of(network: Network, site: str, words: Words) -> str:
    """Short and full name of a site, in the reader's language."""
    rows = network.frame("sites")
    row = rows.row(rows["site"].to_list().index(site), named=True)
    name = row["name_zh"] if words.lang == "zh" and row["name_zh"] else row["name"]
    return site if name == site else f"{site} ({name})"


def _with_list(row: dict[str, Any], column: str) -> dict[str, Any]:
    """The row with names in one cell as a list."""
    return {**row, column: row[column].split(" ")}


def _sum(column: str) -> Any:
    import polars as pl

    return pl.col(column).sum()
