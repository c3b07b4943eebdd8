"""Edits by code: a function each, and its words and source in the data file of its family."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from doseline.claims.case import Case

ERROR, WARNING = "error", "warning"

Found: TypeAlias = "dict[str, object]"
"""What is wrong, by the names of the places in the words of the edit; ``line`` is its line."""
Check: TypeAlias = "Callable[[Case], Iterable[Found]]"

CHECKS: dict[str, Check] = {}
"""The function of every edit, in the order of the pages that list them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an edit says: how grave it is, why, what to do, and where that is laid down."""

    code: str
    severity: str
    reason: Mapping[str, str]
    fix: Mapping[str, str]
    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What an edit found on a claim."""

    edit: Edit
    claim: str
    row: int
    line: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def reason(self, lang: str) -> str:
        """Why the claim would be refused."""
        return self.edit.reason[lang].format(**self.values)

    def fix(self, lang: str) -> str:
        """What to do about it."""
        return self.edit.fix[lang].format(**self.values)


def edit(code: str) -> Callable[[Check], Check]:
    """Enter a function as the edit of that code."""

    def enter(check: Check) -> Check:
        CHECKS[code] = check
        return check

    return enter


@functools.cache
def edits() -> Mapping[str, Edit]:
    """Every edit by its code, in the order in which they are tried."""
    import doseline.claims.edits  # noqa: F401 - enters the functions

    folder = importlib.resources.files("doseline.claims.edits")
    found: dict[str, Edit] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for code, about in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[code] = Edit(code=code, **about)
    return {code: found[code] for code in CHECKS}
