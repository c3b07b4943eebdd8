"""On a make-up workday of the Chinese example its hospitals treat, staff included."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from doseline import headroom
from doseline.io.folder import load

CN = Path(__file__).parents[2] / "examples" / "cn-rlt"
MAKE_UP = date(2026, 5, 9)
"""A Saturday that is worked for the days off of Labour Day."""


def test_staff_work_on_a_make_up_saturday() -> None:
    days = headroom(load(CN), "Beijing-01", product="i131-nai", start=date(2026, 5, 4), days=14)
    roles = ("authorised_user", "technologist", "nurse", "radiation_safety")
    (make_up,) = days.days.filter(pl.col("day") == MAKE_UP).iter_rows(named=True)
    assert all(make_up[role] > 0 for role in roles)
    sunday = days.days.filter(pl.col("day") == date(2026, 5, 10))
    assert set(sunday["stops"]) == {"closed"}
