"""A command that is stopped, at whatever moment, leaves nothing half-written and does not hang."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.shell import DOSELINE, TINY, doseline, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Ran

PATIENCE_S = 90
"""Time that a moment or an end may take on a busy machine. [s]"""
MOMENTS = ("Reading", "Building", "Planning", "Running seeds: 2", "Relaxing")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run on two workers, in a process group of its own, as a terminal starts it."""
    process = subprocess.Popen(
        [DOSELINE, "run", str(TINY), "-o", str(tmp_path / "out"), "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)


def _wait_for(process: subprocess.Popen[str], moment: str) -> None:
    """Read what is said until the moment has come."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(moment):
            return
    pytest.fail(f"'{moment}' was never said")


def _ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code, and what was still said."""
    _, said = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said


def _workers(process: subprocess.Popen[str], *, number: int = 2) -> list[int]:
    """Worker processes of a run, once there are so many."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = [pid for pid in _children(process.pid) if "spawn_main" in _command_line(pid)]
        if len(found) >= number:
            return found
        time.sleep(0.001)
    pytest.fail("there are too few workers")


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(one) for task in tasks for one in (task / "children").read_text().split()]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def _still_there(pids: list[int]) -> list[int]:
    return [pid for pid in pids if "spawn_main" in _command_line(pid)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_leaves_nothing_behind(
    running: subprocess.Popen[str], tmp_path: Path, moment: str
) -> None:
    _wait_for(running, moment)
    os.killpg(running.pid, signal.SIGINT)
    code, said = _ended(running)
    assert code == 130
    assert "Traceback" not in said
    assert said.endswith("Stopped. Nothing half-written is left behind.\n")
    assert not list(tmp_path.iterdir())


def test_ctrl_c_ends_the_workers_too(running: subprocess.Popen[str]) -> None:
    _wait_for(running, "Running seeds: 2")
    workers = _workers(running)
    os.killpg(running.pid, signal.SIGINT)
    assert _ended(running)[0] == 130
    assert not _still_there(workers)


def test_a_request_to_end_is_followed(running: subprocess.Popen[str], tmp_path: Path) -> None:
    _wait_for(running, "Running seeds: 2")
    workers = _workers(running)
    running.terminate()
    code, said = _ended(running)
    assert code == 143
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
    assert not _still_there(workers)


@pytest.mark.parametrize("after_s", [0.0, 1.0])
def test_a_killed_worker_is_a_sentence_and_no_hang(
    running: subprocess.Popen[str], tmp_path: Path, after_s: float
) -> None:
    _wait_for(running, "Running seeds: 2")
    (worker, *_) = _workers(running, number=1)
    time.sleep(after_s)
    os.kill(worker, signal.SIGKILL)
    code, said = _ended(running)
    assert code == 1
    assert "A worker process ended before its work was done" in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_ctrl_c_leaves_an_older_result_as_it_was(tiny_run: Ran) -> None:
    before = {path: path.read_bytes() for path in tiny_run.out.rglob("*") if path.is_file()}
    process = subprocess.Popen(
        [DOSELINE, "run", str(TINY), "-o", str(tiny_run.out), "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
    )
    _wait_for(process, "Planning")
    os.killpg(process.pid, signal.SIGINT)
    assert _ended(process)[0] == 130
    after = {path: path.read_bytes() for path in tiny_run.out.rglob("*") if path.is_file()}
    assert before == after
    assert [entry.name for entry in tiny_run.out.parent.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "network.toml").mkdir()
    done = doseline("check", tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
