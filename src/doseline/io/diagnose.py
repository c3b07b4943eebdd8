"""Why a cell has no value of its kind, and what was probably meant."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.io.hints import hints
from doseline.io.words import any_instant, read_clock, read_date, read_weekdays
from doseline.model.columns import WEEKDAY_NAMES
from doseline.model.nearest import nearest
from doseline.physics.units import parse_activity_bq, parse_duration_h, parse_volume_ml

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.columns import Column

_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_GLUED = re.compile(rf"(?P<number>{_PLAIN})\s*(?P<unit>[^\d\s.,+-].*)")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_ISO_CURRENCY = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_FIRST_EXCEL_DAY = datetime(1899, 12, 30, tzinfo=UTC)
_CHINESE_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """What is wrong with a cell, what is allowed there and what is nearest."""

    code: str
    allowed: str = ""
    nearest: str = ""


def diagnose(text: str, column: Column, currency: str) -> Bad:
    """What is wrong with a text that is no value of its column."""
    if column.kind in {"number", "integer", "money"}:
        return _number(text, column, currency)
    return _OTHERS[column.kind](text)


def _number(text: str, column: Column, currency: str) -> Bad:
    """A text in a column of numbers."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    if _NOT_FINITE.fullmatch(plain):
        return Bad(code="not_finite")
    if column.kind == "number" and re.fullmatch(_PLAIN, plain) and plain == text:
        return Bad(code="not_finite")
    money = _money_bad(plain, text, column, currency)
    if money:
        return money
    glued = _GLUED.fullmatch(plain)
    if glued:
        near = _in_unit(plain, glued["number"], glued["unit"].strip(), column.unit)
        return Bad(code="unit_in_number", allowed=column.unit, nearest=near)
    if column.kind == "integer" and re.fullmatch(_PLAIN, plain):
        near = f"{round(float(plain))}" if abs(float(plain)) < 1e15 else ""
        return Bad(code="not_an_integer", nearest=near)
    code = "not_money" if column.kind == "money" else "not_a_number"
    return Bad(code=code, allowed=column.unit, nearest=_as_number(plain, column))


def _as_number(text: str, column: Column) -> str:
    """The number without grouping, or with a point for a decimal comma, if that is clear."""
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        # "1,234" may be grouped or a decimal; two groups or a point decide, and money has cents.
        clear = text.count(",") > 1 or "." in text or column.unit.startswith("currency")
        return text.replace(",", "") if clear else ""
    point = text.replace(",", ".")
    return point if re.fullmatch(_PLAIN, point) else ""


def _money_bad(plain: str, text: str, column: Column, currency: str) -> Bad | None:
    """A currency in a cell of money: another one, or one too many."""
    if not column.unit.startswith("currency"):
        return None
    named = _ISO_CURRENCY.findall(plain)
    signs = [codes for sign, codes in hints().money.items() if sign in text]
    if not named and not signs:
        return None
    amount = re.sub(r"[^\d.,+-]", "", plain)
    near = amount if re.fullmatch(_PLAIN, amount) else _as_number(amount, column)
    same = named[0] == currency if named else any(currency in codes for codes in signs)
    if same:
        return Bad(code="unit_in_number", allowed=currency, nearest=near)
    return Bad(code="mixed_currency", allowed=currency)


def _in_unit(text: str, number: str, unit: str, wanted: str) -> str:
    """The number in the unit of the column, if it is known how to convert."""
    if unit.casefold() == wanted.casefold() or (unit == "%" and wanted == "%"):
        return number
    parsers: dict[str, Callable[[str], float]] = {
        "GBq": lambda text: parse_activity_bq(text) / 1e9,
        "h": parse_duration_h,
        "d": lambda text: parse_duration_h(text) / 24,
        "min": lambda text: parse_duration_h(text) * 60,
        "mL": parse_volume_ml,
    }
    if wanted not in parsers:
        return ""
    try:
        return f"{parsers[wanted](text):.10g}"
    except BadInputError:
        return ""


def _yes_no(text: str) -> Bad:
    near = {"y": "yes", "n": "no", "1": "yes", "0": "no", "是": "yes", "否": "no"}
    return Bad(code="not_allowed", allowed="yes, no", nearest=near.get(text.lower(), ""))


def _date(text: str) -> Bad:
    """A text in a column of days."""
    allowed = "YYYY-MM-DD"
    parts = re.fullmatch(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*", text)
    if parts:
        near = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}"
        known = read_date(near) is not None and near != text
        return Bad(code="not_a_date", allowed=allowed, nearest=near if known else "")
    if re.fullmatch(r"[3-6]\d{4}", text):
        day = _FIRST_EXCEL_DAY + timedelta(days=int(text))
        return Bad(code="not_a_date", allowed=allowed, nearest=day.date().isoformat())
    moment = any_instant(text)
    near = moment.date().isoformat() if moment else ""
    return Bad(code="not_a_date", allowed=allowed, nearest=near)


def _instant(text: str) -> Bad:
    """A text in a column of instants."""
    allowed = "YYYY-MM-DDTHH:MM±HH:MM"
    moment = any_instant(text)
    if moment is not None and moment.tzinfo is None:
        near = f"{moment:%Y-%m-%dT%H:%M}+00:00"
        return Bad(code="naive_instant", allowed=allowed, nearest=near)
    return Bad(code="not_an_instant", allowed=allowed)


def _clock(text: str) -> Bad:
    """A text in a column of wall times."""
    plain = unicodedata.normalize("NFKC", text).lower().replace(" ", "")
    parts = re.fullmatch(r"(\d{1,2})[:.h]?(\d{2})?(?::\d{2})?(am|pm)?", plain)
    near = ""
    if parts:
        hour = int(parts[1]) % 12 + (12 if parts[3] == "pm" else 0) if parts[3] else int(parts[1])
        near = read_clock(f"{hour:02}:{parts[2] or '00'}") or ("23:59" if hour == 24 else "")
    return Bad(code="not_a_clock", allowed="HH:MM (00:00 … 23:59)", nearest=near)


def _weekdays(text: str) -> Bad:
    """A text in a column of weekdays."""
    words = re.sub(r"[,;/、，]+", " ", unicodedata.normalize("NFKC", text))
    words = re.sub(r"\s*[-–—至到~]\s*", "-", words)
    near = " ".join("-".join(_day(part) for part in word.split("-")) for word in words.split())
    allowed = f"{' '.join(WEEKDAY_NAMES)}; Mon-Fri"
    known = read_weekdays(near) if near else None
    return Bad(code="bad_weekdays", allowed=allowed, nearest=known or "")


def _day(word: str) -> str:
    """The name of a day that a word stands for; the word itself if none."""
    for name in WEEKDAY_NAMES:
        if len(word) > 1 and word.lower().startswith(name.lower()[: max(2, len(word))]):
            return name
    last = word[-1:].replace("天", "日")
    if last and last in _CHINESE_DAYS:
        return WEEKDAY_NAMES[_CHINESE_DAYS.index(last)]
    return word


def _zone(text: str) -> Bad:
    """A text in a column of time zones."""
    known = sorted(zoneinfo.available_timezones())
    first = text.lower().replace("time", "").split("/")[-1].strip()
    called = hints().zones
    near = called.get(first) or called.get(first.split(" ")[0]) or nearest(text, known)
    if not near:
        cities = {zone.rsplit("/", 1)[-1]: zone for zone in known}
        near = cities.get(nearest(text.rsplit("/", 1)[-1], tuple(cities)), "")
    return Bad(code="unknown_zone", allowed="IANA, America/Chicago", nearest=near)


_OTHERS: dict[str, Callable[[str], Bad]] = {
    "yes/no": _yes_no,
    "date": _date,
    "instant": _instant,
    "clock": _clock,
    "weekdays": _weekdays,
    "zone": _zone,
}
