"""What ``doseline claim`` shows: what stops which claim, and what to do about it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doseline.claims.scrub import Scrubbed

MOST_ROWS = 40
"""Findings that the screen lists; all are in the folder and in ``--json``."""


def show_claims(
    checked: Sequence[Scrubbed], where: dict[str, str], output: Path | None, words: Words
) -> None:
    """Counts, findings, and what to do next."""
    from doseline.claims.registry import edits
    from doseline.study.claimed import flaw_rows

    clean = sum(one.is_clean for one in checked)
    show(
        words(
            "cli.claim_headline",
            claims=number(len(checked), 0),
            clean=number(clean, 0),
            stopped=number(len(checked) - clean, 0),
            edits=len(edits()),
        )
    )
    rows = flaw_rows(checked, words.lang)
    if rows:
        _show_findings(rows, words)
    if len(rows) > MOST_ROWS:
        _show_counts(rows, words)
    show("")
    show(words("cli.claim_rule"))
    if output is None:
        show(words("cli.claim_keep" if clean else "cli.claim_mend"))
    else:
        show(words("cli.claim_at", folder=output, files=len(set(where.values()))))


def _show_findings(rows: Sequence[dict[str, object]], words: Words) -> None:
    """The first findings, each with what to do."""
    shown = rows[:MOST_ROWS]
    show_table(
        words("cli.claim_findings", shown=len(shown), all=len(rows)),
        [words(f"cli.claim_col_{name}") for name in ("claim", "edit", "severity", "reason", "fix")],
        [
            [
                str(row["claim"]),
                str(row["edit"]),
                words(f"finding.{row['severity']}"),
                str(row["reason"]),
                str(row["fix"]),
            ]
            for row in shown
        ],
    )


def _show_counts(rows: Sequence[dict[str, object]], words: Words) -> None:
    """How often each edit found something."""
    counts = Counter(str(row["edit"]) for row in rows)
    show_table(
        words("cli.claim_counts"),
        [words("cli.claim_col_edit"), words("cli.claim_col_count")],
        [[code, number(count, 0)] for code, count in counts.most_common()],
    )
