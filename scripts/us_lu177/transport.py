"""Hubs, lanes and departures of the US example: real airports, carrier-like timetables.

No flight here is a carrier's: which airports are joined and when is an assumption in the shape of
US networks (evidence ``air-rules``): overnight freighters from the sorting hubs at Indianapolis,
Newark and Memphis on Tuesday to Saturday mornings, and passenger flights by day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.us_lu177.geo import Point, flight_h, great_circle_km, road_h, road_km
from scripts.us_lu177.supply import LINES

if TYPE_CHECKING:
    from scripts.us_lu177.sites import Placed
    from scripts.us_lu177.sources import Airport
    from scripts.us_lu177.tables import Rows

_FREIGHT = (
    "ABQ ALB ANC ATL AUS BDL BHM BIL BNA BOI BOS BUF BWI CHS CLE CLT CMH DEN DFW DSM DTW ELP EWR "
    "FAR FSD GEG GSP IAH ICT IND JAX LAS LAX LIT MAF MCI MCO MEM MFE MIA MKE MSP MSY OKC OMA ONT "
    "ORD PDX PHL PHX PIT PNS PWM RAP RDU RIC RNO SAN SAT SDF SEA SFO SLC SMF STL SYR TPA TUL TUS"
)
FREIGHT = tuple(_FREIGHT.split())
"""Airports with an overnight freighter, by IATA code."""

HUBS = (*FREIGHT, "HNL")

_PASSENGER = {
    "IND": "ATL BOS BWI CLT DEN DFW EWR IAH LAS LAX MCO MIA MSP ORD PHL PHX RDU SEA SFO SLC TPA",
    "EWR": (
        "ATL AUS BNA BOS BUF CHS CLE CLT CMH CVG DEN DFW DTW IAH JAX LAS LAX MCI MCO MIA MKE MSP "
        "MSY ORD PDX PHX PIT PWM RDU RIC SAN SAT SEA SFO SLC STL SYR TPA"
    ),
    "SAN": "ABQ AUS BOI DEN DFW HNL IAH LAS PDX PHX RNO SEA SFO SLC SMF TUS",
    "ATL": "BHM CHS GSP JAX MEM MSY SDF",
    "DEN": "ABQ BIL BOI FSD GEG OMA RNO",
    "DFW": "ELP LIT OKC SAT TUL",
    "LAX": "HNL",
    "MSP": "BIL DSM FAR FSD MKE",
    "SEA": "ANC GEG BOI HNL",
    "SFO": "HNL RNO",
}
_PASSENGER_AT = {
    "IND": ("07:00", "12:30", "18:15"),
    "EWR": ("07:30", "13:00", "18:45"),
    "SAN": ("07:00", "12:00", "17:30"),
}
_ONWARD_AT = ("09:00", "15:00", "21:30")

_AIR_CARGO_ON_TIME = 97
_PASSENGER_ON_TIME = 94.9
_ROAD_ON_TIME = 99
_DIRECT_KM = 600.0
"""Longest direct road from a line to a site. [km]"""
_LAST_MILE_KM = 420.0
"""Longest road from the second-nearest hub. [km]"""
_LINE_HUBS = {
    "indianapolis": ("IND", "SDF", "ORD"),
    "millburn": ("EWR", "PHL"),
    "carlsbad": ("SAN", "ONT"),
}


def hub_rows(hubs: dict[str, Airport]) -> Rows:
    """The airports that doses change at."""
    return [
        {
            "hub": code,
            "name": hubs[code].name,
            "lat": round(hubs[code].at.lat, 4),
            "lon": round(hubs[code].at.lon, 4),
            "zone": hubs[code].zone,
            "evidence": "airports",
        }
        for code in sorted(HUBS)
    ]


def lane_rows(hubs: dict[str, Airport], sites: list[Placed]) -> Rows:
    """All lanes: from lines to airports and near sites, between airports, and the last mile."""
    rows = [
        _road(line, code, LINES[line][2], hubs[code].at)
        for line, codes in _LINE_HUBS.items()
        for code in codes
    ]
    for line, (_, _, at, *_) in LINES.items():
        rows += [
            _road(line, site.name, at, site.at)
            for site in sites
            if road_km(at, site.at) <= _DIRECT_KM
        ]
    rows += [_air(hubs, "cargo", start, end) for start, end in _cargo_pairs()]
    rows += [_air(hubs, "passenger", start, end) for start, end in _passenger_pairs()]
    for site in sites:
        rows += [_road(code, site.name, hubs[code].at, site.at) for code in _nearest(hubs, site)]
    return rows


def departure_rows() -> Rows:
    """Weekly times of the scheduled lanes."""
    rows: Rows = []
    for start, end in _cargo_pairs():
        evening = end == "MEM" and start in ("EWR", "IND", "SAN")
        days, at = ("Mon-Fri", "21:30") if evening else ("Tue-Sat", "04:00")
        rows.append(_departure(f"{start}>{end} cargo", days, at, 120))
    for start, end in _passenger_pairs():
        rows += [
            _departure(f"{start}>{end} passenger", "Mon-Sun", at, 180)
            for at in _PASSENGER_AT.get(start, _ONWARD_AT)
        ]
    return rows


def _cargo_pairs() -> list[tuple[str, str]]:
    """Freighters: the evening feeders into Memphis, and the night waves out of three hubs."""
    feeders = [("EWR", "MEM"), ("IND", "MEM"), ("SAN", "MEM")]
    waves = [(start, end) for start in ("IND", "EWR", "MEM") for end in FREIGHT if end != start]
    return [*feeders, *(pair for pair in waves if pair not in feeders)]


def _passenger_pairs() -> list[tuple[str, str]]:
    return [
        (start, end) for start, ends in _PASSENGER.items() for end in ends.split() if end in HUBS
    ]


def _departure(lane: str, weekdays: str, at: str, cutoff_min: int) -> dict[str, Any]:
    return {"lane": lane, "weekdays": weekdays, "depart": at, "cutoff_min": cutoff_min}


def _road(start: str, end: str, start_at: Point, end_at: Point) -> dict[str, Any]:
    """A courier on demand."""
    length_km = max(1.0, road_km(start_at, end_at))
    return {
        "lane": f"{start}>{end}",
        "mode": "road",
        "from_place": start,
        "to_place": end,
        "distance_km": round(length_km, 1),
        "duration_h": round(max(0.25, road_h(length_km)), 2),
        "handling_h": 0.5,
        "cost": round(60 + 1.4 * length_km),
        "on_time_percent": _ROAD_ON_TIME,
        "late_mean_h": 2,
        "evidence": "road-rules",
    }


def _air(hubs: dict[str, Airport], kind: str, start: str, end: str) -> dict[str, Any]:
    """A flight between two airports."""
    length_km = great_circle_km(hubs[start].at, hubs[end].at)
    cargo = kind == "cargo"
    return {
        "lane": f"{start}>{end} {kind}",
        "mode": f"air_{kind}",
        "from_place": start,
        "to_place": end,
        "distance_km": round(length_km, 1),
        "duration_h": round(flight_h(length_km), 2),
        "handling_h": 0,
        "cost": round((220 if cargo else 300) + 0.05 * length_km),
        "on_time_percent": _AIR_CARGO_ON_TIME if cargo else _PASSENGER_ON_TIME,
        "late_mean_h": 12 if cargo else 4,
        "evidence": "air-rules" if cargo else "air-on-time",
    }


def _nearest(hubs: dict[str, Airport], site: Placed) -> list[str]:
    """The nearest hub of a site, and the second nearest if it is near enough."""
    by_road = sorted((road_km(hubs[code].at, site.at), code) for code in HUBS)
    return [
        code
        for rank, (length, code) in enumerate(by_road[:2])
        if not rank or length < _LAST_MILE_KM
    ]
