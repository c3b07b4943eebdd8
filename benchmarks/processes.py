"""Commands as users give them: a process each, and what it spends until its first line and its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.io.plans import read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
DOSELINE = str(Path(sys.executable).with_name("doseline"))
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one process took."""

    told_cpu_s: float
    """CPU until the first line of its answer. [s]"""
    cpu_s: float
    """CPU until its end. [s]"""
    wall_s: float


def spent(*arguments: str | Path) -> Spent:
    """Run a command to its end."""
    began = time.perf_counter()
    call = [DOSELINE, *(str(one) for one in arguments)]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    told = _cpu_s(process.pid)
    process.stdout.read()
    # Waited for by hand, because only so the time of this one process is known.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, call
    cpu = used.ru_utime + used.ru_stime
    wall = time.perf_counter() - began
    return Spent(told_cpu_s=min(told, cpu), cpu_s=cpu, wall_s=wall)


@contextmanager
def example_plan(name: str) -> Iterator[tuple[Path, Spent]]:
    """The folder of a plan of an example, and what planning it took."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan"
        yield plan, spent("plan", EXAMPLES / name, "-o", plan, "-q")


def failed_batch(plan: Path) -> tuple[str, str]:
    """The failure of a plan's fullest batch as an event, and the instant of its release."""
    batches = read_plan(plan).plan.batches.filter("open").sort("doses", "batch")
    batch = batches.row(-1, named=True)
    return f"batch_failed:{batch['batch']}", f"{batch['release']:%Y-%m-%dT%H:%MZ}"


def _cpu_s(process: int) -> float:
    """CPU that a process has spent so far. [s]"""
    told = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS
