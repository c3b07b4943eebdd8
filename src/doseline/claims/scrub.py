"""Every edit tried on every claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.claims.case import Case, Together, case_of
from doseline.claims.codes import code_tables
from doseline.claims.registry import CHECKS, ERROR, Flaw, edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from doseline.claims.case import Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """A claim and what the edits found on it."""

    case: Case
    row: int
    """Line of the file on which the claim starts."""
    flaws: tuple[Flaw, ...]

    @property
    def is_clean(self) -> bool:
        """Whether the claim may be sent: warnings do not stop it."""
        return all(flaw.edit.severity != ERROR for flaw in self.flaws)


def scrub(claims: Sequence[Claimed], today: date) -> list[Scrubbed]:
    """What the edits find on claims.

    Args:
        claims: Records with their lines, activities readable.
        today: Day on which they are filed.
    """
    tables, together = code_tables(), Together.of(claims)
    found = []
    for claimed in claims:
        case = case_of(claimed, tables, today, together)
        found.append(Scrubbed(case=case, row=claimed.row, flaws=tuple(_flaws(case, claimed.row))))
    return found


def _flaws(case: Case, row: int) -> Iterator[Flaw]:
    known = edits()
    for code, check in CHECKS.items():
        for values in check(case):
            line = values.get("line")
            yield Flaw(
                edit=known[code],
                claim=case.infusion.claim,
                row=row,
                line=line if isinstance(line, int) else None,
                values=values,
            )
