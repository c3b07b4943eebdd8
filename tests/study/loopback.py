"""A Dask cluster of worker processes on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
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
def loopback_cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its three worker processes."""
    with loopback(WORKERS) as (address, _, workers):
        yield address, workers


@contextmanager
def loopback(
    count: int,
) -> Iterator[tuple[str, subprocess.Popen[bytes], list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler that listens, its process, and those of so many workers."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    begun = [
        _started("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
        *(
            _started("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(count)
        ),
    ]
    try:
        _heard(port)
        yield address, begun[0], begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait(timeout=PATIENCE_S)


def _heard(port: int) -> None:
    """Wait until somebody listens at a port."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)


def _started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
