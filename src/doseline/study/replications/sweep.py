"""Scenarios times seeds: what is not stored yet is made, until there is enough of it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.estimates import widest_half
from doseline.study.replications.executors import work
from doseline.study.replications.job import (
    TOLD_SCHEMA,
    Task,
    replication_name,
    write_job,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from doseline.io.replications import Store
    from doseline.study.replications.executors import Executor
    from doseline.study.replications.job import Job, Source

FIRST_LOOK, NEXT_LOOKS = 10, 5
"""Replications before the precision is looked at, and from one look to the next. They do not depend
on workers or time, so that neither does the result; fewer than ten would stop too often by luck
(Law, Simulation Modeling and Analysis, 9.4.1)."""

TASK_S = 1.0
"""Work that a task should at least be. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How many replications, and when that is enough."""

    seed: int
    """Seed of the first; each next one is one more, in every scenario alike."""
    replications: int
    """At most."""
    precision: float | None = None
    """Half width of the headline's interval at which no more are made. [percentage points]"""

    @property
    def looks(self) -> Iterator[int]:
        """Numbers of replications after which it may end; the last is all."""
        if self.precision is not None:
            yield from range(FIRST_LOOK, self.replications, NEXT_LOOKS)
        yield self.replications

    def enough(self, told: pl.DataFrame) -> bool:
        """Whether the headline of every scenario is known precisely."""
        return self.precision is not None and 100.0 * widest_half(told) <= self.precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What all replications tell."""

    told: pl.DataFrame
    """Columns ``scenario``, ``seed`` and those of ``TOLD_SCHEMA``."""
    replications: int
    """Of each scenario."""
    names: tuple[str, ...]
    """Of the stored replications."""


def sweep(
    sources: Sequence[Source],
    asked: Asked,
    *,
    store: Store,
    executor: Executor,
    progress: Callable[[str, int, int], None] | None = None,
) -> Swept:
    """Replicate scenarios under common seeds.

    Args:
        sources: The scenarios.
        asked: Seeds, and when it is enough.
        store: Where finished replications are, of earlier runs as well.
        executor: Who makes those that are missing; the result is the same whoever does.
        progress: Told of each step.
    """
    job = write_job(sources, store.folder)
    run = _Run(sources, store, executor, job, progress, len(sources) * asked.replications)
    try:
        for count in asked.looks:
            seeds = range(asked.seed, asked.seed + count)
            run.make(seeds)
            told = run.told(seeds)
            if asked.enough(told):
                break
    finally:
        job.path.unlink(missing_ok=True)
    names = tuple(replication_name(source, seed) for source in sources for seed in seeds)
    return Swept(told=told, replications=count, names=names)


@dataclass(slots=True)
class _Run:
    """A sweep under way."""

    sources: Sequence[Source]
    store: Store
    executor: Executor
    job: Job
    progress: Callable[[str, int, int], None] | None
    steps: int
    pace_s: float = 0.0
    """What the first replication took. [s]"""

    def make(self, seeds: Sequence[int]) -> None:
        """Make what is missing of these seeds."""
        missing = [
            Task(at, (seed,))
            for seed in seeds
            for at, source in enumerate(self.sources)
            if not self._is_there(source, seed)
        ]
        done = len(self.sources) * len(seeds) - len(missing)
        if missing and not self.pace_s:
            # The first is made here: it tells how long one takes, and compiles for all.
            self._say(done, "stage_first_replication")
            began = time.perf_counter()
            work(self.job, missing.pop(0), self.store.folder)
            self.pace_s = time.perf_counter() - began
            done += 1
        self._say(done)
        if not missing:
            return
        for task in self.executor.run(self.job, self._bundled(missing), self.store.folder):
            done += len(task.seeds)
            self._say(done)

    def told(self, seeds: Sequence[int]) -> pl.DataFrame:
        """All replications of these seeds, in order."""
        frames = []
        for source in self.sources:
            for seed in seeds:
                frame = self.store.read(replication_name(source, seed))
                if frame is not None:
                    frames.append(
                        frame.select(
                            pl.lit(source.name).alias("scenario"),
                            pl.lit(seed, dtype=pl.Int64).alias("seed"),
                            *TOLD_SCHEMA,
                        )
                    )
        return pl.concat(frames)

    def _is_there(self, source: Source, seed: int) -> bool:
        """Whether a replication is stored; what is left of a damaged one is removed."""
        name = replication_name(source, seed)
        frame = self.store.read(name)
        if frame is not None and dict(frame.schema) == TOLD_SCHEMA:
            return True
        self.store.path(name).unlink(missing_ok=True)
        return False

    def _bundled(self, tasks: Sequence[Task]) -> list[Task]:
        """Replications of a scenario together, so that a task is worth its way to a worker."""
        size = math.ceil(TASK_S / max(self.pace_s, 1e-3))
        bundles = []
        for at in range(len(self.sources)):
            seeds = [seed for task in tasks if task.scenario == at for seed in task.seeds]
            bundles += [
                Task(at, tuple(seeds[first : first + size])) for first in range(0, len(seeds), size)
            ]
        return sorted(bundles, key=lambda task: (task.seeds[0], task.scenario))

    def _say(self, done: int, stage: str = "stage_replications") -> None:
        if self.progress is not None:
            self.progress(stage, done, self.steps)
