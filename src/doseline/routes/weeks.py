"""What tells one week from another in the delivery options, so that equal weeks share a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from doseline.model.columns import weekday_numbers
from doseline.routes.slots import slot_days
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import polars as pl

    from doseline.model.network import Network

CalendarKey: TypeAlias = frozenset[tuple[str, int, int | None]]
"""Calendar, days from the week's Monday, and weekday that applies; None: closed."""

EVERY_DAY = "Mon-Sun"


def calendar_key(network: Network, week: date) -> CalendarKey:
    """What of the calendars bears on the options of a week, as days from its Monday.

    A day bears on them if something that follows its calendar works on it that usually does not,
    or the reverse: a holiday on which nobody would work is no difference. Weeks with the same key
    have the same options as far as calendars go, and staff at work on the same days; a week that
    no holiday touches has an empty key. Clock changes, the validity of departures and licences,
    and what is booked are not part of it.

    Args:
        network: The network.
        week: Monday of the week.
    """
    calendars = workdays(network)
    return frozenset(
        (calendar, (day - week).days, runs_as)
        for calendar, weekdays, near in _followers(network)
        for day, runs_as in calendars.of(calendar)
        if (day - week).days in near and (day.weekday() in weekdays) != (runs_as in weekdays)
    )


def _followers(network: Network) -> Iterator[tuple[str, frozenset[int], range]]:
    """Calendar and weekdays of all rows that follow one, and days from the Monday that matter.

    Lines start batches within the week, and sites give slots until its doses expire. Lanes may
    leave a day before and after, on the dates of places far east or west; the hours of a hub that
    is open over midnight begin on the day before that.
    """
    days = slot_days(network)
    table = network.frame
    lanes, on_lanes = table("lanes"), range(-1, days + 2)
    rows = (
        (table("batches").join(table("lines"), on="line"), "weekday", range(7)),
        (table("suites").join(table("sites"), on="site"), "weekdays", range(days)),
        (table("staff").join(table("sites"), on="site"), "weekdays", range(days)),
        (table("departures").join(lanes, on="lane"), "weekdays", on_lanes),
        (lanes.join(table("departures"), on="lane", how="anti"), "", on_lanes),
        (table("hubs"), "weekdays", range(-2, days + 2)),
    )
    for frame, column, near in rows:
        for calendar, weekdays in _pairs(frame, column):
            yield calendar, frozenset(weekday_numbers(weekdays)), near


def _pairs(frame: pl.DataFrame, column: str) -> list[tuple[str, str]]:
    """Calendars with the weekdays that go with them, each pair once; no column: every day."""
    calendars = frame["calendar"].to_list()
    weekdays = frame[column].to_list() if column else [EVERY_DAY] * len(calendars)
    pairs = zip(calendars, weekdays, strict=True)
    return sorted({(calendar, days or EVERY_DAY) for calendar, days in pairs if calendar})
