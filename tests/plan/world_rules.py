"""Rules of the whole network for made-up worlds: each of them, all at once."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import numpy as np

    from doseline.model.network import Network
    from doseline.model.options import Options

    Tables = dict[str, list[dict[str, Any]]]

NIGHTS = (2, 0, 3)
"""Nights of the first products."""
WAYS = 2
"""Ways of a line to a site: the slow one goes with the own fleet."""


def add_rules(chance: np.random.Generator, tables: Tables, *, week: date) -> None:
    """Add rows to the tables of a world; what binds depends on the numbers drawn."""
    tables["supply_changes"] = [
        {"source": "S", "valid_from": week - timedelta(days=5), "available_percent": 60.0,
         "cause": "shortage"},
    ]  # fmt: skip
    for at, product in enumerate(tables["products"]):
        product["segregation"] = ("a", "b")[at % 2]
    tables["changeovers"] = [
        {"line": "L0", "from_class": one, "to_class": other, "hours": 30.0}
        for one, other in (("a", "b"), ("b", "a"))
    ]
    for suite in tables["suites"]:
        suite["beds"] = int(chance.integers(1, 3))
    _treatment(chance, tables, week)
    tables["carriers"] = [
        {"carrier": "own", "vehicles": int(chance.integers(1, 4)), "vehicle_h_per_day": 12.0,
         "packages_per_trip": 2},
        {"carrier": "post"},
    ]  # fmt: skip
    for at, lane in enumerate(tables["lanes"]):
        lane["carrier"] = ("own", "post")[at % WAYS]


def _treatment(chance: np.random.Generator, tables: Tables, week: date) -> None:
    sites = [site["site"] for site in tables["sites"]]
    products = [product["product"] for product in tables["products"]]
    tables["training"] = [
        {"site": site, "role": "nurse", "ready": week + timedelta(days=2), "count": 1}
        for site in sites[::2]
    ]
    tables["learning"] = [
        {"product": product, "first_percent": 150.0, "halving_doses": 8.0} for product in products
    ]
    tables["experience"] = [
        {"site": site, "product": product, "doses": int(chance.integers(0, 20))}
        for site in sites[1::2]
        for product in products
    ]
    tables["waste_streams"] = [
        {"product": product, "kind": "effluent", "litres": 40.0, "hold_days": 10.0 + 20.0 * at}
        for at, product in enumerate(products)
    ]
    tables["waste_stores"] = [
        {"site": site, "kind": "effluent", "capacity_l": float(chance.integers(100, 600)),
         "held_l": float(chance.integers(0, 200))}
        for site in sites
    ]  # fmt: skip


def with_rules(options: Options, network: Network) -> Options:
    """Options that know the nights of each product."""
    return dataclasses.replace(options, nights=NIGHTS[: network.frame("products").height])
