"""How long a command takes to start: against Python itself, in one run.

Prints JSON: seconds (median and least of several starts), ratios to ``python -c pass``, and the
largest memory that each held.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STARTS = 11
DOSELINE = str(Path(sys.executable).with_name("doseline"))
CALLS: dict[str, list[str]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import doseline": [sys.executable, "-c", "import doseline"],
    "import doseline, all of it": [sys.executable, "-c", "from doseline import run, load"],
    "doseline --version": [DOSELINE, "--version"],
    "doseline --help": [DOSELINE, "--help"],
    "doseline run --help": [DOSELINE, "run", "--help"],
    "doseline decay": [DOSELINE, "decay", "7.4 GBq", "Lu-177", "--after", "120.66h"],
}
TARGETS_S = {"doseline --help": 0.3, "import doseline": 0.5}
"""What the project promises on a quiet machine with two cores. [s]"""


def main() -> None:
    """Measure and print."""
    for call in CALLS.values():
        _start(call)
    starts: dict[str, list[tuple[float, float]]] = {name: [] for name in CALLS}
    # In turns, so that a busy moment of the machine meets all alike.
    for _ in range(STARTS):
        for name, call in CALLS.items():
            starts[name].append(_start(call))
    base = statistics.median(seconds for seconds, _ in starts["python -c pass"])
    sys.stdout.write(json.dumps(_told(starts, base), indent=2, ensure_ascii=False) + "\n")


def _start(call: list[str]) -> tuple[float, float]:
    """Elapsed time and largest memory of one start. [s, MiB]"""
    began = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, call
    return seconds, used.ru_maxrss / 1024


def _told(starts: dict[str, list[tuple[float, float]]], base: float) -> dict[str, Any]:
    calls = {}
    for name, measured in starts.items():
        seconds = [one for one, _ in measured]
        median = statistics.median(seconds)
        calls[name] = {
            "median_s": round(median, 4),
            "least_s": round(min(seconds), 4),
            "ratio": round(median / base, 2),
            "memory_mib": round(max(memory for _, memory in measured), 1),
            "target_s": TARGETS_S.get(name),
        }
    return {
        "benchmark": "startup",
        "starts": STARTS,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "calls": calls,
    }


if __name__ == "__main__":
    main()
