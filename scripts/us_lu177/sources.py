"""What the example is built from: county figures, airports and places of hospitals."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from scripts.us_lu177.geo import Point, great_circle_km

_FIGURES = Path(__file__).parent.parent / "figures"
_FARTHEST_FROM_COUNTY_KM = 150.0
"""A hospital that is farther than this from its county's centre was placed wrongly. [km]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county of 2023 with its figures."""

    fips: str
    state: str
    name: str
    at: Point
    zone: str
    population: int
    rural: bool
    deprivation: float | None
    men_65: int
    hospitals: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Airport:
    """An airport with its place and time zone."""

    iata: str
    name: str
    at: Point
    zone: str


def read_airports(packages: Path) -> tuple[list[Airport], dict[str, list[Airport]]]:
    """US airports that have an IATA code, and all US airports by state name."""
    coded, by_state = [], defaultdict(list)
    with (packages / "airportsdata" / "airports.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            # A few US airports lie across a border and carry the zone of the neighbour.
            if row["country"] != "US" or not row["tz"].startswith(("America/", "Pacific/Ho")):
                continue
            airport = Airport(
                iata=row["iata"],
                name=row["name"],
                at=Point(float(row["lat"]), float(row["lon"])),
                zone=row["tz"],
            )
            by_state[row["subd"]].append(airport)
            if airport.iata:
                coded.append(airport)
    return coded, dict(by_state)


def zone_at(point: Point, airports: list[Airport]) -> str:
    """Time zone of the nearest of some airports."""
    return min(airports, key=lambda one: great_circle_km(point, one.at)).zone


def read_states() -> dict[str, str]:
    """Names of the states by postal code."""
    with (_FIGURES / "us_states.csv").open(encoding="utf-8") as file:
        return {row["state"]: row["name"] for row in csv.DictReader(file)}


def read_counties(packages: Path, airports: dict[str, list[Airport]]) -> list[County]:
    """All counties, each with the zone of the nearest airport of its state."""
    names, hospitals = read_states(), _hospitals(packages)
    counties = []
    with (_FIGURES / "us_counties.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = Point(float(row["lat"]), float(row["lon"]))
            counties.append(
                County(
                    fips=row["fips"],
                    state=row["state"],
                    name=row["name"],
                    at=at,
                    zone=zone_at(at, airports[names[row["state"]]]),
                    population=int(row["population_2023"]),
                    rural=int(row["rucc_2023"]) >= 4,
                    deprivation=float(row["svi_2020"]) if row["svi_2020"] else None,
                    men_65=int(row["men_65_plus_2018"]),
                    hospitals=(),
                )
            )
    return _with_hospitals(counties, hospitals)


def _hospitals(packages: Path) -> dict[str, list[Point]]:
    """Places of hospitals by state, each place once; names are not read."""
    places: dict[str, set[Point]] = defaultdict(set)
    path = packages / "synthea" / "resources" / "providers" / "hospitals.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            # Two decimals (about a kilometre) join the entries of one campus.
            at = Point(round(float(row["lat"]), 2), round(float(row["lon"]), 2))
            places[row["state"]].add(at)
    return {state: sorted(points) for state, points in places.items()}


def _with_hospitals(counties: list[County], hospitals: dict[str, list[Point]]) -> list[County]:
    """The counties, each with the hospitals that are nearest to its centre."""
    in_state: dict[str, list[County]] = defaultdict(list)
    for county in counties:
        in_state[county.state].append(county)
    found: dict[str, list[Point]] = defaultdict(list)
    for state, places in hospitals.items():
        for place in places if state in in_state else ():
            nearest = min(in_state[state], key=lambda one: great_circle_km(place, one.at))
            if great_circle_km(place, nearest.at) < _FARTHEST_FROM_COUNTY_KM:
                found[nearest.fips].append(place)
    return [_replaced(county, tuple(found[county.fips])) for county in counties]


def _replaced(county: County, hospitals: tuple[Point, ...]) -> County:
    return County(
        fips=county.fips,
        state=county.state,
        name=county.name,
        at=county.at,
        zone=county.zone,
        population=county.population,
        rural=county.rural,
        deprivation=county.deprivation,
        men_65=county.men_65,
        hospitals=hospitals,
    )
