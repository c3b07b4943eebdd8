"""In extreme worlds the answer is known exactly, patient by patient."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulate.dose_worlds import ARRIVE, INFUSE, READY, Week, dose_world
from tests.simulate.queues import (
    END,
    ORDER,
    SITE,
    Step,
    arrivals_at,
    link_of,
    payers,
    poisson_times,
    queue_world,
    run,
)

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Fate, Outcome
from doseline.simulate.engine.world import Arrivals, Law, Stage, World

if TYPE_CHECKING:
    from collections.abc import Callable

WEEKS = 30
DENIED, NO_SUITE = LINKS.index("authorisation_denied"), LINKS.index("no_suite")


def patients(count: int = 60, *, exits: bool = False) -> Arrivals:
    """Patients of the first twenty weeks, half of whom exit within the year if asked for."""
    random = np.random.default_rng(6)
    t0 = random.uniform(0.0, 140.0, count)
    exit_day = np.sort(t0) + random.exponential(100.0, count)
    return arrivals_at(np.sort(t0), 0, exit_day=exit_day if exits else np.full(count, np.inf))


def ended(outcome: Outcome) -> dict[str, int]:
    """Doses by how they ended, without those that never happened."""
    counts = dict(zip(DOSE_ENDINGS, outcome.endings.sum(axis=0).tolist(), strict=True))
    return {name: count for name, count in counts.items() if count}


def test_without_patients_nothing_happens() -> None:
    world = dose_world(Week(), weeks=WEEKS)
    outcome = run(world, arrivals_at(np.zeros(0), 0))
    assert len(outcome.fate) == 0
    for figure in (outcome.endings, outcome.demand, outcome.served, outcome.run_doses):
        assert not figure.any()
    assert not outcome.activity.any()
    assert not outcome.waiting.any()
    assert outcome.isotope[:, 1].tolist() == [0.0]
    assert outcome.events == 0


@pytest.mark.parametrize(
    "week",
    [
        Week(doses=0.0),
        Week(share=np.zeros(WEEKS)),
        Week(isotope=0.0),
        Week(chairs=0.0),
        Week(least=1e6),
    ],
    ids=["no doses", "closed", "no isotope", "no chair", "too few for a run"],
)
def test_without_supply_nobody_is_treated_and_everybody_is_accounted_for(week: Week) -> None:
    arrivals = patients(exits=True)
    outcome = run(dose_world(week, weeks=WEEKS), arrivals)
    gone = arrivals.exit_day < 7.0 * WEEKS
    assert outcome.fate.tolist() == np.where(gone, Fate.LEFT, Fate.UNDER_WAY).tolist()
    assert outcome.fate_day[gone].tolist() == arrivals.exit_day[gone].tolist()
    assert not outcome.served.any()
    assert not outcome.activity.any()
    assert not outcome.isotope[:, 1].any()
    # Who exits before the first Monday on which the dose was looked for has no dose to end.
    asked = arrivals.exit_day > 7.0 * np.ceil(arrivals.t0 / 7.0)
    assert sum(ended(outcome).values()) == asked.sum()
    assert ended(outcome)["withdrawn"] == (asked & gone).sum()


def test_with_capacity_for_all_the_waits_are_exactly_the_delays() -> None:
    steps = (
        Step(kind=Stage.DELAY, first=5.25),
        Step(kind=Stage.STATION, servers=60, first=0.5, slot=False),
        SITE,
        Step(kind=Stage.DELAY, first=2.5),
        ORDER,
    )
    arrivals = patients()
    outcome = run(dose_world(Week(), weeks=WEEKS, steps=steps), arrivals)
    ordered = arrivals.t0 + 5.25 + 0.5 + 2.5
    first = 7.0 * np.ceil(ordered / 7.0) + 2.0
    np.testing.assert_allclose(outcome.first_dose_day, first, rtol=0, atol=1e-9)
    assert set(outcome.wait[:, link_of(0)]) == {5.25}
    assert set(outcome.wait[:, link_of(3)]) == {2.5}
    assert not outcome.wait[:, link_of(1)].any()
    rules = LINKS.index("ordering_rules")
    np.testing.assert_allclose(outcome.wait[:, rules], first - ordered, rtol=0, atol=1e-9)
    assert set(outcome.fate) == {Fate.TREATED}
    assert ended(outcome) == {"infused": 60}
    made = [READY, READY - ARRIVE, ARRIVE - INFUSE, INFUSE, 0.0, 0.0]
    np.testing.assert_allclose(outcome.activity[0], 60.0 * np.array(made), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize(
    ("week", "ending", "link"),
    [
        (Week(failure=1.0), "batch_failed", "batch_failed"),
        (Week(release_failure=1.0), "release_failed", "batch_failed"),
        (Week(on_time=0.0), "transport", "transport"),
        (Week(on_time=0.0, unexpired=0.0), "expired", "transport"),
    ],
)
def test_where_each_dose_fails_it_is_made_each_week_and_wasted(
    week: Week, ending: str, link: str
) -> None:
    arrivals = patients()
    outcome = run(dose_world(week, weeks=WEEKS), arrivals)
    weeks_asked = (WEEKS - np.ceil(arrivals.t0 / 7.0)).astype(int)
    assert ended(outcome) == {ending: weeks_asked.sum()}
    assert outcome.lost_by_link[LINKS.index(link)] == weeks_asked.sum()
    assert outcome.lost_by_link.sum() == weeks_asked.sum()
    assert outcome.wait[:, LINKS.index(link)].tolist() == (7.0 * weeks_asked).tolist()
    assert outcome.lost_link.tolist() == [LINKS.index(link)] * 60
    lost_day = 7.0 * np.ceil(arrivals.t0 / 7.0) + 2.0
    np.testing.assert_allclose(outcome.lost_day, lost_day, rtol=0, atol=1e-9)
    made = READY * float(weeks_asked.sum())
    np.testing.assert_allclose(outcome.activity[0], [made, 0, 0, 0, 0, made], rtol=1e-12)
    assert set(outcome.fate) == {Fate.UNDER_WAY}
    failed = outcome.run_failed.sum() if link != "transport" else None
    assert failed in (None, (outcome.run_doses > 0).sum())


def test_where_each_patient_is_held_nobody_is_treated() -> None:
    arrivals = patients()
    world = dose_world(Week(), weeks=WEEKS, hold=np.ones((1, 2)), hold_weeks=np.array([2]))
    outcome = run(world, arrivals)
    asked = np.ceil((WEEKS - np.ceil(arrivals.t0 / 7.0)) / 2.0)
    assert ended(outcome) == {"patient_hold": asked.sum()}
    waits = outcome.wait[:, LINKS.index("patient_scheduling")]
    assert waits.tolist() == (14.0 * asked).tolist()


def test_one_chair_treats_one_a_week_in_the_order_of_coming() -> None:
    arrivals = patients()
    outcome = run(dose_world(Week(chairs=1.0), weeks=WEEKS), arrivals)
    treated = outcome.fate == Fate.TREATED
    assert (np.diff(treated.astype(int)) <= 0).all()  # none overtakes
    np.testing.assert_array_equal(
        outcome.served.sum(axis=(1, 2)), np.minimum(outcome.demand.sum(axis=(1, 2)), 1)
    )
    assert treated.sum() == outcome.served.sum()
    week, served = -1.0, []
    for came in np.ceil(arrivals.t0 / 7.0):
        week = max(week + 1.0, float(came))
        served.append(week)
    expected = 7.0 * np.array(served) + 2.0
    np.testing.assert_allclose(
        outcome.first_dose_day, np.where(expected < 7.0 * WEEKS, expected, np.inf), atol=1e-9
    )
    assert outcome.lost_by_link[NO_SUITE] == (~treated).sum()


def _journey(kind: Stage, **of: float) -> World:
    """A journey whose only stage before the order is of one kind."""
    steps = (Step(kind=kind, **of), SITE, ORDER)  # type: ignore[arg-type]
    return dose_world(Week(), weeks=WEEKS, steps=steps)


def _denied() -> World:
    share = {"denied": np.ones(1), "appeals": np.ones(1), "won": np.zeros(1)}
    times = {"first": np.full(1, 3.0), "appeal_first": np.full(1, 20.0)}
    return replace(_journey(Stage.AUTHORISE), payers=payers(**share, **times))


def _no_money() -> World:
    return replace(_journey(Stage.CANNOT_PAY), payers=payers(cannot_pay=np.ones(1)))


def _sites(**given: np.ndarray) -> World:
    world = dose_world(Week(), weeks=WEEKS)
    return replace(world, sites=replace(world.sites, **given))  # type: ignore[arg-type]


EVERYBODY_STOPS: dict[str, tuple[Callable[[], World], str, float]] = {
    "all denied": (_denied, "authorisation_denied", 23.0),
    "nobody can pay": (_no_money, LINKS[link_of(0)], 0.0),
    "none passes": (lambda: _journey(Stage.DELAY, first=4.0, passes=0.0), LINKS[link_of(0)], 4.0),
    "out of reach": (
        lambda: replace(_journey(Stage.REACH), reach=np.zeros((1, 1), np.bool_)),
        LINKS[link_of(0)],
        0.0,
    ),
    "too far": (
        lambda: dose_world(Week(), weeks=WEEKS, steps=(replace(SITE, max_km=9.0), ORDER)),
        "out_of_reach",
        0.0,
    ),
    "blocked": (lambda: _sites(blocked=np.full((1, 1), NO_SUITE)), "no_suite", 0.0),
    "not offered": (lambda: _sites(offers=np.zeros((1, 1, 1), np.bool_)), "not_offered", 0.0),
    "not listed": (lambda: _sites(listed_from=np.full((1, 1), np.inf)), "cannot_pay", 0.0),
    "no station": (
        lambda: queue_world(
            (Step(kind=Stage.STATION, servers=1, open_from=np.inf), END), regions=1, weeks=WEEKS
        ),
        "no_scanner",
        0.0,
    ),
}


@pytest.mark.parametrize("name", EVERYBODY_STOPS)
def test_where_everybody_is_stopped_each_has_the_link_and_the_day(name: str) -> None:
    made, link, after = EVERYBODY_STOPS[name]
    arrivals = patients()
    outcome = run(made(), arrivals)
    assert set(outcome.fate) == {Fate.LOST}
    assert outcome.link.tolist() == [LINKS.index(link)] * arrivals.count
    np.testing.assert_allclose(outcome.fate_day, arrivals.t0 + after, rtol=0, atol=1e-9)
    np.testing.assert_allclose(outcome.wait.sum(axis=1), after, rtol=0, atol=1e-9)
    assert not outcome.demand.any()


def test_where_nobody_is_eligible_each_leaves_at_once() -> None:
    arrivals = patients()
    outcome = run(_journey(Stage.POSITIVE, passes=0.0), arrivals)
    assert set(outcome.fate) == {Fate.NOT_ELIGIBLE}
    assert outcome.fate_day.tolist() == arrivals.t0.tolist()


def test_a_station_above_its_capacity_grows_by_what_exceeds_it() -> None:
    # D/D/1: one every half day, one a day is served; the n-th waits n / 2 days.
    steps = (Step(kind=Stage.STATION, law=Law.FIXED, servers=1, first=1.0), END)
    outcome = run(queue_world(steps, regions=1, weeks=30), arrivals_at(np.arange(400) / 2.0, 0))
    waits = outcome.wait[:200, link_of(0)]
    np.testing.assert_allclose(waits, np.arange(200) / 2.0, rtol=0, atol=1e-9)


def test_a_full_run_in_an_unfailing_week_gives_all_its_doses() -> None:
    t0, region = poisson_times(2.0, 100.0, 3, seed=2)
    outcome = run(dose_world(Week(doses=10.0), weeks=20, regions=3), arrivals_at(t0, region))
    assert outcome.run_doses[6:14].tolist() == [[10, 10, 10]] * 8
