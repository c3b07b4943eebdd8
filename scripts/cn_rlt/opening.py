"""The opening state of the Chinese example."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scripts.cn_rlt.demand import CYCLES_MAX, INTERVAL_DAYS, goes_on, started_share
from scripts.cn_rlt.ordering import listed_by, trial_sites
from scripts.cn_rlt.sites import days_of
from scripts.us_lu177 import draw
from scripts.us_lu177.geo import road_km

if TYPE_CHECKING:
    from collections.abc import Callable

    from scripts.cn_rlt.sites import Placed
    from scripts.cn_rlt.sources import Prefecture
    from scripts.us_lu177.tables import Rows

HORIZON = date(2025, 11, 24)
"""First day that is simulated: sixteen weeks of warm-up before the cohort of March 16, 2026."""
PLAN_WEEK = date(2026, 5, 4)
_WEEKS_A_YEAR = 365.25 / 7.0
_REACH_KM = 400.0
_CHOICES = 10
"""Nearest sites that patients choose among."""
_ZONE = ZoneInfo("Asia/Shanghai")
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri")

_UTILISATION = {
    "lu-psma-hp": 0.6,
    "lu-dotatate": 0.4,
    "lu-dotatate-hp": 0.5,
    "i131-nai": 0.9,
    "ac-psma": 0.5,
}
"""Share of the starts that were served before: the commercial product was not on sale, and the
first At-211 doses are recent (an assumption, evidence ``courses-rule``)."""


def starts_per_week(
    prefectures: list[Prefecture], sites: list[Placed], rates: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    """First doses a week by product and site if nothing is scarce. [1/week]"""
    starts: dict[str, dict[str, float]] = {product: defaultdict(float) for product in rates}
    offers = _offering(sites)
    serving = {product: {one.name for one in sites if offers[product](one)} for product in rates}
    for prefecture in prefectures:
        nearest = sorted(
            ((road_km(prefecture.at, one.at), one) for one in sites),
            key=lambda pair: (pair[0], pair[1].name),
        )[:_CHOICES]
        for product, by_region in rates.items():
            weekly = by_region.get(prefecture.code, 0.0) / _WEEKS_A_YEAR * started_share(product)
            for name, share in _catchment(nearest, serving[product]).items():
                starts[product][name] += weekly * share
    return starts


def _offering(sites: list[Placed]) -> dict[str, Callable[[Placed], bool]]:
    """Which sites can offer each product at the end of the cohort."""
    trial = trial_sites(sites)
    return {
        "lu-psma": lambda one: (
            "Lu-177" in one.possession_gbq and listed_by(one, PLAN_WEEK + timedelta(days=7))
        ),
        "lu-psma-hp": lambda one: one.makes,
        "lu-dotatate": lambda one: one.name in trial,
        "lu-dotatate-hp": lambda one: one.makes,
        "i131-nai": lambda _: True,
        "ac-psma": lambda one: "Ac-225" in one.possession_gbq,
        "at-trial": lambda one: "At-211" in one.possession_gbq,
    }


def _catchment(nearest: list[tuple[float, Placed]], serves: set[str]) -> dict[str, float]:
    """Shares of a prefecture's patients by site: size over distance, as the model lets them choose."""
    weights = {
        one.name: one.chair_days / (20.0 + km)
        for km, one in nearest
        if one.name in serves and km < _REACH_KM
    }
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def course_rows(sites: list[Placed], starts: dict[str, dict[str, float]]) -> Rows:
    """Courses under way: who had ``k`` doses and goes on, due within one interval."""
    rows: Rows = []
    by_name = {one.name: one for one in sites}
    for product, used in _UTILISATION.items():
        for name, weekly in starts[product].items():
            first_day = _DAY_NAMES.index(days_of(by_name[name].weekdays)[0])
            share = used
            for given in range(1, CYCLES_MAX[product]):
                share *= goes_on(product, given)
                for week in range(INTERVAL_DAYS[product] // 7):
                    key = f"cn/{name}/{product}/{given}/{week}"
                    patients = draw.poisson("courses", key, weekly * share)
                    if patients:
                        rows.append(
                            {
                                "site": name,
                                "product": product,
                                "doses_given": given,
                                "next_due": HORIZON + timedelta(days=7 * week + first_day),
                                "patients": patients,
                                "evidence": "courses-rule",
                            }
                        )
    return rows


def experience_rows(sites: list[Placed]) -> Rows:
    """How often each site has given a product before; who is not named is past learning."""
    rows: Rows = []
    for one in sites:
        if "Lu-177" in one.possession_gbq:
            earlier = 60 if one.makes else int(draw.unit("cn experience", one.name) * 12)
            rows.append({"site": one.name, "product": "lu-psma", "doses": earlier})
        for nuclide, product in (("Ac-225", "ac-psma"), ("At-211", "at-trial")):
            if nuclide in one.possession_gbq:
                rows.append({"site": one.name, "product": product, "doses": 6})
    return rows


def stock_rows() -> Rows:
    """Isotope that lines hold at the start of the planned week."""
    at = _at(PLAN_WEEK, 0, 0)
    return [
        {"place": line, "nuclide": nuclide, "activity_gbq": activity, "at": at}
        for line, nuclide, activity in (
            ("haiyan-lu", "Lu-177", 150.0),
            ("beijing", "Lu-177", 60.0),
            ("chengdu", "I-131", 120.0),
        )
    ]


def in_flight_rows(sites: list[Placed]) -> Rows:
    """Doses of the week before, under way to sites that work on Wednesday after the holiday."""
    able = [
        one
        for one in sites
        if "Wed" in days_of(one.weekdays)
        and listed_by(one, date(2026, 4, 1))
        and "Lu-177" in one.possession_gbq
    ]
    return [
        {
            "dose": f"dose-{number:02d}",
            "product": "lu-psma",
            "site": one.name,
            "activity_gbq": 7.4,
            "arrives": _at(date(2026, 5, 6), 7, 0),
            "infuse": _at(date(2026, 5, 6), 8, 30)
            if one.prefecture.province.code != "65"
            else _at(date(2026, 5, 6), 10, 0),
        }
        for number, one in enumerate(able[::7][:10], 1)
    ]


def _at(day: date, hour: int, minute: int) -> str:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=_ZONE).isoformat()


def booked_rows(sites: list[Placed]) -> Rows:
    """Chairs that other therapies take after the holiday."""
    return [
        {"suite": f"{one.name}-S", "day": date(2026, 5, 6), "minutes": 135}
        for one in sites
        if one.chairs > 1 and "Wed" in days_of(one.weekdays)
    ][::3]


def waste_rows(sites: list[Placed], starts: dict[str, dict[str, float]]) -> Rows:
    """Residues in decay storage: half a percent of 3.7 GBq for each dose of a mean life of I-131."""
    rows: Rows = []
    for one in sites:
        doses = starts["i131-nai"].get(one.name, 0.0)
        activity = round(doses * 3.7 * 0.005 * 11.6 / 7.0, 3)
        if activity >= 0.02:
            rows.append(
                {
                    "site": one.name,
                    "nuclide": "I-131",
                    "activity_gbq": activity,
                    "at": _at(PLAN_WEEK, 0, 0),
                }
            )
    return rows
