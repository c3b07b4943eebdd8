"""How long doses were waited for: from the wish for a dose to its infusion, by class of site.

A first dose is wanted when it is ordered, a later one from the day on which it is due; being ordered
for the week of that day, it may come some days before. Tries that failed do not start the wait anew. Doses of the warm-up are left out, for lines are shorter then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.treatment import Site
from doseline.study.ledger import SMALLEST_CELL

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Bools, Floats
    from doseline.study.years.world import Years

_SCHEMA: dict[str, type[pl.DataType]] = {
    "setting": pl.String,
    "kind": pl.String,
    "doses": pl.Int64,
    "median": pl.Float64,
    "p90": pl.Float64,
    "late": pl.Float64,
}
LATE_DAYS = 7.0
"""A later dose is late if it comes more than a week after it was due (assumption: labels let a
cycle slip by about a week). [d]"""


def delays_frame(years: Years, outcome: Outcome) -> pl.DataFrame:
    """setting, kind, doses, median, p90 [d], late: of each class of site, and of all of them ("").

    ``kind`` is ``new`` (from the order of a first dose to its infusion) or ``continuing`` (from the
    day on which a later dose was due). ``late`` is the share of later doses that came more than a
    week after they were due. Cells of fewer than 11 doses are null.

    Args:
        years: The network's years.
        outcome: What became of its patients.
    """
    given = outcome.infusions
    told = given.day >= years.calendar.cohort_days[0]
    first = given.day == outcome.first_dose_day[given.patient]
    took = given.day - given.since
    classes = [site.setting for site in years.network.rows(Site)]
    settings = sorted(set(classes))
    at = np.array([settings.index(one) for one in classes], dtype=np.int8)
    of = at[outcome.site[given.patient]]
    rows = []
    for kind, mine in (("new", told & first), ("continuing", told & ~first)):
        rows.append(("", kind, *_told(took[mine])))
        rows += [
            (name, kind, *_told(took[mine & (of == row)])) for row, name in enumerate(settings)
        ]
    late = pl.when(pl.col("kind") == "continuing").then("late")
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(late=late)


def _told(took: Floats) -> tuple[int | None, float | None, float | None, float | None]:
    """How many, median, 90 % point and share that is late; nothing of too few."""
    if len(took) < SMALLEST_CELL:
        return None, None, None, None
    median, high = np.quantile(took, (0.5, 0.9))
    late: Bools = took > LATE_DAYS
    return len(took), float(median), float(high), float(late.mean())
