"""The page of results: one row a proof, each with its own date."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from verification.outcome import Outcome

HEAD = """# Verification

Written by `python -m verification`; nothing here is typed by hand. These are proofs too slow for
every test run. Deviations are relative above one and absolute below, unless they say otherwise.
"""
TABLE = """| proof | cases | tolerance | largest deviation | source | passed | s | date |
| --- | --- | --- | ---: | --- | --- | ---: | --- |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A proof and how it ended."""

    name: str
    outcome: Outcome | None
    """None if it does not hold."""
    failure: str
    seconds: float


def page(
    old: str,
    told: Iterable[Told],
    claims: Mapping[str, str],
    *,
    day: date,
    load: tuple[float, float],
) -> str:
    """The page with some rows renewed; rows of other proofs stay as they are.

    Args:
        old: The page as it was.
        told: Proofs that were run.
        claims: What each proof claims, in the order of the page.
        day: Day of this run.
        load: Load average before and after.
    """
    rows = {line.split("`")[1]: line for line in old.splitlines() if line.startswith("| `")}
    rows |= {one.name: row_of(one, day=day) for one in told}
    shown = [rows[name] for name in claims if name in rows]
    missing = [f"`{name}`" for name in claims if name not in rows]
    machine = (
        f"\nLast run on {os.cpu_count()} cores, Python {platform.python_version()}, load average "
        f"{load[0]:.1f} before and {load[1]:.1f} after.\n\n"
    )
    not_run = f"\nNot run yet: {', '.join(missing)}.\n" if missing else ""
    meaning = "".join(f"- `{name}`: {claim}\n" for name, claim in claims.items())
    return HEAD + machine + TABLE + "\n".join(shown) + "\n" + not_run + "\n" + meaning


def row_of(one: Told, *, day: date) -> str:
    """The row of one proof."""
    said = one.outcome
    cells = (
        ("", "", one.failure.replace("|", "/"), "", "**no**")
        if said is None
        else (said.cases, said.tolerance, said.largest, said.source, "yes")
    )
    return f"| `{one.name}` | {' | '.join(cells)} | {one.seconds:,.0f} | {day} |"
