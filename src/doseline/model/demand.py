"""Rows of demand: regions, incidence, pathway gates, payers, orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doseline.model.columns import Zone, column

GATES = (
    "reach",
    "referral",
    "scanner_reach",
    "imaging",
    "positive",
    "board",
    "scheduling",
)
"""Gates of the patient's pathway that a network sets; authorisation belongs to the payer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An area where people live, as a point with its population."""

    region: str = column("Code of the region", "地区代码", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    part_of: str = column("State or province", "州/省", default="")
    part_of_zh: str = column("State or province in Chinese", "州/省中文名称", default="")
    lat: float = column("Latitude (WGS-84)", "纬度", unit="deg", minimum=-90.0, maximum=90.0)
    lon: float = column("Longitude (WGS-84)", "经度", unit="deg", minimum=-180.0, maximum=180.0)
    zone: Zone = column("Time zone", "时区")
    population: int = column("People", "人口", minimum=0, maximum=10_000_000_000)
    rural: bool = column(
        "Rural, as its evidence defines it", "是否农村（定义见其依据）", default=False
    )
    deprivation: float | None = column(
        "Deprivation rank, 0 least to 1 most",
        "贫困程度排名",
        unit="1",
        minimum=0.0,
        maximum=1.0,
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """New episodes a year in a region, before imaging."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    region: str = column("Region", "地区", refers=("regions",), key=True)
    per_year: float = column(
        "Episodes whose clock starts, a year",
        "每年新增例数",
        unit="1/year",
        minimum=0.0,
        maximum=1_000_000,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of the pathway of a product: who passes, how long it takes, and its standard."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    gate: str = column("Gate", "环节", allowed=GATES, key=True)
    pass_percent: float = column(
        "Patients who pass", "通过率", unit="%", minimum=0.0, maximum=100.0
    )
    rural_pass_percent: float | None = column(
        "The same for rural regions; empty: as elsewhere",
        "农村通过率",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=None,
    )
    median_days: float = column(
        "Median time it takes", "中位时长", unit="d", minimum=0.0, default=0.0
    )
    p90_days: float = column(
        "Time within which 90 % are through", "90%分位时长", unit="d", minimum=0.0, default=0.0
    )
    standard_days: float = column(
        "Standard: beyond it the link counts as slow",
        "标准时长",
        unit="d",
        minimum=0.0,
        default=0.0,
    )
    max_km: float | None = column(
        "Farthest a patient travels for it; empty: no limit",
        "最远就医距离",
        unit="km",
        minimum=0.0,
        default=None,
    )
    assumed: str = column(
        "Columns of the row that are assumptions, whatever its evidence says; separated by spaces",
        "该行中属于假设的列（与依据无关），以空格分隔",
        default="",
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who pays, by which rules, and the authorisation it asks for."""

    payer: str = column("Short name of the payer segment", "支付方简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    segment: str = column("Segment of the rulebook that prices it", "规则手册中的支付类别")
    contract: str = column(
        "Form of its contract, a name of the rulebook; empty: as the segment usually pays",
        "合同形式（规则手册用词）；空则按该类别惯例",
        default="",
    )
    cover: str = column(
        "Cover that its patients have beside it, a name of the rulebook; empty: none",
        "患者的补充保障（规则手册用词）；空则无",
        default="",
    )
    denied_percent: float = column(
        "Requests finally denied", "最终拒付率", unit="%", minimum=0.0, maximum=100.0, default=0.0
    )
    median_days: float = column(
        "Median time of authorisation; 0: none needed",
        "授权中位时长",
        unit="d",
        minimum=0.0,
        default=0.0,
    )
    p90_days: float = column(
        "Time within which 90 % are decided", "授权90%分位", unit="d", minimum=0.0, default=0.0
    )
    standard_days: float = column(
        "Standard for the decision", "授权标准时长", unit="d", minimum=0.0, default=0.0
    )
    cannot_pay_percent: float = column(
        "Patients who cannot pay their own share",
        "无力自付比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    assumed: str = column(
        "Columns of the row that are assumptions, whatever its evidence says; separated by spaces",
        "该行中属于假设的列（与依据无关），以空格分隔",
        default="",
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerShare:
    """Share of a product's patients that a payer covers."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    payer: str = column("Payer", "支付方", refers=("payers",), key=True)
    share_percent: float = column(
        "Share of patients", "患者占比", unit="%", minimum=0.0, maximum=100.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A dose that is wanted for one patient in a window of days."""

    order: str = column("Short name of the order", "订单号", key=True)
    patient: str = column("Pseudonym of the patient", "患者化名")
    product: str = column("Product", "产品", refers=("products",))
    site: str = column("Treating site", "治疗单位", refers=("sites",))
    kind: str = column("New start or continuing cycle", "首次或后续", allowed=("new", "continuing"))
    earliest: date = column("First day wanted, at the site", "最早日期")
    latest: date = column("Last day wanted, at the site", "最晚日期")
    payer: str = column("Payer", "支付方", refers=("payers",))
    last_infusion: date | None = column(
        "Day of the dose before; the product's interval counts from it. Empty: none, or not known",
        "上一次给药日，给药间隔自此计算；空则无或不详",
        default=None,
    )
    ordered: datetime | None = column(
        "When it was ordered, with offset; empty: in time for every day",
        "下单时刻（含时区偏移）；空则对任何日期均及时",
        default=None,
    )
    promised: date | None = column(
        "Day promised to the patient and the site; empty: none yet",
        "已承诺的给药日；空则尚未承诺",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one party spends on one item, beyond batches, lanes and isotope."""

    item: str = column("Short name of the item", "成本项目", key=True)
    party: str = column(
        "Who bears it",
        "承担方",
        allowed=("hospital", "maker", "carrier", "developer", "payer", "patient"),
    )
    per: str = column(
        "What it is counted by", "计量", allowed=("dose", "infusion", "episode", "site_week")
    )
    product: str | None = column(
        "Product; empty: all", "产品；空为全部", refers=("products",), default=None
    )
    amount: float = column("Amount", "金额", unit="currency", minimum=0.0)
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
