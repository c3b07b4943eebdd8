"""What changes in a rulebook between two days: values, rules, and what known flows are paid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rules.errors import NothingInForceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from doseline.rules.book import RuleBook
    from doseline.rules.flow import Flow, Party
    from doseline.rules.parameter import Reading, Text
    from doseline.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedParameter:
    """A parameter whose value is another; none on a day before its first value."""

    key: str
    unit: str
    description: Text
    before: Reading | None
    after: Reading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRule:
    """A topic on which another rule holds; none on a day before the first."""

    topic: str
    before: Rule | None
    after: Rule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPayment:
    """A payment that is another amount; none where nothing is known or nobody pays."""

    flow: Flow
    party_from: Party
    party_to: Party
    what: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that changes from one day to another."""

    parameters: tuple[ChangedParameter, ...]
    rules: tuple[ChangedRule, ...]
    payments: tuple[ChangedPayment, ...]
    flows: int
    """Flows that were priced on both days."""


def difference(book: RuleBook, flows: Iterable[Flow], before: date, after: date) -> Difference:
    """What changes in a rulebook from one day to another.

    Args:
        book: The rulebook.
        flows: Flows to price on both days, whatever their own day of service.
        before: The one day.
        after: The other.
    """
    known = tuple(flows)
    return Difference(
        parameters=tuple(_parameters(book, before, after)),
        rules=tuple(_rules(book, before, after)),
        payments=tuple(one for flow in known for one in _payments(book, flow, before, after)),
        flows=len(known),
    )


def reading_on(book: RuleBook, key: str, day: date) -> Reading | None:
    """A parameter on a day; none before its first value."""
    try:
        return book.on(day).parameter(key)
    except NothingInForceError:
        return None


def rule_on(book: RuleBook, topic: str, day: date) -> Rule | None:
    """The rule on a topic on a day; none before the first."""
    try:
        return book.on(day).rule(topic)
    except NothingInForceError:
        return None


def _parameters(book: RuleBook, before: date, after: date) -> Iterable[ChangedParameter]:
    for key, parameter in sorted(book.parameters.items()):
        one, other = reading_on(book, key, before), reading_on(book, key, after)
        amounts = [None if each is None else each.value.amount for each in (one, other)]
        if amounts[0] != amounts[1]:
            yield ChangedParameter(
                key=key,
                unit=parameter.unit,
                description=parameter.description,
                before=one,
                after=other,
            )


def _rules(book: RuleBook, before: date, after: date) -> Iterable[ChangedRule]:
    for topic in sorted(book.blueprint.rules):
        one, other = rule_on(book, topic, before), rule_on(book, topic, after)
        if one is not other:
            yield ChangedRule(topic=topic, before=one, after=other)


def _payments(book: RuleBook, flow: Flow, before: date, after: date) -> Iterable[ChangedPayment]:
    one, other = _amounts(book, flow, before), _amounts(book, flow, after)
    for party_from, party_to, what in dict.fromkeys((*one, *other)):
        at = party_from, party_to, what
        if one.get(at) != other.get(at):
            yield ChangedPayment(
                flow=flow,
                party_from=party_from,
                party_to=party_to,
                what=what,
                before=one.get(at),
                after=other.get(at),
            )


def _amounts(book: RuleBook, flow: Flow, day: date) -> dict[tuple[Party, Party, str], Decimal]:
    """What a flow is paid on a day, by who pays whom for what; nothing before the first rule."""
    try:
        payments = book.pay(replace(flow, service_date=day))
    except NothingInForceError:
        return {}
    found: dict[tuple[Party, Party, str], Decimal] = defaultdict(Decimal)
    for one in payments:
        found[one.party_from, one.party_to, one.what] += one.amount
    return dict(found)
