"""Text of a parameter file -> Parameter; whatever is unknown, doubled or uncited is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import yaml

from doseline.rules.errors import (
    BadEntryError,
    DuplicateKeyError,
    EmptyEntryError,
    MissingKeyError,
    NotYamlError,
    RulebookError,
    UncitedError,
    UnknownKeyError,
)
from doseline.rules.parameter import CONFIDENCES, KINDS, Parameter, Source, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Tree: TypeAlias = "Mapping[str, Any]"
"""A YAML mapping whose leaves are all text, so that no digit is lost before Decimal."""

_LONGEST = 60
"""Letters of an entry that a sentence repeats."""
MAPPING = Text(en="a mapping of keys to values", zh="“键: 值”形式的映射")
TOP = Text(en="the file", zh="文件内容")
_DEEPEST = 50
"""Levels of a mapping in a mapping that a text may have."""
_MAY_BE_DEEP = 1000
"""Letters of a text from which on its levels are counted first."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_Name = TypeVar("_Name", bound=str)

_FILE = {"description", "unit", "minimum", "maximum", "source", "values"}
_VALUE = {"value", "published_until", "kind", "confidence", "source", "note"}
_SOURCE = {"title", "address", "as_of"}
_TEXT = {"en", "zh"}

_A_DAY = Text(en="a date written YYYY-MM-DD", zh="YYYY-MM-DD 形式的日期")
_A_NUMBER = Text(
    en="a number such as 259.596, without commas", zh="数字，例如 259.596，不用千分位逗号"
)
SOME_TEXT = Text(en="some text", zh="一段文字")
A_DATE = Text(en="at least one date with its value", zh="至少一个日期及其数值")


class Lined(dict[str, Any]):
    """A YAML mapping that knows the line of each of its keys."""

    __slots__ = ("lines",)

    lines: dict[str, int]


def line_of(tree: object, key: str) -> int | None:
    """The line on which a key of a mapping stands, if it was read from a file."""
    return tree.lines.get(key) if isinstance(tree, Lined) else None


_Loader: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""The loader in C is about nine times as fast; a rulebook has hundreds of files."""


class _StrictLoader(_Loader):  # type: ignore[misc]  # whichever of the two there is
    """Reads every scalar as text and tells each key that stands twice."""

    file = ""
    doubled: list[RulebookError]

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if str(key.value) in lines:
                self.doubled.append(DuplicateKeyError(self.file, str(key.value), line))
            lines[str(key.value)] = line
        mapping = Lined(super().construct_mapping(node, deep=deep))
        mapping.lines = lines
        return mapping


def read_yaml(text: str, *, file: str, doubled: list[RulebookError] | None = None) -> Any:
    """Content of a YAML text, all leaves as text.

    Args:
        text: What the file holds.
        file: Its name, for messages.
        doubled: Takes the keys that stand twice, where the reader has more to tell than them.

    Raises:
        DuplicateKeyError: If a key stands twice in one mapping.
        NotYamlError: If the text is not YAML.
    """
    _refuse_deep(text, file=file)
    try:
        loader = _StrictLoader(text)
    except yaml.reader.ReaderError as error:
        raise _not_yaml(text, error, file=file) from error
    loader.file, loader.doubled = file, []
    try:
        tree = loader.get_single_data()
    except (yaml.YAMLError, RecursionError) as error:
        raise _not_yaml(text, error, file=file) from error
    finally:
        loader.dispose()
    if loader.doubled and doubled is None:
        raise loader.doubled[0]
    if doubled is not None:
        doubled += loader.doubled
    return tree


def _refuse_deep(text: str, *, file: str) -> None:
    """Refuse a text that nests deeper than any of ours; the parser in C would end the program."""
    if len(text) < _MAY_BE_DEEP:
        return
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                line = text.count("\n", 0, event.start_mark.index) + 1 if event.start_mark else None
                raise NotYamlError(file, line=line)
    except yaml.YAMLError as error:
        raise _not_yaml(text, error, file=file) from error


def _not_yaml(text: str, error: Exception, *, file: str) -> NotYamlError:
    """The line at which the parser gave up."""
    mark, line = getattr(error, "problem_mark", None), None
    if mark is not None:
        line = int(mark.line) + 1
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
    return NotYamlError(file, line=line)


def parse_parameter(text: str, *, key: str, file: str) -> Parameter:
    """The parameter that a file defines.

    Args:
        text: What the file holds.
        key: Name of the parameter, from the place of the file.
        file: Its name, for messages.

    Raises:
        RulebookError: Whatever is wrong, with the file's name.
    """
    tree = top_of(read_yaml(text, file=file), file=file)
    check_keys(tree, allowed=_FILE, required={"description", "unit", "values"}, file=file)
    values = mapping_of(tree["values"], "values", file=file)
    if not values:
        raise EmptyEntryError(file, A_DATE)
    low, high = _limits(tree, file=file)
    parsed = [
        _value(when, entry, tree, file=file, line=line_of(values, when))
        for when, entry in values.items()
    ]
    for value in parsed:
        check_within(value.amount, low, high, f"values, {value.since}", file=file)
    in_order = tuple(sorted(parsed, key=lambda value: value.since))
    _check_meeting(in_order, values, file=file)
    return Parameter(
        key=key,
        unit=_words(tree["unit"], "unit", file=file),
        description=_text(tree["description"], "description", file=file),
        values=in_order,
        minimum=low,
        maximum=high,
    )


def check_keys(
    tree: Tree, *, allowed: Iterable[str], required: Iterable[str] = (), file: str
) -> None:
    """Refuse a key without meaning, and a missing one."""
    known = set(allowed)
    for key in tree:
        if key not in known:
            raise UnknownKeyError(file, key, known, line=line_of(tree, key))
    for key in sorted(required):
        if key not in tree:
            raise MissingKeyError(file, key)


def parse_date(text: object, where: str | Text, *, file: str, line: int | None = None) -> date:
    """A day written YYYY-MM-DD."""
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadEntryError(file, where, shown(text), _A_DAY, line=line)


def parse_number(text: object, where: str, *, file: str, line: int | None = None) -> Decimal:
    """An exact decimal number, written with digits and a point only."""
    if isinstance(text, str) and _NUMBER.fullmatch(text):
        return Decimal(text)
    raise BadEntryError(file, where, shown(text), _A_NUMBER, line=line)


def check_within(
    amount: Decimal,
    low: Decimal,
    high: Decimal | None,
    where: str,
    *,
    file: str,
    line: int | None = None,
) -> None:
    """Refuse a value outside the limits of its parameter; negative ones unless allowed."""
    if amount < low or (high is not None and amount > high):
        limit = Text(
            en=f"from {low:f}" + ("" if high is None else f" to {high:f}"),
            zh=f"不小于 {low:f}" + ("" if high is None else f"，不大于 {high:f}"),
        )
        raise BadEntryError(file, where, shown(f"{amount:f}"), limit, line=line)


def _value(when: str, entry: object, tree: Tree, *, file: str, line: int | None) -> Value:
    where = f"values, {when}"
    fields = mapping_of(entry, where, file=file)
    check_keys(fields, allowed=_VALUE, required={"value", "kind", "confidence"}, file=file)
    cited = fields.get("source", tree.get("source"))
    if not cited:
        raise UncitedError(file, when, line=line)
    until = fields.get("published_until")
    note = fields.get("note")
    value = Value(
        since=parse_date(when, where, file=file),
        amount=parse_number(fields["value"], where, file=file),
        kind=_one_of(fields["kind"], KINDS, f"{where}, kind", file=file),
        confidence=_one_of(fields["confidence"], CONFIDENCES, f"{where}, confidence", file=file),
        source=_source(cited, where, file=file),
        published_until=None if until is None else parse_date(until, where, file=file),
        note=None if note is None else _text(note, f"{where}, note", file=file),
    )
    if value.published_until is not None and value.published_until < value.since:
        allowed = Text(en=f"{when} or later", zh=f"{when} 或更晚")
        raise BadEntryError(file, f"{where}, published_until", shown(until), allowed)
    return value


def _check_meeting(values: Sequence[Value], tree: Tree, *, file: str) -> None:
    """Refuse a source that still speaks of days on which the next value holds."""
    for earlier, later in pairwise(values):
        until = earlier.published_until
        if until is not None and until >= later.since:
            where = f"values, {earlier.since}, published_until"
            line = line_of(tree, str(earlier.since))
            allowed = Text(
                en=f"before {later.since}, when the next value begins",
                zh=f"早于 {later.since}（下一数值的起始日）",
            )
            raise BadEntryError(file, where, shown(str(until)), allowed, line=line)


def _limits(tree: Tree, *, file: str) -> tuple[Decimal, Decimal | None]:
    """Least and greatest value that a file allows; zero and none unless it says them."""
    low = parse_number(tree.get("minimum", "0"), "minimum", file=file)
    high = parse_number(tree["maximum"], "maximum", file=file) if "maximum" in tree else None
    return low, high


def _source(entry: object, where: str, *, file: str) -> Source:
    fields = mapping_of(entry, f"{where}, source", file=file)
    check_keys(fields, allowed=_SOURCE, required=_SOURCE, file=file)
    return Source(
        title=_words(fields["title"], f"{where}, title", file=file),
        address=_words(fields["address"], f"{where}, address", file=file),
        as_of=parse_date(fields["as_of"], f"{where}, as_of", file=file),
    )


def _text(entry: object, where: str, *, file: str) -> Text:
    fields = mapping_of(entry, where, file=file)
    check_keys(fields, allowed=_TEXT, required=_TEXT, file=file)
    return Text(
        en=_words(fields["en"], f"{where}, en", file=file),
        zh=_words(fields["zh"], f"{where}, zh", file=file),
    )


def top_of(tree: object, *, file: str) -> Tree:
    """The mapping that a whole file is."""
    if tree is None:
        raise EmptyEntryError(file, MAPPING)
    return mapping_of(tree, TOP, file=file)


def mapping_of(entry: object, where: str | Text, *, file: str, line: int | None = None) -> Tree:
    """A mapping of keys to values."""
    if not isinstance(entry, dict):
        raise BadEntryError(file, where, shown(entry), MAPPING, line=line)
    return entry


def shown(entry: object) -> str:
    """An entry as a sentence may repeat it: text to a certain length, nothing of what is nested."""
    if not isinstance(entry, str):
        return "…"
    return entry if len(entry) <= _LONGEST else entry[:_LONGEST] + "…"


def _words(entry: object, where: str, *, file: str) -> str:
    if not isinstance(entry, str) or not entry.strip():
        raise BadEntryError(file, where, shown(entry), SOME_TEXT)
    return entry.strip()


def _one_of(entry: object, allowed: Sequence[_Name], where: str, *, file: str) -> _Name:
    for name in allowed:
        if entry == name:
            return name
    raise BadEntryError(file, where, shown(entry), ", ".join(allowed))
