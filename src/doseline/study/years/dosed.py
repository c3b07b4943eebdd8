"""The doses that were given, one by one: counted by year and place, and how long they were waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, Floats, Ints, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """Infusions by calendar year."""

    years: Ints
    """The calendar years of the simulated weeks and of the infusions, one after the other. [a]"""
    doses: Ints
    """By the year of the infusion, shape (year, site, product, payer)."""
    first: Ints
    """Doses that were the first of their patient, same shape."""
    ordered: Ints
    """By the year of the Monday for which they were ordered, shape (year, site, product)."""
    site_weeks: Ints
    """Weeks in which a site gave a dose, by the year of their Monday: of each product, and of any in
    the last column; shape (year, product + 1)."""

    def of(self, year: int) -> int:
        """Row of a calendar year."""
        return int(year - self.years[0])


def dosed(world: World, origin: date, arrivals: Arrivals, outcome: Outcome) -> Dosed:
    """Count the infusions of a replication.

    Args:
        world: What was simulated.
        origin: Its first Monday.
        arrivals: The patients.
        outcome: What became of them.
    """
    given = outcome.infusions
    shape = world.sites.offers.shape
    mondays = calendar_year(origin, 7.0 * np.arange(world.weeks, dtype=np.float64))
    last = calendar_year(origin, given.day.max(initial=0.0, keepdims=True))
    years = np.arange(mondays[0], max(mondays[-1], last[0]) + 1)
    cell = np.ravel_multi_index(
        (np.maximum(outcome.site, 0), arrivals.product, arrivals.payer), shape
    ).astype(np.int32)[given.patient]
    year = _years_of(origin, given.day, years)
    first = given.day == outcome.first_dose_day[given.patient]
    weekly = _weekly(world, outcome, cell // shape[2])
    parts = [weekly[mondays == one] for one in years]
    used = [one > 0 for one in parts]

    def by_year(year: Ints, cell: npt.NDArray[np.int32]) -> Ints:
        flat = counts_of((len(years), int(np.prod(shape))), year, cell)
        return flat.reshape(len(years), *shape)

    return Dosed(
        years=years,
        doses=by_year(year, cell),
        first=by_year(year[first], cell[first]),
        ordered=np.stack([one.sum(axis=0) for one in parts]),
        site_weeks=np.stack(
            [np.append(one.sum(axis=(0, 1)), one.any(axis=2).sum()) for one in used]
        ),
    )


def calendar_year(origin: date, day: Floats) -> Ints:
    """The calendar year of each day, counted from a first day. [a]"""
    days = np.datetime64(origin) + np.floor(day).astype(np.int64)
    years: Ints = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def counts_of(shape: tuple[int, ...], *at: npt.NDArray[np.integer[Any]]) -> Ints:
    """How many rows there are of each cell of a table.

    Args:
        shape: Of the table.
        at: Where each row belongs, axis by axis.
    """
    cell = at[0].astype(np.int64)
    for size, axis in zip(shape[1:], at[1:], strict=True):
        cell *= size
        cell += axis
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)


def counted(years: Ints, counts: Ints, of: Sequence[str]) -> pl.DataFrame:
    """year, what the other axes are of, doses: the cells of which there are any.

    Args:
        years: The calendar years of the first axis. [a]
        counts: Shape (year, ...).
        of: Names of the other axes.
    """
    at = np.nonzero(counts)
    rows = dict(zip(of, at[1:], strict=True))
    return pl.DataFrame({"year": years[at[0]], **rows, "doses": counts[at]})


def _years_of(origin: date, day: Floats, years: Ints) -> Ints:
    """Row of each day's year among all years."""
    turns = np.array([f"{year}-01-01" for year in years[1:]], dtype="datetime64[D]")
    starts = (turns - np.datetime64(origin)).astype(np.float64)
    return np.searchsorted(starts, day, side="right")


def _weekly(world: World, outcome: Outcome, pair: npt.NDArray[np.int32]) -> Ints:
    """Infusions by the week for which they were ordered, shape (week, site, product).

    Infusions are told week by week, and ``served`` says how many there were in each.
    """
    sites, products, _ = world.sites.offers.shape
    week = np.repeat(np.arange(world.weeks), outcome.served.sum(axis=(1, 2)))
    counts = counts_of((world.weeks, sites * products), week, pair)
    return counts.reshape(world.weeks, sites, products)
