"""How alike a planner's words are to ours, in English and Chinese."""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import re
import tomllib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.columns import Column

_UNIT_ENDINGS = ("gbq", "percent", "km", "min", "h", "days", "ml", "per", "l")
_FILLERS = frozenset({"the", "of", "a", "at", "no", "number", "id", "code"})


@functools.cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    file = importlib.resources.files("doseline") / "data" / "import_words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def plain(word: str) -> str:
    """A word without case, width, marks and what stands in brackets.

    >>> plain("Dose_Activity (mCi)"), plain("给药日期：")
    ('dose activity', '给药日期')
    """
    folded = unicodedata.normalize("NFKC", word).casefold()
    bare = re.sub(r"[(\[【][^)\]】]*[)\]】]", " ", folded)
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())


def likeness(name: str, table: str, column: Column) -> float:
    """How much a planner's column name says that it is a column of ours, 0 to 1."""
    theirs = plain(name)
    if not theirs:
        return 0.0
    return max(
        (_alike(theirs, ours) * weight for ours, weight in _names(table, column).items()),
        default=0.0,
    )


def same_word(cell: str, words: Sequence[str]) -> str:
    """The word of ours that a cell stands for; empty if it is none."""
    theirs = plain(cell)
    if not theirs:
        return ""
    for word in words:
        names = {plain(word), *(plain(one) for one in _words()["values"].get(word, ()))}
        if theirs in names:
            return word
    return ""


@functools.cache
def _names(table: str, column: Column) -> Mapping[str, float]:
    """What a column may be called, and how far each name is trusted."""
    known = _words()["columns"]
    bare = [part for part in column.name.split("_") if part not in _UNIT_ENDINGS]
    names = {plain(column.doc): 0.8, plain(column.doc_zh): 0.9}
    names |= dict.fromkeys((plain(one) for one in known.get(column.name, ())), 0.95)
    names |= dict.fromkeys((plain(one) for one in known.get(f"{table}.{column.name}", ())), 1.0)
    names |= {plain(" ".join(bare)): 1.0, plain(column.name): 1.0}
    return {name: weight for name, weight in names.items() if name}


def _alike(theirs: str, ours: str) -> float:
    """How alike two plain names are: the same, sharing words, or sharing letters."""
    if theirs == ours:
        return 1.0
    if not theirs.isascii() or not ours.isascii():
        return _alike_signs(theirs, ours)
    first, second = (_stems(one) for one in (theirs, ours))
    shared = len(first & second)
    words = 2 * shared / (len(first) + len(second)) if first and second else 0.0
    letters = difflib.SequenceMatcher(None, theirs, ours).ratio()
    return max(0.9 * words, 0.8 * letters if letters > 0.8 else 0.0)


def _alike_signs(theirs: str, ours: str) -> float:
    """How alike two names are in a language without spaces."""
    short, long = sorted((theirs.replace(" ", ""), ours.replace(" ", "")), key=len)
    if short and short in long:
        return 0.5 + 0.45 * len(short) / len(long)
    return 0.8 * difflib.SequenceMatcher(None, short, long).ratio()


def _stems(name: str) -> frozenset[str]:
    """Words of a name in the singular, without those that say nothing."""
    words = frozenset(word.removesuffix("s") for word in name.split())
    return words - _FILLERS or words
