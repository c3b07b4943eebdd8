"""A planner's cells in our words: units, days, hours, weekdays and names, where it is certain.

What is not certain is left as it is, so that the check of the cell says what is wrong with it.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.io.cells import parse_column
from doseline.io.importing.mapping import NUMBERED
from doseline.io.words import any_instant
from doseline.model.columns import WEEKDAY_NAMES
from doseline.physics.errors import UnknownNuclideError
from doseline.physics.units import (
    parse_activity_bq,
    parse_concentration_bq_ml,
    parse_duration_h,
    parse_volume_ml,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from doseline.io.cells import BadCell, Setting
    from doseline.io.importing.foreign import Foreign
    from doseline.io.importing.mapping import How
    from doseline.model.columns import Column

CERTAIN = frozenset(
    {
        "unit_in_number",
        "not_a_number",
        "not_money",
        "not_a_date",
        "not_a_clock",
        "bad_weekdays",
    }
)
"""Findings whose nearest value is what the cell means, not a guess."""

UNIT_WORDS = {
    "小时": "h",
    "分钟": "min",
    "分": "min",
    "天": "d",
    "日": "d",
    "毫升": "mL",
    "公里": "km",
    "千米": "km",
    "英里": "mi",
    "miles": "mi",
    "mile": "mi",
    "minutes": "min",
    "mins": "min",
    "minute": "min",
    "hrs": "h",
    "毫居里": "mCi",
    "居里": "Ci",
    "吉贝可": "GBq",
    "兆贝可": "MBq",
    "percent": "%",
}
"""Units as people write them in a header."""
_KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}
_PERCENT = {"%": 1.0, "1": 100.0, "fraction": 100.0}
_DAILY = {"daily": "Mon-Sun", "every day": "Mon-Sun", "每天": "Mon-Sun", "每日": "Mon-Sun"}
_WORKDAYS = {"weekdays": "Mon-Fri", "workdays": "Mon-Fri", "工作日": "Mon-Fri"}
_DAY_NUMBERS = re.compile(r"[1-7](?:[ ,;/、.]*[1-7])*")
_CLOCK_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def changed(foreign: Foreign, how: How, column: Column, setting: Setting) -> list[str]:
    """The cells that a list gives for one of our columns."""
    height = len(foreign.rows)
    if how.numbered:
        return [how.numbered.replace(NUMBERED, str(row)) for row in range(1, height + 1)]
    if not how.source:
        return [how.constant] * height
    return changed_cells(foreign.cells(how.source), how, column, setting)


def changed_cells(theirs: Sequence[str], how: How, column: Column, setting: Setting) -> list[str]:
    """Cells in our words, each as it was where it is not certain what it means."""
    words = {cell: _stated(cell, how, column) for cell in dict.fromkeys(theirs)}
    cells = [words[cell] or how.constant for cell in theirs]
    _, bad = parse_column(cells, column, setting)
    for one in bad:
        cells[one.index] = _mended(one, column, setting) or cells[one.index]
    return cells


def can_convert(unit: str, column: Column) -> bool:
    """Whether numbers in a unit can be turned into those of a column."""
    return bool(column.unit) and converted("1", unit, column) is not None


def converted(number: str, unit: str, column: Column) -> str | None:
    """A number in the unit of a column; None if it is none, or the unit another kind of thing."""
    if unit in {"", column.unit}:
        return number
    convert = _CONVERTERS.get(column.unit)
    if convert is None:
        return None
    try:
        return f"{convert(number.replace(',', ''), unit):.10g}"
    except (BadInputError, ValueError, KeyError):
        return None


def unit_in(name: str) -> str:
    """The unit that a header names in brackets or behind its last space; empty if none.

    >>> unit_in("Activity (mCi)"), unit_in("运输时长（小时）"), unit_in("Transit min"), unit_in("Site")
    ('mCi', 'h', 'min', '')
    """
    bracket = re.search(r"[(\[（【]([^)\]）】]+)[)\]）】]\s*$", name)
    last = re.split(r"[\s_/]+", name.strip())[-1]
    word = (bracket[1] if bracket else last).strip()
    plain = UNIT_WORDS.get(word.lower(), word)
    return plain if plain.lower() in _KNOWN else ""


def _stated(cell: str, how: How, column: Column) -> str:
    """A cell as the plan says that it is meant."""
    if cell in how.values:
        return how.values[cell]
    if not cell:
        return ""
    if how.date_format and column.kind == "date":
        return _day(cell, how.date_format)
    if how.zone and column.kind == "instant":
        return _instant(cell, how.zone)
    if how.unit:
        return converted(cell, how.unit, column) or cell
    return _words(cell, column)


def _words(cell: str, column: Column) -> str:
    """Ways of writing that only planners of timetables use."""
    plain = cell.strip().lower()
    if column.kind == "weekdays":
        found = {**_DAILY, **_WORKDAYS}.get(plain)
        if found:
            return found
        if _DAY_NUMBERS.fullmatch(plain):
            # 1 is Monday in ISO 8601, and in the timetables of airlines.
            digits = sorted({int(one) for one in plain if one.isdigit()})
            return " ".join(WEEKDAY_NAMES[one - 1] for one in digits)
        return re.sub(r"\s+(to|through)\s+", "-", re.sub(r"\s+and\s+|&|\+", " ", cell))
    if column.kind == "clock":
        digits_only = _CLOCK_DIGITS.fullmatch(plain)
        return f"{digits_only[1]}:{digits_only[2]}" if digits_only else cell
    return cell


def _mended(bad: BadCell, column: Column, setting: Setting) -> str:
    """What a cell means that is no value of its column; empty if that is not certain."""
    if bad.bad.code in CERTAIN:
        return bad.bad.nearest
    if bad.bad.code == "not_an_integer":
        return bad.bad.nearest if float(bad.found) == float(bad.bad.nearest or "nan") else ""
    if bad.bad.code == "not_allowed" and column.kind == "yes/no":
        return bad.bad.nearest
    if bad.bad.code == "unknown_nuclide":
        try:
            return setting.nuclides[bad.found].name
        except UnknownNuclideError:
            return ""
    return ""


def _day(cell: str, form: str) -> str:
    """A day written in a form of the planner's; as it was if it is none."""
    try:
        return datetime.strptime(cell, form).replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return cell


def _instant(cell: str, zone: str) -> str:
    """A wall time with the offset of its zone; as it was if there is none or two such times."""
    moment = any_instant(cell.replace("/", "-"))
    if moment is None or moment.tzinfo is not None:
        return cell
    try:
        place = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return cell
    early, late = (moment.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    return cell if early.utcoffset() != late.utcoffset() else early.isoformat()


def _scaled(scales: Mapping[str, float]) -> Callable[[str, str], float]:
    return lambda number, unit: float(number) * scales[unit]


_CONVERTERS: dict[str, Callable[[str, str], float]] = {
    "GBq": lambda number, unit: parse_activity_bq(f"{number} {unit}") / 1e9,
    "GBq/mL": lambda number, unit: parse_concentration_bq_ml(f"{number} {unit}") / 1e9,
    "h": lambda number, unit: parse_duration_h(f"{number} {unit}"),
    "d": lambda number, unit: parse_duration_h(f"{number} {unit}") / 24,
    "min": lambda number, unit: parse_duration_h(f"{number} {unit}") * 60,
    "mL": lambda number, unit: parse_volume_ml(f"{number} {unit}"),
    "L": lambda number, unit: parse_volume_ml(f"{number} {unit}") / 1000,
    "km": _scaled(_KM),
    "%": _scaled(_PERCENT),
}
"""From a number in some unit to the unit of a column."""
_KNOWN = frozenset(
    {
        *("bq", "kbq", "mbq", "gbq", "tbq", "uci", "mci", "ci", "mci/ml", "gbq/ml", "mbq/ml"),
        *("s", "min", "h", "hr", "hours", "d", "days", "weeks", "ul", "ml", "l", "km", "mi", "%"),
    }
)
