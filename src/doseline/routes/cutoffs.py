"""Cut-offs: the last moment at which a dose for a day of infusion can be ordered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.model.calendars import Holiday
from doseline.routes.clock import clock_minutes, utc_ms

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.ordering import OrderingCutoff


def closed_days(network: Network) -> frozenset[tuple[str | None, date]]:
    """Calendars with the days on which they are closed."""
    return frozenset(
        (row.calendar, row.day) for row in network.rows(Holiday) if row.runs_as is None
    )


def cutoff_day(
    row: OrderingCutoff, infusion: date, closed: AbstractSet[tuple[str | None, date]]
) -> date:
    """Day of the cut-off for a day of infusion: on a closed day, the last open day before it.

    Args:
        row: The rule.
        infusion: Day of the infusion.
        closed: Calendars with the days on which they are closed.
    """
    day = infusion - timedelta(days=row.days_before)
    while (row.calendar, day) in closed:
        day -= timedelta(days=1)
    return day


def cutoff_ms(
    row: OrderingCutoff, infusion: date, closed: AbstractSet[tuple[str | None, date]]
) -> int:
    """Instant of the cut-off for a day of infusion. [UTC ms]

    Args:
        row: The rule.
        infusion: Day of the infusion.
        closed: Calendars with the days on which they are closed.
    """
    return utc_ms(row.zone, cutoff_day(row, infusion, closed), clock_minutes(row.clock))
