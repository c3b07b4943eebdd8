"""Hours and dose of staff, limits of licences on use, and limits of departures: whether they can work."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from doseline.model.checks_base import at, minutes
from doseline.model.findings import NOTE, WARNING, Finding
from doseline.model.network import Network

_DAY_MIN = 24 * 60


def check_staff_hours(network: Network) -> Iterator[Finding]:
    """Roles that a product needs at one site, but that are never there together for long enough."""
    staff = network.frame("staff")
    hours = {(row["site"], row["role"]): row for row in staff.iter_rows(named=True)}
    tasks = network.frame("tasks").filter(pl.col("minutes") > 0)
    needs = tasks.group_by("product", maintain_order=True).agg("role", pl.col("minutes").max())
    told: set[int] = set()
    for site in staff["site"].unique(maintain_order=True):
        for product, roles, longest in needs.iter_rows():
            rows = [hours[site, role] for role in roles if (site, role) in hours]
            bounded = [row for row in rows if row["start"] != row["end"]]
            index = staff.select((pl.col("site") == site).arg_true()).to_series()[0]
            if bounded and index not in told and _together(bounded) < longest:
                told.add(index)
                yield at(
                    "staff",
                    index,
                    "start",
                    code="hours_apart",
                    severity=WARNING,
                    found=f"{max(_together(bounded), 0)} min",
                    allowed=f"≥ {longest} min",
                    site=site,
                    product=product,
                )


def _together(rows: list[dict[str, str]]) -> int:
    """Minutes for which all roles are there; hours that end before they start end the next date."""
    begins = [minutes(row["start"]) for row in rows]
    ends = [
        minutes(row["end"]) + (_DAY_MIN if minutes(row["end"]) < begin else 0)
        for row, begin in zip(rows, begins, strict=True)
    ]
    return min(ends) - max(begins)


def check_staff_dose(network: Network) -> Iterator[Finding]:
    """Dose budgets of a role at a site that no single infusion keeps."""
    given = network.frame("tasks").filter(pl.col("dose_usv") > 0)
    least = dict(given.group_by("role").agg(pl.col("dose_usv").min()).iter_rows())
    for index, row in enumerate(network.frame("staff").iter_rows(named=True)):
        budget, dose = row["dose_budget_usv"], least.get(row["role"])
        if budget is not None and dose is not None and row["count"] * budget < dose:
            yield at(
                "staff",
                index,
                "dose_budget_usv",
                code="budget_below_dose",
                severity=WARNING,
                found=f"{row['count'] * budget:g} µSv",
                allowed=f"≥ {dose:g} µSv",
                site=row["site"],
            )


def check_use(network: Network) -> Iterator[Finding]:
    """Limits on use that nobody keeps to, or that are spent."""
    for index, row in enumerate(network.frame("licences").iter_rows(named=True)):
        for column in ("daily_gbq", "annual_gbq"):
            if row[column] is not None and row["operation"] != "treat":
                yield at(
                    "licences",
                    index,
                    column,
                    code="use_not_treated",
                    severity=NOTE,
                    found=f"{row[column]:g} GBq",
                    holder=row["holder"],
                )
        if row["annual_gbq"] is not None and row["annual_used_gbq"] >= row["annual_gbq"]:
            yield at(
                "licences",
                index,
                "annual_used_gbq",
                code="annual_use_spent",
                severity=WARNING,
                found=f"{row['annual_used_gbq']:g} GBq",
                allowed=f"< {row['annual_gbq']:g} GBq",
                holder=row["holder"],
            )


def check_departure_limits(network: Network) -> Iterator[Finding]:
    """Limits of departures on lanes that have none."""
    timed = set(network.frame("departures")["lane"])
    for index, row in enumerate(network.frame("lanes").iter_rows(named=True)):
        for column in ("most_transport_index", "most_packages"):
            if row[column] is not None and row["lane"] not in timed:
                yield at(
                    "lanes",
                    index,
                    column,
                    code="limit_without_departure",
                    severity=NOTE,
                    found=f"{row[column]:g}",
                    lane=row["lane"],
                )
