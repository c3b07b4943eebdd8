"""Worlds small enough for a pencil: one product, region, payer, site, station, run and pool."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import LINKS
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

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_REFERRED = LINKS.index("not_referred")
PET_SLOT = LINKS.index("pet_slot")
NO_SCANNER = LINKS.index("no_scanner")
NO_SUITE = LINKS.index("no_suite")
ORDERING = LINKS.index("ordering_rules")
OFFER = LINKS.index("not_offered")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage: its kind, link, fixed time and share that passes."""

    kind: Stage
    link: int = NOT_REFERRED
    days: float = 0.0
    passes: float = 1.0


def journey_of(steps: Sequence[Step]) -> Journey:
    """The journey of one product through steps of fixed length."""
    shape = (1, len(steps))
    kind = np.array([[step.kind for step in steps]], dtype=np.int64)
    station = kind == Stage.STATION
    passes = np.array([[step.passes for step in steps]])
    return Journey(
        kind=kind,
        link=np.array([[step.link for step in steps]], dtype=np.int64),
        law=np.full(shape, int(Law.FIXED), dtype=np.int64),
        first=np.array([[step.days for step in steps]]),
        second=np.zeros(shape),
        passes=np.repeat(passes[:, :, None], 2, axis=2),
        standard=np.zeros(shape),
        places=np.where(station, 0, NOWHERE),
        refused=np.where(station, NO_SCANNER, NOWHERE),
        max_km=np.full(shape, 100.0),
        purpose=len(PURPOSES) + 3 * np.arange(len(steps), dtype=np.int64)[None, :],
    )


def stations_of(
    *, servers: int = 1, days: float = 0.0, slot: bool = True, most_waiting: int = -1
) -> Stations:
    """One station with services of fixed length, 10 km away."""
    return Stations(
        servers=np.array([servers]),
        law=np.array([int(Law.FIXED)]),
        first=np.array([days]),
        second=np.zeros(1),
        slot=np.array([slot]),
        most_waiting=np.array([most_waiting]),
        open_from=np.array([-math.inf]),
        catchments=(one_place(),),
    )


def one_place() -> Places:
    """One place, 10 km from the only region."""
    return Places(place=np.array([[0]]), km=np.array([[10.0]]), size=np.ones(1))


def course_of(weeks: int, *, cycles: int = 1, hold: float = 0.0, hold_weeks: int = 1) -> Course:
    """Doses every two weeks, ordered three days before the Monday, all of which go on."""
    return Course(
        interval=np.array([14.0]),
        cycles=np.array([cycles]),
        goes_on=np.ones((1, 1)),
        order_by=np.linspace(-3.0, 7.0 * weeks - 10.0, weeks)[None, :],
        hold=np.full((1, 2), hold),
        hold_weeks=np.array([hold_weeks]),
        cut=np.zeros(1),
        cut_to=np.ones(1),
        again=np.zeros(1),
        again_after=np.zeros(1),
        residual=np.array([0.125]),
        in_time_days=np.full(1, 30.0),
    )


def supply_of(
    weeks: int,
    *,
    doses: float = 100.0,
    least: float = 0.0,
    suites: float = 100.0,
    isotope: float = 1000.0,
    on_time: float = 1.0,
    usable: float | None = None,
    unexpired: float = 1.0,
    failure: float = 0.0,
) -> Supply:
    """One way: 8 GBq made, 6 GBq on arrival, 4 GBq infused on Wednesday, 3 GBq if it came late."""
    return Supply(
        way_first=np.array([0, 1]),
        way_run=np.zeros(1, dtype=np.int64),
        way_day=np.array([2.0]),
        way_on_time=np.array([on_time]),
        way_usable=np.array([on_time if usable is None else usable]),
        way_unexpired=np.array([unexpired]),
        way_ready=np.array([8.0]),
        way_arrive=np.array([6.0]),
        way_infuse=np.array([4.0]),
        way_late=np.array([3.0]),
        way_cost=np.zeros(1),
        run_key=np.array([7], dtype=np.uint64),
        run_doses=np.array([doses]),
        run_activity=np.array([1e6]),
        run_failure=np.array([failure]),
        run_release_failure=np.zeros(1),
        run_least=np.array([least]),
        run_share=np.ones((weeks, 1)),
        conflict_first=np.zeros(2, dtype=np.int64),
        conflict_run=np.zeros(0, dtype=np.int64),
        draw_first=np.array([0, 1]),
        draw_pool=np.zeros(1, dtype=np.int64),
        draw_per_gbq=np.array([0.5]),
        pool_gbq=np.array([isotope]),
        pool_share=np.ones((weeks, 1)),
        cap_first=np.array([0, 1]),
        cap_link=np.array([NO_SUITE]),
        cap_most=np.array([suites]),
        cap_uses=np.ones((1, 1)),
        site_share=np.ones((weeks, 1)),
    )


def world_of(
    steps: Sequence[Step],
    *,
    weeks: int = 6,
    stations: Stations | None = None,
    course: Course | None = None,
    supply: Supply | None = None,
) -> World:
    """A world of certain, fixed things; any part can be given."""
    stages = range(3 * len(steps))
    return World(
        weeks=weeks,
        products=1,
        rural=np.zeros(1, dtype=np.bool_),
        reach=np.ones((1, 1), dtype=np.bool_),
        journey=journey_of(steps),
        stations=stations or stations_of(),
        payers=_payers(),
        sites=Sites(
            places=one_place(),
            offers=np.ones((1, 1, 1), dtype=np.bool_),
            listed_from=np.full((1, 1), -math.inf),
            blocked=np.full((1, 1), NOWHERE),
        ),
        course=course or course_of(weeks),
        supply=supply or supply_of(weeks),
        purposes=(*PURPOSES, *(f"stage {at}" for at in stages)),
    )


def patients_at(
    *days: float,
    exits: Sequence[float] | None = None,
    site: int = NOWHERE,
    given: int = 0,
) -> Arrivals:
    """Patients who start on some days."""
    count = len(days)
    return Arrivals(
        key=np.arange(count, dtype=np.uint64),
        t0=np.array(days, dtype=np.float64),
        product=np.zeros(count, dtype=np.int64),
        region=np.zeros(count, dtype=np.int64),
        payer=np.zeros(count, dtype=np.int64),
        exit_day=np.array(exits if exits is not None else [math.inf] * count, dtype=np.float64),
        site=np.full(count, site),
        given=np.full(count, given),
    )


def _payers() -> Payers:
    zero, fixed = np.zeros(1), np.array([int(Law.FIXED)])
    return Payers(
        cannot_pay=zero,
        law=fixed,
        first=np.array([5.0]),
        second=zero,
        standard=zero,
        denied=zero,
        appeals=zero,
        won=zero,
        appeal_law=fixed,
        appeal_first=np.array([4.0]),
        appeal_second=zero,
    )
