"""``doseline convert``: a network from one form into another, without loss."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.networks import network_argument, refuse
from doseline.cli.screen import Words, emit, json_option, show

if TYPE_CHECKING:
    from collections.abc import Callable


def replace_option(words: Words) -> bool:
    """Whether a network that is there may be replaced."""
    found: bool = typer.Option(False, "--replace", help=words("cli.replace_help"))
    return found


def form_option(words: Words) -> str:
    """The form of what is written."""
    found: str = typer.Option(
        "", "--to", metavar="csv|xlsx|parquet", help=words("cli.convert_to_help")
    )
    return found


def destination_argument(words: Words) -> Path:
    """Where a network is written."""
    found: Path = typer.Argument(
        ..., metavar=words("cli.convert_dest_metavar"), help=words("cli.convert_dest_help")
    )
    return found


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def convert(
        source: Path = network_argument(words),
        destination: Path = destination_argument(words),
        *,
        to: str = form_option(words),
        replace: bool = replace_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.convert import open_text, write_text

        opened, findings = open_text(source)
        if opened is None:
            raise refuse(source, findings, words, as_json=as_json)
        form = write_text(opened.text, destination, form=to, replace=replace)
        heights = opened.text.heights()
        if as_json:
            emit(
                {
                    "destination": str(destination),
                    "form": form,
                    "tables": heights,
                    "left": list(opened.others),
                }
            )
            return
        counts = {"tables": len(heights), "rows": f"{sum(heights.values()):,}"}
        show(words("cli.convert_done", path=destination, form=form, **counts))
        if opened.others:
            show(words("cli.convert_left", names=words.listed(opened.others)))

    return convert
