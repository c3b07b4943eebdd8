"""When the payer must have decided, from the instant of submission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from doseline.authorise.errors import BadSubmissionError, UnknownZoneError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.authorise.policy import Clock


_YEARS = (1900, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A clock that runs, and when it ends."""

    clock: Clock
    at: datetime | None
    """In UTC; none before submission."""
    local: datetime | None
    """The same in the zone of the submission."""


def submission(text: str, zone: str) -> datetime:
    """The instant of submission in its zone.

    Args:
        text: Date and time with an offset from UTC.
        zone: IANA name in which days of the calendar are counted; empty for the offset itself.

    Raises:
        BadSubmissionError: If the instant has no offset or cannot be read.
        UnknownZoneError: If there is no such zone.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSubmissionError(text) from error
    if instant.tzinfo is None or not _YEARS[0] <= instant.year <= _YEARS[1]:
        raise BadSubmissionError(text)
    return instant.astimezone(_zone(zone)) if zone else instant


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def due_times(clocks: Sequence[Clock], day: date, submitted: datetime | None) -> tuple[Due, ...]:
    """Each clock that is law on the day, and its end.

    Hours are counted as hours. Days of the calendar keep the wall time of the submission, over a
    change of clocks, too.
    """
    return tuple(
        Due(clock=clock, at=ends.astimezone(UTC) if ends else None, local=ends)
        for clock in clocks
        if clock.runs_on(day)
        for ends in (_end(clock, submitted),)
    )


def _end(clock: Clock, submitted: datetime | None) -> datetime | None:
    if submitted is None:
        return None
    if clock.hours is not None:
        end = submitted.astimezone(UTC) + timedelta(hours=clock.hours)
        return end.astimezone(submitted.tzinfo)
    return submitted + timedelta(days=clock.days or 0)
