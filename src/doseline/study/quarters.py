"""Where the chain binds, by state or province and by the quarter in which clocks start."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.study.ledger import booked_cells, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.simulate.pathway import Ints
    from doseline.study.prepare import Prepared
    from doseline.study.replicate import Replication

_PER_YEAR = 4


def quarters_frame(prepared: Prepared, replications: Sequence[Replication]) -> pl.DataFrame:
    """area, quarter, eligible, in_time, share, link: one row an area and quarter of the cohort.

    ``quarter`` is the calendar quarter of T0, e.g. ``2026-Q2``; means over replications, small
    cells are null.
    """
    areas = prepared.network.frame("regions")["part_of"]
    names = areas.unique().sort()
    area_of = np.searchsorted(names.to_numpy(), areas.to_numpy())
    first, end = prepared.calendar.cohort_days
    of_day = _quarter_of_days(prepared.calendar.origin, int(end))
    start = int(of_day[int(first)])
    count = int(of_day[int(end) - 1]) - start + 1
    places = [
        area_of[one.region] * count + of_day[np.floor(one.t0).astype(np.int64)] - start
        for one in replications
    ]
    cells = booked_cells(replications, places, len(names) * count)
    keys = pl.DataFrame(
        [(area, _written(start + step)) for area in names for step in range(count)],
        schema={"area": pl.String, "quarter": pl.String},
        orient="row",
    )
    return guarded(keys.hstack(cells))


def _quarter_of_days(origin: date, days: int) -> Ints:
    """Number of the quarter of each day, counted from year 0."""
    dates = (origin + timedelta(days=day) for day in range(days))
    return np.array([day.year * _PER_YEAR + (day.month - 1) // 3 for day in dates], dtype=np.int64)


def _written(quarter: int) -> str:
    """A quarter as people write it."""
    return f"{quarter // _PER_YEAR}-Q{quarter % _PER_YEAR + 1}"
