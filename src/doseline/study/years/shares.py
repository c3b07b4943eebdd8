"""How much of the typical week there is in each simulated week.

Runs: nothing if a line works on no day of the week that counts as the batch's weekday, or may not
make the product yet; else what the line's changes leave. Isotope: what the source delivers of its lots. Sites: chair-days that its calendar
leaves, and staff who have finished training.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch, Line, Source, SupplyChange
from doseline.model.treatment import Site, Suite
from doseline.model.years import LineChange
from doseline.plan.supply.batches import available_share
from doseline.plan.weekly.caps import site_caps, weekly_slots
from doseline.routes.workdays import workdays
from doseline.study.kinds import trained_by
from doseline.study.years.opening import trained

if TYPE_CHECKING:
    from doseline.plan.supply.batches import Supply
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Floats
    from doseline.study.prepare import Prepared
    from doseline.study.years.opening import Typical


def run_shares(typical: Typical, supply: Supply, days: Calendar) -> Floats:
    """Factor of each run's doses in each week, shape (week, run). [unitless]

    Args:
        typical: The typical week.
        supply: Its runs.
        days: The simulated weeks.
    """
    network, known = typical.network, workdays(typical.network)
    lines, batches = network.by_key(Line), network.rows(Batch)
    changes = network.rows(LineChange)
    shares = np.ones((days.weeks, supply.runs.height))
    for run, number, nuclide in supply.runs.select("run", "batch", "nuclide").iter_rows():
        batch = batches[number]
        calendar = lines[batch.line].calendar
        for week in _touched(known.of(calendar), days):
            first = days.monday(week)
            open_days = known.days(calendar, batch.weekday, first, first + timedelta(days=6))
            shares[week, run] = float(bool(open_days))
        mine = [one for one in changes if one.line == batch.line]
        weekday = timedelta(days=weekday_numbers(batch.weekday)[0])
        for week in range(days.weeks) if mine else ():
            shares[week, run] *= available_share(mine, days.monday(week) + weekday)
        opens = typical.opens.get((batch.line, "make", nuclide), -np.inf)
        start = 7.0 * np.arange(days.weeks) + weekday_numbers(batch.weekday)[0]
        shares[start < opens, run] = 0.0
    return shares


def pool_shares(typical: Typical, supply: Supply, days: Calendar) -> Floats:
    """Factor of each delivery in each week, shape (week, pool). [unitless]

    A delivery counts as that of the week's latest reference day that a run may draw from.

    Args:
        typical: The typical week.
        supply: Its pools and draws.
        days: The simulated weeks.
    """
    network = typical.network
    sources, changes = network.by_key(Source), network.rows(SupplyChange)
    shares = np.ones((days.weeks, supply.pools.height))
    latest = dict(supply.draws.group_by("pool").agg(pl.col("reference_ms").max()).iter_rows())
    for pool, name in supply.pools.select("pool", "source").iter_rows():
        source = sources[name]
        mine = [one for one in changes if one.source == name]
        opens = typical.opens.get((name, "supply", source.nuclide), -np.inf)
        if pool not in latest or (not mine and opens == -np.inf):
            continue
        offset = _local_date(latest[pool], source.zone) - typical.options.week
        for week in range(days.weeks):
            day = days.monday(week) + offset
            there = (day - days.origin).days >= opens
            shares[week, pool] = available_share(mine, day) if there else 0.0
    return shares


def site_shares(prepared: Prepared, typical: Typical, caps: pl.DataFrame, days: Calendar) -> Floats:
    """Factor of each site's limits in each week, shape (week, site). [unitless]

    Args:
        prepared: The network as it is.
        typical: The typical week.
        caps: Its limits of sites.
        days: The simulated weeks.
    """
    return _open_shares(typical, days) * _trained_shares(prepared, typical, caps, days)


def _touched(exceptions: tuple[tuple[date, int | None], ...], days: Calendar) -> list[int]:
    """Simulated weeks with a day that a calendar names."""
    weeks = {days.week_of(day - timedelta(days=day.weekday())) for day, _ in exceptions}
    return sorted(week for week in weeks if 0 <= week < days.weeks)


def _local_date(instant_ms: int, zone: str) -> date:
    return datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone)).date()


def _open_shares(typical: Typical, days: Calendar) -> Floats:
    """Chair-days of each week that calendars leave, as a share of a usual week's."""
    network, known = typical.network, workdays(typical.network)
    suites: dict[str, list[Suite]] = {}
    for suite in network.rows(Suite):
        suites.setdefault(suite.site, []).append(suite)
    shares = np.ones((days.weeks, network.frame("sites").height))
    for at, site in enumerate(network.rows(Site)):
        mine = suites.get(site.site, [])
        usual = sum(one.chairs * len(weekday_numbers(one.weekdays)) for one in mine)
        for week in _touched(known.of(site.calendar), days) if usual else ():
            first = days.monday(week)
            last = first + timedelta(days=6)
            left = sum(
                one.chairs * len(known.days(site.calendar, one.weekdays, first, last))
                for one in mine
            )
            shares[week, at] = min(left / usual, 1.0)
    return shares


def _trained_shares(
    prepared: Prepared, typical: Typical, caps: pl.DataFrame, days: Calendar
) -> Floats:
    """Doses that a site's limits leave before its last trainee is ready, as a share of after."""
    network = typical.network
    shares = np.ones((days.weeks, network.frame("sites").height))
    if network.frame("training").is_empty():
        return shares
    full = _most_doses(caps, *shares.shape[1:], network.frame("products").height)
    usable = typical.options.rows.with_row_index("option").filter(pl.col("refusal") == 0)
    slots = weekly_slots(network, typical.options, usable)
    # The trainees of the network as it is: in the typical one all of them count.
    told = network.replace(training=prepared.network.frame("training"))
    by_number: dict[int, Floats] = {}
    for week in range(days.weeks):
        day = trained_by(told, days.monday(week))
        then = trained(told, typical.options, day)
        number = then.frame("training").height
        if number not in by_number:
            limits = site_caps(then, typical.options, usable, slots)
            most = _most_doses(limits, *full.shape)
            known = (full > 0) & (full < np.inf)
            ratio = np.divide(most, full, out=np.ones_like(full), where=known)
            by_number[number] = np.minimum(ratio.min(axis=1), 1.0)
        shares[week] = by_number[number]
    return shares


def _most_doses(caps: pl.DataFrame, sites: int, products: int) -> Floats:
    """Doses of each product that a site's limits allow alone, shape (site, product)."""
    most = np.full((sites, products), np.inf)
    for site, limit, uses in caps.select("site", "most", "uses").iter_rows():
        for product, use in enumerate(uses):
            if use > 0:
                most[site, product] = min(most[site, product], limit / use)
    return most
