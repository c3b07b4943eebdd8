"""What may become of the steps of a route: every outcome, so that probabilities are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from doseline.errors import BadInputError
from doseline.pay.entry_draws import ends

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.entry import EntryStep, EntryUse
    from doseline.pay.entry_calendar import Floats

MOST_OUTCOMES = 500

FAILED = 0

Outcome: TypeAlias = dict[str, int]
"""By step the try at which it succeeded, or ``FAILED``; a step that never began is not in it."""


class TooManyOutcomesError(BadInputError):
    """A route may come out in too many ways to follow each."""

    def __init__(self, route: str) -> None:
        self.route = route
        self.most = MOST_OUTCOMES
        super().__init__(
            f"entry_steps.csv: route '{route}' can come out in more than {MOST_OUTCOMES} ways. "
            "Join steps that may fail, or lower their tries."
        )


def in_order(steps: Sequence[EntryStep]) -> list[EntryStep]:
    """The steps, each after those that it waits for; otherwise in their order."""
    before = {one.step: one.after.split() for one in steps}
    named = {one.step: one for one in steps}
    return [named[name] for name in _sorted(before)]


def uses_in_order(uses: Sequence[EntryUse]) -> list[EntryUse]:
    """The uses, each after those that it replaces; otherwise in their order."""
    before = {one.use: one.replaces.split() for one in uses}
    named = {one.use: one for one in uses}
    return [named[name] for name in _sorted(before)]


def _sorted(before: Mapping[str, Sequence[str]]) -> list[str]:
    """Names, each after those that are before it."""
    waiting = list(before)
    ordered: list[str] = []
    while waiting:
        one = next(name for name in waiting if set(before[name]) <= set(ordered))
        waiting.remove(one)
        ordered.append(one)
    return ordered


def may_fail(step: EntryStep) -> bool:
    """Whether a try need not succeed."""
    return ends(step, "success_percent")[0] < 100.0


def outcomes(route: str, ordered: Sequence[EntryStep]) -> list[Outcome]:
    """Every way in which the steps may come out.

    Args:
        route: Name of the route, for the message.
        ordered: Its steps, each after those that it waits for.

    Raises:
        TooManyOutcomesError: If there are too many.
    """
    found: list[Outcome] = [{}]
    for step in ordered:
        grown: list[Outcome] = []
        for one in found:
            if any(one.get(before, FAILED) == FAILED for before in step.after.split()):
                grown.append(one)
                continue
            results = (*range(1, step.tries + 1), FAILED) if may_fail(step) else (1,)
            grown += [{**one, step.step: result} for result in results]
        if len(grown) > MOST_OUTCOMES:
            raise TooManyOutcomesError(route)
        found = grown
    return found


def weight(
    outcome: Outcome, ordered: Sequence[EntryStep], success: Mapping[str, Floats], samples: int
) -> Floats:
    """Probability of an outcome in each sample. [unitless]

    Args:
        outcome: What became of each step.
        ordered: The steps.
        success: Probability that a try succeeds in each sample, by step. [unitless]
        samples: How many samples there are.
    """
    chance = np.ones(samples)
    for step in ordered:
        end = outcome.get(step.step)
        if end is None:
            continue
        p = success[step.step]
        chance = chance * ((1.0 - p) ** step.tries if end == FAILED else p * (1.0 - p) ** (end - 1))
    return chance
