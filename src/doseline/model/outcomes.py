"""Rows of what a trial found for a product: what treatment is worth to who gets it in time."""

from __future__ import annotations

from dataclasses import dataclass

from doseline.model.columns import column

ENDPOINTS = ("pfs", "os")
"""Progression-free survival, overall survival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutcome:
    """Survival of a trial's control arm, and the hazard ratio of the product against it.

    A product without rows has no outcomes told. The rows of a product should be of one trial.
    """

    product: str = column("Product", "产品", refers=("products",), key=True)
    endpoint: str = column(
        "Progression-free (pfs) or overall survival (os)",
        "无进展生存（pfs）或总生存（os）",
        allowed=ENDPOINTS,
        key=True,
    )
    trial: str = column("Short name of the trial", "试验简称")
    control_median_months: float = column(
        "Median of the control arm", "对照组中位数", unit="month", minimum=0.1
    )
    hazard_ratio: float = column("Published hazard ratio", "公布的风险比", minimum=0.01)
    low: float = column("Lower end of its interval", "其区间下限", minimum=0.01)
    high: float = column("Upper end of its interval", "其区间上限", minimum=0.01)
    crossover_percent: float = column(
        "Control patients who crossed over to the product",
        "对照组转用该产品的比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    weight_low: float | None = column(
        "Quality weight of the time before this end, at least; empty: no QALY is told",
        "该终点之前时间的生命质量权重下限；空则不计算QALY",
        minimum=0.0,
        maximum=1.0,
        default=None,
    )
    weight_high: float | None = column(
        "The same, at most (an assumption where no source is named)",
        "同上，上限（未注明来源者为假设）",
        minimum=0.0,
        maximum=1.0,
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
