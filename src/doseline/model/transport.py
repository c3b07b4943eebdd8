"""Rows of transport: hubs, lanes and their weekly departures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from doseline.model.columns import Clock, Weekdays, Zone, column

PLACES = ("sources", "lines", "hubs", "sites")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A place where a dose changes vehicle: an airport or a depot."""

    hub: str = column("Short name of the hub", "枢纽简称", key=True)
    name: str = column("Name", "名称")
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One leg from place to place; on demand unless departures list when it leaves."""

    lane: str = column("Short name of the lane", "线路简称", key=True)
    mode: str = column("Vehicle", "运输方式", allowed=("road", "air_passenger", "air_cargo"))
    from_place: str = column("Where it starts", "起点", refers=("lines", "hubs"))
    to_place: str = column("Where it ends", "终点", refers=("hubs", "sites"))
    distance_km: float = column("Length of the leg", "里程", unit="km", minimum=0.0)
    duration_h: float = column("Departure to arrival", "运输时长", unit="h", minimum=0.0)
    handling_h: float = column(
        "Hand-over before an on-demand leg starts",
        "按需运输前交接时间",
        unit="h",
        minimum=0.0,
        default=0.5,
    )
    cost: Decimal = column("Cost of one package", "每件费用", unit="currency/package", minimum=0)
    on_time_percent: float = column(
        "Packages that arrive as planned", "准点率", unit="%", minimum=0.0, maximum=100.0
    )
    late_mean_h: float = column(
        "Mean delay of those that do not", "延误均值", unit="h", minimum=0.0, default=6.0
    )
    carrier: str = column("Who runs it", "承运人", default="")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """When a scheduled lane leaves each week, and the cut-off before it."""

    lane: str = column("Lane", "线路", refers=("lanes",), key=True)
    weekdays: Weekdays = column("Days it leaves", "发车/起飞星期", key=True)
    depart: Clock = column("Departure, wall time where it starts", "出发（起点当地时间）", key=True)
    cutoff_min: int = column(
        "Package must be handed over before departure", "截止提前", unit="min", minimum=0
    )
    valid_from: date | None = column("First day it runs", "开始日", default=None)
    valid_until: date | None = column("Last day it runs", "结束日", default=None)
