"""A network in any of its forms becomes checked and frozen; or every reason why it cannot."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from doseline.errors import BadInputError
from doseline.io.cells import Setting, parse_column
from doseline.io.forms import open_source
from doseline.io.outlines import read_outlines
from doseline.io.reference import nuclide_table
from doseline.io.settings import settings_of
from doseline.io.source import free_memory_bytes
from doseline.io.text import wording
from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.checks import check_network
from doseline.model.checks_keys import check_keys
from doseline.model.digest import digest
from doseline.model.findings import ERROR, NETWORK, Finding
from doseline.model.network import Network, Settings, dtype_of, empty_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.io.csvfile import RawTable
    from doseline.io.source import Source
    from doseline.model.columns import Table
    from doseline.physics.nuclides import NuclideTable

LISTED = 20
"""Findings that the message of :class:`BadNetworkError` spells out."""


class BadNetworkError(BadInputError):
    """A network cannot be used; it carries every finding."""

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
class Reading:
    """A network whose cells are understood, before anybody asks whether it makes sense."""

    settings: Settings | None = None
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether settings and every cell could be read."""
        return self.settings is not None and not _has_error(self.findings)


def load(path: str | Path) -> Network:
    """The network in a folder of CSV or Parquet files, or in a workbook.

    Raises:
        BadNetworkError: If any finding is an error.
    """
    network, findings = read_network(path, nuclides=nuclide_table())
    if network is None:
        raise BadNetworkError(Path(path), findings)
    return network


def load_kept(path: Path, sha256: str) -> Network:
    """A network that was checked before it was kept; checked again if it is no longer the same.

    Args:
        path: Its folder.
        sha256: Its digest when it was kept.

    Raises:
        BadNetworkError: If it has changed, and any finding is an error.
    """
    network = _unchecked(path)
    return load(path) if network is None or network.digest != sha256 else network


def load_saved(path: Path) -> Network:
    """A network that was written just now.

    Raises:
        BadNetworkError: If it cannot be read.
    """
    return _unchecked(path) or load(path)


def _unchecked(path: Path) -> Network | None:
    """The network at a path without checks of its sense; None where a cell has no value."""
    source, _ = open_source(path, free_memory_bytes())
    reading = None if source is None else understand(source, nuclide_table())
    settings = None if reading is None else reading.settings
    if source is None or reading is None or settings is None:
        return None
    outlines, wrong = read_outlines(source.folder, settings)
    if source.unread or wrong or not reading.is_whole:
        return None
    return Network(
        settings=settings,
        frames=reading.frames,
        outlines=outlines,
        digest=digest(settings, reading.frames),
    )


def read_network(
    path: str | Path, *, nuclides: NuclideTable, memory_bytes: int | None = None
) -> tuple[Network | None, tuple[Finding, ...]]:
    """The network at a path, or None if any finding is an error; and all findings.

    Args:
        path: A folder of CSV or Parquet files, or a workbook.
        nuclides: Nuclides that tables may name, with their half-lives.
        memory_bytes: Memory that reading may take; by default what the machine has free.
    """
    source, findings = open_source(Path(path), memory_bytes or free_memory_bytes())
    return (None, tuple(findings)) if source is None else check_source(source, nuclides)


def check_source(
    source: Source, nuclides: NuclideTable
) -> tuple[Network | None, tuple[Finding, ...]]:
    """The network that texts make, or None if any finding is an error; and all findings."""
    reading = understand(source, nuclides)
    settings, frames = reading.settings, reading.frames
    keys = check_keys(frames, source.unread)
    reading.findings += _on_their_lines(keys, source.tables)
    reading.findings += _on_their_lines(_sense(reading, source, nuclides), source.tables)
    outlines, wrong = read_outlines(source.folder, settings) if settings else ((), [])
    reading.findings += wrong
    findings = located(reading.findings, source)
    if settings is None or _has_error(findings):
        return None, findings
    network = Network(
        settings=settings,
        frames=frames,
        outlines=outlines,
        digest=digest(settings, frames),
        findings=findings,
    )
    return network, findings


def understand(source: Source, nuclides: NuclideTable) -> Reading:
    """The typed tables of texts, and each cell that has no value."""
    reading = Reading(findings=list(source.findings))
    currency = ""
    if source.settings is not None:
        reading.settings, currency, findings = settings_of(source.settings)
        reading.findings += findings
    setting = Setting(nuclides=nuclides, currency=currency)
    for table in TABLES:
        raw = source.tables.get(table.name)
        reading.frames[table.name] = (
            empty_frame(table.name) if raw is None else _frame(raw, table, reading, setting)
        )
    return reading


def located(findings: Iterable[Finding], source: Source) -> tuple[Finding, ...]:
    """Findings in the order of their places, which are called as the reader knows them."""
    return tuple(_in_its_file(finding, source) for finding in sorted(findings, key=_place))


def _frame(raw: RawTable, table: Table, reading: Reading, setting: Setting) -> pl.DataFrame:
    """One table; what is wrong with its cells joins the findings."""
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
    return pl.DataFrame(columns)


def _absent(name: str, default: object, height: int, table: Table) -> pl.Series:
    """A column that the file does not have: its default, or nothing."""
    one = pl.Series(name, [default], dtype=dtype_of(table.column(name)))
    return one.new_from_index(0, height)


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == ERROR for finding in findings)


def _sense(reading: Reading, source: Source, nuclides: NuclideTable) -> tuple[Finding, ...]:
    """What does not make sense in the tables that could be read."""
    if reading.settings is None:
        return ()
    broken = {finding.table for finding in reading.findings if finding.severity == ERROR}
    half_life_h = {nuclide.name: nuclide.half_life_h for nuclide in nuclides}
    network = Network(settings=reading.settings, frames=reading.frames)
    return check_network(network, half_life_h=half_life_h, broken=broken | source.unread)


def _on_their_lines(findings: Iterable[Finding], tables: dict[str, RawTable]) -> list[Finding]:
    """Findings of checks, which count rows, with the lines of the files instead."""
    return [
        finding
        if finding.row is None or finding.table not in tables
        else _at_line(finding, tables[finding.table].lines[finding.row - 2])
        for finding in findings
    ]


def _at_line(finding: Finding, line: int) -> Finding:
    """The finding, on another line."""
    return finding if finding.row == line else dataclasses.replace(finding, row=line)


def _in_its_file(finding: Finding, source: Source) -> Finding:
    """The finding, naming the sheet or file in which its table stands."""
    place = source.places.get(finding.table)
    return (
        finding if place is None else dataclasses.replace(finding, about={**finding.about, **place})
    )


def _place(finding: Finding) -> tuple[int, str, int, str]:
    """Settings first, then tables in the order of the catalogue, then lines."""
    return (
        _order().get(finding.table, len(BY_NAME)),
        finding.table,
        finding.row or 0,
        finding.column,
    )


@functools.cache
def _order() -> dict[str, int]:
    return {NETWORK: -1, **{table.name: place for place, table in enumerate(TABLES)}}
