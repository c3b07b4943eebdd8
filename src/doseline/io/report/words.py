"""Words of the report: each carries both languages into the page, which shows one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from doseline.io.text import messages, text

_EN, _ZH = Markup('<span class="en" lang="en">'), Markup('</span><span class="zh" lang="zh-Hans">')
_END = Markup("</span>")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A text in English and in Simplified Chinese."""

    en: str
    zh: str

    def __html__(self) -> Markup:
        """Both texts, marked with their language; plain text where they are the same."""
        if self.en == self.zh:
            return escape(self.en)
        # Pages have tens of thousands of these: Markup's own formatting takes five times as long.
        return _EN + self.en + _ZH + self.zh + _END

    def svg(self) -> str:
        """The same inside an SVG text."""
        return str(self.__html__()).replace("<span", "<tspan").replace("</span", "</tspan")


def word(key: str, **values: object) -> Word:
    """The text of that key of ``data/messages_report.toml``, with the values in its places."""
    return _text(f"report.{key}", **values)


def label(group: str, key: str | None) -> Word:
    """What a key of the data is called; a key without a text is shown as it is."""
    if not key:
        return word("text.none_known")
    name = f"{group}.{_SEPARATORS.sub('_', key.lower())}"
    found = next((one for one in (f"report.{name}", name) if one in messages()), None)
    return _text(found) if found else same(key.replace("_", " "))


def _text(key: str, **values: object) -> Word:
    return Word(
        text(key, "en", **{name: _in(value, "en") for name, value in values.items()}),
        text(key, "zh", **{name: _in(value, "zh") for name, value in values.items()}),
    )


def same(value: object) -> Word:
    """A text that both languages share: a name, a number with its unit, an instant."""
    return Word(str(value), str(value))


def either(en: str, zh: str | None) -> Word:
    """A text of the data in two columns, the second of which may be empty."""
    return Word(en, zh or en)


def listed(words: list[Word]) -> Word:
    """The words one after the other."""
    return Word("; ".join(one.en for one in words), "；".join(one.zh for one in words))


def _in(value: object, lang: str) -> object:
    if isinstance(value, Word):
        return value.en if lang == "en" else value.zh
    return value
