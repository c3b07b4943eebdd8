"""``doseline ceilings``: up to which price each party takes part, and who is reached."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import Words, emit, json_option, quiet_option, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from polars import DataFrame

    from doseline.pay.ceilings import Ceilings


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def ceilings(
        network: Path = network_argument(words),
        *,
        product: list[str] = typer.Option(
            [], "--product", metavar="NAME", help=words("cli.ceilings_product_help")
        ),
        what_if: Path | None = typer.Option(
            None, "--what-if", metavar="FILE", help=words("cli.ceilings_what_if_help")
        ),
        can_pay: float = typer.Option(
            50.0,
            "--can-pay",
            min=0.0,
            max=100.0,
            metavar="PERCENT",
            help=words("cli.ceilings_can_pay_help"),
        ),
        nights: int | None = typer.Option(
            None, "--nights", min=0, metavar="N", help=words("cli.ceilings_nights_help")
        ),
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FILE|FOLDER", help=words("cli.ceilings_output_help")
        ),
        variant: str = variant_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.ceilings_screen import show_ceilings
        from doseline.io.rulebooks import with_what_if
        from doseline.study.ceilings import ceilings as search
        from doseline.study.reference import reference_for

        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        reference = reference_for(net)
        if what_if is not None:
            book = with_what_if(reference.rulebook, what_if)
            reference = dataclasses.replace(reference, rulebook=book)
        with progress(words, quiet=quiet) as told:
            found = search(
                net, reference, products=product, able=can_pay / 100.0, nights=nights, told=told
            )
        page = None
        if output is not None:
            from doseline.io.ceilings import write_ceilings

            page = write_ceilings(net, found, output, language=words.lang)
        if as_json:
            emit(answer(found, page))
        else:
            show_ceilings(net, found, network, page, words)

    return ceilings


def answer(found: Ceilings, page: Path | None) -> dict[str, Any]:
    """What ``--json`` prints."""
    from doseline.io.report.privacy import Privacy
    from doseline.pay.ceilings import told

    def parts(frame: DataFrame, *sums: tuple[str, ...]) -> list[dict[str, Any]]:
        rows = frame.to_dicts()
        each = [Privacy().parts(rows, "patients", over=("product", *over)) for over in sums]
        return [
            {**row, "patients": None if any(gone) else row["patients"]}
            for row, gone in zip(rows, zip(*each, strict=True), strict=True)
        ]

    few = ("patients", "own", "cannot_pay")
    segments = parts(found.segments, (), ("setting", "locality", "history"))

    limits: dict[int, list[dict[str, Any]]] = {}
    for row in found.limits.to_dicts():
        limits.setdefault(row.pop("segment"), []).append(row)
    return {
        "day": str(found.day),
        "currency": found.currency,
        "rulebook": found.rulebook,
        "what_if": list(found.what_if),
        "can_pay": found.able,
        "prices": found.prices,
        "segments": [{**row, "limits": limits[row["segment"]]} for row in segments],
        "later": found.later.to_dicts(),
        "curve": [
            {**row, **{name: told(row[name]) for name in few}} for row in found.curve.to_dicts()
        ],
        "reached": parts(found.reached, ("price",)),
        "choices": parts(found.choices, ("when",)),
        "rounds": found.rounds.to_dicts(),
        "past": found.past.to_dicts(),
        "memory": found.memory.to_dicts(),
        "page": None if page is None else str(page),
    }
