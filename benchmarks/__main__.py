"""Runs the benchmarks, each in a process of its own, and writes ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.catalogue import BENCHMARKS
from benchmarks.results import Measured, cells, machine, page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.catalogue import Benchmark

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
NAMES = [one.name for one in BENCHMARKS]


def main() -> int:
    """Run, show and write; 1 if a benchmark failed."""
    asked = _arguments()
    measured, failed = [], []
    for one in BENCHMARKS:
        if one.name in asked.only:
            print(f"{one.name} ...", file=sys.stderr, flush=True)
            found = run(one, quick=asked.quick)
            if found is None:
                failed.append(one.name)
            else:
                measured.append(found)
    _show(measured, as_json=asked.json)
    if measured and not asked.quick:
        old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        RESULTS.write_text(page(old, measured, NAMES, day=asked.date), encoding="utf-8")
    if failed:
        print(f"Failed, and not written: {', '.join(failed)}.", file=sys.stderr)
    return int(bool(failed))


def run(one: Benchmark, *, quick: bool) -> Measured | None:
    """Run one benchmark; None if it failed, which it has said on stderr itself."""
    arguments = ["-m", one.module, *(one.quick if quick else one.arguments)]
    before = os.getloadavg()[0]
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    told = process.stdout.read()
    # Waited for by hand, because only so the memory of this one process is known.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        return None
    return Measured(
        name=one.name,
        command=" ".join(["python", *arguments]),
        rows=one.rows(json.loads(told)),
        peak_mib=used.ru_maxrss / 1024,
        load=(before, os.getloadavg()[0]),
    )


def _show(measured: Iterable[Measured], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"machine": machine(), "benchmarks": [asdict(one) for one in measured]}))
        return
    for one in measured:
        print(f"\n{one.name} (peak memory {one.peak_mib:,.0f} MiB)")
        for what, figure, ratio, peer in map(cells, one.rows):
            print(f"  {what:68} {figure:>22} {ratio:>12} {peer}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--quick", action="store_true", help="the smallest sizes, and no page is written"
    )
    parser.add_argument(
        "--date", type=date.fromisoformat, default=datetime.now(tz=UTC).date(), metavar="YYYY-MM-DD"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
