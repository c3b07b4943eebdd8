"""Settings as TOML text: in the order of their definition, one key a line."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

from doseline.model.setting_keys import FORMAT, SETTING_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Settings

VARIANTS = "variants."
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: Any) -> str:
    """A text, number, truth, day or list of them as TOML has it.

    >>> toml_value(0.0), toml_value(date(2026, 5, 4)), toml_value([1, "x"]), toml_value(True)
    ('0.0', '2026-05-04', '[1, "x"]', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    if isinstance(value, int | float):
        return repr(value)
    # JSON's way of writing a text is TOML's, but for one letter.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(key: str) -> str:
    """A dotted key, with quotation marks around the parts that need them.

    >>> toml_key("cohort.start"), toml_key("variants.stress.incidence.per_year")
    ('cohort.start', 'variants.stress."incidence.per_year"')
    """
    if key.startswith(VARIANTS):
        name, _, target = key.removeprefix(VARIANTS).partition(".")
        return f"{VARIANTS}{_part(name)}.{_part(target)}" if target else f"{VARIANTS}{_part(name)}"
    return ".".join(_part(part) for part in key.split("."))


def settings_toml(given: Mapping[str, Any]) -> str:
    """The text of ``network.toml`` for values by dotted key, in the order of their definition."""
    names = ["format", *(key.column.name for key in SETTING_KEYS)]
    ordered = [name for name in names if name in given]
    ordered += [name for name in given if name not in names]
    lines: list[str] = []
    section = ""
    for name in sorted(ordered, key=lambda name: "." in name):
        head, key = _section(name)
        if head != section:
            lines += ["", f"[{head}]"]
            section = head
        lines.append(f"{key} = {toml_value(given[name])}")
    return "\n".join(lines) + "\n"


def values_of(settings: Settings) -> dict[str, Any]:
    """Settings by dotted key, as :func:`settings_toml` takes them; without those that are not set."""
    found: dict[str, Any] = {"format": FORMAT}
    values = {key.column.name: getattr(settings, key.field) for key in SETTING_KEYS}
    found |= {name: value for name, value in values.items() if value is not None}
    for name, factors in settings.variants.items():
        found |= {f"{VARIANTS}{name}.{target}": factor for target, factor in factors.items()}
    return found


def _section(name: str) -> tuple[str, str]:
    """Section and key of a dotted name."""
    whole = toml_key(name)
    if name.startswith(VARIANTS):
        variant, _, target = name.removeprefix(VARIANTS).partition(".")
        return f"{VARIANTS}{_part(variant)}", _part(target)
    head, _, key = whole.rpartition(".")
    return head, key


def _part(part: str) -> str:
    return part if _BARE.fullmatch(part) else toml_value(part)
