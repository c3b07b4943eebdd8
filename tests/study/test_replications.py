"""Replications: the same bytes whoever makes them, whoever is killed meanwhile."""

from __future__ import annotations

import dataclasses
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.toy_source import Toy, drive

from doseline.io.replications import Store
from doseline.io.tables import NotOurFolderError
from doseline.study.replications.estimates import HEADLINE, differences, estimates
from doseline.study.replications.executors import InProcess, Processes, WorkersDieError
from doseline.study.replications.fingerprint import fingerprint
from doseline.study.replications.job import (
    JobUnreadableError,
    OtherProgramError,
    read_job,
    write_job,
)
from doseline.study.replications.sweep import Asked, sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.study.replications.job import Task

ROOT = Path(__file__).parents[2]
DRIVER = (sys.executable, "-c", "from tests.study.toy_source import main; main()")
"""Not as ``-m``: to a worker, what its driver calls ``__main__`` is another module."""
PATIENCE_S = 240
"""Time that a moment may take on a busy machine. [s]"""


def stored(folder: Path) -> dict[str, bytes]:
    """Every stored replication, byte for byte."""
    return {path.name: path.read_bytes() for path in (folder / "replications").iterdir()}


def wait_until(there: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.005)


def _has(folder: Path, number: int) -> Callable[[], bool]:
    # Names only: a file that is being written may have another one a moment later.
    return lambda: len(list(folder.glob("replications/[!.]*.parquet"))) >= number


def workers_of(pid: int) -> list[int]:
    """Worker processes of a process."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return [one for one in children if b"replications.worker" in _command(one)]


def student(freedom: int) -> float:
    """97.5 % point of Student's t, by adding up its density."""
    x = np.linspace(0.0, 20.0, 400_001)
    scale = math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2) / math.sqrt(freedom * math.pi)
    density = scale * (1.0 + x**2 / freedom) ** (-(freedom + 1) / 2)
    return float(x[np.searchsorted(np.cumsum(density) * x[1], 0.475)])


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process stores."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    drive(folder, workers=1, pause_s=0.0)
    return stored(folder)


def test_one_process_and_three_store_the_same_bytes(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    swept = drive(tmp_path / "out", workers=3, pause_s=0.0)
    assert stored(tmp_path / "out") == alone
    assert {f"{name}.parquet" for name in swept.names} == set(alone)
    assert len(alone) == 2 * 12


def test_workers_that_are_killed_change_nothing(tmp_path: Path, alone: dict[str, bytes]) -> None:
    def kill() -> None:
        for enough in (_has(tmp_path / "out", 3), _has(tmp_path / "out", 8)):
            wait_until(enough)
            os.kill(workers_of(os.getpid())[0], signal.SIGKILL)

    (tmp_path / "out" / "replications").mkdir(parents=True)
    (tmp_path / "out" / ".doseline-result").touch()
    killer = threading.Thread(target=kill)
    killer.start()
    drive(tmp_path / "out", workers=2, pause_s=0.3)
    killer.join()
    assert stored(tmp_path / "out") == alone


def test_a_worker_killed_as_it_starts_changes_nothing(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    def kill() -> None:
        wait_until(lambda: bool(workers_of(os.getpid())))
        for worker in workers_of(os.getpid()):
            os.kill(worker, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    drive(tmp_path / "out", workers=2, pause_s=0.0)
    killer.join()
    assert stored(tmp_path / "out") == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_a_driver_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, alone: dict[str, bytes], workers: int
) -> None:
    out = tmp_path / "out"
    command = [*DRIVER, str(out), str(workers), "0.2"]
    driver = subprocess.Popen(command, cwd=ROOT)
    wait_until(lambda: out.is_dir() and len(list(out.glob("replications/[!.]*.parquet"))) >= 4)
    driver.kill()
    driver.wait(timeout=PATIENCE_S)
    time.sleep(0.5)
    kept = list(out.glob("replications/[!.]*.parquet"))
    assert 4 <= len(kept) < 24
    made = {path: path.stat().st_mtime_ns for path in kept}
    subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_S)
    assert stored(out) == alone
    assert {path: path.stat().st_mtime_ns for path in kept} == made


def test_workers_end_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [*DRIVER, str(out), "2", "0.5"]
    driver = subprocess.Popen(command, cwd=ROOT)
    wait_until(lambda: len(workers_of(driver.pid)) == 2)
    workers = workers_of(driver.pid)
    driver.kill()
    driver.wait(timeout=PATIENCE_S)
    wait_until(lambda: not any(_command(one) for one in workers))


def test_a_worker_that_always_dies_ends_the_run(tmp_path: Path) -> None:
    deadly = tmp_path / "deadly"
    stop = threading.Event()

    def again() -> None:
        wait_until(lambda: bool(workers_of(os.getpid())))
        while not stop.is_set():
            deadly.touch()
            time.sleep(0.02)

    giver = threading.Thread(target=again)
    giver.start()
    toy = Toy(name="base", probability=0.5, dies_while=str(deadly))
    with pytest.raises(WorkersDieError):
        sweep(
            [toy],
            Asked(seed=1, replications=3),
            store=Store(tmp_path / "out"),
            executor=Processes(1),
        )
    stop.set()
    giver.join()


def test_an_error_in_a_worker_is_the_driver_s(tmp_path: Path) -> None:
    store = Store(tmp_path / "out")
    good, bad = (Toy(name=name, probability=0.5, fails=name == "bad") for name in ("good", "bad"))
    with pytest.raises(ValueError, match="bad"):
        sweep([good, bad], Asked(seed=1, replications=2), store=store, executor=Processes(2))
    assert len(stored(tmp_path / "out")) >= 1


def test_what_failed_in_a_worker_is_done_here_and_told(tmp_path: Path) -> None:
    redone: list[Task] = []
    toy = Toy(name="base", probability=0.5, fails_beside=os.getpid())
    sweep(
        [toy],
        Asked(seed=1, replications=3),
        store=Store(tmp_path / "out"),
        executor=Processes(2, redone.append),
    )
    assert len(stored(tmp_path / "out")) == 3
    assert redone
    assert {task.scenario for task in redone} == {0}


def test_a_damaged_replication_is_made_again(tmp_path: Path, alone: dict[str, bytes]) -> None:
    drive(tmp_path / "out", workers=1, pause_s=0.0)
    damaged = next((tmp_path / "out" / "replications").iterdir())
    damaged.write_bytes(damaged.read_bytes()[:100])
    drive(tmp_path / "out", workers=1, pause_s=0.0)
    assert stored(tmp_path / "out") == alone


def test_what_is_no_result_of_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(NotOurFolderError):
        Store(tmp_path)


def test_intervals_are_student_s(tmp_path: Path) -> None:
    told = drive(tmp_path / "out", workers=1, pause_s=0.0).told
    found = estimates(told.filter(HEADLINE)).row(0, named=True)
    values = told.filter(HEADLINE & (pl.col("scenario") == "base"))["value"].to_numpy()
    half = student(11) * values.std(ddof=1) / math.sqrt(12)
    assert found["scenario"] == "base"
    assert found["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert found["half"] == pytest.approx(half, rel=1e-3)
    assert found["replications"] == 12


def test_differences_are_paired_by_seed(tmp_path: Path) -> None:
    told = drive(tmp_path / "out", workers=1, pause_s=0.0).told
    by = {
        name: told.filter(HEADLINE & (pl.col("scenario") == name)).sort("seed")["value"].to_numpy()
        for name in ("base", "more")
    }
    paired = by["more"] - by["base"]
    found = differences(told, "base").filter(HEADLINE).row(0, named=True)
    assert found["mean"] == pytest.approx(paired.mean(), rel=1e-12)
    half = student(11) * paired.std(ddof=1) / math.sqrt(12)
    assert found["half"] == pytest.approx(half, rel=1e-3)
    # Common random numbers: narrower than of independent runs.
    apart = np.sqrt(by["more"].var(ddof=1) + by["base"].var(ddof=1)) / math.sqrt(12)
    assert found["half"] < student(22) * apart


@pytest.mark.parametrize(("precision", "count"), [(100.0, 10), (1.6, 15), (1e-9, 40)])
def test_it_ends_when_the_headline_is_precise(tmp_path: Path, precision: float, count: int) -> None:
    toy = Toy(name="base", probability=0.5)
    asked = Asked(seed=1, replications=40, precision=precision)
    swept = sweep([toy], asked, store=Store(tmp_path / "out"), executor=InProcess())
    halves = {
        n: 100 * estimates(swept.told.filter(HEADLINE & (pl.col("seed") <= n)))["half"][0]
        for n in asked.looks
        if n <= swept.replications
    }
    *before, last = halves.values()
    assert all(half > precision for half in before)
    assert last <= precision or swept.replications == 40
    if count != 15:
        assert swept.replications == count


def test_a_worker_of_another_version_refuses(tmp_path: Path) -> None:
    job = write_job([Toy(name="base", probability=0.5)], tmp_path)
    assert read_job(job)[0].name == "base"
    with pytest.raises(OtherProgramError):
        read_job(dataclasses.replace(job, program="another"))
    job.path.write_bytes(b"something else")
    read_job.cache_clear()
    with pytest.raises(JobUnreadableError):
        read_job(job)


def test_a_fingerprint_tells_apart_what_differs() -> None:
    ones = np.ones(3)
    others = [
        *("a", "b", 1, 1.0, True, None, ("a",), ("a", "b"), ["ab"], {"a": 1}, {"a": 2}),
        *(ones, ones.astype(np.int64), ones.reshape(3, 1), Toy(name="x", probability=0.5)),
    ]
    assert len({fingerprint(one) for one in others}) == len(others)
    assert fingerprint(ones) == fingerprint(np.ones(3))
    assert fingerprint("a", "b") != fingerprint("ab")
    with pytest.raises(TypeError, match="object"):
        fingerprint(object())
