"""Small routes of entry for tests, and a second, slow way to judge them.

The second way knows nothing of the first: it goes through every combination of what each step may
do, one by one, with dates of the standard library, and adds up patients day by day.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from doseline.model.entry import EntryRoute, EntryStep, EntryTerms, EntryUse, rounds
from doseline.pay.entry_calendar import workdays
from doseline.pay.entry_route import Case

START = date(2026, 3, 16)
UNTIL = date(2035, 12, 31)


def terms(**about: Any) -> EntryTerms:
    given = {"product": "p", "valued_on": START, "counted_until": UNTIL, "discount_percent": 10.0}
    return EntryTerms(**{**given, "evidence": "e", **about})


def step(name: str, after: str = "", *, route: str = "r", **about: Any) -> EntryStep:
    return EntryStep(route=route, step=name, name=name, after=after, evidence="e", **about)


def use(name: str, begins: str, *, route: str = "r", **about: Any) -> EntryUse:
    given = {"kind": "unlisted", "share_percent": 20.0, "price": 100.0, "evidence": "e"}
    return EntryUse(**{**given, "route": route, "use": name, "begins": begins, **about})


def case(routes: dict[str, tuple[list[EntryStep], list[EntryUse]]], **about: Any) -> Case:
    """A case of 1,000 patients a year and three doses each."""
    starts = about.pop("starts", START)
    return Case(
        terms=terms(**about),
        routes=[
            EntryRoute(route=name, product="p", name=name, starts=starts, evidence="e")
            for name in routes
        ],
        steps={name: steps for name, (steps, _) in routes.items()},
        uses={name: uses for name, (_, uses) in routes.items()},
        workdays={"": workdays(date(2020, 1, 1), {})},
        patients_per_year=1000.0,
        doses=3.0,
    )


@dataclass
class Slow:
    """What the second way finds: probability and mean end of each step, worth, patients."""

    succeeded: dict[str, float] = field(default_factory=dict)
    worth: float = 0.0
    patients: float = 0.0


def judge_slowly(one: Case, route: str) -> Slow:
    """Judge a route whose figures are all certain."""
    steps, uses = list(one.steps[route]), list(one.uses[route])
    found = Slow(succeeded={each.step: 0.0 for each in steps})
    # Each step draws how often it fails before it succeeds, whether or not it ever begins.
    for drawn in itertools.product(*(range(each.tries + 1) for each in steps)):
        fails = dict(zip((each.step for each in steps), drawn, strict=True))
        chance = math.prod(_chance(each, fails[each.step]) for each in steps)
        if chance == 0.0:
            continue
        world = _World(one, steps, fails)
        for each in steps:
            found.succeeded[each.step] += chance * (world.end(each.step) is not None)
        worth, patients = world.worth(uses)
        found.worth += chance * worth
        found.patients += chance * patients
    return found


def _chance(each: EntryStep, fails: int) -> float:
    p = each.success_percent / 100.0
    return (1 - p) ** fails if fails == each.tries else (1 - p) ** fails * p


class _World:
    """One way in which all steps may come out."""

    def __init__(self, one: Case, steps: list[EntryStep], fails: dict[str, int]) -> None:
        self.case, self.fails = one, fails
        self.steps = {each.step: each for each in steps}

    def start(self, name: str) -> date | None:
        """When a step begins."""
        each = self.steps[name]
        ends = [self.end(before) for before in each.after.split()]
        if any(one is None for one in ends):
            return None
        return max([self.case.routes[0].starts, *(one for one in ends if one is not None)])

    def over(self, name: str) -> date | None:
        """When a step has succeeded or failed for good."""
        start, each = self.start(name), self.steps[name]
        if start is None:
            return None
        tries = min(self.fails[name] + 1, each.tries)
        if each.windows:
            ready = start + timedelta(days=each.days)
            effective = ready
            for _ in range(tries):
                ready, effective = _next_round(ready, each.windows)
            return effective
        return start + timedelta(days=each.days * tries)

    def end(self, name: str) -> date | None:
        """When a step has succeeded."""
        return None if self.fails[name] == self.steps[name].tries else self.over(name)

    def worth(self, uses: list[EntryUse]) -> tuple[float, float]:
        """Money and patients."""
        terms = self.case.terms
        rate = 1 + terms.discount_percent / 100.0
        total, patients = 0.0, 0.0
        for name, each in self.steps.items():
            start, over = self.start(name), self.over(name)
            if start is None or over is None:
                continue
            tries = min(self.fails[name] + 1, each.tries)
            days = max((over - start).days, 1)
            for number in range(days):
                middle = (start - terms.valued_on).days + (number + 0.5 if over > start else 0.0)
                if start + timedelta(days=number) <= terms.counted_until:
                    total -= each.cost * tries / days * rate ** (-middle / 365.25)
            patients += each.patients
        day = min(START, terms.valued_on)
        opens = {one.use: self.end(one.begins) for one in uses}
        while day <= terms.counted_until:
            for one in uses:
                now = self._rate(one, day, uses, opens)
                middle = (day - terms.valued_on).days + 0.5
                began = opens[one.use] or day
                age = (day - began).days + 0.5
                price = (one.price or 0.0) * (1 - one.price_fall_percent / 100) ** (age / 365.25)
                margin = self.case.doses * (price - one.unit_cost)
                total += now * margin * rate ** (-middle / 365.25)
                patients += now
            day += timedelta(days=1)
        return total, patients

    def _rate(
        self, one: EntryUse, day: date, uses: list[EntryUse], opens: dict[str, date | None]
    ) -> float:
        """Patients of a use on a day."""
        start = opens[one.use]
        if start is None or day < start:
            return 0.0
        for other in uses:
            ends = opens[other.use]
            if one.use in other.replaces.split() and ends is not None and day >= ends:
                return 0.0
        before = 0.0
        for other in uses:
            if other.use in one.replaces.split():
                began = opens[other.use]
                if began is not None and began <= start:
                    before += _grown(other, (start - began).days, 0.0)
        return _grown(one, (day - start).days + 0.5, before)


def _grown(one: EntryUse, age: float, first: float) -> float:
    peak = 1000.0 / 365.25 * one.share_percent / 100.0
    grown = min(age / one.ramp_days, 1.0) if one.ramp_days else 1.0
    return first + (peak - first) * grown


def _next_round(ready: date, windows: str) -> tuple[date, date]:
    """The day after the next round has closed, and when it takes effect."""
    day = ready
    while True:
        for closes, effective in rounds(windows):
            if (day.month, day.day) == closes:
                takes = day + timedelta(days=1)
                while (takes.month, takes.day) != effective:
                    takes += timedelta(days=1)
                return day + timedelta(days=1), takes
        day += timedelta(days=1)
