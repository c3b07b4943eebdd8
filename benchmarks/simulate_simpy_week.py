"""A patient and a week's doses in the model in SimPy of the small network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import simulate_small as small

if TYPE_CHECKING:
    import simpy
    from benchmarks.simulate_small import Way

_TOLERANCE = 1e-9


@dataclass(slots=True, eq=False)
class Patient:
    """A patient, and the dose that is ordered now."""

    row: int
    start: float
    region: int
    payer: int
    exit_day: float
    site: int = -1
    is_treated: bool = False
    doses: int = 0
    """Of this course."""
    due: float = 0.0
    since: float = 0.0
    waited: float = 0.0
    open_link: str = ""
    """Why no week could plan the order so far."""
    link: str = ""
    way: Way | None = None
    planned: bool = False
    ending: str = ""
    infused: simpy.Event = field(init=False)


class Week:
    """What a week has left."""

    def __init__(self, number: int) -> None:
        self.share = [small.run_share(number, run) for run in (0, 1)]
        self.doses = [0, 0]
        self.activity = [0.0, 0.0]
        self.isotope = list(small.POOL_GBQ)
        self.drawn = [[0.0, 0.0], [0.0, 0.0]]
        self.chairs = [chairs * (1.0 + small.OVERBOOK) for chairs in small.CHAIRS]

    def allot(self, way: Way) -> str:
        """Allot a dose; the link that closes the way, if any."""
        run, share = way.run, self.share[way.run]
        if (
            self.doses[run] + 1 > small.RUN_DOSES[run] * share + _TOLERANCE
            or self.activity[run] + way.ready > small.RUN_ACTIVITY[run] * share + _TOLERANCE
        ):
            return "no_batch_capacity"
        need, takes = way.ready, []
        for pool, per_gbq in small.DRAWS[run]:
            take = min(self.isotope[pool] * per_gbq, need)
            takes.append((pool, take / per_gbq))
            need -= take
        if need > _TOLERANCE:
            return "no_isotope"
        for pool, gbq in takes:
            self.isotope[pool] -= gbq
            self.drawn[run][pool] += gbq
        self.doses[run] += 1
        self.activity[run] += way.ready
        return ""

    def has_chair(self, site: int) -> bool:
        """Whether a site has a chair left."""
        return self.chairs[site] + _TOLERANCE >= 1.0
