"""Scenarios that take no time to build: patients who are in time by chance, and a driver of them."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from doseline.io.replications import Store
from doseline.model.chance import uniform
from doseline.study.replications.executors import InProcess, Processes
from doseline.study.replications.sweep import Asked, Swept, sweep

KEYS = np.arange(400, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toy:
    """Each of 400 patients is in time with a probability, by the same draw in every scenario."""

    name: str
    probability: float
    pause_s: float = 0.0
    dies_while: str = ""
    """A file; while it is there, whoever replicates kills itself and removes it."""
    fails: bool = False
    fails_beside: int = 0
    """Number of the only process in which it does not fail; 0: any."""

    @property
    def mark(self) -> str:
        """By what the numbers depend on."""
        return f"toy|{self.name}|{self.probability}"

    def told(self, seed: int) -> pl.DataFrame:
        """Share in time, and patients of two years."""
        if self.fails or self.fails_beside not in {0, os.getpid()}:
            raise ValueError(self.name)
        if self.dies_while and Path(self.dies_while).exists():
            Path(self.dies_while).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.pause_s)
        draws = uniform(seed, "toy", KEYS) < self.probability
        rows = [
            ("share", "in_time", None, float(draws.mean())),
            ("patients", "in_time", date(2026, 1, 1), float(draws[:200].sum())),
            ("patients", "in_time", date(2027, 1, 1), float(draws[200:].sum())),
        ]
        return pl.DataFrame(rows, schema=["measure", "of", "when", "value"], orient="row")


def drive(folder: Path, *, workers: int, pause_s: float, replications: int = 12) -> Swept:
    """Two scenarios on so many processes."""
    toys = [
        Toy(name=name, probability=share, pause_s=pause_s)
        for name, share in (("base", 0.5), ("more", 0.6))
    ]
    executor = Processes(workers) if workers > 1 else InProcess()
    asked = Asked(seed=1, replications=replications)
    return sweep(toys, asked, store=Store(folder), executor=executor)


def main() -> None:
    """Drive as the command line says: folder, workers, pause."""
    drive(Path(sys.argv[1]), workers=int(sys.argv[2]), pause_s=float(sys.argv[3]))
