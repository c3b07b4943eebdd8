"""``doseline value``: what one unit more of each link is worth, by running again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import (
    Words,
    emit,
    json_option,
    number,
    quiet_option,
    show,
    show_table,
    variant_option,
    workers_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

COLUMNS = ("link", "unit", "at", "patients", "money", "downstream")


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def value(
        network: Path = network_argument(words),
        *,
        link: list[str] = typer.Option(
            [], "--link", metavar="LINK", help=words("cli.value_link_help")
        ),
        pairs: int = typer.Option(
            4, "--pairs", min=2, metavar="N", help=words("cli.value_pairs_help")
        ),
        variant: str = variant_option(words),
        workers: int = workers_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.study.value import value_of_links

        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        with progress(words, quiet=quiet) as told:
            frame = value_of_links(
                net, links=tuple(link), pairs=pairs, workers=workers, progress=told
            )
        currency = net.settings.currency
        if as_json:
            emit({"values": frame.to_dicts(), "currency": currency})
        else:
            _show(frame, currency, pairs, words)

    return value


def _show(frame: pl.DataFrame, currency: str, pairs: int, words: Words) -> None:
    from doseline.cli.run_screen import gained

    show_table(
        words("cli.value_title"),
        [words(f"cli.value_col_{name}", currency=currency) for name in COLUMNS],
        [
            [
                words(f"report.link.{row['link']}"),
                words(f"report.unit.{row['unit']}"),
                row["at"] or "–",
                gained(row["patients"], row["low"], row["high"]),
                gained(row["money"], row["money_low"], row["money_high"], 0),
                number(row["patients_downstream"], sign=True),
            ]
            for row in frame.iter_rows(named=True)
        ],
    )
    show(words("cli.value_note", currency=currency, pairs=pairs))
