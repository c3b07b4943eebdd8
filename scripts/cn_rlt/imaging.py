"""Scanners, tracers and who makes the tracers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scripts.cn_rlt.sites import drawn, scattered, shares
from scripts.us_lu177 import draw
from scripts.us_lu177.geo import Point, road_km

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.cn_rlt.sites import Placed
    from scripts.cn_rlt.sources import Prefecture
    from scripts.us_lu177.tables import Rows

_TC_REACH_KM = 280.0
"""Farthest road from a pharmacy to a gamma camera; beyond it a site elutes its own. [km]"""

SCANNERS = 365
"""PET units that the official survey of 2020 counts."""
TRACER_MAKERS = 107
"""Institutions that made their own positron drugs in 2018, by the societies' survey."""
_GA68_KM, _F18_KM = 80.0, 200.0
"""How far tracers are brought: an assumption (evidence ``tracer-supply``). [km]"""
_PSMA, _SSTR, _TC = "Ga-68 PSMA (in-house)", "Ga-68 dotatate (in-house)", "Tc-99m pertechnetate"
_PSMA_F18 = "F-18 PSMA (in-house)"
_TRACERS = (
    # tracer, Chinese name, nuclide, approved from, hospitals may make it
    (_PSMA, "镓[68Ga]PSMA（医院自制）", "Ga-68", None, True),
    (_PSMA_F18, "氟[18F]PSMA（医院自制）", "F-18", None, True),
    (_SSTR, "镓[68Ga]多塔泰（医院自制）", "Ga-68", None, True),
    (_TC, "高锝[99mTc]酸钠", "Tc-99m", "2000-01-01", False),
)
_PSMA_PRODUCTS = ("lu-psma", "lu-psma-hp", "ac-psma", "at-trial")


def tracer_rows() -> Rows:
    """No PSMA tracer is approved, so hospitals make their own."""
    names = ("tracer", "name_zh", "nuclide", "approved_from", "in_house")
    return [
        {
            **dict(zip(names, one, strict=True)),
            "evidence": "tracers-cn" if one[4] else "spect-survey",
        }
        for one in _TRACERS
    ]


def tracer_makers(sites: list[Placed]) -> list[Placed]:
    """Sites that prepare positron tracers: those with lines or trials, then the largest."""
    able = [one for one in sites if one.setting == "tertiary_a" or one.makes]
    trials = {"Ac-225", "At-211"}
    order = sorted(
        able,
        key=lambda one: (
            not (one.makes or trials & set(one.possession_gbq)),
            -one.beds * one.chairs,
            one.name,
        ),
    )
    return order[:TRACER_MAKERS]


def scanner_rows(prefectures: list[Prefecture], sites: list[Placed]) -> Rows:
    """PET units by people, with the slots given to each therapy, and a gamma camera at each site."""
    makers = [one.at for one in tracer_makers(sites)]
    rows: Rows = []
    for name, prefecture in _units(prefectures):
        at = scattered("cn scanner", name, prefecture.at)
        away_km = min(road_km(at, maker) for maker in makers)
        rows += _rows(name, prefecture.code, at, _slots(name, away_km), away_km=away_km)
    for one in sites:
        region = one.prefecture.code
        if one.makes:
            slots = {"lu-psma-hp": 3.0, "lu-dotatate-hp": 2.0}
            rows += _rows(f"PET-own-{one.name}", region, one.at, slots)
        trials = {
            product: weekly
            for product, nuclide, weekly in (
                ("ac-psma", "Ac-225", 3.0),
                ("at-trial", "At-211", 3.0),
            )
            if nuclide in one.possession_gbq
        }
        rows += _rows(f"PET-trial-{one.name}", region, one.at, trials)
        rows += _rows(f"SPECT-{one.name}", region, one.at, {"i131-nai": 1.5 * one.beds})
    return rows


def _units(prefectures: list[Prefecture]) -> Iterator[tuple[str, Prefecture]]:
    """The PET units of the survey, shared among provinces by people and drawn in each."""
    by_province: dict[str, list[Prefecture]] = defaultdict(list)
    for one in prefectures:
        by_province[one.province.code].append(one)
    people = {code: sum(one.population for one in ours) for code, ours in by_province.items()}
    for code, count in sorted(shares(people, SCANNERS).items()):
        short = by_province[code][0].province.name.replace(" ", "")
        for number, prefecture in enumerate(drawn("scanner", by_province[code], count), 1):
            yield f"PET-{short}-{number:02d}", prefecture


def _slots(name: str, away_km: float) -> dict[str, float]:
    """Weekly slots of a PET unit for the therapies whose tracer can be brought to it."""
    slots: dict[str, float] = {}
    if away_km < _F18_KM and draw.unit("cn psma pet", name) < 0.6:
        slots["lu-psma"] = draw.choice("cn psma slots", name, (1.0, 1.0, 2.0, 3.0))
    if away_km < _GA68_KM and draw.unit("cn sstr pet", name) < 0.4:
        slots["lu-dotatate"] = draw.choice("cn sstr slots", name, (0.5, 1.0))
    return slots


def _rows(
    name: str, region: str, at: Point, slots: dict[str, float], *, away_km: float = 0.0
) -> Rows:
    return [
        {
            "scanner": name,
            "product": product,
            "tracer": _tracer(product, name, away_km),
            "region": region,
            "lat": at.lat,
            "lon": at.lon,
            "slots_per_week": weekly,
            "evidence": "spect-rule" if product == "i131-nai" else "scanner-rule",
        }
        for product, weekly in slots.items()
    ]


def _tracer(product: str, scanner: str, away_km: float) -> str:
    """A generator at one maker of tracers, a cyclotron at the next; only F-18 goes far."""
    if product in _PSMA_PRODUCTS:
        near = away_km < _GA68_KM and draw.unit("cn tracer", scanner) < 0.6
        return _PSMA if near else _PSMA_F18
    return _TC if product == "i131-nai" else _SSTR


def tracer_supply_rows(sites: list[Placed], pharmacies: dict[str, Point], scanners: Rows) -> Rows:
    """Makers of tracers serve the scanners near them; pharmacies deliver Tc-99m."""
    rows: Rows = []
    for one in tracer_makers(sites):
        for tracer, doses, reach in (
            (_PSMA, 5, _GA68_KM),
            (_PSMA_F18, 12, _F18_KM),
            (_SSTR, 4, _GA68_KM),
        ):
            if _serves(tracer, one.at, reach, scanners):
                rows.append(_supply(tracer, one.name, doses, reach))
    rows += [_supply(_TC, name, 600, _TC_REACH_KM) for name in pharmacies]
    for one in sites:
        if all(road_km(at, one.at) > _TC_REACH_KM for at in pharmacies.values()):
            rows.append(_supply(_TC, one.name, 60, 50))
    return rows


def _serves(tracer: str, at: Point, reach_km: float, scanners: Rows) -> bool:
    """Whether a scanner that uses the tracer lies in reach."""
    return any(
        row["tracer"] == tracer and road_km(at, Point(row["lat"], row["lon"])) <= reach_km
        for row in scanners
    )


def _supply(tracer: str, place: str, doses: float, reach_km: float) -> dict[str, str | float]:
    return {
        "tracer": tracer,
        "place": place,
        "doses_per_week": doses,
        "reach_km": reach_km,
        "evidence": "tracer-supply",
    }
