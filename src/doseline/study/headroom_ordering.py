"""Until when a dose for a day of infusion can still be ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doseline.model.columns import weekday_numbers
from doseline.model.ordering import OrderingCutoff
from doseline.routes.clock import utc_ms
from doseline.routes.cutoffs import closed_days, cutoff_day, cutoff_ms

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
            cutoff_ms(one, day, self.closed) >= self.morning_ms
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
    return Ordering(
        cutoffs=network.rows(OrderingCutoff),
        closed=closed_days(network),
        morning_ms=utc_ms(zone, start, 0),
        start=start,
    )
