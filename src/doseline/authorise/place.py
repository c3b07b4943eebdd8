"""A node of a YAML file that knows its line; whatever is wrong is told with file and line."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from doseline.authorise.policy import Cited
from doseline.rules import Source, Text
from doseline.rules.errors import BadEntryError, MissingKeyError, UncitedError, UnknownKeyError
from doseline.rules.parameter import CONFIDENCES, KINDS
from doseline.rules.parse import (
    MAPPING,
    SOME_TEXT,
    TOP,
    parse_date,
    parse_number,
    read_yaml,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

_Name = TypeVar("_Name", bound=str)
CITED = ("kind", "confidence", "source", "note")
"""Keys that say on what a statement rests; those of the file hold where none are given."""
_PILE = "…"
"""Stands in messages for a mapping or list."""
_A_LIST = Text(en="a list that is not empty", zh="非空列表")
_A_COUNT = Text(en="a whole number of 1 or more", zh="不小于 1 的整数")
_SOURCE = ("title", "address", "as_of")


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a YAML file."""

    file: str
    node: Any
    name: str

    @property
    def line(self) -> int:
        """Line of the file, from 1."""
        return int(self.node.start_mark.line) + 1

    def fields(self, *, allowed: Iterable[str], required: Iterable[str] = ()) -> dict[str, Place]:
        """The entries of a mapping whose keys are known.

        Raises:
            UnknownKeyError: If a key has no meaning.
            MissingKeyError: If a key is not there.
        """
        known = set(allowed)
        found = self.entries()
        for key, (line, _) in found.items():
            if key not in known:
                raise UnknownKeyError(self.file, key, known, line=line)
        for key in required:
            if key not in found:
                raise MissingKeyError(self.file, key, line=self.line)
        return {key: place for key, (_, place) in found.items()}

    def named(self) -> dict[str, Place]:
        """The entries of a mapping whose keys are names."""
        return {key: place for key, (_, place) in self.entries().items()}

    def entries(self) -> dict[str, tuple[int, Place]]:
        """Line of the key, and value, of each entry of a mapping."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.bad(MAPPING)
        return {
            key.value: (key.start_mark.line + 1, Place(self.file, value, key.value))
            for key, value in self.node.value
        }

    def items(self) -> list[Place]:
        """The items of a list that is not empty."""
        if not isinstance(self.node, yaml.SequenceNode) or not self.node.value:
            raise self.bad(_A_LIST)
        return [Place(self.file, one, self.name) for one in self.node.value]

    def word(self) -> str:
        """Some text."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.bad(SOME_TEXT)
        return str(self.node.value).strip()

    def text(self) -> Text:
        """One sentence in both languages."""
        fields = self.fields(allowed=("en", "zh"), required=("en", "zh"))
        return Text(en=fields["en"].word(), zh=fields["zh"].word())

    def day(self) -> date:
        """A date."""
        return parse_date(self.word(), self.name, file=self.file, line=self.line)

    def number(self) -> Fraction:
        """An exact number."""
        return Fraction(parse_number(self.word(), self.name, file=self.file, line=self.line))

    def count(self) -> int:
        """A whole number of 1 or more."""
        found = self.word()
        if not found.isascii() or not found.isdigit() or int(found) < 1:
            raise self.bad(_A_COUNT)
        return int(found)

    def one_of(self, allowed: Sequence[_Name]) -> _Name:
        """One of some names."""
        found = self.word()
        for name in allowed:
            if found == name:
                return name
        raise self.bad(", ".join(allowed))

    def bad(self, allowed: str | Text) -> BadEntryError:
        """The error that this entry is not what it must be."""
        found = self.node.value if isinstance(self.node, yaml.ScalarNode) else _PILE
        return BadEntryError(self.file, self.name, str(found), allowed, line=self.line)

    def cited(self, fields: Mapping[str, Place], default: Cited | None = None) -> Cited:
        """On what this entry rests; what it does not say itself, its file says.

        Raises:
            UncitedError: If neither names a source, a kind and a confidence.
        """
        kind, confidence = fields.get("kind"), fields.get("confidence")
        source, note = fields.get("source"), fields.get("note")
        about = note.text() if note else None
        if default is not None:
            return Cited(
                kind=kind.one_of(KINDS) if kind else default.kind,
                confidence=confidence.one_of(CONFIDENCES) if confidence else default.confidence,
                source=_source(source) if source else default.source,
                note=about,
            )
        if kind is None or confidence is None or source is None:
            raise UncitedError(self.file, self.name, line=self.line)
        return Cited(
            kind=kind.one_of(KINDS),
            confidence=confidence.one_of(CONFIDENCES),
            source=_source(source),
            note=about,
        )


def root(text: str, *, file: str) -> Place:
    """The top of a YAML text.

    Raises:
        DuplicateKeyError: If a key stands twice in one mapping.
        NotYamlError: If the text is not YAML.
    """
    read_yaml(text, file=file)
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(node, yaml.MappingNode):
        raise BadEntryError(file, TOP, _PILE, MAPPING)
    return Place(file, node, "the file")


def _source(place: Place) -> Source:
    fields = place.fields(allowed=_SOURCE, required=_SOURCE)
    return Source(
        title=fields["title"].word(),
        address=fields["address"].word(),
        as_of=fields["as_of"].day(),
    )
