"""Rows that bear on years, not on weeks: growth, lines over time, courses that go otherwise.

``doseline simulate`` reads them; ``run`` and ``plan``, which look at weeks, do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.model.columns import column

SEXES = ("female", "male")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the incidence of a product's patients grows; a product without a row stays as it is."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    growth_percent: float = column(
        "Growth a year, compounded, from the start of the cohort on",
        "自队列开始起的年增长率（复合）",
        unit="%",
        minimum=-100.0,
        maximum=1000.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What of its batches a line can make in a period: an opening, a stop, a ramp."""

    line: str = column("Line", "产线", refers=("lines",), key=True)
    valid_from: date = column("First day it holds for, at the line", "起始日", key=True)
    valid_until: date | None = column(
        "Last day; empty: until the next row", "终止日；空则至下一行", default=None
    )
    available_percent: float = column(
        "Share of each batch's doses and activity that can be made",
        "可生产比例（占每批剂数与活度）",
        unit="%",
        minimum=0.0,
        maximum=1000.0,
    )
    cause: str = column(
        "Why", "原因", allowed=("opening", "ramp", "quality_stop", "maintenance", "closing")
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRisk:
    """How often quality control does not release a batch that was made; without a row, never."""

    line: str = column("Line", "产线", refers=("lines",), key=True)
    failed_percent: float = column(
        "Batches made, but not released",
        "已生产但未获放行的批次",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """First denials of a payer and what appeals do to them.

    How many appeals are won follows from the share that stays denied (``payers.denied_percent``).
    """

    payer: str = column("Payer", "支付方", refers=("payers",), key=True)
    first_denied_percent: float = column(
        "Requests denied at first", "首次拒付率", unit="%", minimum=0.0, maximum=100.0
    )
    appealed_percent: float = column(
        "Denied requests that are appealed", "被拒后申诉比例", unit="%", minimum=0.0, maximum=100.0
    )
    median_days: float = column("Median time of an appeal", "申诉中位时长", unit="d", minimum=0.0)
    p90_days: float = column(
        "Time within which 90 % are decided", "申诉90%分位", unit="d", minimum=0.0, default=0.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEvents:
    """What becomes of courses beside the plan: held, cut, repeated; without a row, nothing."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    hold_new_percent: float = column(
        "First doses held back on the day (blood counts and the like)",
        "当日暂缓的首次给药（血象等）",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    hold_continuing_percent: float = column(
        "Later doses held back on the day",
        "当日暂缓的后续给药",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    hold_weeks: int = column(
        "Weeks until a held dose is ordered again",
        "暂缓后重新订购的间隔",
        unit="week",
        minimum=1,
        default=1,
    )
    cut_percent: float = column(
        "Doses given at a lower activity",
        "减量给药比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    cut_to_percent: float = column(
        "That activity, as a share of the full dose",
        "减量后的活度占比",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=100.0,
    )
    retreat_percent: float = column(
        "Finished courses that are followed by another, once",
        "完成疗程后再治疗（一次）的比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    retreat_after_days: int = column(
        "From the last dose to the wish for the next course",
        "末次给药至再治疗的间隔",
        unit="d",
        minimum=0,
        default=0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientShare:
    """Sex and age of a product's patients: told in results, never used to allocate."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    sex: str = column("Sex", "性别", allowed=SEXES, key=True)
    age_from: int = column(
        "Youngest age of the group; it ends where the next begins",
        "年龄组下限（至下一组为止）",
        unit="year",
        minimum=0,
        maximum=120,
        key=True,
    )
    share_percent: float = column(
        "Share of patients", "患者占比", unit="%", minimum=0.0, maximum=100.0
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
