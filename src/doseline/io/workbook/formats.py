"""What the number format of a cell makes of its number: a date, a time, a percentage."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from doseline.io.workbook.xml import elements

if TYPE_CHECKING:
    from typing import IO

BUILT_IN = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 46, 47), "time"),
}
"""Formats that every program knows by number (ECMA-376, part 1, 18.8.30, with East Asian ones)."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a wall date
_LAST_SERIAL = 2_958_466
"""The day after 9999-12-31."""


def format_kinds(file: IO[bytes]) -> list[str]:
    """Kind of number by cell format, from the part ``styles.xml``."""
    codes: dict[int, str] = {}
    kinds: list[str] = []
    for tag, element in elements(file):
        if tag == "numFmt":
            codes[int(element.attrib["numFmtId"])] = element.attrib["formatCode"]
        elif tag == "cellXfs":
            numbers = [int(one.get("numFmtId", "0")) for one in element]
            kinds = [
                BUILT_IN.get(number) or kind_of_format(codes.get(number, "")) for number in numbers
            ]
    return kinds


def kind_of_format(code: str) -> str:
    """Kind of number that a format code shows.

    >>> [kind_of_format(one) for one in ("0.00", "yyyy-mm-dd", "h:mm", "0%", '0 "days"')]
    ['number', 'date', 'time', 'percent', 'number']
    """
    if _ELAPSED.search(code):
        return "time"
    plain = _QUOTED.sub("", code.partition(";")[0]).lower()
    if "general" in plain:
        return "number"
    if "y" in plain or "d" in plain:
        return "date"
    if "h" in plain or "s" in plain:
        return "time"
    if "m" in plain:
        return "date"
    return "percent" if "%" in plain else "number"


def moment_of(serial: float, *, from_1904: bool) -> datetime | None:
    """The wall time that a number of days stands for, to the second; None if it is none.

    >>> moment_of(46146.25, from_1904=False).isoformat()
    '2026-05-04T06:00:00'
    """
    # Excel takes 1900 for a leap year, so its first sixty days are a day off.
    if not 0 <= serial < _LAST_SERIAL or (not from_1904 and 0 < int(serial) <= 60):
        return None
    return _FIRST_DAY[from_1904] + timedelta(seconds=round(serial * 86_400))
