"""Rules that most networks leave out, for made-up worlds: all at once, none so tight that it shuts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    Tables = dict[str, list[dict[str, Any]]]

_LABEL_DAYS = 42


def add_more(chance: np.random.Generator, tables: Tables, *, week: date) -> None:
    """Add columns and rows to the tables of a world; what binds depends on the numbers drawn."""
    for product in tables["products"]:
        product.update(interval_days=_LABEL_DAYS, interval_max_days=56, price=Decimal(20_000))
        product.update(order_lead_days=2)
    for suite in tables["suites"]:
        suite["turnover_min"] = int(chance.choice([0, 20, 60]))
    for row in tables["staff"]:
        row["start"], row["end"] = (("08:00", "14:00"), ("00:00", "00:00"))[chance.integers(2)]
        row["dose_budget_usv"] = float(chance.integers(20, 60))
    for task in tables["tasks"]:
        task["dose_usv"] = float(chance.integers(2, 9))
    for licence in tables["licences"]:
        licence["daily_gbq"] = float(chance.choice([16.0, 24.0, 40.0]))
        licence.update(annual_gbq=float(chance.integers(30, 90)), annual_used_gbq=10.0)
    _departures(chance, tables)
    _promises(chance, tables, week)


def _departures(chance: np.random.Generator, tables: Tables) -> None:
    """The fast ways go by timetable, three packages at a time at most."""
    for lane in tables["lanes"]:
        if lane["lane"].endswith("-1"):
            tables.setdefault("departures", []).append(
                {"lane": lane["lane"], "weekdays": "Mon-Sun", "depart": "12:00", "cutoff_min": 0}
            )
            lane["most_packages"] = int(chance.integers(1, 4))


def _promises(chance: np.random.Generator, tables: Tables, week: date) -> None:
    tables["regions"] = [{"region": "x", "part_of": "north"}]
    products = [product["product"] for product in tables["products"]]
    tables["commitments"] = [
        {"product": name, "days_before": days, "may_move": days > 3, "fee_percent": 20.0}
        for name in products
        for days in (9, 3)
    ]
    tables["quotas"] = [
        {"quota": "all", "product": products[0], "kind": "new", "doses_per_week": 4},
        {"quota": "north", "product": products[-1], "kind": "new", "part_of": "north",
         "doses_per_week": 5},
        {"quota": "first", "product": products[0], "kind": "continuing", "doses_per_week": 3,
         "site": tables["sites"][0]["site"]},
    ]  # fmt: skip
    for suite in tables["suites"]:
        for day in range(_LABEL_DAYS, _LABEL_DAYS + 7):
            if chance.random() < 0.5:
                tables.setdefault("booked", []).append(
                    {"suite": suite["suite"], "day": week + timedelta(days=day), "minutes": 480}
                )


def reservations(
    chance: np.random.Generator, orders: pl.DataFrame, week: date
) -> list[dict[str, Any]]:
    """Later cycles of a third of the patients."""
    return [
        {
            "patient": row["patient"],
            "product": row["product"],
            "cycle": 2,
            "site": row["site"],
            "suite": row["site"].replace("H", "U"),
            "day": week + timedelta(days=_LABEL_DAYS + int(chance.integers(0, 5))),
        }
        for row in orders.iter_rows(named=True)
        if chance.random() < 0.3
    ]


def promised(chance: np.random.Generator, orders: pl.DataFrame, week: date) -> pl.DataFrame:
    """Orders that say when they were ordered, the dose before, and the day promised."""
    count = orders.height
    last = chance.integers(-4, 4, count).tolist()
    asked = chance.integers(1, 60, count).tolist()
    day = chance.integers(1, 5, count).tolist()
    told = (chance.random((3, count)) < 0.3).tolist()
    before = week - timedelta(days=_LABEL_DAYS)
    monday = datetime.combine(week, time(0), tzinfo=UTC)
    return orders.with_columns(
        pl.Series(
            "last_infusion",
            [before + timedelta(days=d) if t else None for d, t in zip(last, told[0], strict=True)],
            pl.Date,
        ),
        pl.Series(
            "ordered",
            [
                monday - timedelta(hours=h) if t else None
                for h, t in zip(asked, told[1], strict=True)
            ],
            pl.Datetime("us", "UTC"),
        ),
        pl.Series(
            "promised",
            [week + timedelta(days=d) if t else None for d, t in zip(day, told[2], strict=True)],
            pl.Date,
        ),
    )
