"""Which route is best, which figure decides it, and what knowing a figure would be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.pay.entry_draws import Draws, ends, uncertain
from doseline.pay.entry_route import judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.pay.entry_calendar import Floats
    from doseline.pay.entry_draws import Key, Row
    from doseline.pay.entry_route import Case

EFFECT_SAMPLES = 400
"""Samples over which the effect of a figure is taken."""
_PER_BIN = 100
"""Samples among which a figure is taken to be known."""


def figures(case: Case) -> dict[Key, list[Row]]:
    """The uncertain figures of all routes."""
    rows: list[Row] = [case.terms]
    for route in case.routes:
        rows += [*case.steps[route.route], *case.uses.get(route.route, ())]
    return uncertain(rows)


def chance_of_best(values: Floats) -> Floats:
    """Probability that each route is worth most; equals share. Shape (route, sample) in."""
    best = values >= values.max(axis=0, keepdims=True)
    shares: Floats = (best / best.sum(axis=0, keepdims=True)).mean(axis=1)
    return shares


def perfect_information(values: Floats) -> float:
    """What it is worth to know everything before a route is chosen. [currency]

    Args:
        values: Net present value of each route in each sample, shape (route, sample).
    """
    return float(values.max(axis=0).mean() - values.mean(axis=1).max())


def information(values: Floats, known: Floats) -> float:
    """What it is worth to know one figure before a route is chosen. [currency]

    Samples are sorted by the figure and cut into bins; in each the best route is chosen by one
    half of its samples and valued by the other, so that chance alone is worth nothing (Strong and
    Oakley 2013, doi:10.1177/0272989X12465123, for the bins).

    Args:
        values: Net present value of each route in each sample, shape (route, sample).
        known: The figure in each sample.
    """
    order = np.argsort(known, kind="stable")
    bins = np.array_split(order, max(1, len(order) // _PER_BIN))
    now = int(values.mean(axis=1).argmax())
    gains = [_crossed(values[:, one], now) * len(one) for one in bins]
    return max(0.0, float(np.sum(gains)) / len(order))


def _crossed(values: Floats, now: int) -> float:
    """Gain over a route within a bin: chosen by one half, valued by the other, both ways."""
    halves = values[:, 0::2], values[:, 1::2]
    if halves[1].shape[1] == 0:
        return 0.0
    gains = [
        float(told[chosen.mean(axis=1).argmax()].mean() - told[now].mean())
        for chosen, told in (halves, halves[::-1])
    ]
    return sum(gains) / 2.0


def effects(case: Case, draws: Draws) -> Iterator[tuple[str, Key, float, float, float, float]]:
    """By route and figure its ends, and the expected worth with the figure at each of them.

    Args:
        case: The routes.
        draws: Seed; a few of its samples are enough, as both ends see the same ones.
    """
    few = min(EFFECT_SAMPLES, draws.samples)
    for key, rows in figures(case).items():
        held = [Draws(seed=draws.seed, samples=few, fixed={key: end}) for end in (0.0, 1.0)]
        for route in case.routes:
            mine = [row for row in rows if getattr(row, "route", route.route) == route.route]
            if not mine:
                continue
            low, _, high = ends(mine[0], key[1])
            worth = [float(judge(case, route, one).rnpv().mean()) for one in held]
            yield route.route, key, low, high, worth[0], worth[1]
