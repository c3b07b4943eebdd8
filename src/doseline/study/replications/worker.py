"""A worker process: ``python -m doseline.study.replications.worker`` with what it works on.

It reads a task a line, and answers each with a line. When nobody writes any more, it ends at once.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import TextIO

from doseline.study.replications.executors import work
from doseline.study.replications.job import Job, Task


def main(about: str) -> None:
    """Work until there are no more tasks."""
    told = json.loads(about)
    job, folder = Job(Path(told["job"]), told["digest"]), Path(told["folder"])
    # Whatever else is printed must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    while True:
        scenario, *seeds = json.loads(lines.get())
        answers.write(_answer(job, Task(scenario, tuple(seeds)), folder) + "\n")
        answers.flush()


def _answer(job: Job, task: Task, folder: Path) -> str:
    try:
        work(job, task, folder)
    except Exception:  # noqa: BLE001 - the driver does it again, and tells
        if os.environ.get("DOSELINE_DEBUG"):
            traceback.print_exc()
        return "failed"
    return "done"


def _listen(source: TextIO, lines: queue.SimpleQueue[str]) -> None:
    """Hand on each line; the driver's end is this worker's, even in the middle of its work."""
    for line in source:
        lines.put(line)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
