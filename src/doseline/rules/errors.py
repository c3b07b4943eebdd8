"""Everything a rulebook or a flow can have wrong, one class a case."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from doseline.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def nearest(found: str, allowed: Iterable[str]) -> str:
    """Return a half-sentence that proposes the nearest allowed name and lists some others."""
    names = sorted(allowed)
    close = get_close_matches(found, names, n=1, cutoff=0.5)
    guess = f"did you mean {close[0]!r}? " if close else ""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"{guess}Allowed: {shown}."


class RulebookError(BadInputError):
    """A rulebook file cannot be used."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file


class NotYamlError(RulebookError):
    """The text is not YAML, or not a mapping."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(file, f"cannot be read as a YAML mapping: {problem}")


class DuplicateKeyError(RulebookError):
    """A key stands twice in one mapping."""

    def __init__(self, file: str, key: str, line: int) -> None:
        super().__init__(
            file, f"line {line}: the key {key!r} stands twice in the same place; keep one of them."
        )


class UnknownKeyError(RulebookError):
    """A key that has no meaning."""

    def __init__(self, file: str, key: str, allowed: Iterable[str]) -> None:
        super().__init__(file, f"the key {key!r} has no meaning here; {nearest(key, allowed)}")


class MissingKeyError(RulebookError):
    """A key that must be there is not."""

    def __init__(self, file: str, key: str) -> None:
        super().__init__(file, f"the key {key!r} is missing; add it.")


class UncitedError(RulebookError):
    """A value that names no source."""

    def __init__(self, file: str, when: str) -> None:
        super().__init__(
            file,
            f"the value of {when} cites no source; give it a source with title, address and as_of, "
            "or say why it is an assumption.",
        )


class BadEntryError(RulebookError):
    """An entry that cannot be what it should be."""

    def __init__(self, file: str, where: str, found: str, allowed: str) -> None:
        super().__init__(file, f"{where} is {found!r}; allowed: {allowed}.")


class PeriodError(RulebookError):
    """The periods of a rule leave a gap, overlap or end."""

    def __init__(self, topic: str, problem: str) -> None:
        super().__init__(topic, f"the periods of this rule must meet and never end: {problem}")


class UnknownParameterError(BadInputError):
    """A parameter that the rulebook does not hold."""

    def __init__(self, book: str, key: str, allowed: Iterable[str]) -> None:
        super().__init__(f"Rulebook {book!r} has no parameter {key!r}; {nearest(key, allowed)}")


class UnknownTopicError(BadInputError):
    """A topic on which the rulebook has no rule."""

    def __init__(self, book: str, topic: str, allowed: Iterable[str]) -> None:
        super().__init__(f"Rulebook {book!r} has no rule on {topic!r}; {nearest(topic, allowed)}")


class NothingInForceError(BadInputError):
    """Neither a value nor a rule is known on this day."""

    def __init__(self, what: str, on: date, first: date) -> None:
        super().__init__(
            f"Nothing is known of {what} on {on}: the first entry begins on {first}. "
            "Use a later date, or add an earlier entry with its source."
        )


class BadFlowError(BadInputError):
    """A flow that cannot be priced."""

    def __init__(self, field: str, found: object, allowed: str) -> None:
        super().__init__(f"A flow has {field} = {found!r}; {allowed}")


class MixedCurrencyError(BadInputError):
    """Two currencies in one account."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"A charge is in {found}, but this rulebook pays in {expected}; convert it first, "
            "with the rate and its date as part of the input."
        )


class UnknownRulebookError(BadInputError):
    """No rulebook of this name is installed."""

    def __init__(self, name: str, allowed: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(allowed)
        super().__init__(f"There is no rulebook {name!r}; {nearest(name, self.known)}")
