"""A week later the same plan comes a week later, but for sites whose clocks do not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.io.folder import load
from doseline.io.reference import nuclide_table
from doseline.model.network import empty_frame
from doseline.plan.week import plan_week
from doseline.routes.options import build_options

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network

TINY = Path(__file__).parents[2] / "examples" / "tiny"
INSTANTS = ("ready", "depart", "arrive", "infuse")
HOUR = timedelta(hours=1)


@cache
def tiny() -> Network:
    return load(TINY)


def shifted(network: Network, weeks: int) -> Network:
    """All days and instants of a network so many weeks later."""
    later = timedelta(weeks=weeks)
    kinds = (pl.Date, pl.Datetime("us", "UTC"))
    frames = {
        name: frame.with_columns(pl.col(kind) + later for kind in kinds)
        for name, frame in network.frames.items()
    }
    settings = replace(network.settings, plan_week=network.settings.plan_week + later)
    return replace(network, frames=frames, settings=settings)


def planned(network: Network) -> Plan:
    nuclides = nuclide_table()
    options = build_options(network, nuclides=nuclides, week=network.settings.plan_week)
    return plan_week(network, options, network.frame("orders"), nuclides=nuclides, gap=0.0)


def earlier(plan: Plan, weeks: int) -> pl.DataFrame:
    return plan.flows.with_columns(pl.col(INSTANTS) - timedelta(weeks=weeks))


@pytest.mark.parametrize("weeks", [1, 10, 23])
def test_a_week_later_the_plan_is_the_same_a_week_later(weeks: int) -> None:
    """From May to October, in which no clock changes."""
    before, after = planned(tiny()), planned(shifted(tiny(), weeks))
    assert earlier(after, weeks).equals(before.flows)
    assert (after.objective, after.bound) == (before.objective, before.bound)


def around_the_change(weeks: int) -> Plan:
    """The week of 2 March 2026, whose Sunday night loses an hour, or that after it.

    The second site keeps the time of Phoenix, which is never changed. Possession is not limited,
    and nothing is left from before, so that all doses that can be made are.
    """
    week = date(2026, 3, 2)
    back = (week - tiny().settings.plan_week).days // 7
    one = shifted(tiny(), back)
    open_ended = one.frame("licences").with_columns(
        possession_gbq=pl.lit(None, pl.Float64),
        valid_from=pl.lit(date(2025, 1, 1)),
        valid_until=pl.lit(date(2029, 1, 1)),
    )
    sites = one.frame("sites").with_columns(
        zone=pl.when(site="middle").then(pl.lit("America/Phoenix")).otherwise("zone")
    )
    gone = {name: empty_frame(name) for name in ("stock", "waste", "in_flight")}
    return planned(shifted(one.replace(sites=sites, licences=open_ended, **gone), weeks))


def test_where_one_clock_changes_and_another_does_not_the_change_shows() -> None:
    before, after = around_the_change(0), around_the_change(1)
    half_life_h = nuclide_table()["Lu-177"].half_life_h
    both = earlier(after, 1).join(before.flows, on="order", suffix="_before")
    assert both["batch"].null_count() < both.height
    seen = set()
    for row in both.filter(pl.col("batch").is_not_null()).iter_rows(named=True):
        moved = {key: row[key] - row[f"{key}_before"] for key in INSTANTS}
        grown = row["activity_ready_gbq"] / row["activity_ready_gbq_before"]
        # In Chicago and Boise summer time comes: the same wall time is an hour earlier in UTC.
        assert moved["ready"] == -HOUR
        if row["site"] == "middle":
            assert moved["infuse"] == timedelta(0)
            assert grown == pytest.approx(2.0 ** (1.0 / half_life_h), rel=1e-12)
        else:
            assert set(moved.values()) == {-HOUR}
            assert grown == pytest.approx(1.0, abs=1e-15)
        seen.add(row["site"])
    assert seen == {"near", "middle", "far"}
