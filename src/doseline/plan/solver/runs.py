"""Branch and bound over which runs open, doses left in part.

Runs that serve the same orders are counted: a relaxation opens ten and a half of them, a plan ten
or eleven. A node first says how many of such runs open, then which; this moves the bound further
than any single run does. Nodes are relaxations from the last basis, the loosest first; from each
the search goes down, the side that costs less first, until all runs are whole. The least of what is
still open, and of the ends reached, bounds every plan. The search stops after so much work of the
simplex method, which is the same on every machine.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.solver.linear import Rows
from doseline.plan.solver.relaxed import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Answer, Floats, Ints
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.relaxed import Relaxed

_HALF = 0.5
_WORK = 5e8
"""Simplex iterations, times rows, after which no more nodes are looked at. [unitless]"""
_RISE = 0.25
"""Share of the asked gap by which a node may rise before its other side is looked at. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where the search ended."""

    opened: Floats
    """Whether each run opens."""
    placed: Answer
    """The relaxation for these runs."""
    prices: Floats
    """Its prices of rows. [currency]"""


@dataclass(frozen=True, slots=True, order=True)
class _Node:
    """Bounds of runs and of counts of runs, by what its parent is known to cost."""

    bound: float
    number: int
    least: Floats = field(compare=False)
    most: Floats = field(compare=False)
    basis: Any = field(compare=False, default=None)
    """Of the node that it was split off."""


class RunTree:
    """The nodes of one relaxation that are still open, and the best end so far."""

    def __init__(self, relaxed: Relaxed, bound: float) -> None:
        """Add the rows that count runs.

        Args:
            relaxed: The relaxation with all other rows.
            bound: One that is known. [currency]
        """
        self.relaxed = relaxed
        self.runs = relaxed.program.runs
        self._sets = counted_runs(relaxed.program)
        self._first = relaxed.rows.count
        rows = Rows()
        for runs in self._sets:
            row = rows.add(lower=0.0, upper=float(runs.size), count=1)
            rows.fill(np.full(runs.size, row), relaxed.program.opened.start + runs, 1.0)
        relaxed.add_rows(rows)
        self._size = relaxed.rows.count
        sizes = np.array([runs.size for runs in self._sets], dtype=np.float64)
        most: Floats = np.concatenate([np.ones(self.runs), sizes])
        self._all = _Node(bound, 0, np.zeros(most.size), most)
        self._open = [self._all]
        self._closed = np.inf
        self._bound = bound
        self.best: Ends | None = None
        self.reduced: Floats = np.zeros(relaxed.program.cost.size)
        """Reduced cost of each variable in the first node. [currency]"""
        self.nodes = 0
        self._work = 0.0

    @property
    def bound(self) -> float:
        """No plan costs less. [currency]"""
        least = min(self._open[0].bound if self._open else np.inf, self._closed)
        return max(self._bound, least)

    def search(
        self, near: float, *, node_limit: int, log: Callable[[str], None] | None = None
    ) -> Ends | None:
        """The best runs, near the bound unless the work or the nodes are done; None if there are none.

        Args:
            near: Distance at which to stop. [currency]
            node_limit: Most nodes, once there is an end.
            log: Called with a line of progress.
        """
        while self._open and not self._enough(near, node_limit):
            self._from(heapq.heappop(self._open), near * _RISE)
            if log is not None:
                ended = np.inf if self.best is None else self.best.placed.objective
                log(f"runs: {ended:,.2f}, bound {self.bound:,.2f}, {self.nodes} nodes")
        self._within(self._all)
        return self.best

    def _from(self, first: _Node, rise: float) -> None:
        """Go down from a node until an end, or until nothing better can be there."""
        node: _Node | None = first
        if first.basis is not None:
            self.relaxed.basis = first.basis
        answer = self._solved(first)
        if first is self._all and answer is not None:
            self.reduced = self.relaxed.reduced_costs
        while node is not None and answer is not None:
            node, answer = self._down(node, answer, rise)

    def _enough(self, near: float, node_limit: int) -> bool:
        """Whether to stop."""
        if self.best is None:
            return False
        spent = self._work > _WORK or self.nodes >= node_limit
        return spent or self.best.placed.objective - self.bound <= near

    def _down(self, node: _Node, answer: Answer, rise: float) -> tuple[_Node | None, Answer | None]:
        """One step down from a node: the side that costs less, the other is left open."""
        if self.best is not None and answer.bound >= self.best.placed.objective:
            return None, None
        split = self._split(node, answer)
        if split is None:
            self._end(answer)
            return None, None
        near, far = split
        found = self._solved(near)
        if found is not None and found.objective - answer.objective <= rise:
            heapq.heappush(self._open, far)
            return near, found
        other = self._solved(far)
        if found is None or (other is not None and other.objective < found.objective):
            near, far, found, other = far, near, other, found
        if other is not None:
            heapq.heappush(self._open, replace(far, bound=max(far.bound, other.bound)))
        return near, found

    def _solved(self, node: _Node) -> Answer | None:
        """The relaxation within a node's bounds; None if there is none."""
        relaxed, runs = self.relaxed, self.runs
        self._within(node)
        answer = relaxed.within_if_possible(node.least[:runs], node.most[:runs])
        self.nodes += 1
        self._work += relaxed.steps * self._size
        return answer

    def _within(self, node: _Node) -> None:
        """Bound the counts of runs."""
        if self._sets:
            rows = self._first + np.arange(len(self._sets))
            self.relaxed.highs.bound_rows(rows, node.least[self.runs :], node.most[self.runs :])

    def _end(self, answer: Answer) -> None:
        """A relaxation in which all runs are whole."""
        self._closed = min(self._closed, answer.bound)
        if self.best is not None and answer.objective >= self.best.placed.objective:
            return
        opened = np.rint(answer.values[self.relaxed.program.opened])
        # The last solve may have been of the node's other side.
        self._within(self._all)
        self.relaxed.within(opened, opened)
        self.best = Ends(opened=opened, placed=answer, prices=self.relaxed.prices)

    def _split(self, node: _Node, answer: Answer) -> tuple[_Node, _Node] | None:
        """Two nodes that a node falls into, the nearer first; None if all is whole."""
        share = answer.values[self.relaxed.program.opened]
        value = np.concatenate([share, [share[runs].sum() for runs in self._sets]])
        parts = np.abs(value - np.rint(value))
        of = int(np.argmax(parts))
        if parts[self.runs :].max(initial=0.0) > WHOLE:
            of = self.runs + int(np.argmax(parts[self.runs :]))
        if parts[of] <= WHOLE:
            return None
        below, above = node.most.copy(), node.least.copy()
        below[of], above[of] = np.floor(value[of]), np.ceil(value[of])
        bound, basis = max(node.bound, answer.bound), self.relaxed.basis
        sides = (
            _Node(bound, 2 * self.nodes, node.least, below, basis),
            _Node(bound, 2 * self.nodes + 1, above, node.most, basis),
        )
        return sides if value[of] - below[of] < _HALF else (sides[1], sides[0])


def counted_runs(program: Program) -> list[Ints]:
    """Sets of runs that serve the same orders, one way or through others' orders."""
    pairs = np.unique(program.group * program.runs + program.run)
    group, run = np.divmod(pairs, max(program.runs, 1))
    label = np.arange(program.runs)
    while True:
        least = np.full(program.count.size, program.runs)
        np.minimum.at(least, group, label[run])
        lower = label.copy()
        np.minimum.at(lower, run, least[group])
        if np.array_equal(lower, label):
            break
        label = lower
    used = np.bincount(run, minlength=program.runs) > 0
    sets = [np.flatnonzero((label == one) & used) for one in np.unique(label[used])]
    return [runs for runs in sets if runs.size > 1]
