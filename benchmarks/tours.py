"""Tours on published instances, against their best known values and a nearest-stop dispatcher.

Run as ``python -m benchmarks.tours [--quick]``. Instances are read from the folder that the
environment variable ``DOSELINE_INSTANCES`` names: MTVRPTWR of PyVRP/Instances (``NAME.vrp`` beside
``NAME.sol``), whose release times and several trips are those of batches and vans; Solomon, and
Gehring and Homberger with 200 customers (``NAME.txt``, best known values in ``BKS.json``, both of
VROOM-Project/vroom-scripts). Those values of Solomon are by distance alone, of Gehring and Homberger
with the fewest vehicles, which are then all that there are. Each is searched for 60 s with two
seeds, one a core; the better answer counts. Every answer is judged again by a separate check.
Without the folder, or quick, one made-up day is searched.
"""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyvrp
from benchmarks.rows import Row, tell
from tests.plan.tours.toured import faults

from doseline.plan.tours.route import FOREVER, Fleet, Stop, route

if TYPE_CHECKING:
    from doseline.plan.tours.route import Ints

NAMED = (
    *("C101", "R101", "RC101", "C201", "RC208"),
    *("c1_2_1", "r1_2_1", "rc1_2_1", "c2_2_1", "r2_2_1", "rc2_2_1"),
    *("C201R0.25", "C201R0.5", "R201R0.25", "RC201R0.25"),
)
"""Solomon; Gehring and Homberger with 200 customers; multi-trip with release times."""
SECONDS = 60.0
TENTHS, FINE = 10.0, 1000.0
"""Lengths count in whole parts: tenths as in the DIMACS challenge, thousandths for others."""
SEEDS = (1, 2)
"""Both cores search an instance at once, each with its own seed; the better answer counts."""

Problem = tuple[list[Stop], list[Fleet], "Ints", "Ints"]


def as_stops(data: Any) -> Problem:
    """An instance in PyVRP's words as stops and vehicles."""
    kind, depot = data.vehicle_type(0), data.depots()[0]
    stops = [
        Stop(
            place=one.location,
            release=one.release_time,
            earliest=one.tw_early,
            latest=min(one.tw_late, FOREVER),
            service=one.service_duration,
            load=tuple(one.delivery),
        )
        for one in data.clients()
    ]
    fleet = Fleet(
        vehicles=kind.num_available,
        capacity=tuple(kind.capacity),
        opens=max(kind.tw_early, depot.tw_early),
        closes=min(kind.tw_late, depot.tw_late, FOREVER),
        many_trips=bool(kind.reload_depots),
    )
    return stops, [fleet], data.distance_matrix(0), data.duration_matrix(0)


def nearest_first(problem: Problem) -> int:
    """Length of the tours of a dispatcher: the nearest stop that still fits, else a new van."""
    stops, (fleet,), distance, duration = problem
    left, length = set(range(len(stops))), 0
    while left:
        now, row, load = 0, 0, [0] * len(fleet.capacity)
        while fits := [one for one in left if _fits(stops[one], now, row, load, problem)]:
            chosen = min(fits, key=lambda one: int(distance[row, stops[one].place]))
            one = stops[chosen]
            start = max(now, one.release) if row == 0 else now
            now = max(start + int(duration[row, one.place]), one.earliest) + one.service
            length += int(distance[row, one.place])
            load = [a + b for a, b in zip(load, one.load, strict=True)]
            row = one.place
            left.discard(chosen)
        length += int(distance[row, 0])
        if row == 0:
            return -1
    return length


def _fits(one: Stop, now: int, row: int, load: list[int], problem: Problem) -> bool:
    _, (fleet,), _, duration = problem
    if any(a + b > most for a, b, most in zip(load, one.load, fleet.capacity, strict=True)):
        return False
    start = max(now, one.release) if row == 0 else now
    if row != 0 and one.release > 0:
        return False
    begins = max(start + int(duration[row, one.place]), one.earliest)
    back = begins + one.service + int(duration[one.place, 0])
    return begins <= one.latest and back <= fleet.closes


def made_up(stops: int = 30) -> Problem:
    """A day of vans from one line, made from a seed."""
    chance = np.random.default_rng(7)
    points = chance.integers(0, 1000, size=(stops + 1, 2))
    between = np.rint(np.linalg.norm(points[:, None] - points[None], axis=2)).astype(np.int64)
    wanted = [
        Stop(
            place=place,
            earliest=int(opens),
            latest=int(opens) + 1500,
            service=60,
            load=(1,),
        )
        for place, opens in enumerate(chance.integers(500, 5000, size=stops), start=1)
    ]
    fleet = Fleet(vehicles=stops, capacity=(6,), closes=12_000)
    return wanted, [fleet], between, between


def instance(path: Path) -> tuple[Problem, float, float]:
    """An instance, its best known value, and how many parts of one its lengths count in."""
    if path.suffix == ".txt":
        best, vehicles = _best_known(path)
        return _solomon(path, vehicles=vehicles), best, FINE
    data = pyvrp.read(path, round_func="dimacs")
    best = re.findall(r"Cost:?\s*([\d.]+)", path.with_suffix(".sol").read_text())[-1]
    return as_stops(data), float(best) / TENTHS, TENTHS


def _best_known(path: Path) -> tuple[float, int | None]:
    """The value, and the vehicles that it allows itself: None where distance alone counts."""
    known = json.loads((path.parent / "BKS.json").read_text())
    by_distance = known.get(f"{path.stem}_distance")
    if by_distance:
        return by_distance["best_known_cost"], None
    return known[path.stem]["best_known_cost"], known[path.stem]["solved_with_vehicles"]


def _solomon(path: Path, *, vehicles: int | None) -> Problem:
    """An instance in Solomon's format, in thousandths."""
    lines = [line.split() for line in path.read_text().splitlines()]
    numbers = [[int(cell) for cell in line] for line in lines if line and line[0].isdigit()]
    (all_vehicles, capacity), *rows = numbers
    points = np.array([row[1:3] for row in rows], dtype=np.float64)
    lengths = np.linalg.norm(points[:, None] - points[None], axis=2)
    between = np.rint(FINE * lengths).astype(np.int64)
    stops = [
        Stop(
            place=place,
            earliest=int(FINE) * row[4],
            latest=int(FINE) * row[5],
            service=int(FINE) * row[6],
            load=(row[3],),
        )
        for place, row in enumerate(rows)
        if place
    ]
    closes = int(FINE) * rows[0][5]
    fleet = Fleet(
        vehicles=vehicles or all_vehicles, capacity=(capacity,), closes=closes, many_trips=False
    )
    return stops, [fleet], between, between


def _searched(job: tuple[str, int, float]) -> tuple[int, list[str]]:
    """Cost of the tours of one seed, and what is wrong with them."""
    path, seed, seconds = job
    (stops, fleets, distance, duration), _, _ = instance(Path(path))
    found = route(stops, fleets, distance=distance, duration=duration, seed=seed, seconds=seconds)
    wrong = faults(found, stops, fleets, distance, duration) if found.feasible else ["infeasible"]
    return found.cost, wrong


def _found(folder: Path) -> list[Path]:
    """Files of the named instances that are there."""
    files = [folder / f"{name}{end}" for name in NAMED for end in (".vrp", ".txt")]
    return [one for one in files if one.is_file()]


def _published(folder: Path) -> list[Row]:
    rows = []
    with ProcessPoolExecutor(len(SEEDS)) as pool:
        for path in _found(folder):
            problem, best, parts = instance(path)
            answers = list(pool.map(_searched, [(str(path), seed, SECONDS) for seed in SEEDS]))
            assert all(not wrong for _, wrong in answers), (path.stem, answers)
            ours = min(cost for cost, _ in answers)
            simple = nearest_first(problem)
            rows.append(
                Row(
                    what=f"{path.stem}, {len(problem[0])} stops, {SECONDS:g} s: length",
                    figure=ours / parts,
                    unit="",
                    ratio=ours / parts / best,
                    peer=f"best known {best:,.1f}"
                    + (f"; nearest first {simple / parts:,.1f}" if simple > 0 else ""),
                )
            )
    return rows


def _small() -> list[Row]:
    problem = made_up()
    stops, fleets, distance, duration = problem
    found = route(stops, fleets, distance=distance, duration=duration, iterations=2_000)
    assert faults(found, stops, fleets, distance, duration) == []
    simple = nearest_first(problem)
    return [
        Row(
            what=f"a made-up day of {len(stops)} stops: length",
            figure=float(found.cost),
            unit="",
            ratio=found.cost / simple,
            peer=f"nearest first {simple:,}",
        )
    ]


def main() -> None:
    """Measure and tell."""
    folder = os.environ.get("DOSELINE_INSTANCES", "")
    quick = "--quick" in sys.argv[1:] or not folder
    tell(_small() if quick else _published(Path(folder)))


if __name__ == "__main__":
    main()
