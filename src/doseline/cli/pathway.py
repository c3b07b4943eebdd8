"""``doseline pathway``: by which route a product may enter, how long it takes, what it is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import Words, emit, json_option, quiet_option, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.pay.entry_result import EntryTold

_FRAMES = ("routes", "times", "steps", "uses", "patients", "money", "inputs", "effects")
"""What the answer lists, in this order."""
SAMPLES = 4000
MOST = 1e12
"""Largest price or number of patients that may be given."""
FEWEST_SAMPLES, MOST_SAMPLES = 200, 20_000


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def pathway(
        network: Path = network_argument(words),
        *,
        product: str = typer.Option(
            "", "--product", metavar="NAME", help=words("cli.pathway_product_help")
        ),
        price: float | None = _amount(words, "price"),
        listed_price: float | None = _amount(words, "listed-price"),
        patients: float | None = _amount(words, "patients"),
        samples: int = typer.Option(
            SAMPLES,
            "--samples",
            min=FEWEST_SAMPLES,
            max=MOST_SAMPLES,
            metavar="N",
            help=words("cli.pathway_samples_help"),
        ),
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FILE|FOLDER", help=words("cli.pathway_output_help")
        ),
        variant: str = variant_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.pathway_screen import show_pathway
        from doseline.io.report.privacy import SMALLEST_SHARED
        from doseline.study.entry import Given, entry_of

        if patients is not None and patients < SMALLEST_SHARED:
            few = words("cli.pathway_few", found=f"{patients:g}", least=SMALLEST_SHARED, most=MOST)
            raise UsageError(few)
        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        with progress(words, quiet=quiet, begins="stage_pathway") as told:
            found = entry_of(
                net,
                product=product or None,
                given=Given(price=price, listed_price=listed_price, patients_per_year=patients),
                samples=samples,
                told=told,
            )
        page = None
        if output is not None:
            from doseline.io.entries import write_entry

            page = write_entry(net, found, output, language=words.lang)
        if as_json:
            emit(answer(found, page))
        else:
            show_pathway(net, found, network, page, words)

    return pathway


def answer(found: EntryTold, page: Path | None) -> dict[str, Any]:
    """What ``--json`` prints."""
    from doseline.io.report.entry_privacy import told_patients, told_routes

    told = {"patients": told_patients(found), "routes": told_routes(found)}
    frames = {
        name: [_plain(row) for row in told.get(name, found.frame(name)).iter_rows(named=True)]
        for name in _FRAMES
    }
    return {
        "product": found.product,
        "currency": found.currency,
        "valued_on": str(found.valued_on),
        "counted_until": str(found.counted_until),
        "samples": found.samples,
        "patients_per_year": found.patients_per_year,
        "doses": found.doses,
        "information": found.information,
        **frames,
        "page": None if page is None else str(page),
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with days as text."""
    return {name: str(one) if hasattr(one, "isoformat") else one for name, one in row.items()}


def _amount(words: Words, name: str) -> Any:
    """An option in place of a figure of the network."""
    about = words(f"cli.pathway_{name.replace('-', '_')}_help")
    return typer.Option(None, f"--{name}", min=0.0, max=MOST, metavar="N", help=about)
