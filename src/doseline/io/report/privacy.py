"""Groups too small to be shown, and those that would reveal them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doseline.io.report.numbers import plain
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SMALLEST_SHARED = 11
"""People a group must have in a report that is shared (the rule of the ledger's design)."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """The smallest group of people that the report may show."""

    smallest: int = SMALLEST_SHARED

    def hides(self, people: float | None) -> bool:
        """The group has people, but too few of them."""
        return people is not None and 0 < people < self.smallest

    def count(self, people: float | None) -> Word:
        """A number of people, or that there are too few of them."""
        if self.hides(people):
            return word("text.under", smallest=self.smallest)
        return same(plain(people))

    @property
    def blank(self) -> Word:
        """What stands in place of a group that is not shown."""
        return word("text.not_shown")

    def shown(self, people: float | None, *, shown: bool) -> Word:
        """A number of people, or that it is not shown, for whatever reason."""
        if self.hides(people) or shown:
            return self.count(people)
        return self.blank

    def counts(self, people: Sequence[float | None]) -> list[Word]:
        """The numbers of groups whose sum may be known, without what may not be shown."""
        hide = self.hidden([count or 0 for count in people])
        return [self.shown(count, shown=not gone) for count, gone in zip(people, hide, strict=True)]

    def hidden(self, counts: Sequence[float]) -> list[bool]:
        """Which of some groups whose sum is known are not shown.

        Those that are too small; if what is hidden together would still be too small, or a single
        group, then the next larger one as well, until nothing can be found by subtraction.
        """
        hide = [self.hides(count) for count in counts]
        while any(hide) and (sum(hide) == 1 or self._sum(counts, hide) < self.smallest):
            others = [k for k, count in enumerate(counts) if count > 0 and not hide[k]]
            if not others:
                break
            hide[min(others, key=lambda k: counts[k])] = True
        return hide

    def parts(
        self, rows: Sequence[Mapping[str, Any]], of: str, *, over: Sequence[str]
    ) -> list[bool]:
        """Which rows of a table may not tell their people, where rows alike in some columns add up.

        Args:
            rows: The table.
            of: Column of people.
            over: Columns whose rows have a known sum.
        """
        groups: dict[tuple[Any, ...], list[int]] = {}
        for at, row in enumerate(rows):
            groups.setdefault(tuple(row[name] for name in over), []).append(at)
        hide = [False] * len(rows)
        for group in groups.values():
            for at, gone in zip(group, self.hidden([rows[at][of] for at in group]), strict=True):
                hide[at] = gone
        return hide

    @staticmethod
    def _sum(counts: Sequence[float], hide: Sequence[bool]) -> float:
        return sum(count for count, hidden in zip(counts, hide, strict=True) if hidden)
