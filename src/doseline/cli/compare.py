"""``doseline compare``: results side by side, from what runs have written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.screen import Words, emit, json_option, show

if TYPE_CHECKING:
    from collections.abc import Callable


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def compare(
        results: list[Path] = typer.Argument(
            ...,
            metavar=words("cli.compare_results_metavar"),
            help=words("cli.compare_results_help"),
        ),
        *,
        output: Path = typer.Option(
            ..., "-o", "--output", metavar="FILE|FOLDER", help=words("cli.compare_output_help")
        ),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.comparisons import comparison_answer, write_comparison
        from doseline.io.stored import read_result
        from doseline.study.compare import compare as compare_results

        told = compare_results([read_result(folder) for folder in results])
        page = write_comparison(told, output, language=words.lang)
        answer: dict[str, Any] = {**comparison_answer(told), "page": str(page)}
        if as_json:
            emit(answer)
            return
        from doseline.cli.compare_screen import show_comparison

        show_comparison(told, answer, words)
        show(words("cli.compare_at", page=page))

    return compare
