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

_FOLLOWERS = ("lines", "hubs", "lanes", "sites")
"""Tables whose rows follow a calendar in the delivery options."""

_MARGIN_DAYS = 2
"""Days before the week, and after its last slot, that still bear on hubs and departures. [d]"""


def calendar_key(network: Network, week: date) -> CalendarKey:
    """What of the calendars bears on the options of a week, as days from its Monday.

    Weeks with the same key have the same calendars; a week that no holiday touches has an empty
    key. Clock changes, validity of departures and licences are not part of it.

    Args:
        network: The network.
        week: Monday of the week.
    """
    followed = {name for table in _FOLLOWERS for name in network.frame(table)["calendar"]}
    calendars = workdays(network)
    near = range(-_MARGIN_DAYS, slot_days(network) + _MARGIN_DAYS + 1)
    return frozenset(
        (calendar, (day - week).days, runs_as)
        for calendar in followed - {None}
        for day, runs_as in calendars.of(calendar)
        if (day - week).days in near
    )
