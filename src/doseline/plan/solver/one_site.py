"""The whole-number problem of one site, kept between prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.errors import SolverError
from doseline.plan.solver.linear import Highs, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.plan.solver.linear import Answer, Floats, Ints
    from doseline.plan.solver.sites import Places

WHOLE = 1e-6
"""Distance from a whole number that is rounding."""
FITS = 1e-9
"""How far a row may be exceeded by rounding, in terms of its largest number."""
_HALF = 0.5
_FEW = 60
"""Nodes that one site is branched into before it is searched by the solver."""
_NODES = 500
"""Nodes of branch and bound for one site."""


class SiteModel:
    """The whole-number problem of one block, kept between prices."""

    def __init__(self, places: Places, block: int) -> None:
        self.columns: Ints = np.flatnonzero(places.block == block)
        number = np.full(places.block.size, -1, dtype=np.int64)
        number[self.columns] = np.arange(self.columns.size)
        inside = number[places.column] >= 0
        mine, at = np.unique(places.row[inside], return_inverse=True)
        rows = Rows()
        rows.add(lower=places.lower[mine], upper=places.upper[mine], count=mine.size)
        rows.fill(at.reshape(-1), number[places.column[inside]], places.value[inside])
        self._most = places.most[self.columns]
        self._highs = Highs(
            cost=np.zeros(self.columns.size),
            lower=np.zeros(self.columns.size),
            upper=self._most,
            rows=rows,
        )
        self._highs.option("mip_max_nodes", _NODES)
        self._highs.option("mip_rel_gap", 1e-6)
        self._all = np.arange(self.columns.size)

    def solve(self, cost: Floats) -> tuple[Floats, float]:
        """A best answer at some costs, and a bound on it."""
        self._highs.price_columns(self._all, cost)
        answer = self._relaxed()
        if answer is None:
            return self._searched()
        if parted(answer.values).max() <= WHOLE:
            return np.rint(answer.values), answer.objective
        return self._branched(answer) or self._searched()

    def _relaxed(self) -> Answer | None:
        """The relaxation within the bounds that are set; None if there is no solution."""
        try:
            return self._highs.solve_if_possible("looking at one site")
        except SolverError:  # The solver may lose its way from the last basis.
            self._highs.forget()
            return self._highs.solve_if_possible("looking at one site")

    def _branched(self, answer: Answer) -> tuple[Floats, float] | None:
        """Depth first over the relaxation, as a few nodes mostly do; None if they do not."""
        best, value = np.zeros(0), np.inf
        nodes = list(self._split(answer.values, np.zeros(self._all.size), self._most))
        for _ in range(_FEW):
            if not nodes:
                break
            lower, upper = nodes.pop()
            self._highs.bound_columns(self._all, lower, upper)
            found = self._relaxed()
            if found is None or found.objective >= value - FITS * abs(value):
                continue
            if parted(found.values).max() > WHOLE:
                nodes.extend(self._split(found.values, lower, upper))
            else:
                best, value = np.rint(found.values), found.objective
        self._highs.bound_columns(self._all, np.zeros(self._all.size), self._most)
        # Nodes were left out if they could not beat the best by more than rounding.
        return None if nodes else (best, value - FITS * abs(value))

    def _split(
        self, values: Floats, lower: Floats, upper: Floats
    ) -> Iterator[tuple[Floats, Floats]]:
        """Bounds on either side of the oddest value; the nearer side is looked at first."""
        odd = int(np.argmax(parted(values)))
        below, above = upper.copy(), lower.copy()
        below[odd] = np.floor(values[odd])
        above[odd] = np.ceil(values[odd])
        sides = [(lower, below), (above, upper)]
        yield from sides if values[odd] - below[odd] >= _HALF else sides[::-1]

    def _searched(self) -> tuple[Floats, float]:
        """The same by the solver's own search, to a limit of nodes."""
        self._highs.make_integer(self._all)
        self._highs.forget()
        answer = self._highs.solve("looking at one site")
        self._highs.make_integer(self._all, integer=False)
        return np.rint(answer.values), answer.bound


def parted(values: Floats) -> Floats:
    """Distance of each value from a whole number."""
    return np.abs(values - np.rint(values))
