"""The whole of ``doseline run examples/NAME`` as a process: time, CPU and memory.

Run as ``python -m benchmarks.run_example NAME``. The stages come from one more run in this process.
Memory is told twice: the largest single process, as the system counts it, and all processes
together, sampled from their shares of memory (PSS) once a second.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rows import Row, tell

from doseline.io.folder import load
from doseline.study.run import run

ROOT = Path(__file__).parents[1]
DOSELINE = str(Path(sys.executable).with_name("doseline"))
WORKERS = 2
TARGET_S, TARGET_MIB = 60.0, 2048.0
"""What the project asks of the usual run. [s, MiB]"""
SAMPLED_S = 1.0
"""Time between two looks at the memory: each takes a few milliseconds of a core. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a process and those that it started took."""

    seconds: float
    user_s: float
    together_mib: float | None
    """None where the system does not say."""


def main(example: str) -> None:
    """Print the rows of an example."""
    network = ROOT / "examples" / example
    usual = spent_on(network)
    largest_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    rows = [
        Row(
            what="usual run, elapsed",
            figure=usual.seconds,
            unit="s",
            ratio=usual.seconds / TARGET_S,
            peer=f"the {TARGET_S:.0f} s asked for",
        ),
        Row(
            what="usual run, CPU of all processes",
            figure=usual.user_s,
            unit="s",
            ratio=usual.user_s / usual.seconds,
            peer="elapsed: cores kept busy",
        ),
        Row(
            what="usual run, largest process",
            figure=largest_mib,
            unit="MiB",
            ratio=largest_mib / TARGET_MIB,
            peer=f"the {TARGET_MIB:.0f} MiB asked for",
        ),
        *_together("usual", usual),
    ]
    stress = spent_on(network, "--variant", "stress")
    rows += [
        Row(
            what="stress run, elapsed",
            figure=stress.seconds,
            unit="s",
            ratio=stress.seconds / usual.seconds,
            peer="usual run",
        ),
        *_together("stress", stress),
    ]
    tell([*rows, *stages(network)])


def spent_on(network: Path, *more: str) -> Spent:
    """What a run of the command takes."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--workers", str(WORKERS), "--json", "--quiet", *more]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        began, most = time.perf_counter(), 0.0
        process = subprocess.Popen(
            [DOSELINE, "run", network, "-o", Path(folder) / "out", *arguments],
            stdout=subprocess.DEVNULL,
        )
        while not _ended(process):
            most = max(most, sum(map(_share_mib, _family(process.pid))))
        seconds = time.perf_counter() - began
        assert process.returncode == 0, process.args
    return Spent(
        seconds=seconds,
        user_s=resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before,
        together_mib=most or None,
    )


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has ended, at once if so and otherwise after a while."""
    try:
        process.wait(SAMPLED_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def stages(network: Path) -> list[Row]:
    """Elapsed time of each stage, as the result tells it."""
    result = run(load(network), workers=WORKERS)
    return [
        Row(
            what=f"stage: {name.removeprefix('stage_')}",
            figure=seconds,
            unit="s",
            ratio=seconds / result.seconds,
            peer="all stages",
        )
        for name, seconds in result.stages.items()
    ]


def _together(name: str, spent: Spent) -> list[Row]:
    if spent.together_mib is None:
        return []
    return [
        Row(
            what=f"{name} run, all processes together, sampled",
            figure=spent.together_mib,
            unit="MiB",
            ratio=spent.together_mib / TARGET_MIB,
            peer=f"the {TARGET_MIB:.0f} MiB asked for",
        )
    ]


def _family(pid: int) -> list[int]:
    """A process and all that it started, as far as they still live."""
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(child))]


def _share_mib(pid: int) -> float:
    """Memory of a process, what it shares counted in part; zero if it is gone. [MiB]"""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
