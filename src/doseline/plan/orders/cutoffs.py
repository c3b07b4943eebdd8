"""Days for which an order came too late: after the ordering cut-off of its product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.model.columns import weekday_numbers
from doseline.model.ordering import OrderingCutoff
from doseline.routes.clock import local
from doseline.routes.cutoffs import closed_days, cutoff_ms

if TYPE_CHECKING:
    from datetime import date, datetime

    from doseline.model.network import Network
    from doseline.model.supply import Product

TOO_LATE = "ordered_after_cut_off"
"""Reason: the cut-off of the day lies before the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """The cut-offs of all products."""

    rows: tuple[OrderingCutoff, ...]
    closed: frozenset[tuple[str | None, date]]
    """Calendar and day on which it rests."""

    def missed(self, product: Product, day: date, ordered: datetime, zone: str) -> bool:
        """Whether an order came too late for an infusion on a day.

        A product without cut-offs is ordered ``order_lead_days`` ahead, by the site's calendar; one
        with cut-offs is never ordered for a weekday that has none.

        Args:
            product: The product.
            day: Day of the infusion, at the site.
            ordered: When the order came.
            zone: Time zone of the site.
        """
        instant_ms = round(ordered.timestamp() * 1000)
        mine = [row for row in self.rows if row.product == product.product]
        if not mine:
            lead = timedelta(days=product.order_lead_days)
            return local(zone, instant_ms).date() > day - lead
        return not any(
            instant_ms <= cutoff_ms(row, day, self.closed)
            for row in mine
            if day.weekday() in weekday_numbers(row.infusion_weekdays)
        )


def cutoffs_of(network: Network) -> Cutoffs:
    """The cut-offs of a network."""
    return Cutoffs(rows=network.rows(OrderingCutoff), closed=closed_days(network))
