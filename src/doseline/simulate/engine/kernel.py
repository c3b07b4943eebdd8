"""The kernel: week by week the arrivals and the doses, between them the events in their order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from doseline.simulate.engine.calendar import fetch_bucket, open_bucket, pop
from doseline.simulate.engine.compiled import compiled
from doseline.simulate.engine.journey import happen
from doseline.simulate.engine.opening import admit, list_those_with_a_site
from doseline.simulate.engine.tables import WAITING
from doseline.simulate.engine.week import share_out

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import (
        Account,
        Calendar,
        Coming,
        Course,
        Journeys,
        Lines,
        Log,
        People,
        Supply,
        Week,
    )

_AHEAD = 8
"""Buckets between asking for the rows of patients and their events."""


@compiled
def run(
    journeys: Journeys,
    lines: Lines,
    coming: Coming,
    people: People,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    account: Account,
    site_choice: Any,
    station_choice: Any,
    priority: Any,
    ordering: Any,
    batch: Any,
) -> None:
    """Run the calendar from its first day to its last."""
    buckets = len(calendar.events.places)
    of_a_week = int(7.0 * calendar.parts)
    list_those_with_a_site(journeys, lines, coming, people, calendar)
    for bucket in range(buckets):
        w, rest = (bucket - 1) // of_a_week, (bucket - 1) % of_a_week
        if bucket == 0 or rest == 0:
            # Who comes in the week that begins; nobody's way to its first event touches others.
            until = 7.0 * w + 7.0 if bucket > 0 else 0.0
            admit(journeys, lines, coming, people, calendar, log, site_choice, ordering, until)
        if bucket > 0 and rest == 0:
            share_out(
                journeys, lines, people, calendar, log, course, supply, week, account, priority,
                ordering, batch, w,
            )  # fmt: skip
        open_bucket(calendar, bucket)
        fetch_bucket(people, calendar, bucket + _AHEAD)
        while calendar.counts[WAITING] > 0:
            time, turn, person = pop(calendar)
            happen(
                journeys, lines, people, calendar, log, site_choice, station_choice, ordering,
                person, time, turn,
            )  # fmt: skip
    admit(journeys, lines, coming, people, calendar, log, site_choice, ordering, math.inf)
