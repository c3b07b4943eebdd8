"""How tests break a network folder and look at what is found."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table

if TYPE_CHECKING:
    from doseline.model.findings import Finding

TINY = Path(__file__).parents[2] / "examples" / "tiny"


def lines(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(folder: Path, table: str, rows: list[list[str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def set_cell(folder: Path, table: str, line: int, column: str, value: str) -> None:
    """Put a value into a cell; lines count from 1, the header; a column is added if needed."""
    rows = lines(folder, table)
    if column not in rows[0]:
        rows = [[*rows[0], column], *([*row, ""] for row in rows[1:])]
    rows[line - 1][rows[0].index(column)] = value
    write(folder, table, rows)


def set_column(folder: Path, table: str, column: str, value: str) -> None:
    rows = lines(folder, table)
    for row in rows[1:]:
        row[rows[0].index(column)] = value
    write(folder, table, rows)


def keep(folder: Path, table: str, column: str, values: set[str]) -> None:
    """Keep only rows with these values in a column."""
    rows = lines(folder, table)
    place = rows[0].index(column)
    write(folder, table, [rows[0], *(row for row in rows[1:] if row[place] in values)])


def drop(folder: Path, table: str, column: str, value: str) -> None:
    """Remove the rows with this value in a column."""
    rows = lines(folder, table)
    place = rows[0].index(column)
    write(folder, table, [rows[0], *(row for row in rows[1:] if row[place] != value)])


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def findings(folder: Path, *, memory_bytes: int | None = None) -> tuple[Finding, ...]:
    return read_network(folder, nuclides=nuclide_table(), memory_bytes=memory_bytes)[1]


def only(folder: Path, code: str) -> Finding:
    """The one finding of that code."""
    found = [finding for finding in findings(folder) if finding.code == code]
    assert len(found) == 1, [*found, *findings(folder)]
    return found[0]


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in findings(folder)}


def place(finding: Finding) -> tuple[str, int | None, str]:
    """Table, row and column of a finding."""
    return finding.table, finding.row, finding.column
