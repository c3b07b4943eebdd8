"""Reading a network for a command: findings are shown, errors end the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import error_answer
from doseline.cli.screen import Words, emit, say, show_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.findings import Finding
    from doseline.model.network import Network

BAD_INPUT = 2


def network_argument(words: Words) -> Any:
    """The network folder, the first argument of every command that reads one."""
    return typer.Argument(..., metavar=words("cli.network_metavar"), help=words("cli.network_help"))


def read(
    folder: Path, words: Words, *, as_json: bool, quiet: bool = True, variant: str = ""
) -> Network:
    """The network with its findings, or every finding and exit code 2."""
    if not quiet:
        say(words("cli.reading", folder=folder))
    from doseline.io.folder import read_network
    from doseline.io.reference import nuclide_table
    from doseline.model.variants import apply_variant

    network, findings = read_network(folder, nuclides=nuclide_table())
    if network is None:
        raise refuse(folder, findings, words, as_json=as_json)
    if findings and not quiet:
        say(words("cli.findings_there", count=len(findings), folder=folder))
    return apply_variant(network, variant) if variant else network


def refuse(folder: Path, findings: Sequence[Finding], words: Words, *, as_json: bool) -> typer.Exit:
    """Say why nothing was loaded; what ends the command."""
    sentence = words("cli.not_loaded", folder=folder)
    if as_json:
        answer = error_answer("bad_network", sentence, BAD_INPUT)
        emit({**answer, "findings": finding_rows(findings, words)})
    else:
        show_findings(findings, words)
    say(sentence)
    return typer.Exit(BAD_INPUT)


def finding_rows(findings: Sequence[Finding], words: Words) -> list[dict[str, Any]]:
    """Findings as the scripts' contract has them."""
    from doseline.io.text import wording

    return [
        {
            "severity": one.severity,
            "code": one.code,
            "table": one.table,
            "row": one.row,
            "column": one.column,
            "found": one.found,
            "allowed": one.allowed,
            "nearest": one.nearest,
            "message": wording(one, words.lang),
        }
        for one in findings
    ]
