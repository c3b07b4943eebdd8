"""An independent look at a plan: every limit counted again from the tables, one dose at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.plan.checker_network import network_faults
from tests.plan.oracle_network import slower
from tests.plan.worlds import T_H

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TOLERANCE = 1e-6
Rows = list[dict[str, Any]]


def faults(plan: Plan, net: Network, options: Options, orders: pl.DataFrame) -> list[str]:
    """Sentences about everything that a plan breaks; zones are UTC in these worlds."""
    flows = plan.flows.to_dicts()
    served = [flow for flow in flows if flow["batch"] is not None]
    found = [*_orders(flows, orders), *_options(served, net, options)]
    found += [*_batches(served, net), *_isotope(plan, served, net)]
    found += [*_chairs(served, net, options), *_possession(served, net)]
    found += network_faults(served, net, options)
    return [*found, *_cost(plan, flows, served, net)]


def _by(net: Network, table: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in net.frame(table).iter_rows(named=True)}


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600.0


def _left(hours: float) -> float:
    return float(2.0 ** (-hours / T_H))


def _orders(flows: Rows, orders: pl.DataFrame) -> Iterator[str]:
    wanted = {row["order"]: row for row in orders.iter_rows(named=True)}
    if [flow["order"] for flow in flows] != orders["order"].to_list():
        yield "orders are missing or out of sequence"
    for flow in flows:
        order = wanted[flow["order"]]
        if any(flow[key] != order[key] for key in ("patient", "product", "site", "kind", "payer")):
            yield f"{flow['order']} is not what was ordered"
        if flow["batch"] is None:
            if flow["link"] is None or flow["reason"] is None:
                yield f"{flow['order']} is left without a reason"
        elif not order["earliest"] <= flow["infuse"].date() <= order["latest"]:
            yield f"{flow['order']} is infused outside its window"


def _options(served: Rows, net: Network, options: Options) -> Iterator[str]:
    names = {
        table: net.frame(table)[key].to_list()
        for table, key in (("batches", "batch"), ("sites", "site"), ("suites", "suite"))
    }
    suite_of = dict(options.slots.select("slot", "suite").iter_rows())
    lanes = dict(options.itineraries.select("itinerary", "lanes").iter_rows())
    offered = {
        (
            names["batches"][row["batch"]],
            names["sites"][row["site"]],
            names["suites"][suite_of[row["slot"]]],
            lanes[row["itinerary"]],
            row["infuse_ms"],
            row["arrive_ms"],
        )
        for row in options.feasible.iter_rows(named=True)
    }
    for flow in served:
        key = (
            flow["batch"],
            flow["site"],
            flow["suite"],
            flow["lanes"],
            round(flow["infuse"].timestamp() * 1000),
            round(flow["arrive"].timestamp() * 1000),
        )
        if key not in offered:
            yield f"{flow['order']} uses no option"


def _batches(served: Rows, net: Network) -> Iterator[str]:
    doses: dict[str, int] = defaultdict(int)
    activity: dict[str, float] = defaultdict(float)
    for flow in served:
        doses[flow["batch"]] += 1
        activity[flow["batch"]] += flow["activity_ready_gbq"]
    for name, row in _by(net, "batches", "batch").items():
        if doses[name] > row["max_doses"]:
            yield f"{name} makes {doses[name]} vials of {row['max_doses']}"
        if activity[name] > row["max_activity_gbq"] * (1 + TOLERANCE):
            yield f"{name} makes too much activity"


def _isotope(plan: Plan, served: Rows, net: Network) -> Iterator[str]:
    """Deliveries fill the batches in the order of their starts, the oldest isotope first.

    With one lot a line that is in time, or deliveries that any later batch may also use, this
    greedy is enough to prove that there was isotope for all.
    """
    used: dict[str, float] = defaultdict(float)
    for row in plan.lots.iter_rows(named=True):
        used[row["lot"]] += row["used_gbq"] / row["capacity_gbq"]
        if used[row["lot"]] > 1 + TOLERANCE:
            yield f"{row['lot']} gives more than it has"
    need: dict[str, float] = defaultdict(float)
    starts = {row["batch"]: row["start"] for row in plan.batches.iter_rows(named=True)}
    batches = _by(net, "batches", "batch")
    for flow in served:
        row = batches[flow["batch"]]
        back = _left(-row["synthesis_h"]) / (row["yield_percent"] / 100.0)
        need[flow["batch"]] += flow["activity_ready_gbq"] * back
    for line in net.frame("lines")["line"]:
        mine = sorted((starts[name], name) for name in need if batches[name]["line"] == line)
        lots = [row for row in plan.lots.iter_rows(named=True) if row["line"] == line]
        stock = {(row["lot"], row["reference"]): row["used_gbq"] for row in lots}
        for start, name in mine:
            for (lot, reference), have in sorted(stock.items(), key=lambda item: item[0][1]):
                lead = timedelta(hours=_by(net, "lots", "lot")[lot]["lead_h"])
                if reference + lead > start:
                    continue
                fresh = _left(_hours(start - reference))
                taken = min(have, need[name] / fresh)
                stock[lot, reference] -= taken
                need[name] -= taken * fresh
    short = {name: gbq for name, gbq in need.items() if gbq > 1e-4}
    if short:
        yield f"batches without isotope: {short}"


def _chairs(served: Rows, net: Network, options: Options) -> Iterator[str]:
    products = _by(net, "products", "product")
    taken: dict[tuple[str, datetime], float] = defaultdict(float)
    for flow in served:
        minutes = products[flow["product"]]["chair_min"]
        longer = slower(net, flow["site"], flow["product"])
        taken[flow["suite"], flow["infuse"]] += minutes * longer
    suites = net.frame("suites")["suite"].to_list()
    for row in options.slots.iter_rows(named=True):
        start = datetime.fromtimestamp(row["start_ms"] / 1000, tz=UTC)
        if taken[suites[row["suite"]], start] > row["chair_min"] + TOLERANCE:
            yield f"{suites[row['suite']]} is too full at {start}"


def _possession(served: Rows, net: Network) -> Iterator[str]:
    residual = {
        name: row["residual_percent"] / 100 for name, row in _by(net, "products", "product").items()
    }
    for licence in net.frame("licences").iter_rows(named=True):
        if licence["possession_gbq"] is None:
            continue
        mine = [flow for flow in served if flow["site"] == licence["holder"]]
        for now in {flow["arrive"] for flow in mine}:
            held = sum(
                flow["activity_infuse_gbq"]
                * _left(_hours(now - flow["infuse"]))
                * (1.0 if now <= flow["infuse"] else residual[flow["product"]])
                for flow in mine
                if flow["arrive"] <= now
            )
            if held > licence["possession_gbq"] * (1 + TOLERANCE):
                yield f"{licence['holder']} holds {held} GBq at {now}"


def _cost(plan: Plan, flows: Rows, served: Rows, net: Network) -> Iterator[str]:
    """The objective is the sum of its parts; penalties are what is left, and positive."""
    batches = _by(net, "batches", "batch")
    opened = plan.batches.filter(pl.col("open"))["batch"].to_list()
    if {flow["batch"] for flow in served} != set(opened):
        yield "open batches are not those that make doses"
    money = sum(flow["cost"] for flow in served) + plan.lots["cost"].sum()
    money += sum(float(batches[name]["fixed_cost"]) for name in opened)
    left = len(flows) - len(served)
    penalties = plan.objective - money
    if abs(penalties) > 1e-6 * max(1.0, abs(plan.objective)) and not left:
        yield f"{penalties} of the objective has no source"
    if left and penalties < money / max(1, len(served)):
        yield "orders are left cheaply"
    if plan.bound > plan.objective or plan.gap < 0:
        yield "the bound is above the plan"
