"""Products, isotope sources, lines, lots and batches: published places, assumed schedules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scripts.us_lu177.demand import CONTINUE_PERCENT, CYCLES_MAX, INTERVAL_DAYS
from scripts.us_lu177.geo import Point

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

LINES = {
    # name, operator, place, zone, evidence, first day of the licence (None: long before)
    "indianapolis": (
        *("Novartis Indianapolis, IN", "Novartis", Point(39.7030, -86.2990)),
        *("America/Indiana/Indianapolis", "line-indianapolis", None),
    ),
    "millburn": (
        *("Novartis Millburn, NJ", "Novartis", Point(40.7250, -74.3040)),
        *("America/New_York", "line-millburn", None),
    ),
    "carlsbad": (
        *("Novartis Carlsbad, CA", "Novartis", Point(33.1380, -117.2780)),
        *("America/Los_Angeles", "line-carlsbad", date(2026, 7, 1)),
    ),
}

_SOURCES = (
    # source, name, place, zone, evidence
    ("murr", "MURR, Columbia, MO", Point(38.9316, -92.3412), "America/Chicago", "source-murr"),
    (
        "itm",
        "ITM, Neufahrn and Garching, DE",
        Point(48.3160, 11.6630),
        "Europe/Berlin",
        "source-itm",
    ),
    ("shine", "SHINE, Janesville, WI", Point(42.6260, -89.0250), "America/Chicago", "source-shine"),
    ("curium", "Curium, Petten, NL", Point(52.7870, 4.6780), "Europe/Amsterdam", "source-curium"),
    (
        "isotopia",
        "Isotopia, Petah Tikva, IL",
        Point(32.0920, 34.8700),
        "Asia/Jerusalem",
        "source-isotopia",
    ),
)

_LOTS = (
    # source, line, days, reference time at the source, hours to the line, GBq at each delivery
    ("murr", "indianapolis", "Mon-Fri", "00:00", 6.0, 1500),
    ("murr", "millburn", "Tue Thu", "00:00", 14.0, 1500),
    ("itm", "indianapolis", "Mon-Thu", "04:00", 26.0, 2000),
    ("itm", "millburn", "Mon-Fri", "04:00", 22.0, 2000),
    ("shine", "indianapolis", "Mon Wed Fri", "00:00", 6.0, 2000),
    ("shine", "carlsbad", "Mon Thu", "00:00", 16.0, 1200),
    ("curium", "millburn", "Tue Fri", "04:00", 22.0, 1500),
    ("itm", "carlsbad", "Tue", "04:00", 30.0, 1200),
    ("isotopia", "indianapolis", "Mon Wed", "04:00", 30.0, 1000),
)

_BATCHES = (
    # line, product, days, start, vials
    ("indianapolis", "lu-psma", "Mon-Fri", "08:00", 200),
    ("indianapolis", "lu-psma", "Mon-Thu", "14:00", 200),
    ("indianapolis", "lu-psma", "Sun", "14:00", 200),
    ("indianapolis", "lu-dotatate", "Mon Wed Thu Sun", "10:00", 80),
    ("millburn", "lu-psma", "Mon-Fri", "08:00", 150),
    ("millburn", "lu-psma", "Mon-Wed", "14:00", 150),
    ("millburn", "lu-psma", "Sun", "14:00", 150),
    ("millburn", "lu-dotatate", "Mon Tue Thu Sun", "10:00", 60),
    ("carlsbad", "lu-psma", "Mon Wed Thu Sun", "08:00", 60),
    ("carlsbad", "lu-dotatate", "Tue Sun", "10:00", 20),
)

_GBQ_PER_VIAL = 10.5
"""Room in a batch for each vial: 7.4 GBq some 80 h after calibration. [GBq]"""

_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def product_rows() -> Rows:
    """The two approved Lu-177 therapies as their labels describe them."""
    common = {
        "nuclide": "Lu-177",
        "activity_gbq": 7.4,
        "tolerance_percent": 10,
        "order_lead_days": 10,
        "pot_transmission": 0.02,
        "residual_percent": 1,
        "assumed": "order_lead_days chair_min pot_transmission residual_percent price",
    }
    psma = {
        "product": "lu-psma",
        "name": "Lu-177 vipivotide tetraxetan",
        "name_zh": "镥[177Lu]特昔维匹肽",
        "hcpcs": "A9607",
        "concentration_gbq_per_ml": 1.0,
        "volume_min_ml": 7.5,
        "volume_max_ml": 12.5,
        "shelf_life_h": 120,
        "exit_median_days": 344,
        "chair_min": 135,
        "price": "48980.38",
        "evidence": "label-pluvicto",
    }
    dotatate = {
        "product": "lu-dotatate",
        "name": "Lu-177 dotatate",
        "name_zh": "镥[177Lu]氧奥曲肽",
        "hcpcs": "A9513",
        "concentration_gbq_per_ml": 0.37,
        "volume_min_ml": 20.5,
        "volume_max_ml": 25.0,
        "shelf_life_h": 72,
        "exit_median_days": 1105,
        "chair_min": 270,
        "price": "60366.79",
        "evidence": "label-lutathera",
    }
    return [
        {
            **common,
            **one,
            "interval_days": INTERVAL_DAYS[str(one["product"])],
            "cycles_max": CYCLES_MAX[str(one["product"])],
            "continue_percent": CONTINUE_PERCENT[str(one["product"])],
        }
        for one in (psma, dotatate)
    ]


def source_rows() -> Rows:
    """Isotope sources at their published places."""
    return [
        {
            "source": source,
            "name": name,
            "nuclide": "Lu-177",
            "route": "nca",
            "lat": at.lat,
            "lon": at.lon,
            "zone": zone,
            "evidence": evidence,
        }
        for source, name, at, zone, evidence in _SOURCES
    ]


def lot_rows() -> Rows:
    """Weekly deliveries; each day brings its full activity."""
    return [
        {
            "lot": f"{source}-{line}-{day}",
            "source": source,
            "line": line,
            "weekday": day,
            "reference": reference,
            "lead_h": lead_h,
            "capacity_gbq": activity_gbq,
            "price_per_gbq": 200,
            "evidence": "lot-rule",
        }
        for source, line, days, reference, lead_h, activity_gbq in _LOTS
        for day in _days(days)
    ]


def line_rows() -> Rows:
    """Manufacturing lines at their published places."""
    return [
        {
            "line": line,
            "name": name,
            "operator": operator,
            "channel": "commercial",
            "lat": at.lat,
            "lon": at.lon,
            "zone": zone,
            "evidence": evidence,
        }
        for line, (name, operator, at, zone, evidence, _) in LINES.items()
    ]


def batch_rows() -> Rows:
    """One row for each weekly batch."""
    return [
        {
            "batch": f"{line[:4]}-{product[3:7]}-{day}-{start[:2]}",
            "line": line,
            "product": product,
            "weekday": day,
            "start": start,
            "synthesis_h": 4,
            "qc_h": 3,
            "max_activity_gbq": vials * _GBQ_PER_VIAL,
            "max_doses": vials,
            "yield_percent": 85,
            "failure_percent": 3,
            "fixed_cost": 40000,
            "dose_cost": 1500,
            "evidence": "batch-rule",
        }
        for line, product, days, start, vials in _BATCHES
        for day in _days(days)
    ]


def _days(text: str) -> list[str]:
    """Names of the days in ``Mon-Thu`` or ``Mon Wed``."""
    first, _, last = text.partition("-")
    if last:
        return list(_DAY_NAMES[_DAY_NAMES.index(first) : _DAY_NAMES.index(last) + 1])
    return text.split()


def licence_rows() -> Rows:
    """Licences of sources and lines; approval of Carlsbad is assumed for July 2026."""
    common = {"nuclide": "Lu-177", "valid_until": date(2031, 12, 31), "evidence": "licence-rule"}
    started = date(2024, 1, 5)
    supply = [
        {
            "licence": f"{source}-L",
            "holder": source,
            "operation": "supply",
            "valid_from": started,
            **common,
        }
        for source, *_ in _SOURCES
    ]
    make = [
        {
            "licence": f"{line}-L",
            "holder": line,
            "operation": "make",
            "valid_from": first or started,
            "possession_gbq": 74000,
            **common,
            "evidence": evidence,
        }
        for line, (*_, evidence, first) in LINES.items()
    ]
    return [*supply, *make]
