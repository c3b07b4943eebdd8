"""Every sentence that users read, in English and Simplified Chinese."""

from __future__ import annotations

import functools
import importlib.resources
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from doseline.errors import BadInputError, DoselineError
from doseline.model.findings import NETWORK

if TYPE_CHECKING:
    from doseline.model.findings import Finding

LANGUAGES = ("en", "zh")

Sentence = dict[str, str]
"""The text of a message by language."""

_PART = re.compile(r'^(?:\[([\w.]+)\]$|"?([\w ]+?)"? = )', re.MULTILINE)
"""The head of a table; else the name of a message, or of a language of a message with a table."""


class UnknownLanguageError(BadInputError):
    """A language is asked for in which there is no text."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        super().__init__(f"There is no text in '{lang}'. Choose one of: {', '.join(LANGUAGES)}.")


class MissingTextError(DoselineError):
    """A message is not in the catalogue."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The message '{key}' is not in data/messages*.toml. Add it there.")


class RepeatedTextError(DoselineError):
    """A message is in the catalogue twice."""

    def __init__(self, key: str, file: str) -> None:
        self.key = key
        super().__init__(f"data/{file} repeats the message '{key}'. Remove one of the two.")


class _Messages(Mapping[str, Sentence]):
    """Messages that are found at once and understood when somebody reads them."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._read: dict[str, Sentence] = {}

    def add(self, content: str, file: str) -> None:
        """Find the messages of one file.

        Raises:
            RepeatedTextError: If one of them is known already.
        """
        table, known = "", set(self._written)
        parts = list(_PART.finditer(content))
        ends = [*(part.start() for part in parts[1:]), len(content)]
        for part, end in zip(parts, ends, strict=True):
            head, name = part.groups()
            if head:
                table = head
                continue
            value = content[part.end() : end]
            whole = value.startswith("{")
            key = f"{table}.{name}" if whole else table
            if key in known or (whole and key in self._written):
                raise RepeatedTextError(key, file)
            line = f"sentence = {value}" if whole else f"sentence.{name} = {value}"
            self._written[key] = self._written.get(key, "") + line

    def __getitem__(self, key: str) -> Sentence:
        sentence = self._read.get(key)
        if sentence is None:
            sentence = self._read[key] = tomllib.loads(self._written[key])["sentence"]
        return sentence

    def __contains__(self, key: object) -> bool:
        return key in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


@functools.cache
def messages() -> Mapping[str, Sentence]:
    """All messages by dotted key, e.g. ``findings.unknown_column``.

    Raises:
        RepeatedTextError: If two files define the same message.
    """
    found = _Messages()
    folder = importlib.resources.files("doseline") / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.startswith("messages") and file.name.endswith(".toml"):
            found.add(file.read_text(encoding="utf-8"), file.name)
    return found


def text(key: str, lang: str, /, **values: object) -> str:
    """The sentence of that key, with the values in its places.

    Raises:
        UnknownLanguageError: If there is no text in that language.
        MissingTextError: If there is no such message.
    """
    if lang not in LANGUAGES:
        raise UnknownLanguageError(lang)
    try:
        sentence = messages()[key][lang]
    except KeyError:
        raise MissingTextError(key) from None
    return sentence.format(**values)


def placeholders(sentence: str) -> frozenset[str]:
    """Names of the places in a sentence that values fill."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def wording(finding: Finding, lang: str) -> str:
    """What a finding says: where, what was found, what is allowed, nearest, what to do."""
    parts = [_where(finding, lang), _what(finding, lang)]
    if finding.allowed:
        parts.append(text("finding.allowed", lang, allowed=finding.allowed))
    if finding.nearest:
        parts.append(text("finding.nearest", lang, nearest=finding.nearest))
    return text("finding.joint", lang).join(part for part in parts if part)


def severity_word(severity: str, lang: str) -> str:
    """A severity as the reader calls it."""
    return text(f"finding.{severity}", lang)


def _what(finding: Finding, lang: str) -> str:
    values = {
        "table": finding.table,
        "column": finding.column,
        "found": finding.found,
        **finding.about,
    }
    return text(f"findings.{finding.code}", lang, **values)


def _where(finding: Finding, lang: str) -> str:
    """File, line and column, as far as they are known."""
    if not finding.table and "file" not in finding.about:
        return ""
    known = "".join(
        f"_{name}" for name, value in (("row", finding.row), ("column", finding.column)) if value
    )
    return text(
        f"finding.where{known}",
        lang,
        file=_file(finding, lang),
        row=finding.row,
        column=finding.column,
    )


def _file(finding: Finding, lang: str) -> str:
    """The file that a reader opens to mend it; for a workbook, the sheet, too."""
    file = finding.about.get("file")
    if file is None:
        return f"{finding.table}.{'toml' if finding.table == NETWORK else 'csv'}"
    sheet = finding.about.get("sheet")
    return text("finding.sheet", lang, file=file, sheet=sheet) if sheet else file
