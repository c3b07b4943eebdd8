"""Rows of treatment capacity: sites, suites, staff, scanners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.model.columns import Clock, NuclideName, Weekdays, Zone, column

SETTINGS = ("academic", "community", "office", "tertiary_a", "tertiary_b", "secondary")
WASTE_KINDS = ("solid", "effluent")
ROLES = ("authorised_user", "technologist", "nurse", "radiation_safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that treats patients."""

    site: str = column("Short name of the site", "治疗单位简称", key=True)
    name: str = column("Name; synthetic when the site is inferred", "名称；推断站点用虚拟名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    setting: str = column("Kind of site", "机构类型", allowed=SETTINGS)
    locality: str = column(
        "Local payment scheme it belongs to, in the words of the rulebook",
        "所属地方支付方案（规则手册用词）",
        default="",
    )
    discount: bool = column(
        "Buys under a public discount programme", "是否按公共折扣计划采购", default=False
    )
    charge_multiple: float | None = column(
        "What its price list says for a dose, as a multiple of the product's price; empty: unknown",
        "价目表对每剂的标价与产品采购价之比；空则不详",
        unit="1",
        minimum=0.0,
        default=None,
    )
    region: str = column("Region it stands in", "所在地区", refers=("regions",))
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    calendar: str | None = column(
        "Calendar it follows", "所循日历", refers=("calendars",), default=None
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A treatment suite: so many chairs, open on some days, in so many infusion slots a day."""

    suite: str = column("Short name of the suite", "治疗室简称", key=True)
    site: str = column("Site", "治疗单位", refers=("sites",))
    chairs: int = column("Chairs or beds", "治疗椅/床数", minimum=0)
    beds: int = column(
        "Shielded beds for patients who may not leave yet", "屏蔽病床数", minimum=0, default=0
    )
    weekdays: Weekdays = column("Days it treats", "治疗日")
    open: Clock = column("First infusion can start, wall time at the site", "开始（当地时间）")
    close: Clock = column("Last infusion must end", "结束（当地时间）")
    slots_per_day: int = column(
        "Infusion slots the day is divided into; a dose is ordered for the start of its slot",
        "每日时段数；剂量按时段开始时刻订购",
        minimum=1,
        default=2,
    )
    turnover_min: int = column(
        "Survey and cleaning after each infusion, while the chair is taken",
        "每次输注后的监测与清洁时间（占用治疗椅）",
        unit="min",
        minimum=0,
        default=0,
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
    start: Clock = column(
        "They work from, wall time at the site", "上班时刻（当地时间）", default=Clock("00:00")
    )
    end: Clock = column(
        "They work until; as the start: all day",
        "下班时刻；与上班时刻相同则全天",
        default=Clock("00:00"),
    )
    dose_budget_usv: float | None = column(
        "Effective dose that each person may get from infusions in a week; empty: no budget",
        "每人每周因输注所受有效剂量预算；空则不限",
        unit="µSv",
        minimum=0.0,
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Staff time that one infusion of a product takes, by role."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    role: str = column("Role", "岗位", allowed=ROLES, key=True)
    minutes: int = column("Staff minutes per infusion", "每次输注所需工时", unit="min", minimum=0)
    dose_usv: float = column(
        "Effective dose to the role, per infusion",
        "每次输注该岗位所受有效剂量",
        unit="µSv",
        minimum=0.0,
        default=0.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """A PET scanner with the weekly slots that it gives to the imaging that opens a therapy."""

    scanner: str = column("Short name of the scanner", "扫描仪简称", key=True)
    product: str = column(
        "Product whose eligibility it images", "对应治疗产品", refers=("products",), key=True
    )
    tracer: str = column("Tracer it uses", "示踪剂", refers=("tracers",))
    region: str = column("Region it stands in", "所在地区", refers=("regions",))
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    slots_per_week: float = column("Slots a week", "每周可用名额", unit="1/week", minimum=0.0)
    setting: str | None = column(
        "Kind of place it stands at; empty: its scans are not priced",
        "所在机构类型；空则不为其显像计价",
        allowed=SETTINGS,
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracer:
    """A PET tracer whose image opens a therapy."""

    tracer: str = column("Name of the tracer", "示踪剂", key=True)
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    nuclide: NuclideName = column("Nuclide", "核素")
    approved_from: date | None = column(
        "First day it may be used as an approved drug; empty: not approved",
        "获批上市日；空则未获批",
        default=None,
    )
    in_house: bool = column(
        "Hospitals may prepare it under their own licence", "医院可否自行制备", default=False
    )
    scan_code: str = column(
        "Service of the rulebook that prices a scan with it; empty: its scans are not priced",
        "规则手册中为其显像计价的服务；空则不计价",
        default="",
    )
    code: str = column(
        "Billing code of its dose, if it has one of its own", "示踪剂自身的计费代码", default=""
    )
    activity_gbq: float | None = column(
        "Activity of one dose, for a code that is billed by activity",
        "每剂活度（用于按活度计费的代码）",
        unit="GBq",
        minimum=0.0,
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerSupply:
    """Doses of a tracer that a place can give a week, within a time of delivery.

    A tracer without rows is never short.
    """

    tracer: str = column("Tracer", "示踪剂", refers=("tracers",), key=True)
    place: str = column(
        "Nuclear pharmacy, line or site that makes it",
        "制备单位",
        refers=("hubs", "lines", "sites"),
        key=True,
    )
    doses_per_week: float = column("Doses a week", "每周剂数", unit="1/week", minimum=0.0)
    reach_km: float = column(
        "Farthest scanner by road that it can serve", "可供最远里程", unit="km", minimum=0.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """People in training for a role at a site, and the day from which they count as its staff."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    role: str = column("Role", "岗位", allowed=ROLES, key=True)
    ready: date = column("First day they work", "上岗日", key=True)
    count: int = column("People", "人数", minimum=0)
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How much longer a new site takes for an infusion, and how soon it learns.

    Minutes of the n-th infusion are 1 + (first - 1) 2^(-n / halving) times the routine ones.
    """

    product: str = column("Product", "产品", refers=("products",), key=True)
    first_percent: float = column(
        "Time of a site's first infusion, as a share of the routine time",
        "首例耗时占常规耗时的比例",
        unit="%",
        minimum=100.0,
        maximum=1000.0,
    )
    halving_doses: float = column(
        "Infusions after which half of the excess is gone", "超出部分减半所需例数", minimum=0.1
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteStream:
    """Waste that one infusion of a product leaves, and how long it is held."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    kind: str = column("Kind of waste", "废物类型", allowed=WASTE_KINDS, key=True)
    litres: float = column(
        "Volume of one infusion, its stay included",
        "每次给药（含住院）产生的体积",
        unit="L",
        minimum=0.0,
    )
    hold_days: float = column(
        "Held for decay before it is released", "衰变贮存时长", unit="d", minimum=0.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteStore:
    """A decay room or the effluent tanks of a site; a kind without a row is not limited."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    kind: str = column("Kind of waste", "废物类型", allowed=WASTE_KINDS, key=True)
    capacity_l: float = column("Volume it can hold", "容量", unit="L", minimum=0.0)
    held_l: float = column(
        "Volume held at the start, freed evenly over the longest holding time",
        "期初存量（按最长贮存期均匀释放）",
        unit="L",
        minimum=0.0,
        default=0.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
