"""The engine's memory: record arrays, so that what is used together lies together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doseline.simulate.engine.compiled import Table  # noqa: TC001 - Numba reads the fields

PERSON = np.dtype(
    [
        ("state", np.uint64),
        ("exit_day", np.float64),
        ("when", np.float64),
        ("fate_day", np.float64),
        ("first_day", np.float64),
        ("region", np.uint32),
        ("site", np.int32),
        ("station", np.int32),
        ("product", np.uint16),
        ("payer", np.uint16),
        ("given", np.int16),
        ("stage", np.int8),
        ("phase", np.int8),
        ("fate", np.int8),
        ("link", np.int8),
        ("ordered", np.bool_),
    ],
    align=True,
)
"""A patient on the journey, in one line of the cache. ``state``: that of the patient's draws;
``when``: end of the delay, or day on which the line was joined; ``ordered``: whether there is a
row of orders."""

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
        ("asked", np.uint32),
        ("lost_link", np.int16),
        ("open_link", np.int16),
    ],
    align=True,
)
"""A patient's next dose, in one line of the cache. ``waited``: weeks booked for this dose;
``asked``: its row among the orders of the week as they come;
``open_link``: link that left the order without a plan, or NOWHERE."""

ASKED = np.dtype(
    [
        ("state", np.uint64),
        ("score", np.float64),
        ("since", np.float64),
        ("day", np.float64),
        ("exit_day", np.float64),
        ("person", np.uint32),
        ("site", np.uint32),
        ("way", np.int32),
        ("freed_next", np.int32),
        ("product", np.uint16),
        ("kind", np.int8),
        ("link", np.int8),
        ("ending", np.int8),
        ("told", np.int8),
        ("untreated", np.bool_),
        ("late", np.bool_),
    ],
    align=True,
)
"""An order of the week, in one line of the cache. ``state``: that of its draws; ``kind``: 0 for the
first dose of a course, 1 for a later one; ``untreated``: never had a dose; ``late``: the dose comes
late, but is usable; ``exit_day``: infinite for who had one; ``told``: how the dose ends in the account: ``ending``, or returned if another
patient had it."""

TURN = np.dtype(
    [
        ("score", np.float64),
        ("since", np.float64),
        ("state", np.uint64),
        ("person", np.uint32),
        ("none", np.uint32),
    ],
    align=True,
)
"""When an order's turn comes; the last field fills half a line of the cache."""

ENTRY = np.dtype([("time", np.float64), ("turn", np.int64), ("person", np.uint32)], align=True)
"""A patient's next event. ``turn``: its place among events of the same moment, see
:func:`doseline.simulate.engine.calendar.turn_of`."""

PLACE = np.dtype([("first", np.int32), ("last", np.int32), ("filled", np.int32)], align=True)
"""A bag's chunks, the first and the last, and how many entries are in the last."""

IN_LINE_NODE = np.dtype([("out", np.float64), ("turn", np.int64), ("next", np.int32)], align=True)
"""Who waits in a line, and when and in whose turn it will be out."""


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
    ordering: Table
    """Stage at which the first dose of each product is ordered."""
    horizon: float


class Lines(NamedTuple):
    """Stations and their servers, and what is near, for the policies."""

    stations: Table
    free: Table
    """When each server is free. [d]"""
    turn: Table
    """In whose turn it lets its patient go then; in the next one it calls another."""
    nodes: Table
    """Room for who waits in lines whose length somebody asks for."""
    spare: Table
    """First of the nodes that were given back, and how many were ever used."""
    waited: Table
    """Change of the number in all lines, by Monday."""
    services: Table
    """Services begun by week and station."""
    load: Table
    takes: Table
    site_load: Table
    listed: Table
    """Orders by site and week; without weeks where no policy asks."""
    site_rule: int
    station_rule: int
    """Numbers of the rules by which places are chosen."""
    counted: bool
    """Whether a policy asks for who waits at a station."""
    alone: bool
    """Whether no policy asks for who waits at a site: then nobody's way there touches others."""


class Bags(NamedTuple):
    """Entries by place, in chunks of a few lines of the cache, in the sequence of their coming."""

    places: Table
    entries: Table
    following: Table
    """The chunk after each."""
    spare: Table
    """First of the chunks that were given back, and how many were ever used."""


class Heap(NamedTuple):
    """Events of the bucket that is open; ``sequence``: of their coming."""

    time: Table
    turn: Table
    sequence: Table
    person: Table


class Calendar(NamedTuple):
    """Events by bucket, those of the open bucket as a heap, and orders by week."""

    events: Bags
    heap: Heap
    weeks: Bags
    counts: Table
    horizon: float
    parts: float
    """Buckets of a day."""


class Coming(NamedTuple):
    """Patients as they were given, in order of their clock starts."""

    key: Table
    start: Table
    exit_day: Table
    product: Table
    region: Table
    payer: Table
    site: Table
    given: Table
    in_order: bool
    """Whether those without a site come in order of their clock starts; else all come at once."""


class Log(NamedTuple):
    """Lines of the log; ``moment`` and ``turn`` say when each was due to be written."""

    moment: Table
    turn: Table
    time: Table
    patient: Table
    event: Table
    place: Table
    wanted: bool


class Infused(NamedTuple):
    """Infusions, and the day from which each dose was wanted."""

    patient: Table
    day: Table
    since: Table


class People(NamedTuple):
    """Patients, with the time that each spent at each link."""

    persons: Table
    orders: Table
    wait: Table
    """By patient and column: first those of the journey, from a new line of the cache on the rest.
    [d]"""
    column: Table
    """Column of each link."""
    infusions: Infused


class Course(NamedTuple):
    """Courses by product, and the policies' numbers."""

    products: Table
    goes_on: Table
    hold: Table
    priority: int
    """Number of the rule by which orders are scored."""
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

    orders: Table
    turns: Table
    turns_again: Table
    keys: Table
    keys_again: Table
    """Integers in the sequence of the orders, nearly."""
    scratch: Table
    used: Table
    infused: Table
    runs: Table
    drawn: Table
    drawn_by: Table
    kept: Table
    refused: Table
    freed: Table
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
WAITING = 1
"""Events in the heap."""
LOGGED = 2
OPEN = 3
"""The bucket that is open."""
ADMITTED = 4
INFUSIONS = 5
SEQUENCE = 6
COUNTS = 7
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
