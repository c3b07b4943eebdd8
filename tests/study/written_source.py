"""Years of the small example by policies of one's own, as it is and by draws of a posterior."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.folder import load
from doseline.io.replications import Store
from doseline.study.calibrate.simulator import with_variants
from doseline.study.calibrate.store import Posterior
from doseline.study.replications.cluster import Cluster
from doseline.study.replications.executors import Executor, InProcess, Processes
from doseline.study.replications.scenario import YearsScenario, scenario_from
from doseline.study.replications.simulate import Period, sources_of
from doseline.study.replications.sweep import Asked, Swept, sweep

if TYPE_CHECKING:
    from doseline.study.replications.job import Source

ROOT = Path(__file__).parents[2]
LOCAL = ROOT / "examples" / "policies" / "local.py"
WRITTEN = (
    f"priority={LOCAL}:turns,ordering={LOCAL}:quietest_of_three,"
    f"batch={LOCAL}:three_or_two_weeks,site-choice={LOCAL}:near_unless_long"
)
POSTERIOR = Posterior(
    about={"unknowns": [{"name": "delays on the way", "factor": "pathways.median_days"}]},
    draws=pl.DataFrame({"draw": [0, 1], "delays on the way": [0.8125, 1.3]}),
)
SCENARIOS = (
    f"ours:{WRITTEN}",
    "low:variant=posterior-1",
    f"high:variant=posterior-2,{WRITTEN}",
)
SEEDS = 4


@dataclass(frozen=True, slots=True)
class Slow:
    """A scenario that takes its time, so that it can be killed meanwhile."""

    source: Source
    pause_s: float

    @property
    def name(self) -> str:
        """What the scenario is called."""
        return self.source.name

    @property
    def mark(self) -> str:
        """By what the numbers depend on, which the time is not."""
        return self.source.mark

    def told(self, seed: int) -> pl.DataFrame:
        """What one replication tells."""
        time.sleep(self.pause_s)
        return self.source.told(seed)


def executor_of(who: str) -> Executor:
    """Who makes replications: a number of processes, or the address of a cluster."""
    if not who.isdigit():
        return Cluster(who)
    return Processes(int(who)) if int(who) > 1 else InProcess()


def drive(folder: Path, *, who: str, pause_s: float) -> Swept:
    """The example as it is, and three scenarios of ours."""
    network = with_variants(load(ROOT / "examples" / "tiny"), POSTERIOR.variants(2))
    scenarios = [YearsScenario(), *(scenario_from(one, YearsScenario()) for one in SCENARIOS)]
    sources = sources_of(network, scenarios, Period(years=0.6), engine="compiled")
    return sweep(
        [Slow(one, pause_s) for one in sources],
        Asked(seed=1, replications=SEEDS),
        store=Store(folder),
        executor=executor_of(who),
    )


def main() -> None:
    """Drive as the command line says: folder, who works, pause."""
    drive(Path(sys.argv[1]), who=sys.argv[2], pause_s=float(sys.argv[3]))
