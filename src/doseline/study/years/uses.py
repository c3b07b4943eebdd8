"""How far lines, rooms, staff and scanners were used, by calendar year.

A week, and what is ordered for it, is of the year of its Monday.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.ledger import LINKS
from doseline.study.years.dosed import calendar_year

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Floats, Ints
    from doseline.study.years.dosed import Dosed
    from doseline.study.years.world import Years


def runs_frame(years: Years, outcome: Outcome) -> pl.DataFrame:
    """year, run, line, product, doses, capacity, made, failed."""
    supply = years.world.supply
    year = _mondays(years)
    names = years.runs.select(run="name", line="line", product="product")
    parts = []
    for one in np.unique(year):
        of = year == one
        parts.append(
            names.select(
                pl.lit(int(one), dtype=pl.Int64).alias("year"),
                pl.all(),
                pl.Series("doses", outcome.run_doses[of].sum(axis=0)),
                pl.Series("capacity", supply.run_doses * supply.run_share[of].sum(axis=0)),
                pl.Series("made", (outcome.run_doses[of] > 0).sum(axis=0)),
                pl.Series("failed", outcome.run_failed[of].sum(axis=0)),
            )
        )
    return pl.concat(parts)


def limits_frame(years: Years, given: Dosed) -> pl.DataFrame:
    """year, site, link, used, room, share: how far each limit of a site was used."""
    supply, year = years.world.supply, _mondays(years)
    site = np.repeat(np.arange(len(supply.cap_first) - 1), np.diff(supply.cap_first))
    names = years.network.frame("sites")["site"].gather(site)
    links = pl.Series([LINKS[link] for link in supply.cap_link], dtype=pl.String)
    parts = []
    for one in np.unique(year):
        used = (given.ordered[given.of(one)][site] * supply.cap_uses).sum(axis=1)
        room = supply.cap_most * supply.site_share[year == one].sum(axis=0)[site]
        parts.append(
            pl.DataFrame(
                {
                    "year": np.full(len(site), one),
                    "site": names,
                    "link": links,
                    "used": used,
                    "room": room,
                    "share": _share(used, room),
                }
            )
        )
    return pl.concat(parts)


def scanners_frame(years: Years, outcome: Outcome) -> pl.DataFrame:
    """year, scanner, product, scans, slots, share: scans begun, and slots from the first day on."""
    stations, year = years.world.stations, _mondays(years)
    names = years.network.frame("scanners").select("scanner", "product")
    until = 7.0 * np.arange(1, years.world.weeks + 1)[:, None]
    days = np.clip(until - stations.open_from, 0.0, 7.0)
    parts = []
    for one in np.unique(year):
        scans = outcome.services[year == one].sum(axis=0)
        slots = stations.servers * days[year == one].sum(axis=0) / stations.first
        parts.append(
            names.select(
                pl.lit(int(one), dtype=pl.Int64).alias("year"),
                pl.all(),
                pl.Series("scans", scans),
                pl.Series("slots", slots),
                pl.Series("share", _share(scans.astype(np.float64), slots)),
            )
        )
    return pl.concat(parts)


def _mondays(years: Years) -> Ints:
    """Calendar year of each simulated week. [a]"""
    monday = 7.0 * np.arange(years.world.weeks, dtype=np.float64)
    return calendar_year(years.calendar.origin, monday)


def _share(used: Floats, room: Floats) -> Floats:
    """Used over room; 0 where there is none."""
    share: Floats = np.divide(used, room, out=np.zeros_like(used), where=room > 0)
    return share
