"""``doseline check``: every finding of a network at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer

from doseline.cli.networks import BAD_INPUT, finding_rows, network_argument
from doseline.cli.screen import Words, emit, json_option, show_findings


def add(app: typer.Typer, words: Words) -> None:
    """Add the command."""

    @app.command(help=words("cli.check_help"), epilog=words("cli.check_example"))
    def check(
        network: Path = network_argument(words), *, as_json: bool = json_option(words)
    ) -> None:
        from doseline.io.folder import read_network
        from doseline.io.reference import nuclide_table
        from doseline.model.findings import ERROR

        _, findings = read_network(network, nuclides=nuclide_table())
        counts = Counter(finding.severity for finding in findings)
        if as_json:
            emit({"findings": finding_rows(findings, words)})
        else:
            show_findings(findings, words)
            typer.echo(
                words(
                    "cli.check_sum",
                    errors=counts["error"],
                    warnings=counts["warning"],
                    notes=counts["note"],
                )
            )
        if counts[ERROR]:
            raise typer.Exit(BAD_INPUT)
