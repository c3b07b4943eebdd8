"""Claims of a file of records: checked, and the clean ones written."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from doseline.claims.scrub import scrub
from doseline.io.infusions import read_infusions
from doseline.io.tables import OutputFolder, write_json, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from doseline.claims.scrub import Scrubbed
    from doseline.model.findings import Finding

PRIVATE = 0o600
"""Claims name people: only their owner reads the files."""
FLAW_COLUMNS = ("claim", "row", "line", "edit", "severity", "reason", "fix", "source", "address")


def checked_claims(path: Path, created: datetime) -> tuple[list[Scrubbed] | None, list[Finding]]:
    """The claims of a file with what the edits found, or why the file cannot be read."""
    claims, findings = read_infusions(path)
    return (None, findings) if claims is None else (scrub(claims, created.date()), findings)


def flaw_rows(checked: Sequence[Scrubbed], lang: str) -> list[dict[str, Any]]:
    """What the edits found, a row a flaw, worst first within a claim."""
    return [
        {
            "claim": flaw.claim,
            "row": flaw.row,
            "line": flaw.line,
            "edit": flaw.edit.code,
            "severity": flaw.edit.severity,
            "reason": flaw.reason(lang),
            "fix": flaw.fix(lang),
            "source": flaw.edit.title,
            "address": flaw.edit.address,
        }
        for one in checked
        for flaw in sorted(one.flaws, key=lambda flaw: flaw.edit.severity)
    ]


def claim_rows(checked: Sequence[Scrubbed], files: dict[str, str]) -> list[dict[str, Any]]:
    """Every claim with its state, a row each.

    Args:
        checked: The claims.
        files: Name of the file in which a claim is written, by claim.
    """
    return [
        {
            "claim": one.case.infusion.claim,
            "row": one.row,
            "form": one.case.infusion.form,
            "clean": one.is_clean,
            "errors": sum(flaw.edit.severity == "error" for flaw in one.flaws),
            "warnings": sum(flaw.edit.severity != "error" for flaw in one.flaws),
            "charge": f"{one.case.total:.2f}",
            "units": {
                str(line.number): f"{line.units:f}"
                for line in one.case.lines
                if line.drug is not None
            },
            "file": files.get(one.case.infusion.claim) if one.is_clean else None,
        }
        for one in checked
    ]


def write_claims(
    checked: Sequence[Scrubbed], output: Path, created: datetime, *, lang: str, is_test: bool
) -> dict[str, str]:
    """Write the clean claims and what was found on the others.

    Args:
        checked: All claims of the file.
        output: Folder that appears complete, or not at all.
        created: When the files are made.
        lang: Language of the reasons.
        is_test: Whether the interchanges are marked as a test.

    Returns:
        Name of the file in which each clean claim is.

    Raises:
        ClaimsNotInstalledError: If x12sdk or pyx12 is missing.
        RefusedClaimError: If a claim makes no valid transaction.
    """
    from doseline.claims.x12.write import interchanges

    files = interchanges([one.case for one in checked if one.is_clean], created, is_test=is_test)
    where = {claim: name for name, file in files.items() for claim in file.claims}
    with OutputFolder(output) as fresh:
        for name, file in files.items():
            write_text(file.content, fresh / name)
        write_text(_csv(flaw_rows(checked, lang)), fresh / "findings.csv")
        write_json({"claims": claim_rows(checked, where)}, fresh / "claims.json")
        for file_path in fresh.iterdir():
            file_path.chmod(PRIVATE)
    return where


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of findings as a CSV text."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, FLAW_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
