"""Patients, doses, activity and isotope are conserved in the engine of years, in random worlds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulate.dose_worlds import ARRIVE, INFUSE, LATE, PER_GBQ, READY, Week, dose_world
from tests.simulate.queues import ORDER, SITE, Step, arrivals_at, simulate

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Event, Fate, Outcome
from doseline.simulate.engine.policies import Policies, continuing_first, lottery
from doseline.simulate.engine.world import NOWHERE, Arrivals, Law, Stage, World

RANDOM = settings(derandomize=True, deadline=None, max_examples=40)
SEEDS = st.integers(0, 10_000)
ENDING = {name: at for at, name in enumerate(DOSE_ENDINGS)}
HAD = [ENDING["infused"], ENDING["infused_late"]]
REGIONS, WEEKS = 2, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A random world, and what became of it."""

    world: World
    week: Week
    arrivals: Arrivals
    policies: Policies
    outcome: Outcome


@cache
def case(seed: int) -> Case:
    """The world of a seed, of which each feature is on or off."""
    random = np.random.default_rng(seed)

    def some(value: float, otherwise: float = 0.0) -> float:
        return float(random.choice([value, otherwise]))

    on_time = some(0.8, 1.0)
    usable = some(on_time, 0.5 + 0.5 * on_time)
    week = Week(
        day=float(random.integers(0, 9)),
        doses=float(random.integers(1, 12)),
        failure=some(0.2),
        release_failure=some(0.1),
        on_time=on_time,
        usable=usable,
        unexpired=some(usable, 1.0),
        least=some(2.0),
        chairs=some(4.0, 50.0),
        isotope=some(60.0, 1e6),
        share=np.where(random.uniform(size=WEEKS) < 0.1, 0.0, 1.0),
    )
    steps = (
        Step(kind=Stage.DELAY, law=Law.EXPONENTIAL, first=6.0, passes=0.9),
        Step(
            kind=Stage.STATION, servers=1, law=Law.LOGNORMAL, first=1.2, second=0.6,
            slot=bool(random.integers(2)), most_waiting=int(random.choice([-1, 3])),
        ),
        Step(kind=Stage.POSITIVE, passes=0.9),
        SITE,
        ORDER,
    )  # fmt: skip
    world = dose_world(
        week, weeks=WEEKS, regions=REGIONS, steps=steps,
        cycles=3,
        interval=np.array([float(random.integers(7, 30))]),
        goes_on=np.array([[0.8, 0.6, 0.0]]),
        hold=np.array([[some(0.1), some(0.2)]]),
        hold_weeks=np.array([int(random.integers(0, 3))]),
        cut=np.array([some(0.3)]), cut_to=np.array([0.8]),
        again=np.array([some(0.5)]), again_after=np.array([20.0]),
        residual=np.array([0.02]),
    )  # fmt: skip
    t0 = np.sort(random.uniform(0.0, 1.1 * world.horizon, 150))
    arrivals = arrivals_at(
        t0, random.integers(0, REGIONS, 150), exit_day=t0 + random.exponential(120.0, 150)
    )
    policies = Policies(
        priority=(continuing_first, lottery)[int(random.integers(2))],
        reserved_for_new=some(0.3),
        overbook=some(0.25),
        swap=bool(random.integers(2)),
    )
    outcome = simulate(world, arrivals, seed=seed, policies=policies, log=10**6)
    return Case(world=world, week=week, arrivals=arrivals, policies=policies, outcome=outcome)


@given(seed=SEEDS)
@RANDOM
def test_each_patient_has_one_fate_and_what_belongs_to_it(seed: int) -> None:
    of, horizon = case(seed).outcome, case(seed).world.horizon
    assert ((of.fate == Fate.LOST) == (of.link != NOWHERE)).all()
    assert ((of.fate == Fate.TREATED) == np.isfinite(of.first_dose_day)).all()
    assert ((of.fate == Fate.UNDER_WAY) == np.isinf(of.fate_day)).all()
    assert (of.fate_day[np.isfinite(of.fate_day)] <= horizon).all()
    treated, left = of.fate == Fate.TREATED, of.fate == Fate.LEFT
    assert (of.fate_day[treated] == of.first_dose_day[treated]).all()
    assert (of.fate_day[left] == case(seed).arrivals.exit_day[left]).all()
    assert (of.doses[treated] >= 1).all()
    late = np.isfinite(of.last_dose_day) & ~treated
    assert (of.last_dose_day[late] > horizon).all()
    assert not of.doses[~treated & ~late].any()


@given(seed=SEEDS)
@RANDOM
def test_nobody_is_treated_after_the_clinical_exit(seed: int) -> None:
    of = case(seed).outcome
    treated = of.fate == Fate.TREATED
    assert (of.first_dose_day[treated] <= case(seed).arrivals.exit_day[treated]).all()


@given(seed=SEEDS)
@RANDOM
def test_infusions_are_the_same_in_every_account(seed: int) -> None:
    of = case(seed).outcome
    infused = int(of.endings[:, HAD].sum())
    assert infused == of.doses.sum() == of.served.sum() == of.infused.sum()
    assert (of.served <= of.demand).all()
    told = [line for line in of.log if line[2] == Event.ENDED and line[3] in HAD]
    assert len(told) == infused


@given(seed=SEEDS)
@RANDOM
def test_every_dose_made_ends_once(seed: int) -> None:
    of = case(seed).outcome
    told = np.zeros(len(DOSE_ENDINGS), np.int64)
    for _, _, event, place in of.log:
        if event == Event.ENDED:
            told[place] += 1
    never_planned = of.endings.sum(axis=0) - told
    assert (never_planned >= 0).all()
    open_ones = {"isotope_short", "transport", "site", "withdrawn", "cancelled"}
    assert {DOSE_ENDINGS[at] for at in np.flatnonzero(never_planned)} <= open_ones
    # A dose that is returned is infused by another, whose own order was not made.
    assert told.sum() == of.run_doses.sum() + told[ENDING["returned"]]
    if not case(seed).policies.swap:
        assert told[ENDING["returned"]] == 0


@given(seed=SEEDS)
@RANDOM
def test_every_order_of_a_week_is_made_or_owed(seed: int) -> None:
    of = case(seed).outcome
    owed = sum(event == Event.OWED for _, _, event, _ in of.log)
    returned = int(of.endings[:, ENDING["returned"]].sum())
    assert of.demand.sum() == of.run_doses.sum() + owed + returned


@given(seed=SEEDS)
@RANDOM
def test_every_becquerel_made_is_infused_or_lost_somewhere(seed: int) -> None:
    of, world = case(seed).outcome, case(seed).world
    made, transit, waiting, infused, residual, waste = of.activity[0]
    doses = int(of.doses.sum())
    np.testing.assert_allclose(made, READY * of.run_doses.sum(), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(
        made, transit + waiting + infused + residual + waste, rtol=1e-12, atol=1e-9
    )
    late = int(of.endings[:, ENDING["infused_late"]].sum())
    in_time, left = doses - late, (doses - late) * INFUSE + late * LATE
    on_the_way = in_time * (READY - ARRIVE) + late * (READY - LATE)
    np.testing.assert_allclose(transit, on_the_way, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(waiting, in_time * (ARRIVE - INFUSE), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(infused + residual, left, rtol=1e-12, atol=1e-9)
    wasted = READY * (of.run_doses.sum() - doses)
    np.testing.assert_allclose(waste, wasted, rtol=1e-12, atol=1e-8)
    if world.course.cut[0] == 0.0:
        np.testing.assert_allclose(infused, 0.98 * left, rtol=1e-12, atol=1e-9)


@given(seed=SEEDS)
@RANDOM
def test_isotope_is_drawn_for_each_dose_made_and_never_beyond_what_came(seed: int) -> None:
    of, world = case(seed).outcome, case(seed).world
    delivered, drawn = of.isotope.T
    expected = world.supply.pool_gbq * world.supply.pool_share.sum(axis=0)
    np.testing.assert_allclose(delivered, expected, rtol=1e-12)
    assert (drawn <= delivered * (1.0 + 1e-12)).all()
    np.testing.assert_allclose(
        drawn * PER_GBQ, READY * of.run_doses.sum(axis=0), rtol=1e-12, atol=1e-9
    )


@given(seed=SEEDS)
@RANDOM
def test_no_run_and_no_site_gives_more_than_it_holds(seed: int) -> None:
    of, week = case(seed).outcome, case(seed).week
    share = case(seed).world.supply.run_share
    assert (of.run_doses <= week.doses * share + 1e-9).all()
    assert ((of.run_doses == 0) | (of.run_doses >= week.least)).all()
    given_there = np.zeros((WEEKS, REGIONS))
    for time, patient, event, place in of.log:
        if event == Event.ENDED and place in HAD:
            given_there[round((time - week.day) / 7.0), of.site[patient]] += 1
    assert (given_there <= week.chairs).all()
    np.testing.assert_array_equal(given_there.sum(axis=1), of.served.sum(axis=(1, 2)))


@given(seed=SEEDS)
@RANDOM
def test_the_waits_of_the_treated_add_up_to_their_days(seed: int) -> None:
    of, arrivals = case(seed).outcome, case(seed).arrivals
    treated = of.fate == Fate.TREATED
    days = of.wait.sum(axis=1)
    service = np.zeros(len(days))
    at_station = {}
    for time, patient, event, _ in of.log:
        if event == Event.STARTED:
            at_station[patient] = time
        if event == Event.CHOSE and patient in at_station:
            service[patient] = time - at_station[patient]
    np.testing.assert_allclose(
        (days + service)[treated],
        (of.first_dose_day - arrivals.t0)[treated],
        rtol=0,
        atol=1e-6,
    )
    assert (of.wait >= -1e-9).all()


@given(seed=SEEDS)
@RANDOM
def test_each_loss_of_a_dose_has_one_link(seed: int) -> None:
    of = case(seed).outcome
    counts = dict(zip(DOSE_ENDINGS, of.endings.sum(axis=0).tolist(), strict=True))
    kept = ("infused", "infused_late", "returned", "withdrawn")
    lost = sum(counts.values()) - sum(counts[ending] for ending in kept)
    assert of.lost_by_link.sum() == lost
    batches = counts["batch_failed"] + counts["release_failed"]
    assert of.lost_by_link[LINKS.index("batch_failed")] == batches


@given(seed=SEEDS)
@RANDOM
def test_the_same_seed_gives_the_same_bytes_and_another_does_not(seed: int) -> None:
    now = case(seed)
    again = simulate(now.world, now.arrivals, seed=seed, policies=now.policies, log=10**6)
    assert again.log == now.outcome.log
    assert again.wait.tobytes() == now.outcome.wait.tobytes()
    assert again.activity.tobytes() == now.outcome.activity.tobytes()
    assert again.endings.tobytes() == now.outcome.endings.tobytes()
