"""The batch slots of one week: when each is calibrated and released, and what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch, Line, Product
from doseline.routes.clock import clock_minutes, milliseconds, utc_ms
from doseline.routes.errors import BatchDayError
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.model.network import Network
    from doseline.routes.timetable import Bools, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One row a batch slot, as in table batches; instants in ms UTC."""

    line: Ints
    product: Ints
    days: tuple[date, ...]
    """Date at the line on which synthesis starts."""
    open: Bools
    """Whether the line runs it; where not, all else is as in a week without holidays."""
    ready_ms: Ints
    """Calibration: the end of synthesis. [ms]"""
    release_ms: Ints
    """End of quality control; no vial is infused before, nor handed over unless at risk. [ms]"""
    at_risk: Bools
    """Whether the line hands vials over at calibration as well."""
    expiry_ms: Ints
    """End of shelf life. [ms]"""
    cost: Ints
    """Cost of a vial. [1e-6 currency]"""

    def take(self, rows: Ints) -> Runs:
        """Some of the rows."""
        return Runs(
            line=self.line[rows],
            product=self.product[rows],
            days=tuple(self.days[row] for row in rows),
            open=self.open[rows],
            ready_ms=self.ready_ms[rows],
            release_ms=self.release_ms[rows],
            at_risk=self.at_risk[rows],
            expiry_ms=self.expiry_ms[rows],
            cost=self.cost[rows],
        )


def runs(network: Network, week: date) -> Runs:
    """The batch slots whose synthesis starts in the week, at the line's date.

    A line that follows a calendar starts it on the first date that runs as the weekday of the
    batch slot. If no date of the week does, the line is closed.

    Raises:
        BatchDayError: If a batch slot does not name one day.
    """
    lines = {line.line: (row, line) for row, line in enumerate(network.rows(Line))}
    products = {one.product: (row, one) for row, one in enumerate(network.rows(Product))}
    batches = network.rows(Batch)
    days, works = _days(
        batches, [lines[batch.line][1].calendar for batch in batches], network, week
    )
    start = _ints(
        utc_ms(lines[batch.line][1].zone, day, clock_minutes(batch.start))
        for batch, day in zip(batches, days, strict=True)
    )
    ready = start + _ints(milliseconds(batch.synthesis_h) for batch in batches)
    shelf_h = [products[batch.product][1].shelf_life_h for batch in batches]
    return Runs(
        line=_ints(lines[batch.line][0] for batch in batches),
        product=_ints(products[batch.product][0] for batch in batches),
        days=days,
        open=np.array(works, dtype=np.bool_),
        ready_ms=ready,
        release_ms=ready + _ints(milliseconds(batch.qc_h) for batch in batches),
        at_risk=np.array([lines[batch.line][1].ship_at_risk for batch in batches], dtype=np.bool_),
        expiry_ms=ready + _ints(map(milliseconds, shelf_h)),
        cost=_ints(int(batch.dose_cost * 1_000_000) for batch in batches),
    )


def _days(
    batches: Sequence[Batch], calendars: Sequence[str | None], network: Network, week: date
) -> tuple[tuple[date, ...], list[bool]]:
    """Date of each batch slot, and whether its line works on one that runs as its weekday."""
    at_work, sunday = workdays(network), week + timedelta(days=6)
    usual = [week + timedelta(days=_weekday(batch)) for batch in batches]
    served = [
        at_work.days(calendar, batch.weekday, week, sunday)
        for batch, calendar in zip(batches, calendars, strict=True)
    ]
    days = (found[0] if found else day for found, day in zip(served, usual, strict=True))
    return tuple(days), [bool(found) for found in served]


def _weekday(batch: Batch) -> int:
    """The number of the day on which a batch slot starts.

    Raises:
        BatchDayError: If it does not name one day.
    """
    days = weekday_numbers(batch.weekday)
    if len(days) != 1:
        raise BatchDayError(batch.batch, batch.weekday)
    return days[0]


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)
