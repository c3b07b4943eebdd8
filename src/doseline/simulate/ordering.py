"""By when a dose must be ordered: cut-off calendars, or so many days ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.columns import weekday_numbers
from doseline.model.ordering import OrderingCutoff
from doseline.model.supply import Product
from doseline.routes.clock import MS_PER_DAY, utc_ms
from doseline.routes.cutoffs import closed_days, cutoff_ms
from doseline.simulate.calendar import WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    import numpy.typing as npt

    from doseline.model.network import Network
    from doseline.simulate.calendar import Calendar

    Floats = npt.NDArray[np.float64]

_NOWHERE_CLOSED: AbstractSet[tuple[str | None, date]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """When the doses of each week must be ordered."""

    order_by: Floats
    """Last day on which every dose of a week can be ordered, shape (product, week). [d]"""
    lead_days: Floats
    """From then to the week's Monday in a week that no closed day touches, at most; shape
    (product,). [d]"""


def ordering(network: Network, calendar: Calendar) -> Ordering:
    """The cut-offs of all products in all weeks.

    A product without rows in ``ordering_cutoffs`` is ordered its ``order_lead_days`` before the
    Monday of the week. An order that misses one cut-off of a week is one for the next week.
    """
    closed = closed_days(network)
    monday: Floats = np.arange(calendar.weeks, dtype=np.float64) * 7.0
    by: list[Floats] = []
    lead: list[float] = []
    for product in network.rows(Product):
        rows = [row for row in network.rows(OrderingCutoff) if row.product == product.product]
        if rows:
            usual = monday - _cutoffs(rows, calendar, _NOWHERE_CLOSED)
            by.append(_cutoffs(rows, calendar, closed))
            lead.append(max(float(usual.max()), 0.0))
        else:
            by.append(monday - product.order_lead_days)
            lead.append(float(product.order_lead_days))
    shape = len(by), calendar.weeks
    return Ordering(order_by=np.array(by).reshape(shape), lead_days=np.array(lead))


def _cutoffs(
    rows: Sequence[OrderingCutoff],
    calendar: Calendar,
    closed: AbstractSet[tuple[str | None, date]],
) -> Floats:
    """The earliest cut-off among the days of infusion of each week, shape (week,). [d]"""
    origin_ms = utc_ms("UTC", calendar.origin, 0)
    first, last = WINDOW_DAYS
    by = np.full(calendar.weeks, np.inf)
    for week in range(calendar.weeks):
        for step in range(first, last + 1):
            day = calendar.monday(week) + timedelta(days=step)
            for row in rows:
                if day.weekday() in weekday_numbers(row.infusion_weekdays):
                    moment = cutoff_ms(row, day, closed)
                    by[week] = min(by[week], (moment - origin_ms) / MS_PER_DAY)
    return by
