"""A typical week served at prices, against the linear program of the same week.

Run as ``python -m benchmarks.weekly [--quick]``. The demand is that of every week of one seed, as
the study asks for it; both ways get the same weeks in turn. Costs are the program's own: whole
doses at prices, fractions from the linear program, which no whole plan can undercut.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

import numpy as np
from benchmarks.rows import Row, on_one_core, tell

from doseline.io.folder import load
from doseline.model.variants import apply_variant
from doseline.plan.orders.fairness import Fairness
from doseline.plan.reasons import link_without_option
from doseline.plan.weekly import program as weekly_program
from doseline.plan.weekly.admission import admitted
from doseline.plan.weekly.aggregate import Allocation, WeeklyModel
from doseline.plan.weekly.program import WeeklyProgram, weekly_penalty
from doseline.plan.weekly.tables import Weekly, weekly_of
from doseline.study.kinds import WeekKind
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.network import Network

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EXAMPLES = Path(__file__).parents[1] / "examples"
NEVER = -np.inf
"""A gap that no week served at prices is within, so that every week goes to the linear program."""


class Listening(WeeklyModel):
    """A weekly model that remembers what it was asked."""

    def __init__(self, *network_and_options: Any, **more: Any) -> None:
        super().__init__(*network_and_options, **more)
        self.heard: list[Ints] = []

    def allocate(self, demand: Ints) -> Allocation:
        """Remember the demand, then answer as ever."""
        self.heard.append(demand.copy())
        return super().allocate(demand)


@dataclass(frozen=True, kw_only=True)
class HeardKind(WeekKind):
    """A kind of weeks whose model remembers what it was asked."""

    listening: Listening

    @cached_property
    def weekly(self) -> WeeklyModel:
        """The model that listens."""
        return self.listening


class Watched(WeeklyProgram):
    """A weekly program that counts the weeks for which prices were not enough."""

    solved = 0

    def _solve(self, orders: Ints, demand: Ints) -> tuple[Floats, Floats, float]:
        self.solved += 1
        return super()._solve(orders, demand)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The program of a network's week, and the weeks that it is asked for."""

    tables: Weekly
    program: Watched
    weights: tuple[float, float]
    demands: list[Ints]

    def cost(self, demand: Ints, doses: Floats, drawn: Floats) -> float:
        """What the program counts for some doses: runs open in part. [currency]"""
        caps, supply = self.program.caps, self.tables.supply
        vials = np.bincount(caps.run, doses, caps.vials.size) / caps.vials
        room = np.bincount(caps.run, doses * caps.activity_gbq, caps.vials.size) / caps.room_gbq
        orders = admitted(caps, demand)
        orders[np.diff(caps.first) == 0] = 0
        left = orders.sum(axis=1) - np.bincount(caps.pair, doses, orders.shape[0])
        cheap = int(np.argmin(self.weights))
        first = np.minimum(left, orders[:, cheap])
        return float(
            self.tables.columns["cost"].to_numpy() @ doses
            + supply.runs["fixed_cost"].to_numpy() @ np.maximum(vials, room)
            + supply.draws["price_per_gbq"].to_numpy() @ drawn
            + self.weights[cheap] * first.sum()
            + self.weights[1 - cheap] * (left - first).sum()
        )


def main(*, quick: bool) -> None:
    """Print the rows."""
    on_one_core()
    network = load(EXAMPLES / ("tiny" if quick else "us-lu177"))
    rows = measure("usual", network)
    if not quick:
        rows += measure("stress", apply_variant(network, "stress"))
    tell(rows)


def measure(name: str, network: Network) -> list[Row]:
    """Time and cost of both ways over the weeks of a network."""
    week = prepared(network)
    gap = weekly_program.PRICED_GAP
    # Both prepare themselves before their first week.
    for demand in week.demands[:1]:
        timed(week, demand, gap=NEVER)
    week.program.solved = 0
    prices = [timed(week, demand, gap=gap) for demand in week.demands]
    at_prices = 100.0 * (1.0 - week.program.solved / len(week.demands))
    program = [timed(week, demand, gap=NEVER) for demand in week.demands]
    weekly_program.PRICED_GAP = gap
    times = np.array([[one[0] for one in prices], [one[0] for one in program]])
    costs = np.array([[one[1] for one in prices], [one[1] for one in program]])
    dearer = 100.0 * (costs[0] / costs[1] - 1.0)
    doses = float(np.mean([demand.sum() for demand in week.demands]))
    peer = "linear program, same weeks"
    what = f"{name} weeks ({len(week.demands)}, {doses:,.0f} orders each)"
    return [
        Row(
            what=f"{what}: time of one",
            figure=1000.0 * float(times[0].mean()),
            unit="ms",
            ratio=float(times[1].sum() / times[0].sum()),
            peer=f"{peer}, times faster",
        ),
        Row(what=f"{name} weeks answered at prices", figure=at_prices, unit="%"),
        Row(
            what=f"{name} weeks: cost above the linear program, mean",
            figure=float(dearer.mean()),
            unit="%",
        ),
        Row(
            what=f"{name} weeks: cost above the linear program, largest",
            figure=float(dearer.max()),
            unit="%",
        ),
    ]


def timed(week: Week, demand: Ints, *, gap: float) -> tuple[float, float]:
    """Time [s] and cost [currency] of one week, at prices if they are proven so near."""
    weekly_program.PRICED_GAP = gap
    start = time.perf_counter()
    doses, drawn, _ = week.program.solve(demand)
    return time.perf_counter() - start, week.cost(demand, doses, drawn)


def prepared(network: Network) -> Week:
    """The program of a network, and every week that one seed asks for."""
    base = prepare(network, reference_for(network))
    nuclides = base.reference.nuclides
    listening = Listening(base.network, base.options, nuclides=nuclides)
    (kind,) = base.weeks.kinds
    heard = HeardKind(**vars(kind), listening=listening)
    weeks = dataclasses.replace(base.weeks, kinds=(heard,))
    replicate(dataclasses.replace(base, weeks=weeks), seed=network.settings.seed)
    tables = weekly_of(base.network, base.options, nuclides=nuclides)
    shape = (network.frame("sites").height, network.frame("products").height)
    penalty, rule = weekly_penalty(tables), Fairness()
    weights = (penalty * rule.new_weight, penalty * rule.continuing_weight)
    program = Watched(
        tables,
        weights=weights,
        shape=shape,
        no_option=link_without_option(base.options, shape),
        typical=None,
    )
    asked = [demand for demand in listening.heard if demand.sum()]
    return Week(tables=tables, program=program, weights=weights, demands=asked)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
