"""One route in every outcome and every sample: times, patients and money."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doseline.pay.entry_calendar import YEAR_DAYS, number_of
from doseline.pay.entry_money import Uptake, factor, force, spread, worth_elsewhere
from doseline.pay.entry_times import clock_of
from doseline.pay.entry_tree import FAILED, in_order, outcomes, uses_in_order, weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from doseline.model.entry import EntryRoute, EntryStep, EntryTerms, EntryUse
    from doseline.pay.entry_calendar import Floats, Workdays
    from doseline.pay.entry_draws import Draws
    from doseline.pay.entry_times import Span
    from doseline.pay.entry_tree import Outcome

Item = tuple[str, str]
"""``step``, ``use`` or ``programme``, and its name."""

PROGRAMME: Item = ("programme", "")
"""What human data are worth elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOf:
    """Where a price comes from that is not the use's own."""

    where: str
    """``given`` by the user, or of the ``product``."""
    evidence: str
    """Row of evidence; empty for a price that is given."""
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What routes of a product are judged on."""

    terms: EntryTerms
    routes: Sequence[EntryRoute]
    steps: Mapping[str, Sequence[EntryStep]]
    """By route."""
    uses: Mapping[str, Sequence[EntryUse]]
    """By route; a price is set in each."""
    workdays: Mapping[str, Workdays]
    patients_per_year: float
    """Patients who pass the gates of the pathway. [1/year]"""
    doses: float
    """Doses of a course, expected. [unitless]"""
    prices: Mapping[tuple[str, str], PriceOf] = field(default_factory=dict)
    """By route and use where its price comes from; a use that is left out has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One outcome of a route, in every sample."""

    outcome: Outcome
    weight: Floats
    """Its probability. [unitless]"""
    spans: Mapping[str, Span]
    uptakes: Mapping[str, Uptake]
    """Of the uses that open."""
    money: Mapping[Item, Floats]
    """To the developer, discounted; spent is negative. [currency]"""

    @property
    def value(self) -> Floats:
        """All of its money. [currency]"""
        total: Floats = np.sum(list(self.money.values()), axis=0)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A route in all its outcomes."""

    route: EntryRoute
    steps: Sequence[EntryStep]
    uses: Sequence[EntryUse]
    branches: Sequence[Branch]

    def rnpv(self) -> Floats:
        """Net present value in each sample, what may fail weighed by its probability. [currency]"""
        total: Floats = np.sum([one.weight * one.value for one in self.branches], axis=0)
        return total


def judge(case: Case, route: EntryRoute, draws: Draws, *, later: int = 0) -> Judged:
    """A route in every outcome.

    Args:
        case: What it is judged on.
        route: Which of its routes.
        draws: The uncertain figures in each sample.
        later: Rounds by which every application comes too late.

    Raises:
        TooManyOutcomesError: If it may come out in too many ways.
    """
    ordered = in_order(case.steps[route.route])
    uses = uses_in_order(case.uses.get(route.route, ()))
    clock = clock_of(route, ordered, case.workdays, draws, later=later)
    success = {one.step: draws.values(one, "success_percent") / 100.0 for one in ordered}
    ledger = _Ledger(case=case, draws=draws)
    branches = []
    for outcome in outcomes(route.route, ordered):
        chance = weight(outcome, ordered, success, draws.samples)
        if not chance.any():
            continue
        spans = clock.spans(outcome)
        uptakes = ledger.uptakes(uses, outcome, spans)
        money = {
            **dict(ledger.costs(ordered, outcome, spans)),
            **dict(ledger.incomes(uses, uptakes)),
            PROGRAMME: ledger.elsewhere(ordered, outcome, spans),
        }
        branches.append(
            Branch(outcome=outcome, weight=chance, spans=spans, uptakes=uptakes, money=money)
        )
    return Judged(route=route, steps=ordered, uses=uses, branches=branches)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    """Patients and money in one set of draws."""

    case: Case
    draws: Draws
    drawn: dict[tuple[str, str, str], Floats] = field(default_factory=dict)

    @property
    def yearly(self) -> Floats:
        return self._of(self.case.terms, "discount_percent") / 100.0

    @property
    def today(self) -> float:
        return number_of(self.case.terms.valued_on)

    @property
    def until(self) -> float:
        """End of the last day that is counted."""
        return number_of(self.case.terms.counted_until) + 1.0

    def costs(
        self, steps: Sequence[EntryStep], outcome: Outcome, spans: Mapping[str, Span]
    ) -> Iterator[tuple[Item, Floats]]:
        """What the developer spends on each step that began, discounted; negative."""
        per_day = force(self.yearly)
        for step in steps:
            result = outcome.get(step.step)
            if result is None:
                continue
            span = spans[step.step]
            tries = step.tries if result == FAILED else result
            each = self._of(step, "cost") * tries * step.developer_percent / 100.0
            paid = spread(
                span.start - self.today, span.end - self.today, self.until - self.today, per_day
            )
            yield ("step", step.step), -each * paid

    def uptakes(
        self, uses: Sequence[EntryUse], outcome: Outcome, spans: Mapping[str, Span]
    ) -> dict[str, Uptake]:
        """Patients of each use that opens; a use that replaces others starts at their rate."""
        open_ones = [one for one in uses if outcome.get(one.begins, FAILED) != FAILED]
        found: dict[str, Uptake] = {}
        share = self._of(self.case.terms, "patients_percent") / 100.0
        a_day = share * self.case.patients_per_year / YEAR_DAYS
        for use in open_ones:
            start = spans[use.begins].end
            end = np.full_like(start, self.until)
            for other in open_ones:
                if use.use in other.replaces.split():
                    end = np.minimum(end, spans[other.begins].end)
            first = np.zeros_like(start)
            for name in use.replaces.split():
                if name in found:
                    first = first + found[name].rate(start)
            runs = end >= start
            found[use.use] = Uptake(
                start=start,
                end=np.maximum(end, start),
                first=np.where(runs, first, 0.0),
                peak=np.where(runs, a_day * self._of(use, "share_percent") / 100.0, 0.0),
                ramp=use.ramp_days,
            )
        return found

    def incomes(
        self, uses: Sequence[EntryUse], uptakes: Mapping[str, Uptake]
    ) -> Iterator[tuple[Item, Floats]]:
        """What the developer earns by each use that opens, less what its doses cost, discounted."""
        per_day = force(self.yearly)
        for use in uses:
            if use.use not in uptakes:
                continue
            uptake = uptakes[use.use]
            falls = -np.log1p(-use.price_fall_percent / 100.0) / YEAR_DAYS
            earned = self._of(use, "price") * uptake.worth(per_day + falls)
            spent = self._of(use, "unit_cost") * uptake.worth(per_day)
            opens = factor(uptake.start - self.today, per_day)
            yield ("use", use.use), self.case.doses * (earned - spent) * opens

    def elsewhere(
        self, steps: Sequence[EntryStep], outcome: Outcome, spans: Mapping[str, Span]
    ) -> Floats:
        """What the best human data of the route are worth to the programme elsewhere."""
        terms = self.case.terms
        best = np.zeros(self.draws.samples)
        own = np.inf if terms.own_data is None else number_of(terms.own_data)
        for step in steps:
            if step.milestone != "human_data" or outcome.get(step.step, FAILED) == FAILED:
                continue
            carried = step.elsewhere_percent / 100.0
            ahead = own - spans[step.step].end
            worth = worth_elsewhere(
                money=self._of(terms, "programme_money"),
                probability=np.full_like(best, terms.programme_percent / 100.0),
                saved=carried * np.clip(ahead, 0.0, self._of(terms, "saved_days")),
                shift=carried * self._of(terms, "shift_percent") / 100.0,
                yearly=self.yearly,
            )
            best = np.maximum(best, np.where(ahead > 0.0, worth, 0.0))
        return best

    def _of(self, row: EntryTerms | EntryStep | EntryUse, column: str) -> Floats:
        """A figure in each sample, drawn once."""
        name = (type(row).__name__, getattr(row, "step", getattr(row, "use", "")), column)
        if name not in self.drawn:
            self.drawn[name] = self.draws.values(row, column)
        return self.drawn[name]
