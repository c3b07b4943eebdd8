"""Limits of a planned week apart from supply, as rows over options.

- *chair*: chair minutes of a slot: those of the product, longer at a site that is new to it
  (:mod:`doseline.plan.limits.learning`), and the suite's turnover after each infusion.
- *staff*, *staff_hours*, *staff_dose* (:mod:`doseline.plan.limits.staffing`), *bed*
  (:mod:`doseline.plan.limits.beds`), *possession* (:mod:`doseline.plan.limits.possession`), *daily_use*,
  *annual_use* (:mod:`doseline.plan.limits.activity_use`), *waste* (:mod:`doseline.plan.limits.waste`), *fleet*
  (:mod:`doseline.plan.limits.fleet`), *conveyance* (:mod:`doseline.plan.limits.conveyances`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.limits.activity_use import ANNUAL_USE, DAILY_USE, use_limits
from doseline.plan.limits.beds import BED, bed_limits
from doseline.plan.limits.conveyances import CONVEYANCE, conveyance_limits, rides
from doseline.plan.limits.fleet import FLEET, fleet_limits, trips
from doseline.plan.limits.learning import time_factors
from doseline.plan.limits.possession import possession_limits
from doseline.plan.limits.staffing import (
    STAFF,
    STAFF_DOSE,
    STAFF_HOURS,
    dose_limits,
    hours_limits,
    staff_limits,
)
from doseline.plan.limits.waste import WASTE, waste_limits

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

CHAIR, POSSESSION = "chair", "possession"
LINK_OF_LIMIT = {
    FLEET: "transport",
    CONVEYANCE: "transport",
    POSSESSION: "licence_or_possession",
    DAILY_USE: "licence_or_possession",
    ANNUAL_USE: "licence_or_possession",
    WASTE: "licence_or_possession",
    CHAIR: "no_suite",
    STAFF: "no_suite",
    STAFF_HOURS: "no_suite",
    STAFF_DOSE: "no_suite",
    BED: "no_suite",
}
"""Link of the ledger that each kind of limit belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits, and how much of each one dose of an option uses."""

    rows: pl.DataFrame
    """limit, kind, key, site (row number; null: of a carrier or lane), most [min, µSv, beds, GBq,
    L, h, transport index or packages].

    The key says where and when: slot of a chair; site, role and day of staff, slot of its hours,
    "week" of its dose; suite and day, or site and "week", of beds; site, nuclide and instant of
    possession, day or "year" of use; site, kind and "held" or "steady" of waste; carrier and day of
    a fleet; lane and instant of a conveyance. Waste, a "week" and a "year" count all doses of the
    planned week together."""
    uses: pl.DataFrame
    """option, limit, use [as most]: of one dose."""


def limits_of(
    network: Network,
    options: Options,
    usable: pl.DataFrame,
    demand: pl.DataFrame,
    *,
    nuclides: NuclideTable,
) -> Limits:
    """All limits that the usable options touch.

    Args:
        network: The network.
        options: Whose slots, itineraries and nights are meant, and the planned week.
        usable: Options that can be used, with ``option``, ``site``, ``product``, ``slot``,
            ``itinerary`` and the columns of instants and activities of ``OPTION_SCHEMA``.
        demand: site, product, count: orders that might be placed there. Only limits of possession
            and of conveyances that they could reach are stated.
        nuclides: Half-lives.
    """
    placed = _placed(network, options, usable)
    parts = [
        _chairs(placed),
        staff_limits(network, placed),
        hours_limits(network, options, placed),
        dose_limits(network, placed, week=options.week),
    ]
    if any(options.nights):
        parts.append(bed_limits(network, options, placed))
    if not network.frame("waste_stores").is_empty():
        parts.append(waste_limits(network, placed, week=options.week))
    parts.append(fleet_limits(usable, trips(network, options)))
    parts.append(conveyance_limits(usable, rides(network, options, usable, demand)))
    parts.append(possession_limits(network, usable, demand, week=options.week, nuclides=nuclides))
    parts.append(use_limits(network, options, usable))
    return _numbered(pl.concat([part for part in parts if part.height] or parts[:1]))


def _numbered(uses: pl.DataFrame) -> Limits:
    """Limits in a fixed order, and the uses by their numbers.

    Texts are compared once, as numbers that stand for them: there are millions.

    Args:
        uses: option, site, kind, key, most, use.
    """
    kind, key = (
        uses[name].cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)
        for name in ("kind", "key")
    )
    _, first, of = np.unique((kind << 32) + key, return_index=True, return_inverse=True)
    each = uses[first].select("kind", "key", "site", "most").with_row_index("place")
    rows = each.sort("site", "kind", "key").with_row_index("limit")
    rows = rows.with_columns(pl.col("limit").cast(pl.Int64))
    limit = np.empty(first.size, dtype=np.int64)
    limit[rows["place"].to_numpy()] = rows["limit"].to_numpy()
    numbered = uses.select("option", "use", limit=pl.Series(limit[of]))
    used = numbered.filter(pl.col("use") > 0.0).select("option", "limit", "use")
    option = used["option"].to_numpy()
    # By limit, then by option: as one number, which sorts in less than half of the time.
    code = used["limit"].to_numpy() * (option.max(initial=0) + 1) + option
    return Limits(rows=rows.drop("place"), uses=used[np.argsort(code, kind="stable")])


def _placed(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Usable options with the slot, suite and day in which each is infused, and how it takes."""
    products = network.frame("products").with_row_index("number")
    slots = options.slots.select("slot", "suite", "day", minutes="chair_min")
    placed = (
        usable.select("option", "site", "product", "slot")
        .join(slots, on="slot", maintain_order="left")
        .join(_turnover(network), on="suite", maintain_order="left")
        .join(
            products.select("chair_min", product=pl.col("number").cast(pl.Int32)),
            on="product",
            maintain_order="left",
        )
    )
    factors = time_factors(network)
    if factors.is_empty():
        return placed.with_columns(factor=pl.lit(1.0))
    return placed.join(
        factors, on=["site", "product"], how="left", maintain_order="left"
    ).with_columns(pl.col("factor").fill_null(1.0))


def _turnover(network: Network) -> pl.DataFrame:
    """Suite (row number), turnover_min."""
    suites = network.frame("suites").select("turnover_min").with_row_index("suite")
    return suites.with_columns(pl.col("suite").cast(pl.Int32))


def _chairs(placed: pl.DataFrame) -> pl.DataFrame:
    """Chair minutes of each slot of a suite; bookings are taken off where slots are made."""
    return placed.select(
        "option",
        "site",
        kind=pl.lit(CHAIR),
        key=pl.col("slot").cast(pl.String),
        most=pl.col("minutes").cast(pl.Float64),
        use=(pl.col("chair_min") * pl.col("factor") + pl.col("turnover_min")).cast(pl.Float64),
    )
