"""A rule: a small function, the days it holds, and the text it follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias

from doseline.rules.errors import PeriodError
from doseline.rules.flow import Case

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from doseline.rules.flow import Party
    from doseline.rules.parameter import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule says: a value, its unit, one sentence why, and reminders that change no value."""

    value: Decimal
    unit: str
    why: Text
    notes: tuple[Text, ...] = ()


class Ask(Protocol):
    """What a rule may ask while it decides; every answer is recorded in the decision."""

    def value(self, key: str) -> Decimal:
        """The value of a parameter on the day of service."""

    def decide(self, topic: str) -> Decimal:
        """What another rule of the book says of the same case."""


Verdict: TypeAlias = Callable[[Case, Ask], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A function and the days on which it is the rule."""

    says: Verdict
    reference: str
    """The text that the function follows."""
    valid_from: date
    valid_until: date | None = None
    """First day on which it no longer holds; none while it is in force."""

    def holds_on(self, day: date) -> bool:
        """Whether this is the rule on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A payment that a rulebook foresees: who pays whom for what, decided by which topic."""

    party_from: Party
    party_to: Party
    what: str
    topic: str


def check_periods(topic: str, rules: Sequence[Rule]) -> None:
    """Refuse rules on one topic whose periods leave a gap, overlap or come to an end.

    Raises:
        PeriodError: With the days between which the fault lies.
    """
    if not rules:
        raise PeriodError(topic, "there is no rule")
    for earlier, later in pairwise(rules):
        if earlier.valid_until != later.valid_from:
            raise PeriodError(
                topic, f"one holds until {earlier.valid_until}, the next from {later.valid_from}"
            )
    for rule in rules:
        if rule.valid_until is not None and rule.valid_until <= rule.valid_from:
            raise PeriodError(topic, f"one ends on {rule.valid_until}, before it begins")
    if rules[-1].valid_until is not None:
        raise PeriodError(topic, f"the last one ends on {rules[-1].valid_until}")
