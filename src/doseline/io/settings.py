"""What ``network.toml`` says."""

from __future__ import annotations

import functools
import re
import tomllib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from doseline.io.cells import allowed_range
from doseline.io.csvfile import decode, read_bytes
from doseline.io.diagnose import Bad
from doseline.io.rulebooknames import rulebook_names
from doseline.model.catalogue import BY_NAME
from doseline.model.findings import ERROR, NETWORK, Finding
from doseline.model.nearest import nearest
from doseline.model.network import Settings
from doseline.model.setting_keys import FORMAT, SETTING_KEYS
from doseline.model.variants import VARIABLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doseline.model.columns import Column

FILE = "network.toml"
_error = functools.partial(Finding, severity=ERROR, table=NETWORK)
_VARIANTS = "variants."


def read_settings(folder: Path) -> tuple[Settings | None, str, list[Finding]]:
    """The settings of a network folder, its currency as far as it is known, and what is wrong."""
    words, findings = settings_words(folder)
    return settings_of(words) if words is not None else (None, "", findings)


def settings_words(folder: Path) -> tuple[str | None, list[Finding]]:
    """The text of ``network.toml`` in a folder, or why there is none."""
    path = folder / FILE
    if not path.exists():
        return None, [_error(code="missing_settings", found=folder.name, allowed=FILE)]
    content, findings = read_bytes(path, NETWORK)
    return decode(content, NETWORK, FILE) if content is not None else (None, findings)


def settings_of(words: str) -> tuple[Settings | None, str, list[Finding]]:
    """The settings that a text in TOML says, its currency, and what is wrong with it."""
    try:
        tree = tomllib.loads(words)
    except tomllib.TOMLDecodeError as error:
        row = re.search(r"line (\d+)", str(error))
        line = int(row[1]) if row else None
        return None, "", [_error(code="bad_toml", row=line, found=str(error))]
    return _settings(flat(tree), _key_lines(words))


def _settings(
    given: Mapping[str, Any], lines: Mapping[str, int]
) -> tuple[Settings | None, str, list[Finding]]:
    """The settings that keys and values make."""
    findings = [*_format(given, lines), *_unknown(given, lines)]
    values: dict[str, Any] = {}
    for key in SETTING_KEYS:
        name = key.column.name
        if name not in given:
            if key.column.required:
                findings.append(_error(code="missing_setting", column=name))
            continue
        bad = _bad_value(given[name], key.column)
        if bad:
            findings.append(_finding(bad, name, str(given[name]), lines))
        else:
            values[key.field] = float(given[name]) if key.column.kind == "number" else given[name]
    values["variants"], wrong = _variants(given, lines)
    findings += wrong
    settings = None if findings else Settings(**values)
    return settings, str(values.get("currency", "")), findings


def _finding(bad: Bad, name: str, found: str, lines: Mapping[str, int]) -> Finding:
    """The finding that says what is wrong with the value of one key."""
    return _error(
        code=bad.code,
        row=lines.get(name),
        column=name,
        found=found,
        allowed=bad.allowed,
        nearest=bad.nearest,
    )


def _format(given: Mapping[str, Any], lines: Mapping[str, int]) -> list[Finding]:
    """A finding unless the folder is of the format that this program reads."""
    if given.get("format") == FORMAT:
        return []
    found = str(given.get("format", ""))
    return [
        _error(
            code="unknown_format",
            row=lines.get("format"),
            column="format",
            found=found,
            allowed=str(FORMAT),
        )
    ]


def _unknown(given: Mapping[str, Any], lines: Mapping[str, int]) -> list[Finding]:
    """Keys that mean nothing here."""
    known = ["format", *(key.column.name for key in SETTING_KEYS)]
    return [
        _error(
            code="unknown_setting",
            row=lines.get(name),
            column=name,
            found=name,
            allowed=", ".join(known),
            nearest=nearest(name, [one for one in known if one not in given]),
        )
        for name in given
        if name not in known and not name.startswith(_VARIANTS)
    ]


def _bad_value(value: Any, column: Column) -> Bad | None:
    """What is wrong with a value; None if it can."""
    if not _is_kind(value, column.kind):
        return Bad(code="wrong_type", allowed=column.kind)
    if isinstance(value, int | float) and not _inside(value, column):
        return Bad(code="out_of_range", allowed=allowed_range(column))
    if column.name == "currency" and not re.fullmatch("[A-Z]{3}", value):
        near = value.upper() if re.fullmatch("[A-Za-z]{3}", value) else ""
        return Bad(code="unknown_currency", allowed="ISO 4217", nearest=near)
    if column.name == "rulebook" and value not in rulebook_names():
        names = rulebook_names()
        near = nearest(value, names)
        return Bad(code="unknown_rulebook", allowed=", ".join(names), nearest=near)
    if column.name == "name" and not value.strip():
        return Bad(code="missing_value")
    return None


def _is_kind(value: Any, kind: str) -> bool:
    """Whether a TOML value is of the kind of a column."""
    if isinstance(value, bool | datetime):
        return False
    kinds: dict[str, type | tuple[type, ...]] = {
        "text": str,
        "integer": int,
        "number": (int, float),
        "date": date,
    }
    return isinstance(value, kinds[kind])


def _inside(value: float, column: Column) -> bool:
    """Whether a number is finite and in the range of its column."""
    low = column.minimum if column.minimum is not None else float("-inf")
    high = column.maximum if column.maximum is not None else float("inf")
    return low <= value <= high and abs(value) != float("inf")


def _variants(
    given: Mapping[str, Any], lines: Mapping[str, int]
) -> tuple[dict[str, dict[str, float]], list[Finding]]:
    """Factors by variant and ``table.column``."""
    found: dict[str, dict[str, float]] = {}
    findings: list[Finding] = []
    for key, value in given.items():
        if not key.startswith(_VARIANTS):
            continue
        name, _, target = key.removeprefix(_VARIANTS).partition(".")
        bad = _bad_factor(target, value)
        if bad:
            wrong = target if bad.code == "unknown_variant_column" else str(value)
            findings.append(_finding(bad, key, wrong, lines))
        else:
            found.setdefault(name, {})[target] = float(value)
    return found, findings


def _bad_factor(target: str, value: Any) -> Bad | None:
    """What is wrong with one factor of a variant; None if nothing is."""
    table, _, column = target.partition(".")
    known = {
        f"{name}.{one.name}"
        for name in BY_NAME
        for one in BY_NAME[name].columns
        if one.kind in VARIABLE_KINDS
    }
    if f"{table}.{column}" not in known:
        near = nearest(target, sorted(known))
        return Bad(code="unknown_variant_column", nearest=near)
    if not _is_kind(value, "number"):
        return Bad(code="wrong_type", allowed="number")
    if not 0 <= value < float("inf"):
        return Bad(code="out_of_range", allowed="≥ 0")
    return None


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values of a tree of TOML tables by dotted key."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            found.update(flat(value, f"{key}."))
        else:
            found[key] = value
    return found


def _key_lines(words: str) -> dict[str, int]:
    """Line on which each dotted key stands, for keys written one a line."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(words.splitlines(), start=1):
        plain = line.strip()
        header = re.match(r"\[([^\[\]]+)\]", plain)
        key = re.match(r"([\w.\"'-]+)\s*=", plain)
        if header:
            section = f"{_bare(header[1])}."
        elif key:
            found.setdefault(f"{section}{_bare(key[1])}", number)
    return found


def _bare(key: str) -> str:
    """A dotted key without quotes."""
    return re.sub(r"[\"'\s]", "", key)
