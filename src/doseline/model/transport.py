"""Rows of transport: hubs, lanes and their weekly departures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from doseline.model.columns import Clock, Weekdays, Zone, column

PLACES = ("sources", "lines", "hubs", "sites")
HUB_KINDS = ("airport", "depot", "pharmacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A place where a dose changes vehicle: an airport, a depot or a nuclear pharmacy.

    A pharmacy needs a licence to distribute the nuclide.
    """

    hub: str = column("Short name of the hub", "枢纽简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    kind: str = column("Kind of place", "类型", allowed=HUB_KINDS, default="airport")
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    weekdays: Weekdays | None = column(
        "Days it takes and gives packages; empty: every day", "收发货星期；空为每天", default=None
    )
    open: Clock = column("Opens, wall time", "开门（当地时间）", default=Clock("00:00"))
    close: Clock = column(
        "Closes, wall time; as the opening time: never",
        "关门；与开门相同则全天",
        default=Clock("00:00"),
    )
    calendar: str | None = column(
        "Calendar it follows", "所循日历", refers=("calendars",), default=None
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who runs lanes: an own fleet with so many vehicles, or a carrier that is paid per package."""

    carrier: str = column("Short name of the carrier", "承运方简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    own: bool = column("Own fleet", "是否自有车队", default=False)
    escorts: int = column("Escorts who travel with the driver", "押运员人数", minimum=0, default=0)
    escort_cost_per_h: Decimal = column(
        "Cost of one escort, there and back",
        "押运员每小时费用（往返）",
        unit="currency/h",
        minimum=0,
        default=Decimal(0),
    )
    drive_h_max: float | None = column(
        "Hours at the wheel before a rest; empty: crews change",
        "连续驾驶上限；空则轮换驾驶",
        unit="h",
        minimum=0.0,
        default=None,
    )
    rest_h: float = column("Length of that rest", "休息时长", unit="h", minimum=0.0, default=0.0)
    vehicles: int | None = column(
        "Vehicles; empty: as many as needed", "车辆数；空则不限", minimum=0, default=None
    )
    vehicle_h_per_day: float = column(
        "Hours a vehicle may be out a day",
        "每车每日可用时长",
        unit="h",
        minimum=0.0,
        maximum=24.0,
        default=24.0,
    )
    packages_per_trip: int = column(
        "Packages that one trip carries, when full", "每车次最多件数", minimum=1, default=1
    )
    cost_per_km: Decimal | None = column(
        "Cost of a vehicle of its own on the road; empty: its tours are not planned",
        "自有车辆行驶费用；空则不规划其巡回路线",
        unit="currency/km",
        minimum=0,
        default=None,
    )
    cost_per_h: Decimal | None = column(
        "Cost of such a vehicle and its driver while out; empty: its tours are not planned",
        "自有车辆及驾驶员外出费用；空则不规划其巡回路线",
        unit="currency/h",
        minimum=0,
        default=None,
    )
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
    carrier: str | None = column("Who runs it", "承运方", refers=("carriers",), default=None)
    calendar: str | None = column(
        "Calendar of its departures", "班次所循日历", refers=("calendars",), default=None
    )
    most_transport_index: float | None = column(
        "Sum of the transport index on one departure, at most; empty: what the law allows",
        "单班次运输指数总和上限；空则按法规",
        unit="1",
        minimum=0.0,
        default=None,
    )
    most_packages: int | None = column(
        "Packages on one departure, at most; empty: no limit",
        "单班次最多件数；空则不限",
        minimum=0,
        default=None,
    )
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
