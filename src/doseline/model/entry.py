"""Rows of entry: by which routes a product may come to its patients, step by step.

A figure with the columns ``low_…`` and ``high_…`` beside it is the most likely one; an empty end
is the figure itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doseline.model.columns import column

MILESTONES = ("human_data", "preparation", "approval", "sale", "listing")
"""What the end of a step may mean, in the order in which they are told."""
MOST_MONEY = 1e15
"""No amount of a route is larger. [currency]"""
USE_KINDS = ("preparation", "unlisted", "listed")
"""How patients get the product: a preparation that a hospital charges; on sale, but on no payer's
list; on a list. A trial is a step, free to its patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTerms:
    """What all routes of a product share: patients, discount rate, and what data are worth elsewhere."""

    product: str = column("Product", "产品", refers=("products",), key=True)
    patients_of: str | None = column(
        "Product whose patients it is for; empty: its own",
        "适用患者取自哪一产品；空则为其自身",
        refers=("products",),
        default=None,
    )
    patients_percent: float = column(
        "Patients a year, as a share of those who pass the gates of the pathway",
        "每年患者数，占通过诊疗路径各环节者的比例",
        unit="%",
        minimum=0.0,
        default=100.0,
    )
    low_patients_percent: float | None = column(
        "The least it may be", "其下限", unit="%", minimum=0.0, default=None
    )
    high_patients_percent: float | None = column(
        "The most it may be", "其上限", unit="%", minimum=0.0, default=None
    )
    valued_on: date = column("Day to which money is discounted", "折现基准日")
    counted_until: date = column("Last day that is counted", "计入的最后一日")
    discount_percent: float = column(
        "Discount rate a year", "年折现率", unit="%", minimum=0.0, maximum=100.0
    )
    low_discount_percent: float | None = column(
        "The least it may be", "其下限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    high_discount_percent: float | None = column(
        "The most it may be", "其上限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    programme_money: float = column(
        "Value of the programme elsewhere if it succeeds, on the day of valuation",
        "境外开发项目若成功的价值（基准日）",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=0.0,
    )
    low_programme_money: float | None = column(
        "The least it may be",
        "其下限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    high_programme_money: float | None = column(
        "The most it may be",
        "其上限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    programme_percent: float = column(
        "Probability that it succeeds without data from here",
        "无本地数据时该项目的成功概率",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    own_data: date | None = column(
        "Day on which it has human data of its own; data from here are worth nothing to it later; empty: never",
        "该项目取得自身人体数据之日，此后本地数据对其无价值；空则永不取得",
        default=None,
    )
    saved_days: float = column(
        "Time that human data from here save it, at most",
        "本地人体数据最多为其节省的时间",
        unit="d",
        minimum=0.0,
        default=0.0,
    )
    low_saved_days: float | None = column(
        "The least it may be", "其下限", unit="d", minimum=0.0, default=None
    )
    high_saved_days: float | None = column(
        "The most it may be", "其上限", unit="d", minimum=0.0, default=None
    )
    shift_percent: float = column(
        "By how many points they raise its probability",
        "使其成功概率提高的百分点",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=0.0,
    )
    low_shift_percent: float | None = column(
        "The least it may be", "其下限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    high_shift_percent: float | None = column(
        "The most it may be", "其上限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    assumed: str = column(
        "Columns of the row that are assumptions, whatever its evidence says; separated by spaces",
        "该行中属于假设的列（与依据无关），以空格分隔",
        default="",
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRoute:
    """One way in which a product may enter."""

    route: str = column("Short name of the route", "路径简称", key=True)
    product: str = column("Product", "产品", refers=("products",))
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    starts: date = column("Day on which its first steps may begin", "首批步骤可开始之日")
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStep:
    """One step of a route. Steps of one name share their luck in the routes that have them."""

    route: str = column("Route", "路径", refers=("entry_routes",), key=True)
    step: str = column("Short name of the step", "步骤简称", key=True)
    name: str = column("Name", "名称")
    name_zh: str = column("Name in Chinese", "中文名称", default="")
    after: str = column(
        "Steps of the route that must have succeeded before, separated by spaces",
        "须先成功的步骤，以空格分隔",
        default="",
    )
    not_before: date | None = column(
        "Day before which it cannot begin", "最早可开始之日", default=None
    )
    milestone: str = column(
        "What its success means; empty: nothing that is told",
        "其成功所代表的里程碑；空则无",
        allowed=("", *MILESTONES),
        default="",
    )
    days: float = column("Time it takes", "所需时间", unit="d", minimum=0.0, default=0.0)
    low_days: float | None = column(
        "The least it may be", "其下限", unit="d", minimum=0.0, default=None
    )
    high_days: float | None = column(
        "The most it may be", "其上限", unit="d", minimum=0.0, default=None
    )
    workdays: bool = column(
        "Its days are workdays: those of the calendar, else Monday to Friday",
        "所需时间按工作日计：依其日历，否则为周一至周五",
        default=False,
    )
    calendar: str | None = column(
        "Calendar of its workdays", "工作日日历", refers=("calendars",), default=None
    )
    windows: str = column(
        "Yearly rounds, as MM-DD>MM-DD: who is ready by the first day gets effect on the next "
        "second day; several are separated by spaces; empty: at any time",
        "每年轮次，写作 MM-DD>MM-DD：截至前一日就绪者自其后的后一日起生效；多个以空格分隔；空则随时",
        default="",
    )
    tries: int = column(
        "Times it may be tried until it succeeds",
        "最多可尝试次数",
        minimum=1,
        maximum=100,
        default=1,
    )
    success_percent: float = column(
        "Probability that a try succeeds",
        "每次成功概率",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=100.0,
    )
    low_success_percent: float | None = column(
        "The least it may be", "其下限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    high_success_percent: float | None = column(
        "The most it may be", "其上限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    cost: float = column(
        "What a try costs",
        "每次费用",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=0.0,
    )
    low_cost: float | None = column(
        "The least it may be",
        "其下限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    high_cost: float | None = column(
        "The most it may be",
        "其上限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    developer_percent: float = column(
        "Share of the cost that the developer bears",
        "开发方承担的费用比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        default=100.0,
    )
    patients: int = column(
        "Patients treated in it, free to them", "该步骤中免费治疗的患者数", minimum=0, default=0
    )
    elsewhere_percent: float = column(
        "How much of the worth of human data elsewhere its data carry",
        "其数据对境外开发的价值比例",
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
class EntryUse:
    """How patients get the product once a step has succeeded, and what the developer earns by it."""

    route: str = column("Route", "路径", refers=("entry_routes",), key=True)
    use: str = column("Short name of the use", "用途简称", key=True)
    kind: str = column("How patients get it", "患者获得方式", allowed=USE_KINDS)
    begins: str = column("Step of the route whose success opens it", "开启该用途的步骤")
    replaces: str = column(
        "Uses of the route that end as it begins, separated by spaces; it starts at their rate",
        "该用途开始时被取代的用途，以空格分隔；以其速率为起点",
        default="",
    )
    share_percent: float = column(
        "Share of the patients who get it at the peak",
        "峰值时获得治疗的患者比例",
        unit="%",
        minimum=0.0,
        maximum=100.0,
    )
    low_share_percent: float | None = column(
        "The least it may be", "其下限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    high_share_percent: float | None = column(
        "The most it may be", "其上限", unit="%", minimum=0.0, maximum=100.0, default=None
    )
    ramp_days: float = column(
        "Time until the peak; uptake grows evenly",
        "达到峰值的时间，匀速增长",
        unit="d",
        minimum=0.0,
        default=0.0,
    )
    price: float | None = column(
        "What the developer gets for a dose; empty: the price of the product",
        "开发方每剂所得；空则为产品价格",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    low_price: float | None = column(
        "The least it may be",
        "其下限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    high_price: float | None = column(
        "The most it may be",
        "其上限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    price_fall_percent: float = column(
        "How much the price falls a year",
        "价格年降幅",
        unit="%",
        minimum=0.0,
        maximum=99.0,
        default=0.0,
    )
    unit_cost: float = column(
        "What a dose costs the developer, delivered",
        "开发方每剂成本（含配送）",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=0.0,
    )
    low_unit_cost: float | None = column(
        "The least it may be",
        "其下限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    high_unit_cost: float | None = column(
        "The most it may be",
        "其上限",
        unit="currency",
        minimum=0.0,
        maximum=MOST_MONEY,
        default=None,
    )
    assumed: str = column(
        "Columns of the row that are assumptions, whatever its evidence says; separated by spaces",
        "该行中属于假设的列（与依据无关），以空格分隔",
        default="",
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


RANGED: dict[type, tuple[str, ...]] = {
    EntryTerms: (
        "patients_percent",
        "discount_percent",
        "programme_money",
        "saved_days",
        "shift_percent",
    ),
    EntryStep: ("days", "success_percent", "cost"),
    EntryUse: ("share_percent", "price", "unit_cost"),
}
"""Figures of each row that have a low and a high end."""


def month_day(text: str) -> tuple[int, int]:
    """Month and day of a text such as ``06-30``.

    Raises:
        ValueError: If there is no such day in every year.
    """
    when = date.fromisoformat(f"2001-{text}")
    return when.month, when.day


def rounds(windows: str) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """Closing day and day of effect of each yearly round, as month and day.

    >>> rounds("06-30>01-01")
    (((6, 30), (1, 1)),)

    Raises:
        ValueError: If a round is not written so.
    """
    found = []
    for one in windows.split():
        closes, _, effective = one.partition(">")
        found.append((month_day(closes), month_day(effective)))
    return tuple(found)
