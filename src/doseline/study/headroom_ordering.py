"""Until when a dose for a day of infusion can still be ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doseline.model.calendars import Holiday
from doseline.model.columns import weekday_numbers
from doseline.model.ordering import OrderingCutoff
from doseline.routes.clock import clock_minutes, utc_ms
from doseline.simulate.ordering import cutoff_day

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.supply import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """The cut-offs of a network, seen from one morning at one site."""

    cutoffs: tuple[OrderingCutoff, ...]
    closed: frozenset[tuple[str | None, date]]
    """Calendar and day on which it rests."""
    morning_ms: int
    """Midnight before the first day, at the site. [ms]"""
    start: date

    def last_day(self, product: Product, day: date) -> date | None:
        """Last day on which a dose for a day can be ordered; None if it never can."""
        rows = [one for one in self.cutoffs if one.product == product.product]
        if not rows:
            return day - timedelta(days=product.order_lead_days)
        mine = [one for one in rows if day.weekday() in weekday_numbers(one.infusion_weekdays)]
        return max((cutoff_day(one, day, self.closed) for one in mine), default=None)

    def is_open(self, product: Product, day: date) -> bool:
        """Whether, on the first morning, a dose for a day can still be ordered."""
        rows = [one for one in self.cutoffs if one.product == product.product]
        if not rows:
            return day - timedelta(days=product.order_lead_days) >= self.start
        return any(
            utc_ms(one.zone, cutoff_day(one, day, self.closed), clock_minutes(one.clock))
            >= self.morning_ms
            for one in rows
            if day.weekday() in weekday_numbers(one.infusion_weekdays)
        )


def ordering_of(network: Network, *, start: date, zone: str) -> Ordering:
    """The cut-offs as they stand on a morning.

    Args:
        network: The network.
        start: The day, at the site.
        zone: Time zone of the site.
    """
    closed = ((row.calendar, row.day) for row in network.rows(Holiday) if row.runs_as is None)
    return Ordering(
        cutoffs=network.rows(OrderingCutoff),
        closed=frozenset(closed),
        morning_ms=utc_ms(zone, start, 0),
        start=start,
    )
