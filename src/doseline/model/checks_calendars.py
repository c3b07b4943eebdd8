"""Calendars, opening hours and carriers: days and hours that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from doseline.model.checks_base import at, horizon, minutes
from doseline.model.columns import WEEKDAY_NAMES, weekday_numbers
from doseline.model.driving import rests
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network

EVERY_DAY = "Mon-Sun"
MIDNIGHT = "00:00"


def check_holidays(network: Network) -> Iterator[Finding]:
    """Days that run as several weekdays, and calendars that name no day of the period."""
    first, last = horizon(network)
    holidays = network.frame("holidays")
    for index, runs_as in enumerate(holidays["runs_as"]):
        if runs_as and len(weekday_numbers(runs_as)) != 1:
            yield at(
                "holidays",
                index,
                "runs_as",
                code="runs_as_several",
                severity=ERROR,
                found=runs_as,
                allowed=", ".join(WEEKDAY_NAMES),
            )
    pairs = zip(holidays["calendar"], holidays["day"], strict=True)
    named = {calendar for calendar, day in pairs if first <= day <= last}
    for index, calendar in enumerate(network.frame("calendars")["calendar"]):
        if calendar not in named:
            yield at(
                "calendars",
                index,
                "calendar",
                code="calendar_without_holidays",
                severity=NOTE,
                found=calendar,
                first=first,
                last=last,
            )


def check_hub_hours(network: Network) -> Iterator[Finding]:
    """Hubs that close when they open, and departures from a hub that is closed then."""
    hubs = {row["hub"]: row for row in network.frame("hubs").iter_rows(named=True)}
    for index, row in enumerate(hubs.values()):
        if row["open"] == row["close"] != MIDNIGHT:
            yield at(
                "hubs", index, "close", code="hub_never_closes", severity=NOTE, found=row["close"]
            )
    lanes = network.frame("lanes")
    start_of = dict(zip(lanes["lane"], lanes["from_place"], strict=True))
    departures = network.frame("departures").select("lane", "weekdays", "depart")
    for index, (lane, weekdays, depart) in enumerate(departures.iter_rows()):
        hub = hubs.get(start_of[lane])
        closed = [
            WEEKDAY_NAMES[day]
            for day in weekday_numbers(weekdays)
            if hub and not _is_open(hub, day, minutes(depart))
        ]
        if closed and hub:
            yield at(
                "departures",
                index,
                "depart",
                code="departure_when_closed",
                severity=WARNING,
                found=depart,
                allowed=f"{hub['weekdays'] or EVERY_DAY} {hub['open']}-{hub['close']}",
                hub=hub["hub"],
                days=" ".join(closed),
            )


def check_carriers(network: Network) -> Iterator[Finding]:
    """Carriers without a vehicle that lanes need, and drives that are too long without a rest."""
    lanes = network.frame("lanes")
    used = set(lanes["carrier"])
    carriers = {row["carrier"]: row for row in network.frame("carriers").iter_rows(named=True)}
    for index, row in enumerate(carriers.values()):
        if row["vehicles"] == 0 and row["carrier"] in used:
            yield at(
                "carriers",
                index,
                "vehicles",
                code="carrier_without_vehicles",
                severity=WARNING,
                found=row["carrier"],
            )
    for index, lane in enumerate(lanes.iter_rows(named=True)):
        carrier = carriers.get(lane["carrier"])
        if carrier is None or lane["mode"] != "road" or carrier["rest_h"] > 0:
            continue
        if rests(lane["duration_h"], carrier["drive_h_max"]):
            yield at(
                "lanes",
                index,
                "duration_h",
                code="drive_without_rest",
                severity=WARNING,
                found=f"{lane['duration_h']:g} h",
                allowed=f"≤ {carrier['drive_h_max']:g} h",
                carrier=lane["carrier"],
            )


def _is_open(hub: dict[str, Any], day: int, minute: int) -> bool:
    """Whether a hub is open at some minute of a weekday, holidays apart."""
    days = weekday_numbers(hub["weekdays"] or EVERY_DAY)
    opens, closes = minutes(hub["open"]), minutes(hub["close"])
    if opens == closes:
        return day in days
    if opens < closes:
        return day in days and opens <= minute <= closes
    since_yesterday = (day - 1) % len(WEEKDAY_NAMES) in days and minute <= closes
    return since_yesterday or (day in days and minute >= opens)
