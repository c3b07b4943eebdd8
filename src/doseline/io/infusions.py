"""Infusion records as people keep them: JSON, or a CSV text or workbook with a row a line."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from doseline.claims.case import Claimed
from doseline.claims.record import INFUSIONS, LINES, Infusion, Line
from doseline.io.cells import Setting, parse_column
from doseline.io.csvfile import shaped
from doseline.io.importing.foreign import read_foreign
from doseline.io.reference import nuclide_table
from doseline.io.source import error, file_size, free_memory_bytes, too_large
from doseline.model.columns import Table
from doseline.physics.errors import QuantityError
from doseline.physics.units import parse_activity_bq

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doseline.model.findings import Finding

JSON = ".json"
LIST = "infusions"
"""Name under which a JSON object holds its records."""
BYTES_PER_BYTE = 20
"""Memory that records take, per byte of text."""
_AS_RECORDS = {
    "no_such_list": "no_such_records",
    "bad_encoding": "no_text",
}
"""Findings on lists of another shape, as those on records."""
ACTIVITIES = (
    *("prescribed", "supplied", "administered", "discarded", "previous_given", "given_before"),
)
KEY = "claim"
FLAT = Table(
    name=INFUSIONS.name,
    row=Infusion,
    doc=INFUSIONS.doc,
    doc_zh=INFUSIONS.doc_zh,
    columns=(*INFUSIONS.columns, *LINES.columns),
    required=True,
)
"""A row of a list: the infusion and one of its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Texts of records before they are understood, a row a service line."""

    file: str
    cells: dict[str, list[str]]
    lines: list[int]
    """Line of the file on which each row stands, or number of the record in JSON."""

    def column(self, name: str) -> list[str]:
        """Texts of a column, empty where the file has none."""
        return self.cells.get(name, [""] * len(self.lines))


def read_infusions(path: Path) -> tuple[list[Claimed] | None, list[Finding]]:
    """The records of a file, or every finding that keeps them from being read.

    Args:
        path: JSON, a CSV text or a workbook.
    """
    memory = free_memory_bytes()
    read = _from_json if path.suffix.lower() == JSON else _from_list
    rows, findings = read(path, memory)
    if rows is None:
        return None, findings
    claims, more = _understood(rows)
    findings = [*findings, *more]
    return (None, findings) if any(one.severity == "error" for one in findings) else (claims, [])


def _from_list(path: Path, memory: int) -> tuple[Rows | None, list[Finding]]:
    """Rows of a CSV text or a workbook."""
    foreign, findings = read_foreign(path, memory_bytes=memory)
    if foreign is None:
        return None, [_of_records(one, path) for one in findings]
    rows = [list(foreign.columns), *(list(row) for row in foreign.rows)]
    raw, findings = shaped(rows, [foreign.header_line, *foreign.lines], FLAT)
    findings = [_placed(one, foreign.file) for one in findings]
    if raw is None:
        return None, findings
    return Rows(file=foreign.file, cells=raw.cells, lines=raw.lines), findings


def _from_json(path: Path, memory: int) -> tuple[Rows | None, list[Finding]]:
    """Rows of a JSON text: a list of records, each with its lines."""
    if not path.is_file():
        return None, [error(code="no_such_records", found=str(path))]
    if file_size(path) * BYTES_PER_BYTE > memory:
        return None, [too_large("", file_size(path), memory // BYTES_PER_BYTE)]
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str)
    except json.JSONDecodeError as problem:
        # What stands there is not repeated: it may be a patient's.
        row, found = problem.lineno, problem.colno
        return None, [error(code="bad_json", row=row, found=str(found), about={"file": path.name})]
    except (UnicodeDecodeError, RecursionError):
        return None, [error(code="no_text", found=path.name)]
    records = content.get(LIST) if isinstance(content, dict) else content
    if _are_records(records):
        return _flat(records, path.name)
    return None, [error(code="no_records", found=LIST, about={"file": path.name})]


def _are_records(records: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Objects, each with a list of objects as its lines."""
    return (
        isinstance(records, list)
        and bool(records)
        and all(
            isinstance(one, dict)
            and isinstance(one.get("lines"), list)
            and bool(one["lines"])
            and all(isinstance(line, dict) for line in one["lines"])
            for one in records
        )
    )


def _flat(records: list[dict[str, Any]], file: str) -> tuple[Rows | None, list[Finding]]:
    """Records with their lines as rows, in the order of the table."""
    flat = [
        ({**{name: value for name, value in one.items() if name != "lines"}, **line}, place)
        for place, one in enumerate(records, start=1)
        for line in one["lines"]
    ]
    names = list(dict.fromkeys(name for cells, _ in flat for name in cells))
    rows = [names, *([_text(cells.get(name)) for name in names] for cells, _ in flat)]
    raw, findings = shaped(rows, [1, *(place for _, place in flat)], FLAT)
    findings = [_placed(one, file) for one in findings]
    if raw is None:
        return None, findings
    return Rows(file=file, cells=raw.cells, lines=raw.lines), findings


def _text(value: Any) -> str:
    """A value of JSON as a cell of a list has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    return str(value)


def _understood(rows: Rows) -> tuple[list[Claimed], list[Finding]]:
    """Claims of typed rows, and every cell that cannot be used."""
    claims = rows.column(KEY)
    # Records of JSON stand apart even where two have one number, which an edit tells.
    keys = [(claim, line if rows.file.lower().endswith(JSON) else 0)
            for claim, line in zip(claims, rows.lines, strict=True)]  # fmt: skip
    firsts = {key: place for place, key in reversed(list(enumerate(keys)))}
    heads = sorted(firsts.values())
    infusions, findings = _typed(rows, INFUSIONS, heads)
    lines, more = _typed(rows, LINES, range(len(claims)))
    no_activities = _activities(rows, heads)
    told = {(one.row, one.column) for one in no_activities}
    findings = [one for one in [*findings, *more] if (one.row, one.column) not in told]
    findings += [*_contradictions(rows, keys, firsts), *no_activities]
    if any(one.severity == "error" for one in findings):
        return [], findings
    of: dict[int, list[Line]] = {}
    for place, key in enumerate(keys):
        of.setdefault(firsts[key], []).append(Line(**lines[place]))
    return [
        Claimed(infusion=Infusion(**infusion), lines=tuple(of[place]), row=rows.lines[place])
        for place, infusion in zip(heads, infusions, strict=True)
    ], findings


def _typed(
    rows: Rows, table: Table, places: Sequence[int]
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Values of some rows by column, and the cells that have none."""
    setting = Setting(nuclides=nuclide_table(), currency="")
    values: dict[str, list[Any]] = {}
    findings = []
    for column in table.columns:
        if column.name not in rows.cells:
            values[column.name] = [column.default] * len(places)
            continue
        texts = rows.column(column.name)
        series, bad = parse_column([texts[place] for place in places], column, setting)
        values[column.name] = series.to_list()
        findings += [
            error(
                code=one.bad.code,
                row=rows.lines[places[one.index]],
                column=column.name,
                found=one.found,
                allowed=one.bad.allowed,
                nearest=one.bad.nearest,
                about={"file": rows.file},
            )
            for one in bad
        ]
    names = list(values)
    return [
        dict(zip(names, row, strict=True)) for row in zip(*values.values(), strict=True)
    ], findings


def _contradictions(
    rows: Rows, keys: list[tuple[str, int]], firsts: dict[tuple[str, int], int]
) -> list[Finding]:
    """Facts of an infusion that a later row of the same claim tells otherwise."""
    found = []
    for column in INFUSIONS.columns:
        texts = rows.column(column.name)
        for place, key in enumerate(keys):
            said = texts[firsts[key]]
            if key[0] and texts[place] not in {"", said}:
                found.append(
                    error(
                        code="two_values",
                        row=rows.lines[place],
                        column=column.name,
                        found=texts[place],
                        allowed=said,
                        about={"file": rows.file, "claim": key[0]},
                    )
                )
    return found


def _activities(rows: Rows, heads: list[int]) -> list[Finding]:
    """Texts that are no activity."""
    found = []
    for name in ACTIVITIES:
        texts = rows.column(name)
        for place in heads:
            if texts[place] and not _is_activity(texts[place]):
                found.append(
                    error(
                        code="not_an_activity",
                        row=rows.lines[place],
                        column=name,
                        found=texts[place],
                        allowed="7.4 GBq, 200 mCi, 5.5 MBq, 55 uCi",
                        about={"file": rows.file},
                    )
                )
    return found


@functools.cache
def _is_activity(text: str) -> bool:
    try:
        parse_activity_bq(text)
    except QuantityError:
        return False
    return True


def _of_records(finding: Finding, path: Path) -> Finding:
    """Why a list cannot be read, in the words of one who keeps infusion records."""
    if finding.code == "empty_list":
        return error(code="empty_records", found=path.name)
    code = _AS_RECORDS.get(finding.code)
    if code is None:
        return finding
    return error(code=code, found=str(path) if code == "no_such_records" else path.name)


def _placed(finding: Finding, file: str) -> Finding:
    """A finding in the file that the reader opens."""
    missing = finding.code == "missing_column"
    return error(
        code="missing_record_column" if missing else finding.code,
        table=finding.table,
        row=finding.row,
        column=finding.column,
        found=finding.found,
        allowed=finding.allowed,
        nearest=finding.nearest,
        about={**finding.about, "file": file},
    )
