"""``doseline run``: the main job, from a network folder to the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import finding_rows, network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import (
    Words,
    emit,
    json_option,
    quiet_option,
    say,
    variant_option,
    workers_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.result import RunResult


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def run(
        network: Path = network_argument(words),
        *,
        output: Path = typer.Option(
            ..., "-o", "--output", metavar="FOLDER", help=words("cli.run_output_help")
        ),
        variant: str = variant_option(words),
        values: int = typer.Option(
            3, "--values", min=0, metavar="N", help=words("cli.run_values_help")
        ),
        what_if: Path | None = typer.Option(
            None, "--what-if", metavar="FILE", help=words("cli.rules_what_if_help")
        ),
        workers: int = workers_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.run_screen import show_run
        from doseline.io.results import write_into
        from doseline.io.rulebooks import load_rulebook, read_what_if
        from doseline.io.tables import OutputFolder
        from doseline.study.run import run as run_network

        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        book = load_rulebook(net.settings.rulebook)
        changes = () if what_if is None else read_what_if(book, what_if)
        # The folder is claimed before the work, so that a wrong one is told at once.
        with OutputFolder(output) as fresh:
            with progress(words, quiet=quiet) as told:
                result = run_network(
                    net, workers=workers, values=values, changes=changes, progress=told
                )
            if not quiet:
                say(words("cli.writing", folder=output))
            report = output / write_into(result, fresh, language=words.lang)
        if as_json:
            emit(answer(result, report, words))
        else:
            show_run(result, report, words)

    return run


def answer(result: RunResult, report: Path, words: Words) -> dict[str, Any]:
    """The contract for scripts."""
    from doseline.io.results import BRIEF, summary_of

    return {
        **summary_of(result),
        "findings": finding_rows(result.findings, words),
        "seconds": round(result.seconds, 3),
        "report": str(report),
        "brief": str(report.with_name(BRIEF)),
    }
