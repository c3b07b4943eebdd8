"""The exactly planned week inside a replication: its orders planned, then delivered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.errors import BadInputError
from doseline.model.demand import Order, Payer
from doseline.model.ledger import DOSE_ENDINGS, LINKS, unserved_ending
from doseline.model.network import empty_frame
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.routes.clock import MS_PER_DAY, utc_ms
from doseline.simulate.calendar import WINDOW_DAYS
from doseline.simulate.gates import NO_LINK
from doseline.simulate.weeks import CONTINUING, Outcome
from doseline.study.names import listed_key

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.flows import Plan
    from doseline.simulate.pathway import Floats, Ints
    from doseline.simulate.weeks import Orders
    from doseline.study.prepare import Prepared

LINK_OF_LOSS = {
    "batch_failed": "batch_failed",
    "transport": "transport",
    "expired": "transport",
    "patient_hold": "patient_scheduling",
}
"""Link to which a dose is booked that was planned, but not infused."""


class WeekNotServedError(BadInputError):
    """The week to plan lies outside the simulated weeks."""

    def __init__(self, week: date) -> None:
        self.week = week
        super().__init__(
            f"network.toml, plan.week: {week} lies outside the simulated weeks, from the warm-up "
            "to the end of follow-up. Choose a Monday among them."
        )


@dataclass(slots=True, kw_only=True)
class ExactWeek:
    """A dispatch that plans its week exactly and keeps the plan and what was delivered.

    The delivered doses have the columns of ``FLOW_SCHEMA``, and ``withdrawn``.
    """

    prepared: Prepared
    seed: int
    plan: Plan | None = None
    delivered: pl.DataFrame | None = None

    def result(self) -> tuple[Plan, pl.DataFrame]:
        """The plan and what was delivered, once its week has been served."""
        if self.plan is None or self.delivered is None:
            raise WeekNotServedError(self.prepared.network.settings.plan_week)
        return self.plan, self.delivered

    def __call__(self, orders: Orders) -> Outcome:
        """Plan the orders, deliver the plan, and say what became of each order."""
        frame = order_frame(self.prepared, orders)
        network, options = self.prepared.network, self.prepared.options
        self.plan = plan_week(
            network,
            options,
            frame,
            nuclides=self.prepared.reference.nuclides,
            gap=network.settings.plan_gap,
        )
        delivered = deliver(
            self.plan, network, options, nuclides=self.prepared.reference.nuclides, seed=self.seed
        )
        self.delivered = _with_withdrawals(self.prepared, frame["order"], orders, delivered)
        return _outcome(self.prepared, frame["order"], delivered)


def order_frame(prepared: Prepared, orders: Orders) -> pl.DataFrame:
    """The orders of a week as the planner reads them, in their order.

    Orders that the network lists keep their names, windows and promises.
    """
    network = prepared.network
    listed = {listed_key(row.order): row for row in network.rows(Order)}
    sites = [row.site for row in network.rows(Site)]
    products = [row.product for row in network.rows(Product)]
    payers = [row.payer for row in network.rows(Payer)]
    week = network.settings.plan_week
    first, last = (week + timedelta(days=days) for days in WINDOW_DAYS)
    rows = []
    for at in range(len(orders.patient)):
        own = listed.get(int(orders.patient_key[at]))
        rows.append(
            (
                own.order if own else f"sim-{int(orders.key[at]):016x}",
                own.patient if own else f"p-{int(orders.patient_key[at]):016x}",
                products[orders.product[at]],
                sites[orders.site[at]],
                "continuing" if orders.kind[at] == CONTINUING else "new",
                own.earliest if own else first,
                own.latest if own else last,
                payers[orders.payer[at]],
                own.last_infusion if own else None,
                own.ordered if own else None,
                own.promised if own else None,
            )
        )
    return pl.DataFrame(rows, schema=empty_frame("orders").schema, orient="row")


def _with_withdrawals(
    prepared: Prepared, names: pl.Series, orders: Orders, delivered: pl.DataFrame
) -> pl.DataFrame:
    """What was delivered, with a column ``withdrawn``: when the patient left before the infusion.

    Such a dose was made and came, and ends as withdrawn.
    """
    leaves = pl.Series("exit_day", orders.exit_day) * MS_PER_DAY
    origin_ms = utc_ms("UTC", prepared.calendar.origin, 0)
    gone = pl.DataFrame({"order": names, "left_ms": leaves}).filter(pl.col("left_ms").is_finite())
    instant = (origin_ms + pl.col("left_ms")).cast(pl.Int64).cast(pl.Datetime("ms", "UTC"))
    infused = pl.col("ending").is_in(["infused", "infused_late"])
    left = infused & (pl.col("withdrawn") < pl.col("infuse"))
    return delivered.join(
        gone.select("order", withdrawn=instant), on="order", how="left", maintain_order="left"
    ).with_columns(
        ending=pl.when(left).then(pl.lit("withdrawn")).otherwise("ending"),
        withdrawn=pl.when(left).then("withdrawn"),
    )


def _outcome(prepared: Prepared, names: pl.Series, delivered: pl.DataFrame) -> Outcome:
    """What became of each order, in the order of their names."""
    flows = pl.DataFrame({"order": names}).join(
        delivered, on="order", how="left", maintain_order="left"
    )
    ending: Ints = np.array(
        [
            DOSE_ENDINGS.index(row["ending"] or unserved_ending(row["link"]))
            for row in flows.select("ending", "link").iter_rows(named=True)
        ],
        dtype=np.int64,
    )
    lost = pl.col("ending").replace_strict(LINK_OF_LOSS, default=None, return_dtype=pl.String)
    links = flows.select(pl.coalesce("link", lost))["link"]
    link: Ints = np.array(
        [LINKS.index(name) if name else NO_LINK for name in links], dtype=np.int64
    )
    origin = pl.lit(prepared.calendar.origin).cast(pl.Datetime("ms", "UTC"))
    days = flows.select(
        ((pl.col("infuse") - origin).dt.total_milliseconds() / 86_400_000.0).alias("day")
    )["day"]
    day: Floats = days.fill_null(np.inf).to_numpy()
    return Outcome(ending=ending, link=link, day=day)
