"""Routes of entry: steps and uses that lead nowhere, rounds, and ends in the wrong order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from doseline.model.checks_base import at
from doseline.model.entry import RANGED, EntryStep, EntryTerms, EntryUse, rounds
from doseline.model.findings import ERROR, WARNING, Finding
from doseline.model.nearest import nearest
from doseline.model.network import Network

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days between which routes of entry are followed."""
_DATA = "human_data"
"""Milestone whose data may be worth something elsewhere."""
_DAYS = {
    "entry_terms": ("valued_on", "counted_until", "own_data"),
    "entry_routes": ("starts",),
    "entry_steps": ("not_before",),
}
_TABLES: Mapping[type, str] = {
    EntryTerms: "entry_terms",
    EntryStep: "entry_steps",
    EntryUse: "entry_uses",
}


def check_entry_ranges(network: Network) -> Iterator[Finding]:
    """Low ends above, and high ends below, the most likely figure."""
    for row, names in RANGED.items():
        frame = network.frame(_TABLES[row])
        for index, values in enumerate(frame.iter_rows(named=True)):
            for name in names:
                yield from _range(_TABLES[row], index, name, values)


def _range(table: str, index: int, name: str, values: Mapping[str, Any]) -> Iterator[Finding]:
    likely = values[name]
    for end, wrong in (("low", 1.0), ("high", -1.0)):
        value = values[f"{end}_{name}"]
        if value is None:
            continue
        if likely is None or wrong * (value - likely) > 0.0:
            yield at(
                table,
                index,
                f"{end}_{name}",
                code="entry_range" if likely is not None else "entry_range_alone",
                severity=ERROR,
                found=f"{value:g}",
                allowed="" if likely is None else f"{'≤' if wrong > 0 else '≥'} {likely:g}",
                likely=name,
            )


def check_entry_days(network: Network) -> Iterator[Finding]:
    """Days that lie centuries away."""
    for table, columns in _DAYS.items():
        for index, row in enumerate(network.frame(table).iter_rows(named=True)):
            for column in columns:
                day = row[column]
                if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                    yield at(
                        table,
                        index,
                        column,
                        code="entry_day",
                        severity=ERROR,
                        found=day,
                        allowed=f"{FIRST_DAY} … {LAST_DAY}",
                    )


def check_entry_routes(network: Network) -> Iterator[Finding]:
    """Routes without a step, routes of a product without terms, and terms that end too early."""
    terms = network.frame("entry_terms")
    known = set(terms["product"])
    begun = set(network.frame("entry_steps")["route"])
    for index, route in enumerate(network.frame("entry_routes")["route"]):
        if route not in begun:
            yield at(
                "entry_routes", index, "route", code="entry_no_steps", severity=ERROR, found=route
            )
    for index, product in enumerate(network.frame("entry_routes")["product"]):
        if product not in known:
            yield at(
                "entry_routes",
                index,
                "product",
                code="entry_without_terms",
                severity=ERROR,
                found=product,
            )
    for index, row in enumerate(terms.iter_rows(named=True)):
        if row["counted_until"] <= row["valued_on"]:
            yield at(
                "entry_terms",
                index,
                "counted_until",
                code="entry_ends_early",
                severity=ERROR,
                found=row["counted_until"],
                allowed=f"> {row['valued_on']}",
            )


def check_entry_steps(network: Network) -> Iterator[Finding]:
    """Steps that wait for what is not there or for themselves, rounds that cannot be read, and data that are none."""
    frame = network.frame("entry_steps")
    for index, row in enumerate(frame.iter_rows(named=True)):
        try:
            rounds(row["windows"])
        except ValueError:
            yield at(
                "entry_steps",
                index,
                "windows",
                code="entry_rounds",
                severity=ERROR,
                found=row["windows"],
                allowed="MM-DD>MM-DD",
            )
        if row["elsewhere_percent"] and row["milestone"] != _DATA:
            yield at(
                "entry_steps",
                index,
                "elsewhere_percent",
                code="entry_no_data",
                severity=WARNING,
                found=f"{row['elsewhere_percent']:g}",
                allowed=f"0 / {_DATA}",
                milestone=row["milestone"],
            )
    yield from _named(network, "entry_steps", "step", "after")


def check_entry_uses(network: Network) -> Iterator[Finding]:
    """Uses that no step opens, or that replace what is not there."""
    yield from _named(network, "entry_uses", "use", "replaces")
    steps = _of_routes(network, "entry_steps", "step")
    for index, row in enumerate(network.frame("entry_uses").iter_rows(named=True)):
        known = steps.get(row["route"], [])
        if row["begins"] not in known:
            yield _unknown(
                "entry_uses", index, "begins", row["begins"], known=known, route=row["route"]
            )


def _named(network: Network, table: str, key: str, column: str) -> Iterator[Finding]:
    """Names of a column that are none of the same route, and rows that come round to themselves."""
    known = _of_routes(network, table, key)
    earlier: dict[tuple[str, str], list[str]] = {}
    rows = list(network.frame(table).iter_rows(named=True))
    for index, row in enumerate(rows):
        names = row[column].split()
        earlier[row["route"], row[key]] = names
        for name in names:
            if name not in known[row["route"]]:
                yield _unknown(
                    table, index, column, name, known=known[row["route"]], route=row["route"]
                )
    for index, row in enumerate(rows):
        if _comes_round(row["route"], row[key], earlier):
            yield at(table, index, column, code="entry_round_trip", severity=ERROR, found=row[key])


def _comes_round(route: str, name: str, earlier: Mapping[tuple[str, str], list[str]]) -> bool:
    """Whether something comes, by what is before it, before itself."""
    seen: set[str] = set()
    waiting = list(earlier.get((route, name), []))
    while waiting:
        one = waiting.pop()
        if one == name:
            return True
        if one not in seen:
            seen.add(one)
            waiting += earlier.get((route, one), [])
    return False


def _unknown(
    table: str, index: int, column: str, name: str, *, known: list[str], route: str
) -> Finding:
    """A name that is none of its route."""
    finding = at(
        table,
        index,
        column,
        code="entry_unknown",
        severity=ERROR,
        found=name,
        allowed=", ".join(known),
        route=route,
    )
    return dataclasses.replace(finding, nearest=nearest(name, known))


def _of_routes(network: Network, table: str, key: str) -> dict[str, list[str]]:
    """Names by route."""
    found: dict[str, list[str]] = {}
    for route, name in network.frame(table).select("route", key).iter_rows():
        found.setdefault(route, []).append(name)
    return found
