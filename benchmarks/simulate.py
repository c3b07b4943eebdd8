"""Years by the compiled engine: against SimPy and Ciw on the same small networks, and at full size.

Run as ``python -m benchmarks.simulate [--quick]``. Every figure is CPU time of one core, without
the compiler's: each engine is warmed up on a few patients first. SimPy's patients go through the
same delays, scanners and weekly doses; its draws are its own. The national network is
examples/us-lu177 over ten years, its incidence and supply scaled together; for the growth of the
cost with size, doses suffice in both sizes, so that the same happens to each patient.
"""

from __future__ import annotations

import dataclasses
import random
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ciw  # type: ignore[import-untyped]
import numpy as np
import simpy
from benchmarks.rows import Row, on_one_core, tell
from tests.simulate.hand_worlds import (
    NOT_REFERRED,
    PET_SLOT,
    Step,
    course_of,
    patients_at,
    stations_of,
    supply_of,
    world_of,
)

from doseline.io.folder import load
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import Law, Stage
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import scaled
from doseline.study.years.world import world_of as national_world

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, World
    from doseline.study.years.world import Years

EXAMPLE = Path(__file__).parents[1] / "examples" / "us-lu177"
SERVERS, LOAD = 4, 0.9
WEEKS, SCANNERS, SCAN_DAYS, DELAY_DAYS, DOSES_A_WEEK, CYCLES = 520, 4, 0.35, 9.0, 170, 4
AMPLE = 4.0
"""Supply, as a multiple of the example's, with which doses suffice for a million patients."""


def cpu_of(work: Callable[[], Any]) -> tuple[Any, float]:
    """What some work returns, and the CPU time that it takes. [s]"""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


# -- one station: Ciw -----------------------------------------------------------------------------


def station(count: int) -> tuple[World, Arrivals]:
    """Patients who come at random to four servers with exponential services of one day."""
    days = np.random.default_rng(1).exponential(1.0 / (SERVERS * LOAD), count).cumsum()
    servers = dataclasses.replace(
        stations_of(servers=SERVERS, days=1.0, slot=False), law=np.array([int(Law.EXPONENTIAL)])
    )
    weeks = int(days[-1] / 7.0) + 20
    steps = (Step(Stage.STATION, PET_SLOT), Step(Stage.END))
    return world_of(steps, weeks=weeks, stations=servers), patients_at(*days)


def ciw_s(count: int) -> float:
    """CPU time of Ciw for so many patients of that station. [s]"""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=SERVERS * LOAD)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[SERVERS],
    )
    ciw.seed(1)
    made = ciw.Simulation(network)
    _, spent = cpu_of(lambda: made.simulate_until_max_customers(count, method="Finish"))
    return spent


# -- a small network: SimPy -----------------------------------------------------------------------


def small(count: int) -> tuple[World, Arrivals]:
    """A delay, scanners, a delay, and four doses each, of which there are so many a week."""
    steps = (
        Step(Stage.DELAY, NOT_REFERRED, DELAY_DAYS),
        Step(Stage.STATION, PET_SLOT),
        Step(Stage.DELAY, NOT_REFERRED, DELAY_DAYS),
        Step(Stage.SITE),
        Step(Stage.ORDER),
    )
    supply = dataclasses.replace(
        supply_of(WEEKS, doses=float(DOSES_A_WEEK)),
        pool_gbq=np.array([1e6]),
        cap_most=np.array([1e6]),
    )
    plain = world_of(
        steps,
        weeks=WEEKS,
        stations=stations_of(servers=SCANNERS, days=SCAN_DAYS, slot=False),
        course=course_of(WEEKS, cycles=CYCLES),
        supply=supply,
    )
    random_law = np.where(
        plain.journey.kind == Stage.DELAY, int(Law.EXPONENTIAL), plain.journey.law
    )
    world = dataclasses.replace(plain, journey=dataclasses.replace(plain.journey, law=random_law))
    days = np.sort(np.random.default_rng(1).uniform(0.0, 7.0 * (WEEKS - 30), count))
    return world, patients_at(*days)


class SmallNetwork:
    """The same network as processes of SimPy."""

    def __init__(self, days: list[float]) -> None:
        self.clock = simpy.Environment()
        self.chance = random.Random(1)  # noqa: S311 - a simulation's, not a secret
        self.scanners = simpy.Resource(self.clock, SCANNERS)
        self.lists: list[list[tuple[float, int, simpy.Event]]] = [[] for _ in range(WEEKS + 10)]
        self.infused = 0
        self.clock.process(self.weeks())
        for row, day in enumerate(days):
            self.clock.process(self.patient(row, day))

    def run(self) -> int:
        """Run to the horizon: infusions."""
        self.clock.run(until=7.0 * WEEKS)
        return self.infused

    def patient(self, row: int, day: float) -> Generator[simpy.Event, Any, None]:
        """A patient's journey and course."""
        yield self.clock.timeout(day)
        yield self.clock.timeout(self.chance.expovariate(1.0 / DELAY_DAYS))
        with self.scanners.request() as slot:
            yield slot
            yield self.clock.timeout(SCAN_DAYS)
        yield self.clock.timeout(self.chance.expovariate(1.0 / DELAY_DAYS))
        since = self.clock.now
        week = int((since + 3.0) // 7.0) + 1
        for _ in range(CYCLES):
            if week >= WEEKS:
                return
            dose = self.clock.event()
            self.lists[week].append((since, row, dose))
            infused: float = yield dose
            self.infused += 1
            since = infused + 14.0
            week = int(since // 7.0)

    def weeks(self) -> Generator[simpy.Event, Any, None]:
        """Each Monday the longest waiting get the week's doses."""
        for week in range(WEEKS):
            asked = sorted(self.lists[week], key=lambda one: one[:2])
            for _, _, dose in asked[:DOSES_A_WEEK]:
                dose.succeed(7.0 * week + 2.0)
            self.lists[week + 1].extend(asked[DOSES_A_WEEK:])
            yield self.clock.timeout(7.0)


# -- the national network -------------------------------------------------------------------------


def national(years: Years, patients: float, supply: float) -> tuple[Outcome, int, float]:
    """Outcome of so many patients, how many they are, and CPU time of the engine. [s]"""
    expected = _expected(years)
    world = scaled(years, supply).world
    arrivals = arrivals_of(years, seed=1, scale=patients / expected)
    outcome, spent = cpu_of(lambda: simulate(world, arrivals, seed=1))
    return outcome, arrivals.count, spent


def _expected(years: Years) -> float:
    return arrivals_of(years, seed=1, scale=0.02).count / 0.02


def national_rows(sizes: tuple[int, int]) -> Iterator[Row]:
    """Patients per second at two sizes, with memory, and how the cost grows."""
    years = national_world(prepare(load(EXAMPLE), reference_for(load(EXAMPLE))), years=10.0)
    costs = []
    for size in sizes:
        outcome, count, spent = national(years, size, AMPLE)
        costs.append(spent / count)
        yield Row(
            what=f"national network, ten years, doses for all: {count:,} patients",
            figure=count / spent,
            unit="patients/s",
            ratio=outcome.events / spent,
            peer="events and orders a second",
        )
    yield Row(
        what=f"cost of a patient at {sizes[1]:,}",
        figure=1e6 * costs[1],
        unit="us",
        ratio=costs[1] / costs[0],
        peer=f"that at {sizes[0]:,}",
    )
    outcome, count, spent = national(years, sizes[1], sizes[1] / _expected(years))
    yield Row(
        what=f"the same with supply in proportion: {count:,} patients",
        figure=spent,
        unit="s",
        ratio=spent / 60.0,
        peer="the 60 s asked for",
    )
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row(
        what="peak memory of all this",
        figure=peak_mib,
        unit="MiB",
        ratio=peak_mib / 4096.0,
        peer="the 4 GiB asked for",
    )


def peer_rows(ours: int, theirs: int) -> Iterator[Row]:
    """How much faster than SimPy and Ciw, per patient."""
    world, arrivals = small(ours)
    outcome, spent = cpu_of(lambda: simulate(world, arrivals, seed=1))
    slow, slow_s = cpu_of(SmallNetwork(arrivals.t0.tolist()).run)
    assert abs(slow - outcome.doses.sum()) < 0.02 * slow
    yield Row(
        what=f"small network, ten years, {ours:,} patients",
        figure=ours / spent,
        unit="patients/s",
        ratio=slow_s / spent,
        peer="SimPy, times faster",
    )
    world, arrivals = station(20 * ours)
    _, spent = cpu_of(lambda: simulate(world, arrivals, seed=1))
    yield Row(
        what=f"one station of {SERVERS} servers, {20 * ours:,} patients",
        figure=20 * ours / spent,
        unit="patients/s",
        ratio=(ciw_s(theirs) / theirs) / (spent / (20 * ours)),
        peer="Ciw, times faster",
    )


def main() -> None:
    """Print the rows."""
    on_one_core()
    quick = "--quick" in sys.argv
    world, arrivals = small(10)
    simulate(world, arrivals, seed=1)
    tell(
        [
            *peer_rows(1_000 if quick else 20_000, 500 if quick else 10_000),
            *national_rows((1_000, 10_000) if quick else (100_000, 1_000_000)),
        ]
    )


if __name__ == "__main__":
    main()
