"""Who makes replications: this process, or worker processes of its own that may be killed.

A worker reads the job from its file, and is told its tasks in short lines through a pipe that is
its own: no other worker and nothing large goes through it, so that one that is killed, at whatever
moment, blocks nobody. Its task is done again by another.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from doseline.errors import DoselineError
from doseline.io.replications import put
from doseline.simulate.engine.freed import keep_freed_memory
from doseline.study.replications.job import (
    Job,
    Task,
    read_job,
    replication_bytes,
    replication_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MOST_DEATHS = 3
"""Times that a worker may die over the same task before the run ends."""


class WorkersDieError(DoselineError):
    """Workers died again and again over the same replications."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_DEATHS} worker processes ended over the same replications: they were killed, "
            "or memory ran out. Give the same command again, with fewer workers."
        )


class Executor(Protocol):
    """Makes replications and stores each as soon as it is made."""

    def run(self, job: Job, tasks: Sequence[Task], folder: Path) -> Iterator[Task]:
        """Do the tasks, in any order.

        Args:
            job: The scenarios.
            tasks: What to do.
            folder: Where each replication is stored under its name.

        Yields:
            Each task, once all of it is stored.
        """
        ...


def work(job: Job, task: Task, folder: Path) -> None:
    """Make the replications of a task that are not there yet, and store each at once."""
    keep_freed_memory()
    source = read_job(job)[task.scenario]
    for seed in task.seeds:
        path = folder / f"{replication_name(source, seed)}.parquet"
        if not path.exists():
            put(replication_bytes(source, seed), path)


class InProcess:
    """Everything in this process."""

    def run(self, job: Job, tasks: Sequence[Task], folder: Path) -> Iterator[Task]:
        """Do the tasks in their order."""
        for task in tasks:
            work(job, task, folder)
            yield task


def _say_nothing(_task: Task) -> None:
    """Whoever asks for no word gets none."""


@dataclass(frozen=True, slots=True)
class Processes:
    """So many worker processes on this machine."""

    workers: int
    redone: Callable[[Task], None] = _say_nothing
    """Told each task that failed in a worker and was done in this process."""

    def run(self, job: Job, tasks: Sequence[Task], folder: Path) -> Iterator[Task]:
        """Do the tasks; a task whose worker dies is done again.

        Raises:
            WorkersDieError: If that happens again and again.
        """
        crew = _Crew(job=job, folder=folder, waiting=deque(tasks), redone=self.redone)
        hands = [
            threading.Thread(target=crew.serve, daemon=True)
            for _ in range(min(self.workers, len(tasks)))
        ]
        try:
            for hand in hands:
                hand.start()
            for _ in tasks:
                yield crew.next_done()
        finally:
            crew.end()
            for hand in hands:
                # Ctrl-C may have come before all of them were started.
                if hand.is_alive():
                    hand.join()


@dataclass(slots=True)
class _Crew:
    """Worker processes, each with a thread of this process that hands it tasks."""

    job: Job
    folder: Path
    waiting: deque[Task]
    redone: Callable[[Task], None]
    done: queue.SimpleQueue[tuple[Task | None, bool]] = field(default_factory=queue.SimpleQueue)
    """A task and whether it succeeded; no task: a worker cannot be kept alive."""
    deaths: dict[Task, int] = field(default_factory=dict)
    running: set[subprocess.Popen[str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False

    def next_done(self) -> Task:
        task, succeeded = self.done.get()
        if task is None:
            raise WorkersDieError
        if not succeeded:
            # Here the error is raised as itself.
            work(self.job, task, self.folder)
            self.redone(task)
        return task

    def end(self) -> None:
        """No more tasks; workers end now, whatever they do."""
        with self.lock:
            self.ended = True
            self.waiting.clear()
            for worker in self.running:
                worker.kill()

    def serve(self) -> None:
        """Hand tasks to one worker after another until there are none."""
        worker = None
        while (task := self._next()) is not None:
            worker = worker or self._started()
            answer = "" if worker is None else _asked(worker, task)
            if answer:
                self.done.put((task, answer == "done"))
                continue
            self._buried(worker)
            worker = None
            self._again(task)
        self._buried(worker)

    def _next(self) -> Task | None:
        with self.lock:
            return self.waiting.popleft() if self.waiting else None

    def _again(self, task: Task) -> None:
        """Put back a task whose worker died."""
        with self.lock:
            self.deaths[task] = self.deaths.get(task, 0) + 1
            if self.ended:
                return
            if self.deaths[task] < MOST_DEATHS:
                self.waiting.append(task)
                return
        self.done.put((None, False))

    def _started(self) -> subprocess.Popen[str] | None:
        about = {"job": str(self.job.path), "digest": self.job.digest, "folder": str(self.folder)}
        command = [sys.executable, "-m", "doseline.study.replications.worker", json.dumps(about)]
        with self.lock:
            if self.ended:
                return None
            # A session of its own: Ctrl-C is for this process, which ends its workers.
            worker = subprocess.Popen(  # noqa: S603 - ourselves
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            self.running.add(worker)
        return worker

    def _buried(self, worker: subprocess.Popen[str] | None) -> None:
        if worker is None:
            return
        worker.kill()
        worker.communicate()
        with self.lock:
            self.running.discard(worker)


def _asked(worker: subprocess.Popen[str], task: Task) -> str:
    """The worker's answer to a task; empty if it died."""
    if worker.stdin is None or worker.stdout is None:
        return ""
    try:
        worker.stdin.write(json.dumps([task.scenario, *task.seeds]) + "\n")
        worker.stdin.flush()
    except OSError:
        return ""
    answer = worker.stdout.readline()
    return answer.strip() if answer.endswith("\n") else ""
