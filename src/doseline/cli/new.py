"""``doseline new``: a network to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.screen import Words, emit, json_option, show

if TYPE_CHECKING:
    from collections.abc import Callable


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def new(
        folder: Path = typer.Argument(
            ..., metavar=words("cli.new_folder_metavar"), help=words("cli.new_folder_help")
        ),
        *,
        template: str = typer.Option(
            "empty",
            "--from",
            metavar=words("cli.new_from_metavar"),
            help=words("cli.new_from_help"),
        ),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.new import new_network

        today = datetime.now(UTC).date()
        origin = new_network(folder, template, start=today, lang=words.lang)
        if as_json:
            emit({"network": str(folder), "from": origin})
        else:
            show(words("cli.new_done", folder=folder, origin=origin))

    return new
