"""The compiled engine and its twin say the same of random worlds, event by event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulate.comparison import run_both, shrunk
from tests.simulate.random_worlds import random_case

from doseline.simulate import twin
from doseline.simulate.engine.run import simulate

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.policies import Policies
    from doseline.simulate.engine.world import Arrivals, World


@pytest.mark.parametrize("seed", range(30))
def test_the_engine_and_its_twin_agree(seed: int) -> None:
    assert run_both(random_case(seed), simulate, twin.simulate) == []


@pytest.mark.parametrize(("patients", "weeks"), [(0, 4), (1, 1), (5, 2), (300, 40)])
def test_they_agree_on_few_and_many(patients: int, weeks: int) -> None:
    for seed in (100, 101, 102):
        case = random_case(seed, patients=patients, weeks=weeks)
        assert run_both(case, simulate, twin.simulate) == []


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
