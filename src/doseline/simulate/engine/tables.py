"""The engine's memory: record arrays, so that what is used together lies together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doseline.simulate.engine.compiled import Table  # noqa: TC001 - Numba reads the fields

PERSON = np.dtype(
    [
        ("key", np.uint64),
        ("exit_day", np.float64),
        ("fate_day", np.float64),
        ("first_day", np.float64),
        ("product", np.int32),
        ("payer", np.int32),
        ("region", np.int32),
        ("stage", np.int32),
        ("site", np.int32),
        ("station", np.int32),
        ("given", np.int32),
        ("phase", np.int8),
        ("fate", np.int8),
        ("link", np.int8),
    ],
    align=True,
)
"""A patient on the journey, in one line of the cache."""

ORDER = np.dtype(
    [
        ("since", np.float64),
        ("due", np.float64),
        ("last_day", np.float64),
        ("lost_day", np.float64),
        ("attempts", np.int32),
        ("waited", np.int32),
        ("doses", np.int32),
        ("in_course", np.int32),
        ("courses", np.int32),
        ("course", np.int32),
        ("lost_link", np.int32),
        ("open_link", np.int32),
    ],
    align=True,
)
"""A patient's next dose, in one line of the cache. ``waited``: weeks booked for this dose;
``open_link``: link that left the order without a plan, or NOWHERE."""


INFUSION = np.dtype([("patient", np.int64), ("day", np.float64), ("since", np.float64)], align=True)
"""An infusion, and the day from which the dose was wanted."""


class Journeys(NamedTuple):
    """What patients pass through, as it stays."""

    stages: Table
    payers: Table
    rural: Table
    reach: Table
    streams: Table
    station_keys: Table
    catchments: Table
    near_place: Table
    near_km: Table
    near_size: Table
    near_open: Table
    site_place: Table
    site_km: Table
    site_near_size: Table
    site_size: Table
    offers: Table
    listed: Table
    blocked: Table
    order_by: Table
    horizon: float


class Lines(NamedTuple):
    """Stations and their servers, and what is near, for the policies."""

    stations: Table
    waiting: Table
    busy: Table
    held: Table
    station_of: Table
    services: Table
    """Services begun by week and station."""
    load: Table
    takes: Table
    site_load: Table
    listed: Table
    """Orders by site and week; without weeks where no policy asks."""


class Calendar(NamedTuple):
    """Events by day, and those of the open day as a heap; lines and lists share ``following``."""

    when: Table
    following: Table
    day_head: Table
    week_head: Table
    heap_time: Table
    heap_entity: Table
    counts: Table


class Log(NamedTuple):
    """Lines of the log; as many as there is room for."""

    time: Table
    patient: Table
    event: Table
    place: Table


class People(NamedTuple):
    """Patients, with the time that each spent at each link."""

    persons: Table
    orders: Table
    wait: Table
    infusions: Table


class Course(NamedTuple):
    """Courses by product, and the policies' numbers."""

    products: Table
    goes_on: Table
    hold: Table
    reserved: float
    overbook: float
    swap: bool


class Supply(NamedTuple):
    """A typical week of doses."""

    way_first: Table
    ways: Table
    runs: Table
    run_share: Table
    conflict_first: Table
    conflict_run: Table
    draw_first: Table
    draws: Table
    pool_gbq: Table
    pool_share: Table
    cap_first: Table
    caps: Table
    cap_uses: Table
    site_share: Table


class Week(NamedTuple):
    """What is used of one week, and its orders in their sequence."""

    row: Table
    key: Table
    score: Table
    way: Table
    link: Table
    ending: Table
    told: Table
    """How the dose ends in the account: ``ending``, or returned if another patient had it."""
    day: Table
    scratch: Table
    used: Table
    infused: Table
    runs: Table
    drawn: Table
    drawn_by: Table
    kept: Table
    refused: Table
    freed: Table
    freed_next: Table
    freed_last: Table


RUN_WEEK = np.dtype(
    [
        ("made", np.int64),
        ("made_new", np.int64),
        ("activity", np.float64),
        ("since", np.float64),
        ("fate", np.int64),
    ],
    align=True,
)
"""A run in the week: doses, those of new starts, activity, who waits longest, and what
becomes of it."""

UNMADE = 1
FAILED = 2
UNRELEASED = 3
"""Fates of a run; 0: its doses leave."""


class Account(NamedTuple):
    """Doses and activity."""

    endings: Table
    lost_by_link: Table
    demand: Table
    served: Table
    infused: Table
    run_doses: Table
    run_failed: Table
    waiting: Table
    activity: Table
    isotope: Table


EVENTS = 0
HEAP = 1
LOGGED = 2
IN_LINES = 3
NEXT_WEEK = 4
INFUSIONS = 5
COUNTS = 6
"""Places of ``Calendar.counts``."""

ARRIVING = 0
DELAYED = 1
AUTHORISING = 2
APPEALING = 3
IN_LINE = 4
HELD = 5
LISTED = 6
UNLISTED = 7
OVER = 8
"""Phases of a patient."""
