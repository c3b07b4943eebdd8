"""The opening state of the US example: courses under way and what the planned week finds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scripts.us_lu177 import draw
from scripts.us_lu177.demand import CYCLES_MAX, INTERVAL_DAYS, reached_share, started_share
from scripts.us_lu177.geo import great_circle_km

if TYPE_CHECKING:
    from scripts.us_lu177.sites import Placed
    from scripts.us_lu177.sources import County
    from scripts.us_lu177.tables import Rows

HORIZON = date(2025, 11, 17)
"""First day that is simulated: twenty weeks of warm-up before the cohort of April 6, 2026."""
PLAN_WEEK = date(2026, 5, 4)
_WEEKS_A_YEAR = 365.25 / 7.0
_CATCHMENT_KM = 320.0
_CHOICES = 4
"""A county's patients are shared among this many nearest sites."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def starts_per_week(
    counties: list[County], sites: list[Placed], rates: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    """First doses a week by product and site if nothing is scarce. [1/week]"""
    starts: dict[str, dict[str, float]] = {product: defaultdict(float) for product in rates}
    for county in counties:
        shares = _catchment(county, sites)
        for product, by_region in rates.items():
            weekly = by_region[county.fips] / _WEEKS_A_YEAR * started_share(product)
            for name, share in shares.items():
                starts[product][name] += weekly * share
    return starts


def _catchment(county: County, sites: list[Placed]) -> dict[str, float]:
    """Shares of a county's patients by site: chair-days of the nearest, fading with distance."""
    lat_reach = _CATCHMENT_KM / 110.0
    near = sorted(
        (great_circle_km(county.at, one.at), one.name, one.chair_days)
        for one in sites
        if abs(one.at.lat - county.at.lat) < lat_reach
    )[:_CHOICES]
    weights = {
        name: days / (25.0 + distance) for distance, name, days in near if distance < _CATCHMENT_KM
    }
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def course_rows(sites: list[Placed], starts: dict[str, dict[str, float]]) -> Rows:
    """Courses in the steady state: who had ``k`` doses and goes on, due within one interval."""
    rows: Rows = []
    for product, by_site in starts.items():
        for site in sites:
            weekly = by_site.get(site.name, 0.0)
            for given in range(1, CYCLES_MAX[product]):
                mean = weekly * reached_share(product, given)
                for week in range(INTERVAL_DAYS[product] // 7):
                    key = f"{site.name}/{product}/{given}/{week}"
                    patients = draw.poisson("courses", key, mean)
                    due = HORIZON + timedelta(days=7 * week + _first_day(site))
                    if patients:
                        rows.append(_course(site.name, product, given, due, patients))
    return rows


def _course(
    site: str, product: str, given: int, due: date, patients: int
) -> dict[str, str | int | date]:
    return {
        "site": site,
        "product": product,
        "doses_given": given,
        "next_due": due,
        "patients": patients,
        "evidence": "courses-rule",
    }


def _first_day(site: Placed) -> int:
    """Weekday of the site's first treatment day."""
    return _DAYS.index(site.weekdays[:3])


def stock_rows() -> Rows:
    """Isotope that the two working lines hold at the start of the planned week."""
    at = datetime(2026, 5, 4, tzinfo=ZoneInfo("America/New_York"))
    return [
        {"place": line, "nuclide": "Lu-177", "activity_gbq": activity, "at": at.isoformat()}
        for line, activity in (("indianapolis", 300.0), ("millburn", 200.0))
    ]


def in_flight_rows(sites: list[Placed]) -> Rows:
    """Doses of the week before, under way to sites that treat on Monday."""
    monday = [one for one in sites if one.weekdays.startswith("Mon")][::8][:12]
    rows: Rows = []
    for number, site in enumerate(monday, 1):
        zone = ZoneInfo(site.county.zone)
        rows.append(
            {
                "dose": f"dose-{number:02d}",
                "product": "lu-psma",
                "site": site.name,
                "activity_gbq": 7.4,
                "arrives": _at(PLAN_WEEK, 6, 30, zone),
                "infuse": _at(PLAN_WEEK, 8, 0, zone),
            }
        )
    return rows


def _at(day: date, hour: int, minute: int, zone: ZoneInfo) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).isoformat()


def booked_rows(sites: list[Placed]) -> Rows:
    """Chairs that trial patients take on the first treatment day of some sites."""
    return [
        {
            "suite": f"{site.name}-S",
            "day": PLAN_WEEK + timedelta(days=_first_day(site)),
            "minutes": 135,
        }
        for site in sites
        if site.chairs > 1
    ][::3]


def waste_rows(sites: list[Placed], starts: dict[str, dict[str, float]]) -> Rows:
    """Residues in decay storage: 1 % of 7.4 GBq for each dose of about one mean life."""
    rows: Rows = []
    for site in sites:
        doses = 3.0 * sum(by_site.get(site.name, 0.0) for by_site in starts.values())
        activity = round(doses * 0.074 * 9.6 / 7.0, 3)
        if activity >= 0.1:
            zone = ZoneInfo(site.county.zone)
            rows.append(
                {
                    "site": site.name,
                    "nuclide": "Lu-177",
                    "activity_gbq": activity,
                    "at": _at(PLAN_WEEK, 0, 0, zone),
                }
            )
    return rows
