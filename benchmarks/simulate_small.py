"""A small network with every gate, dose and limit, its numbers and the engine's world of them.

One product for two regions (one urban, one rural) and two payers; two scanners with a line each;
two sites with chairs, the second of which opens later; two lines of weekly batches that share two
deliveries of isotope. The numbers are invented, so that every link loses some; the model in SimPy
reads the same ones.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from tests.simulate.hand_worlds import NOT_REFERRED, OFFER, ORDERING, PET_SLOT, Step, world_of

from doseline.model.ledger import LINKS
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.world import (
    NOWHERE,
    PURPOSES,
    Arrivals,
    Course,
    Journey,
    Law,
    Payers,
    Places,
    Sites,
    Stage,
    Stations,
    Supply,
    World,
)

PATIENTS_A_WEEK = 39.0
SHARE_RURAL, SHARE_SECOND_PAYER, EXIT_MEAN_DAYS = 0.4, 0.3, 300.0
QUIET_WEEKS = 40
"""Weeks at the end in which nobody comes, so that journeys end."""
REACHED, REFERRED, BOARD_AGREES = (0.98, 0.93), (0.95, 0.85), (0.95, 0.94)
"""Shares that pass, urban and rural. [unitless]"""
REFERRAL_MEDIAN_DAYS, REFERRAL_SPREAD, BOARD_MEAN_DAYS, ELIGIBLE = 10.0, 0.6, 7.0, 0.85
SERVERS, SCAN_DAYS = (3, 2), 0.8
KM = ((5.0, 60.0), (30.0, 80.0))
"""From each region to its nearest and its other place: the rural one's nearest is the second. [km]"""
NEAREST = ((0, 1), (1, 0))
FREE_KM = 20.0
"""Distance that the gravity model adds. [km]"""
CANNOT_PAY, AUTHORISATION_DAYS = (0.03, 0.06), (6.0, 11.0)
DENIED, APPEALS, WON, APPEAL_DAYS = (0.1, 0.2), (0.6, 0.5), (0.5, 0.4), (14.0, 20.0)
CYCLES, INTERVAL_DAYS, GOES_ON, AGAIN, AGAIN_AFTER_DAYS = 4, 42.0, (0.95, 0.9, 0.85), 0.1, 90.0
HOLD, HOLD_WEEKS, CUT, CUT_TO, RESIDUAL = (0.05, 0.08), 2, 0.1, 0.75, 0.02
LEAD_DAYS, OPENS = 3.0, (-math.inf, 100.0)
CHAIRS, OVERBOOK = (54.0, 36.0), 0.1
RUN_DOSES, RUN_ACTIVITY, RUN_LEAST = (50.0, 40.0), (470.0, 360.0), 3
RUN_FAILURE, RUN_RELEASE_FAILURE = (0.02, 0.03), (0.01, 0.02)
REPAIR_EVERY = 13
"""Weeks after which the first line stops for one."""
DRAWS = (((0, 0.6), (1, 0.5)), ((1, 0.55),))
"""Each line's deliveries, and GBq in a vial for each GBq drawn."""
POOL_GBQ = (640.0, 720.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A line's doses for a site: the infusion's day in the week, and the activity on its way."""

    run: int
    day: float
    on_time: float
    ready: float
    arrive: float
    infuse: float


WAYS = (
    (
        Way(run=0, day=2.0, on_time=0.98, ready=8.9, arrive=8.3, infuse=7.7),
        Way(run=1, day=3.0, on_time=0.96, ready=9.4, arrive=8.4, infuse=7.7),
    ),
    (
        Way(run=1, day=2.0, on_time=0.97, ready=8.8, arrive=8.2, infuse=7.6),
        Way(run=0, day=3.0, on_time=0.95, ready=9.3, arrive=8.3, infuse=7.6),
    ),
)
"""By site, in the order in which they are tried."""
POLICIES = Policies(overbook=OVERBOOK, swap=True)


def patients(count: int, weeks: int) -> Arrivals:
    """So many patients, spread evenly over all weeks but the last; the same every time."""
    chance = np.random.default_rng(1)
    start = np.sort(chance.uniform(0.0, 7.0 * (weeks - QUIET_WEEKS), count))
    return Arrivals(
        key=np.arange(count, dtype=np.uint64),
        t0=start,
        product=np.zeros(count, dtype=np.int64),
        region=(chance.random(count) < SHARE_RURAL).astype(np.int64),
        payer=(chance.random(count) < SHARE_SECOND_PAYER).astype(np.int64),
        exit_day=start + chance.exponential(EXIT_MEAN_DAYS, count),
        site=np.full(count, NOWHERE),
        given=np.zeros(count, dtype=np.int64),
    )


def run_share(week: int, run: int) -> float:
    """Factor of a line in a week: 0 while it is repaired. [unitless]"""
    return 0.0 if run == 0 and week % REPAIR_EVERY == REPAIR_EVERY - 1 else 1.0


def small_world(weeks: int) -> World:
    """The network as the engine reads it."""
    steps = (
        Step(Stage.REACH, LINKS.index("out_of_reach")),
        Step(Stage.DELAY, NOT_REFERRED, REFERRAL_MEDIAN_DAYS),
        Step(Stage.STATION, PET_SLOT),
        Step(Stage.POSITIVE, passes=ELIGIBLE),
        Step(Stage.DELAY, LINKS.index("tumour_board"), BOARD_MEAN_DAYS),
        Step(Stage.SITE, OFFER),
        Step(Stage.CANNOT_PAY, LINKS.index("cannot_pay")),
        Step(Stage.AUTHORISE, LINKS.index("authorisation_time")),
        Step(Stage.ORDER, ORDERING),
    )
    plain = world_of(steps, weeks=weeks)
    return dataclasses.replace(
        plain,
        rural=np.array([False, True]),
        reach=np.ones((1, 2), dtype=np.bool_),
        journey=_journey(plain.journey),
        stations=_scanners(),
        payers=_payers(),
        sites=Sites(
            places=_places(CHAIRS),
            offers=np.ones((2, 1, 2), dtype=np.bool_),
            listed_from=np.array([OPENS]).T,
            blocked=np.full((2, 1), NOWHERE),
        ),
        course=_course(weeks),
        supply=_supply(weeks),
        purposes=(*PURPOSES, *(f"stage {at}" for at in range(3 * len(steps)))),
    )


def _journey(plain: Journey) -> Journey:
    law, second, passes = plain.law.copy(), plain.second.copy(), plain.passes.copy()
    law[0, 1], second[0, 1], law[0, 4] = Law.LOGNORMAL, REFERRAL_SPREAD, Law.EXPONENTIAL
    passes[0, 0], passes[0, 1], passes[0, 4] = REACHED, REFERRED, BOARD_AGREES
    return dataclasses.replace(plain, law=law, second=second, passes=passes)


def _places(size: tuple[float, float]) -> Places:
    return Places(place=np.array(NEAREST), km=np.array(KM), size=np.array(size))


def _scanners() -> Stations:
    two = np.zeros(2)
    return Stations(
        servers=np.array(SERVERS),
        law=np.full(2, int(Law.FIXED)),
        first=np.full(2, SCAN_DAYS),
        second=two,
        slot=np.zeros(2, dtype=np.bool_),
        most_waiting=np.full(2, -1),
        open_from=np.full(2, -math.inf),
        catchments=(_places((float(SERVERS[0]), float(SERVERS[1]))),),
    )


def _payers() -> Payers:
    fixed, none = np.full(2, int(Law.FIXED)), np.zeros(2)
    return Payers(
        cannot_pay=np.array(CANNOT_PAY),
        law=np.full(2, int(Law.EXPONENTIAL)),
        first=np.array(AUTHORISATION_DAYS),
        second=none,
        standard=none,
        denied=np.array(DENIED),
        appeals=np.array(APPEALS),
        won=np.array(WON),
        appeal_law=fixed,
        appeal_first=np.array(APPEAL_DAYS),
        appeal_second=none,
    )


def _course(weeks: int) -> Course:
    return Course(
        interval=np.array([INTERVAL_DAYS]),
        cycles=np.array([CYCLES]),
        goes_on=np.array([GOES_ON]),
        order_by=np.arange(weeks, dtype=np.float64)[None, :] * 7.0 - LEAD_DAYS,
        hold=np.array([HOLD]),
        hold_weeks=np.array([HOLD_WEEKS]),
        cut=np.array([CUT]),
        cut_to=np.array([CUT_TO]),
        again=np.array([AGAIN]),
        again_after=np.array([AGAIN_AFTER_DAYS]),
        residual=np.array([RESIDUAL]),
        in_time_days=np.full(1, 60.0),
    )


def _supply(weeks: int) -> Supply:
    ways = [way for of_site in WAYS for way in of_site]
    draws = [draw for of_run in DRAWS for draw in of_run]
    return Supply(
        way_first=np.array([0, 2, 4]),
        way_run=np.array([way.run for way in ways]),
        way_day=np.array([way.day for way in ways]),
        way_on_time=np.array([way.on_time for way in ways]),
        # The model in SimPy loses every dose that is late.
        way_usable=np.array([way.on_time for way in ways]),
        way_unexpired=np.ones(4),
        way_ready=np.array([way.ready for way in ways]),
        way_arrive=np.array([way.arrive for way in ways]),
        way_infuse=np.array([way.infuse for way in ways]),
        way_late=np.array([way.infuse for way in ways]),
        way_cost=np.zeros(4),
        run_key=np.array([11, 12], dtype=np.uint64),
        run_doses=np.array(RUN_DOSES),
        run_activity=np.array(RUN_ACTIVITY),
        run_failure=np.array(RUN_FAILURE),
        run_release_failure=np.array(RUN_RELEASE_FAILURE),
        run_least=np.full(2, float(RUN_LEAST)),
        run_share=np.array([[run_share(week, run) for run in (0, 1)] for week in range(weeks)]),
        conflict_first=np.zeros(3, dtype=np.int64),
        conflict_run=np.zeros(0, dtype=np.int64),
        draw_first=np.array([0, 2, 3]),
        draw_pool=np.array([pool for pool, _ in draws]),
        draw_per_gbq=np.array([per_gbq for _, per_gbq in draws]),
        pool_gbq=np.array(POOL_GBQ),
        pool_share=np.ones((weeks, 2)),
        cap_first=np.array([0, 1, 2]),
        cap_link=np.full(2, LINKS.index("no_suite")),
        cap_most=np.array(CHAIRS),
        cap_uses=np.ones((2, 1)),
        site_share=np.ones((weeks, 2)),
    )
