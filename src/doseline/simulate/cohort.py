"""New episodes of every region and week, each with its own random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from doseline.model.chance import as_keys, mixed, uniform

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.network import Network
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Floats, Ints, Pathway

Keys = npt.NDArray[np.uint64]

DAYS_PER_YEAR = 365.25
_KEYS = ("product", "region")
_ROWS_AT_ONCE = 200
"""Rows of the incidence drawn at once: bounds the memory that their weeks take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episodes:
    """Episodes whose clock starts in the simulated weeks; all arrays have shape (n,)."""

    key: Keys
    """Names the episode in every random draw, whatever the scenario."""
    product: Ints
    region: Ints
    payer: Ints
    t0: Floats
    """Clock start. [d]"""
    exit_day: Floats
    """Day of the clinical exit if nothing is done before. [d]"""

    @property
    def count(self) -> int:
        """Number of episodes."""
        return len(self.key)


def draw_episodes(
    network: Network,
    path: Pathway,
    calendar: Calendar,
    *,
    seed: int,
    growth: Floats | None = None,
) -> Episodes:
    """Poisson arrivals of each product, region and week, with payer and clinical exit drawn.

    The exit time is exponential from T0 with the product's median (facts.md 5.5: control arms).

    Args:
        network: Incidence.
        path: Payers and clinical exits.
        calendar: The weeks.
        seed: Seed of every draw.
        growth: Factor of the incidence of each product in each week, shape (product, week); None:
            it stays as it is. [unitless]
    """
    product, region, per_year = incidence_of(network)
    rate = per_year * 7.0 / DAYS_PER_YEAR
    names = network.frame("incidence").select(_KEYS)
    named = as_keys([f"{name}|{place}" for name, place in names.iter_rows()])
    weekly = rate[:, None] if growth is None else rate[:, None] * growth[product]
    counts = _weekly_counts(seed, named, weekly, calendar.weeks)
    row_at, week = np.nonzero(counts)
    repeats = counts[row_at, week]
    row_of, week_of = np.repeat(row_at, repeats), np.repeat(week, repeats)
    nth = np.arange(len(row_of)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    cell = mixed(named[row_of], week_of.astype(np.uint64))
    key = mixed(cell, (nth + 1).astype(np.uint64))

    t0 = 7.0 * (week_of + uniform(seed, "clock start", key))
    paid = uniform(seed, "payer", key)
    payer = np.zeros(len(key), dtype=np.int64)
    for shares in path.payer_shares.T[:-1]:
        payer += shares[product[row_of]] <= paid
    survival = -np.log1p(-uniform(seed, "clinical exit", key)) / np.log(2.0)
    return Episodes(
        key=key,
        product=product[row_of],
        region=region[row_of],
        payer=payer,
        t0=t0,
        exit_day=t0 + survival * path.exit_median_days[product[row_of]],
    )


def incidence_of(network: Network) -> tuple[Ints, Ints, Floats]:
    """Row of its product, row of its region and episodes a year [1/year] of each row of incidence."""
    table = network.frame("incidence")
    product, region = (_rows_of(table[of], network.frame(f"{of}s")[of]) for of in _KEYS)
    return product, region, table["per_year"].to_numpy()


def _rows_of(names: pl.Series, known: pl.Series) -> Ints:
    at = {name: row for row, name in enumerate(known)}
    return np.array([at[name] for name in names], dtype=np.int64)


def _weekly_counts(seed: int, named: Keys, weekly: Floats, weeks: int) -> Ints:
    """New episodes of each row of the incidence in each week, shape (row, week)."""
    week = np.arange(weeks, dtype=np.uint64)[None, :]
    parts = [np.zeros((0, weeks), dtype=np.int64)]
    for start in range(0, len(named), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        cells = mixed(named[rows, None], week)
        drawn = uniform(seed, "arrivals", cells.ravel()).reshape(cells.shape)
        parts.append(poisson_quantile(drawn, weekly[rows]))
    return np.concatenate(parts)


def poisson_quantile(probability: Floats, mean: Floats) -> Ints:
    """Smallest count whose Poisson distribution function reaches a probability.

    Args:
        probability: In [0, 1).
        mean: Means below about 700, broadcast against ``probability``.
    """
    term = np.broadcast_to(np.exp(-mean), probability.shape).copy()
    mean = np.broadcast_to(mean, probability.shape)
    reached = term.copy()
    counts = np.zeros(probability.shape, dtype=np.int64)
    short = np.flatnonzero((probability > reached).ravel())
    flat_term, flat_reached = term.ravel(), reached.ravel()
    flat_mean, flat_p, flat_counts = mean.ravel(), probability.ravel(), counts.reshape(-1)
    while len(short):
        flat_counts[short] += 1
        flat_term[short] *= flat_mean[short] / flat_counts[short]
        flat_reached[short] += flat_term[short]
        stuck = (flat_term[short] <= 1e-18) & (flat_counts[short] > flat_mean[short])
        short = short[(flat_p[short] > flat_reached[short]) & ~stuck]
    return counts
