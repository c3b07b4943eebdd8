"""``doseline check``: every finding of a network at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.networks import BAD_INPUT, finding_rows, network_argument
from doseline.cli.screen import Words, emit, json_option, show, show_findings

if TYPE_CHECKING:
    from collections.abc import Callable


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def check(
        network: Path = network_argument(words), *, as_json: bool = json_option(words)
    ) -> None:
        from doseline.io.folder import read_network
        from doseline.io.reference import nuclide_table

        _, findings = read_network(network, nuclides=nuclide_table())
        counts = Counter(finding.severity for finding in findings)
        if as_json:
            emit({"findings": finding_rows(findings, words)})
        else:
            show_findings(findings, words)
            show(
                words(
                    "cli.check_sum",
                    errors=counts["error"],
                    warnings=counts["warning"],
                    notes=counts["note"],
                )
            )
        if counts["error"]:
            raise typer.Exit(BAD_INPUT)

    return check
