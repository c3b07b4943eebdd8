"""Progress of long commands on stderr: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doseline.cli.screen import Words, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPEATED = frozenset({"stage_seeds", "stage_scenarios", "stage_replications", "stage_calibrate"})
"""Stages whose steps are alike, so that the time of some tells that of the others."""
ENOUGH = 4
"""Alike steps after which the time left is told; before, it would be a guess."""
RECENT = 12
"""Steps whose pace counts."""
EVERY_S = 5.0
"""Time between two lines within one stage. [s]"""


@dataclass(slots=True)
class Pace:
    """The time left, by the pace of the last steps; None while nothing is known."""

    now: Callable[[], float] = time.monotonic
    seen: list[tuple[float, int]] = field(default_factory=list)

    def left_s(self, stage: str, done: int, steps: int) -> float | None:
        """Note that so many of the steps are done; how long the others will take. [s]"""
        if stage not in REPEATED:
            # The first of the alike steps waits for worker processes to start: it is no pace.
            self.seen.clear()
            return None
        self.seen = [*self.seen, (self.now(), done)][-RECENT:]
        (began, first), (latest, last) = self.seen[0], self.seen[-1]
        if last - first < ENOUGH:
            return None
        return (latest - began) / (last - first) * (steps - done)


@contextmanager
def progress(
    words: Words, *, quiet: bool, begins: str = "stage_begins"
) -> Iterator[Callable[[str, int, int], None] | None]:
    """Tells of each step of a long command; says at once what it begins with."""
    if quiet:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM") not in {None, "", "dumb"}:
        with _bar(words, begins) as told:
            yield told
    else:
        yield _lines(words, begins)


def time_left(left_s: float | None, words: Words) -> str:
    """How long it still takes, as far as it is known."""
    if left_s is None:
        return ""
    if left_s < 1:
        return words("cli.left_moment")
    if left_s < 90:
        return words("cli.left_seconds", left=round(left_s))
    return words("cli.left_minutes", left=round(left_s / 60))


@contextmanager
def _bar(words: Words, begins: str) -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    pace = Pace()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(words(f"cli.{begins}"), total=None, left="")

        def told(stage: str, done: int, steps: int) -> None:
            left = time_left(pace.left_s(stage, done, steps), words)
            bar.update(
                task, description=words(f"cli.{stage}"), completed=done, total=steps, left=left
            )

        yield told


def _lines(words: Words, begins: str) -> Callable[[str, int, int], None]:
    """A line when it begins, at each new stage, and now and then within one."""
    say(words(f"cli.{begins}"))
    pace, last = Pace(), ("", 0.0)

    def told(stage: str, done: int, steps: int) -> None:
        nonlocal last
        left_s, now = pace.left_s(stage, done, steps), time.monotonic()
        if stage == last[0] and (now - last[1] < EVERY_S or left_s is None):
            return
        last = (stage, now)
        left = time_left(left_s, words)
        stage_words = words(f"cli.{stage}")
        say(words("cli.progress_line", stage=stage_words, done=done, steps=steps, left=left))

    return told
