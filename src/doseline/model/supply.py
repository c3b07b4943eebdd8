"""Rows of the supply side: evidence, products, isotope sources, lines and batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from doseline.model.columns import Clock, NuclideName, Weekdays, Zone, column

EVIDENCE_KINDS = ("official", "published", "secondary", "computed", "assumption")
CONFIDENCES = ("high", "medium", "low")
CHANNELS = ("commercial", "in_house", "trial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a figure rests on: a source, a computation or an assumption."""

    evidence: str = column("Short name that other tables cite", "供其他表引用的简称", key=True)
    kind: str = column("What it is", "类别", allowed=EVIDENCE_KINDS)
    title: str = column("Title of the source, or what is assumed and why", "来源标题或假设说明")
    title_zh: str = column("The title in Chinese", "中文标题", default="")
    address: str = column("Where it can be read", "出处地址", default="")
    as_of: date | None = column("Date of the figure", "数据日期", default=None)
    confidence: str = column("How far it is trusted", "可信度", allowed=CONFIDENCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A radiopharmaceutical as its label describes it."""

    product: str = column("Short name of the product", "产品简称", key=True)
    name: str = column("Full name", "全称")
    name_zh: str = column("Full name in Chinese", "中文全称", default="")
    nuclide: NuclideName = column("Nuclide that is delivered", "核素")
    hcpcs: str = column("Billing code, if there is one", "计费代码", default="")
    activity_gbq: float = column(
        "Activity of one dose at administration", "每剂给药活度", unit="GBq", minimum=0.0
    )
    tolerance_percent: float = column(
        "Tolerance of the activity at administration",
        "给药活度允差",
        unit="%",
        minimum=0.0,
        maximum=50.0,
        default=10.0,
    )
    concentration_gbq_per_ml: float = column(
        "Concentration at calibration", "校准时刻放射性浓度", unit="GBq/mL", minimum=0.0
    )
    volume_min_ml: float = column("Smallest vial volume", "最小装量", unit="mL", minimum=0.0)
    volume_max_ml: float = column("Largest vial volume", "最大装量", unit="mL", minimum=0.0)
    shelf_life_h: float = column(
        "Shelf life from calibration", "自校准起有效期", unit="h", minimum=0.0
    )
    interval_days: int = column("Label interval between doses", "给药间隔", unit="d", minimum=1)
    interval_min_days: int | None = column(
        "Shortest interval that may be planned; empty: the label interval",
        "可计划的最短间隔；空则为标签间隔",
        unit="d",
        minimum=1,
        default=None,
    )
    interval_max_days: int | None = column(
        "Longest interval that may be planned; empty: no maximum",
        "可计划的最长间隔；空则不限",
        unit="d",
        minimum=1,
        default=None,
    )
    cycles_max: int = column("Largest number of doses of a course", "最多疗程次数", minimum=1)
    continue_percent: float = column(
        "Patients who go on to the next dose",
        "继续下一次给药的比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    in_time_days: int | None = column(
        "W: the first dose is in time up to this many days after T0; empty: two intervals",
        "W：自T0起多少天内首次给药算及时；空则为两个间隔",
        unit="d",
        default=None,
        minimum=1,
    )
    exit_median_days: float = column(
        "Median time to clinical exit (progression beyond treatment, or death) while waiting",
        "等待期间临床退出的中位时间",
        unit="d",
        minimum=0.0,
    )
    order_lead_days: int = column(
        "Days before the infusion by which a dose must be ordered",
        "须提前订购天数",
        unit="d",
        minimum=0,
    )
    chair_min: int = column(
        "Minutes a chair is taken by one infusion", "占用治疗椅时间", unit="min", minimum=1
    )
    pot_transmission: float = column(
        "Share of the dose rate that the transport pot lets through",
        "运输铅罐透射比",
        unit="1",
        minimum=0.0,
        maximum=1.0,
    )
    biological_half_life_h: float | None = column(
        "Biological half-life of what the patient retains; empty: nothing is excreted",
        "患者体内滞留部分的生物半衰期；空则不排泄",
        unit="h",
        minimum=0.0,
        default=None,
    )
    fast_cleared_percent: float = column(
        "Share that leaves the patient in a first, fast phase",
        "首相快速清除的比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    fast_half_life_h: float | None = column(
        "Biological half-life of the fast phase",
        "快速相生物半衰期",
        unit="h",
        minimum=0.0,
        default=None,
    )
    segregation: str = column(
        "Class of isotopes that a line may not mix without a changeover; empty: none",
        "产线隔离类别；空则无",
        default="",
    )
    residual_percent: float = column(
        "Activity that stays in vial and lines",
        "瓶及管路残留",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=1.0,
    )
    impurity: NuclideName | None = column("Long-lived impurity", "长寿命杂质", default=None)
    impurity_percent: float = column(
        "Impurity activity as a share of the dose at administration",
        "杂质活度占比",
        unit="%",
        minimum=0.0,
        default=0.0,
    )
    price: Decimal = column(
        "What the treating hospital pays for one dose",
        "医院每剂采购价",
        unit="currency/dose",
        minimum=0,
    )
    discount_price: Decimal | None = column(
        "The same for a site that buys under a public discount programme; empty: the price",
        "按公共折扣计划采购的单位每剂采购价；空则同采购价",
        unit="currency/dose",
        minimum=0,
        default=None,
    )
    assumed: str = column(
        "Columns of the row that are assumptions, whatever its evidence says; separated by spaces",
        "该行中属于假设的列（与依据无关），以空格分隔",
        default="",
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place where an isotope is made."""

    source: str = column("Short name of the source", "同位素来源简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    nuclide: NuclideName = column("Nuclide it delivers", "核素")
    route: str = column(
        "Production route", "生产途径", allowed=("nca", "ca", "generator", "cyclotron")
    )
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A weekly isotope delivery: so much activity at a reference time, delivered to one line."""

    lot: str = column("Short name of the weekly lot", "每周批料简称", key=True)
    source: str = column("Source that makes it", "来源", refers=("sources",))
    line: str = column("Line that receives it", "接收产线", refers=("lines",))
    weekday: Weekdays = column("Day of the reference time", "参考时刻所在星期")
    reference: Clock = column(
        "Reference time, wall time at the source", "参考时刻（来源地当地时间）"
    )
    lead_h: float = column(
        "From reference time to arrival at the line", "参考时刻到到货", unit="h", minimum=0.0
    )
    capacity_gbq: float = column(
        "Activity at reference time, at most", "参考时刻最大活度", unit="GBq", minimum=0.0
    )
    price_per_gbq: Decimal = column(
        "Price of the isotope at reference time", "参考时刻单价", unit="currency/GBq", minimum=0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyChange:
    """What a source can deliver in a period, as a share of its lots: a ramp, an outage, a shortage."""

    source: str = column("Source", "来源", refers=("sources",), key=True)
    valid_from: date = column("First reference day it holds for", "起始日（参考日）", key=True)
    valid_until: date | None = column(
        "Last reference day; empty: until the next row", "终止日；空则至下一行", default=None
    )
    available_percent: float = column(
        "Share of each lot's capacity that can be had",
        "可供比例（占批料能力）",
        unit="%",
        minimum=0.0,
        maximum=1000.0,
    )
    cause: str = column("Why", "原因", allowed=("ramp", "outage", "shortage", "maintenance"))
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeover:
    """Cleaning and clearance of a line between batches of two segregation classes.

    A line with rows makes one batch at a time; a pair of classes without a row needs no pause.
    """

    line: str = column("Line", "产线", refers=("lines",), key=True)
    from_class: str = column("Class of the batch before", "前一批隔离类别", key=True)
    to_class: str = column("Class of the batch after", "后一批隔离类别", key=True)
    hours: float = column(
        "From the end of synthesis to the next start", "清场换产时长", unit="h", minimum=0.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A licensed manufacturing line."""

    line: str = column("Short name of the line", "产线简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    operator: str = column("Who runs it", "运营方", default="")
    channel: str = column(
        "Channel of its doses",
        "渠道",
        allowed=CHANNELS,
        default="commercial",
    )
    owner: str | None = column(
        "Hospital that runs the line and bears its costs; empty: a maker",
        "运营并承担成本的医院；空则为生产企业",
        refers=("sites",),
        default=None,
    )
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    calendar: str | None = column(
        "Calendar it follows", "所循日历", refers=("calendars",), default=None
    )
    ship_at_risk: bool = column(
        "Doses may leave at calibration, in quarantine; none is infused before its release",
        "校准后、放行前可在待检状态下发运；放行前一律不得输注",
        default=False,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A weekly batch slot of a line: calibration is the end of synthesis, release the end of QC."""

    batch: str = column("Short name of the weekly batch slot", "每周生产时段简称", key=True)
    line: str = column("Line", "产线", refers=("lines",))
    product: str = column("Product that it makes", "产品", refers=("products",))
    weekday: Weekdays = column("Day synthesis starts", "合成开始星期")
    start: Clock = column("Start of synthesis, wall time at the line", "合成开始（当地时间）")
    synthesis_h: float = column(
        "Synthesis and dispensing, to calibration", "合成分装时长", unit="h", minimum=0.0
    )
    qc_h: float = column(
        "Quality control, calibration to release", "质检时长", unit="h", minimum=0.0
    )
    max_activity_gbq: float = column(
        "Activity at calibration, at most", "校准时刻最大活度", unit="GBq", minimum=0.0
    )
    max_doses: int = column("Vials, at most", "最大瓶数", minimum=0)
    yield_percent: float = column(
        "Isotope activity that ends in vials, apart from decay",
        "收率（不计衰变）",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    failure_percent: float = column(
        "Probability that the batch fails", "批失败概率", unit="%", minimum=0.0, maximum=100.0
    )
    fixed_cost: Decimal = column(
        "Cost of running the batch", "每批固定成本", unit="currency/batch", minimum=0
    )
    dose_cost: Decimal = column(
        "Cost of each vial", "每瓶变动成本", unit="currency/dose", minimum=0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A permission of one place for one nuclide, with its dates and its possession limit."""

    licence: str = column("Short name of the licence", "许可证简称", key=True)
    holder: str = column(
        "Source, line, pharmacy or site that holds it",
        "持证单位",
        refers=("sources", "lines", "hubs", "sites"),
    )
    operation: str = column(
        "What it permits", "许可事项", allowed=("supply", "make", "distribute", "treat")
    )
    nuclide: NuclideName = column("Nuclide", "核素")
    valid_from: date = column("First day it holds", "生效日")
    valid_until: date = column("Last day it holds", "失效日")
    training_until: date | None = column(
        "Last day on which the authorised user's and site's training holds",
        "人员与场所培训有效期",
        default=None,
    )
    possession_gbq: float | None = column(
        "Possession limit at any instant: stock, waste and arrivals together; empty: none stated",
        "任一时刻最大持有活度（库存、废物、到货合计）",
        unit="GBq",
        minimum=0.0,
        default=None,
    )
    daily_gbq: float | None = column(
        "Daily operating quantity, at most, weighted as the rulebook says; empty: none stated",
        "日等效最大操作量（按规则手册修正）；空则未规定",
        unit="GBq",
        minimum=0.0,
        default=None,
    )
    annual_gbq: float | None = column(
        "Activity administered in a year, at most; empty: none stated",
        "年最大用量；空则未规定",
        unit="GBq",
        minimum=0.0,
        default=None,
    )
    annual_used_gbq: float = column(
        "Of that, used before the planned week",
        "计划周之前本年已用量",
        unit="GBq",
        minimum=0.0,
        default=0.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
