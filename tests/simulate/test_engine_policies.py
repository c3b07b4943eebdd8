"""Policies in the engine: built-in ones, a user's own, and what cannot be compiled."""

from __future__ import annotations

import builtins
import math
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulate.hand_worlds import (
    NO_SCANNER,
    PET_SLOT,
    Step,
    course_of,
    patients_at,
    supply_of,
    world_of,
)

from doseline.model.ledger import LINKS
from doseline.simulate.engine.errors import PolicyNotCompiledError, SimulateNotInstalledError
from doseline.simulate.engine.outcome import Event
from doseline.simulate.engine.policies import Policies, half_full, when_room
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import NOWHERE, Places, Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.policies import Ordering
    from doseline.simulate.engine.world import Bools, Floats

DOSE = (Step(Stage.SITE), Step(Stage.ORDER))
TOO_FAR = 10**9


def last_come(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:  # noqa: ARG001
    """Who waited least comes first."""
    return waited


def out_of_range(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:  # noqa: ARG001
    """A place that does not exist."""
    return TOO_FAR


def what_is_closed(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:  # noqa: ARG001
    """The first place that takes nobody."""
    for at in range(len(takes)):
        if not takes[at]:
            return at
    return 0


def no_number_in_week_one(
    kind: int,  # noqa: ARG001
    waited: float,  # noqa: ARG001
    attempts: int,  # noqa: ARG001
    week: int,
    draw: float,  # noqa: ARG001
) -> float:
    """What cannot be compared in the first week that is asked for, then nought."""
    return math.nan if week == 1 else 0.0


def as_late_as_can_be(kind: int, listed: Floats, size: float) -> int:  # noqa: ARG001
    """More weeks on than there are."""
    return TOO_FAR


def as_early_as_can_be(kind: int, listed: Floats, size: float) -> int:  # noqa: ARG001
    """Weeks ago."""
    return -TOO_FAR


def later_doses_late(kind: int, listed: Floats, size: float) -> int:  # noqa: ARG001
    """Two weeks on for doses of a course that is under way."""
    return 2 * kind


def beside_the_first(kind: int, listed: Floats, size: float) -> int:  # noqa: ARG001
    """As many weeks on as orders are listed for the first week."""
    return int(listed[0])


def one_if_any_is_listed_later(kind: int, listed: Floats, size: float) -> int:  # noqa: ARG001
    """A week on if any of the weeks after the first has an order."""
    return 1 if listed[1:].sum() > 0.0 else 0


def two_in_week_two(orders: int, capacity: float, waited: float, week: int) -> bool:
    """Only that one batch whose facts are worked out by hand below."""
    return orders == 2 and capacity == 50.0 and waited == 13.5 and week == 2


def no_batch(orders: int, capacity: float, waited: float, week: int) -> bool:  # noqa: ARG001
    """None at all."""
    return False


def reads_a_file(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:  # noqa: ARG001
    """What no compiler takes."""
    with open("priorities.txt", encoding="utf-8") as file:  # noqa: PTH123
        return float(file.read())


def test_a_users_own_priority_decides_who_waits() -> None:
    world = world_of(DOSE, supply=supply_of(6, suites=1.0))
    arrivals = patients_at(0.0, 1.0)
    usual = simulate(world, arrivals, seed=1)
    turned = simulate(world, arrivals, seed=1, policies=Policies(priority=last_come))
    assert usual.first_dose_day.tolist() == [9.0, 16.0]
    assert turned.first_dose_day.tolist() == [16.0, 9.0]


def test_a_choice_out_of_range_is_a_choice_of_no_place() -> None:
    outcome = simulate(
        world_of(DOSE), patients_at(0.0), seed=1, policies=Policies(site_choice=out_of_range)
    )
    assert outcome.site.tolist() == [-1]


def test_a_choice_of_a_place_that_takes_nobody_is_a_choice_of_none() -> None:
    world = world_of((Step(Stage.STATION, PET_SLOT), *DOSE))
    scanners = Places(
        place=np.array([[0, NOWHERE]]), km=np.array([[10.0, math.inf]]), size=np.ones(1)
    )
    two = replace(world, stations=replace(world.stations, catchments=(scanners,)))
    policies = Policies(station_choice=what_is_closed)
    outcome = simulate(two, patients_at(0.0), seed=1, policies=policies)
    assert outcome.link.tolist() == [NO_SCANNER]
    assert simulate(world, patients_at(0.0), seed=1, policies=policies).doses.tolist() == [1]


def test_a_priority_that_is_no_number_makes_an_order_wait() -> None:
    outcome = simulate(
        world_of(DOSE), patients_at(0.0), seed=1, policies=Policies(priority=no_number_in_week_one)
    )
    assert outcome.first_dose_day.tolist() == [16.0]


def weeks_of_orders(outcome: Outcome) -> list[int]:
    """The week of each order that the log tells, in its sequence."""
    return [place for _, _, event, place in outcome.log if event == Event.ORDERED]


def test_orders_go_to_the_first_week_in_which_the_site_has_room() -> None:
    arrivals = patients_at(0.0, 0.5, 1.0)
    full = simulate(world_of(DOSE), arrivals, seed=1, log=99)
    spread = simulate(
        world_of(DOSE), arrivals, seed=1, log=99, policies=Policies(ordering=when_room)
    )
    assert weeks_of_orders(full) == [1, 1, 1]
    assert weeks_of_orders(spread) == [1, 2, 3]
    assert spread.first_dose_day.tolist() == [9.0, 16.0, 23.0]
    waits = [day - start for day, start in zip((9.0, 16.0, 23.0), (0.0, 0.5, 1.0), strict=True)]
    assert spread.wait.sum(axis=1).tolist() == waits


@pytest.mark.parametrize(("ordering", "week"), [(as_late_as_can_be, 8), (as_early_as_can_be, 1)])
def test_an_order_is_put_off_by_no_weeks_at_least_and_seven_at_most(
    ordering: Ordering, week: int
) -> None:
    outcome = simulate(
        world_of(DOSE, weeks=10),
        patients_at(0.0),
        seed=1,
        log=9,
        policies=Policies(ordering=ordering),
    )
    assert weeks_of_orders(outcome) == [week]
    assert outcome.first_dose_day.tolist() == [7.0 * week + 2.0]


def test_an_order_put_off_beyond_the_horizon_waits_without_a_list() -> None:
    outcome = simulate(
        world_of(DOSE),
        patients_at(0.0),
        seed=1,
        log=9,
        policies=Policies(ordering=as_late_as_can_be),
    )
    assert weeks_of_orders(outcome) == []
    assert outcome.demand.sum() == 0


def test_an_ordering_knows_a_later_dose_from_a_first() -> None:
    world = world_of(DOSE, weeks=10, course=course_of(10, cycles=2))
    usual = simulate(world, patients_at(0.0), seed=1)
    late = simulate(world, patients_at(0.0), seed=1, policies=Policies(ordering=later_doses_late))
    assert usual.demand[:, 0].tolist() == [[int(week == 1), int(week == 3)] for week in range(10)]
    assert late.demand[:, 0, 1].tolist() == [int(week == 5) for week in range(10)]
    assert late.last_dose_day.tolist() == [37.0]


def test_an_ordering_sees_the_orders_of_its_site_and_not_its_own() -> None:
    outcome = simulate(
        world_of(DOSE),
        patients_at(0.0, 0.1, 0.2),
        seed=1,
        log=99,
        policies=Policies(ordering=beside_the_first),
    )
    # The second and the third see one order in week 1, and go to week 2.
    assert weeks_of_orders(outcome) == [1, 2, 2]


def test_an_order_that_asks_again_is_listed() -> None:
    listed = patients_at(-1.0, -0.5, 0.0)
    listed.site[:2] = 0
    outcome = simulate(
        world_of(DOSE, supply=supply_of(6, suites=1.0)),
        listed,
        seed=1,
        log=99,
        policies=Policies(ordering=beside_the_first),
    )
    # Week 0 has room for one of the two, so the third finds one order in week 1.
    assert weeks_of_orders(outcome) == [2]
    assert outcome.first_dose_day.tolist() == [2.0, 9.0, 16.0]


def test_weeks_beyond_the_horizon_have_no_orders() -> None:
    outcome = simulate(
        world_of(DOSE, weeks=3),
        patients_at(0.0, 0.5, 5.0, 5.5),
        seed=1,
        log=99,
        policies=Policies(ordering=one_if_any_is_listed_later),
    )
    # The first two go to week 1, the others to week 2, after which there is no other.
    assert weeks_of_orders(outcome) == [1, 1, 2, 2]


def test_a_batch_waits_until_it_is_half_full_or_a_patient_waited_three_weeks() -> None:
    policies = Policies(batch=half_full)
    world = world_of(DOSE, supply=supply_of(6, doses=10.0))
    alone = simulate(world, patients_at(0.0), seed=1, policies=policies)
    enough = simulate(world, patients_at(*[0.0] * 5), seed=1, policies=policies)
    without_limit = simulate(
        world_of(DOSE, supply=supply_of(6, doses=math.inf)),
        patients_at(0.0),
        seed=1,
        policies=policies,
    )
    assert alone.first_dose_day.tolist() == [23.0]
    assert enough.first_dose_day.tolist() == [9.0] * 5
    assert without_limit.first_dose_day.tolist() == [9.0]
    assert alone.run_doses[:, 0].tolist() == [0, 0, 0, 1, 0, 0]
    # What a batch that is not made would have used is there again, and its order was owed.
    assert alone.isotope[0].tolist() == [6000.0, 16.0]
    assert alone.activity[0, 0] == 8.0
    assert alone.wait[0, LINKS.index("no_batch_capacity")] == 14.0


def test_a_batch_policy_is_told_orders_capacity_wait_and_week() -> None:
    supply = supply_of(6, doses=100.0)
    supply.run_share[2] = 0.5
    outcome = simulate(
        world_of(DOSE, supply=supply),
        patients_at(0.5, 2.0),
        seed=1,
        policies=Policies(batch=two_in_week_two),
    )
    assert outcome.first_dose_day.tolist() == [16.0, 16.0]


def test_a_run_below_its_least_is_not_made_whatever_the_policy() -> None:
    world = world_of(DOSE, supply=supply_of(6, least=2.0))
    assert simulate(world, patients_at(0.0), seed=1).run_doses.sum() == 0
    never = simulate(world, patients_at(0.0, 0.0), seed=1, policies=Policies(batch=no_batch))
    assert never.run_doses.sum() == 0
    assert never.lost_by_link.sum() == 2


def closes_the_others(
    km: Floats,  # noqa: ARG001
    size: Floats,  # noqa: ARG001
    load: Floats,  # noqa: ARG001
    takes: Bools,
    draw: float,  # noqa: ARG001
) -> int:
    """A user's mistake: it changes what it is shown."""
    takes[1:] = False
    return 0


def test_a_policy_cannot_change_what_it_is_shown() -> None:
    changing = Policies(site_choice=closes_the_others)
    with pytest.raises(PolicyNotCompiledError, match="changes an array that it is shown"):
        simulate(world_of(DOSE), patients_at(0.0), seed=1, policies=changing)


def test_a_policy_that_cannot_be_compiled_is_told_in_a_sentence() -> None:
    with pytest.raises(PolicyNotCompiledError, match="priority: the function reads_a_file"):
        simulate(world_of(DOSE), patients_at(0.0), seed=1, policies=Policies(priority=reads_a_file))


def test_a_missing_compiler_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "numba" or name.startswith("numba."):
            raise ModuleNotFoundError(name, name="numba")
        return kept(name, *arguments, **named)

    package = "doseline.simulate.engine"
    for room in [name for name in sys.modules if name.startswith(f"{package}.")]:
        if room.rpartition(".")[2] not in {"run", "errors", "policies", "world", "outcome"}:
            monkeypatch.delitem(sys.modules, room)
            monkeypatch.delattr(sys.modules[package], room.rpartition(".")[2], raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SimulateNotInstalledError, match=r"pip install 'doseline\[simulate\]'"):
        simulate(world_of(DOSE), patients_at(0.0), seed=1)
