"""Expected patients of routes of entry as far as they may be told, on paper, screen and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.privacy import Privacy

if TYPE_CHECKING:
    from doseline.pay.entry_result import EntryTold

_SUMS = (("route",), ("route", "kind"))
"""What adds up to a number that is told: all patients of a route, and those who are treated free."""

_PEOPLE = ("patients", "free")


def told_patients(told: EntryTold) -> pl.DataFrame:
    """Patients by route, year and kind; null where a group is too small or would reveal one."""
    frame = told.frame("patients")
    rows = frame.to_dicts()
    gone = [Privacy().parts(rows, "patients", over=over) for over in _SUMS]
    hide = pl.Series([any(each) for each in zip(*gone, strict=True)], dtype=pl.Boolean)
    return frame.with_columns(patients=pl.when(~hide).then(pl.col("patients")))


def told_routes(told: EntryTold) -> pl.DataFrame:
    """Routes with their patients; null where there are too few."""
    few = [pl.col(name).map_elements(_told, return_dtype=pl.Float64) for name in _PEOPLE]
    return told.frame("routes").with_columns(few)


def _told(people: float) -> float | None:
    return None if Privacy().hides(people) else people
