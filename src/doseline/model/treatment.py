"""Rows of treatment capacity: sites, suites, staff, scanners."""

from __future__ import annotations

from dataclasses import dataclass

from doseline.model.columns import Clock, Weekdays, Zone, column

SETTINGS = ("academic", "community", "office")
ROLES = ("authorised_user", "technologist", "nurse", "radiation_safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that treats patients."""

    site: str = column("Short name of the site", "治疗单位简称", key=True)
    name: str = column("Name; synthetic when the site is inferred", "名称；推断站点用虚拟名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    setting: str = column("Kind of site", "机构类型", allowed=SETTINGS)
    region: str = column("Region it stands in", "所在地区", refers=("regions",))
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A treatment suite: so many chairs, open on some days, in so many infusion slots a day."""

    suite: str = column("Short name of the suite", "治疗室简称", key=True)
    site: str = column("Site", "治疗单位", refers=("sites",))
    chairs: int = column("Chairs or beds", "治疗椅/床数", minimum=0)
    weekdays: Weekdays = column("Days it treats", "治疗日")
    open: Clock = column("First infusion can start, wall time at the site", "开始（当地时间）")
    close: Clock = column("Last infusion must end", "结束（当地时间）")
    slots_per_day: int = column(
        "Infusion slots the day is divided into; a dose is ordered for the start of its slot",
        "每日时段数；剂量按时段开始时刻订购",
        minimum=1,
        default=2,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Staff of one role at a site."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    role: str = column("Role", "岗位", allowed=ROLES, key=True)
    count: int = column("People", "人数", minimum=0)
    weekdays: Weekdays = column("Days they work", "工作日")
    hours_per_day: float = column(
        "Hours each gives to this therapy a day",
        "每人每日用于本治疗的工时",
        unit="h",
        minimum=0.0,
        maximum=24.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Staff time that one infusion of a product takes, by role."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    role: str = column("Role", "岗位", allowed=ROLES, key=True)
    minutes: int = column("Staff minutes per infusion", "每次输注所需工时", unit="min", minimum=0)
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """A PET scanner with the weekly slots that it gives to the imaging that opens a therapy."""

    scanner: str = column("Short name of the scanner", "扫描仪简称", key=True)
    product: str = column(
        "Product whose eligibility it images", "对应治疗产品", refers=("products",), key=True
    )
    tracer: str = column("Licensed tracer it uses", "示踪剂")
    region: str = column("Region it stands in", "所在地区", refers=("regions",))
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    slots_per_week: float = column("Slots a week", "每周可用名额", unit="1/week", minimum=0.0)
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
