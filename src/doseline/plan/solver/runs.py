"""Search over which runs open, doses left in part.

Each choice of runs is a relaxation from the last basis; its prices tell what every other choice
costs at least (:mod:`doseline.plan.solver.choices`). The search begins with every run open that the
relaxation of the whole week touches, so that nobody is left for want of runs, and closes a few at
a time near the best choice so far: each time those that look best at all prices known. Where that
gains no more it asks for the best choice of all, halfway to which the prices say most. That choice
bounds every plan. The search stops after so many steps of the simplex method, which are the same on
every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.solver.choices import Choices
from doseline.plan.solver.relaxed import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.solver.linear import Answer, Floats
    from doseline.plan.solver.relaxed import Relaxed
    from doseline.plan.solver.sites import Sites

_HALF = 0.5
_KEPT = 2
"""Choices that are kept."""
_STEPS = 12.0
"""Simplex iterations, as a multiple of rows, after which no more choices are looked at."""
_FEW = 4
"""Runs that may differ from the best choice so far, at first."""
_WORTH = 0.5
"""Least gain in sight near the best choice, as a share of the asked gap. [unitless]"""
_SOUGHT = 0.05
"""Share of the asked gap to which the next choice is sought. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where the search ended."""

    opened: Floats
    """Whether each run opens."""
    placed: Answer
    """The relaxation for these runs."""
    cost: float
    """What no plan with these runs costs less than. [currency]"""
    prices: Floats
    """Its prices of rows. [currency]"""


class RunSearch:
    """The best choice of runs so far, and what is known of all others."""

    def __init__(self, relaxed: Relaxed, bound: float, sites: Sites | None = None) -> None:
        """Know no more than the relaxation.

        Args:
            relaxed: The relaxation with all its rows.
            bound: One that is known. [currency]
            sites: The program taken apart, if its sites are to be told doses from doses in part.
        """
        self.relaxed = relaxed
        self.bound = bound
        """No plan costs less. [currency]"""
        self.ends: list[Ends] = []
        """The best choices so far, the best first."""
        self._basis: Any = None
        self.nodes = 0
        """Relaxations that were solved."""
        self._choices = Choices(relaxed.program, sites)
        self._closed = np.inf
        self._near = 0.0
        self._steps = 0
        self._differ = float(_FEW)

    def search(
        self, near: float, *, node_limit: int, log: Callable[[str], None] | None = None
    ) -> Ends | None:
        """The best runs, near the bound unless the work or the nodes are done; None if there are none.

        Args:
            near: Distance at which to stop. [currency]
            node_limit: Most relaxations, once there is an end.
            log: Called with a line of progress.
        """
        self._near = near
        self._begin()
        while self.bound < np.inf and not self._enough(near, node_limit):
            sought = _SOUGHT * max(near, self._gap)
            if not self._closer(near * _WORTH, sought) and not self._further(sought):
                break
            if log is not None:
                ended = np.inf if self.best is None else self.best.cost
                log(f"runs: {ended:,.2f}, bound {self.bound:,.2f}, {self.nodes} relaxations")
        if self.best is not None:
            self._lift(self._choices.least(self.best.cost, _SOUGHT * near)[1])
        return self.best

    @property
    def best(self) -> Ends | None:
        """The best choice so far."""
        return self.ends[0] if self.ends else None

    def _begin(self) -> None:
        """The relaxation of the whole week, and every run that it touches."""
        free = np.zeros(self.relaxed.program.runs)
        answer = self._solved(free, free + 1.0)
        if answer is None:
            self.bound = np.inf
            return
        share = answer.values[self.relaxed.program.opened]
        opened = (share > WHOLE).astype(np.float64)
        opened[self.relaxed.program.conflicts.shut(share)] = 0.0
        # So many runs change that the steps from nothing are fewer.
        self.relaxed.highs.forget()
        self._look(opened)

    def _enough(self, near: float, node_limit: int) -> bool:
        """Whether to stop."""
        if self.best is None:
            return False
        spent = self._steps > _STEPS * self.relaxed.rows.count or self.nodes >= node_limit
        return spent or self._gap <= near

    @property
    def _gap(self) -> float:
        """Distance of the best choice from the bound; 0 without one. [currency]"""
        return 0.0 if self.best is None else self.best.cost - self.bound

    def _closer(self, worth: float, sought: float) -> bool:
        """Look at a choice near the best one; whether one was in sight.

        Args:
            worth: Least gain in sight for which a choice is looked at. [currency]
            sought: Absolute gap to which it is sought. [currency]
        """
        best = self.best
        if best is None or self._differ < 1.0:
            return False
        objective = best.cost
        opened, least = self._choices.least(objective, sought, (best.opened, self._differ))
        if opened is None or objective - least < worth:
            self._differ = 0.0
            return False
        self._toward(opened, best)
        if self.best is best:
            self._differ = np.floor(self._differ * _HALF)
        return True

    def _further(self, sought: float) -> bool:
        """Look halfway to the best choice of all, then at it; whether there is one."""
        best = self.best
        below = np.inf if best is None else best.cost
        opened, bound = self._choices.least(below, sought)
        self._lift(bound)
        if opened is None:
            return False
        if best is None:
            self._look(opened)
        else:
            self._toward(opened, best)
        return True

    def _toward(self, opened: Floats, best: Ends) -> None:
        """Look halfway to a choice, then at it if it can still be better than the best so far."""
        self.relaxed.basis = self._basis
        halfway = _HALF * (best.opened + opened)
        self._solved(halfway, halfway)
        if self._choices.at(opened) < best.cost:
            self._look(opened)

    def _lift(self, bound: float) -> None:
        """Raise the bound to that of the choices left and of those that are solved."""
        self.bound = max(self.bound, min(bound, self._closed))

    def _look(self, opened: Floats) -> None:
        """Solve for a choice, which is then done with."""
        answer = self._solved(opened, opened)
        self._choices.leave_out(opened)
        if answer is None:
            return
        if self.best is None or answer.objective < self.best.cost + self._near:
            self._choices.learn_of_sites(self.relaxed.prices, opened)
        cost = max(answer.objective, self._choices.at(opened))
        self._closed = min(self._closed, max(answer.bound, self._choices.at(opened)))
        ends = Ends(opened=opened, placed=answer, cost=cost, prices=self.relaxed.prices)
        self.ends = sorted([*self.ends, ends], key=lambda one: one.cost)[:_KEPT]
        if self.best is ends:
            self._basis = self.relaxed.basis

    def _solved(self, least: Floats, most: Floats) -> Answer | None:
        """The relaxation with each run open so far, whose prices are kept; None if there is none."""
        answer = self.relaxed.within_if_possible(least, most)
        self.nodes += 1
        self._steps += self.relaxed.steps
        if answer is not None:
            self._choices.learn(self.relaxed)
        return answer
