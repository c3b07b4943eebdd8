"""Dates, instants, wall times, weekdays and zones as people write them in a table."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, date, datetime

from doseline.model.columns import weekday_numbers

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def read_date(word: str) -> date | None:
    """A day written ``YYYY-MM-DD``."""
    if not _DATE.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def read_instant(word: str) -> datetime | None:
    """An instant in UTC, written in ISO 8601 with its offset."""
    moment = any_instant(word)
    if moment is None or moment.tzinfo is None:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def any_instant(word: str) -> datetime | None:
    """A moment written in ISO 8601, with or without offset."""
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return None


def read_clock(word: str) -> str | None:
    """A wall time ``HH:MM``."""
    return word if _CLOCK.fullmatch(word) else None


def read_weekdays(word: str) -> str | None:
    """Days such as ``Mon Wed`` or ``Mon-Fri``."""
    try:
        days = weekday_numbers(word)
    except ValueError:
        return None
    return word if days else None


def read_zone(word: str) -> str | None:
    """An IANA time zone of the installed database."""
    try:
        zoneinfo.ZoneInfo(word)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return word
