"""Work calendars of 2026: the State Council's holidays with make-up workdays, and a maker's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

PUBLIC = "cn"
MAKER = "cn-maker"

_CLOSED = (
    # first day, last day, name, Chinese name
    (date(2026, 1, 1), date(2026, 1, 3), "New Year", "元旦"),
    (date(2026, 2, 15), date(2026, 2, 23), "Spring Festival", "春节"),
    (date(2026, 4, 4), date(2026, 4, 6), "Qingming", "清明节"),
    (date(2026, 5, 1), date(2026, 5, 5), "Labour Day", "劳动节"),
    (date(2026, 6, 19), date(2026, 6, 21), "Dragon Boat Festival", "端午节"),
    (date(2026, 9, 25), date(2026, 9, 27), "Mid-Autumn Festival", "中秋节"),
    (date(2026, 10, 1), date(2026, 10, 7), "National Day", "国庆节"),
)
_MAKE_UP = (
    # day worked, weekday whose work it takes over, Chinese name
    (date(2026, 1, 4), "Fri", "New Year", "元旦"),
    (date(2026, 2, 14), "Fri", "Spring Festival", "春节"),
    (date(2026, 2, 28), "Mon", "Spring Festival", "春节"),
    (date(2026, 5, 9), "Tue", "Labour Day", "劳动节"),
    (date(2026, 9, 20), "Tue", "National Day", "国庆节"),
    (date(2026, 10, 10), "Wed", "National Day", "国庆节"),
)
"""Which weekday a make-up workday stands for is read off the workdays that it replaces."""

_MAKER_CLOSED = (
    (date(2026, 1, 1), date(2026, 1, 1), "New Year", "元旦"),
    (date(2026, 2, 16), date(2026, 2, 19), "Spring Festival", "春节"),
    (date(2026, 5, 1), date(2026, 5, 2), "Labour Day", "劳动节"),
)


def calendar_rows() -> Rows:
    """The public calendar, which hospitals follow, and the calendar of the makers."""
    return [
        {
            "calendar": PUBLIC,
            "name": "Public holidays and make-up workdays",
            "name_zh": "法定节假日与调休",
            "evidence": "holidays-2026",
        },
        {
            "calendar": MAKER,
            "name": "Makers: statutory days only, work on the others",
            "name_zh": "生产企业：仅法定假日停产",
            "evidence": "maker-calendar",
        },
    ]


def holiday_rows() -> Rows:
    """Closed days and make-up workdays."""
    rows: Rows = []
    for calendar, spans in ((PUBLIC, _CLOSED), (MAKER, _MAKER_CLOSED)):
        for first, last, name, name_zh in spans:
            for step in range((last - first).days + 1):
                day = first + timedelta(days=step)
                rows.append({"calendar": calendar, "day": day, "name": name, "name_zh": name_zh})
    for day, runs_as, name, name_zh in _MAKE_UP:
        rows.append(
            {
                "calendar": PUBLIC,
                "day": day,
                "runs_as": runs_as,
                "name": f"{name}: make-up workday",
                "name_zh": f"{name_zh}调休上班",
            }
        )
    return sorted(rows, key=lambda row: (row["calendar"], row["day"]))
