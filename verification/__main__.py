"""Runs the slow proofs and writes ``verification/RESULTS.md``.

Each proof is a function that raises when it does not hold. Run all of them, or ``--only`` some: the
others keep their rows. Proofs run two at a time, each in a process of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

from verification.page import page, row_of
from verification.proofs import PROOFS, claim, prove

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run, show and write; 1 if a proof does not hold."""
    asked = _arguments()
    began, load = time.perf_counter(), os.getloadavg()[0]
    told = []
    with ProcessPoolExecutor(
        asked.workers, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        for done in as_completed(
            [pool.submit(prove, name) for name in PROOFS if name in asked.only]
        ):
            told.append(done.result())
            print(row_of(told[-1], day=asked.date), flush=True)
            # Written after each, so that a run that is stopped has not run for nothing.
            old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
            fresh = page(
                old,
                told,
                {name: claim(name) for name in PROOFS},
                day=asked.date,
                load=(load, os.getloadavg()[0]),
            )
            RESULTS.write_text(fresh, encoding="utf-8")
    print(f"{time.perf_counter() - began:,.0f} s", file=sys.stderr)
    return int(any(one.outcome is None for one in told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m verification", description=__doc__)
    names = list(PROOFS)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="PROOF")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument(
        "--date", type=date.fromisoformat, default=datetime.now(tz=UTC).date(), metavar="YYYY-MM-DD"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
