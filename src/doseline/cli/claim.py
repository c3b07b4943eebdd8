"""``doseline claim``: infusion records checked edit by edit, the clean ones written as claims."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import BAD_INPUT, refuse
from doseline.cli.screen import Words, emit, json_option, quiet_option, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.claims.scrub import Scrubbed


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def claim(
        records: Path = typer.Argument(
            ..., metavar=words("cli.claim_metavar"), help=words("cli.claim_records_help")
        ),
        *,
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FOLDER", help=words("cli.claim_output_help")
        ),
        today: datetime | None = typer.Option(
            None,
            "--today",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help=words("cli.claim_today_help"),
        ),
        production: bool = typer.Option(
            False, "--production", help=words("cli.claim_production_help")
        ),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.claim_screen import show_claims
        from doseline.study.claimed import checked_claims, write_claims

        created = datetime.now(UTC) if today is None else today.replace(tzinfo=UTC)
        checked, findings = checked_claims(records, created)
        if checked is None:
            raise refuse(records, findings, words, as_json=as_json)
        where: dict[str, str] = {}
        if output is not None:
            if not quiet:
                say(words("cli.claim_writing", claims=sum(one.is_clean for one in checked)))
            where = write_claims(checked, output, created, lang=words.lang, is_test=not production)
        if as_json:
            emit(answer(checked, where, output, words))
        else:
            show_claims(checked, where, output, words)
        if not all(one.is_clean for one in checked):
            raise typer.Exit(BAD_INPUT)

    return claim


def answer(
    checked: Sequence[Scrubbed], where: dict[str, str], output: Path | None, words: Words
) -> dict[str, Any]:
    """What ``--json`` prints."""
    from doseline.claims.registry import edits
    from doseline.study.claimed import claim_rows, flaw_rows

    return {
        "claims": claim_rows(checked, where),
        "findings": flaw_rows(checked, words.lang),
        "clean": sum(one.is_clean for one in checked),
        "edits": len(edits()),
        "folder": None if output is None else str(output),
    }
