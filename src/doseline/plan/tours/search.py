"""The search of tours: PyVRP's parts, put together for some hundred stops in a minute or less.

Three things differ from PyVRP's own ``solve``. What a broken rule costs at first is taken from the
data; PyVRP begins at half of the most that is allowed, which is so much that a minute may pass
before the search looks beyond tours that break nothing. Neighbourhoods count places, and changes
are smaller, so that more are tried. And each round begins anew from the best tours so far.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria

_ROUND = 10_000
"""Iterations of a round."""
_NEAR, _CHANGED, _HISTORY = 30, 20, 200
"""Near places whose stops are tried; most stops that one iteration shakes; iterations that acceptance
looks back. Chosen on Solomon's, Gehring and Homberger's and multi-trip instances
(benchmarks/tours.py), and on the tours of examples/cn-rlt, where many stops share a place."""
_MOST_PENALTY = 1e9
"""Most that the search lets one unit too much of time or load weigh: a load counts in packages and
costs in thousandths."""
_LATE = 100.0
"""Driving that a late second weighs as, at first."""


def search(
    data: pyvrp.ProblemData, *, iterations: int, seconds: float | None, seed: int
) -> pyvrp.Result:
    """The best tours that are found.

    Args:
        data: The problem.
        iterations: Iterations of the search.
        seconds: Stop after this time instead; the answer then depends on the machine. [s]
        seed: Seed of the search.

    Returns:
        PyVRP's account of the last round, which holds the best tours of all rounds.
    """
    stop = MaxIterations(iterations) if seconds is None else MaxRuntime(seconds)
    chance = pyvrp.RandomNumberGenerator(seed=seed)
    local = _local_search(data, chance)
    params = pyvrp.PenaltyParams(max_penalty=_MOST_PENALTY)
    penalties = pyvrp.PenaltyManager(_first_penalties(data), params)
    drawn = pyvrp.Solution.make_random(data, chance)
    best = local(drawn, penalties.max_cost_evaluator(), exhaustive=True)
    acceptance = pyvrp.IteratedLocalSearchParams(history_length=_HISTORY)
    with warnings.catch_warnings():
        # It says that tours which break nothing are hard to find; the answer itself tells whether.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        while True:
            rounds = pyvrp.IteratedLocalSearch(data, penalties, local, best, acceptance)
            found = rounds.run(MultipleCriteria([MaxIterations(_ROUND), stop]), collect_stats=False)
            if found.num_iterations < _ROUND:
                return found
            best = found.best


def _local_search(data: pyvrp.ProblemData, chance: pyvrp.RandomNumberGenerator) -> LocalSearch:
    places = len({one.location for one in data.clients()})
    tried = math.ceil(_NEAR * data.num_clients / places)
    near = compute_neighbours(data, NeighbourhoodParams(num_neighbours=tried))
    shaken = PerturbationManager(PerturbationParams(max_perturbations=_CHANGED))
    local = LocalSearch(data, chance, near, shaken)
    for operator in OPERATORS:
        if operator.supports(data):
            local.add_operator(operator(data))
    return local


def _first_penalties(data: pyvrp.ProblemData) -> tuple[list[float], float, float]:
    """What a unit of load, a second late and a unit of distance too much weigh at first.

    An average load weighs as an average leg costs, a late second as many seconds of driving.
    """
    kind = data.vehicle_type(0)
    length, time = data.distance_matrix(0).mean(), data.duration_matrix(0).mean()
    leg = kind.unit_distance_cost * length + kind.unit_duration_cost * time
    loads = np.array([one.delivery for one in data.clients()], dtype=np.float64)
    return (
        [_within(leg, load) for load in loads.mean(axis=0)],
        _within(_LATE * leg, time),
        _within(leg, length),
    )


def _within(cost: float, units: float) -> float:
    """Cost of a unit, as far as PyVRP takes it."""
    least = pyvrp.PenaltyParams().min_penalty
    return float(np.clip(cost / units if units > 0 else least, least, _MOST_PENALTY))
