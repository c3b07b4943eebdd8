"""Treatment hospitals of the Chinese example, inferred: placed by a stated rule, under made-up names.

The rule, evidence ``site-rule``: as many as the official survey of 2020 counts institutions with
admission rooms for radionuclide therapy (280), shared out among provinces by people (largest
remainder); in a province each is drawn for a prefecture by its people, those of the capital counted
three times, and stands some kilometres from the prefecture's point. No list of hospitals was read.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from scripts.cn_rlt.sources import ZONE
from scripts.us_lu177 import draw
from scripts.us_lu177.geo import Point, great_circle_km, moved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripts.cn_rlt.sources import Prefecture
    from scripts.us_lu177.tables import Rows

SITES = 280
LU_SITES = 150
"""Sites that may also treat with Lu-177: an assumption."""
MAKERS = 18
"""Hospitals with a line of their own: an assumption."""
_FIRST_MAKERS = frozenset(("11", "31"))
_SCATTER_KM = 9.0
_CAPITALS = frozenset(
    [
        "110100",
        "120100",
        "130100",
        "140100",
        "150100",
        "210100",
        "220100",
        "230100",
        "310100",
        "320100",
        "330100",
        "340100",
        "350100",
        "360100",
        "370100",
        "410100",
        "420100",
        "430100",
        "440100",
        "450100",
        "460100",
        "500100",
        "510100",
        "520100",
        "530100",
        "540100",
        "610100",
        "620100",
        "630100",
        "640100",
        "650100",
    ]
)

_ALPHA = {"Ac-225": (350.0, 6), "At-211": (160.0, 4)}
"""Farthest great-circle distance from a cyclotron centre and sites for each centre, by nuclide."""
CENTRES = {"jiaxing": Point(30.75, 120.76), "shijiazhuang": Point(38.04, 114.51)}
"""The two cyclotron centres, at their cities. [deg]"""

_BEDS = {"tertiary_a": (3, 4, 4, 6, 6, 8, 10, 12), "tertiary_b": (2, 3, 4), "secondary": (2, 2, 3)}
_DAYS = {
    "tertiary_a": ("Mon-Fri", "Mon-Fri", "Mon-Thu", "Tue-Fri"),
    "tertiary_b": ("Tue-Thu", "Mon Wed Fri", "Tue Thu"),
    "secondary": ("Tue Thu", "Wed Thu"),
}
_XINJIANG = "65"
"""Where work begins and ends later by the common clock."""
_LOCALITY = {"11": "beijing", "33": "zhejiang", "53": "yunnan", "320200": "wuxi", "420100": "wuhan"}
"""Payment scheme by province or prefecture; elsewhere it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A site as it was drawn."""

    name: str
    label_zh: str
    prefecture: Prefecture
    at: Point
    setting: str
    locality: str
    beds: int
    chairs: int
    weekdays: str
    makes: bool = False
    possession_gbq: dict[str, float] = field(default_factory=dict)
    """Limit by nuclide that it may treat with. [GBq]"""

    @property
    def chair_days(self) -> int:
        """Chair-days a week."""
        return self.chairs * len(days_of(self.weekdays))


def days_of(weekdays: str) -> list[str]:
    """Names of the days in ``Mon-Thu`` or ``Tue Thu``."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri")
    first, _, last = weekdays.partition("-")
    if last:
        return list(names[names.index(first) : names.index(last) + 1])
    return weekdays.split()


def place(prefectures: list[Prefecture]) -> list[Placed]:
    """The treatment sites, the same at every call."""
    by_province: dict[str, list[Prefecture]] = defaultdict(list)
    for one in prefectures:
        by_province[one.province.code].append(one)
    people = {code: sum(one.population for one in ours) for code, ours in by_province.items()}
    placed = [
        _site(prefecture, number)
        for code, count in sorted(shares(people, SITES).items())
        for number, prefecture in enumerate(drawn("site", by_province[code], count), 1)
    ]
    return _with_licences(placed)


def shares(weights: dict[str, int], total: int) -> dict[str, int]:
    """How many of ``total`` each gets: at least one, else by the largest remainder."""
    exact = {code: total * weight / sum(weights.values()) for code, weight in weights.items()}
    given = {code: max(1, math.floor(share)) for code, share in exact.items()}
    by_rest = sorted(exact, key=lambda code: (given[code] - exact[code], code))
    for code in by_rest[: max(0, total - sum(given.values()))]:
        given[code] += 1
    return given


def drawn(purpose: str, among: list[Prefecture], count: int) -> list[Prefecture]:
    """Prefectures drawn by their people, with putting back; the capital's people count thrice."""
    weights = [one.population * (3 if one.code in _CAPITALS else 1) for one in among]
    bounds = list(accumulate(weights))
    draws = (draw.unit(purpose, f"cn/{among[0].province.code}/{nth}") for nth in range(count))
    return [among[bisect_left(bounds, share * bounds[-1])] for share in draws]


def scattered(purpose: str, name: str, at: Point) -> Point:
    """A place some kilometres from another, rounded to about a kilometre."""
    there = moved(
        at,
        north_km=_SCATTER_KM * draw.gauss(purpose + " north", name),
        east_km=_SCATTER_KM * draw.gauss(purpose + " east", name),
    )
    return Point(round(there.lat, 2), round(there.lon, 2))


def _site(prefecture: Prefecture, number: int) -> Placed:
    """A site with its kind, size and days drawn."""
    name = f"{prefecture.province.name.replace(' ', '')}-{number:02d}"
    kind = draw.unit("cn kind", name)
    capital = prefecture.code in _CAPITALS
    setting = "tertiary_a" if capital or kind < 0.75 else "tertiary_b"
    setting = "secondary" if not capital and kind > 0.88 else setting
    return Placed(
        name=name,
        label_zh=f"{prefecture.province.short_zh}-{number:02d}号站点（虚拟）",
        prefecture=prefecture,
        at=scattered("cn site", name, prefecture.at),
        setting=setting,
        locality=_locality(prefecture, name),
        beds=draw.choice("cn beds", name, _BEDS[setting]),
        chairs=draw.choice("cn chairs", name, (1, 2, 2, 3) if setting == "tertiary_a" else (1,)),
        weekdays=draw.choice("cn weekdays", name, _DAYS[setting]),
    )


def _locality(prefecture: Prefecture, name: str) -> str:
    """The published scheme of the place; elsewhere two of three code the therapy first."""
    stated = _LOCALITY.get(prefecture.code) or _LOCALITY.get(prefecture.province.code)
    return stated or ("national" if draw.unit("cn locality", name) < 0.67 else "cancer_first")


def _with_licences(placed: list[Placed]) -> list[Placed]:
    """Sites with what they may treat with, and who of them has a line."""
    large = sorted(placed, key=lambda one: (-one.beds * one.chairs, one.name))
    large = [one for one in large if one.setting == "tertiary_a"]
    lutetium = {one.name for one in large[:LU_SITES]}
    makers = _one_each_province(large)
    alpha = {nuclide: _nearest_to_centres(large, *about) for nuclide, about in _ALPHA.items()}
    found = []
    for one in placed:
        limits = {"I-131": one.beds * draw.choice("cn iodine", one.name, (7.4, 11.1, 18.5))}
        if one.name in lutetium or one.name in makers:
            limits["Lu-177"] = draw.choice("cn lutetium", one.name, (37.0, 74.0, 74.0, 148.0))
        limits |= {nuclide: 1.0 for nuclide in _ALPHA if one.name in alpha[nuclide]}
        found.append(_licensed(one, makes=one.name in makers, limits=limits))
    return found


def _licensed(one: Placed, *, makes: bool, limits: dict[str, float]) -> Placed:
    """The site with its licences."""
    return Placed(
        name=one.name,
        label_zh=one.label_zh,
        prefecture=one.prefecture,
        at=one.at,
        setting=one.setting,
        locality=one.locality,
        beds=one.beds,
        chairs=one.chairs,
        weekdays=one.weekdays,
        makes=makes,
        possession_gbq=limits,
    )


def _one_each_province(large: list[Placed]) -> frozenset[str]:
    """The largest site of Beijing, of Shanghai, and of each of the provinces with most people."""
    first: dict[str, Placed] = {}
    for one in large:
        first.setdefault(one.prefecture.province.code, one)
    by_people = sorted(
        first.values(),
        key=lambda one: (
            one.prefecture.province.code not in _FIRST_MAKERS,
            -one.prefecture.province.population,
        ),
    )
    return frozenset(one.name for one in by_people[:MAKERS])


def _nearest_to_centres(large: list[Placed], within_km: float, count: int) -> frozenset[str]:
    """The large sites that are nearest to each cyclotron centre."""
    names: set[str] = set()
    for at in CENTRES.values():
        near = sorted((great_circle_km(at, one.at), one.name) for one in large)
        names |= {name for km, name in near[:count] if km <= within_km}
    return frozenset(names)


def site_rows(sites: list[Placed]) -> Rows:
    """The sites under synthetic names."""
    return [
        {
            "site": one.name,
            "name": f"Site {one.prefecture.province.short_zh}-{one.name[-2:]} (synthetic)",
            "name_zh": one.label_zh,
            "setting": one.setting,
            "locality": one.locality,
            "region": one.prefecture.code,
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": ZONE,
            "calendar": "cn",
            "evidence": "site-rule",
        }
        for one in sites
    ]


def suite_rows(sites: list[Placed]) -> Rows:
    """One suite a site: two slots of 4.5 h, and its shielded beds."""
    return [
        {
            "suite": f"{one.name}-S",
            "site": one.name,
            "chairs": one.chairs,
            "beds": one.beds,
            "weekdays": one.weekdays,
            "open": "10:00" if one.prefecture.province.code == _XINJIANG else "08:30",
            "close": "19:00" if one.prefecture.province.code == _XINJIANG else "17:30",
            "slots_per_day": 2,
            "evidence": "suite-rule",
        }
        for one in sites
    ]


def staff_rows(sites: list[Placed]) -> Rows:
    """Staff by chairs and beds."""
    rows: Rows = []
    for one in sites:
        for role, count, hours in (
            ("authorised_user", max(1, one.chairs), 2.0),
            ("technologist", max(1, one.chairs), 4.0),
            ("nurse", max(2, math.ceil(one.beds / 3)), 5.0),
            ("radiation_safety", 1, 4.0),
        ):
            rows.append(
                {
                    "site": one.name,
                    "role": role,
                    "count": count,
                    "weekdays": one.weekdays,
                    "hours_per_day": hours,
                    "evidence": "staff-rule",
                }
            )
    return rows


def training_rows(sites: list[Placed]) -> Rows:
    """Every fourth site has somebody in training who starts in March."""
    roles = ("nurse", "technologist", "authorised_user")
    return [
        {
            "site": one.name,
            "role": draw.choice("cn trainee", one.name, roles),
            "ready": "2026-03-02",
            "count": 1,
            "evidence": "training-rule",
        }
        for one in sites[1::4]
    ]


def nearest_sites(sites: Sequence[Placed], at: Point, count: int) -> list[Placed]:
    """The sites nearest to a place."""
    return sorted(sites, key=lambda one: (great_circle_km(at, one.at), one.name))[:count]
