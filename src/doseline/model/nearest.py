"""The valid value that a reader probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection

FEW = 200
"""Candidates up to which each is compared letter by letter."""


def nearest(word: str, candidates: Collection[str]) -> str:
    """The candidate most like a word; empty when none is near.

    >>> nearest("per_yaer", ("region", "per_year"))
    'per_year'
    """
    if word in candidates:
        return word
    plain = _plain(word)
    for candidate in candidates:
        if _plain(candidate) == plain:
            return candidate
    likely = candidates if len(candidates) <= FEW else _alike(word, candidates)
    close = difflib.get_close_matches(word, likely, n=1, cutoff=0.6)
    return close[0] if close else ""


def _alike(word: str, candidates: Collection[str]) -> list[str]:
    """Candidates about as long as the word, with the same start or end; at most a few."""
    found: list[str] = []
    for candidate in candidates:
        same_ends = candidate[:3] == word[:3] or candidate[-3:] == word[-3:]
        if same_ends and abs(len(candidate) - len(word)) < 3:
            found.append(candidate)
            if len(found) == FEW:
                break
    return found


def _plain(word: str) -> str:
    """The word without differences of case, width, hyphen, space and underscore."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in folded if letter not in " -_")
