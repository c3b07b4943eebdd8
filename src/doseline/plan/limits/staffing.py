"""Staff of a site: minutes of each role on a day and within a slot, and the dose that they get.

- *staff*: minutes of a role on a day, count x hours a day; who finished training by then counts.
- *staff_hours*: minutes of a role within a slot are no more than count x what of the slot lies
  within the role's hours (:mod:`doseline.routes.shifts`); only for roles with hours.
- *staff_dose*: what all infusions of the planned week give to a role of a site is no more than
  count x the budget of each person, as if they shared it evenly. Those count who are trained by the
  week's Monday.

Minutes are longer at a site that is new to a product (:mod:`doseline.plan.limits.learning`); dose is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.routes.clock import MS_PER_MINUTE
from doseline.routes.shifts import overlaps
from doseline.routes.workdays import with_weekday

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options

STAFF, STAFF_HOURS, STAFF_DOSE = "staff", "staff_hours", "staff_dose"
"""Kinds of the limits."""


def staff_limits(network: Network, placed: pl.DataFrame) -> pl.DataFrame:
    """Minutes of each role at a site on a day; a role that a site lacks has none.

    On a make-up workday those work who work on the weekday that it runs as.

    Args:
        network: Tasks, staff, training and calendars.
        placed: option, site, product, day, factor of the options that can be used.

    Returns:
        option, site, kind, key, most [min], use [min].
    """
    days = _weekdays(network.frame("staff")["weekdays"].unique().to_list())
    staff = network.frame("staff").join(days, on="weekdays", maintain_order="left")
    staff = staff.select(
        "site", "role", "weekday", pl.col("count").cast(pl.Float64), hours="hours_per_day"
    )
    staff = staff.join(numbered(network, "sites", "site"), on="site").drop("site")
    need = with_weekday(
        network, placed.join(_minutes(network), left_on="product", right_on="number")
    )
    both = need.join(
        staff,
        left_on=["site", "role", "weekday"],
        right_on=["number", "role", "weekday"],
        how="left",
    ).with_columns(pl.col("count", "hours").fill_null(0.0))
    both = _with_trained(network, both)
    return both.select(
        "option",
        "site",
        kind=pl.lit(STAFF),
        key=pl.format("{}|{}|{}", "site", "role", "day"),
        most=pl.col("count") * pl.col("hours") * 60.0,
        use=(pl.col("need") * pl.col("factor")).cast(pl.Float64),
    )


def hours_limits(network: Network, options: Options, placed: pl.DataFrame) -> pl.DataFrame:
    """Minutes of each role with hours within a slot.

    Args:
        network: Tasks, staff, training and calendars.
        options: Slots.
        placed: option, site, product, slot, day, factor of the options that can be used.

    Returns:
        option, site, kind, key, most [min], use [min].
    """
    slots = options.slots.join(placed.select("slot").unique(), on="slot", how="semi")
    there = overlaps(network, slots).select(
        "slot",
        "role",
        there_min=(pl.col("until_ms") - pl.col("from_ms")).clip(0) / MS_PER_MINUTE,
    )
    people = _people(network)
    both = (
        placed.join(_minutes(network), left_on="product", right_on="number")
        .join(there, on=["slot", "role"])
        .join(people, on=["site", "role"])
    )
    both = _with_trained(network, both)
    return both.select(
        "option",
        "site",
        kind=pl.lit(STAFF_HOURS),
        key=pl.format("{}|{}|{}", "site", "role", "slot"),
        most=pl.col("count") * pl.col("there_min"),
        use=(pl.col("need") * pl.col("factor")).cast(pl.Float64),
    )


def dose_limits(network: Network, placed: pl.DataFrame, *, week: date) -> pl.DataFrame:
    """Effective dose of each role at a site in the planned week.

    Args:
        network: Tasks, staff and training.
        placed: option, site, product of the options that can be used.
        week: Its Monday.

    Returns:
        option, site, kind, key, most [µSv], use [µSv].
    """
    given = (
        network.frame("tasks")
        .filter(pl.col("dose_usv") > 0)
        .join(numbered(network, "products", "product"), on="product")
        .select("role", "dose_usv", product="number")
    )
    # Who is trained by a day is asked of the frame's ``day``.
    people = _with_trained(network, _people(network).with_columns(day=pl.lit(week)))
    both = placed.join(given, on="product").join(
        people.drop_nulls("budget").drop("day"), on=["site", "role"]
    )
    return both.select(
        "option",
        "site",
        kind=pl.lit(STAFF_DOSE),
        key=pl.format("{}|{}|week", "site", "role"),
        most=pl.col("count") * pl.col("budget"),
        use="dose_usv",
    )


def _weekdays(told: list[str]) -> pl.DataFrame:
    """Weekdays (as told), weekday: the days of the week from 1, which is Monday."""
    rows = [(one, day + 1) for one in told for day in weekday_numbers(one)]
    return pl.DataFrame(rows, schema={"weekdays": pl.String, "weekday": pl.Int8}, orient="row")


def numbered(network: Network, table: str, column: str) -> pl.DataFrame:
    """Names of a table's rows with their row numbers."""
    frame = network.frame(table).with_row_index("number")
    return frame.select(pl.col("number").cast(pl.Int32), column)


def _minutes(network: Network) -> pl.DataFrame:
    """Number (of the product), role, need: routine minutes of an infusion, where there are any."""
    return (
        network.frame("tasks")
        .join(numbered(network, "products", "product"), on="product")
        .filter(pl.col("minutes") > 0)
        .select("number", "role", need="minutes")
    )


def _people(network: Network) -> pl.DataFrame:
    """Site (row number), role, count, budget [µSv]: who works there."""
    staff = network.frame("staff").join(numbered(network, "sites", "site"), on="site")
    return staff.select(
        "role",
        pl.col("count").cast(pl.Float64),
        site="number",
        budget="dose_budget_usv",
    )


def _with_trained(network: Network, need: pl.DataFrame) -> pl.DataFrame:
    """The same with those added to ``count`` who have finished their training by ``day``."""
    training = network.frame("training")
    if training.is_empty():
        return need
    trained = training.join(numbered(network, "sites", "site"), on="site").select(
        "role", "ready", more=pl.col("count").cast(pl.Float64), site="number"
    )
    when = ("site", "role", "day")
    more = (
        need.select(when)
        .unique()
        .join(trained, on=["site", "role"])
        .filter(pl.col("ready") <= pl.col("day"))
        .group_by(when)
        .agg(pl.col("more").sum())
    )
    return need.join(more, on=when, how="left").with_columns(
        pl.col("count") + pl.col("more").fill_null(0.0)
    )
