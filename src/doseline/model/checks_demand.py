"""Demand, payers, orders and the opening state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from doseline.model.checks_base import at, horizon, last_day, listed
from doseline.model.demand import GATES
from doseline.model.findings import ERROR, NETWORK, NOTE, WARNING, Finding
from doseline.model.network import Network

WHOLE_PERCENT = 100.0
MIX_ROUNDING = 0.05
"""Percentage points by which rounded shares may miss their sum."""
ESSENTIAL = ("evidence", "products", "lines", "batches", "lanes", "sites", "suites")
"""Tables without a row of which no dose can be planned."""
EXPECTED = ("sources", "lots", "licences", "regions", "incidence", "payers")
"""Tables without a row of which a part of the answer is empty."""


def check_rows(network: Network) -> Iterator[Finding]:
    """Tables that need rows and have none."""
    for table in (*ESSENTIAL, *EXPECTED):
        if network.frame(table).is_empty():
            severity = ERROR if table in ESSENTIAL else WARNING
            yield at(table, None, "", code="no_rows", severity=severity, found=table)


def check_weeks(network: Network) -> Iterator[Finding]:
    """Weeks that start on no Monday, and a planned week outside the period followed up."""
    settings = network.settings
    for column, day in (("cohort.start", settings.cohort_start), ("plan.week", settings.plan_week)):
        if day.weekday() != 0:
            yield at(
                NETWORK,
                None,
                column,
                code="not_a_monday",
                severity=ERROR,
                found=day,
                allowed=f"{day - timedelta(days=day.weekday())}, "
                f"{day + timedelta(days=7 - day.weekday())}",
            )
    first, last = settings.cohort_start, last_day(network)
    if not first <= settings.plan_week <= last:
        yield at(
            NETWORK,
            None,
            "plan.week",
            code="plan_week_outside",
            severity=ERROR,
            found=settings.plan_week,
            allowed=f"{first} … {last}",
        )


def check_gates(network: Network) -> Iterator[Finding]:
    """Products whose pathway lacks a gate, and gates whose times contradict each other."""
    gates: dict[str, set[str]] = {}
    frame = network.frame("pathways")
    for product, gate in frame.select("product", "gate").iter_rows():
        gates.setdefault(product, set()).add(gate)
    for index, product in enumerate(network.frame("products")["product"]):
        missing = [gate for gate in GATES if gate not in gates.get(product, set())]
        if missing:
            yield at(
                "products",
                index,
                "product",
                code="gates_missing",
                severity=ERROR,
                found=product,
                gates=listed(missing),
            )
    for table in ("pathways", "payers"):
        for index in _shorter_p90(network.frame(table)):
            yield at(
                table,
                index,
                "p90_days",
                code="p90_below_median",
                severity=ERROR,
                found=f"{network.frame(table)['p90_days'][index]:g} d",
                allowed=f"≥ {network.frame(table)['median_days'][index]:g} d",
            )


def _shorter_p90(frame: pl.DataFrame) -> list[int]:
    """Rows whose 90 % point lies below the median."""
    return (frame["p90_days"] < frame["median_days"]).arg_true().to_list()


def check_payer_mix(network: Network) -> Iterator[Finding]:
    """Payer mixes that do not sum to 100 %."""
    mix = network.frame("payer_mix").with_row_index("index")
    sums = mix.group_by("product").agg(pl.col("share_percent").sum(), pl.col("index").min())
    by_product = {product: (total, index) for product, total, index in sums.iter_rows()}
    for place, product in enumerate(network.frame("products")["product"]):
        if product not in by_product:
            yield at(
                "products",
                place,
                "product",
                code="payer_mix_missing",
                severity=ERROR,
                found=product,
            )
            continue
        total, index = by_product[product]
        if abs(total - WHOLE_PERCENT) > MIX_ROUNDING:
            yield at(
                "payer_mix",
                index,
                "share_percent",
                code="payer_mix_sum",
                severity=ERROR,
                found=f"{total:g} %",
                allowed="100 %",
                product=product,
            )


def check_demand(network: Network) -> Iterator[Finding]:
    """Products without incidence or without a scanner that images for them."""
    incident = network.frame("incidence").filter(pl.col("per_year") > 0)
    scanned = network.frame("scanners").filter(pl.col("slots_per_week") > 0)
    needed = (("product_without_incidence", incident), ("product_without_scanner", scanned))
    products = network.frame("products")["product"]
    without = {name: set(products) - set(frame["product"]) for name, frame in needed}
    for index, product in enumerate(products):
        if product in without["product_without_incidence"]:
            yield at(
                "products",
                index,
                "product",
                code="product_without_incidence",
                severity=WARNING,
                found=product,
            )
        if product in without["product_without_scanner"]:
            yield at(
                "products",
                index,
                "product",
                code="product_without_scanner",
                severity=WARNING,
                found=product,
            )


def check_orders(network: Network) -> Iterator[Finding]:
    """Orders whose days are reversed or lie outside the planned week."""
    first = network.settings.plan_week
    last = first + timedelta(days=6)
    frame = network.frame("orders").select("earliest", "latest")
    for index, (earliest, latest) in enumerate(frame.iter_rows()):
        if earliest > latest:
            yield at(
                "orders",
                index,
                "latest",
                code="dates_reversed",
                severity=ERROR,
                found=latest,
                allowed=f"≥ {earliest}",
            )
        elif latest < first or earliest > last:
            yield at(
                "orders",
                index,
                "earliest",
                code="order_outside_week",
                severity=WARNING,
                found=f"{earliest} … {latest}",
                allowed=f"{first} … {last}",
            )


def check_opening(network: Network) -> Iterator[Finding]:
    """Doses used before they arrive, courses that are complete, bookings outside the period."""
    for index, row in enumerate(network.frame("in_flight").iter_rows(named=True)):
        if row["arrives"] > row["infuse"]:
            yield at(
                "in_flight",
                index,
                "infuse",
                code="used_before_arrival",
                severity=ERROR,
                found=row["infuse"].isoformat(),
                allowed=f"≥ {row['arrives'].isoformat()}",
            )
    products = network.frame("products")
    cycles = dict(zip(products["product"], products["cycles_max"], strict=True))
    for index, row in enumerate(network.frame("courses").iter_rows(named=True)):
        if row["doses_given"] >= cycles[row["product"]]:
            yield at(
                "courses",
                index,
                "doses_given",
                code="course_complete",
                severity=ERROR,
                found=row["doses_given"],
                allowed=f"≤ {cycles[row['product']] - 1}",
            )
    first, last = horizon(network)
    for index, day in enumerate(network.frame("booked")["day"]):
        if not first <= day <= last:
            yield at(
                "booked",
                index,
                "day",
                code="booking_outside",
                severity=NOTE,
                found=day,
                allowed=f"{first} … {last}",
            )
