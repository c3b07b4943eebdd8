"""The problem of one week as tables: groups of like orders, columns that can serve them, limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.errors import DuplicateOrderError, UnknownInOrdersError
from doseline.plan.limits.conveyances import ride_names, rides
from doseline.plan.limits.fleet import trips
from doseline.plan.limits.of_columns import LIMIT_SCHEMA, USE_SCHEMA, column_limits_of
from doseline.plan.limits.rows import Limits, limits_of
from doseline.plan.orders.fairness import Fairness, base_penalty, penalties
from doseline.plan.orders.terms import (
    REFUSED_SCHEMA,
    allowed,
    profile_terms,
    refused_days,
    terms_of,
    with_profiles,
)
from doseline.plan.supply.batches import Supply, supply_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.robust.hedge import Hedge

ALIKE = ("site", "product", "kind", "earliest", "latest")
"""Orders that agree in these are one integer until they are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What the solver chooses from; every frame's first column counts its rows from 0."""

    groups: pl.DataFrame
    """group, site, product (row numbers), kind, earliest, latest, apart, terms, count, orders
    (names, sorted), profile, promised, fee [currency], penalty [currency].

    The profile is a number that groups with the same site, product, kind and terms share. A group
    with a fee pays it if it is left, or infused on another day than promised."""
    columns: pl.DataFrame
    """column, group, option, run, slot, day, cost [currency], extra [currency], activity_gbq (at
    calibration): each is a way to serve a group. Extra counts in the objective, and is no money
    spent: the price of a move, the penalty that a failure would bring."""
    usable: pl.DataFrame
    """option, and the columns of ``OPTION_SCHEMA``: options of the groups' sites and products; and
    ``apart``, where some are for one group alone."""
    limits: Limits
    supply: Supply
    penalty: float
    """Penalty of leaving a new start that has not waited. [currency]"""
    column_limits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LIMIT_SCHEMA))
    """limit, kind, key, site, most: limits that depend on whose dose it is, numbered on from those
    of options; see :mod:`doseline.plan.limits.of_columns`."""
    column_uses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=USE_SCHEMA))
    """profile, option, limit, use: what one dose of a column takes of them."""
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED_SCHEMA))
    """profile, day, reason: days that orders rule out themselves."""
    hedge: Hedge | None = None
    """Runs that may fail; counts in the objective, and is no money spent."""

    @property
    def limit_rows(self) -> pl.DataFrame:
        """limit, kind, key, site, most of all limits, those of options first."""
        rows = self.limits.rows.select(*LIMIT_SCHEMA)
        return pl.concat([rows, self.column_limits], how="vertical_relaxed")

    def uses(self, columns: pl.DataFrame | None = None) -> pl.DataFrame:
        """column, limit, use: how much of each limit one dose of a column takes.

        Args:
            columns: Some of the columns; without it, all.
        """
        columns = self.columns if columns is None else columns
        pairs = columns.select("column", "option")
        shared = pairs.join(self.limits.uses, on="option").select("column", "limit", "use")
        own = self.own_uses(columns)
        return shared if own.is_empty() else pl.concat([shared, own], how="vertical_relaxed")

    def own_uses(self, columns: pl.DataFrame) -> pl.DataFrame:
        """column, limit, use: the same of the limits that depend on whose dose it is."""
        if self.column_uses.is_empty():
            return columns.clear().select("column", limit="column", use="cost")
        profiles = self.groups.select("group", "profile")
        pairs = columns.select("column", "option", "group").join(profiles, on="group")
        found = pairs.join(self.column_uses, on=["profile", "option"])
        return found.select("column", "limit", "use").sort("column", "limit")


def problem_of(
    network: Network,
    options: Options,
    orders: pl.DataFrame,
    *,
    nuclides: NuclideTable,
    rule: Fairness,
    apart: pl.Series | None = None,
    own: pl.DataFrame | None = None,
    by_chance: bool = False,
) -> Problem:
    """The problem of planning some orders over some options.

    Args:
        network: The network; its opening state counts.
        options: Delivery options of the week.
        orders: Columns of table ``orders``.
        nuclides: Half-lives.
        rule: How a shortage is shared.
        apart: A text for each order; orders that differ in it are told apart, however alike.
        own: Columns of ``OPTION_SCHEMA`` and ``apart``: options for the orders of that text alone,
            which are compared with no others.
        by_chance: Whether ways that differ in how often they are on time are all kept.

    Raises:
        UnknownInOrdersError: If an order names a site or product that is not there.
        DuplicateOrderError: If two orders have one name.
    """
    terms = terms_of(network, options, orders)
    groups = with_profiles(_groups(network, orders, apart, [one.text() for one in terms]), terms)
    of_profile = profile_terms(groups, terms)
    refused = refused_days(of_profile)
    supply = supply_of(network, options, nuclides=nuclides)
    demand = groups.group_by("site", "product", maintain_order=True).agg(pl.col("count").sum())
    usable = _with_own(_usable(network, options, demand, by_chance=by_chance), own)
    limits = limits_of(network, options, usable, demand, nuclides=nuclides)
    own_limits, own_uses = column_limits_of(
        network,
        options,
        orders=orders,
        groups=groups,
        of_profile=of_profile,
        usable=usable,
        limits=limits,
    )
    columns = _numbered(allowed(_columns(options, groups, usable, supply.runs), groups, refused))
    base = _base_penalty(usable, supply, orders.height, fee=_most(groups["fee"]))
    penalty = penalties(groups, week=options.week, base=base, rule=rule)
    return Problem(
        groups=groups.with_columns(penalty),
        columns=columns,
        usable=usable,
        limits=limits,
        supply=supply,
        penalty=base,
        column_limits=own_limits,
        column_uses=own_uses,
        refused=refused,
    )


def _most(values: pl.Series) -> float:
    """The largest of some numbers; 0 without any."""
    return float(values.to_numpy().max(initial=0.0))


def _groups(
    network: Network, orders: pl.DataFrame, apart: pl.Series | None, terms: list[str]
) -> pl.DataFrame:
    """Like orders together, in a fixed order."""
    twice = orders.filter(pl.col("order").is_duplicated())["order"].unique().sort().to_list()
    if twice:
        raise DuplicateOrderError(twice)
    told = pl.lit("") if apart is None else apart
    own = pl.Series(terms, dtype=pl.String)
    numbered = orders.select("order", *ALIKE, told.alias("apart"), own.alias("terms"))
    for table, column in (("sites", "site"), ("products", "product")):
        names = network.frame(table)[column].to_list()
        unknown = sorted(set(orders[column]) - set(names))
        if unknown:
            raise UnknownInOrdersError(column, unknown)
        numbers = {name: number for number, name in enumerate(names)}
        numbered = numbered.with_columns(
            pl.col(column).replace_strict(numbers, return_dtype=pl.Int32)
        )
    key = (*ALIKE, "apart", "terms")
    found = numbered.group_by(key).agg(count=pl.len().cast(pl.Int64), orders=pl.col("order").sort())
    found = found.sort(key).with_row_index("group")
    return found.with_columns(pl.col("group").cast(pl.Int64))


def _usable(
    network: Network, options: Options, demand: pl.DataFrame, *, by_chance: bool
) -> pl.DataFrame:
    """Options that can serve any order, without dominated itineraries.

    Of two itineraries of one run, site and slot, the activity is the same; one that costs no less
    and arrives no later than the other is dominated: whoever uses it can change to the other,
    which the site holds for a shorter time, so no possession limit gets tighter. Equal ones: the
    one more often on time, then the first. Ways that take different vehicles are not compared, nor
    are those that ride on different departures which the orders could fill.

    Args:
        network: Carriers, lanes and departures.
        options: The week's options.
        demand: site, product, count: orders that they may serve.
        by_chance: Whether itineraries are compared only if they are as often on time.
    """
    mine = options.feasible.join(demand, on=["site", "product"], how="semi")
    same = ["product", "batch", "ready_ms", "site", "slot"]
    order = ["cost", "arrive_ms", "on_time", "itinerary"]
    if by_chance:
        mine, same = mine.with_columns(chance="on_time"), [*same, "chance"]
    taken, ridden = trips(network, options), rides(network, options, mine, demand)
    if not taken.is_empty():
        mine, same = mine.join(_vehicles(taken), on="itinerary", how="left"), [*same, "vehicles"]
    mine = mine.sort(
        *same,
        *order,
        descending=[*[False] * (len(same) + 1), True, True, False],
        nulls_last=True,
    )
    if not ridden.is_empty():
        names = ride_names(ridden)
        mine = mine.join(names, on="itinerary", how="left", maintain_order="left")
        # Who leaves the line at another time may have another index.
        index = pl.when(pl.col("rides").is_not_null()).then("transport_index")
        mine, same = mine.with_columns(index=index), [*same, "rides", "index"]
    first = mine.with_row_index("row").select(pl.col("row").first().over(same)).to_series()
    kept = mine.filter(_latest_yet(first.cast(pl.Int64).to_numpy(), mine["arrive_ms"].to_numpy()))
    kept = kept.select(options.rows.columns)
    return kept.with_row_index("option").with_columns(pl.col("option").cast(pl.Int64))


def _latest_yet(group: NDArray[np.int64], arrive_ms: NDArray[np.int64]) -> pl.Series:
    """Whether each row arrives later than all rows of its group before it.

    Groups follow each other on one scale, so that one running maximum is that of each.
    """
    order = np.argsort(group, kind="stable")
    since = arrive_ms - arrive_ms[:1]
    since -= since.min(initial=0)
    scale = (group * (since.max(initial=0) + 1) + since)[order]
    latest = np.ones(group.size, dtype=bool)
    latest[order[1:]] = scale[1:] > np.maximum.accumulate(scale)[:-1]
    return pl.Series(latest)


def _vehicles(taken: pl.DataFrame) -> pl.DataFrame:
    """itinerary, vehicles: the carriers, days and hours of its trips as one text."""
    trip = pl.format("{}|{}|{}", "carrier", "day", "hours")
    return taken.group_by("itinerary").agg(vehicles=trip.sort().str.join(";"))


def _with_own(usable: pl.DataFrame, own: pl.DataFrame | None) -> pl.DataFrame:
    """The usable options, and after them those that some orders have for themselves."""
    if own is None:
        return usable
    more = own.select(*usable.columns[1:], "apart").with_row_index("option", usable.height)
    every = usable.with_columns(apart=pl.lit(None, dtype=pl.String))
    return pl.concat([every, more.with_columns(pl.col("option").cast(pl.Int64))])


def _columns(
    options: Options, groups: pl.DataFrame, usable: pl.DataFrame, runs: pl.DataFrame
) -> pl.DataFrame:
    """Each group with each usable option whose day lies in its window, not yet numbered."""
    days = options.slots.select("slot", "day")
    dated = (
        usable.select(
            "option",
            "site",
            "product",
            "batch",
            "ready_ms",
            "slot",
            "cost",
            *(["apart"] if "apart" in usable.columns else []),
            activity_gbq=pl.col("activity_ready_bq") / 1e9,
        )
        .join(days, on="slot")
        .join(runs.select("run", "batch", "ready_ms"), on=["batch", "ready_ms"])
    )
    windows = groups.select("group", "site", "product", "earliest", "latest", mine="apart")
    whose = pl.col("apart") if "apart" in usable.columns else pl.lit(None, dtype=pl.String)
    found = (
        dated.join(windows, on=["site", "product"])
        .filter(
            pl.col("day").is_between("earliest", "latest")
            & (whose.is_null() | (whose == pl.col("mine")))
        )
        .sort("group", "run", "option")
    )
    return found.select(
        "group",
        "option",
        "run",
        "slot",
        "day",
        "cost",
        "activity_gbq",
        extra=pl.lit(0.0),
    )


def _numbered(columns: pl.DataFrame) -> pl.DataFrame:
    """The columns with their numbers first."""
    numbered = columns.with_row_index("column").with_columns(pl.col("column").cast(pl.Int64))
    return numbered.select(
        "column", "group", "option", "run", "slot", "day", "cost", "activity_gbq", "extra"
    )


def _base_penalty(usable: pl.DataFrame, supply: Supply, orders: int, *, fee: float) -> float:
    """The penalty that no saving outweighs, from the dearest dose and batch of any usable option.

    The dearest fee comes on top of the dose.
    """
    if usable.is_empty():
        return base_penalty(largest_dose=fee, largest_batch=0.0, orders=orders)
    per_gbq = (pl.col("price_per_gbq") / pl.col("per_gbq")).max().alias("per_gbq")
    dearest = supply.draws.group_by("run").agg(per_gbq)
    runs = supply.runs.join(dearest, on="run").select("batch", "ready_ms", "per_gbq")
    priced = usable.join(runs, on=["batch", "ready_ms"], how="left")
    isotope = pl.col("activity_ready_bq") / 1e9 * pl.col("per_gbq").fill_null(0.0)
    dose = priced.select(pl.col("cost") + isotope).to_series()
    return base_penalty(
        largest_dose=float(dose.to_numpy().max()) + fee,
        largest_batch=float(supply.runs["fixed_cost"].to_numpy().max(initial=0.0)),
        orders=orders,
    )
