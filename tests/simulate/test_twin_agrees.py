"""The compiled engine and its twin say the same of random worlds, event by event."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulate.comparison import differences, outcomes_of, run_both, shrunk
from tests.simulate.random_worlds import Case, random_case
from tests.study.networks import references, tiny

from doseline.simulate import twin
from doseline.simulate.engine.policies import Policies, fastest, half_full, when_room
from doseline.simulate.engine.run import simulate
from doseline.study.prepare import prepare
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, Bools, Floats, World


@pytest.mark.parametrize("seed", range(30))
def test_the_engine_and_its_twin_agree(seed: int) -> None:
    assert run_both(random_case(seed), simulate, twin.simulate) == []


@pytest.mark.parametrize(("patients", "weeks"), [(0, 4), (1, 1), (5, 2), (300, 40)])
def test_they_agree_on_few_and_many(patients: int, weeks: int) -> None:
    for seed in (100, 101, 102):
        case = random_case(seed, patients=patients, weeks=weeks)
        assert run_both(case, simulate, twin.simulate) == []


def the_nearest_open_or_not(
    km: Floats,  # noqa: ARG001
    size: Floats,  # noqa: ARG001
    load: Floats,  # noqa: ARG001
    takes: Bools,  # noqa: ARG001
    draw: float,  # noqa: ARG001
) -> int:
    """A user's mistake: a place that may not take the patient."""
    return 0


def beside_all(
    km: Floats,
    size: Floats,  # noqa: ARG001
    load: Floats,  # noqa: ARG001
    takes: Bools,  # noqa: ARG001
    draw: float,
) -> int:
    """A user's mistake: a place too far on, or before the first."""
    return len(km) if draw < 0.5 else -7


def no_number(
    kind: int,  # noqa: ARG001
    waited: float,  # noqa: ARG001
    attempts: int,  # noqa: ARG001
    week: int,  # noqa: ARG001
    draw: float,
) -> float:
    """A user's mistake: a score that is no number; and one before all others."""
    return math.nan if draw < 0.3 else -math.inf if draw > 0.9 else draw


MISTAKES = (
    Policies(site_choice=the_nearest_open_or_not, station_choice=the_nearest_open_or_not),
    Policies(site_choice=beside_all),
    Policies(station_choice=beside_all),
    Policies(priority=no_number),
)


@pytest.mark.parametrize("policies", MISTAKES)
def test_they_agree_on_what_becomes_of_a_users_mistakes(policies: Policies) -> None:
    for seed in range(200, 206):
        case = replace(random_case(seed), policies=policies)
        assert run_both(case, simulate, twin.simulate) == []


def test_they_agree_on_a_network_as_users_have_it() -> None:
    years = world_of(prepare(tiny(), references()), years=1.0)
    arrivals = arrivals_of(years, seed=4, scale=2.0)
    others = Policies(site_choice=fastest, ordering=when_room, batch=half_full, swap=True)
    for policies in (Policies(), others):
        case = Case(world=years.world, arrivals=arrivals, policies=policies, seed=4)
        fast, plain = outcomes_of(case, simulate, twin.simulate)
        assert differences(fast, plain) == []
        assert plain.doses.sum() > 100


def test_a_planted_fault_is_found_and_shrunk_to_one_patient() -> None:
    def never_holds(
        world: World, arrivals: Arrivals, *, seed: int, policies: Policies, log: int
    ) -> Outcome:
        course = replace(world.course, hold=np.zeros_like(world.course.hold))
        faulty = replace(world, course=course)
        return twin.simulate(faulty, arrivals, seed=seed, policies=policies, log=log)

    cases = (random_case(seed) for seed in range(9))
    case = next(case for case in cases if run_both(case, never_holds, twin.simulate))
    smallest = shrunk(case, never_holds, twin.simulate)
    assert smallest.arrivals.count == 1
    assert run_both(smallest, never_holds, twin.simulate)
