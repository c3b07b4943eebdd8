"""Scanners, tracers and who makes the tracers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scripts.cn_rlt.sites import drawn, scattered, shares
from scripts.us_lu177 import draw
from scripts.us_lu177.geo import road_km

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.cn_rlt.sites import Placed
    from scripts.cn_rlt.sources import Prefecture
    from scripts.us_lu177.geo import Point
    from scripts.us_lu177.tables import Rows

_TC_REACH_KM = 280.0
"""Farthest road from a pharmacy to a gamma camera; beyond it a site elutes its own. [km]"""

SCANNERS = 365
"""PET units that the official survey of 2020 counts."""
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


def scanner_rows(prefectures: list[Prefecture], sites: list[Placed]) -> Rows:
    """PET units by people, with the slots given to each therapy, and a gamma camera at each site."""
    rows: Rows = []
    for name, prefecture in _units(prefectures):
        at = scattered("cn scanner", name, prefecture.at)
        rows += _rows(name, prefecture.code, at, _slots(name))
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


def _slots(name: str) -> dict[str, float]:
    """Weekly slots of a PET unit; half of the units can get a PSMA tracer at all."""
    slots: dict[str, float] = {}
    if draw.unit("cn psma pet", name) < 0.5:
        slots["lu-psma"] = draw.choice("cn psma slots", name, (1.0, 1.0, 2.0, 3.0))
    if draw.unit("cn sstr pet", name) < 0.25:
        slots["lu-dotatate"] = draw.choice("cn sstr slots", name, (0.5, 1.0))
    return slots


def _rows(name: str, region: str, at: Point, slots: dict[str, float]) -> Rows:
    return [
        {
            "scanner": name,
            "product": product,
            "tracer": _tracer(product, name),
            "region": region,
            "lat": at.lat,
            "lon": at.lon,
            "slots_per_week": weekly,
            "evidence": "spect-rule" if product == "i131-nai" else "scanner-rule",
        }
        for product, weekly in slots.items()
    ]


def _tracer(product: str, scanner: str) -> str:
    """A generator at one PET unit, a cyclotron at the next."""
    if product in _PSMA_PRODUCTS:
        return _PSMA if draw.unit("cn tracer", scanner) < 0.6 else _PSMA_F18
    return _TC if product == "i131-nai" else _SSTR


def tracer_supply_rows(sites: list[Placed], pharmacies: dict[str, Point]) -> Rows:
    """Large sites make positron tracers for the scanners near them; pharmacies deliver Tc-99m."""
    large = [one for one in sites if one.setting == "tertiary_a" and "Lu-177" in one.possession_gbq]
    rows: Rows = []
    for one in large:
        for tracer, doses, reach in ((_PSMA, 5, 80), (_PSMA_F18, 10, 200), (_SSTR, 4, 80)):
            rows.append(_supply(tracer, one.name, doses, reach))
    rows += [_supply(_TC, name, 600, _TC_REACH_KM) for name in pharmacies]
    for one in sites:
        if all(road_km(at, one.at) > _TC_REACH_KM for at in pharmacies.values()):
            rows.append(_supply(_TC, one.name, 60, 50))
    return rows


def _supply(tracer: str, place: str, doses: float, reach_km: float) -> dict[str, str | float]:
    return {
        "tracer": tracer,
        "place": place,
        "doses_per_week": doses,
        "reach_km": reach_km,
        "evidence": "tracer-supply",
    }
