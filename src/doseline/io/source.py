"""A network as it stands in its files: texts, before any cell is understood."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.io.settings import FILE
from doseline.model.catalogue import BY_NAME
from doseline.model.findings import ERROR, NETWORK, Finding
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.csvfile import RawTable
    from doseline.model.columns import Table

BYTES_PER_BYTE = 12
"""Memory that reading takes, per byte of text: cells as Python strings, then typed columns."""

error = functools.partial(Finding, severity=ERROR)


@dataclass(slots=True, kw_only=True)
class Source:
    """What has been read of a network in any of its forms."""

    folder: Path
    """Where files lie that the settings name."""
    settings: str | None = None
    """The settings as TOML; None if they could not be read."""
    tables: dict[str, RawTable] = field(default_factory=dict)
    """Tables that are there and can be read, by name."""
    unread: set[str] = field(default_factory=set)
    """Tables of which not even the rows are known."""
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What readers call the place of a table, where it is no CSV file; see :func:`wording`."""
    written: str | None = None
    """The settings as somebody wrote them, comments and all; None: only the sheet is there."""


def free_memory_bytes() -> int:
    """Memory that this machine can still give. [B]"""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as file:
            known = dict(line.split(":", 1) for line in file)
        return int(known["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        # Other systems do not say it there; 4 GiB is what a small laptop has to spare.
        return 4 << 30


def unknown_tables(names: Sequence[str], ending: str) -> list[Finding]:
    """Names that look like tables but are none of the network's."""
    return [
        error(
            code="unknown_table",
            table=name,
            found=f"{name}{ending}",
            allowed=", ".join(BY_NAME),
            nearest=nearest(name, BY_NAME),
        )
        for name in names
        if name not in BY_NAME
    ]


def missing_table(table: Table, files: Sequence[str], ending: str) -> Finding:
    """A required table is not there; perhaps under another name."""
    others = [name for name in files if name.removesuffix(ending) not in {*BY_NAME, FILE, NETWORK}]
    near = next((name for name in others if name.split(".")[0].lower() == table.name), "")
    near = near or nearest(f"{table.name}{ending}", others)
    allowed = f"{table.name}{ending}"
    code = "misnamed_table" if near else "missing_table"
    return error(code=code, table=table.name, found=near, allowed=allowed)


def file_size(path: Path) -> int:
    """Size of a file, 0 if it cannot be asked. [B]"""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def too_large(table: str, size: int, limit: int) -> Finding:
    """A file that would not fit into memory."""
    found, allowed = (f"{one / 1e6:,.1f} MB" for one in (size, limit))
    return error(code="file_too_large", table=table, found=found, allowed=f"≤ {allowed}")
