"""Replications on a Dask cluster of three worker processes on loopback."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.cli.shell import DOSELINE, TINY, environment
from tests.study.loopback import PATIENCE_S, free_port, loopback, loopback_cluster
from tests.study.toy_source import Toy, drive

from doseline.io.replications import Store
from doseline.study.replications.cluster import (
    Cluster,
    ClusterLostError,
    ClusterNotInstalledError,
    NoClusterError,
)
from doseline.study.replications.sweep import Asked, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its worker processes."""
    with loopback_cluster() as found:
        yield found


def _toys(pause_s: float) -> list[Toy]:
    return [
        Toy(name=name, probability=share, pause_s=pause_s)
        for name, share in (("base", 0.5), ("more", 0.6))
    ]


def _stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "replications").iterdir()}


def test_a_cluster_stores_the_same_bytes_though_a_worker_is_killed(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    drive(tmp_path / "alone", workers=1, pause_s=0.0)

    def kill() -> None:
        until = time.monotonic() + PATIENCE_S
        with contextlib.suppress(OSError):
            while len(list((tmp_path / "out").glob("replications/[!.]*.parquet"))) < 6:
                assert time.monotonic() < until
                time.sleep(0.01)
        workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    asked = Asked(seed=1, replications=12)
    sweep(_toys(0.3), asked, store=Store(tmp_path / "out"), executor=Cluster(address))
    killer.join()
    assert workers[0].wait(timeout=PATIENCE_S) == -signal.SIGKILL
    assert _stored(tmp_path / "out") == _stored(tmp_path / "alone")


def test_an_error_on_a_cluster_is_the_driver_s(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    toys = [*_toys(0.0), Toy(name="bad", probability=0.5, fails=True)]
    with pytest.raises(ValueError, match="bad"):
        sweep(
            toys,
            Asked(seed=1, replications=1),
            store=Store(tmp_path / "out"),
            executor=Cluster(cluster[0]),
        )


def test_no_cluster_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doseline.study.replications.cluster.CONNECT_S", 1)
    nobody = f"tcp://127.0.0.1:{free_port()}"
    asked = Asked(seed=1, replications=2)
    with pytest.raises(NoClusterError, match="No Dask scheduler answers"):
        sweep(_toys(0.0), asked, store=Store(tmp_path / "out"), executor=Cluster(nobody))


def test_a_missing_library_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    asked = Asked(seed=1, replications=2)
    with pytest.raises(ClusterNotInstalledError, match="pip install"):
        sweep(_toys(0.0), asked, store=Store(tmp_path / "out"), executor=Cluster("x"))


def test_a_scheduler_that_is_lost_is_told_without_a_traceback(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--years", "1", "--replications", "60", "--engine", "plain", "-q")
    with loopback(1) as (address, scheduler, _):
        command = subprocess.Popen(
            [DOSELINE, "simulate", str(TINY), *asked, "--cluster", address, "-o", str(out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        until = time.monotonic() + PATIENCE_S
        while len(list(out.glob("replications/[!.]*.parquet"))) < 4:
            assert time.monotonic() < until
            time.sleep(0.01)
        scheduler.kill()
        _, said = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 1
    assert said.startswith(f"The cluster at {address} was lost"), said
    assert said.count("\n") == 1
    assert "folder" not in said
    assert len(_stored(out)) >= 4


def test_a_scheduler_without_workers_is_told_while_it_is_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    with loopback(0) as (address, scheduler, _):

        def alone(found: str) -> None:
            told.append(found)
            scheduler.kill()

        executor = Cluster(address, alone)
        with pytest.raises(ClusterLostError):
            sweep(
                _toys(0.0), Asked(seed=1, replications=3), store=Store(tmp_path), executor=executor
            )
    assert told == [address]
