"""Rows of the opening state: what already exists when the horizon starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doseline.model.columns import NuclideName, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Activity that a place holds for use at the start."""

    place: str = column("Line or site", "地点", refers=("lines", "sites"), key=True)
    nuclide: NuclideName = column("Nuclide", "核素", key=True)
    activity_gbq: float = column(
        "Activity at the reference instant", "参考时刻活度", unit="GBq", minimum=0.0
    )
    at: datetime = column("Reference instant, with offset", "参考时刻（含时区偏移）", key=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Activity that a site holds in decay storage at the start."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    nuclide: NuclideName = column("Nuclide", "核素", key=True)
    activity_gbq: float = column(
        "Activity at the reference instant", "参考时刻活度", unit="GBq", minimum=0.0
    )
    at: datetime = column("Reference instant, with offset", "参考时刻（含时区偏移）", key=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """A dose already made and under way to a site."""

    dose: str = column("Short name of the dose", "剂量编号", key=True)
    product: str = column("Product", "产品", refers=("products",))
    site: str = column("Site it goes to", "目的地", refers=("sites",))
    activity_gbq: float = column(
        "Activity at the ordered administration", "给药时刻活度", unit="GBq", minimum=0.0
    )
    arrives: datetime = column("Arrival, with offset", "到达时刻（含时区偏移）")
    infuse: datetime = column("Ordered administration, with offset", "给药时刻（含时区偏移）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Chair time already taken on a day."""

    suite: str = column("Suite", "治疗室", refers=("suites",), key=True)
    day: date = column("Day at the site", "日期", key=True)
    minutes: int = column("Chair minutes taken", "已占用时间", unit="min", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A later cycle of a patient, held on a day after the planned week; not part of ``booked``."""

    patient: str = column("Pseudonym of the patient", "患者化名", key=True)
    product: str = column("Product", "产品", refers=("products",), key=True)
    cycle: int = column("Number of the dose in its course", "第几次给药", minimum=2, key=True)
    site: str = column("Site", "治疗单位", refers=("sites",))
    suite: str = column("Suite", "治疗室", refers=("suites",))
    day: date = column("Day held, at the site", "预留日期")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Courses under way: patients of one site whose next dose is due on a day."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    product: str = column("Product", "产品", refers=("products",), key=True)
    doses_given: int = column("Doses given so far", "已给药次数", minimum=1, key=True)
    next_due: date = column("Day the next dose is due", "下次应给药日", key=True)
    patients: int = column("Patients", "患者数", minimum=0)
    payer: str | None = column(
        "Payer; empty: by the product's payer mix", "支付方", refers=("payers",), default=None
    )
    evidence: str = column("What the row rests on", "依据", refers=("evidence",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """Infusions of a product that a site has given before; a site without a row is past learning."""

    site: str = column("Site", "治疗单位", refers=("sites",), key=True)
    product: str = column("Product", "产品", refers=("products",), key=True)
    doses: int = column("Infusions so far", "既往给药例数", minimum=0)
