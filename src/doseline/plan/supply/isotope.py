"""Isotope that is left in pools while doses are placed one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.supply.batches import Supply

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Isotope:
    """What each pool still holds, and what each run has drawn beyond its need."""

    def __init__(self, supply: Supply, *, drawn: Floats, made_gbq: Floats) -> None:
        """The state after some draws.

        Args:
            supply: Pools and draws.
            drawn: Isotope of each draw at its reference time. [GBq]
            made_gbq: Activity in the vials of each run at calibration. [GBq]
        """
        self.pool_of = supply.draws["pool"].to_numpy()
        self.run = supply.draws["run"].to_numpy()
        self.per_gbq = supply.draws["per_gbq"].to_numpy()
        runs, pools = supply.runs.height, supply.pools
        taken = sums(self.pool_of, drawn, pools.height)
        self.pools = np.maximum(pools["capacity_gbq"].to_numpy() - taken, 0.0)
        supplied = sums(self.run, drawn * self.per_gbq, runs)
        self.spare_gbq = np.maximum(supplied - made_gbq, 0.0)
        # The freshest first: it loses least on the way into the vial.
        order = np.lexsort((-self.per_gbq, self.run))
        starts = np.searchsorted(self.run[order], np.arange(runs + 1))
        self._of_run = [order[starts[run] : starts[run + 1]] for run in range(runs)]

    def left(self) -> Floats:
        """Activity in vials that each run could still make, were the pools its own, in [GBq]."""
        more = self.per_gbq * self.pools[self.pool_of]
        return self.spare_gbq + sums(self.run, more, self.spare_gbq.size)

    def left_for(self, run: int) -> float:
        """The same for one run, in [GBq]."""
        mine = self._of_run[run]
        return float(self.spare_gbq[run] + self.per_gbq[mine] @ self.pools[self.pool_of[mine]])

    def draw(self, run: int, activity_gbq: float) -> None:
        """Take the isotope of some activity in vials, as far as there is some."""
        spare = min(float(self.spare_gbq[run]), activity_gbq)
        self.spare_gbq[run] -= spare
        wanted = activity_gbq - spare
        for draw in self._of_run[run]:
            if wanted <= 0.0:
                break
            pool = self.pool_of[draw]
            taken = min(float(self.pools[pool]), wanted / float(self.per_gbq[draw]))
            self.pools[pool] -= taken
            wanted -= taken * float(self.per_gbq[draw])


def sums(keys: Ints, values: Floats, size: int) -> Floats:
    """Sum of the values of each key below a size."""
    return np.bincount(keys, weights=values, minlength=size).astype(np.float64)
