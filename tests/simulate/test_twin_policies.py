"""What the twin tells a policy of ordering and of batches, against what a pencil says."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulate.hand_worlds import (
    PET_SLOT,
    Step,
    course_of,
    patients_at,
    stations_of,
    supply_of,
    world_of,
)

from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Event, Fate, Outcome
from doseline.simulate.engine.policies import Policies, when_room
from doseline.simulate.engine.world import Places, Stage, World
from doseline.simulate.twin import simulate

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Bools, Course, Floats, Supply

DOSE = (Step(Stage.SITE), Step(Stage.ORDER))
NO_BATCH = LINKS.index("no_batch_capacity")


@dataclass(slots=True)
class Orders:
    """A policy of ordering that writes down what it was told."""

    later: int = 0
    told: list[tuple[int, list[float], float]] = field(default_factory=list)

    def __call__(self, kind: int, listed: Floats, size: float) -> int:
        """Always as many weeks later."""
        self.told.append((kind, listed.tolist(), size))
        return self.later


@dataclass(slots=True)
class Batches:
    """A policy of batches that writes down what it was told."""

    made: bool = True
    told: list[tuple[int, float, float, int]] = field(default_factory=list)

    def __call__(self, orders: int, capacity: float, waited: float, week: int) -> bool:
        """All, or none."""
        self.told.append((orders, capacity, waited, week))
        return self.made


def doses_world(
    *, weeks: int = 6, supply: Supply | None = None, course: Course | None = None
) -> World:
    return world_of(DOSE, weeks=weeks, supply=supply, course=course)


def ordered(outcome: Outcome) -> list[int]:
    return [place for _, _, event, place in outcome.log if event == Event.ORDERED]


def listing(*orders: float) -> list[float]:
    return [*orders, *[0.0] * (8 - len(orders))]


def test_an_ordering_is_told_the_lists_of_its_site_without_the_patient_itself() -> None:
    orders = Orders()
    simulate(doses_world(), patients_at(0.0, 0.5, 4.5), seed=1, policies=Policies(ordering=orders))
    # The first two can have week 1, the third week 2, whose list is empty yet.
    assert orders.told == [(0, listing(), 1.0), (0, listing(1.0), 1.0), (0, listing(), 1.0)]


def test_each_order_of_a_week_sees_those_that_were_put_on_a_list_before_it() -> None:
    orders = Orders()
    simulate(
        doses_world(course=course_of(6, cycles=2)),
        patients_at(0.0, 0.0, site=0, given=1),
        seed=1,
        policies=Policies(ordering=orders),
    )
    assert orders.told == []
    simulate(
        doses_world(course=course_of(6, cycles=3)),
        patients_at(0.0, 0.0, site=0, given=1),
        seed=1,
        policies=Policies(ordering=orders),
    )
    assert orders.told == [(1, listing(), 1.0), (1, listing(1.0), 1.0)]


def test_an_owed_order_asks_no_policy_but_is_on_the_list_that_others_see() -> None:
    orders = Orders()
    listed = patients_at(-2.0, -1.0, 0.0)
    listed.site[:2] = 0
    outcome = simulate(
        doses_world(supply=supply_of(6, suites=1.0)),
        listed,
        seed=1,
        policies=Policies(ordering=orders),
    )
    # Week 0 has room for one of the first two; the third orders after it was shared.
    assert orders.told == [(0, listing(1.0), 1.0)]
    assert outcome.first_dose_day.tolist() == [2.0, 9.0, 16.0]


def test_a_held_order_is_seen_by_those_whose_books_are_done_after_it() -> None:
    course = replace(course_of(2, cycles=3, hold=0.5), interval=np.array([7.0]))
    seen = {}
    for seed in range(30):
        orders = Orders()
        arrivals = patients_at(-2.0, -1.0, site=0, given=1)
        world = doses_world(weeks=2, course=course)
        outcome = simulate(world, arrivals, seed=seed, policies=Policies(ordering=orders))
        in_week_0 = outcome.infusions.patient[outcome.infusions.day == 2.0].tolist()
        seen[tuple(in_week_0)] = [listed[0] for _, listed, _ in orders.told[: len(in_week_0)]]
    # Who is infused and who is held are both listed for week 1, the first row before the second.
    assert seen == {(): [], (0,): [0.0], (1,): [1.0], (0, 1): [0.0, 1.0]}


def test_an_order_put_off_is_told_with_the_week_that_was_chosen() -> None:
    arrivals = patients_at(0.0, 0.5)
    for later, weeks in ((0, [1, 1]), (2, [3, 3]), (-5, [1, 1]), (7, []), (10**12, [])):
        policies = Policies(ordering=Orders(later))
        assert ordered(simulate(doses_world(), arrivals, seed=1, log=9, policies=policies)) == weeks


def test_an_order_is_put_off_by_seven_weeks_at_most() -> None:
    policies = Policies(ordering=Orders(10**12))
    outcome = simulate(doses_world(weeks=9), patients_at(0.0), seed=1, log=9, policies=policies)
    assert ordered(outcome) == [8]
    assert outcome.first_dose_day.tolist() == [58.0]
    assert outcome.wait.sum() == 58.0


def test_later_doses_and_another_course_are_ordered_by_the_policy_too() -> None:
    orders = Orders(1)
    course = replace(course_of(20, cycles=2), again=np.ones(1), again_after=np.array([14.0]))
    outcome = simulate(
        doses_world(weeks=20, course=course),
        patients_at(0.0),
        seed=1,
        policies=Policies(ordering=orders),
    )
    # Wednesdays of weeks 2, 5 (2 + 2 + 1), then two weeks on, by the last day for orders, and 1.
    assert [kind for kind, _, _ in orders.told] == [0, 1, 0, 1]
    assert np.argwhere(outcome.served[:, 0].sum(axis=1)).ravel().tolist() == [2, 5, 9, 12]


def test_who_is_listed_at_the_start_asks_no_policy() -> None:
    orders = Orders(3)
    policies = Policies(ordering=orders)
    outcome = simulate(doses_world(), patients_at(-1.0, site=0), seed=1, policies=policies)
    assert orders.told == []
    assert outcome.first_dose_day.tolist() == [2.0]


def test_no_policy_is_asked_when_no_week_is_left() -> None:
    orders = Orders()
    simulate(doses_world(), patients_at(40.0), seed=1, policies=Policies(ordering=orders))
    assert orders.told == []


def test_orders_spread_over_the_weeks_that_have_room() -> None:
    outcome = simulate(
        doses_world(),
        patients_at(0.0, 0.5, 1.0),
        seed=1,
        log=99,
        policies=Policies(ordering=when_room),
    )
    assert ordered(outcome) == [1, 2, 3]
    assert outcome.first_dose_day.tolist() == [9.0, 16.0, 23.0]


@pytest.mark.parametrize("index", [-7, -1, 0, 2, 10**6])
def test_a_choice_of_what_is_no_place_or_takes_nobody_is_a_choice_of_none(index: int) -> None:
    def choice(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
        assert takes.tolist() == [False, True]
        assert load.tolist() == size.tolist() == [0.0, 0.0]
        return index if km[0] < km[1] + draw else 1

    world = doses_world()
    two = Places(place=np.array([[1, 0]]), km=np.array([[10.0, 120.0]]), size=np.zeros(2))
    blocked = replace(
        world.sites,
        places=two,
        offers=np.ones((2, 1, 1), dtype=np.bool_),
        listed_from=np.array([[-math.inf], [math.inf]]),
        blocked=np.full((2, 1), -1),
    )
    far = replace(world.journey, max_km=np.full_like(world.journey.max_km, 200.0))
    outcome = simulate(
        replace(world, sites=blocked, journey=far),
        patients_at(0.0),
        seed=1,
        policies=Policies(site_choice=choice),
    )
    assert outcome.fate.tolist() == [Fate.LOST]
    assert outcome.link.tolist() == [LINKS.index("not_offered")]
    assert outcome.site.tolist() == [-1]


def test_a_policy_cannot_change_what_it_is_shown() -> None:
    def closer(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
        km[0] = size[0] + load[0] + takes[0] + draw
        return 0

    world = world_of((Step(Stage.SITE, LINKS.index("out_of_reach")), Step(Stage.END)))
    with pytest.raises(ValueError, match="read-only"):
        simulate(world, patients_at(0.0), seed=1, policies=Policies(site_choice=closer))


def test_a_priority_that_is_no_number_waits_for_another_week() -> None:
    def unsure(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
        return math.nan if week < 3 else waited * draw * (kind + attempts)

    outcome = simulate(doses_world(), patients_at(0.0), seed=1, policies=Policies(priority=unsure))
    assert outcome.first_dose_day.tolist() == [23.0]
    assert outcome.wait[0, NO_BATCH] == 14.0


def test_a_batch_is_told_its_orders_capacity_longest_wait_and_week() -> None:
    batches = Batches()
    supply = supply_of(6, doses=40.0, least=2.0)
    supply.run_share[2] = 0.5
    simulate(
        doses_world(supply=supply),
        patients_at(0.0, 4.5),
        seed=1,
        policies=Policies(batch=batches),
    )
    # Week 1 has one order, fewer than the line's least: the policy is not asked.
    assert batches.told == [(2, 20.0, 14.0, 2)]


def test_a_batch_limited_by_activity_only_has_infinite_capacity() -> None:
    batches = Batches()
    supply = supply_of(6, doses=math.inf)
    policies = Policies(batch=batches, reserved_for_new=1.0)
    simulate(doses_world(supply=supply), patients_at(0.0, 0.0), seed=1, policies=policies)
    assert batches.told == [(2, math.inf, 7.0, 1)]


def test_a_batch_that_is_not_made_owes_its_orders_and_uses_nothing() -> None:
    batches = Batches(made=False)
    outcome = simulate(
        doses_world(weeks=4), patients_at(0.0), seed=1, policies=Policies(batch=batches)
    )
    assert batches.told == [(1, 100.0, 7.0, 1), (1, 100.0, 14.0, 2), (1, 100.0, 21.0, 3)]
    assert outcome.run_doses.sum() == 0
    assert outcome.activity.sum() == 0.0
    assert outcome.isotope.tolist() == [[4000.0, 0.0]]
    assert outcome.wait[0, NO_BATCH] == 21.0
    assert outcome.lost_by_link[NO_BATCH] == 1


def test_every_infusion_is_told_with_the_day_from_which_it_was_wanted() -> None:
    world = doses_world(
        weeks=8, course=course_of(8, cycles=2), supply=supply_of(8, suites=1.0, doses=50.0)
    )
    outcome = simulate(world, patients_at(0.0, 1.0), seed=1)
    rows = outcome.infusions
    # The second is owed in week 1, and wanted since day 1 all the same.
    assert rows.patient.tolist() == [0, 1, 0, 1]
    assert rows.day.tolist() == [9.0, 16.0, 23.0, 30.0]
    assert rows.since.tolist() == [0.0, 1.0, 23.0, 30.0]
    assert len(rows.day) == outcome.doses.sum()


def test_an_infusion_beyond_the_horizon_is_told_too() -> None:
    late = replace(supply_of(2), way_day=np.array([8.0]))
    outcome = simulate(doses_world(weeks=2, supply=late), patients_at(0.0), seed=1)
    assert outcome.infusions.day.tolist() == [15.0]


def test_services_are_counted_in_the_week_in_which_they_begin() -> None:
    steps = (Step(Stage.STATION, PET_SLOT), Step(Stage.END))
    world = world_of(steps, weeks=3, stations=stations_of(days=3.0))
    outcome = simulate(world, patients_at(-2.0, 0.0, 0.5, 6.9, 8.0), seed=1)
    # They begin on days -2, 1, 4, 7 and 10.
    assert outcome.services.tolist() == [[3], [2], [0]]
