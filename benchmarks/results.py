"""The page of results: a section a benchmark, each with its own date, load and command."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from benchmarks.rows import Row

HEAD = """# Benchmarks

Written by `python -m benchmarks`; nothing here is typed by hand. Read the ratios: both sides were
measured in the same run, so a busy machine slows both. Seconds depend on the machine and on what
else it did: the load average (processes that wanted a core, 1 minute) is told before and after.
Memory is the largest resident size of any process of a benchmark.
"""
MARK = "\n## "


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a benchmark told, and under which circumstances."""

    name: str
    command: str
    rows: Sequence[Row]
    peak_mib: float
    load: tuple[float, float]
    """Load average before and after."""


def machine() -> str:
    """Class of the machine."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def page(old: str, fresh: Iterable[Measured], names: Sequence[str], *, day: date) -> str:
    """The page with some sections renewed; those of other benchmarks stay as they are."""
    found = dict(sections(old))
    found |= {one.name: section(one, day=day) for one in fresh}
    return HEAD + "".join(MARK + found[name] for name in names if name in found)


def sections(text: str) -> Mapping[str, str]:
    """Sections of a page by their benchmark."""
    return {one.split("\n", 1)[0]: one for one in text.split(MARK)[1:]}


def section(one: Measured, *, day: date) -> str:
    """One benchmark's section, without its mark."""
    before, after = one.load
    how = (
        f"`{one.command}` on {day}; {machine()}; load average {before:.1f} before, "
        f"{after:.1f} after; peak memory {one.peak_mib:,.0f} MiB."
    )
    lines = [
        one.name,
        "",
        how,
        "",
        "| what | figure | ratio | against |",
        "| --- | ---: | ---: | --- |",
        *(f"| {' | '.join(cells(row))} |" for row in one.rows),
    ]
    return "\n".join(lines) + "\n"


def cells(row: Row) -> tuple[str, str, str, str]:
    """A row as text."""
    ratio = "" if row.ratio is None else f"{short(row.ratio)} x"
    return row.what, f"{short(row.figure)} {row.unit}", ratio, row.peer


def short(number: float) -> str:
    """Three significant digits, never an exponent; what is no more than rounding is zero."""
    if abs(number) < 1e-9:
        return "0"
    if abs(number) >= 1000:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{float(f'{number:.3g}'):.12f}".rstrip("0").rstrip(".")
