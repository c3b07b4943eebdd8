"""What a benchmark says: rows of a figure, and its ratio to a peer measured in the same run."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure."""

    what: str
    figure: float
    unit: str
    ratio: float | None = None
    """How many times the peer's figure, or as ``peer`` says."""
    peer: str = ""


def tell(rows: Iterable[Row]) -> None:
    """Print the rows as one JSON object."""
    print(json.dumps({"rows": [asdict(row) for row in rows]}))


def told(answer: Mapping[str, Any]) -> list[Row]:
    """The rows that :func:`tell` printed."""
    return [Row(**row) for row in answer["rows"]]


def on_one_core() -> None:
    """Keep this process on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def best_of(repeats: int, work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work returns, and the least time that a run of it takes. [s]"""
    least = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        least = min(least, time.perf_counter() - start)
    return result, least
