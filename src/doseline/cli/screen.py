"""What a command shows: JSON on stdout alone, or tables; talk and progress on stderr."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from doseline.io.text import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from doseline.model.findings import Finding


class Words:
    """The messages of the command line in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: object) -> str:
        """The message of a key."""
        return text(key, self.lang, **values)


def json_option(words: Words) -> Any:
    """The ``--json`` switch, the same on every command."""
    return typer.Option(False, "--json", help=words("cli.json_help"))


def emit(answer: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def say(sentence: str) -> None:
    """A line on stderr."""
    sys.stderr.write(f"{sentence}\n")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on stdout; numbers are aligned right."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), title_justify="left", header_style="bold")
    for at, column in enumerate(columns):
        cells = [row[at] for row in rows]
        right = bool(cells) and all(
            isinstance(cell, int | float) or _numeric(cell) for cell in cells
        )
        table.add_column(escape(column), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    Console(file=sys.stdout).print(table)


def _numeric(cell: object) -> bool:
    return isinstance(cell, str) and cell[:1] in set("0123456789-+–") and bool(cell)


def show_findings(findings: Sequence[Finding], words: Words) -> None:
    """Each finding on its own line on stdout, worst first as given."""
    from doseline.io.text import severity_word, wording

    for finding in findings:
        typer.echo(f"{severity_word(finding.severity, words.lang)}: {wording(finding, words.lang)}")


@contextmanager
def progress(words: Words, *, quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar with time left on stderr, or plain lines where stderr is no terminal."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(words) as told:
            yield told
    else:
        yield _lines(words)


@contextmanager
def _bar(words: Words) -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn(words("cli.time_left")),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task(words("cli.stage_begins"), total=None)

        def told(stage: str, done: int, steps: int) -> None:
            bar.update(task, description=words(f"cli.{stage}"), completed=done, total=steps)

        yield told


def _lines(words: Words) -> Callable[[str, int, int], None]:
    """One line at each new stage and at each quarter, with the time left by proportion."""
    import time

    began, shown = time.monotonic(), [("", 0)]

    def told(stage: str, done: int, steps: int) -> None:
        quarter = 4 * done // steps
        if (stage, quarter) == shown[0]:
            return
        shown[0] = (stage, quarter)
        left = (time.monotonic() - began) / done * (steps - done)
        say(
            words(
                "cli.progress_line",
                stage=words(f"cli.{stage}"),
                done=done,
                steps=steps,
                left=round(left),
            )
        )

    return told
