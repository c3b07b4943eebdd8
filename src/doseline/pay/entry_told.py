"""Times, steps, patients and money of judged routes as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.entry import MILESTONES
from doseline.pay.entry_calendar import date_of, number_of
from doseline.pay.entry_tree import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from doseline.model.entry import EntryStep
    from doseline.pay.entry_calendar import Floats
    from doseline.pay.entry_route import Branch, Judged

MONTH_DAYS = 365.25 / 12.0
POINTS = (0.1, 0.5, 0.9)
"""Shares of which the times are told."""
TRIAL = "trial"


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value that has at least a share of the weight at or below it.

    Args:
        values: Any order.
        weights: Of each, not negative; not all zero.
        share: From 0 to 1. [unitless]
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = int(np.searchsorted(reached, share * reached[-1], side="left"))
    return float(values[order][min(at, len(values) - 1)])


def time_rows(judged: Judged) -> Iterator[tuple[object, ...]]:
    """When each milestone of a route is reached, and with what probability."""
    begins = number_of(judged.route.starts)
    for milestone in MILESTONES:
        steps = [one for one in judged.steps if one.milestone == milestone]
        if not steps:
            continue
        days, weights = _gathered(judged, [_first(one, steps) for one in judged.branches])
        chance = _chance(weights, judged)
        if chance == 0.0:
            yield judged.route.route, milestone, 0.0, None, None, None, None
            continue
        mean = float(np.average(days, weights=weights)) - begins
        points = [_day(days, weights, share) for share in POINTS]
        yield judged.route.route, milestone, chance, *points, mean / MONTH_DAYS


def step_rows(judged: Judged) -> Iterator[tuple[object, ...]]:
    """When each step of a route runs, and with what probability."""
    for step in judged.steps:
        starts, begun = _gathered(judged, [_start(one, step) for one in judged.branches])
        days, done = _gathered(judged, [_first(one, [step]) for one in judged.branches])
        points = [_day(days, done, share) if done.any() else None for share in POINTS]
        yield (
            judged.route.route,
            step.step,
            step.milestone,
            _chance(begun, judged),
            _chance(done, judged),
            _day(starts, begun, 0.5) if begun.any() else None,
            *points,
        )


def patient_rows(judged: Judged, first: date, last: date) -> Iterator[tuple[object, ...]]:
    """Expected patients of a route by calendar year, from the start of the route on.

    Args:
        judged: The route.
        first: Day of valuation; years before it are told where the route starts earlier.
        last: Last day counted.
    """
    kinds = dict.fromkeys((TRIAL, *(use.kind for use in judged.uses)))
    until = number_of(last) + 1.0
    for year in range(min(first.year, judged.route.starts.year), last.year + 1):
        start, end = (
            number_of(first.replace(year=one, month=1, day=1)) for one in (year, year + 1)
        )
        for kind in kinds:
            count = sum(
                float(
                    np.mean(branch.weight * _patients(judged, branch, kind, start, min(end, until)))
                )
                for branch in judged.branches
            )
            if count > 0.0:
                yield judged.route.route, year, kind, count


def money_rows(judged: Judged) -> Iterator[tuple[object, ...]]:
    """Expected money of a route by step and use."""
    items = dict.fromkeys(item for branch in judged.branches for item in branch.money)
    for kind, name in items:
        amount = sum(
            float(np.mean(branch.weight * branch.money[kind, name]))
            for branch in judged.branches
            if (kind, name) in branch.money
        )
        yield judged.route.route, kind, name, amount


def _patients(judged: Judged, branch: Branch, kind: str, start: float, end: float) -> Floats:
    """Patients of a kind between two days, in each sample."""
    count = np.zeros_like(branch.weight)
    if kind == TRIAL:
        for step in judged.steps:
            if step.patients and step.step in branch.spans:
                span = branch.spans[step.step]
                whole = np.maximum(span.end - span.start, 1.0)
                inside = np.minimum(end, span.start + whole) - np.maximum(start, span.start)
                count = count + step.patients * np.clip(inside, 0.0, None) / whole
        return count
    for use in judged.uses:
        if use.kind == kind and use.use in branch.uptakes:
            count = count + branch.uptakes[use.use].patients(start, end)
    return count


def _gathered(judged: Judged, times: Sequence[Floats | None]) -> tuple[Floats, Floats]:
    """Times of all outcomes that have one, and the weight of each."""
    told = zip(times, judged.branches, strict=True)
    kept = [(days, one.weight) for days, one in told if days is not None]
    if not kept:
        return np.zeros(0), np.zeros(0)
    return np.concatenate([one for one, _ in kept]), np.concatenate([one for _, one in kept])


def _first(branch: Branch, steps: Sequence[EntryStep]) -> Floats | None:
    """When the first of some steps succeeds; none if none does."""
    ends = [
        branch.spans[one.step].end
        for one in steps
        if branch.outcome.get(one.step, FAILED) != FAILED
    ]
    return np.min(ends, axis=0) if ends else None


def _start(branch: Branch, step: EntryStep) -> Floats | None:
    """When a step begins; none if it never does."""
    span = branch.spans.get(step.step)
    return None if span is None else span.start


def _chance(weights: Floats, judged: Judged) -> float:
    """Mean probability over the samples; rounding does not lead above 1. [unitless]"""
    return min(1.0, float(weights.sum()) / len(judged.branches[0].weight))


def _day(days: Floats, weights: Floats, share: float) -> date:
    return date_of(quantile(days, weights, share))
