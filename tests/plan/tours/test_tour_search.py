"""Tours against enumeration, a separate check of every rule, and published best-known values."""

from __future__ import annotations

import dataclasses
import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.plan.tours.toured import faults

from doseline.plan.tours.route import FOREVER, Fleet, Routed, Stop, route

if TYPE_CHECKING:
    from doseline.plan.tours.route import Ints

INSTANCES = os.environ.get("DOSELINE_INSTANCES", "")


def _world(seed: int, count: int = 5) -> tuple[list[Stop], Ints]:
    chance = np.random.default_rng(seed)
    points = chance.integers(0, 100, size=(count + 1, 2))
    between = np.abs(points[:, None] - points[None]).sum(axis=2).astype(np.int64)
    stops = []
    for place in range(1, count + 1):
        release = int(chance.integers(0, 200))
        earliest = release + int(chance.integers(0, 100))
        stops.append(
            Stop(
                place=place,
                release=release,
                earliest=earliest,
                latest=earliest + int(chance.integers(120, 500)),
                service=5,
                load=(1, int(chance.integers(1, 30))),
                prize=int(chance.integers(50, 600)) if chance.random() < 0.6 else None,
            )
        )
    return stops, between


def _fleets(seed: int) -> list[Fleet]:
    longest = (400, FOREVER)[seed % 2]
    return [
        Fleet(
            vehicles=3,
            capacity=(3, 50),
            opens=opens,
            closes=opens + 1000,
            longest=longest,
            fixed_cost=40,
            distance_cost=2,
            duration_cost=1,
        )
        for opens in (0, 300)
    ]


def _best(stops: list[Stop], fleets: list[Fleet], between: Ints) -> int:
    """Least cost over all partitions into single-trip vehicles, in every order."""
    numbers = range(len(stops))
    needed = [one for one in numbers if stops[one].prize is None]
    best = FOREVER
    for size in range(len(stops) + 1):
        for visited in itertools.combinations(numbers, size):
            if set(needed) - set(visited):
                continue
            left = sum(stops[one].prize or 0 for one in numbers if one not in visited)
            for parts in _partitions(list(visited)):
                if len(parts) <= 3:
                    costs = [_cheapest(part, stops, fleets, between) for part in parts]
                    best = min(best, left + sum(costs))
    return best


def _partitions(items: list[int]) -> list[list[list[int]]]:
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    found = []
    for size in range(len(rest) + 1):
        for others in itertools.combinations(rest, size):
            left = [one for one in rest if one not in others]
            found += [[[first, *others], *more] for more in _partitions(left)]
    return found


def _cheapest(part: list[int], stops: list[Stop], fleets: list[Fleet], between: Ints) -> int:
    """Cost of the cheapest single trip over some stops."""
    orders = itertools.permutations(part)
    return min(_cost(order, stops, one, between) for order in orders for one in fleets)


def _cost(order: tuple[int, ...], stops: list[Stop], fleet: Fleet, between: Ints) -> int:
    for dimension, most in enumerate(fleet.capacity):
        if sum(stops[one].load[dimension] for one in order) > most:
            return FOREVER
    ready = max(fleet.opens, *(stops[one].release for one in order))
    outs = [_out(leave, order, stops, between) for leave in range(ready, ready + 500)]
    fits = [
        out for out in outs if out and out[1] <= fleet.closes and out[1] - out[0] <= fleet.longest
    ]
    if not fits:
        return FOREVER
    rows = [0, *(stops[one].place for one in order), 0]
    length = sum(int(between[a, b]) for a, b in itertools.pairwise(rows))
    shortest = min(back - leave for leave, back in fits)
    return fleet.fixed_cost + fleet.distance_cost * length + fleet.duration_cost * shortest


def _out(
    leave: int, order: tuple[int, ...], stops: list[Stop], between: Ints
) -> tuple[int, int] | None:
    now, row = leave, 0
    for number in order:
        one = stops[number]
        now = max(now + int(between[row, one.place]), one.earliest)
        if now > one.latest:
            return None
        now, row = now + one.service, one.place
    return leave, now + int(between[row, 0])


@pytest.mark.parametrize("seed", range(12))
def test_small_tours_are_the_best_of_all(seed: int) -> None:
    stops, between = _world(seed, count=4)
    fleets = [dataclasses.replace(one, many_trips=False) for one in _fleets(seed)]
    found = route(stops, fleets, distance=between, duration=between, iterations=2_000)
    best = _best(stops, fleets, between)
    if best >= FOREVER:
        assert not found.feasible
        return
    assert faults(found, stops, fleets, between, between) == []
    assert found.cost == best


@pytest.mark.parametrize("seed", range(12))
def test_tours_with_several_trips_keep_every_rule(seed: int) -> None:
    stops, between = _world(100 + seed, count=14)
    stops = [dataclasses.replace(one, prize=one.prize or 5_000) for one in stops]
    fleets = _fleets(seed)
    found = route(stops, fleets, distance=between, duration=between, iterations=2_000)
    assert found.feasible
    assert faults(found, stops, fleets, between, between) == []
    again = route(stops, fleets, distance=between, duration=between, iterations=2_000)
    assert again == found


def test_a_longer_search_finds_nothing_worse_and_the_same_again() -> None:
    """More iterations than a round has: the later rounds begin from the best tours of the first."""
    stops, between = _world(7, count=14)
    stops = [dataclasses.replace(one, prize=one.prize or 5_000) for one in stops]
    found = [
        route(stops, _fleets(1), distance=between, duration=between, iterations=iterations)
        for iterations in (200, 10_000, 12_000, 12_000)
    ]
    costs = [one.cost for one in found]
    assert costs == sorted(costs, reverse=True)
    assert found[2] == found[3]


@pytest.mark.parametrize("times", [1, 1_000])
def test_the_unit_of_money_does_not_matter(times: int) -> None:
    """Tours that are the best of all are so in cents, too."""
    stops, between = _world(3, count=4)
    stops = [dataclasses.replace(one, prize=(one.prize or 900) * times) for one in stops]
    fleets = [
        dataclasses.replace(
            one,
            many_trips=False,
            fixed_cost=one.fixed_cost * times,
            distance_cost=one.distance_cost * times,
            duration_cost=one.duration_cost * times,
        )
        for one in _fleets(3)
    ]
    found = route(stops, fleets, distance=between, duration=between, iterations=2_000)
    assert found.cost == _best(stops, fleets, between)


def test_nothing_to_bring_needs_no_tour() -> None:
    nothing = np.zeros((1, 1), dtype=np.int64)
    assert route([], [], distance=nothing, duration=nothing) == Routed(
        trips=(), left=(), cost=0, feasible=True
    )


@pytest.mark.skipif(not INSTANCES, reason="DOSELINE_INSTANCES names no folder of instances")
def test_a_published_instance_is_within_two_percent_of_its_best_known() -> None:
    """RC208 of Solomon, by distance alone."""
    from benchmarks.tours import instance

    (stops, fleets, distance, duration), best, parts = instance(Path(INSTANCES) / "RC208.txt")
    found = route(stops, fleets, distance=distance, duration=duration, iterations=3_000)
    assert faults(found, stops, fleets, distance, duration) == []
    assert found.cost <= 1.02 * best * parts
