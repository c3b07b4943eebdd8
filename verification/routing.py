"""Delivery options against the plain loop, and decay on the way against PyPSA."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, seed, settings
from tests.routes import test_pypsa as pypsa
from tests.routes import test_reference as reference
from tests.routes.worlds import worlds
from verification.outcome import Outcome
from verification.watch import Largest, inner, swapped

from doseline.io.reference import nuclide_table

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORKS = 1_000
CLAIMS = (
    reference.test_every_row_equals_the_plain_loop,
    reference.test_every_itinerary_equals_the_plain_search,
    reference.test_every_slot_equals_the_plain_loop,
)
WAYS = tuple(
    (transit_h, hours)
    for transit_h in range(3, 43, 3)
    for hours in (48, 72, 96)
    if transit_h < hours
)


def options() -> Outcome:
    """Every option, itinerary and slot of random networks equals the plain loop's."""
    largest, nuclides, seen = Largest(), nuclide_table(), 0
    plain_same = reference.same

    def same(found: object, wanted: object) -> bool:
        nonlocal seen
        seen += 1
        if isinstance(found, float) and isinstance(wanted, float):
            largest.see(found, wanted)
        return plain_same(found, wanted)

    with swapped(reference, same=same):
        for claim in CLAIMS:
            _on_random_networks(inner(claim), nuclides)
    return Outcome(
        cases=f"{NETWORKS:,} random networks, {seen:,} values",
        tolerance="1e-9 relative; times and refusals exact",
        largest=f"{largest.value:.1e}",
        source="plain loop (tests/routes/reference.py)",
    )


def _on_random_networks(claim: Callable[..., None], nuclides: Any) -> None:
    @seed(20261122)
    @settings(
        max_examples=NETWORKS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(world=worlds())
    def holds(world: Any) -> None:
        claim(world=world, nuclides=nuclides)

    holds()


def transit_loss() -> Outcome:
    """Activity on arrival and at infusion equals PyPSA's link with delay and store with loss."""
    largest, nuclides = Largest(), nuclide_table()
    # It tells of every optimisation.
    logging.getLogger("pypsa").setLevel(logging.ERROR)
    with swapped(pypsa, pytest=largest):
        for transit_h, hours in WAYS:
            pypsa.test_transit_and_storage_loss_equal_pypsa(nuclides, transit_h, hours)
    return Outcome(
        cases=f"{len(WAYS)} ways of {WAYS[0][0]} to {WAYS[-1][0]} h",
        tolerance="1e-9 relative",
        largest=f"{largest.value:.1e}",
        source="PyPSA's optimiser (HiGHS)",
    )
