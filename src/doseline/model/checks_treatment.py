"""Suites, staff and booked time: whether anyone can be treated."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from doseline.model.checks_base import at, minutes
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network


def check_suites(network: Network) -> Iterator[Finding]:
    """Suites that are closed all week, hold no chair, or are open too briefly."""
    shortest = network.frame("products")["chair_min"].min()
    for index, row in enumerate(network.frame("suites").iter_rows(named=True)):
        open_min = minutes(row["close"]) - minutes(row["open"])
        if open_min <= 0:
            yield at(
                "suites",
                index,
                "close",
                code="suite_closed",
                severity=ERROR,
                found=row["close"],
                allowed=f"> {row['open']}",
            )
        elif isinstance(shortest, int) and open_min < shortest + row["turnover_min"]:
            yield at(
                "suites",
                index,
                "close",
                code="suite_too_short",
                severity=WARNING,
                found=f"{open_min} min",
                allowed=f"≥ {shortest + row['turnover_min']} min",
            )
        if row["chairs"] == 0:
            yield at("suites", index, "chairs", code="no_chairs", severity=WARNING, found="0")


def check_site_suites(network: Network) -> Iterator[Finding]:
    """Sites without a suite."""
    with_suite = set(network.frame("suites")["site"])
    for index, site in enumerate(network.frame("sites")["site"]):
        if site not in with_suite:
            yield at(
                "sites", index, "site", code="site_without_suite", severity=WARNING, found=site
            )


def check_staff(network: Network) -> Iterator[Finding]:
    """Sites with a suite but without a role that an infusion needs."""
    tasks = network.frame("tasks").filter(pl.col("minutes") > 0)
    roles = tasks["role"].unique(maintain_order=True).to_list()
    at_work = network.frame("staff").filter((pl.col("count") > 0) & (pl.col("hours_per_day") > 0))
    working: dict[str, set[str]] = {}
    for site, role in at_work.select("site", "role").iter_rows():
        working.setdefault(site, set()).add(role)
    with_suite = set(network.frame("suites")["site"])
    for index, site in enumerate(network.frame("sites")["site"]):
        lacking = [role for role in roles if role not in working.get(site, set())]
        if site in with_suite and lacking:
            yield at(
                "sites",
                index,
                "site",
                code="staff_missing",
                severity=WARNING,
                found=site,
                roles=", ".join(lacking),
            )


def check_tasks(network: Network) -> Iterator[Finding]:
    """Products whose infusion takes nobody's time."""
    with_task = set(network.frame("tasks")["product"])
    for index, product in enumerate(network.frame("products")["product"]):
        if product not in with_task:
            yield at(
                "products",
                index,
                "product",
                code="product_without_task",
                severity=NOTE,
                found=product,
            )
