"""Networks from a few values: what a test does not name gets a plain value of its kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.network import Network, Settings, dtype_of, empty_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.columns import Column

Rows = list[dict[str, Any]]

WEEK = date(2026, 5, 4)
"""A Monday without a clock change near it."""

_PLAIN: dict[str, Any] = {
    "text": "any",
    "integer": 1,
    "number": 1.0,
    "yes/no": False,
    "money": Decimal(0),
    "date": date(2026, 1, 1),
    "clock": "08:00",
    "weekdays": "Mon-Sun",
    "zone": "UTC",
    "nuclide": "Lu-177",
}

PSMA: dict[str, Any] = {
    "product": "psma",
    "nuclide": "Lu-177",
    "activity_gbq": 7.4,
    "tolerance_percent": 10.0,
    "concentration_gbq_per_ml": 1.0,
    "volume_min_ml": 7.5,
    "volume_max_ml": 12.5,
    "shelf_life_h": 120.0,
    "pot_transmission": 0.02,
}
"""A Lu-177 product with the figures of the Pluvicto label."""


def network(**tables: Rows) -> Network:
    """A network with these rows in these tables; the other tables are empty."""
    frames = {table.name: _frame(table.name, tables.get(table.name, [])) for table in TABLES}
    settings = Settings(
        name="test", currency="USD", rulebook="us", cohort_start=WEEK, plan_week=WEEK
    )
    return Network(settings=settings, frames=frames)


def one_way(**changes: Rows) -> Network:
    """One line, one hub, one site: a courier to the hub, a morning flight, a courier to the site.

    The batch starts on Monday at 00:00 UTC, is calibrated at 04:00 and released at 07:00. The
    courier hands over at the hub at 08:30. The flight leaves at 10:00 with a cut-off of 90 min.
    """
    tables: dict[str, Rows] = {
        "products": [PSMA],
        "lines": [{"line": "line"}],
        "batches": [
            {
                "batch": "b1",
                "line": "line",
                "product": "psma",
                "weekday": "Mon",
                "start": "00:00",
                "synthesis_h": 4.0,
                "qc_h": 3.0,
                "dose_cost": Decimal(1000),
            },
        ],
        "hubs": [{"hub": "hub"}],
        "sites": [{"site": "site"}],
        "suites": [
            {
                "suite": "suite",
                "site": "site",
                "chairs": 2,
                "open": "08:00",
                "close": "16:00",
                "slots_per_day": 2,
            }
        ],
        "licences": [make_licence(), treat_licence()],
        "lanes": [
            lane("line>hub", duration_h=1.0, handling_h=0.5),
            lane("hub>site", mode="air_passenger", duration_h=3.0),
        ],
        "departures": [
            {"lane": "hub>site", "weekdays": "Mon-Sun", "depart": "10:00", "cutoff_min": 90}
        ],
    }
    return network(**{**tables, **changes})


def lane(name: str, **values: Any) -> dict[str, Any]:
    """A lane named "from>to"; a suffix after "/" tells lanes of one pair apart."""
    start, end = name.split("/", maxsplit=1)[0].split(">")
    plain = {"mode": "road", "cost": Decimal(100), "on_time_percent": 99.0}
    return {"lane": name, "from_place": start, "to_place": end, **plain, **values}


def make_licence(**values: Any) -> dict[str, Any]:
    """A licence of the line to make."""
    return _licence("line", "make") | values


def treat_licence(**values: Any) -> dict[str, Any]:
    """A licence of the site to treat."""
    return _licence("site", "treat") | values


def _licence(holder: str, operation: str) -> dict[str, Any]:
    return {
        "licence": f"{holder}-{operation}",
        "holder": holder,
        "operation": operation,
        "nuclide": "Lu-177",
        "valid_from": date(2025, 1, 1),
        "valid_until": date(2029, 12, 31),
    }


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    if not rows:
        return empty_frame(name)
    return pl.DataFrame(
        {
            column.name: pl.Series(
                [row.get(column.name, _plain(column)) for row in rows], dtype=dtype_of(column)
            )
            for column in BY_NAME[name].columns
        }
    )


def _plain(column: Column) -> Any:
    if not column.required:
        return column.default
    return column.allowed[0] if column.allowed else _PLAIN[column.kind]
