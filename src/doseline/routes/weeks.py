"""What tells one week from another in the delivery options, so that equal weeks share a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from doseline.routes.slots import slot_days
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network

CalendarKey: TypeAlias = frozenset[tuple[str, int, int | None]]
"""Calendar, days from the week's Monday, and weekday that applies; None: closed."""


def calendar_key(network: Network, week: date) -> CalendarKey:
    """What of the calendars bears on the options of a week, as days from its Monday.

    Weeks with the same key have the same options as far as calendars go; a week that no holiday
    touches has an empty key. Clock changes, the validity of departures and licences, and what is
    booked are not part of it.

    Args:
        network: The network.
        week: Monday of the week.
    """
    calendars = workdays(network)
    return frozenset(
        (calendar, (day - week).days, runs_as)
        for table, offsets in _bearing(network).items()
        for calendar in network.frame(table)["calendar"].drop_nulls().unique()
        for day, runs_as in calendars.of(calendar)
        if (day - week).days in offsets
    )


def _bearing(network: Network) -> dict[str, range]:
    """Days from the week's Monday that bear on the rows of each table.

    Lines start batches within the week, and sites give slots until its doses expire. Lanes may
    leave a day before and after, on the dates of places far east or west; the hours of a hub that
    is open over midnight begin on the day before that.
    """
    days = slot_days(network)
    return {
        "lines": range(7),
        "sites": range(days),
        "lanes": range(-1, days + 2),
        "hubs": range(-2, days + 2),
    }
