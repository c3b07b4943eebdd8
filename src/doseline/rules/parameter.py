"""A legal or contractual number: its values by date, each with a source and a confidence."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from doseline.rules.errors import NothingInForceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Confidence: TypeAlias = Literal["high", "medium", "low"]
Kind: TypeAlias = Literal["official", "secondary", "computed", "assumption"]

CONFIDENCES: tuple[Confidence, ...] = ("low", "medium", "high")
"""From the weakest to the strongest."""

KINDS: tuple[Kind, ...] = ("official", "secondary", "computed", "assumption")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the two languages that users read."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value was read, and when."""

    title: str
    address: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value from one date on."""

    since: date
    amount: Decimal
    kind: Kind
    confidence: Confidence
    source: Source
    published_until: date | None = None
    """Last day the source speaks of; later days carry the value forward."""
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a parameter was on the day a rule asked for it."""

    key: str
    unit: str
    description: Text
    value: Value
    carried_forward: bool
    """Whether the day lies after the last day that the source speaks of."""

    @property
    def is_assumption(self) -> bool:
        """Whether nobody has said this number officially."""
        return self.value.kind == "assumption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of the law or of a contract; its values are in order of date."""

    key: str
    unit: str
    description: Text
    values: tuple[Value, ...]
    minimum: Decimal = Decimal(0)
    """Least value that is allowed."""
    maximum: Decimal | None = None
    """Greatest value that is allowed; none if there is no limit."""

    def on(self, day: date) -> Reading:
        """The value in force on a day.

        Raises:
            NothingInForceError: If the first value begins later.
        """
        place = bisect_right(self.values, day, key=lambda value: value.since)
        if place == 0:
            raise NothingInForceError(self.key, day, self.values[0].since)
        value = self.values[place - 1]
        return Reading(
            key=self.key,
            unit=self.unit,
            description=self.description,
            value=value,
            carried_forward=value.published_until is not None and day > value.published_until,
        )

    def patched(
        self, amounts: Mapping[date, Decimal], *, why: str = "", address: str = "input"
    ) -> Parameter:
        """This parameter with other values from the given dates on, marked as a what-if.

        Values that begin on or after the first given date are replaced.

        Args:
            amounts: New values by the day they begin.
            why: The user's reason, which becomes the title of the source.
            address: File that says so.
        """
        first = min(amounts)
        title = f"What-if of the user: {why}" if why else "What-if of the user"
        source = Source(title=title, address=address, as_of=first)
        kept = tuple(value for value in self.values if value.since < first)
        new = tuple(
            Value(since=since, amount=amount, kind="assumption", confidence="low", source=source)
            for since, amount in sorted(amounts.items())
        )
        return replace(self, values=kept + new)
