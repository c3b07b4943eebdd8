"""How fast delivery options are built, against the plain loop that they equal row by row.

Run from the repository's root: ``python -m benchmarks.options [--json] [--quick]``. One core, a synthetic
national network. "Rows per second" is ``build_options`` as a whole, itineraries and slots included.
The ratio compares like with like: both sides make rows from itineraries and slots that are already
there, the plain loop for a few batch slots.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from typing import TYPE_CHECKING, Any, TypeVar

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

from benchmarks.national import WEEK, national
from tests.routes.reference import Reference
from tests.routes.reference_rows import Leg, Way
from tests.routes.test_reference import same

from doseline.io.reference import nuclide_table
from doseline.routes.options import build_options, option_rows, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.model.options import Options

Result = TypeVar("Result")

REPEATS = 5
SAMPLE_BATCHES = 2
SITES, BATCHES = 800, 80
QUICK = 40, 4


def main() -> None:
    """Print the figures as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--quick", action="store_true", help="a small network")
    asked = parser.parse_args()
    figures = measure(*QUICK) if asked.quick else measure()
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:>16,.10g}")


def measure(sites: int = SITES, batches: int = BATCHES) -> dict[str, float]:
    """Rows per second of both, their ratio, and the memory that the build adds at its peak."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    network, nuclides = national(sites=sites, batches=batches), nuclide_table()
    before_mb = _peak_mb()
    options, whole = _timed(lambda: build_options(network, nuclides=nuclides, week=WEEK))
    peak_mb = _peak_mb()
    asked = prepare(network, nuclides=nuclides, week=WEEK)
    rows, only_rows = _timed(lambda: option_rows(asked))
    plain = _plain_rows_per_second(network, options)
    fast = rows.height / min(only_rows)
    return {
        "sites": network.frame("sites").height,
        "lanes": network.frame("lanes").height,
        "batch slots": network.frame("batches").height,
        "itineraries": options.itineraries.height,
        "rows": options.rows.height,
        "usable rows": options.feasible.height,
        "seconds, best": round(min(whole), 3),
        "seconds, first": round(whole[0], 3),
        "rows per second": round(options.rows.height / min(whole)),
        "rows per second, given ways": round(fast),
        "plain loop, rows per second": round(plain),
        "ratio": round(fast / plain, 1),
        "peak memory of the build, MiB": round(peak_mb - before_mb, 1),
        "peak memory of the process, MiB": round(peak_mb, 1),
    }


def _timed(work: Callable[[], Result]) -> tuple[Result, list[float]]:
    """What some work returns, and the seconds that each of a few runs of it takes."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, seconds


def _plain_rows_per_second(network: Network, options: Options) -> float:
    """Speed of the plain loop on the first batch slots, whose rows must be the same."""
    few = network.replace(batches=network.frame("batches").head(SAMPLE_BATCHES))
    reference = Reference(few, nuclide_table(), WEEK)
    ways = _ways(options, reference)
    start = time.perf_counter()
    expected = reference.rows(ways)
    seconds = time.perf_counter() - start
    for row, wanted in zip(
        options.rows.head(len(expected)).iter_rows(named=True), expected, strict=True
    ):
        assert all(same(row[name], value) for name, value in wanted.items()), (row, wanted)
    return len(expected) / seconds


def _ways(options: Options, reference: Reference) -> list[Way]:
    """The itineraries of the sampled batch slots, as the plain loop writes them."""
    lane_of = {lane.lane: row for row, lane in enumerate(reference.lanes)}
    return [
        Way(way["batch"], way["site"], tuple(_legs(way, reference, lane_of)))
        for way in options.itineraries.iter_rows(named=True)
        if way["batch"] < SAMPLE_BATCHES
    ]


def _legs(way: dict[str, Any], reference: Reference, lane_of: dict[str, int]) -> list[Leg]:
    times = zip(way["lanes"].split(" > "), way["leg_depart_ms"], way["leg_arrive_ms"], strict=True)
    return [
        Leg(
            lane_of[lane],
            depart,
            arrive,
            max(
                (last for leaves, last in reference.departures.get(lane, ()) if leaves == depart),
                default=None,
            ),
        )
        for lane, depart, arrive in times
    ]


def _peak_mb() -> float:
    """Largest resident size of the process so far. [MiB]"""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
