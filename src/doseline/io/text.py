"""Every sentence that users read, in English and Simplified Chinese."""

from __future__ import annotations

import functools
import importlib.resources
import string
import tomllib
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError, DoselineError
from doseline.model.findings import NETWORK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.findings import Finding

LANGUAGES = ("en", "zh")

Sentence = dict[str, str]
"""The text of a message by language."""


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


@functools.cache
def messages() -> Mapping[str, Sentence]:
    """All messages by dotted key, e.g. ``findings.unknown_column``.

    Raises:
        RepeatedTextError: If two files define the same message.
    """
    found: dict[str, Sentence] = {}
    folder = importlib.resources.files("doseline") / "data"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.startswith("messages") and file.name.endswith(".toml"):
            for key, sentence in _flat(tomllib.loads(file.read_text(encoding="utf-8"))).items():
                if key in found:
                    raise RepeatedTextError(key, file.name)
                found[key] = sentence
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


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Sentence]:
    """Messages of a tree of TOML tables by dotted key."""
    found: dict[str, Sentence] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if all(isinstance(part, str) for part in value.values()):
            found[key] = value
        else:
            found.update(_flat(value, f"{key}."))
    return found
