"""The compiled engine against what a pencil says, and against itself without a compiler."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.simulate.comparison import differences
from tests.simulate.hand_worlds import (
    NO_SUITE,
    NOT_REFERRED,
    PET_SLOT,
    Step,
    course_of,
    patients_at,
    stations_of,
    supply_of,
    world_of,
)
from tests.simulate.random_worlds import random_case
from tests.simulate.uncompiled import uncompiled

from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import Stage

ROOT = Path(__file__).parents[2]
SCAN = (Step(Stage.STATION, PET_SLOT), Step(Stage.END))
DOSE = (Step(Stage.SITE), Step(Stage.ORDER))


def test_two_patients_share_one_scanner() -> None:
    # The first is scanned on days 1 to 4; the second comes on day 2 and waits until day 4.
    world = world_of(SCAN, stations=stations_of(days=3.0, slot=False))
    outcome = simulate(world, patients_at(1.0, 2.0), seed=1, log=99)
    assert outcome.fate.tolist() == [Fate.DONE, Fate.DONE]
    assert outcome.fate_day.tolist() == [4.0, 7.0]
    assert outcome.wait[:, PET_SLOT].tolist() == [0.0, 2.0]
    assert outcome.log == (
        (1.0, 0, Event.JOINED, 0),
        (1.0, 0, Event.STARTED, 0),
        (2.0, 1, Event.JOINED, 0),
        (4.0, 0, Event.DONE, -1),
        (4.0, 1, Event.STARTED, 0),
        (7.0, 1, Event.DONE, -1),
    )


def test_a_delay_that_ends_on_its_own_day_comes_in_its_turn() -> None:
    steps = (Step(Stage.DELAY, NOT_REFERRED, 0.25), Step(Stage.END))
    outcome = simulate(world_of(steps), patients_at(1.0, 1.125, 1.5), seed=1, log=9)
    assert [line[:2] for line in outcome.log] == [(1.25, 0), (1.375, 1), (1.75, 2)]


def test_one_suite_gives_one_dose_a_week() -> None:
    # Both order on day 0 for week 1 (cut-off day 4): one is infused on day 9, one owed to day 16.
    world = world_of(DOSE, supply=supply_of(6, suites=1.0))
    outcome = simulate(world, patients_at(0.0, 0.0), seed=1, log=99)
    assert outcome.first_dose_day.tolist() == [9.0, 16.0]
    assert outcome.wait[1, NO_SUITE] == 7.0
    assert outcome.wait.sum(axis=1).tolist() == [9.0, 16.0]
    assert outcome.demand[:4, 0, 0].tolist() == [0, 2, 1, 0]
    assert outcome.endings[0, DOSE_ENDINGS.index("infused")] == 2
    assert outcome.activity[0].tolist() == [16.0, 4.0, 4.0, 7.0, 1.0, 0.0]
    assert outcome.isotope.tolist() == [[6000.0, 32.0]]


def test_every_infusion_is_told_with_the_day_from_which_it_was_wanted() -> None:
    """Both want the dose of week 1, which has one room; 14 days later both want another."""
    world = world_of(DOSE, weeks=6, course=course_of(6, cycles=2), supply=supply_of(6, suites=1.0))
    outcome = simulate(world, patients_at(0.0, 1.0), seed=1)
    assert outcome.infusions.patient.tolist() == [0, 1, 0, 1]
    assert outcome.infusions.day.tolist() == [9.0, 16.0, 23.0, 30.0]
    assert outcome.infusions.since.tolist() == [0.0, 1.0, 23.0, 30.0]


def test_services_are_counted_in_the_week_in_which_they_begin() -> None:
    """The third waits until the first, who began before the first Monday, is through on day 8."""
    world = world_of(SCAN, weeks=3, stations=stations_of(servers=2, days=8.5))
    outcome = simulate(world, patients_at(-0.5, 1.0, 2.0), seed=1)
    assert outcome.services.tolist() == [[2], [1], [0]]


def test_who_dies_before_the_dose_leaves_it_as_waste() -> None:
    world = world_of(DOSE)
    outcome = simulate(world, patients_at(0.0, exits=[8.0]), seed=1)
    assert outcome.fate.tolist() == [Fate.LEFT]
    assert outcome.fate_day.tolist() == [8.0]
    assert outcome.endings[0, DOSE_ENDINGS.index("withdrawn")] == 1
    assert outcome.activity[0].tolist() == [8.0, 0.0, 0.0, 0.0, 0.0, 8.0]


def test_nobody_comes() -> None:
    outcome = simulate(world_of(SCAN), patients_at(), seed=1)
    assert outcome.events == 0
    assert outcome.wait.shape[0] == 0
    assert math.isclose(float(outcome.activity.sum()), 0.0)


def test_a_log_is_as_long_as_asked_for() -> None:
    world = world_of(SCAN)
    whole = simulate(world, patients_at(0.0, 1.0), seed=1, log=99).log
    assert simulate(world, patients_at(0.0, 1.0), seed=1, log=2).log == whole[:2]
    assert simulate(world, patients_at(0.0, 1.0), seed=1).log == ()


@pytest.mark.parametrize("seed", range(40))
def test_the_engine_says_the_same_without_a_compiler(seed: int) -> None:
    case = random_case(seed)
    with uncompiled() as plain:
        slow = plain.simulate(
            case.world, case.arrivals, seed=seed, policies=case.policies, log=10_000
        )
    fast = simulate(case.world, case.arrivals, seed=seed, policies=case.policies, log=10_000)
    assert differences(slow, fast) == []


TOLD = """
import hashlib, dataclasses
from tests.simulate.random_worlds import random_case
from doseline.simulate.engine.run import simulate
case = random_case(3)
outcome = simulate(case.world, case.arrivals, seed=3, policies=case.policies, log=1000)
told = hashlib.sha256()
for field in dataclasses.fields(outcome):
    value = getattr(outcome, field.name)
    told.update(value.tobytes() if hasattr(value, "tobytes") else repr(value).encode())
print(told.hexdigest())
"""


def test_two_processes_write_the_same_bytes() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", TOLD], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout
        for _ in range(2)
    }
    assert len(told) == 1
    assert len(told.pop().strip()) == 64


def test_the_world_may_be_read_only() -> None:
    world, arrivals = world_of(SCAN), patients_at(0.0, 1.0)
    before = simulate(world, arrivals, seed=1)
    for array in (arrivals.t0, arrivals.key, world.journey.kind, world.stations.first):
        array.setflags(write=False)
    assert differences(before, simulate(world, arrivals, seed=1)) == []
    assert np.isfinite(before.fate_day).all()
