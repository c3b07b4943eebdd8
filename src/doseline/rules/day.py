"""A rulebook on one day: values in force, rules that hold, and what they say of a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doseline.rules.decision import Decision
from doseline.rules.errors import NothingInForceError, UnknownParameterError, UnknownTopicError
from doseline.rules.flow import Payment
from doseline.rules.safety import OperationRule, ReleaseCriterion, StorageRule

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from doseline.rules.book import RuleBook
    from doseline.rules.flow import Case
    from doseline.rules.parameter import Reading, Text
    from doseline.rules.rule import Rule
    from doseline.rules.safety import OperationTest, ReleaseTest, StorageTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A rulebook on one day."""

    book: RuleBook
    day: date
    _readings: dict[str, Reading] = field(default_factory=dict, repr=False, compare=False)
    _rules: dict[str, Rule] = field(default_factory=dict, repr=False, compare=False)

    def parameter(self, key: str) -> Reading:
        """The value of a parameter in force on this day.

        Raises:
            UnknownParameterError: If there is no such parameter.
        """
        if key not in self._readings:
            self._readings[key] = self._parameter(key)
        return self._readings[key]

    def _parameter(self, key: str) -> Reading:
        parameters = self.book.parameters
        if key not in parameters:
            raise UnknownParameterError(self.book.name, key, parameters)
        return parameters[key].on(self.day)

    def rule(self, topic: str) -> Rule:
        """The one rule in force on this day.

        Raises:
            UnknownTopicError: If there is no such topic.
        """
        if topic not in self._rules:
            self._rules[topic] = self._rule(topic)
        return self._rules[topic]

    def _rule(self, topic: str) -> Rule:
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
            asked=tuple(record.asked.values()),
            own=tuple(record.own),
            notes=tuple(dict.fromkeys((*record.notes, *outcome.notes))),
        )


@dataclass(slots=True)
class _Record:
    """The answers that one rule was given."""

    hearing: _Hearing
    readings: dict[str, Reading] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    asked: dict[str, Decision] = field(default_factory=dict)
    own: dict[str, None] = field(default_factory=dict)

    def value(self, key: str) -> Decimal:
        reading = self.hearing.day.parameter(key)
        self.readings[key] = reading
        self.own[key] = None
        return reading.value.amount

    def decide(self, topic: str) -> Decimal:
        decision = self.hearing.decision(topic)
        self.asked[topic] = decision
        self.readings.update({reading.key: reading for reading in decision.readings})
        self.notes.extend(decision.notes)
        return decision.value


def _number(reading: Reading) -> float:
    return float(reading.value.amount)
