"""The network folder as it is defined in the model: as text, as JSON Schema, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.io.cells import allowed_range
from doseline.io.text import text
from doseline.model.catalogue import TABLES
from doseline.model.setting_keys import FORMAT, FORMAT_COLUMN, SETTING_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.columns import Column, Table

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_JSON_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "yes/no": {"type": "boolean"},
    "money": {"type": "string", "pattern": r"^\d+(\.\d{1,6})?$"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "clock": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"},
    "weekdays": {
        "type": "string",
        "pattern": r"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)([ -](Mon|Tue|Wed|Thu|Fri|Sat|Sun))*$",
    },
    "zone": {"type": "string"},
    "nuclide": {"type": "string"},
}


def schema_text(lang: str) -> str:
    """Every key and column, for a terminal."""
    lines = [text("schema.title", lang, format=FORMAT), "", "network.toml"]
    lines += _text_lines(_settings(), lang)
    lines += [f"  {text('schema.variants', lang)}"]
    for table in TABLES:
        lines += ["", _heading(table, lang), *_text_lines(table.columns, lang)]
    return "\n".join(lines) + "\n"


def schema_markdown(lang: str) -> str:
    """Every key and column as Markdown, one table a network table."""
    parts = [text("schema.intro", lang, format=FORMAT), "## network.toml"]
    parts += [_markdown_table(_settings(), lang)]
    parts += [text("schema.variants", lang)]
    for table in TABLES:
        key = text("schema.key", lang, columns=", ".join(f"`{name}`" for name in table.key))
        title = table.doc if lang == "en" else table.doc_zh
        parts += [f"## {table.name}.csv", f"{title} {_presence(table, lang)} {key}"]
        parts += [_markdown_table(table.columns, lang)]
    return "\n\n".join(parts) + "\n"


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a whole network as one object.

    ``network`` holds the settings by dotted key, each table is an array of rows; an optional
    cell may be left out or null. Units stand under ``x-unit``, references under ``x-refers``.
    """
    properties = {"network": _object(_settings())}
    properties["network"]["properties"]["format"] = {"const": FORMAT}
    properties["network"]["properties"]["variants"] = {
        "type": "object",
        "description": text("schema.variants", "en"),
        "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": 0},
        },
    }
    for table in TABLES:
        rows = _object(table.columns)
        properties[table.name] = {"type": "array", "description": table.doc, "items": rows}
    return {
        "$schema": DIALECT,
        "title": "Doseline network",
        "type": "object",
        "properties": properties,
        "required": ["network", *(table.name for table in TABLES if table.required)],
        "additionalProperties": False,
    }


def _settings() -> list[Column]:
    """The keys of ``network.toml``."""
    return [FORMAT_COLUMN, *(key.column for key in SETTING_KEYS)]


def _object(columns: Sequence[Column]) -> dict[str, Any]:
    """The schema of one row, or of the settings."""
    return {
        "type": "object",
        "properties": {column.name: _property(column) for column in columns},
        "required": [column.name for column in columns if column.required],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    """The schema of one cell."""
    found: dict[str, Any] = dict(_JSON_KINDS[column.kind])
    found["description"] = column.doc
    if column.allowed:
        found["enum"] = list(column.allowed)
    if found["type"] in {"integer", "number"}:
        limits = {"minimum": column.minimum, "maximum": column.maximum}
        found |= {name: limit for name, limit in limits.items() if limit is not None}
    if column.unit:
        found["x-unit"] = column.unit
    if column.refers:
        found["x-refers"] = list(column.refers)
    if not column.required:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
        if column.default is not None:
            found["default"] = _json_default(column.default)
    return found


def _json_default(value: Any) -> Any:
    """A default as JSON carries it."""
    return value if isinstance(value, bool | int | float | str) else str(value)


def described(column: Column, lang: str) -> str:
    """What stands in a column: its kind and unit, what it means, what is allowed."""
    return f"{_kind(column)}: {_meaning(column, lang)}"


def _heading(table: Table, lang: str) -> str:
    """A table's file, what it holds and whether it must be there."""
    doc = table.doc if lang == "en" else table.doc_zh
    return f"{table.name}.csv  {doc} {_presence(table, lang)}"


def _presence(table: Table, lang: str) -> str:
    return text("schema.required" if table.required else "schema.optional", lang)


def _text_lines(columns: Sequence[Column], lang: str) -> list[str]:
    """One line a column: name, kind and unit, meaning, what is allowed."""
    names = max(len(column.name) for column in columns)
    kinds = [_kind(column) for column in columns]
    width = max(len(kind) for kind in kinds)
    return [
        f"  {column.name:<{names}}  {kind:<{width}}  {_meaning(column, lang)}".rstrip()
        for column, kind in zip(columns, kinds, strict=True)
    ]


def _meaning(column: Column, lang: str) -> str:
    """What a column means, and what may stand in it."""
    doc = column.doc if lang == "en" else column.doc_zh
    rules = _rules(column, lang)
    return f"{doc} ({rules})" if rules else doc


def _markdown_table(columns: Sequence[Column], lang: str) -> str:
    """A Markdown table with one row a column."""
    titles = [text(f"schema.head_{name}", lang) for name in ("column", "type", "meaning", "rules")]
    lines = [f"| {' | '.join(titles)} |", "| --- | --- | --- | --- |"]
    for column in columns:
        doc = column.doc if lang == "en" else column.doc_zh
        cells = (f"`{column.name}`", _kind(column), doc, _rules(column, lang))
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


def _kind(column: Column) -> str:
    """Kind and unit, e.g. ``number [GBq]``."""
    unit = column.unit if column.unit not in {"", "1"} else ""
    return f"{column.kind} [{unit}]" if unit else column.kind


def _rules(column: Column, lang: str) -> str:
    """Key, reference, range, words and default of a column."""
    found = []
    if column.key:
        found.append(text("schema.is_key", lang))
    if column.refers:
        tables = " / ".join(f"{name}.csv" for name in column.refers)
        found.append(text("schema.refers", lang, tables=tables))
    if column.allowed:
        found.append(", ".join(column.allowed))
    if allowed_range(column):
        found.append(allowed_range(column))
    if not column.required:
        found.append(_default(column, lang))
    return "; ".join(found)


def _default(column: Column, lang: str) -> str:
    """What an empty cell means."""
    if column.default is None or column.default == "":
        return text("schema.may_be_empty", lang)
    value = column.default
    shown = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return text("schema.default", lang, default=shown)
