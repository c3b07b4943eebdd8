"""A list taken over into a table of a network: all findings first, then all rows or none."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError
from doseline.io.cells import Setting
from doseline.io.convert import open_text, write_text
from doseline.io.csvfile import RawTable
from doseline.io.csvfolder import ENDING
from doseline.io.folder import check_source
from doseline.io.forms import CSV, form_of
from doseline.io.importing.change import changed
from doseline.io.importing.foreign import read_foreign
from doseline.io.importing.mapping import How, Plan, read_plan
from doseline.io.importing.propose import SURE, Known, propose
from doseline.io.importing.words import plain
from doseline.io.networktext import cells_of, csv_of, text_of_source
from doseline.io.place import write_file
from doseline.io.reference import nuclide_table
from doseline.io.source import error, free_memory_bytes
from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.findings import ERROR
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from doseline.io.convert import Opened
    from doseline.io.importing.foreign import Foreign
    from doseline.io.importing.propose import Proposal
    from doseline.io.source import Source
    from doseline.model.columns import Table
    from doseline.model.findings import Finding


class UnknownTableError(BadInputError):
    """Rows are to go into a table that there is not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known = tuple(BY_NAME)
        self.nearest = nearest(name, self.known)
        hint = f" Did you mean {self.nearest}?" if self.nearest else ""
        super().__init__(
            f"A network has no table '{name}'. Choose one of: {', '.join(self.known)}.{hint}"
        )


class UnknownColumnError(BadInputError):
    """A value is given for a column that a table has not."""

    def __init__(self, table: str, name: str) -> None:
        self.table = table
        self.name = name
        self.known = tuple(column.name for column in BY_NAME[table].columns)
        self.nearest = nearest(name, self.known)
        hint = f" Did you mean {self.nearest}?" if self.nearest else ""
        super().__init__(
            f"Table {table} has no column '{name}'. It has: {', '.join(self.known)}.{hint}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be taken over, and how."""

    file: Path
    table: str
    network: Path
    mapping: Path | None = None
    """A plan to use, if the file is there."""
    sheet: str = ""
    constants: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Values for whole columns, by our column."""
    replace: bool = False
    """Whether the rows of the table go; otherwise those of the list are added to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An import that has been checked and not yet been written."""

    table: Table
    foreign: Foreign
    plan: Plan
    confidence: Mapping[str, float]
    """By our column; 1 where somebody has said so."""
    cells: Mapping[str, Sequence[str]]
    """What the list gives for each of our columns."""
    findings: tuple[Finding, ...]
    """What is wrong with rows of the list, at the places of the list."""
    elsewhere: int
    """Errors that the network would have in other places."""
    rows_before: int
    rows_after: int
    source: Source
    """The network with its new rows."""

    @property
    def is_refused(self) -> bool:
        """Whether a row or column of the list cannot be used."""
        return any(one.severity == ERROR for one in self.findings)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Our columns whose filling somebody should look at before it is believed."""
        return tuple(name for name, one in self.confidence.items() if one < SURE)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns of the list that go nowhere."""
        used = {how.source for how in self.plan.columns.values()}
        return tuple(name for name in self.foreign.columns if name not in used)

    @property
    def defaulted(self) -> tuple[str, ...]:
        """Our columns that nothing fills and that have a default."""
        names = (column.name for column in self.table.columns if not column.required)
        return tuple(name for name in names if name not in self.plan.columns)


def prepare(request: Request) -> tuple[Prepared | None, tuple[Finding, ...]]:
    """The import, ready to be written; or why it cannot even be tried.

    Raises:
        UnknownTableError: If there is no such table.
        UnknownColumnError: If a value is given for a column that the table has not.
    """
    if request.table not in BY_NAME:
        raise UnknownTableError(request.table)
    table = BY_NAME[request.table]
    for name in request.constants:
        if name not in {column.name for column in table.columns}:
            raise UnknownColumnError(table.name, name)
    opened, network_findings = open_text(request.network)
    if opened is None:
        return None, network_findings
    plan, findings = _given_plan(request)
    if findings:
        return None, tuple(findings)
    foreign, findings = read_foreign(
        request.file,
        memory_bytes=free_memory_bytes(),
        sheet=request.sheet or (plan.sheet if plan else ""),
        encoding=plan.encoding if plan else "",
        header_line=plan.header_line if plan else None,
    )
    if foreign is None:
        return None, tuple(findings)
    if plan is not None:
        findings = _wrong_sources(plan, foreign)
        if findings:
            return None, tuple(findings)
    return _prepared(request, table, opened, foreign, plan), ()


def write_import(prepared: Prepared, network: Path) -> None:
    """Write the table with its new rows into the network, as a whole or not at all."""
    name = prepared.table.name
    if form_of(network) == CSV:
        content = csv_of(cells_of(prepared.source.tables[name], prepared.table))
        write_file(content.encode(), network / f"{name}{ENDING}", replace=True)
    else:
        write_text(text_of_source(prepared.source), network, replace=True)


def _given_plan(request: Request) -> tuple[Plan | None, list[Finding]]:
    """The plan of the mapping file, if it is there, and what is wrong with it."""
    if request.mapping is None or not request.mapping.exists():
        return None, []
    plan, findings = read_plan(request.mapping)
    if plan is not None and plan.table != request.table:
        about = {"file": request.mapping.name}
        found = error(
            code="mapping_of_another_table", found=plan.table, allowed=request.table, about=about
        )
        return None, [found]
    return plan, findings


def _wrong_sources(plan: Plan, foreign: Foreign) -> list[Finding]:
    """Columns that a plan names and the list has not."""
    return [
        error(
            code="unknown_source_column",
            column=name,
            found=how.source,
            allowed=", ".join(foreign.columns),
            nearest=nearest(how.source, foreign.columns),
            about=foreign.place,
        )
        for name, how in plan.columns.items()
        if how.source and how.source not in foreign.columns
    ]


def _prepared(
    request: Request, table: Table, opened: Opened, foreign: Foreign, plan: Plan | None
) -> Prepared:
    known = _known(opened)
    ambiguous: Mapping[str, tuple[str, ...]] = {}
    if plan is None:
        proposal: Proposal = propose(foreign, table, known, request.constants)
        plan, confidence, ambiguous = proposal.plan, proposal.confidence, proposal.ambiguous_dates
    else:
        given = {name: How(constant=value) for name, value in request.constants.items()}
        plan = dataclasses.replace(plan, columns={**plan.columns, **given})
        confidence = dict.fromkeys(plan.columns, 1.0)
    cells = {
        column.name: changed(foreign, plan.columns[column.name], column, known.setting)
        for column in table.columns
        if column.name in plan.columns
    }
    source, before = _with_rows(opened.source, table, foreign, cells, replace=request.replace)
    unfilled = [*_unfilled(table, cells), *_ambiguous(table, plan, ambiguous)]
    source.findings += unfilled
    _, found = check_source(source, nuclide_table())
    # What is wrong with a whole column is told once, not again for each of its cells.
    skipped = {*ambiguous, *(one.column for one in unfilled)}
    ours = [one for one in found if _is_ours(one, table) and one.column not in skipped]
    findings = [
        *unfilled,
        *sorted((one for one in ours if one.row), key=lambda one: -(one.row or 0)),
    ]
    wrong = sum(1 for one in found if one.severity == ERROR and not _is_ours(one, table))
    return Prepared(
        table=table,
        foreign=foreign,
        plan=plan,
        confidence=confidence,
        cells=cells,
        findings=tuple(_in_list(one, foreign, plan, source) for one in findings),
        elsewhere=wrong,
        rows_before=before,
        rows_after=len(source.tables[table.name].lines),
        source=source,
    )


def _known(opened: Opened) -> Known:
    """What cells may refer to, by key and by name."""
    references: dict[str, dict[str, str]] = {}
    for table in TABLES:
        cells = opened.text.tables.get(table.name)
        if cells is None or len(table.key) != 1 or table.key[0] not in cells:
            continue
        keys = cells[table.key[0]]
        by_word: dict[str, str] = {}
        for name in ("name_zh", "name", table.key[0]):
            by_word |= {
                plain(word): key for word, key in zip(cells.get(name, ()), keys, strict=False)
            }
        references[table.name] = by_word
    tree: dict[str, Any] = tomllib.loads(opened.source.settings or "")
    setting = Setting(nuclides=nuclide_table(), currency=str(tree.get("currency", "")))
    return Known(setting=setting, references=references)


def _with_rows(
    source: Source,
    table: Table,
    foreign: Foreign,
    cells: Mapping[str, Sequence[str]],
    *,
    replace: bool,
) -> tuple[Source, int]:
    """The network with the rows of the list, whose lines are negative; and rows before."""
    older = source.tables.get(table.name)
    before = len(older.lines) if older is not None else 0
    kept = older if older is not None and not replace else None
    lines = [*(kept.lines if kept else ()), *(-line for line in foreign.lines)]
    height = len(kept.lines) if kept else 0
    merged = {}
    for column in table.columns:
        name = column.name
        if name in cells or (kept is not None and name in kept.cells):
            first = kept.cells.get(name, [""] * height) if kept else []
            merged[name] = [*first, *cells.get(name, [""] * len(foreign.rows))]
    raw = RawTable(cells=merged, lines=lines, ragged=frozenset())
    tables = {**source.tables, table.name: raw}
    return dataclasses.replace(source, tables=tables, findings=list(source.findings)), before


def _unfilled(table: Table, cells: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Columns that must be filled and are not."""
    return [
        error(code="unfilled_column", table=table.name, column=column.name, found=column.name)
        for column in table.columns
        if column.required and column.name not in cells
    ]


def _ambiguous(table: Table, plan: Plan, ambiguous: Mapping[str, tuple[str, ...]]) -> list[Finding]:
    """Columns of days that can be read in several ways, each column of the list once."""
    by_source = {plan.columns[name].source: (name, forms) for name, forms in ambiguous.items()}
    return [
        error(
            code="ambiguous_dates",
            table=table.name,
            column=name,
            found=source,
            allowed=", ".join(forms),
        )
        for source, (name, forms) in by_source.items()
    ]


def _is_ours(finding: Finding, table: Table) -> bool:
    """Whether a finding is about the list, and not about what was there before."""
    return finding.table == table.name and (finding.row is None or finding.row < 0)


def _in_list(finding: Finding, foreign: Foreign, plan: Plan, source: Source) -> Finding:
    """The finding, at the line and column of the list."""
    how = plan.columns.get(finding.column)
    about = {name: one for name, one in finding.about.items() if name not in {"file", "sheet"}}
    about |= foreign.place
    if "first" in about:
        line = source.tables[finding.table].lines[int(about["first"]) - 2]
        about["first"] = str(-line) if line < 0 else f"{line} ({finding.table}.csv)"
    return dataclasses.replace(
        finding,
        row=None if finding.row is None else -finding.row,
        column=(how.source if how and how.source else finding.column),
        about=about,
    )
