"""Closed forms of queues, for comparison: nothing of the simulation is used here.

Times are in any one unit, rates per that unit; ``offered`` is arrival rate times mean service.
"""

from __future__ import annotations

import math

import numpy as np


def erlang_b(offered: float, servers: int) -> float:
    """Share that finds every server busy and is lost (M/G/c/c).

    Erlang 1917; recursion in Cooper, Introduction to Queueing Theory (1981), ISBN 0-444-00379-7.
    """
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """Share that waits (M/M/c). Cooper 1981, ISBN 0-444-00379-7."""
    blocked = erlang_b(offered, servers)
    return servers * blocked / (servers - offered * (1.0 - blocked))


def wait_mmc(rate: float, service: float, servers: int) -> float:
    """Mean wait before service (M/M/c). Cooper 1981, ISBN 0-444-00379-7."""
    offered = rate * service
    return erlang_c(offered, servers) * service / (servers - offered)


def wait_mg1(rate: float, mean: float, square: float) -> float:
    """Mean wait before service (M/G/1) from the first two moments of the service.

    Pollaczek 1930, doi:10.1007/BF01194620; Kleinrock, Queueing Systems I (1975),
    ISBN 0-471-49110-1.
    """
    return rate * square / (2.0 * (1.0 - rate * mean))


def moments_lognormal(median: float, spread: float) -> tuple[float, float]:
    """Mean and mean square of a log-normal duration.

    Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1 (1994), ISBN 0-471-58495-9.
    """
    return median * math.exp(spread**2 / 2.0), median**2 * math.exp(2.0 * spread**2)


def wait_mdc(rate: float, service: float, servers: int) -> float:
    """Mean wait before service (M/D/c).

    What is left of the work after each service time is the walk of :func:`left_over` (Crommelin
    1932; Franx 2001, doi:10.1016/S0167-6377(01)00108-0); Little's law makes it a wait.
    """
    return left_over(rate * service, servers) / rate


def left_over(arrivals: float, capacity: int) -> float:
    """Mean number left when up to a capacity of those who wait is served in each period.

    Spitzer's identity for Q' = max(Q + A - c, 0) with Poisson A: the sum of E[max(S_n, 0)] / n
    over n, S_n the sum of n steps. Spitzer 1956, doi:10.1090/S0002-9947-1956-0079851-X.
    """
    total, steps, part = 0.0, 0, math.inf
    while part > 1e-14 * total:
        steps += 1
        part = _beyond(steps * arrivals, steps * capacity)
        total += part / steps
    return total


def left_over_of_failing(arrivals: float, capacity: int, failure: float, most: int) -> float:
    """The mean of :func:`left_over` where a whole period's service fails now and then.

    From the balance of the chain itself, which serves nobody in a period that fails; at most
    ``most`` are left.
    """
    came = np.array([_poisson(n, arrivals) for n in range(most + capacity + 1)])
    moves = np.zeros((most + 1, most + 1))
    for left in range(most + 1):
        for served, share in ((capacity, 1.0 - failure), (0, failure)):
            after = np.clip(left + np.arange(len(came)) - served, 0, most)
            np.add.at(moves[left], after, share * came)
    balance = np.vstack([moves.T - np.eye(most + 1), np.ones(most + 1)])
    stationary = np.linalg.lstsq(balance, np.eye(most + 2)[-1], rcond=None)[0]
    return float(stationary @ np.arange(most + 1))


def erlang_a(rate: float, service: float, servers: int, patience: float) -> tuple[float, float]:
    """Share that gives up, and mean wait of all (M/M/c with exponential patience).

    Palm 1957; Garnett, Mandelbaum, Reiman 2002, doi:10.1287/msom.4.3.208.7753. From the balance of
    births and deaths.
    """
    weights, weight, number = [1.0], 1.0, 0
    while number <= servers or weight > 1e-18 * max(weights):
        number += 1
        leaving = min(number, servers) / service + max(number - servers, 0) / patience
        weight *= rate / leaving
        weights.append(weight)
    waiting = math.fsum(max(n - servers, 0) * one for n, one in enumerate(weights))
    mean_wait = waiting / math.fsum(weights) / rate
    return mean_wait / patience, mean_wait


def occupancy_of_a_wave(
    mean: float, swing: float, per_day: float, service: float, at: float
) -> float:
    """Mean number in M(t)/M/infinity long after its start; arrivals mean + swing sin(per_day t).

    Eick, Massey, Whitt 1993, doi:10.1287/mnsc.39.2.241.
    """
    leave = 1.0 / service
    phase = leave * math.sin(per_day * at) - per_day * math.cos(per_day * at)
    return mean * service + swing * phase / (leave**2 + per_day**2)


def _beyond(mean: float, threshold: int) -> float:
    """E[max(N - threshold, 0)] of a Poisson number, by whichever tail is short."""
    if threshold <= 0:
        return mean - threshold
    if threshold > mean:
        total, number = 0.0, threshold
        while True:
            number += 1
            part = (number - threshold) * _poisson(number, mean)
            total += part
            if part <= 1e-17 * total or part < 1e-300:
                return total
    spread = 12.0 * math.sqrt(mean) + 20.0
    below = range(max(0, int(mean - spread)), threshold)
    return mean - threshold + math.fsum((threshold - n) * _poisson(n, mean) for n in below)


def _poisson(count: int, mean: float) -> float:
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
