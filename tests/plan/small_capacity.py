"""Limits of chairs, people, licences and departures for random small weeks, each in some of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from doseline.model.options import REFUSALS

if TYPE_CHECKING:
    from tests.plan.small_weeks import Draft

HOURS = (("08:00", "09:30"), ("08:30", "12:00"), ("09:00", "11:00"), *((("00:00", "00:00"),) * 3))


def turnover(draft: Draft) -> None:
    for suite in draft.tables["suites"]:
        suite["turnover_min"] = int(draft.among(0, 15, 30))


def hours(draft: Draft) -> None:
    """Hours of each role; a slot in which the roles never meet for long enough is no option."""
    for row in draft.tables["staff"]:
        row["start"], row["end"] = HOURS[int(draft.rng.integers(len(HOURS)))]
    for option in draft.options:
        if option["refusal"] == 0 and not _meet(draft, option):
            option["refusal"] = REFUSALS.index("no_common_hours")


def _meet(draft: Draft, option: dict[str, float]) -> bool:
    """Whether the roles of a product's tasks have enough time in common within a slot."""
    site = f"site-{option['site']}"
    product = draft.tables["products"][int(option["product"])]["product"]
    tasks = {
        row["role"]: row["minutes"] for row in draft.tables["tasks"] if row["product"] == product
    }
    slot = draft.slots[int(option["slot"])]
    zone = ZoneInfo(draft.tables["sites"][int(option["site"])]["zone"])
    first, last = (_minute_of_day(slot[key], zone) for key in ("start_ms", "end_ms"))
    for row in draft.tables["staff"]:
        if row["site"] == site and row["role"] in tasks and row["start"] != row["end"]:
            first = max(first, _minutes(row["start"]))
            last = min(last, _minutes(row["end"]))
    longest = max(tasks.values(), default=0)
    return last > first and last - first >= longest


def _minutes(clock: str) -> float:
    hour, minute = clock.split(":")
    return int(hour) * 60.0 + int(minute)


def _minute_of_day(instant_ms: int, zone: ZoneInfo) -> float:
    wall = datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(zone)
    return wall.hour * 60.0 + wall.minute


def dose(draft: Draft) -> None:
    for task in draft.tables["tasks"]:
        task["dose_usv"] = draft.among(0, 4, 10)
    for row in draft.tables["staff"]:
        row["dose_budget_usv"] = draft.between(9, 25) if draft.chance(0.7) else None


def use(draft: Draft) -> None:
    draft.use_factors = tuple(draft.among(1, 1, 0.6) for _ in draft.tables["products"])
    for licence in draft.tables["licences"]:
        if draft.chance(0.6):
            licence["daily_gbq"] = draft.between(6, 14)
        if draft.chance(0.6):
            licence["annual_gbq"] = draft.between(12, 50)
            licence["annual_used_gbq"] = draft.between(0, 10)


def conveyances(draft: Draft) -> None:
    """Every way leaves by a timetable; some lanes take few packages or little index."""
    index = draft.among(1, 3, 17, 26)
    for option in draft.options:
        option["transport_index"] = index
    for lane in draft.tables["lanes"]:
        draft.add("departures", lane=lane["lane"], weekdays="Mon-Sun", depart="12:00", cutoff_min=0)
        if draft.chance(0.4):
            lane["most_packages"] = int(draft.among(1, 1, 2))
        if draft.chance(0.4):
            lane["most_transport_index"] = index * draft.among(1, 2)


CAPACITY = (turnover, hours, dose, use, conveyances)
