"""The vectorised simulation and its plain twin send the same patients through the same fate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulate import twin, twin_gates
from tests.simulate.worlds import (
    LINK,
    a_calendar,
    a_random_access,
    a_random_pathway,
    patients_of,
    random_episodes,
    serving,
)

from doseline.model.ledger import CLASSES, DOSE_ENDINGS, LINKS
from doseline.simulate.booking import Account, Course, book
from doseline.simulate.gates import NO_LINK, Journey, pass_gates
from doseline.simulate.queue import fifo_starts
from doseline.simulate.weeks import Patients, Treatment, treat

if TYPE_CHECKING:
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.cohort import Episodes
    from doseline.simulate.pathway import Pathway

How: TypeAlias = dict[str, Any]
"""How the dispatcher fails."""
SEEDS = st.integers(0, 2**31)
EXACT = settings(derandomize=True, deadline=None, max_examples=60)
HOW: tuple[How, ...] = (
    {},
    {"capacity": 0},
    {"capacity": 3},
    {"failing": 0.3},
    {"capacity": 5, "failing": 0.5, "failed": "transport", "short": "no_suite"},
)


@given(
    requests=st.lists(
        st.tuples(st.integers(0, 200).map(lambda tenths: tenths / 10), st.integers(0, 3)),
        max_size=40,
    ),
    rates=st.lists(st.sampled_from([0.05, 0.3, 1.0, 7.0]), min_size=4, max_size=4),
)
@EXACT
def test_a_queue_serves_who_asked_first_as_soon_as_its_counter_is_free(
    requests: list[tuple[float, int]], rates: list[float]
) -> None:
    times = [time for time, _ in requests]
    counters = [counter for _, counter in requests]
    starts = fifo_starts(np.array(times, np.float64), np.array(counters, np.int64), np.array(rates))
    assert starts.tolist() == pytest.approx(
        twin_gates.fifo_starts(times, counters, rates), abs=1e-9
    )


@given(seed=SEEDS)
@EXACT
def test_the_gates_stop_whom_the_twin_stops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    path, access = a_random_pathway(rng), a_random_access(rng)
    episodes = random_episodes(rng, 40, 60.0)
    journey = pass_gates(episodes, path, access, seed=seed)
    walked = twin_gates.GateTwin(episodes, path, access, seed=seed).walk()
    for at, one in enumerate(walked):
        assert journey.never[at] == (NO_LINK if one.never is None else LINK[one.never])
        assert journey.never_day[at] == pytest.approx(one.never_day, abs=1e-9)
        assert journey.ready_day[at] == pytest.approx(one.now, abs=1e-9)
        assert journey.wait[at].tolist() == pytest.approx(
            [one.wait.get(link, 0.0) for link in LINKS], abs=1e-9
        )
        if one.never is None:
            assert journey.site[at] == one.site


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A random world that was simulated to its end."""

    episodes: Episodes
    path: Pathway
    calendar: Calendar
    journey: Journey
    patients: Patients
    rows: np.ndarray
    treatment: Treatment
    account: Account


def simulate(seed: int, how: How) -> World:
    rng = np.random.default_rng(seed)
    path, access = a_random_pathway(rng), a_random_access(rng)
    calendar = a_calendar(in_time_days=112)
    episodes = random_episodes(rng, 60, calendar.cohort_days[1])
    journey = pass_gates(episodes, path, access, seed=seed)
    patients, rows = patients_of(episodes, journey)
    treatment = treat(patients, path, calendar, serving(seed=seed, **how), seed=seed)
    account = book(
        episodes,
        journey,
        course_of(treatment, rows, episodes.count),
        in_time_days=path.in_time_days,
        cohort_days=calendar.cohort_days,
        horizon_day=calendar.horizon_day,
    )
    return World(
        episodes=episodes,
        path=path,
        calendar=calendar,
        journey=journey,
        patients=patients,
        rows=rows,
        treatment=treatment,
        account=account,
    )


def course_of(treatment: Treatment, rows: np.ndarray, count: int) -> Course:
    """The treatment of some episodes, as the course of all."""
    first = np.full(count, np.inf)
    exited = np.zeros(count, np.bool_)
    wait = np.zeros((count, len(LINKS)))
    lost, planned = np.full(count, NO_LINK), np.full(count, np.inf)
    first[rows], exited[rows] = treatment.first_dose_day, treatment.exited
    wait[rows] = treatment.wait
    lost[rows], planned[rows] = treatment.first_lost_link, treatment.first_planned_day
    return Course(
        first_dose_day=first,
        exited=exited,
        wait=wait,
        first_lost_link=lost,
        first_planned_day=planned,
    )


@given(seed=SEEDS, how=st.sampled_from(HOW))
@EXACT
def test_the_weeks_treat_everybody_as_the_twin_does(seed: int, how: How) -> None:
    world = simulate(seed, how)
    treated = world.treatment
    ward = twin.WardTwin(world.patients, world.path, world.calendar, seed=seed)
    ward.treat(serving(seed=seed, **how))
    for row, one in enumerate(ward.patients):
        assert treated.first_dose_day[row] == one.first_dose_day
        assert treated.exited[row] == one.exited
        assert treated.first_lost_link[row] == (
            NO_LINK if one.first_lost is None else LINK[one.first_lost]
        )
        assert treated.first_planned_day[row] == one.first_planned_day
        assert treated.wait[row].tolist() == pytest.approx(
            [one.wait.get(link, 0.0) for link in LINKS], abs=1e-9
        )
    assert treated.endings.tolist() == [ward.endings[name] for name in DOSE_ENDINGS]
    assert treated.lost_by_link.tolist() == [ward.lost_by_link[name] for name in LINKS]
    for week in range(world.calendar.weeks):
        for product in range(2):
            assert treated.demand[week, product] == ward.demand.get((week, product), 0)
            assert treated.served[week, product] == ward.served.get((week, product), 0)
    for place in np.ndindex(treated.infused.shape):
        assert treated.infused[place] == ward.infused.get(place, 0)


@given(seed=SEEDS, how=st.sampled_from(HOW))
@EXACT
def test_the_ledger_books_everybody_as_its_rules_say(seed: int, how: How) -> None:
    world = simulate(seed, how)
    first, end = world.calendar.cohort_days
    booked = dict(zip(world.account.episode.tolist(), range(60), strict=False))
    ward = twin.WardTwin(world.patients, world.path, world.calendar, seed=seed)
    ward.treat(serving(seed=seed, **how))
    of = dict(zip(world.rows.tolist(), ward.patients, strict=True))
    for row in range(world.episodes.count):
        eligible = first <= world.episodes.t0[row] < end and not world.journey.negative[row]
        assert (row in booked) == eligible
        if eligible:
            expected = twin.book(life_of(world, row, of.get(row)), world.calendar.horizon_day)
            at = booked[row]
            link = int(world.account.link[at])
            found = CLASSES[world.account.ending[at]], None if link == NO_LINK else LINKS[link]
            assert found == expected


def life_of(world: World, row: int, patient: twin.Patient | None) -> twin.Life:
    """What the ledger may know of an episode: its gates, and its treatment by the twin."""
    never = int(world.journey.never[row])
    wait = {link: float(world.journey.wait[row, at]) for at, link in enumerate(LINKS)}
    for link, days in ({} if patient is None else patient.wait).items():
        wait[link] += days
    return twin.Life(
        t0=float(world.episodes.t0[row]),
        exit_day=float(world.episodes.exit_day[row]),
        in_time_days=float(world.path.in_time_days[world.episodes.product[row]]),
        never=None if never == NO_LINK else LINKS[never],
        never_day=float(world.journey.never_day[row]),
        wait=wait,
        standard=twin.standards(world.journey, row),
        first_dose_day=np.inf if patient is None else patient.first_dose_day,
        first_lost=None if patient is None else patient.first_lost,
        first_planned_day=np.inf if patient is None else patient.first_planned_day,
    )


def test_random_worlds_hold_every_class_and_many_links() -> None:
    seen: set[tuple[str, int]] = set()
    for seed in range(12):
        for how in HOW:
            account = simulate(seed, how).account
            seen |= {
                (CLASSES[ending], int(link))
                for ending, link in zip(account.ending, account.link, strict=True)
            }
    assert {ending for ending, _ in seen} == set(CLASSES)
    assert len({link for _, link in seen}) >= 14
