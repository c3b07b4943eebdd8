"""Times as people who act on them read them: local clocks, their offset, and UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from doseline.io.report.numbers import MINUS, NOTHING
from doseline.io.report.words import Word, word

if TYPE_CHECKING:
    from doseline.io.report.parts import Row


def at_place(moment: datetime | None, zone: str | None) -> str:
    r"""An instant on the clocks of a zone, with their offset, and on a line of its own in UTC.

    >>> at_place(datetime(2026, 5, 5, 1, tzinfo=UTC), "America/Chicago")
    '2026-05-04 20:00 −05:00\n(05-05 01:00 UTC)'
    """
    if moment is None or not zone:
        return NOTHING
    there = moment.astimezone(ZoneInfo(zone))
    utc = moment.astimezone(UTC)
    same_day = there.date() == utc.date()
    in_utc = f"{utc:%H:%M}" if same_day else f"{utc:%m-%d %H:%M}"
    return f"{there:%Y-%m-%d %H:%M} {offset(there)}\n({in_utc} UTC)"


def of_row(row: Row, name: str) -> str:
    """The time of that name in a row of a list, see :mod:`doseline.model.sheets`."""
    return at_place(row[f"{name}_utc"], row[f"{name}_zone"])


def clock(row: Row, name: str) -> str:
    """The time of day of a row's time, local and in UTC."""
    moment = row[f"{name}_utc"]
    there = moment.astimezone(ZoneInfo(row[f"{name}_zone"]))
    return f"{there:%H:%M} {offset(there)}\n({moment:%H:%M} UTC)"


def offset(there: datetime) -> str:
    """How far clocks are ahead of UTC."""
    ahead = there.utcoffset() or timedelta(0)
    minutes = abs(int(ahead.total_seconds())) // 60
    return f"{MINUS if ahead < timedelta(0) else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def day_word(day: date) -> Word:
    """A day with its weekday."""
    return word(f"day.{day.isoweekday()}", day=day.day, month=word(f"month.{day.month}"))
