"""A Dask cluster of worker processes on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
WORKERS = 3
PATIENCE_S = 240
"""Time that a moment may take on a busy machine. [s]"""


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def loopback_cluster(
    workers: int = WORKERS,
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its worker processes; the scheduler's own comes last."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    begun = [
        _started("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        *(
            _started("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(workers)
        ),
    ]
    try:
        yield address, [*begun[1:], begun[0]]
    finally:
        for process in begun:
            process.kill()
            process.wait(timeout=PATIENCE_S)


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
