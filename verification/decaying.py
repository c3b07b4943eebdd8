"""The chain solver against radioactivedecay in high precision."""

from __future__ import annotations

import radioactivedecay as rd
from tests.physics.test_chains import random_pairs, worst_ratio
from verification.outcome import Outcome

from doseline.io.reference import nuclide_table

FLOOR, TOLERANCE = 1e-200, 1e-10


def chains() -> Outcome:
    """Activities of random chains after random times, down to a share of 1e-200."""
    pairs = random_pairs(nuclide_table())
    worst = worst_ratio(pairs, rd.InventoryHP, floor=FLOOR)
    assert worst < TOLERANCE, worst
    return Outcome(
        cases=f"{len(pairs)} random nuclides and times",
        tolerance=f"{TOLERANCE:.0e} relative, above {FLOOR:.0e} of the start",
        largest=f"{worst:.1e}",
        source=f"radioactivedecay {rd.__version__}, high precision, its own half-lives",
    )
