"""Work calendars: which weekday's timetable applies at a place on a day.

A day that its calendar does not name runs as its own weekday. A named day is closed, or runs as the
one weekday that it names, as on a make-up workday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from doseline.model.calendars import Holiday
from doseline.model.columns import weekday_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network

Exceptions: TypeAlias = tuple[tuple["date", int | None], ...]
"""Days that do not run as their own weekday, each with the weekday that it runs as; None: closed."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The days on which calendars depart from the weekly rhythm."""

    exceptions: Mapping[str, Exceptions]

    def of(self, calendar: str | None) -> Exceptions:
        """What a calendar names; nothing without a calendar."""
        return self.exceptions.get(calendar, ()) if calendar is not None else ()

    def weekday(self, calendar: str | None, day: date) -> int | None:
        """Number of the weekday whose timetable applies, Monday is 0; None: closed.

        Args:
            calendar: Calendar that the place follows; None: every day is itself.
            day: Date at the place.
        """
        return _runs_as(self.of(calendar)).get(day, day.weekday())

    def days(
        self, calendar: str | None, weekdays: str, first: date, last: date
    ) -> tuple[date, ...]:
        """Dates from ``first`` to ``last``, included, that run as one of some weekdays."""
        return _days(self.of(calendar), weekdays, first, last)


def workdays(network: Network) -> Workdays:
    """The calendars of a network."""
    found: dict[str, list[tuple[date, int | None]]] = {}
    for one in network.rows(Holiday):
        runs_as = weekday_numbers(one.runs_as)[0] if one.runs_as else None
        if runs_as != one.day.weekday():
            found.setdefault(one.calendar, []).append((one.day, runs_as))
    return Workdays({calendar: tuple(sorted(days)) for calendar, days in found.items()})


def with_weekday(network: Network, placed: pl.DataFrame) -> pl.DataFrame:
    """The same with ``weekday``, Monday is 1: the timetable that applies at a site on a day.

    Args:
        network: The network.
        placed: site (row number) and day, on which the site is open.
    """
    own = placed.with_columns(weekday=pl.col("day").dt.weekday())
    known, days = workdays(network), set(placed["day"].unique())
    exceptions = [
        (number, day, runs_as + 1)
        for number, calendar in enumerate(network.frame("sites")["calendar"])
        for day, runs_as in known.of(calendar)
        if day in days and runs_as is not None
    ]
    if not exceptions:
        return own
    schema = {"site": pl.Int32, "day": pl.Date, "runs_as": pl.Int8}
    others = pl.DataFrame(exceptions, schema=schema, orient="row")
    joined = own.join(others, on=["site", "day"], how="left", maintain_order="left")
    return joined.with_columns(weekday=pl.coalesce("runs_as", "weekday")).drop("runs_as")


@lru_cache(maxsize=1 << 8)
def _runs_as(exceptions: Exceptions) -> dict[date, int | None]:
    return dict(exceptions)


@lru_cache(maxsize=1 << 12)
def _days(exceptions: Exceptions, weekdays: str, first: date, last: date) -> tuple[date, ...]:
    numbers, runs_as = weekday_numbers(weekdays), _runs_as(exceptions)
    dates = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return tuple(day for day in dates if runs_as.get(day, day.weekday()) in numbers)
