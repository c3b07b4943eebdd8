"""The sheets of a workbook that hold the settings of a network."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from doseline.io.settings import flat
from doseline.io.source import error
from doseline.io.text import text
from doseline.io.toml import toml_key, toml_value
from doseline.io.words import read_date
from doseline.model.findings import NETWORK
from doseline.model.plain import plain_number
from doseline.model.setting_keys import FORMAT_COLUMN, SETTING_KEYS

if TYPE_CHECKING:
    from doseline.model.columns import Column
    from doseline.model.findings import Finding

SETTINGS = "network"
"""Sheet of keys and values; it decides."""
LINES = "network.toml"
"""Hidden sheet with the lines of the file, for its comments; used if it says the same."""
HEADER = ("key", "value", "unit", "meaning", "含义")

Grid = tuple[list[list[str]], list[int]]


def settings_words(grid: Grid) -> tuple[str | None, list[Finding]]:
    """The settings as TOML whose lines are the rows of the sheet; or why there is none."""
    rows, numbers = grid
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in HEADER[:2] if name not in header]
    if missing:
        findings = [
            error(code="missing_column", table=NETWORK, row=1, column=name) for name in missing
        ]
        return None, findings
    key, value = header.index("key"), header.index("value")
    lines: list[str] = []
    for row, number in zip(rows[1:], numbers[1:], strict=True):
        name = row[key].strip()
        if name and row[value].strip():
            lines += [""] * (number - 1 - len(lines))
            lines.append(f"{toml_key(name)} = {_value(name, row[value].strip())}")
    return "\n".join(lines) + "\n", []


def written_settings(words: str, grid: Grid) -> str | None:
    """The lines of the hidden sheet, if they still say the same."""
    rows, numbers = grid
    lines: list[str] = []
    for row, number in zip(rows, numbers, strict=True):
        lines += [""] * (number - 1 - len(lines))
        lines.append(row[0])
    written = "\n".join(lines) + "\n"
    try:
        same = _said(written) == _said(words)
    except tomllib.TOMLDecodeError:
        return None
    return written if same else None


def _said(words: str) -> dict[str, Any]:
    """What a text in TOML says; a sheet cannot tell an empty text from none."""
    return {key: value for key, value in flat(tomllib.loads(words)).items() if value != ""}


def settings_rows(words: str) -> list[tuple[str, Any, str, str, str]]:
    """Key, value, unit and meaning in both languages, for each key that a text in TOML gives."""
    columns = _columns()
    rows = []
    for name, value in flat(tomllib.loads(words)).items():
        column = columns.get(name)
        if column is None:
            meanings = (text("workbook.variant", "en"), text("workbook.variant", "zh"))
            rows.append((name, value, "", *meanings))
        else:
            rows.append((name, value, column.unit, column.doc, column.doc_zh))
    return rows


def _columns() -> dict[str, Column]:
    known = {"format": FORMAT_COLUMN}
    return known | {key.column.name: key.column for key in SETTING_KEYS}


def _value(name: str, cell: str) -> str:
    """A cell as the value in TOML that its key takes; a text where it is none."""
    column = _columns().get(name)
    kind = column.kind if column is not None else "number"
    if kind == "date" and read_date(cell):
        return cell
    if kind in {"integer", "number"}:
        try:
            number = float(cell)
        except ValueError:
            return toml_value(cell)
        whole = kind == "integer" and number.is_integer()
        return str(int(number)) if whole else toml_value(float(plain_number(number)))
    return toml_value(cell)
