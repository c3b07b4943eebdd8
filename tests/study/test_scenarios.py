"""Scenarios share their random numbers, do not depend on who computes them, and never hang."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from multiprocessing import active_children
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from polars.testing import assert_frame_equal
from tests.study.networks import full, references, stressed, tiny, with_cells

from doseline.errors import DoselineError
from doseline.simulate.pathway import pathway
from doseline.study.catchments import site_catchment
from doseline.study.effects import INPUTS
from doseline.study.expected import expected_doses
from doseline.study.participation import hospital_margin
from doseline.study.prepare import Prepared, prepare
from doseline.study.relax import RELAXATIONS, Where, relaxed
from doseline.study.replicate import Replication, replicate
from doseline.study.scenarios import (
    Scenario,
    WorkerLostError,
    run_all,
    run_scenario,
    scenario_network,
)
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WHERE = Where(scanner="pet-east", scanner_product="lu-psma", suite="near-1", lane="ORD>DEN")


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, arrays and dataclasses of them included."""
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other)


def test_one_and_two_workers_give_the_same(prepared: Prepared) -> None:
    scenarios = [
        Scenario(name="base", seeds=(1, 2)),
        Scenario(name="not_referred", seeds=(1,), links=("not_referred",)),
        Scenario(name="no_suite", seeds=(2,), links=("no_suite", "patient_scheduling")),
        Scenario(name="input_leg_time", seeds=(3,), worsened="input_leg_time"),
    ]
    alone = list(run_all(prepared, WHERE, scenarios, workers=1))
    shared = list(run_all(prepared, WHERE, scenarios, workers=2))
    assert [len(found) for found in alone] == [2, 1, 1, 1]
    assert same_all(alone, shared)
    assert not same(alone[0][0], alone[0][1])
    assert not active_children()


def same_all(one: list[list[Replication]], other: list[list[Replication]]) -> bool:
    return len(one) == len(other) and all(
        len(mine) == len(theirs) and all(map(same, mine, theirs))
        for mine, theirs in zip(one, other, strict=True)
    )


def test_a_worker_that_dies_is_said_and_nobody_waits_for_it(prepared: Prepared) -> None:
    seeds = tuple(range(25))
    scenarios = [Scenario(name=str(nth), seeds=seeds) for nth in range(5)]
    before = set(active_children())
    results: Iterator[list[Replication]] = run_all(prepared, WHERE, scenarios, workers=2)

    def watch() -> None:
        next(results)
        (victim, *_) = set(active_children()) - before
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        list(results)

    began = time.monotonic()
    with pytest.raises(WorkerLostError, match="fewer workers") as told:
        watch()
    assert isinstance(told.value, DoselineError)
    assert time.monotonic() - began < 60.0
    assert set(active_children()) <= before


def test_a_scenario_without_changes_is_the_base(prepared: Prepared) -> None:
    scenario = Scenario(name="base", seeds=(4,))
    assert scenario_network(prepared.network, WHERE, scenario) is prepared.network
    (found,) = run_scenario(prepared, WHERE, scenario)
    assert same(found, replicate(prepared, seed=4))


def test_a_scenario_relaxes_then_worsens(prepared: Prepared) -> None:
    scenario = Scenario(
        name="both", seeds=(1,), links=("not_referred", "no_suite"), worsened="input_incidence"
    )
    found = scenario_network(prepared.network, WHERE, scenario)
    (worsened,) = (one for one in INPUTS if one.name == "input_incidence")
    expected = worsened.moved(relaxed(prepared.network, WHERE, "not_referred", "no_suite"))
    for name in expected.frames:
        assert_frame_equal(found.frame(name), expected.frame(name))


@pytest.mark.parametrize("link", [one.link for one in RELAXATIONS])
def test_as_little_is_prepared_as_the_scenario_needs(link: str) -> None:
    base = prepare(stressed(full(tiny()), 3.0), references())
    where = dataclasses.replace(
        WHERE, batch="psma-mon", lot="lot-mon", licence="middle-treat", dose_gbq=7.4
    )
    (found,) = run_scenario(base, where, Scenario(name=link, seeds=(2,), links=(link,)))
    whole = prepare(relaxed(base.network, where, link), base.reference)
    assert same(found, replicate(whole, seed=2))


@pytest.mark.parametrize("name", [one.name for one in INPUTS])
def test_as_little_is_prepared_as_the_worsened_input_needs(name: str) -> None:
    prepared = prepare(full(tiny()), references())
    scenario = Scenario(name=name, seeds=(3,), worsened=name)
    (found,) = run_scenario(prepared, WHERE, scenario)
    whole = prepare(scenario_network(prepared.network, WHERE, scenario), prepared.reference)
    assert same(found, replicate(whole, seed=3))


def test_a_worsened_demand_asks_again_who_takes_part() -> None:
    network = stressed(tiny(), 3.0)
    path, sites = pathway(network), site_catchment(network, 300.0)
    everybody = np.ones((3, 1, 3), dtype=np.bool_)
    margin = hospital_margin(network, references().rulebook, terms_of(network, references()))
    doses = expected_doses(network, path, sites, everybody)
    least = (doses * margin).sum(axis=(1, 2)).min()
    # A week costs little less than what the least busy site earns: a tenth less and it drops out.
    network = with_cells(network, "costs", {"per": "site_week"}, amount=0.97 * least)
    base = prepare(network, references())
    scenario = Scenario(name="input", seeds=(1,), worsened="input_referral_share")
    (found,) = run_scenario(base, WHERE, scenario)
    whole = prepare(scenario_network(network, WHERE, scenario), base.reference)
    assert base.participation.offers.all()
    assert not whole.participation.offers.all()
    assert same(found, replicate(whole, seed=1))
