"""Treatment sites, suites, staff, licences and scanners of the US example: placed by a stated rule.

No list of the sites that give Lu-177 is public. The rule, evidence ``site-rule``: 800 sites are
shared out among the states by their men of 65 and over (largest remainder, at least one each);
inside a state they are drawn, without putting back, from the places of its hospitals with the
county's population shared equally among its hospitals as weight, and moved by some kilometres.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from scripts.us_lu177 import draw
from scripts.us_lu177.geo import Point, moved

if TYPE_CHECKING:
    from scripts.us_lu177.sources import County
    from scripts.us_lu177.tables import Rows

SITES = 800
SCANNERS = 750
_MOVED_KM = 3.0
"""Standard deviation of the move, in each direction. [km]"""

_ON_THE_ROAD = {"AK": {"02020", "02090", "02170"}, "HI": {"15003"}}
"""Counties of Alaska and Hawaii that the example's lanes reach."""

_ACADEMIC_FROM = 250_000
"""Smallest county with an academic site. [people]"""

_WEEKDAYS = {
    "academic": ("Mon-Fri", "Mon-Thu", "Tue-Fri", "Tue-Thu"),
    "community": ("Tue Thu", "Mon Wed", "Wed Fri", "Tue", "Wed", "Thu"),
    "office": ("Tue", "Wed", "Thu", "Wed Fri"),
}
_CHAIRS = {
    "academic": (1, 2, 2, 3, 4, 8),
    "community": (1, 1, 1, 1, 1, 1, 2),
    "office": (1, 1, 1, 1, 1, 1, 1, 1, 1, 2),
}
_POSSESSION_GBQ = (37.0, 74.0, 74.0, 185.0)
"""Limits for each chair: 1, 2 or 5 Ci."""

_MID_MAY = date(2026, 5, 15)
_TRACERS = {"lu-psma": "Ga-68 gozetotide", "lu-dotatate": "Ga-68 dotatate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A site as it was drawn."""

    name: str
    county: County
    at: Point
    setting: str
    chairs: int
    weekdays: str
    possession_gbq: float

    @property
    def chair_days(self) -> int:
        """Chair-days a week."""
        return self.chairs * days_of(self.weekdays)


def days_of(weekdays: str) -> int:
    """Number of days in ``Mon-Thu`` or ``Tue Thu``."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri")
    first, _, last = weekdays.partition("-")
    if last:
        return names.index(last) - names.index(first) + 1
    return len(weekdays.split())


def place(counties: list[County]) -> list[Placed]:
    """The treatment sites, the same at every call."""
    return [
        _site(f"{state}-{number:03d}", county, at)
        for state, count in sorted(_shares(counties, SITES).items())
        for number, (county, at) in enumerate(_drawn("site", counties, state, count), 1)
    ]


def _shares(counties: list[County], total: int) -> dict[str, int]:
    """How many of ``total`` each state gets, by men of 65 and over."""
    men: dict[str, int] = defaultdict(int)
    for county in counties:
        men[county.state] += county.men_65
    exact = {state: total * count / sum(men.values()) for state, count in men.items()}
    shares = {state: max(1, math.floor(share)) for state, share in exact.items()}
    by_rest = sorted(exact, key=lambda state: (shares[state] - exact[state], state))
    for state in by_rest[: max(0, total - sum(shares.values()))]:
        shares[state] += 1
    return shares


def _drawn(
    purpose: str, counties: list[County], state: str, count: int
) -> list[tuple[County, Point]]:
    """Places of a state's hospitals, drawn by the people for each of them, moved a little."""
    keyed = []
    for county in counties:
        open_to = county.fips in _ON_THE_ROAD.get(state, {county.fips})
        for number, at in enumerate(county.hospitals if county.state == state and open_to else ()):
            name = f"{county.fips}/{number}"
            # Efraimidis and Spirakis 2006: the largest of u^(1/w) are a draw with weights w.
            weight = county.population / len(county.hospitals)
            keyed.append((math.log(draw.unit(purpose, name)) / weight, name, county, at))
    keyed.sort(key=lambda one: (-one[0], one[1]))
    return [(county, _moved(purpose, name, at)) for _, name, county, at in keyed[:count]]


def _moved(purpose: str, name: str, at: Point) -> Point:
    """A place moved by some kilometres."""
    return moved(
        at,
        north_km=_MOVED_KM * draw.gauss(purpose + " north", name),
        east_km=_MOVED_KM * draw.gauss(purpose + " east", name),
    )


def _site(name: str, county: County, at: Point) -> Placed:
    """A site with its kind, size and days drawn."""
    kind = draw.unit("kind", name)
    large = county.population >= _ACADEMIC_FROM
    setting = "academic" if large and kind < 0.18 else "office" if kind > 0.72 else "community"
    chairs = draw.choice("chairs", name, _CHAIRS[setting])
    return Placed(
        name=name,
        county=county,
        at=at,
        setting=setting,
        chairs=chairs,
        weekdays=draw.choice("weekdays", name, _WEEKDAYS[setting]),
        possession_gbq=chairs * draw.choice("possession", name, _POSSESSION_GBQ),
    )


def site_rows(sites: list[Placed]) -> Rows:
    """The sites under synthetic names."""
    return [
        {
            "site": one.name,
            "name": f"Treatment site {one.name}",
            "name_zh": f"治疗单位 {one.name}",
            "setting": one.setting,
            "region": one.county.fips,
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": one.county.zone,
            "evidence": "site-rule",
        }
        for one in sites
    ]


def suite_rows(sites: list[Placed]) -> Rows:
    """One suite a site: 08:00 to 17:00 in two slots of 4.5 h."""
    return [
        {
            "suite": f"{one.name}-S",
            "site": one.name,
            "chairs": one.chairs,
            "weekdays": one.weekdays,
            "open": "08:00",
            "close": "17:00",
            "slots_per_day": 2,
            "evidence": "suite-rule",
        }
        for one in sites
    ]


def staff_rows(sites: list[Placed]) -> Rows:
    """Staff in the proportions of the centre at UCLA.

    8 chairs, 4 nurses, 3 technologists, 2 for radiation safety, 9 physicians of one hour a day.
    """
    rows: Rows = []
    for one in sites:
        for role, hours_per_chair, hours_each in (
            ("authorised_user", 1.0, 1.0),
            ("technologist", 3.0, 8.0),
            ("nurse", 4.0, 8.0),
            ("radiation_safety", 2.0, 8.0),
        ):
            hours = hours_per_chair * one.chairs
            count = math.ceil(hours / hours_each)
            rows.append(
                {
                    "site": one.name,
                    "role": role,
                    "count": count,
                    "weekdays": one.weekdays,
                    "hours_per_day": round(hours / count, 3),
                    "evidence": "ucla",
                }
            )
    return rows


def licence_rows(sites: list[Placed]) -> Rows:
    """A licence a site; one in a hundred ends, and in another the training lapses, mid-May."""
    rows: Rows = []
    for number, one in enumerate(sites):
        month = draw.choice("licence month", one.name, range(1, 13))
        ends = date(draw.choice("licence end", one.name, range(2028, 2034)), month, 28)
        trained = date(draw.choice("training", one.name, (2027, 2028)), month, 28)
        rows.append(
            {
                "licence": f"{one.name}-L",
                "holder": one.name,
                "operation": "treat",
                "nuclide": "Lu-177",
                "valid_from": date(draw.choice("licence", one.name, range(2018, 2026)), month, 1),
                "valid_until": _MID_MAY if number % 100 == 42 else ends,
                "training_until": _MID_MAY if number % 100 == 77 else trained,
                "possession_gbq": one.possession_gbq,
                "evidence": "licence-rule",
            }
        )
    return rows


def scanner_rows(counties: list[County]) -> Rows:
    """PET scanners with the weekly slots that they give to the choice of patients."""
    rows: Rows = []
    for state, count in sorted(_shares(counties, SCANNERS).items()):
        for number, (county, at) in enumerate(_drawn("scanner", counties, state, count), 1):
            rows += _scanner(f"PET-{state}-{number:03d}", county, at, dotatate=number % 2 == 1)
    return rows


def tracer_rows() -> Rows:
    """The tracers of the scanners, approved before the horizon; their supply is not limited."""
    names = ("tracer", "name_zh", "nuclide", "approved_from", "evidence")
    return [
        dict(zip(names, tracer, strict=True))
        for tracer in (
            ("Ga-68 gozetotide", "镓[68Ga]戈泽托肽", "Ga-68", "2022-03-23", "tracer-labels"),
            ("Ga-68 dotatate", "镓[68Ga]多塔泰", "Ga-68", "2016-06-01", "tracer-labels"),
        )
    ]


def _scanner(name: str, county: County, at: Point, *, dotatate: bool) -> Rows:
    """A scanner's slots for one product or both."""
    slots: dict[str, float] = {"lu-psma": draw.choice("psma slots", name, (1, 1, 2, 3))}
    if dotatate:
        slots["lu-dotatate"] = draw.choice("dotatate slots", name, (0.5, 0.5, 1))
    return [
        {
            "scanner": name,
            "product": product,
            "tracer": _TRACERS[product],
            "region": county.fips,
            "lat": at.lat,
            "lon": at.lon,
            "slots_per_week": weekly,
            "evidence": "scanner-rule",
        }
        for product, weekly in slots.items()
    ]
