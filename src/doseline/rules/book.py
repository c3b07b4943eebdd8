"""A rulebook: the rules and parameters of one jurisdiction, and what they say of a flow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from doseline.rules.charge import charged
from doseline.rules.decision import Decision
from doseline.rules.errors import (
    DuplicateKeyError,
    NothingInForceError,
    UnknownParameterError,
    UnknownTopicError,
)
from doseline.rules.flow import Case, Payment, billed_units
from doseline.rules.rule import Line, Rule, check_periods
from doseline.rules.safety import OperationRule, ReleaseCriterion, StorageRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from doseline.rules.charge import Charge
    from doseline.rules.codes import BillingCode
    from doseline.rules.flow import Flow
    from doseline.rules.parameter import Parameter, Reading, Text
    from doseline.rules.safety import OperationTest, Purpose, ReleaseTest, StorageTest

Patch: TypeAlias = "Decimal | Mapping[date, Decimal]"
"""A value for all days, or values from given days on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What the code of a rulebook defines; its numbers come from its parameter files."""

    name: str
    currency: str
    rules: Mapping[str, tuple[Rule, ...]]
    """Rules of each topic, in order of their periods."""
    lines: Callable[[Case], tuple[Line, ...]]
    """Payments for a case; raises for a code, payer, setting or locality it does not know."""
    unit_key: Callable[[str], str | None]
    """Parameter that holds the activity of one billing unit of a code; none if billed once."""
    release: Callable[[str], tuple[ReleaseTest, ...]] = lambda _: ()
    """Release criteria of a nuclide, alternatives; without any a patient may go at once."""
    storage: Callable[[str], StorageTest] | None = None
    """How waste of a nuclide decays in storage; none if the rulebook does not say."""
    operation: Callable[[str], OperationTest | None] = lambda _: None
    """How an activity of a nuclide weighs in a day's operating quantity; none if it is not said."""
    codes: Mapping[str, BillingCode] = field(default_factory=dict)
    """What a claim must say of each code; none where the rulebook knows no claims."""
    following: Callable[[RuleBook, str, Mapping[date, Decimal]], Mapping[str, Patch]] = (
        lambda _book, _code, _prices: {}
    )
    """Rates of a code that follow its average price, given per unit from each quarter on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Rules and parameters, immutable; a what-if is a patched copy."""

    blueprint: Blueprint
    parameters: Mapping[str, Parameter]
    patches: tuple[str, ...] = ()
    """Keys that a what-if has changed."""

    def __post_init__(self) -> None:
        for topic, rules in self.blueprint.rules.items():
            check_periods(f"{self.blueprint.name}/{topic}", rules)

    @classmethod
    def of(cls, blueprint: Blueprint, parameters: Iterable[Parameter]) -> RuleBook:
        """The rulebook of a blueprint and its parameters.

        Raises:
            DuplicateKeyError: If two parameters bear one key.
            PeriodError: If the periods of a rule do not meet.
        """
        by_key: dict[str, Parameter] = {}
        for parameter in parameters:
            if parameter.key in by_key:
                raise DuplicateKeyError(blueprint.name, parameter.key, 1)
            by_key[parameter.key] = parameter
        return cls(blueprint=blueprint, parameters=MappingProxyType(by_key))

    @property
    def name(self) -> str:
        """Short name, as in a network's settings."""
        return self.blueprint.name

    @property
    def currency(self) -> str:
        """ISO 4217 code of all its money."""
        return self.blueprint.currency

    def on(self, day: date) -> Day:
        """The rulebook as it stands on one day."""
        return Day(book=self, day=day)

    def patched(self, patches: Mapping[str, Patch]) -> RuleBook:
        """A copy with other values, each marked as an assumption of the user.

        Args:
            patches: New value by key: one for all days, or several by the day they begin.

        Raises:
            UnknownParameterError: If a key does not exist.
        """
        changed = dict(self.parameters)
        for key, patch in patches.items():
            if key not in changed:
                raise UnknownParameterError(self.name, key, changed)
            first = changed[key].values[0].since
            amounts = {first: patch} if isinstance(patch, Decimal) else patch
            changed[key] = changed[key].patched(amounts, as_of=min(amounts))
        return replace(
            self,
            parameters=MappingProxyType(changed),
            patches=(*self.patches, *patches),
        )

    def following(self, code: str, prices: Mapping[date, Decimal]) -> RuleBook:
        """A what-if in which the rates of a code follow its average price, as late as they do.

        Args:
            code: Billing code.
            prices: Average price of one billing unit, by the first day of its quarter. [currency]

        Returns:
            A patched copy; this rulebook itself if none of its rates follows a price.
        """
        patches = self.blueprint.following(self, code, prices)
        return self.patched(patches) if patches else self

    def case(self, flow: Flow) -> Case:
        """The facts of a flow that its payment depends on."""
        unit_bq = self.on(flow.service_date).unit_bq(flow.code)
        units = billed_units(np.array([flow.billed_bq]), np.array([unit_bq]))
        return Case(
            code=flow.code,
            payer=flow.payer,
            setting=flow.setting,
            units=int(units[0]),
            locality=flow.locality,
            channel=flow.channel,
            nights=flow.nights,
            price=flow.price,
            contract=flow.contract,
            cover=flow.cover,
            charge=flow.charge,
            discount=flow.discount,
        )

    def decide(self, topic: str, flow: Flow) -> Decision:
        """What the rule on a topic says of a flow."""
        return self.on(flow.service_date).decide(topic, self.case(flow))

    def pay(self, flow: Flow, charges: Sequence[Charge] = ()) -> tuple[Payment, ...]:
        """All payments for one flow: those that rules decide, then those that the network states.

        Raises:
            MixedCurrencyError: If a charge is in another currency.
        """
        stated = tuple(charged(charge, currency=self.currency) for charge in charges)
        return self.on(flow.service_date).pay(self.case(flow)) + stated

    def release_criteria(
        self, nuclide: str, day: date, *, purpose: Purpose = "release"
    ) -> tuple[ReleaseCriterion, ...]:
        """The criteria of which one must be met, with values, units and sources.

        Args:
            nuclide: Canonical name, e.g. ``"I-131"``.
            day: Day of the administration.
            purpose: Limits of release, or those above which written instructions are due.

        Raises:
            NothingInForceError: If a criterion is asked for before its first value.
        """
        return tuple(
            self.on(day).release_criterion(test)
            for test in self.blueprint.release(nuclide)
            if test.purpose == purpose
        )

    def storage_rule(self, nuclide: str, day: date) -> StorageRule | None:
        """How waste of a nuclide decays in storage; none if the rulebook does not say.

        Raises:
            NothingInForceError: If a value begins later than this day.
        """
        if self.blueprint.storage is None:
            return None
        return self.on(day).storage_rule(self.blueprint.storage(nuclide))

    def operation_rule(self, nuclide: str, day: date) -> OperationRule | None:
        """How an activity weighs in a day's operating quantity; none if the rulebook does not say.

        Raises:
            NothingInForceError: If a value begins later than this day.
        """
        test = self.blueprint.operation(nuclide)
        return None if test is None else self.on(day).operation_rule(test)

    def turns(self) -> tuple[date, ...]:
        """Days on which a value, a rule or what a source speaks of changes, in order.

        Between two of them every case is decided alike.
        """
        rules = (rule for rules in self.blueprint.rules.values() for rule in rules)
        values = (value for parameter in self.parameters.values() for value in parameter.values)
        turns = {rule.valid_from for rule in rules}
        for value in values:
            turns.add(value.since)
            if value.published_until is not None:
                turns.add(value.published_until + timedelta(days=1))
        return tuple(sorted(turns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A rulebook on one day."""

    book: RuleBook
    day: date

    def parameter(self, key: str) -> Reading:
        """The value of a parameter in force on this day.

        Raises:
            UnknownParameterError: If there is no such parameter.
        """
        parameters = self.book.parameters
        if key not in parameters:
            raise UnknownParameterError(self.book.name, key, parameters)
        return parameters[key].on(self.day)

    def rule(self, topic: str) -> Rule:
        """The one rule in force on this day.

        Raises:
            UnknownTopicError: If there is no such topic.
        """
        rules = self.book.blueprint.rules
        if topic not in rules:
            raise UnknownTopicError(self.book.name, topic, rules)
        for rule in rules[topic]:
            if rule.holds_on(self.day):
                return rule
        raise NothingInForceError(topic, self.day, rules[topic][0].valid_from)

    def decide(self, topic: str, case: Case) -> Decision:
        """What the rule on a topic says of a case.

        Raises:
            UnknownTopicError: If there is no such topic.
            NothingInForceError: If a rule or a value begins later than this day.
        """
        return _Hearing(self, case).decision(topic)

    def pay(self, case: Case) -> tuple[Payment, ...]:
        """The payments that rules decide for a case."""
        hearing = _Hearing(self, case)
        return tuple(
            Payment(
                party_from=line.party_from,
                party_to=line.party_to,
                what=line.what,
                decision=hearing.decision(line.topic),
            )
            for line in self.book.blueprint.lines(case)
        )

    def release_criterion(self, test: ReleaseTest) -> ReleaseCriterion:
        """A release criterion with the values of this day."""
        limit = self.parameter(test.limit)
        share = None if test.occupancy is None else self.parameter(test.occupancy)
        return ReleaseCriterion(
            measure=test.measure,
            limit=_number(limit),
            occupancy=1.0 if share is None else _number(share),
            readings=(limit,) if share is None else (limit, share),
        )

    def storage_rule(self, test: StorageTest) -> StorageRule:
        """Decay in storage with the values of this day."""
        count = self.parameter(test.half_lives)
        longest, fixed = (
            None if key is None else self.parameter(key)
            for key in (test.longest_half_life_d, test.fixed_d)
        )
        return StorageRule(
            half_lives=_number(count),
            longest_half_life_h=float("inf") if longest is None else 24 * _number(longest),
            fixed_h=None if fixed is None else 24 * _number(fixed),
            readings=tuple(one for one in (count, longest, fixed) if one is not None),
        )

    def operation_rule(self, test: OperationTest) -> OperationRule:
        """The weight of an activity with the values of this day."""
        toxicity, operation = self.parameter(test.toxicity), self.parameter(test.operation)
        return OperationRule(
            factor=_number(toxicity) / _number(operation), readings=(toxicity, operation)
        )

    def unit_bq(self, code: str) -> float:
        """Activity [Bq] of one billing unit of a code; infinite if it is billed once."""
        key = self.book.blueprint.unit_key(code)
        return float("inf") if key is None else float(self.parameter(key).value.amount)


@dataclass(slots=True)
class _Hearing:
    """One case before the rules of its day; remembers what was decided."""

    day: Day
    case: Case
    decided: dict[str, Decision] = field(default_factory=dict)

    def decision(self, topic: str) -> Decision:
        if topic not in self.decided:
            self.decided[topic] = self._hear(topic)
        return self.decided[topic]

    def _hear(self, topic: str) -> Decision:
        rule = self.day.rule(topic)
        record = _Record(self)
        outcome = rule.says(self.case, record)
        return Decision(
            rule=f"{self.day.book.name}/{topic}@{rule.valid_from}",
            reference=rule.reference,
            value=outcome.value,
            unit=outcome.unit,
            readings=tuple(record.readings.values()),
            explanation=outcome.why,
            notes=tuple(dict.fromkeys((*record.notes, *outcome.notes))),
        )


@dataclass(slots=True)
class _Record:
    """The answers that one rule was given."""

    hearing: _Hearing
    readings: dict[str, Reading] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)

    def value(self, key: str) -> Decimal:
        reading = self.hearing.day.parameter(key)
        self.readings[key] = reading
        return reading.value.amount

    def decide(self, topic: str) -> Decimal:
        decision = self.hearing.decision(topic)
        self.readings.update({reading.key: reading for reading in decision.readings})
        self.notes.extend(decision.notes)
        return decision.value


def _number(reading: Reading) -> float:
    return float(reading.value.amount)
