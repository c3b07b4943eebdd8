"""Replications on a Dask cluster: its workers read the job from its file, and send files back."""

from __future__ import annotations

import importlib
import logging
import os
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from doseline.errors import BadInputError, DoselineError
from doseline.io.replications import put
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

CONNECT_S = 20
"""Time in which a scheduler must answer. [s]"""
_LOGS = ("distributed", "distributed.client", "distributed.comm", "distributed.core")
"""Loggers of the library on this side."""


class ClusterNotInstalledError(BadInputError):
    """The library that talks to a cluster is missing."""

    def __init__(self) -> None:
        super().__init__(
            "Replications on a cluster need the package distributed, which is not installed. "
            "Install it with: pip install 'doseline[cluster]'."
        )


class NoClusterError(BadInputError):
    """Nothing answers at the address."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"No Dask scheduler answers at {address}. Start one with 'dask scheduler', and "
            "workers with 'dask worker ADDRESS', and give its address, e.g. tcp://127.0.0.1:8786."
        )


class ClusterLostError(DoselineError):
    """The cluster went away, or its workers died again and again."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"The cluster at {address} was lost, or its workers ended again and again. Start it "
            "again, then give the same command."
        )


def _say_nothing(_address: str) -> None:
    """Whoever asks for no word gets none."""


class Cluster:
    """Workers of the Dask scheduler at an address; the job's file must be theirs to read.

    Args:
        address: Of the scheduler.
        alone: Told the address while it has no worker; what is to be done waits for one.
    """

    def __init__(self, address: str, alone: Callable[[str], None] = _say_nothing) -> None:
        self.address, self.alone = address, alone

    def reach(self) -> None:
        """See that it is there.

        Raises:
            ClusterNotInstalledError: If the library is missing.
            NoClusterError: If nothing answers at the address.
        """
        try:
            importlib.import_module("distributed")
        except ImportError as error:
            raise ClusterNotInstalledError from error
        try:
            _knock(self.address)
        except (OSError, ValueError) as error:
            raise NoClusterError(self.address) from error

    def run(self, job: Job, tasks: Sequence[Task], folder: Path) -> Iterator[Task]:
        """Do the tasks; one whose worker dies is done again by another.

        Raises:
            ClusterNotInstalledError: If the library is missing.
            NoClusterError: If nothing answers at the address.
            ClusterLostError: If the cluster is lost.
        """
        # A client that cannot connect talks about it long after; so this is tried first.
        self.reach()
        distributed: Any = importlib.import_module("distributed")
        _hush()
        try:
            client = distributed.Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoClusterError(self.address) from error
        with client, client.as_current():
            if not client.nthreads():
                self.alone(self.address)
            futures = {client.submit(made, job, task, pure=False): task for task in tasks}
            for future in distributed.as_completed(list(futures)):
                task = futures.pop(future)
                for name, content in self._result(future).items():
                    put(content, folder / f"{name}.parquet")
                yield task

    def _result(self, future: Any) -> dict[str, bytes]:
        """Files of a task by name; an error of ours is raised as itself."""
        try:
            found: dict[str, bytes] = future.result()
        except DoselineError:
            raise
        except Exception as error:
            if type(error).__module__.startswith("distributed") or isinstance(error, OSError):
                raise ClusterLostError(self.address) from error
            raise
        return found


def _hush() -> None:
    """What the library logs of a lost connection, with its traceback, is told by our errors."""
    if not os.environ.get("DOSELINE_DEBUG"):
        for name in _LOGS:
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _knock(address: str) -> None:
    """See whether anything listens at an address.

    Raises:
        OSError: If nothing does.
        ValueError: If it is no address of a host and port.
    """
    place = urlsplit(address if "://" in address else f"tcp://{address}")
    if not (place.hostname and place.port):
        raise ValueError(address)
    socket.create_connection((place.hostname, place.port), timeout=CONNECT_S).close()


def made(job: Job, task: Task) -> dict[str, bytes]:
    """What a worker of the cluster does: each replication of a task as a file."""
    source = read_job(job)[task.scenario]
    return {replication_name(source, seed): replication_bytes(source, seed) for seed in task.seeds}
