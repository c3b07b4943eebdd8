"""When the steps of a route begin and end in one outcome, in every sample."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from doseline.pay.entry_calendar import number_of, yearly_rounds
from doseline.pay.entry_tree import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.entry import EntryRoute, EntryStep
    from doseline.pay.entry_calendar import Floats, Rounds, Workdays
    from doseline.pay.entry_draws import Draws
    from doseline.pay.entry_tree import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when to when a step runs in each sample. [d]"""

    start: Floats
    end: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the times of a route's steps follow from."""

    route: EntryRoute
    ordered: Sequence[EntryStep]
    days: Mapping[str, Floats]
    """Time that a try takes in each sample, by step. [d]"""
    workdays: Mapping[str, Workdays]
    """By calendar; that without a name is Monday to Friday."""
    rounds: Mapping[str, Rounds]
    """By step that has any."""
    later: int = 0
    """Rounds by which every application comes too late."""

    def spans(self, outcome: Outcome) -> dict[str, Span]:
        """The times of all steps that began."""
        begins = number_of(self.route.starts)
        samples = len(next(iter(self.days.values())))
        found: dict[str, Span] = {}
        for step in self.ordered:
            if step.step not in outcome:
                continue
            start = np.full(samples, begins)
            if step.not_before is not None:
                start = np.maximum(start, number_of(step.not_before))
            for before in step.after.split():
                start = np.maximum(start, found[before].end)
            end = self._end(step, start, outcome[step.step])
            found[step.step] = Span(start=start, end=end)
        return found

    def _end(self, step: EntryStep, start: Floats, result: int) -> Floats:
        """When a step has succeeded, or has failed for good."""
        tries = step.tries if result == FAILED else result
        rounds = self.rounds.get(step.step)
        days = self.days[step.step] * (1 if rounds else tries)
        if step.workdays:
            ready = self.workdays[step.calendar or ""].after(start, days)
        else:
            ready = start + days
        return rounds.effect(ready, tries + self.later) if rounds else ready


def clock_of(
    route: EntryRoute,
    ordered: Sequence[EntryStep],
    workdays: Mapping[str, Workdays],
    draws: Draws,
    *,
    later: int = 0,
) -> Clock:
    """The clock of a route in all samples."""
    first = min([route.starts, *(step.not_before for step in ordered if step.not_before)])
    return Clock(
        route=route,
        ordered=ordered,
        days={step.step: draws.values(step, "days") for step in ordered},
        workdays=workdays,
        rounds={
            step.step: yearly_rounds(step.windows, date(first.year, 1, 1))
            for step in ordered
            if step.windows
        },
        later=later,
    )
