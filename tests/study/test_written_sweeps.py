"""Policies of one's own and draws of a posterior: the same bytes whoever works, or is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.study.loopback import PATIENCE_S, ROOT, WORKERS, loopback_cluster
from tests.study.test_replications import stored, wait_until, workers_of
from tests.study.written_source import SCENARIOS, SEEDS, drive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVER = (sys.executable, "-c", "from tests.study.written_source import main; main()")
"""Not as ``-m``: to a worker, what its driver calls ``__main__`` is another module."""
ALL = (1 + len(SCENARIOS)) * SEEDS
KILLED_AT = 5
"""Replications that are stored when somebody is killed."""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process stores."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    drive(folder, who="1", pause_s=0.0)
    return stored(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its worker processes."""
    with loopback_cluster() as found:
        yield found


def _number(folder: Path) -> int:
    return len(list(folder.glob("replications/[!.]*.parquet")))


def _go_on(out: Path, who: str, alone: dict[str, bytes]) -> None:
    """Kill the driver in the middle, give the same command again, and compare."""
    command = [*DRIVER, str(out), who]
    driver = subprocess.Popen([*command, "0.3"], cwd=ROOT)
    wait_until(lambda: _number(out) >= KILLED_AT)
    driver.kill()
    driver.wait(timeout=PATIENCE_S)
    made = {one: one.stat().st_mtime_ns for one in out.glob("replications/[!.]*.parquet")}
    assert KILLED_AT <= len(made) < ALL
    subprocess.run([*command, "0"], cwd=ROOT, check=True, timeout=PATIENCE_S)
    assert stored(out) == alone
    # What was finished is not made again.
    assert made == {one: one.stat().st_mtime_ns for one in made}


def test_every_scenario_has_its_own_numbers(alone: dict[str, bytes]) -> None:
    assert len(alone) == len(set(alone.values())) == ALL


def test_two_processes_of_which_one_is_killed(tmp_path: Path, alone: dict[str, bytes]) -> None:
    out = tmp_path / "out"

    def kill() -> None:
        wait_until(lambda: _number(out) >= KILLED_AT)
        os.kill(workers_of(os.getpid())[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    drive(out, who="2", pause_s=0.3)
    killer.join()
    assert stored(out) == alone


@pytest.mark.parametrize("who", ["1", "2"])
def test_a_driver_that_is_killed_goes_on(tmp_path: Path, alone: dict[str, bytes], who: str) -> None:
    _go_on(tmp_path / "out", who, alone)


def test_a_driver_of_a_cluster_that_is_killed_goes_on(
    tmp_path: Path, alone: dict[str, bytes], cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    _go_on(tmp_path / "out", cluster[0], alone)


def test_a_cluster_of_three_of_which_one_is_killed(
    tmp_path: Path, alone: dict[str, bytes], cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    out, (address, workers) = tmp_path / "out", cluster
    drive(tmp_path / "whole", who=address, pause_s=0.0)
    assert len(workers) == WORKERS
    assert all(one.poll() is None for one in workers)
    assert stored(tmp_path / "whole") == alone

    def kill() -> None:
        with contextlib.suppress(OSError):
            wait_until(lambda: _number(out) >= KILLED_AT)
        workers[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    drive(out, who=address, pause_s=0.3)
    killer.join()
    assert workers[0].wait(timeout=PATIENCE_S) == -signal.SIGKILL
    assert stored(out) == alone
