"""What one site has left: its limits and its supply, and which option of a dose uses how much."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.options import OPTION_SCHEMA
from doseline.plan.limits.fleet import trips
from doseline.plan.limits.rows import POSSESSION, limits_of
from doseline.plan.limits.staffing import STAFF, STAFF_HOURS
from doseline.plan.limits.waste import DAYS_A_WEEK
from doseline.routes.clock import utc_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable
    from doseline.study.headroom_site import Weeks

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

MANY = 10_000
"""Doses that no site takes in a window: a limit that they cannot reach is none."""
EVER_MS = 1 << 53
"""An instant after all others. [ms]"""
BARE = -1
"""Run of an option without supply: a dose that is simply there when its slot starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Options of one site and all that limits them; numbers of rows are those of the arrays."""

    product: Ints
    """Row number of each option's product."""
    slot: Ints
    day: Ints
    """Date of each option's slot, as its proleptic ordinal. [d]"""
    run: Ints
    """``BARE`` without supply."""
    start_ms: Ints
    """Start of synthesis; 0 without supply."""
    infuse_ms: Ints
    activity_gbq: Floats
    """At calibration."""
    resource: NDArray[np.str_]
    """What each limit stands for: a role, else the kind of the plan's limit."""
    most: Floats
    """What the site has of it. [min, beds, GBq, L or h]"""
    starts: Ints
    """Where the uses of each option begin."""
    use_limit: Ints
    use: Floats
    runs: pl.DataFrame
    pools: pl.DataFrame
    draws: pl.DataFrame
    conflicts: frozenset[tuple[int, int]]
    """Pairs of runs of which one at most can be made."""

    def of(self, product: int, day: date, *, bare: bool) -> Ints:
        """Options of a product on a day, either bare or with supply."""
        mine = (self.product == product) & (self.day == day.toordinal())
        found: Ints = np.flatnonzero(mine & ((self.run == BARE) == bare))
        return found

    def uses_of(self, option: int) -> tuple[Ints, Floats]:
        """Limits that one dose of an option uses, and how much."""
        mine = slice(self.starts[option], self.starts[option + 1])
        return self.use_limit[mine], self.use[mine]


@dataclass(slots=True, kw_only=True)
class Left:
    """What is left of a room once some doses are taken."""

    limits: Floats
    doses: Floats
    """Vials of each run."""
    activity_gbq: Floats
    """Activity at calibration of each run. [GBq]"""
    taken_gbq: Floats
    """Activity at calibration that each run makes already. [GBq]"""
    more_gbq: float = 0.0
    """Isotope that each delivery has beyond its own. [GBq]"""

    def copy(self) -> Left:
        """The same, to be changed on its own."""
        return Left(
            limits=self.limits.copy(),
            doses=self.doses.copy(),
            activity_gbq=self.activity_gbq.copy(),
            taken_gbq=self.taken_gbq.copy(),
            more_gbq=self.more_gbq,
        )

    def take(self, room: Room, option: int, count: int = 1) -> None:
        """Take some doses of an option."""
        limit, use = room.uses_of(option)
        np.subtract.at(self.limits, limit, count * use)
        run = int(room.run[option])
        if run != BARE:
            activity_gbq = count * float(room.activity_gbq[option])
            self.doses[run] -= count
            self.activity_gbq[run] -= activity_gbq
            self.taken_gbq[run] += activity_gbq


def all_left(room: Room) -> Left:
    """A room of which nothing is taken."""
    runs = room.runs
    return Left(
        limits=room.most.copy(),
        doses=runs["max_doses"].to_numpy().astype(np.float64),
        activity_gbq=runs["max_activity_gbq"].to_numpy().copy(),
        taken_gbq=np.zeros(runs.height),
    )


def room_of(
    network: Network, weeks: Weeks, *, mondays: Sequence[date], nuclides: NuclideTable
) -> Room:
    """The room of a site by the limits of the weekly plan.

    Beside each delivery option there is a bare one for each product and slot, whose dose is there
    when the slot starts: what chairs, beds, staff and stores can take does not depend on supply.
    Of ways that serve one slot from one run only the last to arrive is kept: whoever takes another
    holds the same vial for longer.
    """
    real = _last_to_arrive(network, weeks)
    bare = _bare(network, weeks, first=real.height)
    options = pl.concat([real, bare])
    limits, uses = _limits(network, weeks, real, bare, mondays=mondays, nuclides=nuclides)
    option = uses["option"].to_numpy()
    slots = weeks.options.slots.select("slot", "day")
    runs = weeks.runs.select("batch", "ready_ms", "run", "start_ms")
    joined = options.join(slots, on="slot", maintain_order="left").join(
        runs, on=["batch", "ready_ms"], how="left", maintain_order="left"
    )
    return Room(
        product=_ints(joined["product"]),
        slot=_ints(joined["slot"]),
        day=np.array([day.toordinal() for day in joined["day"]], dtype=np.int64),
        run=_ints(joined["run"].fill_null(BARE)),
        start_ms=_ints(joined["start_ms"].fill_null(0)),
        infuse_ms=_ints(joined["infuse_ms"]),
        activity_gbq=joined["activity_ready_bq"].to_numpy() / 1e9,
        resource=np.array(limits["resource"].to_list(), dtype=np.str_),
        most=limits["most"].to_numpy(),
        starts=np.searchsorted(option, np.arange(options.height + 1)),
        use_limit=_ints(uses["limit"]),
        use=uses["use"].to_numpy(),
        runs=weeks.runs,
        pools=weeks.pools,
        draws=weeks.draws,
        conflicts=frozenset(weeks.conflicts.select("run", "other").iter_rows()),
    )


def _ints(values: pl.Series) -> Ints:
    found: Ints = values.cast(pl.Int64).to_numpy()
    return found


def _last_to_arrive(network: Network, weeks: Weeks) -> pl.DataFrame:
    """The options that can be used, one for each run and slot.

    Where vehicles or departures are limited every way is kept: they take different ones.
    """
    same = ["product", "batch", "ready_ms", "slot"]
    lanes = network.frame("lanes")
    stated = lanes.select(pl.col("most_transport_index", "most_packages").is_not_null().any())
    if any(stated.row(0)) or not trips(network, weeks.options).is_empty():
        same.append("itinerary")
    order = [*same, "arrive_ms", "cost", "itinerary"]
    falling = [*[False] * len(same), True, False, False]
    feasible = weeks.options.feasible.sort(*order, descending=falling)
    kept = feasible.unique(same, keep="first", maintain_order=True).sort("infuse_ms", *same)
    return kept.with_row_index("option").with_columns(pl.col("option").cast(pl.Int64))


def _bare(network: Network, weeks: Weeks, *, first: int) -> pl.DataFrame:
    """One option for each product and slot, as if its dose fell from the sky."""
    products = network.frame("products").with_row_index("product_number")
    pairs = weeks.options.slots.join(
        products.select("product_number", "activity_gbq"), how="cross", maintain_order="left_right"
    )
    gbq = pl.col("activity_gbq") * 1e9
    filled = pairs.with_row_index("option", offset=first).with_columns(
        product=pl.col("product_number"),
        line=-1,
        batch=-1,
        itinerary=-1,
        ready_ms="start_ms",
        arrive_ms="start_ms",
        infuse_ms="start_ms",
        activity_ready_bq=gbq,
        activity_arrive_bq=gbq,
        activity_infuse_bq=gbq,
        volume_ml=0.0,
        transport_index=0.0,
        cost=0.0,
        on_time=1.0,
        refusal=0,
    )
    kinds = {"option": pl.Int64, **OPTION_SCHEMA}
    return filled.select([pl.col(name).cast(kind) for name, kind in kinds.items()])


def _limits(
    network: Network,
    weeks: Weeks,
    real: pl.DataFrame,
    bare: pl.DataFrame,
    *,
    mondays: Sequence[date],
    nuclides: NuclideTable,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """limit, resource, most; and option, limit, use, by the plan's own limits of each week."""
    demand = real.group_by("site", "product").agg(count=pl.lit(MANY, dtype=pl.Int64))
    days = weeks.options.slots.select("slot", "day")
    slots = pl.concat([real, bare]).select("option", "slot").join(days, on="slot").drop("slot")
    parts = []
    for nth, week in enumerate(mondays):
        options = dataclasses.replace(weeks.options, week=week)
        then = stores_in(network, week)
        # Without demand the plan states no possession limit: a bare dose is held by nobody.
        for usable, wanted in ((real, demand), (bare, demand.clear())):
            found = limits_of(then, options, usable, wanted, nuclides=nuclides)
            uses = found.uses.join(found.rows, on="limit").drop("limit", "site")
            ends = (nth == 0, nth == len(mondays) - 1)
            parts.append(_of_week(uses.join(slots, on="option"), week, ends))
    return _numbered_limits(pl.concat(parts))


def _of_week(uses: pl.DataFrame, week: date, ends: tuple[bool, bool]) -> pl.DataFrame:
    """What of a week's limits counts over several weeks.

    A limit that names its day or slot is the same in every week. Possession is limited by the
    licences of the week of each instant. What a limit counts of a whole week, it counts of each.

    Args:
        uses: kind, key, most, use, option, day.
        week: Its Monday.
        ends: Whether it is the first and the last week.
    """
    end = week + timedelta(days=7)
    of_week = pl.col("key").str.ends_with("|week") | pl.col("key").str.ends_with("|steady")
    until = pl.col("key").str.ends_with("|held")
    instant = pl.col("key").str.split("|").list.last().cast(pl.Int64, strict=False)
    begin_ms = -EVER_MS if ends[0] else utc_ms("UTC", week, 0)
    end_ms = EVER_MS if ends[1] else utc_ms("UTC", end, 0)
    held = (pl.col("kind") == POSSESSION) & (instant >= begin_ms) & (instant < end_ms)
    dated = (pl.col("kind") != POSSESSION) & ~of_week & ~until & ends[0]
    mine = of_week & (pl.col("day") >= week) & (pl.col("day") < end)
    kept = uses.filter(held | dated | mine | (until & (pl.col("day") < end)))
    each = pl.when(of_week | until).then(pl.format("{}|{}", "key", pl.lit(str(week))))
    return kept.with_columns(key=each.otherwise("key")).drop("day")


def stores_in(network: Network, week: date) -> Network:
    """The network whose stores hold, when a week begins, what the planned week's start has left.

    The plan frees the volume of the start evenly from its own Monday on; so it is stated such
    that at the week's end just that is there which has not been freed since the real start.
    """
    stores = network.frame("waste_stores")
    weeks = (week - network.settings.plan_week).days / DAYS_A_WEEK
    if stores.is_empty() or weeks <= 0:
        return network
    streams = network.frame("waste_streams").group_by("kind")
    longest = streams.agg(hold_days=pl.col("hold_days").max())
    shares = 1.0 - DAYS_A_WEEK * (1.0 + weeks) / pl.col("hold_days")
    of_week = 1.0 - DAYS_A_WEEK / pl.col("hold_days")
    share = pl.when(shares > 0).then(shares / of_week).otherwise(0.0).fill_null(0.0)
    joined = stores.join(longest, on="kind", how="left", maintain_order="left")
    held = joined.with_columns(held_l=pl.col("held_l") * share).drop("hold_days")
    return network.replace(waste_stores=held)


def _numbered_limits(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The limits once each, and which option uses how much of them."""
    key = ["kind", "key"]
    rows = found.select(*key, "most").unique(key).sort(key)
    role = pl.col("key").str.split("|").list.get(1, null_on_oob=True)
    of_role = pl.col("kind").is_in((STAFF, STAFF_HOURS))
    rows = rows.select(
        limit=pl.int_range(pl.len(), dtype=pl.Int64),
        resource=pl.when(of_role).then(role).otherwise("kind"),
        most="most",
        kind="kind",
        key="key",
    )
    uses = found.join(rows.select("limit", *key), on=key).select("option", "limit", "use")
    return rows.drop(key), uses.unique(["option", "limit"]).sort("option", "limit")
