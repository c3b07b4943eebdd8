"""What the example is built from: census figures of prefectures, and airports."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from scripts.us_lu177.geo import Point

_FIGURES = Path(__file__).parent.parent / "figures"
ZONE = "Asia/Shanghai"
"""The one legal time of the country; clocks in Xinjiang read the same, hours of work are later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province, region or municipality with its people by the census of 2020."""

    code: str
    name: str
    name_zh: str
    short_zh: str
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefecture:
    """A prefecture, or a county that a province governs itself."""

    code: str
    province: Province
    name: str
    name_zh: str
    at: Point
    population: int
    rural: bool
    """More than half of its people live in villages."""
    men_65: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Airport:
    """An airport with its place."""

    iata: str
    name: str
    at: Point


def read_provinces() -> dict[str, Province]:
    """Provinces by code."""
    with (_FIGURES / "cn_provinces.csv").open(encoding="utf-8") as file:
        return {
            row["province"]: Province(
                code=row["province"],
                name=row["name"],
                name_zh=row["name_zh"],
                short_zh=row["short_zh"],
                population=int(row["population_2020"]),
            )
            for row in csv.DictReader(file)
        }


def read_prefectures() -> list[Prefecture]:
    """All prefectures with their figures, in the order of their codes.

    Raises:
        ValueError: If those of a province do not sum to its census total.
    """
    provinces, found = read_provinces(), []
    with (_FIGURES / "cn_prefectures.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            population = int(row["population_2020"])
            found.append(
                Prefecture(
                    code=row["prefecture"],
                    province=provinces[row["province"]],
                    name=row["name"],
                    name_zh=row["name_zh"],
                    at=Point(float(row["lat"]), float(row["lon"])),
                    population=population,
                    rural=2 * int(row["rural_2020"]) > population,
                    men_65=int(row["men_65_2020"]),
                )
            )
    for province in provinces.values():
        people = sum(one.population for one in found if one.province is province)
        if people != province.population:
            raise ValueError(f"{province.name}: {people} is not {province.population}.")
    return found


def read_airports(packages: Path, codes: tuple[str, ...]) -> dict[str, Airport]:
    """The airports of some IATA codes, in that order."""
    with (packages / "airportsdata" / "airports.csv").open(encoding="utf-8") as file:
        rows = {row["iata"]: row for row in csv.DictReader(file) if row["country"] == "CN"}
    return {
        code: Airport(
            iata=code,
            name=rows[code]["name"],
            at=Point(round(float(rows[code]["lat"]), 4), round(float(rows[code]["lon"]), 4)),
        )
        for code in codes
    }
