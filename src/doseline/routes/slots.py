"""Infusion slots: when a chair can be taken, from the week's Monday until its doses expire.

A batch belongs to the week in which its synthesis starts at the line; its doses may be infused in
the next week. So the slots of a week begin on Monday and end, at each site's own dates, seven days
plus the longest synthesis and shelf life later.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.opening import Booking
from doseline.model.options import SLOT_SCHEMA
from doseline.model.treatment import Site, Suite
from doseline.routes.clock import MINUTES_PER_DAY, MS_PER_MINUTE, clock_minutes, utc_ms
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from doseline.model.network import Network
    from doseline.routes.timetable import Ints
    from doseline.routes.workdays import Workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Infusion slots, one row each, sorted by site and start."""

    site: Ints
    day: Ints
    """Days from the week's Monday to the slot's date at the site. [d]"""
    start_ms: Ints
    beds: Ints
    """Shielded beds of the slot's suite."""
    frame: pl.DataFrame
    """Columns of ``SLOT_SCHEMA``."""


def slot_days(network: Network) -> int:
    """Dates from the week's Monday on which its doses may be infused. [d]"""
    shelf_life_h = max(network.frame("products")["shelf_life_h"], default=0.0)
    synthesis_h = max(network.frame("batches")["synthesis_h"], default=0.0)
    return 7 + math.ceil((shelf_life_h + synthesis_h) / 24)


def slots(network: Network, week: date) -> Slots:
    """The infusion slots of all suites from a Monday on, on the days that the sites work.

    A suite's day is cut into equal slots. Bookings take chair minutes from the first slots of
    their day on, since they name no hour.
    """
    sites = {site.site: (row, site) for row, site in enumerate(network.rows(Site))}
    calendars = workdays(network)
    booked = {(one.suite, one.day): one.minutes for one in network.rows(Booking)}
    last = week + timedelta(days=slot_days(network) - 1)
    rows = [
        (number, sites[suite.site][0], *slot)
        for number, suite in enumerate(network.rows(Suite))
        for slot in _suite_slots(suite, sites[suite.site][1], calendars, (week, last), booked)
    ]
    rows.sort(key=lambda slot: (slot[1], slot[3], slot[0]))
    plain = {name: kind for name, kind in SLOT_SCHEMA.items() if name != "slot"}
    frame = pl.DataFrame(rows, schema=plain, orient="row")
    numbered = frame.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("slot"), pl.all())
    return Slots(
        site=frame["site"].cast(pl.Int64).to_numpy(),
        day=(frame["day"] - week).dt.total_days().to_numpy(),
        start_ms=frame["start_ms"].to_numpy(),
        beds=network.frame("suites")["beds"].gather(frame["suite"]).to_numpy(),
        frame=numbered,
    )


def _suite_slots(
    suite: Suite,
    site: Site,
    calendars: Workdays,
    period: tuple[date, date],
    booked: dict[tuple[str, date], int],
) -> Iterator[tuple[date, int, int, int]]:
    """Day, start, end and chair minutes of each slot of a suite."""
    cuts = _cuts(suite)
    for day in calendars.days(site.calendar, suite.weekdays, *period):
        taken = booked.get((suite.suite, day), 0)
        for begin, end in itertools.pairwise(cuts):
            start_ms = utc_ms(site.zone, day, begin)
            chair_min = suite.chairs * (end - begin)
            free_min = max(0, chair_min - taken)
            taken -= chair_min - free_min
            yield day, start_ms, start_ms + (end - begin) * MS_PER_MINUTE, free_min


def _cuts(suite: Suite) -> list[int]:
    """Wall times that part a suite's day into its slots, in whole minutes after midnight. [min]"""
    first, length = clock_minutes(suite.open), open_minutes(suite)
    return [first + length * nth // suite.slots_per_day for nth in range(suite.slots_per_day + 1)]


def open_minutes(suite: Suite) -> int:
    """How long a suite is open on a day that it treats. [min]

    One that closes at or before its opening hour closes on the next date.
    """
    length = clock_minutes(suite.close) - clock_minutes(suite.open)
    return length if length > 0 else length + MINUTES_PER_DAY
