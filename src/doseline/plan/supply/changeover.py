"""Lines that make one batch at a time, with a pause between classes of isotopes.

Two runs of a line with rows in ``changeovers`` conflict unless one has ended its synthesis, and the
line has been cleared for the other's class, before the other starts. A pair of classes without a
row needs no pause; lines without rows are taken to have a cell for each of their batches.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.supply import Changeover, Product
from doseline.routes.clock import milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from doseline.model.network import Network

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CONFLICT_SCHEMA = {"run": pl.Int64, "other": pl.Int64}
_USED = 1e-6
"""Share of a run below which it is not used."""


def conflicts_of(network: Network, runs: pl.DataFrame) -> pl.DataFrame:
    """run, other: pairs of runs that cannot both be made, the smaller number first.

    Args:
        network: Changeovers, and the class of each product.
        runs: run, line, product, start_ms, ready_ms.
    """
    pause_h = {
        (row.line, row.from_class, row.to_class): row.hours for row in network.rows(Changeover)
    }
    single = {line for line, _, _ in pause_h}
    class_of = {row.product: row.segregation for row in network.rows(Product)} if single else {}
    made = [row for row in runs.iter_rows(named=True) if row["line"] in single]

    def clears(first: dict[str, Any], then: dict[str, Any]) -> bool:
        classes = class_of[first["product"]], class_of[then["product"]]
        pause_ms = milliseconds(pause_h.get((first["line"], *classes), 0.0))
        return bool(first["ready_ms"] + pause_ms <= then["start_ms"])

    pairs = [
        (one["run"], other["run"])
        for one, other in combinations(made, 2)
        if one["line"] == other["line"] and not clears(one, other) and not clears(other, one)
    ]
    return pl.DataFrame(pairs, schema=CONFLICT_SCHEMA, orient="row")


class Conflicts:
    """Which runs exclude each other."""

    def __init__(self, pairs: pl.DataFrame, runs: int) -> None:
        """The conflicts of some runs.

        Args:
            pairs: Of :func:`conflicts_of`.
            runs: Number of runs.
        """
        self.runs = runs
        self._with: dict[int, set[int]] = {}
        for one, other in pairs.iter_rows():
            self._with.setdefault(one, set()).add(other)
            self._with.setdefault(other, set()).add(one)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._with)

    def excluded(self, run: int) -> Ints:
        """Runs that cannot be made if one is."""
        return np.array(sorted(self._with.get(run, ())), dtype=np.int64)

    def cliques(self) -> Iterator[Ints]:
        """Sets of runs of which one at most can be made, so many that every conflict is in one."""
        left = {(one, other) for one, others in self._with.items() for other in others}
        for pair in sorted(left):
            if pair not in left:
                continue
            clique = set(pair)
            for run in sorted(self._with):
                if clique <= self._with[run]:
                    clique.add(run)
            left -= {(one, other) for one in clique for other in clique}
            yield np.array(sorted(clique), dtype=np.int64)

    def clashing(self, share: Floats) -> Ints:
        """Runs that are used although a conflicting one is."""
        return np.array(
            [run for run in sorted(self._with) if self._clashes(run, share)], dtype=np.int64
        )

    def shut(self, share: Floats) -> Bools:
        """Runs to close so that those left do not conflict; the most used ones stay.

        A run that nothing excludes stays, used or not.

        Args:
            share: How much each run is used.
        """
        shut = np.zeros(self.runs, dtype=bool)
        kept: set[int] = set()
        for run in sorted(self._with, key=lambda one: (-share[one], one)):
            if kept.isdisjoint(self._with[run]):
                kept.add(run)
            else:
                shut[run] = True
        return shut

    def _clashes(self, run: int, share: Floats) -> bool:
        return bool(share[run] > _USED and share[self.excluded(run)].max(initial=0.0) > _USED)
