"""Rows of ordering: cut-off calendars, the commitment ladder, continuation and hospital listing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.model.columns import Clock, Weekdays, Zone, column


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderingCutoff:
    """The last moment at which a dose for some days of infusion can be ordered.

    A product without rows is ordered ``order_lead_days`` ahead.
    """

    product: str = column("Product", "产品", refers=("products",), key=True)
    infusion_weekdays: Weekdays = column(
        "Days of infusion that it is for", "适用的给药星期", key=True
    )
    days_before: int = column(
        "Days from the cut-off to the infusion", "截止日距给药的天数", unit="d", minimum=0
    )
    clock: Clock = column("Wall time of the cut-off", "截止时刻（当地时间）")
    zone: Zone = column("Time zone of that wall time", "时区")
    calendar: str | None = column(
        "Calendar of the maker: a cut-off on a closed day moves to the last working day before",
        "生产方日历：截止日逢休则提前至前一工作日",
        refers=("calendars",),
        default=None,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One rung of the commitment ladder: what calling off or moving a dose costs from then on."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    days_before: int = column(
        "Applies from so many days before the infusion, until the next rung",
        "自给药前多少天起适用，至下一级为止",
        unit="d",
        minimum=0,
        key=True,
    )
    may_move: bool = column("The dose may still be moved to another day", "是否仍可改期")
    fee_percent: float = column(
        "Fee for calling it off, as a share of its price",
        "取消费占单价比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Doses of a week that go to new starts or to continuing courses, at most: a published rule.

    A quota without site and ``part_of`` is that of the whole network. There is none by payer.
    """

    quota: str = column("Short name of the quota", "配额简称", key=True)
    product: str = column("Product", "产品", refers=("products",))
    kind: str = column(
        "New starts or continuing cycles", "首次或后续", allowed=("new", "continuing")
    )
    site: str | None = column(
        "Treating site; empty: several", "治疗单位；空则不限于一家", refers=("sites",), default=None
    )
    part_of: str = column(
        "State or province of the sites' regions; empty: anywhere",
        "治疗单位所在州/省；空则不限",
        default="",
    )
    doses_per_week: int = column("Doses a week", "每周剂数", unit="1/week", minimum=0)
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """Patients who go on after the n-th dose; a dose without a row has the product's own share."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    after_dose: int = column("After which dose", "第几次给药之后", minimum=1, key=True)
    continue_percent: float = column(
        "Patients who go on to the next dose",
        "继续下一次给药的比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The administrative steps by which a hospital may use and charge a product.

    The product is offered from the latest of its steps on; a step that is empty is not done. A
    site without a row for a product needs no listing.
    """

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    product: str = column("Product", "产品", refers=("products",), key=True)
    hospital_listing: date | None = column(
        "Listed by the hospital's pharmacy committee", "进院（药事会）日期", default=None
    )
    procurement: date | None = column(
        "Listed on the procurement platform", "采购平台挂网日期", default=None
    )
    service_item: date | None = column(
        "The service has a price item", "医疗服务价格项目生效日期", default=None
    )
    drug_filing: date | None = column(
        "Filed as a special drug, or no filing needed since", "特药备案日期", default=None
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))
