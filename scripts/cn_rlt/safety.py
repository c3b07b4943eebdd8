"""Licences, waste and tanks of the sites."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scripts.us_lu177 import draw

if TYPE_CHECKING:
    from scripts.cn_rlt.sites import Placed
    from scripts.us_lu177.tables import Rows

_ENDS = date(2026, 5, 8)
"""Last day of the few licences that run out in the planned week."""

_DOSES_PER_START = 1.3
"""Doses of radioiodine for each patient who starts: a quarter come again. [unitless]"""

_STREAMS = (
    # product, kind, litres, days
    ("lu-psma", "solid", 2.0, 66.5),
    ("lu-psma", "effluent", 40.0, 66.5),
    ("lu-psma-hp", "solid", 2.0, 66.5),
    ("lu-psma-hp", "effluent", 40.0, 66.5),
    ("lu-dotatate", "solid", 2.0, 66.5),
    ("lu-dotatate", "effluent", 60.0, 66.5),
    ("lu-dotatate-hp", "solid", 2.0, 66.5),
    ("lu-dotatate-hp", "effluent", 60.0, 66.5),
    ("i131-nai", "solid", 6.0, 180.0),
    ("i131-nai", "effluent", 300.0, 180.0),
    ("ac-psma", "solid", 2.0, 99.2),
    ("at-trial", "solid", 1.0, 30.0),
)


def licence_rows(sites: list[Placed]) -> Rows:
    """A licence for each nuclide of a site; a few end, and a few trainings lapse, in May 2026."""
    rows: Rows = []
    for number, one in enumerate(sites):
        month = draw.choice("cn licence month", one.name, range(1, 13))
        ends = date(draw.choice("cn licence end", one.name, range(2027, 2031)), month, 28)
        trained = date(draw.choice("cn training", one.name, (2027, 2028)), month, 28)
        for nuclide, limit in one.possession_gbq.items():
            rows.append(
                {
                    "licence": f"{one.name}-{nuclide}",
                    "holder": one.name,
                    "operation": "treat",
                    "nuclide": nuclide,
                    "valid_from": date(
                        draw.choice("cn licence", one.name, range(2019, 2026)), month, 1
                    ),
                    "valid_until": _ENDS if number % 100 == 42 else ends,
                    "training_until": _ENDS if number % 100 == 77 else trained,
                    "possession_gbq": round(limit, 1),
                    "evidence": "licence-rule",
                }
            )
    return rows


def stream_rows() -> Rows:
    """Waste of one infusion by product."""
    names = ("product", "kind", "litres", "hold_days")
    return [{**dict(zip(names, one, strict=True)), "evidence": "waste-streams"} for one in _STREAMS]


def store_rows(sites: list[Placed], starts: dict[str, float]) -> Rows:
    """Tanks and decay rooms, built for the patients of radioiodine that a site expects, more or less.

    Args:
        sites: The sites.
        starts: First doses of radioiodine a week by site if nothing is scarce. [1/week]
    """
    rows: Rows = []
    for one in sites:
        weekly = max(1.0, _DOSES_PER_START * starts.get(one.name, 0.0))
        for kind, litres, smallest, builds in (
            ("effluent", 300.0, 2000 * one.beds, (0.9, 1.3, 1.6, 1.9, 2.4)),
            ("solid", 6.0, 50 * one.beds, (1.2, 2.0, 3.0)),
        ):
            steady = weekly * litres * 180.0 / 7.0
            capacity = max(smallest, steady * draw.choice(f"cn {kind}", one.name, builds))
            rows.append(
                {
                    "site": one.name,
                    "kind": kind,
                    "capacity_l": round(capacity, -2),
                    "held_l": round(min(0.9 * steady, 0.85 * capacity), -2),
                    "evidence": "store-rule",
                }
            )
    return rows


def learning_rows() -> Rows:
    """How much longer the first infusions of a site take."""
    return [
        {"product": product, "first_percent": first, "halving_doses": 6, "evidence": "learning"}
        for product, first in (
            ("lu-psma", 170),
            ("lu-psma-hp", 170),
            ("lu-dotatate", 170),
            ("lu-dotatate-hp", 170),
            ("i131-nai", 130),
            ("ac-psma", 200),
            ("at-trial", 200),
        )
    ]
