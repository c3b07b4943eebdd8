"""A network folder becomes a checked, frozen network; or every reason why it cannot."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from doseline.errors import BadInputError
from doseline.io.cells import Setting, parse_column
from doseline.io.csvfile import decode, parse_table, read_bytes
from doseline.io.reference import nuclide_table
from doseline.io.settings import FILE, read_settings
from doseline.io.text import wording
from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.checks import check_network
from doseline.model.checks_keys import check_keys
from doseline.model.digest import digest
from doseline.model.findings import ERROR, NETWORK, Finding
from doseline.model.nearest import nearest
from doseline.model.network import Network, Settings, dtype_of, empty_frame

if TYPE_CHECKING:
    from doseline.model.columns import Table
    from doseline.physics.nuclides import NuclideTable

BYTES_PER_BYTE = 12
"""Memory that reading takes, per byte of text: cells as Python strings, then typed columns."""
LISTED = 20
"""Findings that the message of :class:`BadNetworkError` spells out."""

_error = functools.partial(Finding, severity=ERROR)


class BadNetworkError(BadInputError):
    """A network folder cannot be used; it carries every finding."""

    def __init__(self, path: Path, findings: tuple[Finding, ...]) -> None:
        self.path = path
        self.findings = findings
        errors = [finding for finding in findings if finding.severity == ERROR]
        lines = [f"- {wording(finding, 'en')}" for finding in errors[:LISTED]]
        more = len(errors) - LISTED
        if more > 0:
            lines.append(f"- and {more} more; 'doseline check' lists them all.")
        super().__init__(f"{path} cannot be used, errors: {len(errors)}.\n" + "\n".join(lines))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read so far."""

    findings: list[Finding] = field(default_factory=list)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    """Tables of which not even the rows are known."""


def load(path: str | Path) -> Network:
    """The network in a folder.

    Raises:
        BadNetworkError: If any finding is an error.
    """
    network, findings = read_network(path, nuclides=nuclide_table())
    if network is None:
        raise BadNetworkError(Path(path), findings)
    return network


def read_network(
    path: str | Path, *, nuclides: NuclideTable, memory_bytes: int | None = None
) -> tuple[Network | None, tuple[Finding, ...]]:
    """The network in a folder, or None if any finding is an error; and all findings.

    Args:
        path: The folder.
        nuclides: Nuclides that tables may name, with their half-lives.
        memory_bytes: Memory that reading may take; by default what the machine has free.
    """
    folder = Path(path)
    if not folder.is_dir():
        code = "not_a_folder" if folder.exists() else "no_such_folder"
        return None, (_error(code=code, found=str(path)),)
    reading = _Reading()
    settings, currency, findings = read_settings(folder)
    reading.findings += findings
    setting = Setting(nuclides=nuclides, currency=currency)
    _read_tables(folder, reading, setting, memory_bytes or free_memory_bytes())
    reading.findings += _on_their_lines(check_keys(reading.frames, reading.unread), reading)
    reading.findings += _on_their_lines(_sense(settings, reading, nuclides), reading)
    findings = sorted(reading.findings, key=_place)
    if settings is None or any(finding.severity == ERROR for finding in findings):
        return None, tuple(findings)
    fingerprint = digest(settings, reading.frames)
    network = Network(
        settings=settings, frames=reading.frames, digest=fingerprint, findings=tuple(findings)
    )
    return network, network.findings


def free_memory_bytes() -> int:
    """Memory that this machine can still give. [B]"""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as file:
            known = dict(line.split(":", 1) for line in file)
        return int(known["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        # Other systems do not say it there; 4 GiB is what a small laptop has to spare.
        return 4 << 30


def _read_tables(folder: Path, reading: _Reading, setting: Setting, memory_bytes: int) -> None:
    """Read every table of the folder that fits into memory."""
    files = sorted(entry.name for entry in folder.iterdir())
    reading.findings += _strange_files(files)
    left = memory_bytes // BYTES_PER_BYTE
    for table in TABLES:
        name = f"{table.name}.csv"
        reading.frames[table.name] = empty_frame(table.name)
        if name not in files:
            if table.required:
                reading.unread.add(table.name)
                reading.findings.append(_missing(table, files))
            continue
        size = _size(folder / name)
        if size > left:
            reading.unread.add(table.name)
            reading.findings.append(_too_large(table.name, size, left))
            continue
        left -= size
        _read_table(folder / name, table, reading, setting)


def _read_table(path: Path, table: Table, reading: _Reading, setting: Setting) -> None:
    """Read one table; what is wrong with it joins the findings."""
    content, findings = read_bytes(path, table.name)
    reading.findings += findings
    words = None
    if content is not None:
        words, findings = decode(content, table.name, path.name)
        reading.findings += findings
    raw = None
    if words is not None:
        raw, findings = parse_table(words, table)
        reading.findings += findings
    if raw is None:
        reading.unread.add(table.name)
        return
    reading.lines[table.name] = raw.lines
    columns = []
    for column in table.columns:
        if column.name not in raw.cells:
            columns.append(_absent(column.name, column.default, len(raw.lines), table))
            continue
        values, bad_cells = parse_column(raw.cells[column.name], column, setting)
        columns.append(values)
        reading.findings += [
            Finding(
                code=cell.bad.code,
                severity=cell.severity,
                table=table.name,
                row=raw.lines[cell.index],
                column=column.name,
                found=cell.found,
                allowed=cell.bad.allowed,
                nearest=cell.bad.nearest,
            )
            for cell in bad_cells
            if cell.index not in raw.ragged
        ]
    reading.frames[table.name] = pl.DataFrame(columns)


def _absent(name: str, default: object, height: int, table: Table) -> pl.Series:
    """A column that the file does not have: its default, or nothing."""
    one = pl.Series(name, [default], dtype=dtype_of(table.column(name)))
    return one.new_from_index(0, height)


def _strange_files(files: list[str]) -> list[Finding]:
    """Files that look like tables but are none of the network's."""
    return [
        _error(
            code="unknown_table",
            table=name.removesuffix(".csv"),
            found=name,
            allowed=", ".join(BY_NAME),
            nearest=nearest(name.removesuffix(".csv"), BY_NAME),
        )
        for name in files
        if name.endswith(".csv") and name.removesuffix(".csv") not in BY_NAME
    ]


def _missing(table: Table, files: list[str]) -> Finding:
    """A required table is not there; perhaps under another name."""
    others = [name for name in files if name.removesuffix(".csv") not in BY_NAME and name != FILE]
    near = next((name for name in others if name.split(".")[0].lower() == table.name), "")
    near = near or nearest(f"{table.name}.csv", others)
    return _error(code="missing_table", table=table.name, found=near, allowed=f"{table.name}.csv")


def _size(path: Path) -> int:
    """Size of a file, 0 if it cannot be asked. [B]"""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _too_large(table: str, size: int, limit: int) -> Finding:
    """A file that would not fit into memory."""
    found, allowed = (f"{one / 1e6:,.1f} MB" for one in (size, limit))
    return _error(code="file_too_large", table=table, found=found, allowed=f"≤ {allowed}")


def _sense(
    settings: Settings | None, reading: _Reading, nuclides: NuclideTable
) -> tuple[Finding, ...]:
    """What does not make sense in the tables that could be read."""
    if settings is None:
        return ()
    broken = {finding.table for finding in reading.findings if finding.severity == ERROR}
    half_life_h = {nuclide.name: nuclide.half_life_h for nuclide in nuclides}
    network = Network(settings=settings, frames=reading.frames)
    return check_network(network, half_life_h=half_life_h, broken=broken | reading.unread)


def _on_their_lines(findings: tuple[Finding, ...], reading: _Reading) -> list[Finding]:
    """Findings of checks, which count rows, with the lines of the files instead."""
    return [
        finding
        if finding.row is None or finding.table not in reading.lines
        else _at_line(finding, reading.lines[finding.table][finding.row - 2])
        for finding in findings
    ]


def _at_line(finding: Finding, line: int) -> Finding:
    """The finding, on another line."""
    return finding if finding.row == line else dataclasses.replace(finding, row=line)


def _place(finding: Finding) -> tuple[int, str, int, str]:
    """Settings first, then tables in the order of the catalogue, then lines."""
    order = {NETWORK: -1, **{table.name: place for place, table in enumerate(TABLES)}}
    return (
        order.get(finding.table, len(order)),
        finding.table,
        finding.row or 0,
        finding.column,
    )
