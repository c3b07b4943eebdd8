"""Wall times that do not exist, or exist twice, when clocks change in the planned weeks."""

from __future__ import annotations

import dataclasses
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from doseline.model.checks_base import at, horizon
from doseline.model.columns import WEEKDAY_NAMES, weekday_numbers
from doseline.model.findings import ERROR, WARNING, Finding
from doseline.model.network import Network
from doseline.model.travel import zone_of

TIMES = (
    ("lots", "source", "weekday", "reference"),
    ("batches", "line", "weekday", "start"),
    ("departures", "lane", "weekdays", "depart"),
    ("suites", "site", "weekdays", "open"),
    ("suites", "site", "weekdays", "close"),
)
"""Table, column of the place, of the weekdays and of the wall time."""


def check_clock_changes(network: Network) -> Iterator[Finding]:
    """Weekly wall times that fall into a change of the clocks, each with what is done then."""
    lanes = network.frame("lanes")
    zones = zone_of(network)
    zones |= {
        lane: zones[start] for lane, start in zip(lanes["lane"], lanes["from_place"], strict=True)
    }
    first, last = horizon(network)
    changes = {zone: clock_changes(zone, first, last) for zone in set(zones.values())}
    if not any(changes.values()):
        return
    for table, place, days, clock in TIMES:
        frame = network.frame(table).select(place, days, clock)
        for index, (where, weekdays, wall) in enumerate(frame.iter_rows()):
            zone = zones[where]
            for found in _changed(changes[zone], zone, weekdays, wall, (table, index, clock)):
                yield _graver(found, network.settings.plan_week)


def _graver(finding: Finding, week: date) -> Finding:
    """A time that the exactly planned week does not have is an error; elsewhere it is a doubt."""
    planned = 0 <= (date.fromisoformat(finding.about["day"]) - week).days < len(WEEKDAY_NAMES)
    if finding.code == "nonexistent_time" and planned:
        return dataclasses.replace(finding, severity=ERROR)
    return finding


def _changed(
    changes: tuple[date, ...], zone: str, weekdays: str, wall: str, where: tuple[str, int, str]
) -> Iterator[Finding]:
    """The first change of clocks that a weekly wall time meets."""
    for day in changes:
        if day.weekday() not in weekday_numbers(weekdays):
            continue
        moment = datetime.combine(day, time.fromisoformat(wall), zoneinfo.ZoneInfo(zone))
        used = moment.astimezone(UTC).astimezone(moment.tzinfo)
        skipped = used.replace(tzinfo=None) != moment.replace(tzinfo=None)
        if not skipped and moment.utcoffset() == moment.replace(fold=1).utcoffset():
            continue
        yield at(
            *where,
            code="nonexistent_time" if skipped else "ambiguous_time",
            severity=WARNING,
            found=wall,
            day=str(day),
            zone=zone,
            used=used.isoformat(timespec="minutes"),
        )
        return


def clock_changes(zone: str, first: date, last: date) -> tuple[date, ...]:
    """Days from the first to the last on which the clocks of a zone change.

    >>> clock_changes("America/Chicago", date(2026, 3, 1), date(2026, 4, 1))
    (datetime.date(2026, 3, 8),)
    """
    clocks = zoneinfo.ZoneInfo(zone)
    days = [first + timedelta(days=step) for step in range((last - first).days + 2)]
    offsets = [datetime.combine(day, time(), clocks).utcoffset() for day in days]
    return tuple(
        day
        for day, before, after in zip(days, offsets, offsets[1:], strict=False)
        if before != after
    )
