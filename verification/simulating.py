"""The simulation against its twin, against theory, and against its own books."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.simulate import test_against_twin as twin
from tests.simulate import test_closed_forms as theory
from tests.simulate import test_conservation as books
from verification.outcome import Outcome
from verification.watch import Largest, cases, inner, swapped

from doseline.model.chance import normal, uniform
from doseline.simulate.cohort import draw_episodes

if TYPE_CHECKING:
    from collections.abc import Callable

WORLDS, BOOKED, REPEATS = 500, 200, 10
STANDARD_ERRORS = 3.5
"""By chance, one of forty forms exceeds it in one of fifty verifications."""


def twins() -> Outcome:
    """Gates, treatment and bookings of random worlds equal those of one patient at a time."""
    largest, seeds = Largest(), _seeds(WORLDS)
    with swapped(twin, pytest=largest):
        for at, seed in enumerate(seeds):
            how = twin.HOW[at % len(twin.HOW)]
            inner(twin.test_the_gates_stop_whom_the_twin_stops)(seed=seed)
            inner(twin.test_the_weeks_treat_everybody_as_the_twin_does)(seed=seed, how=how)
            inner(twin.test_the_ledger_books_everybody_as_its_rules_say)(seed=seed, how=how)
    return Outcome(
        cases=f"{WORLDS} random worlds of 60 patients",
        tolerance="fates exact; days to 1e-9",
        largest=f"{largest.value:.1e}",
        source="plain twin, one patient at a time (tests/simulate/twin.py)",
    )


def conservation() -> Outcome:
    """Nobody and no dose is lost from the books of random worlds, or counted twice."""
    claims = [inner(one) for one in vars(books).values() if hasattr(one, "hypothesis")]
    for at, seed in enumerate(_seeds(BOOKED)):
        for claim in claims:
            claim(seed=seed, how=twin.HOW[at % len(twin.HOW)])
    return Outcome(
        cases=f"{BOOKED} random worlds, {len(claims)} claims each",
        tolerance="exact",
        largest="0",
        source="sums that must agree",
    )


def closed_forms() -> Outcome:
    """Means, variances, shares and waits agree with theory, on ten times the tests' samples.

    Ten independent samples are drawn by other seeds, and their deviations pooled.
    """
    z: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    for repeat in range(1, REPEATS + 1):
        for name, test in vars(theory).items():
            if name.startswith("test_") and "within" in test.__code__.co_names:
                for case in cases(test):
                    for at, one in enumerate(_deviations(test, case, repeat)):
                        z[name, str(case), at].append(one)
    pooled = {form: sum(several) / math.sqrt(len(several)) for form, several in z.items()}
    assert all(len(several) == REPEATS for several in z.values())
    worst = max(pooled, key=lambda form: abs(pooled[form]))
    assert abs(pooled[worst]) <= STANDARD_ERRORS, (worst, pooled[worst])
    return Outcome(
        cases=f"{len(pooled)} figures, {REPEATS} x the tests' samples",
        tolerance=f"{STANDARD_ERRORS} standard errors",
        largest=f"{abs(pooled[worst]):.2f} standard errors",
        source="Poisson, exponential, log-normal, Huff, Pollaczek-Khinchine",
    )


def _deviations(test: Callable[..., None], case: dict[str, Any], repeat: int) -> list[float]:
    """Each deviation that a test looks at, in standard errors, with every draw from other seeds."""
    found: list[float] = []
    moved = 1000 * repeat

    def within(value: float, expected: float, standard_error: float) -> None:
        found.append((value - expected) / standard_error)

    with swapped(
        theory,
        within=within,
        uniform=lambda seed, *rest: uniform(seed + moved, *rest),
        normal=lambda seed, *rest: normal(seed + moved, *rest),
        draw_episodes=lambda *network, seed: draw_episodes(*network, seed=seed + moved),
    ):
        test(**case)
    return found


def _seeds(count: int) -> list[int]:
    seeds: list[int] = np.random.default_rng(20261122).integers(0, 2**31, count).tolist()
    return seeds
