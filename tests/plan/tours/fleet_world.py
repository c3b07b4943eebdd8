"""The tiny network with an own fleet that brings doses from the line to four sites around it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.folder import load
from doseline.plan.week import plan_week
from doseline.study.planned import options_of
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

TINY = Path(__file__).parents[3] / "examples" / "tiny"
AROUND = {"one": (42.0, -87.9), "two": (42.05, -87.95), "three": (41.6, -87.7)}
"""Sites besides ``near``, with latitude and longitude. [deg]"""


def fleet_network(*, courier: bool = False, vehicles: int = 2) -> Network:
    """Four sites, each with two orders on Tuesday, reached by vans of the maker.

    Args:
        courier: Whether a courier goes there, too, for 90 a package.
        vehicles: Vans of the maker.
    """
    base = load(TINY)
    changed = {name: _copied(base, name) for name in ("sites", "suites", "staff", "licences")}
    carriers = base.frame("carriers")
    van = carriers.filter(carrier="courier").with_columns(
        carrier=pl.lit("van"),
        own=pl.lit(value=True),
        vehicles=pl.lit(vehicles, dtype=pl.Int64),
        vehicle_h_per_day=pl.lit(10.0),
        packages_per_trip=pl.lit(4, dtype=pl.Int64),
        cost_per_km=pl.lit(Decimal(1), dtype=pl.Decimal(38, 6)),
        cost_per_h=pl.lit(Decimal(60), dtype=pl.Decimal(38, 6)),
    )
    lanes = base.frame("lanes")
    to_near = lanes.filter(lane="line-a>near")
    roads = [_lane(to_near, site, "van", 200) for site in ("near", *AROUND)]
    if courier:
        roads += [_lane(to_near, site, "courier", 290) for site in ("near", *AROUND)]
    return base.replace(
        **changed,
        carriers=pl.concat([carriers, van]),
        lanes=pl.concat([lanes.filter(pl.col("lane") != "line-a>near"), *roads]),
        orders=_orders(base),
    )


@cache
def planned_fleet(*, courier: bool = False) -> tuple[Network, Options, Plan]:
    """The network with its options and its plan."""
    net = fleet_network(courier=courier)
    reference = reference_for(net)
    options = options_of(net, reference)
    plan = plan_week(net, options, net.frame("orders"), nuclides=reference.nuclides, gap=0.0)
    return net, options, plan


def _copied(base: Network, table: str) -> pl.DataFrame:
    """A table with the rows of site ``near`` for the other sites, too."""
    frame = base.frame(table)
    column = {"licences": "holder"}.get(table, "site")
    near = frame.filter(pl.col(column) == "near")
    parts = [frame]
    for site, (lat, lon) in AROUND.items():
        mine = near.with_columns(pl.lit(site).alias(column))
        if table == "sites":
            mine = mine.with_columns(lat=pl.lit(lat), lon=pl.lit(lon))
        key = {"suites": "suite", "licences": "licence"}.get(table)
        parts.append(mine.with_columns(pl.lit(f"{site}-{table}").alias(key)) if key else mine)
    return pl.concat(parts)


def _lane(to_near: pl.DataFrame, site: str, carrier: str, cost: int) -> pl.DataFrame:
    return to_near.with_columns(
        lane=pl.lit(f"line-a>{site} {carrier}"),
        to_place=pl.lit(site),
        carrier=pl.lit(carrier),
        cost=pl.lit(Decimal(cost), dtype=pl.Decimal(38, 6)),
    )


def _orders(base: Network) -> pl.DataFrame:
    row = base.frame("orders").filter(order="o1")
    return pl.concat(
        [
            row.with_columns(
                order=pl.lit(f"{site}-1"), patient=pl.lit(f"p-{site}"), site=pl.lit(site)
            )
            for site in ("near", *AROUND)
        ]
    )
