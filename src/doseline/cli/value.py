"""``doseline value``: what one unit more of each link is worth, by running again."""

from __future__ import annotations

from pathlib import Path

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.screen import Words, emit, json_option, progress, show_table


def add(app: typer.Typer, words: Words) -> None:
    """Add the command."""

    @app.command(help=words("cli.value_help"), epilog=words("cli.value_example"))
    def value(
        network: Path = network_argument(words),
        *,
        link: list[str] = typer.Option([], "--link", help=words("cli.value_link_help")),
        pairs: int = typer.Option(4, min=2, help=words("cli.value_pairs_help")),
        variant: str = typer.Option("", help=words("cli.variant_help")),
        workers: int = typer.Option(2, min=1, help=words("cli.workers_help")),
        quiet: bool = typer.Option(False, "--quiet", help=words("cli.quiet_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.study.value import value_of_links

        net, _ = read(network, words, as_json=as_json, variant=variant)
        with progress(words, quiet=quiet) as told:
            frame = value_of_links(
                net, links=tuple(link), pairs=pairs, workers=workers, progress=told
            )
        if as_json:
            emit({"values": frame.to_dicts(), "currency": net.settings.currency})
            return
        show_table(
            words("cli.value_title"),
            [
                words(f"cli.value_col_{name}")
                for name in ("link", "unit", "at", "patients", "money", "downstream")
            ],
            [
                [
                    words(f"report.link.{row['link']}"),
                    words(f"report.unit.{row['unit']}"),
                    row["at"] or "–",
                    f"{row['patients']:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]",
                    f"{row['money']:+,.0f} [{row['money_low']:+,.0f}, {row['money_high']:+,.0f}]",
                    f"{row['patients_downstream']:+.1f}",
                ]
                for row in frame.iter_rows(named=True)
            ],
        )
        typer.echo(words("cli.value_note", currency=net.settings.currency, pairs=pairs))
