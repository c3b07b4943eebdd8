"""Vials of batches that were started: whom each can still serve, when, and by which way.

A vial keeps its product, its activity and, once it has left, its way. It goes to the order that it
was made for, on any slot where its activity is within the product's tolerance. If that order gives
it up, or cannot take it, the vial may go to an order that has no dose: of the same product, where a
package can still reach the site, within tolerance and shelf life. Such a swap asks for a new
identity check. A package under way whose next leg is cancelled, or that nobody awaits, may take
other legs from where it is.

Of a batch with a low yield, a vial may hold less: down to what the tolerance asks at infusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.options import OPTION_SCHEMA
from doseline.plan.errors import ForeignPlanError
from doseline.plan.replan.happened import legs_of

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.replan.happened import Happened

_SLACK = 1e-9
"""Rounding of a tolerance. [unitless]"""
_GBQ = 1e9
_RUN = ["batch", "ready_ms"]
_SCALED = (
    "activity_ready_bq",
    "activity_arrive_bq",
    "activity_infuse_bq",
    "transport_index",
)
"""What of an option is in proportion to the vial's activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vials:
    """Vials, and the options that they give orders."""

    vials: pl.DataFrame
    """vial, order (that it was made for), batch, ready_ms, site, activity_ready_bq (calibration),
    sunk (spent on it, lanes included once it has left) [currency]."""
    rows: pl.DataFrame
    """Columns of ``OPTION_SCHEMA`` with the vial's activity; apart (the order that may use the
    option), vial, least_gbq (what the tolerance asks of it at calibration), cost_left (what is not
    spent yet, in currency)."""


def vials_of(
    network: Network,
    options: Options,
    *,
    before: pl.DataFrame,
    runs: pl.DataFrame,
    orders: pl.DataFrame,
    happened: Happened,
    at_ms: int,
) -> Vials:
    """The vials that exist, and what can still be done with them.

    Args:
        network: The network.
        options: Those of the week, not yet reduced by events.
        before: Of :func:`doseline.plan.replan.before.with_hits`.
        runs: Of :func:`doseline.plan.replan.before.runs_of`.
        orders: order, site, product (row numbers) of orders that want a dose.
        happened: The events.
        at_ms: Instant up to which all has happened. [ms]

    Raises:
        ForeignPlanError: If a dose that was infused is not among the options.
    """
    vials = _existing(network, before, runs)
    rows = options.feasible.join(vials.select(_RUN).unique(), on=_RUN, how="semi")
    ahead = rows.filter(
        (pl.col("infuse_ms") > at_ms) & ~pl.col("slot").is_in(happened.closed["slot"].implode())
    )
    ways = _Ways(options, happened, at_ms)
    awaited = vials.filter(
        ~pl.col("infused") & pl.col("order").is_in(orders["order"].implode()) & ~pl.col("given_up")
    )
    own = (
        _fitting(network, ways.own(awaited), ahead)
        .filter(pl.col("site") == pl.col("vial_site"))
        .with_columns(apart="order")
    )
    free = vials.filter(
        ~pl.col("infused") & ~pl.col("vial").is_in(own["vial"].implode()) | pl.col("freed")
    )
    waiting = orders.join(before.filter(~pl.col("gone")), on="order", how="anti")
    swapped = (
        _fitting(network, ways.all(free), ahead)
        .join(waiting.rename({"order": "apart"}), on=["site", "product"])
        .filter(pl.col("apart") != pl.col("order"))
    )
    given = _infused(vials, rows).with_columns(apart="order")
    return Vials(
        vials=vials.select(
            "vial", "order", "batch", "ready_ms", "site", "activity_ready_bq", "sunk"
        ),
        rows=pl.concat([_option(one) for one in (given, own, swapped)]),
    )


def _existing(network: Network, before: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Vials of batches that were started and did not fail; those that were infused in any case."""
    about = runs.select(
        *_RUN, failed=pl.col("failed").is_not_null(), low=pl.col("low").is_not_null()
    )
    dose_cost = network.frame("batches").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("batch"), pl.col("dose_cost").cast(pl.Float64)
    )
    return (
        before.filter("started")
        .join(about, on=_RUN, how="left", maintain_order="left")
        .filter(~pl.col("failed") | pl.col("infused"))
        .join(dose_cost, on="batch", how="left", maintain_order="left")
        .with_columns(
            sunk=pl.when("departed").then("cost").otherwise("dose_cost"),
            low=pl.col("low") & ~pl.col("departed"),
        )
        .with_row_index("vial")
        .with_columns(pl.col("vial").cast(pl.Int64))
    )


class _Ways:
    """Which ways a vial can still take."""

    def __init__(self, options: Options, happened: Happened, at_ms: int) -> None:
        lost = happened.cancelled["itinerary"].implode()
        left = (
            legs_of(options)
            .filter(pl.col("depart_ms") <= at_ms)
            .join(happened.lost_legs, on=["lane", "depart_ms"], how="anti")
            .group_by("itinerary")
            .agg(behind=pl.format("{}@{}", "lane", "depart_ms").str.join(" > "))
        )
        every = options.itineraries.select("itinerary", "batch", "site", "depart_ms").join(
            left, on="itinerary", how="left"
        )
        self._behind = every.select("itinerary", pl.col("behind").fill_null(""))
        self._open = every.filter(~pl.col("itinerary").is_in(lost)).select(
            "batch",
            "itinerary",
            pl.col("behind").fill_null(""),
            way_site="site",
            ahead=pl.col("depart_ms") > at_ms,
        )

    def own(self, vials: pl.DataFrame) -> pl.DataFrame:
        """Vials with each way to their own site; one under way stays on its own if it can."""
        stays = pl.col("departed") & ~pl.col("cut")
        others = self._others(vials.filter(~stays)).filter(pl.col("way_site") == pl.col("site"))
        return pl.concat([vials.filter(stays), others.drop("way_site").select(vials.columns)])

    def all(self, vials: pl.DataFrame) -> pl.DataFrame:
        """Vials with each way to any site."""
        return self._others(vials).select(vials.columns)

    def _others(self, vials: pl.DataFrame) -> pl.DataFrame:
        """Ways that begin with the legs that the vial has behind it."""
        behind = vials.join(self._behind, on="itinerary", how="left").drop("itinerary")
        waiting = behind.filter(~pl.col("departed")).drop("behind")
        fresh = waiting.join(self._open.filter("ahead").drop("behind", "ahead"), on="batch")
        under_way = behind.filter("departed").join(self._open.drop("ahead"), on=["batch", "behind"])
        return pl.concat([fresh, under_way.select(fresh.columns)])


def _fitting(network: Network, vials: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Option rows by the ways of vials, where the activity is within tolerance.

    Of a vial with a low yield, ``least`` is what the tolerance asks and ``holds`` what it gets at
    most; of another, both are its activity. [Bq at calibration]
    """
    label = network.frame("products").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("product"),
        label=pl.col("activity_gbq") * _GBQ,
        tolerance=pl.col("tolerance_percent") / 100.0,
    )
    pairs = (
        vials.select(
            "vial",
            "order",
            "sunk",
            "low",
            "itinerary",
            *_RUN,
            vial_site="site",
            vial_bq="activity_ready_bq",
            vial_ml="volume_ml",
        )
        .join(rows, on=[*_RUN, "itinerary"])
        .join(label, on="product")
    )
    at_label = pl.col("label") * pl.col("activity_ready_bq") / pl.col("activity_infuse_bq")
    low, high = (at_label * (1.0 + sign * (pl.col("tolerance") + _SLACK)) for sign in (-1.0, 1.0))
    holds = pl.when("low").then(pl.min_horizontal("vial_bq", high)).otherwise("vial_bq")
    return (
        pairs.with_columns(least=low, most=high, holds=holds)
        .filter(pl.col("holds").is_between("least", "most"))
        .with_columns(least=pl.when("low").then("least").otherwise("holds"))
    )


def _infused(vials: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What was infused, as it was.

    Raises:
        ForeignPlanError: If an option is missing.
    """
    vials = vials.filter("infused")
    found = vials.select(
        "vial",
        "order",
        "sunk",
        *_RUN,
        "itinerary",
        "slot",
        vial_ml="volume_ml",
        least="activity_ready_bq",
        holds="activity_ready_bq",
    ).join(rows, on=[*_RUN, "itinerary", "slot"])
    missing = vials.join(found, on="order", how="anti")
    if missing.height:
        raise ForeignPlanError(missing["order"][0])
    return found


def _option(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns that are told, with the activity that the vial holds."""
    exact = pl.col("holds") / pl.col("activity_ready_bq")
    # A vial on the slot that it was made for holds what the option says, to the last digit.
    share = pl.when((exact - 1.0).abs() < _SLACK).then(1.0).otherwise(exact)
    return rows.select(
        *(pl.col(name) for name in OPTION_SCHEMA if name not in (*_SCALED, "volume_ml")),
        *((pl.col(name) * share).alias(name) for name in _SCALED),
        "vial",
        "apart",
        volume_ml="vial_ml",
        least_gbq=pl.col("least") / _GBQ,
        cost_left=(pl.col("cost") - pl.col("sunk")).clip(0.0),
    ).select(*OPTION_SCHEMA, "apart", "vial", "least_gbq", "cost_left")
