"""The twin's weeks of doses against what a pencil says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from tests.simulate.hand_worlds import (
    NO_SUITE,
    OFFER,
    ORDERING,
    Step,
    course_of,
    patients_at,
    supply_of,
    world_of,
)

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Event, Fate, Outcome
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.world import Arrivals, Course, Stage, Supply, World
from doseline.simulate.twin import simulate

STEPS = (Step(Stage.SITE, OFFER), Step(Stage.ORDER, ORDERING))
NO_BATCH = LINKS.index("no_batch_capacity")
NO_ISOTOPE = LINKS.index("no_isotope")
HOLD = LINKS.index("patient_scheduling")
BATCH = LINKS.index("batch_failed")
TRANSPORT = LINKS.index("transport")


def doses_world(
    *, weeks: int = 6, supply: Supply | None = None, course: Course | None = None
) -> World:
    return world_of(STEPS, weeks=weeks, supply=supply, course=course)


def endings(outcome: Outcome) -> dict[str, int]:
    counts = outcome.endings.sum(axis=0).tolist()
    return {name: count for name, count in zip(DOSE_ENDINGS, counts, strict=True) if count}


def test_a_dose_is_ordered_by_its_last_day_and_given_in_its_week() -> None:
    outcome = simulate(doses_world(), patients_at(4.0, 4.5), seed=1, log=99)
    assert outcome.first_dose_day.tolist() == [9.0, 16.0]
    assert outcome.wait[:, ORDERING].tolist() == [5.0, 11.5]
    assert outcome.demand[:, 0, 0].tolist() == [0, 1, 1, 0, 0, 0]
    assert [line for line in outcome.log if line[1] == 0] == [
        (4.0, 0, Event.CHOSE, 0),
        (4.0, 0, Event.ORDERED, 1),
        (7.0, 0, Event.GIVEN, 0),
        (9.0, 0, Event.ENDED, 0),
    ]


def test_a_week_whose_doses_were_shared_takes_no_more_orders() -> None:
    course = replace(course_of(6), order_by=np.linspace(1.0, 36.0, 6)[None, :])
    outcome = simulate(doses_world(course=course), patients_at(6.9, 7.0, 7.1), seed=1)
    assert outcome.first_dose_day.tolist() == [9.0, 16.0, 16.0]


def test_activity_goes_to_transit_waiting_patient_and_vial() -> None:
    outcome = simulate(doses_world(), patients_at(0.0), seed=1)
    assert outcome.activity.tolist() == [[8.0, 2.0, 2.0, 3.5, 0.5, 0.0]]
    assert outcome.isotope.tolist() == [[6000.0, 16.0]]


def test_a_cut_dose_leaves_the_rest() -> None:
    course = replace(course_of(6), cut=np.ones(1), cut_to=np.array([0.5]))
    outcome = simulate(doses_world(course=course), patients_at(0.0), seed=1)
    assert outcome.activity.tolist() == [[8.0, 2.0, 2.0, 1.75, 2.25, 0.0]]


def test_cycles_follow_at_their_interval() -> None:
    world = doses_world(weeks=10, course=course_of(10, cycles=3))
    outcome = simulate(world, patients_at(0.0), seed=1)
    assert outcome.doses.tolist() == [3]
    assert outcome.courses.tolist() == [1]
    assert (outcome.first_dose_day[0], outcome.last_dose_day[0]) == (9.0, 37.0)
    assert outcome.served[:, 0, :].tolist()[1:6] == [[1, 0], [0, 0], [0, 1], [0, 0], [0, 1]]


def test_another_course_follows_once() -> None:
    course = replace(course_of(12), again=np.ones(1), again_after=np.array([10.0]))
    outcome = simulate(doses_world(weeks=12, course=course), patients_at(0.0), seed=1)
    assert outcome.courses.tolist() == [2]
    assert outcome.last_dose_day.tolist() == [30.0]
    assert outcome.served[:, 0, 0].sum() == 2


def test_a_course_under_way_goes_on_and_a_listed_new_start_starts() -> None:
    world = doses_world(course=course_of(6, cycles=2))
    under_way = simulate(world, patients_at(8.0, site=0, given=1), seed=1)
    listed = simulate(world, patients_at(-5.0, site=0), seed=1)
    assert under_way.demand[1, 0].tolist() == [0, 1]
    assert (under_way.doses[0], under_way.first_dose_day[0]) == (1, math.inf)
    assert listed.first_dose_day.tolist() == [2.0]
    assert listed.wait[0, ORDERING] == 7.0


def test_who_finds_no_room_waits_at_the_limit_that_binds() -> None:
    arrivals = patients_at(0.0, 0.0, 0.0)
    cases = {
        NO_SUITE: supply_of(6, suites=1.0),
        NO_BATCH: supply_of(6, doses=1.0),
        NO_ISOTOPE: supply_of(6, isotope=20.0),
    }
    for link, supply in cases.items():
        outcome = simulate(doses_world(supply=supply), arrivals, seed=1)
        assert outcome.first_dose_day.tolist() == [9.0, 16.0, 23.0]
        assert outcome.wait[:, link].tolist() == [0.0, 7.0, 14.0]
        assert outcome.wait.sum(axis=1).tolist() == [9.0, 16.0, 23.0]
        assert endings(outcome) == {"infused": 3}


def test_an_order_left_open_ends_at_the_horizon() -> None:
    world = doses_world(weeks=3, supply=supply_of(3, isotope=15.0))
    outcome = simulate(world, patients_at(0.0, 0.0), seed=1)
    assert outcome.fate.tolist() == [Fate.UNDER_WAY, Fate.UNDER_WAY]
    assert endings(outcome) == {"isotope_short": 2}
    assert outcome.lost_by_link[NO_ISOTOPE] == 2
    assert outcome.lost_link.tolist() == [-1, -1]


def test_who_dies_with_an_open_order_withdraws_it() -> None:
    world = doses_world(supply=supply_of(6, doses=1.0))
    arrivals = patients_at(0.0, 0.0, exits=[math.inf, 14.0])
    outcome = simulate(world, arrivals, seed=1)
    assert outcome.fate.tolist() == [Fate.TREATED, Fate.LEFT]
    assert endings(outcome) == {"infused": 1, "withdrawn": 1}


def test_who_dies_before_the_infusion_wastes_the_dose_or_leaves_it_to_another() -> None:
    world = doses_world(supply=supply_of(6, doses=1.0))
    arrivals = patients_at(0.0, 0.0, exits=[8.0, math.inf])
    kept = simulate(world, arrivals, seed=1)
    swapped = simulate(world, arrivals, seed=1, policies=Policies(swap=True), log=99)
    assert kept.first_dose_day.tolist() == [math.inf, 16.0]
    assert kept.activity[0, 5] == 8.0
    assert endings(kept) == {"infused": 1, "withdrawn": 1}
    assert swapped.first_dose_day.tolist() == [math.inf, 9.0]
    assert swapped.activity[0, 5] == 0.0
    assert endings(swapped) == {"infused": 1, "returned": 1}
    assert [line for line in swapped.log if line[0] > 0.0] == [
        (7.0, 0, Event.GIVEN, 0),
        (8.0, 0, Event.LEFT, -1),
        (9.0, 0, Event.ENDED, DOSE_ENDINGS.index("returned")),
        (9.0, 1, Event.ENDED, DOSE_ENDINGS.index("infused")),
    ]


def test_failures_waste_the_dose_and_name_the_first_loss() -> None:
    cases = {
        (BATCH, "batch_failed"): doses_world(weeks=2, supply=supply_of(2, failure=1.0)),
        (TRANSPORT, "transport"): doses_world(weeks=2, supply=supply_of(2, on_time=0.0)),
        (TRANSPORT, "expired"): doses_world(
            weeks=2, supply=supply_of(2, on_time=0.0, usable=0.0, unexpired=0.0)
        ),
        (HOLD, "patient_hold"): doses_world(weeks=2, course=course_of(2, hold=1.0)),
    }
    for (link, ending), world in cases.items():
        outcome = simulate(world, patients_at(0.0), seed=1)
        assert endings(outcome) == {ending: 1}
        assert (outcome.lost_link[0], outcome.lost_day[0]) == (link, 9.0)
        assert outcome.lost_by_link[link] == 1
        assert outcome.activity.tolist() == [[8.0, 0.0, 0.0, 0.0, 0.0, 8.0]]
        assert outcome.run_failed[:, 0].tolist() == [0, int(link == BATCH)]


def test_a_dose_that_comes_late_is_infused_on_arrival() -> None:
    world = doses_world(weeks=2, supply=supply_of(2, on_time=0.0, usable=1.0))
    outcome = simulate(world, patients_at(0.0), seed=1)
    assert endings(outcome) == {"infused_late": 1}
    assert outcome.first_dose_day.tolist() == [9.0]
    assert outcome.doses.tolist() == [1]
    assert outcome.lost_by_link.sum() == 0
    assert outcome.activity.tolist() == [[8.0, 5.0, 0.0, 2.625, 0.375, 0.0]]


def test_a_late_dose_that_its_patient_leaves_is_late_for_the_next_one_too() -> None:
    supply = supply_of(2, on_time=0.0, usable=1.0, doses=1.0)
    world = doses_world(weeks=2, supply=supply)
    arrivals = patients_at(0.0, 0.0, exits=[8.0, math.inf])
    outcome = simulate(world, arrivals, seed=1, policies=Policies(swap=True))
    assert endings(outcome) == {"infused_late": 1, "returned": 1}
    assert outcome.activity.tolist() == [[8.0, 5.0, 0.0, 2.625, 0.375, 0.0]]


def test_a_hold_of_two_weeks_is_waited_once() -> None:
    half = next(
        seed
        for seed in range(99)
        if simulate(
            doses_world(course=course_of(6, hold=0.5, hold_weeks=2)), patients_at(0.0), seed=seed
        ).first_dose_day[0]
        == 23.0
    )
    world = doses_world(course=course_of(6, hold=0.5, hold_weeks=2))
    outcome = simulate(world, patients_at(0.0), seed=half)
    assert outcome.wait[0, HOLD] == 14.0
    assert outcome.wait[0].sum() == 23.0


def test_a_run_with_too_few_doses_is_not_made() -> None:
    world = doses_world(weeks=4, supply=supply_of(4, least=2.0))
    outcome = simulate(world, patients_at(0.0, 5.0), seed=1)
    assert outcome.first_dose_day.tolist() == [16.0, 16.0]
    assert outcome.run_doses[:, 0].tolist() == [0, 0, 2, 0]
    assert outcome.isotope.tolist() == [[4000.0, 32.0]]
    assert outcome.wait[0, NO_BATCH] == 7.0


def test_doses_are_kept_for_new_patients() -> None:
    arrivals = join(patients_at(7.0, 7.0, site=0, given=1), patients_at(4.0, 4.0))
    world = doses_world(supply=supply_of(6, doses=3.0), course=course_of(6, cycles=2))
    free = simulate(world, arrivals, seed=1)
    kept = simulate(world, arrivals, seed=1, policies=Policies(reserved_for_new=0.5))
    assert free.served[1, 0].tolist() == [1, 2]
    assert kept.served[1, 0].tolist() == [2, 1]


def test_overbooking_ends_doses_at_a_full_site() -> None:
    world = doses_world(supply=supply_of(6, suites=2.0))
    arrivals = patients_at(0.0, 0.0, 0.0)
    outcome = simulate(world, arrivals, seed=1, policies=Policies(overbook=0.5))
    assert endings(outcome) == {"infused": 3, "site": 1}
    assert outcome.first_dose_day.tolist() == [9.0, 9.0, 16.0]
    assert outcome.lost_link.tolist() == [-1, -1, NO_SUITE]


def test_a_swap_needs_room_at_the_site() -> None:
    world = doses_world(supply=supply_of(6, doses=2.0, suites=1.0))
    arrivals = patients_at(0.0, 0.0, 0.0, 0.0, exits=[8.0, 8.0, math.inf, math.inf])
    policies = Policies(overbook=1.0, swap=True)
    outcome = simulate(world, arrivals, seed=1, policies=policies)
    assert outcome.first_dose_day.tolist() == [math.inf, math.inf, 9.0, 16.0]
    assert endings(outcome) == {"infused": 2, "returned": 1, "withdrawn": 1}


def test_a_run_in_conflict_leaves_the_dose_to_the_other_day() -> None:
    one = supply_of(6, doses=1.0)
    two = replace(
        one,
        way_first=np.array([0, 2]),
        way_run=np.array([0, 1]),
        way_day=np.array([2.0, 4.0]),
        run_key=np.array([7, 8], dtype=np.uint64),
        run_share=np.ones((6, 2)),
        draw_first=np.array([0, 1, 2]),
        draw_pool=np.zeros(2, dtype=np.int64),
        draw_per_gbq=np.full(2, 0.5),
        conflict_first=np.zeros(3, dtype=np.int64),
        **{
            name: np.repeat(getattr(one, name), 2)
            for name in (
                "way_on_time",
                "way_usable",
                "way_unexpired",
                "way_ready",
                "way_arrive",
                "way_infuse",
                "way_late",
                "way_cost",
                "run_doses",
                "run_activity",
                "run_failure",
                "run_release_failure",
                "run_least",
            )
        },
    )
    against = replace(two, conflict_first=np.array([0, 1, 2]), conflict_run=np.array([1, 0]))
    arrivals = patients_at(0.0, 0.0)
    assert simulate(doses_world(supply=two), arrivals, seed=1).first_dose_day.tolist() == [9, 11]
    outcome = simulate(doses_world(supply=against), arrivals, seed=1)
    assert outcome.first_dose_day.tolist() == [9, 16]
    assert outcome.wait[1, NO_BATCH] == 7.0


def test_who_may_not_this_week_waits() -> None:
    def never(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
        return math.inf if attempts < 2 else waited * draw * (kind + week)

    outcome = simulate(doses_world(), patients_at(0.0), seed=1, policies=Policies(priority=never))
    assert outcome.first_dose_day.tolist() == [23.0]
    assert outcome.wait[0, NO_BATCH] == 14.0


def test_an_infusion_beyond_the_horizon_is_no_treatment_yet() -> None:
    late = replace(supply_of(2), way_day=np.array([8.0]))
    outcome = simulate(doses_world(weeks=2, supply=late), patients_at(0.0), seed=1)
    assert outcome.fate.tolist() == [Fate.UNDER_WAY]
    assert outcome.first_dose_day.tolist() == [math.inf]


def join(*parts: Arrivals) -> Arrivals:
    """The patients of several groups, in that order."""
    names = ("key", "t0", "product", "region", "payer", "exit_day", "site", "given")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    joined["key"] = np.arange(len(joined["t0"]), dtype=np.uint64)
    return Arrivals(**joined)
