"""Wall times and weekdays once more, in plain Python, for the plain loop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOUR_MS = 3_600_000


def instant(zone: str, day: date, clock: str) -> int:
    """UTC milliseconds of a wall time."""
    return instant_at(zone, day, minutes(clock))


@lru_cache(maxsize=1 << 16)
def instant_at(zone: str, day: date, after_midnight: int) -> int:
    """UTC milliseconds of a wall time in minutes after midnight."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=after_midnight)  # noqa: DTZ001
    return round(wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


def minutes(clock: str) -> int:
    """Minutes after midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def ms(duration_h: float) -> int:
    """Hours to milliseconds."""
    return round(duration_h * HOUR_MS)


def hours(duration_ms: int) -> float:
    """Milliseconds to hours."""
    return duration_ms / HOUR_MS


def numbers(weekdays: str) -> set[int]:
    """Monday is 0."""
    found: set[int] = set()
    for word in weekdays.split():
        first, _, last = word.partition("-")
        day = DAYS.index(first)
        found.add(day)
        while last and DAYS[day] != last:
            day = (day + 1) % 7
            found.add(day)
    return found
