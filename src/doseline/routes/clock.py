"""Wall times to instants: the one place where zones and clock changes are decided.

An instant is a whole number of milliseconds since 1970-01-01T00:00Z. A wall time that a clock
change skips moves forward by the gap; one that happens twice is the first (PEP 495, ``fold=0``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from doseline.routes.errors import NotAMondayError

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 86_400_000
MINUTES_PER_DAY = 1440

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(hours: float) -> int:
    """A duration as a whole number of milliseconds. [ms]"""
    return round(hours * MS_PER_HOUR)


def clock_minutes(clock: str) -> int:
    """Minutes after midnight of a wall time ``HH:MM``. [min]

    >>> clock_minutes("08:30")
    510
    """
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=1 << 16)
def utc_ms(zone: str, day: date, minutes: int) -> int:
    """The instant at which clocks of a zone show some minutes after midnight of a day. [ms]

    Args:
        zone: IANA time zone.
        day: Date at that place.
        minutes: Wall time after midnight; a full day or more counts on into the next dates. [min]

    >>> utc_ms("America/Chicago", date(2026, 5, 4), 10 * 60) == utc_ms(
    ...     "UTC", date(2026, 5, 4), 15 * 60
    ... )
    True
    """
    wall = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    return (wall.replace(tzinfo=_zone(zone)) - _EPOCH) // _MILLISECOND


def local(zone: str, instant_ms: int) -> datetime:
    """An instant on the clocks of a zone."""
    return (_EPOCH + instant_ms * _MILLISECOND).astimezone(_zone(zone))


def local_text(zone: str, instant_ms: int) -> str:
    """An instant on the clocks of a zone, with its offset from UTC.

    >>> local_text("America/Denver", utc_ms("UTC", date(2026, 5, 5), 5 * 60))
    'Mon 2026-05-04 23:00-06:00'
    """
    moment = local(zone, instant_ms)
    offset = moment.strftime("%z")
    return f"{moment:%a %Y-%m-%d %H:%M}{offset[:3]}:{offset[3:5]}"


def monday(week: date) -> date:
    """The week's Monday, which must be how it is named.

    Raises:
        NotAMondayError: If the day is not a Monday.
    """
    if week.weekday():
        raise NotAMondayError(week)
    return week


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
