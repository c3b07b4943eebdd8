"""A typical week of a network as tables: the exact plan's options, put together by batch and site.

Slots and itineraries are no longer told apart, so a site's limits count by the week:

- chair minutes of its weekly slots that any usable option reaches, each slot cut to a multiple of
  the products' chair minutes' greatest common divisor; staff minutes of its days likewise, and who
  is trained by the last of the days that a weekday stands for;
- beds: bed-nights of seven days; waste stores: the steady volume (:mod:`doseline.plan.limits.waste`);
- possession: doses of one slot lie there together just before their infusion, so a slot takes no
  more than the limit divided by the smallest dose.

Hours and dose of staff, use by day and year, and sums over a departure are left out, so that they
only make the exact plan dearer; a suite's turnover counts as the shortest of its site's.

Vehicles of a fleet are summed over all days on which one of its legs may leave; a column takes the
fewest hours of any of its ways. Of runs that conflict on a line one opens, and whole doses are made
in no two of them. Supply changes and training are those of the options' own week.

Each of these holds for every whole plan of one week, so the weekly program is a relaxation of the
exact one, if the windows of its orders lie within seven days. Opening state is left out. So is what
orders bring with them (intervals, cut-offs, promises with their fees, later cycles) and so are
quotas: without them more plans are possible and none costs more, so that it stays a relaxation; but
weeks other than the exactly planned one know nothing of them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.errors import UnknownChangeError
from doseline.plan.limits.fleet import trips
from doseline.plan.supply.batches import Supply, supply_of, with_isotope
from doseline.plan.weekly.caps import site_caps, weekly_slots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

ISOTOPE_UNIT_GBQ = 100.0
"""Isotope that one unit of relaxing adds a week, at reference time. [GBq]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A link that is relaxed: its name, the place, and by how many of the ledger's units."""

    link: str
    """no_suite, licence_or_possession, no_batch_capacity or no_isotope."""
    at: str
    """Site, batch slot or source."""
    units: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Tables of a typical week."""

    columns: pl.DataFrame
    """site, product, run, batch (row numbers); of the typical option: option (row number in
    ``Options.rows``), arrive_ms, infuse_ms, on_time, typical_cost [currency], activity_ready_gbq,
    activity_infuse_gbq; cost and activity_gbq: the least of any option. Sorted by site, product
    and run."""
    caps: pl.DataFrame
    """site, link, most, uses (per dose of each product): limits of a site in a week."""
    supply: Supply
    copies: NDArray[np.float64]
    """Copies of each run that may open."""
    fleet_h: NDArray[np.float64]
    """Least vehicle hours of a dose, shape (carriers, columns). [h]"""
    fleet_most_h: NDArray[np.float64]
    """Vehicle hours of each carrier in a week. [h]"""


def weekly_of(
    network: Network,
    options: Options,
    *,
    nuclides: NuclideTable,
    changes: Iterable[Change] = (),
) -> Weekly:
    """The tables of a typical week of a network.

    Raises:
        UnknownChangeError: If a change cannot be made, or its place is not there.
    """
    supply = supply_of(network, options, nuclides=nuclides, opening=False)
    usable = options.rows.with_row_index("option").filter(pl.col("refusal") == 0)
    slots = weekly_slots(network, options, usable)
    columns = _columns(usable, supply)
    fleet_h, fleet_most_h = _fleets(network, options, usable, columns, supply.runs)
    weekly = Weekly(
        columns=columns,
        caps=site_caps(network, options, usable, slots),
        supply=supply,
        copies=np.ones(supply.runs.height),
        fleet_h=fleet_h,
        fleet_most_h=fleet_most_h,
    )
    for change in changes:
        weekly = _changed(weekly, change, network, slots)
    return weekly


def _changed(weekly: Weekly, change: Change, network: Network, slots: pl.DataFrame) -> Weekly:
    """A week with one link relaxed."""
    runs, sources = weekly.supply.runs["name"], network.frame("sources")["source"]
    sites = network.frame("sites")["site"].to_list()
    if change.link == "no_batch_capacity" and change.at in runs:
        copies = weekly.copies + change.units * (runs == change.at).to_numpy()
        return dataclasses.replace(weekly, copies=copies)
    if change.link == "no_isotope" and change.at in sources:
        more_gbq = change.units * ISOTOPE_UNIT_GBQ
        return dataclasses.replace(weekly, supply=with_isotope(weekly.supply, change.at, more_gbq))
    if change.link in {"no_suite", "licence_or_possession"} and change.at in sites:
        return _with_room(weekly, change, sites.index(change.at), slots)
    raise UnknownChangeError(change.link, at=change.at)


def _with_room(weekly: Weekly, change: Change, site: int, slots: pl.DataFrame) -> Weekly:
    """A week with more slots at a site, or with a higher possession limit.

    A slot more has chair minutes, staff and beds alike, as much as the site's share for each slot;
    a dose more is the largest that the limit knows.
    """
    number = slots.filter(pl.col("site") == site).height
    mine = (pl.col("site") == site) & (pl.col("link") == change.link)
    largest = pl.col("uses").list.max()
    per_unit = largest if change.link != "no_suite" else pl.col("most") / max(number, 1)
    most = pl.when(mine).then(pl.col("most") + change.units * per_unit).otherwise("most")
    return dataclasses.replace(weekly, caps=weekly.caps.with_columns(most=most))


def _columns(usable: pl.DataFrame, supply: Supply) -> pl.DataFrame:
    """One row a site, product and run, with its least cost and activity and its typical option.

    Typical is the option whose cost and cheapest isotope sum to the least, then the earliest
    infusion. The least cost and the least activity may come from different options.
    """
    key = ("site", "product", "run")
    isotope = supply.draws.group_by("run").agg(
        price=(pl.col("price_per_gbq") / pl.col("per_gbq")).min()
    )
    runs = supply.runs.select("run", "batch", "ready_ms").join(isotope, on="run", how="left")
    whole = pl.col("cost") + pl.col("price").fill_null(0.0) * pl.col("activity_ready_bq") / 1e9
    found = (
        usable.join(runs, on=["batch", "ready_ms"])
        .with_columns(whole=whole)
        .sort(
            *key, "whole", "infuse_ms", "on_time", "option", descending=[False] * 5 + [True, False]
        )
    )
    return found.group_by(key, maintain_order=True).agg(
        pl.col("batch", "option", "arrive_ms", "infuse_ms", "on_time").first(),
        typical_cost=pl.col("cost").first(),
        activity_ready_gbq=pl.col("activity_ready_bq").first() / 1e9,
        activity_infuse_gbq=pl.col("activity_infuse_bq").first() / 1e9,
        cost=pl.col("cost").min(),
        activity_gbq=pl.col("activity_ready_bq").min() / 1e9,
    )


def _fleets(
    network: Network,
    options: Options,
    usable: pl.DataFrame,
    columns: pl.DataFrame,
    runs: pl.DataFrame,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least hours of a dose of each column by carrier, and hours of each carrier in a week."""
    taken = trips(network, options).join(
        usable.select("itinerary").unique(), on="itinerary", how="semi"
    )
    days = taken.group_by("carrier").agg(pl.col("day").n_unique(), pl.col("most_h").first())
    fleets = days.sort("carrier").with_columns(most=pl.col("day") * pl.col("most_h"))
    hours = np.zeros((fleets.height, columns.height))
    key = ["site", "product", "run"]
    numbered = columns.select(*key, column=pl.int_range(pl.len()))
    ways = (
        usable.join(runs.select("run", "batch", "ready_ms"), on=["batch", "ready_ms"])
        .select(*key, "itinerary")
        .unique()
    )
    for row, carrier in enumerate(fleets["carrier"]):
        each = taken.filter(carrier=carrier).group_by("itinerary").agg(pl.col("hours").sum())
        least = (
            ways.join(each, on="itinerary", how="left")
            .group_by(key)
            .agg(pl.col("hours").fill_null(0.0).min())
            .join(numbered, on=key)
        )
        hours[row, least["column"].to_numpy()] = least["hours"].to_numpy()
    return hours, fleets["most"].to_numpy().astype(np.float64)
