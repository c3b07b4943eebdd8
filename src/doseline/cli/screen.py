"""What a command shows: JSON on stdout alone, or sentences and tables; talk on stderr."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.layout import screen_width, table_lines, wrapped
from doseline.io.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.findings import Finding


class Words:
    """The messages of the command line in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, /, **values: object) -> str:
        """The message of a key."""
        return text(key, self.lang, **values)

    def listed(self, names: Sequence[str]) -> str:
        """Names one after another."""
        return self("cli.list_joint").join(names)


def json_option(words: Words) -> Any:
    """The ``--json`` switch, the same on every command."""
    return typer.Option(False, "--json", help=words("cli.json_help"))


def quiet_option(words: Words) -> Any:
    """The ``--quiet`` switch of commands that take long."""
    return typer.Option(False, "--quiet", "-q", help=words("cli.quiet_help"))


def workers_option(words: Words) -> Any:
    """How many processes a long command uses."""
    return typer.Option(2, "--workers", min=1, metavar="N", help=words("cli.workers_help"))


def variant_option(words: Words) -> Any:
    """The named variant of a network."""
    return typer.Option("", "--variant", metavar="NAME", help=words("cli.variant_help"))


def emit(answer: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str) + "\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    """A line on stderr."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def show(sentence: str) -> None:
    """A paragraph on stdout, in lines that the screen holds; one line where none looks."""
    lines = wrapped(sentence, screen_width()) if sys.stdout.isatty() else [sentence]
    for line in lines:
        sys.stdout.write(f"{line}\n")


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A titled table on stdout; numbers are aligned right."""
    bold = is_styled()
    sys.stdout.write(f"\n\x1b[1m{title}\x1b[0m\n" if bold else f"\n{title}\n")
    for line in table_lines(columns, rows, width=screen_width(), bold=bold):
        sys.stdout.write(f"{line}\n")


def is_styled() -> bool:
    """Whether this screen shows bold type and wants it."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in {None, "", "dumb"}
    return sys.stdout.isatty() and not plain


def number(value: float, decimals: int = 1, *, sign: bool = False) -> str:
    """A number with a leading zero and no trailing ones, thousands apart.

    >>> number(58.0), number(0.25), number(-0.04), number(1234.5, sign=True)
    ('58', '0.2', '0', '+1,234.5')
    """
    rounded = round(value, decimals) + 0.0
    words = f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def show_findings(findings: Sequence[Finding], words: Words) -> None:
    """Each finding on its own line on stdout, worst first as given."""
    from doseline.io.text import severity_word, wording

    for finding in findings:
        severity = severity_word(finding.severity, words.lang)
        show(words("cli.finding", severity=severity, what=wording(finding, words.lang)))
