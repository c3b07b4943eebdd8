"""Everything a rulebook or a flow can have wrong, one class a case."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from doseline.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import Self

    from doseline.rules.parameter import Text


_NAMED = 12
"""Names that a sentence lists at most."""


class Names(str):
    """A half-sentence about allowed names that still knows them, for other languages."""

    __slots__ = ("close", "known")

    close: tuple[str, ...]
    known: tuple[str, ...]

    def __new__(cls, found: str, allowed: Iterable[str]) -> Self:
        """The nearest allowed name, if one is near, and some others."""
        names = sorted(allowed)
        close = get_close_matches(found, names, n=1, cutoff=0.5)
        known = names[:_NAMED] + (["…"] if len(names) > _NAMED else [])
        guess = f"did you mean {close[0]!r}? " if close else ""
        one = super().__new__(cls, f"{guess}Allowed: {', '.join(known)}.")
        one.close, one.known = tuple(close), tuple(known)
        return one


def nearest(found: str, allowed: Iterable[str]) -> Names:
    """Return a half-sentence that proposes the nearest allowed name and lists some others."""
    return Names(found, allowed)


def english(words: str | Text) -> str:
    """What is written alike in both languages, or the English of what is not."""
    return words if isinstance(words, str) else words.en


class RulebookError(BadInputError):
    """A file of a rulebook, or of a what-if, cannot be used."""

    def __init__(self, file: str, problem: str, *, line: int | None = None) -> None:
        self.file, self.line = file, line
        self.place = file if line is None else f"{file}:{line}"
        super().__init__(
            f"{file}: {problem}" if line is None else f"{file}: line {line}: {problem}"
        )


class NotYamlError(RulebookError):
    """The text is not YAML, or not a mapping."""

    def __init__(self, file: str, *, line: int | None = None) -> None:
        super().__init__(
            file,
            "this is no valid YAML in UTF-8; check indentation, colons, quotes, hidden characters "
            "and how deep it is nested.",
            line=line,
        )


class DuplicateKeyError(RulebookError):
    """A key stands twice in one mapping."""

    def __init__(self, file: str, key: str, line: int) -> None:
        self.key = key
        super().__init__(
            file, f"the key {key!r} stands twice in the same place; keep one of them.", line=line
        )


class UnknownKeyError(RulebookError):
    """A key that has no meaning."""

    def __init__(
        self, file: str, key: str, allowed: Iterable[str], *, line: int | None = None
    ) -> None:
        names = nearest(key, allowed)
        self.key, self.known, self.nearest = key, names.known, names.close
        super().__init__(file, f"the key {key!r} has no meaning here; {names}", line=line)


class MissingKeyError(RulebookError):
    """A key that must be there is not."""

    def __init__(self, file: str, key: str, *, line: int | None = None) -> None:
        self.key = key
        super().__init__(file, f"the key {key!r} is missing; add it.", line=line)


class UncitedError(RulebookError):
    """A value that names no source."""

    def __init__(self, file: str, when: str, *, line: int | None = None) -> None:
        self.when = when
        super().__init__(
            file,
            f"the value of {when} cites no source; give it a source with title, address and as_of, "
            "or say why it is an assumption.",
            line=line,
        )


class BadEntryError(RulebookError):
    """An entry that cannot be what it should be."""

    def __init__(
        self,
        file: str,
        where: str | Text,
        found: str | Text,
        allowed: str | Text,
        *,
        line: int | None = None,
    ) -> None:
        self.where, self.found, self.allowed = where, found, allowed
        super().__init__(
            file, f"{english(where)} is {english(found)!r}; allowed: {english(allowed)}.", line=line
        )


class EmptyEntryError(RulebookError):
    """A place of a file at which something must stand, and nothing does."""

    def __init__(self, file: str, wanted: Text, *, line: int | None = None) -> None:
        self.wanted = wanted
        super().__init__(file, f"nothing is said here; give {wanted.en}.", line=line)


class SeveralFaultsError(RulebookError):
    """All that is wrong with one file, where it is more than one thing."""

    def __init__(self, file: str, faults: Iterable[RulebookError]) -> None:
        self.faults = tuple(faults)
        self.count = len(self.faults)
        told = "\n".join(str(one) for one in self.faults)
        super().__init__(file, f"{self.count} faults; mend them all:\n{told}")


class PeriodError(RulebookError):
    """The periods of a rule leave a gap, overlap or end."""

    def __init__(self, topic: str, problem: str) -> None:
        super().__init__(topic, f"the periods of this rule must meet and never end: {problem}")


class UnknownParameterError(BadInputError):
    """A parameter that the rulebook does not hold."""

    def __init__(self, book: str, key: str, allowed: Iterable[str]) -> None:
        names = nearest(key, allowed)
        self.book, self.key, self.known, self.nearest = book, key, names.known, names.close
        super().__init__(f"Rulebook {book!r} has no parameter {key!r}; {names}")


class UnknownTopicError(BadInputError):
    """A topic on which the rulebook has no rule."""

    def __init__(self, book: str, topic: str, allowed: Iterable[str]) -> None:
        names = nearest(topic, allowed)
        self.book, self.topic, self.known, self.nearest = book, topic, names.known, names.close
        super().__init__(f"Rulebook {book!r} has no rule on {topic!r}; {names}")


class NothingInForceError(BadInputError):
    """Neither a value nor a rule is known on this day."""

    def __init__(self, what: str, on: date, first: date) -> None:
        self.what, self.on, self.first = what, on, first
        super().__init__(
            f"Nothing is known of {what} on {on}: the first entry begins on {first}. "
            "Use a later date, or add an earlier entry with its source."
        )


class BadFlowError(BadInputError):
    """A flow that cannot be priced."""

    def __init__(self, field: str, found: object, allowed: str | Text) -> None:
        self.field, self.found = field, found
        self.allowed = allowed.known if isinstance(allowed, Names) else allowed
        self.nearest = allowed.close if isinstance(allowed, Names) else ()
        told = allowed if isinstance(allowed, Names) else f"allowed: {english(allowed)}."
        super().__init__(f"A flow has {field} = {found!r}; {told}")


class TooMuchMoneyError(BadInputError):
    """An amount that grew beyond every payment, by values that a what-if has raised."""

    def __init__(self, most: str) -> None:
        self.most = most
        super().__init__(
            f"By these values a payment would be more than {most}. Lower the price, the charge or "
            "the values of the what-if."
        )


class MixedCurrencyError(BadInputError):
    """Two currencies in one account."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
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


class WhatIfUnreadableError(BadInputError):
    """A what-if file is not there, or is no text."""

    def __init__(self, file: str, reason: str | Text) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"The what-if file {file} cannot be read ({english(reason)}). "
            "Name a YAML file in UTF-8."
        )
