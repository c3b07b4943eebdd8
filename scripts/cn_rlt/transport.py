"""Hubs, carriers, lanes and departures of the Chinese example.

No flight here is a carrier's: which airports are joined, when, and which flights take Class 7, is
an assumption in the shape of a trunk network (evidence ``air-rules``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.cn_rlt.demand import TRIAL_KM
from scripts.cn_rlt.sources import ZONE
from scripts.cn_rlt.supply import LINES, line_of
from scripts.us_lu177 import draw
from scripts.us_lu177.geo import Point, flight_h, great_circle_km, road_km

if TYPE_CHECKING:
    from scripts.cn_rlt.sites import Placed
    from scripts.cn_rlt.sources import Airport
    from scripts.us_lu177.tables import Rows

_AIRPORTS = (
    "PEK TYN HET SHE DLC CGQ HRB PVG HGH NKG HFE FOC XMN KHN TNA TAO CGO WUH CSX CAN SZX NNG HAK "
    "CKG CTU KWE KMG LXA XIY LHW XNN INC URC YIN WNZ JHG HLD"
)
HUBS = tuple(_AIRPORTS.split())
"""Airports, by IATA code."""
_CITIES_ZH = dict(
    zip(
        HUBS,
        [
            "北京首都",
            "太原",
            "呼和浩特",
            "沈阳",
            "大连",
            "长春",
            "哈尔滨",
            "上海浦东",
            "杭州",
            "南京",
            "合肥",
            "福州",
            "厦门",
            "南昌",
            "济南",
            "青岛",
            "郑州",
            "武汉",
            "长沙",
            "广州",
            "深圳",
            "南宁",
            "海口",
            "重庆",
            "成都",
            "贵阳",
            "昆明",
            "拉萨",
            "西安",
            "兰州",
            "西宁",
            "银川",
            "乌鲁木齐",
            "伊宁",
            "温州",
            "西双版纳",
            "呼伦贝尔",
        ],
        strict=True,
    )
)

PHARMACIES = {
    # pharmacy: Chinese name of the city, place
    "NP-Beijing": ("北京", Point(39.85, 116.45)),
    "NP-Shanghai": ("上海", Point(31.20, 121.45)),
    "NP-Guangzhou": ("广州", Point(23.17, 113.30)),
    "NP-Chengdu": ("成都", Point(30.60, 104.02)),
    "NP-Wuhan": ("武汉", Point(30.55, 114.30)),
    "NP-Xian": ("西安", Point(34.30, 108.95)),
    "NP-Shenyang": ("沈阳", Point(41.77, 123.40)),
    "NP-Zhengzhou": ("郑州", Point(34.72, 113.68)),
    "NP-Jinan": ("济南", Point(36.68, 117.08)),
    "NP-Changsha": ("长沙", Point(28.20, 112.98)),
    "NP-Kunming": ("昆明", Point(25.03, 102.75)),
    "NP-Fuzhou": ("福州", Point(26.05, 119.32)),
}

_AT = {
    "PVG": ("08:30", "13:30", "18:30"),
    "HGH": ("09:30", "16:30"),
    "PEK": ("08:00", "13:00", "19:00"),
    "CTU": ("08:30", "14:00", "19:30"),
}
"""Departures by airport of origin, wall time."""
_FAR = frozenset(("LXA", "YIN", "XNN", "HLD", "JHG"))
"""Airports that are served every other day."""
_SHORTEST_FLIGHT_KM = 450.0
_REFUSES_CLASS_7 = 0.2
"""Share of pairs on which no flight takes Class 7: an assumption."""

_LINE_AIRPORTS = {
    "haiyan-lu": ("PVG", "HGH"),
    "haiyan-i": ("PVG", "HGH"),
    "chengdu": ("CTU",),
    "beijing": ("PEK",),
    "tianjin": ("PEK",),
}
_FLEETS = {
    "haiyan-lu": "fleet-a",
    "haiyan-i": "fleet-a",
    "chengdu": "fleet-b",
    "beijing": "fleet-c",
    "tianjin": "fleet-c",
    "jiaxing": "fleet-e",
    "shijiazhuang": "fleet-e",
}
_DIRECT_KM = 450.0
"""Longest direct road from a line to a site: about a day of one crew. [km]"""
_PHARMACY_FEED_KM = 900.0
_PHARMACY_KM = 280.0
_LAST_MILE_KM = 350.0
_ALPHA = {"Ac-225": TRIAL_KM["ac-psma"] * 1.3, "At-211": TRIAL_KM["at-trial"] * 1.3}
"""Longest regional road for an alpha emitter. [km]"""

_SPEED_KM_H = ((30.0, 35.0), (100.0, 55.0), (300.0, 68.0), (float("inf"), 74.0))
"""Mean speed by length of the road: vehicles with dangerous goods keep to 80 km/h on motorways."""

_CARRIERS = (
    # carrier, name, Chinese name, own, escorts, CNY/h of an escort, vehicles, hours, packages
    ("fleet-a", "Own fleet of CDMO A", "CDMO A自有车队", True, 1, 80, 14, 20, 6),
    ("fleet-b", "Own fleet of CDMO B", "CDMO B自有车队", True, 1, 80, 8, 20, 6),
    ("fleet-c", "Own fleet of CDMO C and D", "CDMO C、D自有车队", True, 1, 80, 10, 20, 6),
    ("fleet-e", "Own fleet of CDMO E", "CDMO E自有车队", True, 1, 80, 6, 16, 2),
    (
        "class-7",
        "Licensed carriers of Class 7",
        "具有资质的第七类运输企业",
        False,
        1,
        90,
        None,
        24,
        4,
    ),
)


def hub_rows(airports: dict[str, Airport]) -> Rows:
    """Airports, open all day, and nuclear pharmacies with their hours."""
    rows: Rows = [
        {
            "hub": code,
            "name": one.name,
            "name_zh": f"{_CITIES_ZH[code]}机场",
            "kind": "airport",
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": ZONE,
            "evidence": "airports",
        }
        for code, one in airports.items()
    ]
    rows += [
        {
            "hub": hub,
            "name": f"Nuclear pharmacy {hub[3:]} (synthetic)",
            "name_zh": f"{city}核药房（虚拟）",
            "kind": "pharmacy",
            "lat": at.lat,
            "lon": at.lon,
            "zone": ZONE,
            "open": "03:00",
            "close": "22:00",
            "evidence": "pharmacy-rule",
        }
        for hub, (city, at) in PHARMACIES.items()
    ]
    return rows


_VEHICLE_COSTS = {"cost_per_km": 6, "cost_per_h": 100}
"""Of an own vehicle: fuel, tolls and wear, and its driver (assumptions). [CNY/km], [CNY/h]"""


def carrier_rows() -> Rows:
    """Own fleets and carriers, all with an escort and rests after four hours at the wheel."""
    names = (
        *("carrier", "name", "name_zh", "own", "escorts", "escort_cost_per_h"),
        *("vehicles", "vehicle_h_per_day", "packages_per_trip"),
    )
    road = [
        {
            **dict(zip(names, one, strict=True)),
            "drive_h_max": 4,
            "rest_h": 0.333,
            **(_VEHICLE_COSTS if one[3] else {}),
            "evidence": "escort-rules",
        }
        for one in _CARRIERS
    ]
    inside = {
        "carrier": "in-hospital",
        "name": "Within the hospital",
        "name_zh": "院内转运",
        "own": True,
        "evidence": "own-lines",
    }
    return [*road, inside]


def lane_rows(airports: dict[str, Airport], sites: list[Placed]) -> Rows:
    """All lanes: from lines outward, between airports, through pharmacies, and the last mile."""
    rows: Rows = []
    for line, (_, _, _, at) in LINES.items():
        rows += _from_line(line, at, airports, sites)
    rows += [_air(airports, start, end) for start, end in pairs(airports)]
    for hub, (_, at) in PHARMACIES.items():
        code = min(airports, key=lambda one: (road_km(airports[one].at, at), one))
        rows.append(_road(code, hub, airports[code].at, at, "class-7"))
        near = [one for one in sites if road_km(at, one.at) <= _PHARMACY_KM]
        rows += [_road(hub, one.name, at, one.at, "class-7") for one in near]
    for site in sites:
        rows += [
            _road(code, site.name, airports[code].at, site.at, "class-7")
            for code in _nearest(airports, site)
        ]
    return [*rows, *(_inside(one) for one in sites if one.makes)]


def _from_line(line: str, at: Point, airports: dict[str, Airport], sites: list[Placed]) -> Rows:
    """Roads of a maker: to its airports, its pharmacies, and sites in a crew's reach."""
    fleet = _FLEETS[line]
    rows = [
        _road(line, code, at, airports[code].at, fleet) for code in _LINE_AIRPORTS.get(line, ())
    ]
    if line not in _LINE_AIRPORTS:
        limit = max(_ALPHA.values())
        return [
            _road(line, one.name, at, one.at, fleet)
            for one in sites
            if set(_ALPHA) & set(one.possession_gbq) and road_km(at, one.at) <= limit
        ]
    rows += [
        _road(line, hub, at, place, fleet)
        for hub, (_, place) in PHARMACIES.items()
        if road_km(at, place) <= _PHARMACY_FEED_KM
    ]
    rows += [
        _road(line, one.name, at, one.at, fleet)
        for one in sites
        if road_km(at, one.at) <= _DIRECT_KM
    ]
    return rows


def pairs(airports: dict[str, Airport]) -> list[tuple[str, str]]:
    """Airports that are joined by a flight that takes Class 7."""
    return [
        (start, end)
        for start in _AT
        for end in airports
        if end != start
        and great_circle_km(airports[start].at, airports[end].at) >= _SHORTEST_FLIGHT_KM
        and draw.unit("cn class 7", f"{start}>{end}") >= _REFUSES_CLASS_7
    ]


def departure_rows(airports: dict[str, Airport]) -> Rows:
    """Weekly times of the flights."""
    return [
        {
            "lane": f"{start}>{end} passenger",
            "weekdays": "Mon Wed Fri" if end in _FAR else "Mon-Sun",
            "depart": at,
            "cutoff_min": 180,
        }
        for start, end in pairs(airports)
        for at in (_AT[start][:1] if end in _FAR else _AT[start])
    ]


def drive_h(length_km: float) -> float:
    """Hours at the wheel. [h]"""
    return length_km / next(speed for limit, speed in _SPEED_KM_H if length_km < limit)


def _road(start: str, end: str, start_at: Point, end_at: Point, carrier: str) -> dict[str, Any]:
    """A vehicle on demand."""
    length_km = max(1.0, road_km(start_at, end_at))
    return {
        "lane": f"{start}>{end}",
        "mode": "road",
        "from_place": start,
        "to_place": end,
        "distance_km": round(length_km, 1),
        "duration_h": round(max(0.3, drive_h(length_km)), 2),
        "handling_h": 0.5,
        "cost": round(200 + 4.0 * length_km),
        "on_time_percent": 98,
        "late_mean_h": 2,
        "carrier": carrier,
        "evidence": "road-rules",
    }


def _inside(site: Placed) -> dict[str, Any]:
    """From a hospital's own line to its ward."""
    return {
        "lane": f"{line_of(site)}>{site.name}",
        "mode": "road",
        "from_place": line_of(site),
        "to_place": site.name,
        "distance_km": 0.5,
        "duration_h": 0.25,
        "handling_h": 0.25,
        "cost": 20,
        "on_time_percent": 99.9,
        "late_mean_h": 1,
        "carrier": "in-hospital",
        "evidence": "own-lines",
    }


def _air(airports: dict[str, Airport], start: str, end: str) -> dict[str, Any]:
    """A passenger flight between two airports."""
    length_km = great_circle_km(airports[start].at, airports[end].at)
    return {
        "lane": f"{start}>{end} passenger",
        "mode": "air_passenger",
        "from_place": start,
        "to_place": end,
        "distance_km": round(length_km, 1),
        "duration_h": round(flight_h(length_km), 2),
        "handling_h": 0,
        "cost": round(1200 + 0.5 * length_km),
        "on_time_percent": 92,
        "late_mean_h": 4,
        "evidence": "air-rules",
    }


def _nearest(airports: dict[str, Airport], site: Placed) -> list[str]:
    """The nearest airport of a site, and the second nearest if it is near enough."""
    by_road = sorted((road_km(one.at, site.at), code) for code, one in airports.items())
    return [
        code
        for rank, (length, code) in enumerate(by_road[:2])
        if not rank or length < _LAST_MILE_KM
    ]
