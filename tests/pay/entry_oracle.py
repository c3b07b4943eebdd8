"""Routes of entry judged by plain Python: one course of events at a time.

A course of events says of each step at which try it succeeded, or that it failed for good, and has
a figure for everything uncertain. Courses are either enumerated with their probabilities, or drawn
with the sampler of the standard library.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from doseline.model.demand import Gate, Incidence, Region
from doseline.model.entry import EntryRoute, EntryStep, EntryTerms, EntryUse
from doseline.model.supply import Product

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from doseline.model.network import Network

YEAR = 365.25
_EPOCH = date(1970, 1, 1)
_PANELS = 6
"""Simpson's rule over a year or less without a bend: exact to a millionth here."""
Row: TypeAlias = EntryTerms | EntryStep | EntryUse
Figure: TypeAlias = Callable[[Row, str], float]


@dataclass
class Seen:
    """What one course of events comes to, or what many come to in the mean."""

    ends: dict[str, float] = field(default_factory=dict)
    """Day on which each step that succeeded ended, since 1970. [d]"""
    money: float = 0.0
    spent: float = 0.0
    earned: float = 0.0
    elsewhere: float = 0.0
    patients: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    """By calendar year and kind."""


def day_of(when: date) -> float:
    """Days since 1970-01-01. [d]"""
    return float((when - _EPOCH).days)


def date_at(day: float) -> date:
    """The date of a day."""
    return _EPOCH + timedelta(days=math.floor(day))


@dataclass
class Story:
    """One route of a network's product."""

    network: Network
    route: str

    def __post_init__(self) -> None:
        network = self.network
        self.about = network.by_key(EntryRoute)[self.route]
        self.terms = network.by_key(EntryTerms)[self.about.product]
        self.product = network.by_key(Product)[self.about.product]
        self.steps = [row for row in network.rows(EntryStep) if row.route == self.route]
        self.uses = [row for row in network.rows(EntryUse) if row.route == self.route]

    def people(self) -> float:
        """Patients a year who pass the gates. [1/year]"""
        wanted = self.terms.patients_of or self.terms.product
        rural = {row.region: row.rural for row in self.network.rows(Region)}
        total = 0.0
        for row in self.network.rows(Incidence):
            if row.product == wanted:
                count = row.per_year
                for gate in self.network.rows(Gate):
                    if gate.product == wanted:
                        other = gate.rural_pass_percent if rural[row.region] else None
                        count *= (gate.pass_percent if other is None else other) / 100.0
                total += count
        return total

    def doses(self) -> float:
        """Mean doses of a course. [1]"""
        going = self.product.continue_percent / 100.0
        return sum(going**given for given in range(self.product.cycles_max))

    def enumerated(self, figure: Figure) -> Iterator[tuple[float, dict[str, int]]]:
        """Every outcome of the steps with its probability: tries until success, 0 for failure."""
        options = []
        for step in self.steps:
            wins = figure(step, "success_percent") / 100.0
            ways = [(wins * (1 - wins) ** before, before + 1) for before in range(step.tries)]
            options.append([*ways, ((1 - wins) ** step.tries, 0)])
        for picked in itertools.product(*options):
            chance = math.prod(one for one, _ in picked)
            if chance > 0.0:
                names = [step.step for step in self.steps]
                yield chance, dict(zip(names, (tries for _, tries in picked), strict=True))

    def told(self, tries: dict[str, int], figure: Figure, *, later: int = 0) -> Seen:
        """What comes of one course of events, with every round missed so many times."""
        seen = Seen()
        spans = self._spans(tries, figure, seen, later)
        first = day_of(self.terms.valued_on)
        last = day_of(self.terms.counted_until) + 1.0
        force = math.log1p(figure(self.terms, "discount_percent") / 100.0) / YEAR
        worth_elsewhere = 0.0
        for step in self.steps:
            if step.step not in spans:
                continue
            start, end = spans[step.step]
            count = tries[step.step] or step.tries
            cost = count * figure(step, "cost") * step.developer_percent / 100.0
            seen.spent += cost * _evenly(start - first, end - first, last - first, force)
            self._treat(seen, step, start, end)
            if step.step in seen.ends:
                share = step.elsewhere_percent / 100.0
                worth_elsewhere = max(worth_elsewhere, self._data(end, share, figure))
        seen.elsewhere = worth_elsewhere
        self._sell(seen, figure, (first, last, force))
        seen.money = seen.earned - seen.spent + seen.elsewhere
        return seen

    def _treat(self, seen: Seen, step: EntryStep, start: float, end: float) -> None:
        """Patients of a trial, evenly over its time, as far as they are counted."""
        last = day_of(self.terms.counted_until) + 1.0
        if step.patients and end == start:
            if start < last:
                seen.patients[date_at(start).year, "trial"] += step.patients
        elif step.patients:
            for left, right in _pieces(start, end, end, last):
                year = date_at((left + right) / 2).year
                seen.patients[year, "trial"] += step.patients * (right - left) / (end - start)

    def _spans(
        self, tries: dict[str, int], figure: Figure, seen: Seen, later: int
    ) -> dict[str, tuple[float, float]]:
        spans: dict[str, tuple[float, float]] = {}
        waiting = list(self.steps)
        while waiting:
            step = next(
                one for one in waiting if not {*one.after.split()} & {row.step for row in waiting}
            )
            waiting.remove(step)
            before = step.after.split()
            if any(name not in seen.ends for name in before):
                continue
            start = max([day_of(self.about.starts), *(seen.ends[name] for name in before)])
            if step.not_before is not None:
                start = max(start, day_of(step.not_before))
            count = tries[step.step] or step.tries
            end = self._end(step, start, count + (later if step.windows else 0), figure)
            spans[step.step] = start, end
            if tries[step.step]:
                seen.ends[step.step] = end
        return spans

    def _end(self, step: EntryStep, start: float, count: int, figure: Figure) -> float:
        days = figure(step, "days")
        if step.windows:
            return _round(step.windows, _worked(start, days, workdays=step.workdays), count)
        for _ in range(count):
            start = _worked(start, days, workdays=step.workdays)
        return start

    def _data(self, end: float, share: float, figure: Figure) -> float:
        terms = self.terms
        saved = figure(terms, "saved_days")
        if terms.own_data is not None:
            saved = max(min(saved, day_of(terms.own_data) - end), 0.0)
        chance = terms.programme_percent / 100.0
        shift = figure(terms, "shift_percent") / 100.0 * share if saved > 0.0 else 0.0
        rate = figure(terms, "discount_percent") / 100.0
        gains = min(chance + shift, 1.0) * (1 + rate) ** (share * saved / YEAR) - chance
        return float(figure(terms, "programme_money") * gains)

    def _sell(self, seen: Seen, figure: Figure, counted: tuple[float, float, float]) -> None:
        first, last, force = counted
        opens = {use.use: seen.ends[use.begins] for use in self.uses if use.begins in seen.ends}
        closes = dict.fromkeys(opens, last)
        for use in self.uses:
            for name in use.replaces.split():
                if use.use in opens and name in opens:
                    closes[name] = min(closes[name], opens[use.use])
        people = self.people() * figure(self.terms, "patients_percent") / 100.0

        def rate(use: EntryUse, day: float) -> float:
            replaced = [one for one in self.uses if one.use in use.replaces.split()]
            begins = sum(
                rate(one, opens[use.use])
                for one in replaced
                if one.use in opens and opens[one.use] <= opens[use.use] <= closes[one.use]
            )
            peak = people * figure(use, "share_percent") / 100.0 / YEAR
            grown = min((day - opens[use.use]) / use.ramp_days, 1.0) if use.ramp_days else 1.0
            return begins + (peak - begins) * grown

        def earns(use: EntryUse, day: float) -> float:
            years = (day - opens[use.use]) / YEAR
            price = figure(use, "price") * (1.0 - use.price_fall_percent / 100.0) ** years
            margin = price - figure(use, "unit_cost")
            return float(rate(use, day) * self.doses() * margin * math.exp(-force * (day - first)))

        for use in self.uses:
            if use.use in opens:
                start = opens[use.use]
                for piece in _pieces(start, start + use.ramp_days, closes[use.use], last):
                    seen.earned += _simpson(functools.partial(earns, use), piece)
                    year = date_at(sum(piece) / 2).year
                    seen.patients[year, use.kind] += _simpson(functools.partial(rate, use), piece)


def _pieces(start: float, ramp: float, end: float, last: float) -> Iterator[tuple[float, float]]:
    """Stretches of a use without a bend, cut at new years and at the last day counted."""
    end = min(end, last)
    years = range(date_at(start).year, date_at(last).year + 2)
    cuts = sorted({start, ramp, end, *(day_of(date(year, 1, 1)) for year in years)})
    inside = [cut for cut in cuts if start <= cut <= end]
    yield from itertools.pairwise(inside)


def _simpson(value: Callable[[float], float], piece: tuple[float, float]) -> float:
    left, right = piece
    width = (right - left) / _PANELS
    total = value(left) + value(right)
    for at in range(1, _PANELS):
        total += (4 if at % 2 else 2) * value(left + at * width)
    return total * width / 3


def _evenly(start: float, end: float, last: float, force: float) -> float:
    """Worth of one unit spent evenly between two days, as far as it is counted."""
    if end <= start:
        return math.exp(-force * start) if start < last else 0.0
    until = min(end, last)
    if until <= start:
        return 0.0
    if force == 0.0:
        return (until - start) / (end - start)
    return (math.exp(-force * start) - math.exp(-force * until)) / force / (end - start)


def _worked(start: float, days: float, *, workdays: bool) -> float:
    """The end of some days after a day; workdays are Monday to Friday."""
    if not workdays:
        return start + days
    left, day = math.ceil(days), date_at(start)
    if left == 0:
        return start
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day_of(day)


def _round(windows: str, ready: float, count: int) -> float:
    """When the count-th round that can be reached takes effect."""
    found: list[tuple[date, date]] = []
    for window in windows.split():
        close, effect = (tuple(map(int, one.split("-"))) for one in window.split(">"))
        for year in range(date_at(ready).year, date_at(ready).year + count + 2):
            closes = date(year, *close)
            takes = date(year, *effect)
            if takes <= closes:
                takes = date(year + 1, *effect)
            if closes >= date_at(ready):
                found.append((closes, takes))
    return day_of(sorted(found)[count - 1][1])


def likely(row: Row, column: str) -> float:
    """The most likely value of a figure."""
    return float(getattr(row, column) or 0.0)


def drawer(dice: random.Random, certain: Figure) -> Figure:
    """Figures drawn from triangles, certain ones as they are; rows of one name share their draw."""
    shares: dict[tuple[str, str], float] = {}

    def figure(row: Row, column: str) -> float:
        mode = certain(row, column)
        low, high = getattr(row, "low_" + column, None), getattr(row, "high_" + column, None)
        low, high = (mode if low is None else low), (mode if high is None else high)
        if low == high:
            return mode
        name = getattr(row, "step", None) or getattr(row, "use", None) or ""
        share = shares.setdefault((name, column), dice.random())
        turn = (mode - low) / (high - low)
        if share < turn:
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1 - share) * (high - low) * (high - mode))

    return figure


def drawn_tries(story: Story, figure: Figure, dice: random.Random) -> dict[str, int]:
    """Luck of every step: tries until it succeeds, 0 if it never does."""
    luck = {}
    for step in story.steps:
        wins = [
            at + 1
            for at in range(step.tries)
            if dice.random() < figure(step, "success_percent") / 100.0
        ]
        luck[step.step] = wins[0] if wins else 0
    return luck
