"""How a planner's columns fill ours: a small file that can be read, edited and used again."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from doseline.io.csvfile import decode, read_bytes
from doseline.io.source import error
from doseline.io.toml import toml_value
from doseline.model.catalogue import BY_NAME
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doseline.model.findings import Finding

NUMBERED = "{n}"
"""What stands for the number of a row in a numbered column."""
_TOP = {"table": str, "sheet": str, "encoding": str, "header_line": int, "columns": dict}
_COLUMN = {
    "from": str,
    "constant": str,
    "numbered": str,
    "unit": str,
    "date_format": str,
    "zone": str,
    "values": dict,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How one of our columns is filled: from a column, by a constant, or by counting."""

    source: str = ""
    constant: str = ""
    numbered: str = ""
    """A text with ``{n}`` in it, for the number of the row."""
    unit: str = ""
    """Unit of the planner's numbers, if it is another than ours."""
    date_format: str = ""
    """How the planner writes days, e.g. ``%d/%m/%Y``."""
    zone: str = ""
    """Time zone of instants that say no offset."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Ours by theirs, for cells that stand for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a list fills a table."""

    table: str
    columns: Mapping[str, How]
    """By our column."""
    sheet: str = ""
    encoding: str = ""
    header_line: int | None = None


def plan_text(plan: Plan) -> str:
    """The plan as TOML, as :func:`read_plan` reads it."""
    lines = ["# Made by doseline import: edit it, and use it again with --mapping.", ""]
    lines.append(f"table = {toml_value(plan.table)}")
    about = {"sheet": plan.sheet, "encoding": plan.encoding, "header_line": plan.header_line}
    lines += [f"{name} = {toml_value(value)}" for name, value in about.items() if value]
    for name, how in plan.columns.items():
        lines += ["", f"[columns.{name}]", *_how_lines(how)]
        if how.values:
            lines += ["", f"[columns.{name}.values]"]
            lines += [
                f"{toml_value(theirs)} = {toml_value(ours)}" for theirs, ours in how.values.items()
            ]
    return "\n".join(lines) + "\n"


def _how_lines(how: How) -> list[str]:
    parts = {
        "from": how.source,
        "constant": how.constant,
        "numbered": how.numbered,
        "unit": how.unit,
        "date_format": how.date_format,
        "zone": how.zone,
    }
    return [f"{name} = {toml_value(value)}" for name, value in parts.items() if value]


def read_plan(path: Path) -> tuple[Plan | None, list[Finding]]:
    """The plan in a file, or everything that is wrong with it."""
    content, findings = read_bytes(path, "")
    words = None
    if content is not None:
        words, findings = decode(content, "", path.name)
    if words is None:
        return None, _in_file(findings, path)
    try:
        tree = tomllib.loads(words)
    except tomllib.TOMLDecodeError as problem:
        row = re.search(r"line (\d+)", str(problem))
        line = int(row[1]) if row else None
        return None, _in_file([error(code="bad_toml", row=line, found=str(problem))], path)
    findings = [*_wrong_keys(tree, _TOP, ""), *_wrong_table(tree)]
    for name, how in tree.get("columns", {}).items() if not findings else ():
        findings += _wrong_column(tree["table"], name, how)
    if findings:
        return None, _in_file(findings, path)
    columns = {name: _how(how) for name, how in tree.get("columns", {}).items()}
    return (
        Plan(
            table=tree["table"],
            columns=columns,
            sheet=tree.get("sheet", ""),
            encoding=tree.get("encoding", ""),
            header_line=tree.get("header_line"),
        ),
        [],
    )


def _how(tree: Mapping[str, Any]) -> How:
    others = {name: value for name, value in tree.items() if name != "from"}
    return How(source=tree.get("from", ""), **others)


def _wrong_table(tree: Mapping[str, Any]) -> list[Finding]:
    """A finding unless the plan is for a table that there is."""
    name = tree.get("table", "")
    if name in BY_NAME:
        return []
    near = nearest(str(name), BY_NAME)
    known = ", ".join(BY_NAME)
    return [error(code="unknown_mapping_table", found=str(name), allowed=known, nearest=near)]


def _wrong_column(table: str, name: str, how: Any) -> list[Finding]:
    """What is wrong with the part of a plan for one of our columns."""
    known = [column.name for column in BY_NAME[table].columns]
    if name not in known:
        near = nearest(name, known)
        allowed = ", ".join(known)
        here = error(code="unknown_column", column=name, found=name, allowed=allowed, nearest=near)
        return [here]
    if not isinstance(how, dict):
        return [error(code="wrong_type", column=name, found=str(how))]
    return _wrong_keys(how, _COLUMN, name)


def _wrong_keys(tree: Mapping[str, Any], known: Mapping[str, type], column: str) -> list[Finding]:
    """Keys that mean nothing, and values of a wrong type."""
    found = []
    for name, value in tree.items():
        if name not in known:
            near = nearest(name, known)
            allowed = ", ".join(known)
            about = error(
                code="unknown_setting", column=column, found=name, allowed=allowed, nearest=near
            )
            found.append(about)
        elif not isinstance(value, known[name]) or isinstance(value, bool):
            found.append(error(code="wrong_type", column=column or name, found=str(value)))
        elif isinstance(value, dict) and name == "values" and not _is_all_text(value):
            found.append(error(code="wrong_type", column=column, found=name, allowed="text"))
    return found


def _is_all_text(values: Mapping[str, Any]) -> bool:
    return all(isinstance(one, str) for one in values.values())


def _in_file(findings: list[Finding], path: Path) -> list[Finding]:
    return [replace(one, about={**one.about, "file": path.name}) for one in findings]
