"""Infusion records through every edit, and clean ones written and judged.

Run as ``python -m benchmarks.claims [--quick]``. The records are the clean ones of the tests, each
with a patient of its own; nothing is read from files, so the figure is that of the edits.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from benchmarks.rows import Row, best_of, on_one_core, tell
from tests.claims.claim_flaws import CLEAN
from tests.claims.claim_world import TODAY, changed

from doseline.claims.registry import edits
from doseline.claims.scrub import scrub
from doseline.claims.x12.write import interchanges


def main() -> None:
    """Measure and tell."""
    quick = "--quick" in sys.argv
    records, written = (1000, 20) if quick else (10_000, 500)
    on_one_core()
    kinds = list(CLEAN.values())
    claims = [
        changed(kinds[at % len(kinds)], claim=f"B-{at}", patient_last=f"Invented {at}")
        for at in range(records)
    ]
    checked, seconds = best_of(3, lambda: scrub(claims, TODAY))
    cases = [one.case for one in checked if one.is_clean][:written]
    now = datetime.combine(TODAY, datetime.min.time(), tzinfo=UTC)
    _, writing = best_of(1, lambda: interchanges(cases, now, is_test=True))
    tell(
        [
            Row(what=f"{records:,} records, {len(edits())} edits each", figure=seconds, unit="s"),
            Row(
                what=f"{len(cases)} claims written with x12sdk and judged by pyx12",
                figure=1000 * writing / len(cases),
                unit="ms/claim",
            ),
        ]
    )


if __name__ == "__main__":
    main()
