"""Routes of entry: the Lu-PSMA on sale as it went, and an alpha emitter by five routes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from scripts.cn_rlt.holidays import PUBLIC

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

ACCEPTED = date(2024, 11, 13)
"""Day on which the application of the Lu-PSMA on sale was accepted."""
EARLIER = date(2024, 6, 28)
"""The same had it been handed in so that the round of 2025 is reached."""
ASKED = date(2026, 3, 16)
"""Day from which the routes of the alpha emitter are compared."""
LIST_ROUND = "06-30>01-01"
"""Approved by 30 June, on the list from the next 1 January."""

_ROUTES = (
    # route, product, day, name, Chinese name
    ("as-it-went", "lu-psma", ACCEPTED, "As it went", "实际路径"),
    ("by-june", "lu-psma", EARLIER, "Handed in by June", "六月前递交"),
    ("trial-first", "ac-psma", ASKED, "Investigator's trial first", "先做研究者发起研究"),
    ("application", "ac-psma", ASKED, "Application at once, imported", "直接注册，进口"),
    ("local", "ac-psma", ASKED, "Application at once, made locally", "直接注册，本地生产"),
    ("both", "ac-psma", ASKED, "Trial and application side by side", "研究与注册并行"),
    ("preparation", "ac-psma", ASKED, "Hospital preparation only", "仅医院制剂"),
    ("all-three", "ac-psma", ASKED, "Preparation, then application", "先制剂后注册"),
)


def terms_rows() -> Rows:
    """What the routes of each product share."""
    return [
        {
            "product": "lu-psma",
            "valued_on": EARLIER,
            "counted_until": date(2035, 12, 31),
            **_range("discount_percent", 9, 12, 15),
            "evidence": "entry-terms",
        },
        {
            "product": "ac-psma",
            "patients_of": "lu-psma",
            **_range("patients_percent", 20, 40, 60),
            "valued_on": ASKED,
            "counted_until": date(2040, 12, 31),
            **_range("discount_percent", 9, 12, 15),
            **_range("programme_money", 3_000_000_000, 8_000_000_000, 20_000_000_000),
            "programme_percent": 8,
            "own_data": date(2027, 12, 31),
            **_range("saved_days", 60, 180, 270),
            **_range("shift_percent", 0, 1, 3),
            "evidence": "entry-terms",
        },
    ]


def route_rows() -> Rows:
    """The routes."""
    names = ("route", "product", "starts", "name", "name_zh")
    return [{**dict(zip(names, one, strict=True)), "evidence": "entry-question"} for one in _ROUTES]


def step_rows() -> Rows:
    """The steps of all routes."""
    rows = [*_actual("as-it-went"), *_actual("by-june")]
    rows += [*_trial("trial-first"), *_application("trial-first", first=False, after="trial")]
    rows += _application("application", first=True)
    rows += [*_application("local", first=True, approval_after="plant"), _plant("local")]
    rows += [*_trial("both"), *_application("both", first=False, pivotal_after="trial")]
    rows += [*_trial("preparation"), *_preparation("preparation")]
    rows += [*_trial("all-three"), *_preparation("all-three")]
    return [*rows, *_application("all-three", first=False, after="trial")]


def use_rows() -> Rows:
    """How patients get each product."""
    rows: Rows = []
    for route in ("as-it-went", "by-june"):
        rows += _sold(route, unlisted=2, price=None, unit_cost=12000)
    for route in ("trial-first", "application", "both"):
        rows += _sold(route, unlisted=6, price=(60000, 90000, 120000), unit_cost=20000)
    rows += _sold("local", unlisted=6, price=(60000, 90000, 120000), unit_cost=11000)
    rows += [_prepared("preparation"), _prepared("all-three")]
    unlisted, listed = _sold("all-three", unlisted=6, price=(60000, 90000, 120000), unit_cost=20000)
    rows.append({**unlisted, "replaces": "preparation"})
    rows.append({**listed, **_range("price", 20000, 33000, 49500), "evidence": "entry-history"})
    return rows


def _prepared(route: str) -> dict[str, Any]:
    """A preparation at few hospitals, for which the developer sells the precursor."""
    return {
        "route": route,
        "use": "preparation",
        "kind": "preparation",
        "begins": "pricing",
        **_range("share_percent", 1, 2, 4),
        "ramp_days": 730,
        "price": 6000,
        "unit_cost": 1500,
        "evidence": "entry-preparation",
    }


def _actual(route: str) -> Rows:
    """Acceptance to listing of the Lu-PSMA on sale; its days are known."""
    return [
        {
            **_step(route, "review", "Review, with priority", "优先审评"),
            "days": 130,
            "workdays": True,
            "evidence": "entry-clocks",
        },
        {
            **_step(route, "questions", "Questions and decision", "发补与审批"),
            "after": "review",
            "milestone": "approval",
            "days": 175,
            "evidence": "entry-stops",
        },
        {
            **_step(route, "launch", "Start of sale", "开始销售"),
            "after": "questions",
            "milestone": "sale",
            "days": 78,
            "evidence": "entry-actual",
        },
        _listing(route, after="questions"),
    ]


def _trial(route: str) -> Rows:
    """An investigator's trial: free to the patient, most of it paid by the developer."""
    return [
        {
            **_step(route, "ethics", "Ethics and registration", "伦理与备案"),
            **_range("days", 60, 90, 180),
            **_range("cost", 1e6, 1.5e6, 3e6),
            "assumed": "days cost",
            "evidence": "entry-trial-rule",
        },
        {
            **_step(route, "trial", "Investigator's trial", "研究者发起研究"),
            "after": "ethics",
            "milestone": "human_data",
            **_range("days", 200, 270, 450),
            **_range("success_percent", 48.8, 55, 62.8),
            **_range("cost", 6e6, 10e6, 16e6),
            "developer_percent": 70,
            "patients": 30,
            "elsewhere_percent": 60,
            "assumed": "days success_percent cost developer_percent patients elsewhere_percent",
            "evidence": "entry-trial-rule",
        },
    ]


def _application(
    route: str, *, first: bool, after: str = "", pivotal_after: str = "", approval_after: str = ""
) -> Rows:
    """From preparing an application for trials to the list."""
    pivotal = ["first-trial" if first else "permission", *pivotal_after.split()]
    rows: Rows = [
        {
            **_step(route, "dossier", "Dossier for trials", "临床试验申请准备"),
            "after": after,
            **_range("days", 120, 180, 300),
            **_range("cost", 10e6, 15e6, 25e6),
            "evidence": "entry-development",
        },
        {
            **_step(route, "permission", "Permission for trials", "临床试验许可"),
            "after": "dossier",
            "days": 60,
            "workdays": True,
            "calendar": PUBLIC,
            "evidence": "entry-clocks",
        },
    ]
    if first:
        rows.append(
            {
                **_step(route, "first-trial", "First trial", "首次人体试验"),
                "after": "permission",
                "milestone": "human_data",
                **_range("days", 240, 300, 450),
                **_range("success_percent", 48.8, 55, 62.8),
                **_range("cost", 30e6, 40e6, 60e6),
                "patients": 30,
                "elsewhere_percent": 100,
                "assumed": "days cost patients elsewhere_percent",
                "evidence": "entry-success",
            }
        )
    return [*rows, *_late_steps(route, pivotal, approval_after)]


def _late_steps(route: str, pivotal: list[str], approval_after: str) -> Rows:
    """Pivotal trial, marketing application, sale and list."""
    return [
        {
            **_step(route, "pivotal", "Pivotal trial", "关键试验"),
            "after": " ".join(pivotal),
            **_range("days", 800, 1100, 1500),
            **_range("success_percent", 9.9, 20, 35),
            **_range("cost", 70e6, 100e6, 150e6),
            "patients": 150,
            "assumed": "days cost patients success_percent",
            "evidence": "entry-success",
        },
        {
            **_step(route, "filing", "Marketing application", "上市申请准备"),
            "after": "pivotal",
            **_range("days", 90, 120, 180),
            **_range("cost", 4e6, 6e6, 10e6),
            "evidence": "entry-development",
        },
        {
            **_step(route, "review", "Review, with priority", "优先审评"),
            "after": f"filing {approval_after}".strip(),
            "days": 130,
            "workdays": True,
            "calendar": PUBLIC,
            "evidence": "entry-clocks",
        },
        {
            **_step(route, "questions", "Questions and decision", "发补与审批"),
            "after": "review",
            "milestone": "approval",
            **_range("days", 85, 175, 265),
            **_range("success_percent", 82.4, 87, 92),
            "assumed": "success_percent",
            "evidence": "entry-stops",
        },
        {
            **_step(route, "launch", "Start of sale", "开始销售"),
            "after": "questions",
            "milestone": "sale",
            "days": 78,
            "assumed": "days",
            "evidence": "entry-actual",
        },
        _listing(route, after="questions"),
    ]


def _plant(route: str) -> dict[str, Any]:
    """A line in the country, built beside the pivotal trial."""
    return {
        **_step(route, "plant", "Line in the country", "本地产线"),
        "after": "first-trial",
        **_range("days", 540, 730, 1100),
        **_range("cost", 100e6, 150e6, 250e6),
        "evidence": "entry-plant",
    }


def _preparation(route: str) -> Rows:
    """The hospital's licence, which it may need anyway, and a preparation that it may charge."""
    return [
        {
            **_step(route, "licence", "Category IV licence of the hospital", "医院第四类许可"),
            **_range("days", 0, 120, 365),
            **_range("cost", 0, 2e6, 5e6),
            "developer_percent": 0,
            "evidence": "entry-preparation",
        },
        {
            **_step(route, "pricing", "Preparation filed and priced", "制剂备案与定价"),
            "after": "trial licence",
            "milestone": "preparation",
            **_range("days", 120, 180, 365),
            **_range("success_percent", 30, 50, 70),
            **_range("cost", 1e6, 2e6, 4e6),
            "evidence": "entry-preparation",
        },
    ]


def _listing(route: str, *, after: str) -> dict[str, Any]:
    """The national list: one round a year."""
    return {
        **_step(route, "listing", "National list", "国家医保目录"),
        "after": after,
        "milestone": "listing",
        "windows": LIST_ROUND,
        "tries": 3,
        **_range("success_percent", 36, 76, 76),
        "cost": 3e6,
        "assumed": "tries cost",
        "evidence": "entry-list",
    }


def _sold(
    route: str, *, unlisted: float, price: tuple[float, float, float] | None, unit_cost: float
) -> Rows:
    """On sale, then on the list, which takes its place."""
    return [
        {
            "route": route,
            "use": "unlisted",
            "kind": "unlisted",
            "begins": "launch",
            **_range("share_percent", unlisted / 2, unlisted, 2 * unlisted),
            "ramp_days": 730,
            **({} if price is None else _range("price", *price)),
            **_range("unit_cost", 0.75 * unit_cost, unit_cost, 1.5 * unit_cost),
            "evidence": "entry-market",
        },
        {
            "route": route,
            "use": "listed",
            "kind": "listed",
            "begins": "listing",
            "replaces": "unlisted",
            **_range("share_percent", 15, 30, 45),
            "ramp_days": 1095,
            **_range("price", 30000, 45000, 49500),
            "price_fall_percent": 5,
            **_range("unit_cost", 0.75 * unit_cost, unit_cost, 1.5 * unit_cost),
            "assumed": "price share_percent unit_cost",
            "evidence": "entry-list-price",
        },
    ]


def _step(route: str, step: str, name: str, name_zh: str) -> dict[str, Any]:
    return {"route": route, "step": step, "name": name, "name_zh": name_zh}


def _range(name: str, low: float, likely: float, high: float) -> dict[str, float]:
    """A figure with its ends."""
    return {f"low_{name}": low, name: likely, f"high_{name}": high}
