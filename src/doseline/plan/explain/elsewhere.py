"""The asked order at the sites nearest to its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.checks_transport import great_circle_km
from doseline.plan.explain.asked import ways_at
from doseline.plan.explain.conflict import room_of
from doseline.plan.explain.facts import SLACK
from doseline.plan.orders.terms import allowed

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.explain.asked import Asked
    from doseline.plan.explain.facts import Facts

MOST_SITES = 6
"""Nearest sites that are looked at."""


def nearest_sites(asked: Asked, network: Network) -> list[tuple[int, float]]:
    """Sites (row numbers) that treat the order's product this week, with the distance in [km].

    No farther than patients go. Only sites with an order for the product are known here: the
    problem holds no other's options.
    """
    row = asked.problem.groups.row(asked.group, named=True)
    known = asked.problem.usable.filter(
        pl.col("product") == row["product"], pl.col("site") != row["site"]
    )["site"].unique()
    sites = (
        network.frame("sites")
        .with_row_index("number")
        .with_columns(pl.col("number").cast(pl.Int32))
    )
    here = sites.row(row["site"], named=True)
    far = (
        sites.filter(pl.col("number").is_in(known.implode()))
        .select(
            "number",
            from_lat=pl.lit(here["lat"]),
            from_lon=pl.lit(here["lon"]),
            to_lat="lat",
            to_lon="lon",
        )
        .select("number", km=great_circle_km())
        .filter(pl.col("km") <= _reach_km(network, row["product"]))
        .sort("km", "number")
    )
    return list(far.head(MOST_SITES).iter_rows())


def _reach_km(network: Network, product: int) -> float:
    """How far patients of a product go; any distance where the network does not say. [km]"""
    name = network.frame("products")["product"][product]
    gates = network.frame("pathways").filter(pl.col("gate") == "reach", pl.col("product") == name)
    most = gates["max_km"].drop_nulls().to_list()
    return float(min(most, default=np.inf))


def moved_to(facts: Facts, options: Options, site: int) -> Asked | None:
    """The same with the order at another site in its window, if that has room as things stand.

    Args:
        facts: The facts, and the plan, which leaves the order.
        options: For days.
        site: The other site (row number).
    """
    asked, problem = facts.asked, facts.problem
    row = problem.groups.row(asked.group, named=True)
    terms = _terms_there(asked, site)
    if terms is None:
        return None
    days = options.slots.select("slot", "day").filter(
        pl.col("day").is_between(pl.lit(row["earliest"]), pl.lit(row["latest"]))
    )
    if asked.past is not None and asked.past.not_before is not None:
        days = days.filter(pl.col("day") >= asked.past.not_before)
    own = ways_at(problem, site, row["product"], days, asked.past)
    # A day that the order rules out is ruled out anywhere; a promised day left costs its fee.
    mine = problem.groups.filter(pl.col("group") == asked.group)
    own = allowed(own.with_columns(group=pl.lit(asked.group, pl.Int64)), mine, problem.refused)
    own = own.select(problem.columns.columns)
    if not _has_room(facts, own):
        return None
    rest = problem.columns.filter(pl.col("group") != asked.group)
    columns = pl.concat([rest, own]).with_columns(
        column=pl.int_range(rest.height + own.height, dtype=pl.Int64)
    )
    last = pl.col("group") == asked.group
    groups = problem.groups.with_columns(
        pl.when(last).then(pl.lit(value)).otherwise(name).cast(kind).alias(name)
        for name, value, kind in (
            (name, value, problem.groups.schema[name])
            for name, value in {"site": site, **terms}.items()
        )
    )
    return replace(
        asked,
        problem=replace(problem, groups=groups, columns=columns),
        beyond=np.zeros(columns.height, dtype=bool),
        doses=np.concatenate([asked.doses[: rest.height], np.zeros(own.height)]),
    )


def _terms_there(asked: Asked, site: int) -> dict[str, Any] | None:
    """What the order's group says there of whose dose it is; None if that is not known."""
    groups = asked.problem.groups
    if asked.problem.column_uses.is_empty():
        return {}
    row = groups.row(asked.group, named=True)
    alike = groups.filter(
        pl.col("site") == site,
        *(pl.col(name) == row[name] for name in ("product", "kind", "terms")),
    )
    return None if alike.is_empty() else {"profile": alike["profile"][0]}


def _has_room(facts: Facts, own: pl.DataFrame) -> bool:
    """Whether a column has room in vials, activity and the limits of its option."""
    room = room_of(facts)
    run = own["run"].to_numpy()
    fits = (room[facts.vials.slice][run] >= 1.0) & (
        room[facts.activity.slice][run] >= own["activity_gbq"].to_numpy() * (1.0 - SLACK)
    )
    left = pl.Series(room[facts.limits.slice])
    uses = facts.problem.limits.uses.join(own.select("option"), on="option", how="semi")
    short = uses.filter(left.gather(uses["limit"]) < uses["use"] * (1.0 - SLACK))["option"]
    return not own.filter(fits).filter(~pl.col("option").is_in(short.implode())).is_empty()
