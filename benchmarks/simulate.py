"""Years by the compiled engine: against SimPy and Ciw on the same small networks, and at full size.

Run as ``python -m benchmarks.simulate [--quick]``. Every figure is CPU time of one core, without
the compiler's: each engine is warmed up on a few patients first.

SimPy: the small network of ``simulate_small`` with every gate, dose and limit, over ten years, and
a model of it in SimPy (``simulate_simpy``) that keeps the same books; that both tell the same is
asserted first, figure by figure, over some seeds of shorter years (``simulate_agreement``).
Ciw: one station of exponential servers, as Ciw's guide has it, for as many patients in both.
Of every work the best of ten runs is told. Each comparison has a process of its own, so that none
finds memory as another left it; it keeps what a run frees for the next one, as those of
``doseline simulate`` do.

The national network is examples/us-lu177 over ten years, its incidence and supply scaled together.
Patients are all whom the engine follows: those who start in the ten years and the warm-up, and
those under way on the first day, whom no scale changes. For the growth of the cost with size, doses
suffice in both sizes, so that the same happens to each patient.
"""

from __future__ import annotations

import dataclasses
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ciw  # type: ignore[import-untyped]
import numpy as np
from benchmarks.rows import Row, on_one_core, tell
from benchmarks.simulate_agreement import agreement
from benchmarks.simulate_simpy import SmallNetwork
from benchmarks.simulate_small import (
    PATIENTS_A_WEEK,
    POLICIES,
    QUIET_WEEKS,
    patients,
    small_world,
)
from tests.simulate.hand_worlds import (
    PET_SLOT,
    Step,
    patients_at,
    stations_of,
    world_of,
)

from doseline.io.folder import load
from doseline.simulate.engine.freed import keep_freed_memory
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import NOWHERE, Law, Stage
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import scaled
from doseline.study.years.world import world_of as national_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from doseline.simulate.engine.world import Arrivals, World
    from doseline.study.years.world import Years

EXAMPLE = Path(__file__).parents[1] / "examples" / "us-lu177"
SERVERS, LOAD = 4, 0.9
WEEKS, WEEKS_OF_AGREEMENT = 520, 156
RUNS = 10
"""Runs of a work, of which the best is told."""
AMPLE = 4.0
"""Supply, as a multiple of the example's, with which doses suffice for a million patients."""


def cpu_of(work: Callable[[], Any]) -> tuple[Any, float]:
    """What some work returns, and the CPU time that it takes. [s]"""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def least_cpu(work: Callable[[], Any]) -> float:
    """The least CPU time of some runs of some work. [s]"""
    return min(cpu_of(work)[1] for _ in range(RUNS))


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
    """Least CPU time of Ciw for so many patients of that station. [s]"""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=SERVERS * LOAD)],
        service_distributions=[ciw.dists.Exponential(rate=1.0)],
        number_of_servers=[SERVERS],
    )
    ciw.seed(1)
    return least_cpu(
        lambda: ciw.Simulation(network).simulate_until_max_customers(count, method="Finish")
    )


# -- the national network -------------------------------------------------------------------------


def national(years: Years, scale: float, supply: float) -> tuple[int, int, float]:
    """Events and patients of so much incidence and supply, and CPU time of the engine. [s]"""
    world = scaled(years, supply).world
    arrivals = arrivals_of(years, seed=1, scale=scale)
    runs = [cpu_of(lambda: simulate(world, arrivals, seed=1).events) for _ in range(RUNS)]
    return runs[0][0], arrivals.count, min(spent for _, spent in runs)


def scale_for(years: Years, patients: int) -> float:
    """Factor of the incidence that makes so many patients, those under way included.

    Chance may take 1 % of the patients away, so 1 % more are asked for.
    """
    sample = 0.1
    arrivals = arrivals_of(years, seed=1, scale=sample)
    under_way = int((arrivals.site != NOWHERE).sum())
    return 1.01 * sample * (patients - under_way) / (arrivals.count - under_way)


def national_rows(sizes: tuple[int, int]) -> Iterator[Row]:
    """Patients per second at two sizes, with memory, and how the cost grows."""
    years = national_world(prepare(load(EXAMPLE), reference_for(load(EXAMPLE))), years=10.0)
    costs = []
    for size in sizes:
        events, count, spent = national(years, scale_for(years, size), AMPLE)
        costs.append(spent / count)
        yield Row(
            what=f"national network, ten years, doses for all: {count:,} patients",
            figure=count / spent,
            unit="patients/s",
            ratio=events / spent,
            peer="events and orders a second",
        )
    yield Row(
        what=f"cost of a patient at {sizes[1]:,}",
        figure=1e6 * costs[1],
        unit="us",
        ratio=costs[1] / costs[0],
        peer=f"that at {sizes[0]:,}",
    )
    scale = scale_for(years, sizes[1])
    _, count, spent = national(years, scale, scale)
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


def agreement_rows(seeds: tuple[int, int]) -> Iterator[Row]:
    """Agreement with the model in SimPy."""
    compared, apart = agreement(WEEKS_OF_AGREEMENT, *seeds)
    yield Row(
        what=f"figures of the small network that SimPy's model tells too, {seeds[1]} seeds",
        figure=compared,
        unit="figures",
        ratio=apart,
        peer="standard errors: the largest difference",
    )


def simpy_rows(weeks: int) -> Iterator[Row]:
    """How much faster than the model in SimPy."""
    arrivals = patients(int(PATIENTS_A_WEEK * (weeks - QUIET_WEEKS)), weeks)
    world = small_world(weeks)
    ours = least_cpu(lambda: simulate(world, arrivals, seed=1, policies=POLICIES))
    theirs = least_cpu(lambda: SmallNetwork(arrivals, weeks).run())
    yield Row(
        what=f"small network, {weeks} weeks, {arrivals.count:,} patients",
        figure=arrivals.count / ours,
        unit="patients/s",
        ratio=theirs / ours,
        peer="SimPy, times faster",
    )


def ciw_rows(count: int) -> Iterator[Row]:
    """How much faster than Ciw."""
    world, arrivals = station(count)
    spent = least_cpu(lambda: simulate(world, arrivals, seed=1))
    yield Row(
        what=f"one station of {SERVERS} servers, {count:,} patients",
        figure=count / spent,
        unit="patients/s",
        ratio=ciw_s(count) / spent,
        peer="Ciw, times faster",
    )


def main() -> None:
    """Print the rows."""
    quick = "--quick" in sys.argv
    works: list[tuple[Callable[[Any], Iterable[Row]], Any]] = [
        (agreement_rows, (48, 24)),
        (simpy_rows, WEEKS_OF_AGREEMENT if quick else WEEKS),
        *((ciw_rows, size) for size in ((2_000,) if quick else (100_000, 400_000))),
        (national_rows, (10_000, 20_000) if quick else (100_000, 1_000_000)),
    ]
    tell([row for work, given in works for row in in_a_process(work, given)])


def in_a_process(work: Callable[[Any], Iterable[Row]], given: Any) -> list[Row]:
    """The rows of some work, done in a process of its own on one core."""
    with ProcessPoolExecutor(1, get_context("spawn"), get_ready) as alone:
        return alone.submit(rows_of, work, given).result()


def rows_of(work: Callable[[Any], Iterable[Row]], given: Any) -> list[Row]:
    """All rows of some work: what a process can send."""
    return list(work(given))


def get_ready() -> None:
    """Compile first, on one core, in a process that keeps freed memory."""
    on_one_core()
    keep_freed_memory()
    simulate(small_world(QUIET_WEEKS + 1), patients(10, QUIET_WEEKS + 1), seed=1, policies=POLICIES)


if __name__ == "__main__":
    main()
