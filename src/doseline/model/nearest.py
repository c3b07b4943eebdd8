"""The valid value that a reader probably meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection

LONGEST_SEARCH = 20_000
"""Candidates beyond which only spelling that differs in case is recognised."""


def nearest(word: str, candidates: Collection[str]) -> str:
    """The candidate most like a word; empty when none is near.

    >>> nearest("per_yaer", ("region", "per_year"))
    'per_year'
    """
    plain = _plain(word)
    for candidate in candidates:
        if _plain(candidate) == plain:
            return candidate
    if len(candidates) > LONGEST_SEARCH:
        return ""
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    return close[0] if close else ""


def _plain(word: str) -> str:
    """The word without differences of case, width, hyphen, space and underscore."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in folded if letter not in " -_")
