"""More of what is short never harms, in networks where nothing can be traded for anything else.

Common random numbers make it hold patient by patient: with one site, one dose a patient, no failure
and no lateness, everybody is served in the order of waiting, and more room serves nobody later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.study.networks import (
    one_cycle,
    only_near,
    references,
    stressed,
    sure,
    tiny,
    with_cells,
    without_opening,
)

from doseline.simulate.booking import IN_TIME
from doseline.study.prepare import prepare
from doseline.study.relax import Where, relaxed
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.study.replicate import Replication

SEEDS = (1, 2, 3)
WHERE = Where(
    scanner="pet-east",
    scanner_product="lu-psma",
    suite="near-1",
    batch="psma-wed",
    lot="lot-wed",
)
AMPLE: dict[str, dict[str, Any]] = {
    "scanners": {"slots_per_week": 200.0},
    "suites": {"chairs": 20},
    "batches": {"max_doses": 200, "max_activity_gbq": 5_000.0},
    "lots": {"capacity_gbq": 20_000.0},
    "licences": {"possession_gbq": None},
    "staff": {"count": 100, "hours_per_day": 8.0},
}


def short_of(*tables: str) -> Network:
    """One site with many times the patients and plenty of everything but what some tables give."""
    network = stressed(sure(one_cycle(without_opening(only_near(tiny())))), 15.0)
    for table, cells in AMPLE.items():
        if table not in tables:
            network = with_cells(network, table, **cells)
    return network


def runs(network: Network) -> list[Replication]:
    base = prepare(network, references())
    return [replicate(base, seed=seed) for seed in SEEDS]


@pytest.mark.parametrize(
    ("link", "network"),
    [
        ("pet_slot", with_cells(short_of("scanners"), "scanners", slots_per_week=18.0)),
        ("no_suite", short_of("suites")),
        ("no_batch_capacity", short_of("batches")),
        ("no_isotope", short_of("lots")),
    ],
    ids=["pet_slot", "no_suite", "no_batch_capacity", "no_isotope"],
)
def test_one_unit_more_of_what_is_short_serves_nobody_later(link: str, network: Network) -> None:
    gained = 0
    for before, after in zip(runs(network), runs(relaxed(network, WHERE, link)), strict=True):
        # The same people, whatever is relaxed after their clocks have started.
        assert (before.account.episode == after.account.episode).all()
        assert (before.t0 == after.t0).all()
        assert (after.account.days <= before.account.days + 1e-9).all()
        assert after.in_time >= before.in_time
        gained += after.in_time - before.in_time
    assert gained > 0, "the unit is not short"


def test_one_point_more_referred_loses_nobody_where_there_is_plenty() -> None:
    network = with_cells(short_of(), "pathways", {"gate": "referral"}, pass_percent=60.0)
    more = network
    for _ in range(10):
        more = relaxed(more, WHERE, "not_referred")
    gained = 0
    for before, after in zip(runs(network), runs(more), strict=True):
        assert (before.account.episode == after.account.episode).all()
        was, now = before.account.ending == IN_TIME, after.account.ending == IN_TIME
        assert (now | ~was).all()
        gained += int(now.sum() - was.sum())
    assert gained > 0


def test_what_is_not_short_is_worth_nothing() -> None:
    network = short_of("suites")
    before = runs(network)
    for link in ("pet_slot", "no_batch_capacity", "no_isotope"):
        for one, other in zip(before, runs(relaxed(network, WHERE, link)), strict=True):
            assert one.in_time == other.in_time
