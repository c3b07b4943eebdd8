"""Rows of work calendars: days on which a place is closed, or works as on another weekday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.model.columns import Weekdays, column


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """A calendar that lines, hubs, lanes and sites may follow."""

    calendar: str = column("Short name of the calendar", "日历简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day on which a calendar departs from the weekly rhythm: closed, or a make-up workday."""

    calendar: str = column("Calendar", "日历", refers=("calendars",), key=True)
    day: date = column("Day, at the place that follows the calendar", "日期（当地）", key=True)
    runs_as: Weekdays | None = column(
        "The one weekday whose timetable applies, e.g. Mon on a make-up Saturday; empty: closed",
        "按星期几的安排运行（如调休的周六按周一）；空表示休息",
        default=None,
    )
    name: str = column("Name of the day", "节日名称", default="")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
