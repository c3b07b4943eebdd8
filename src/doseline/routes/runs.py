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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.model.network import Network
    from doseline.routes.timetable import Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """One row a batch slot, as in table batches; instants in ms UTC."""

    line: Ints
    product: Ints
    days: tuple[date, ...]
    """Date at the line on which synthesis starts."""
    ready_ms: Ints
    """Calibration: the end of synthesis. [ms]"""
    release_ms: Ints
    """End of quality control; no vial is handed over before. [ms]"""
    expiry_ms: Ints
    """End of shelf life. [ms]"""
    cost: Ints
    """Cost of a vial. [1e-6 currency]"""


def runs(network: Network, week: date) -> Runs:
    """The batch slots whose synthesis starts in the week, at the line's date.

    Raises:
        BatchDayError: If a batch slot does not name one day.
    """
    lines = {line.line: (row, line) for row, line in enumerate(network.rows(Line))}
    products = {one.product: (row, one) for row, one in enumerate(network.rows(Product))}
    batches = network.rows(Batch)
    days = tuple(week + timedelta(days=_weekday(batch)) for batch in batches)
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
        ready_ms=ready,
        release_ms=ready + _ints(milliseconds(batch.qc_h) for batch in batches),
        expiry_ms=ready + _ints(map(milliseconds, shelf_h)),
        cost=_ints(int(batch.dose_cost * 1_000_000) for batch in batches),
    )


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
