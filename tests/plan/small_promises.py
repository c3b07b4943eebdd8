"""Intervals, cut-offs, promises, quotas and later cycles for random small weeks, each in some."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.plan.small_weeks import Draft

_LABEL_DAYS = 42
_ZONES = ("America/Chicago", "Europe/Berlin")


def intervals(draft: Draft) -> None:
    for product in draft.tables["products"]:
        if draft.chance(0.5):
            product["interval_min_days"] = int(draft.among(35, 40, 42))
        if draft.chance(0.5):
            product["interval_max_days"] = int(draft.among(42, 44, 49))
    for order in draft.tables["orders"]:
        if draft.chance(0.7):
            monday = draft.week - timedelta(days=_LABEL_DAYS)
            order["last_infusion"] = monday + timedelta(days=int(draft.rng.integers(-6, 6)))


def cut_offs(draft: Draft) -> None:
    for product in draft.tables["products"]:
        if draft.chance(0.8):
            for weekdays in ("Mon-Wed", "Thu-Sun"):
                draft.add(
                    "ordering_cutoffs", product=product["product"], infusion_weekdays=weekdays,
                    days_before=int(draft.rng.integers(1, 6)), clock=draft.rng.choice(["09:00", "15:00"]),
                    zone=str(draft.rng.choice(_ZONES)), evidence="made-up",
                )  # fmt: skip
    for order in draft.tables["orders"]:
        if draft.chance(0.8):
            day = draft.week - timedelta(days=int(draft.rng.integers(0, 9)))
            clock = time(int(draft.rng.integers(24)), 30)
            order["ordered"] = datetime.combine(day, clock, tzinfo=UTC)


def promises(draft: Draft) -> None:
    """Days promised within or beside the week, and a ladder that starts at the week or before."""
    draft.as_of = draft.week - timedelta(days=int(draft.among(0, 0, 3, 10)))
    for product in draft.tables["products"]:
        product["price"] = Decimal(20_000)
        for days in (21, 9, 4, 2)[: int(draft.rng.integers(1, 5))]:
            draft.add(
                "commitments", product=product["product"], days_before=days,
                may_move=draft.chance(0.7), fee_percent=draft.among(0, 5, 20, 100),
                evidence="made-up",
            )  # fmt: skip
    for order in draft.tables["orders"]:
        if draft.chance(0.7):
            order["promised"] = draft.week + timedelta(days=int(draft.rng.integers(0, 7)))


def quotas(draft: Draft) -> None:
    draft.add("regions", region="r", name="r", part_of="north", lat=40.0, lon=-105.0,
              zone="America/Denver", population=1, evidence="made-up")  # fmt: skip
    places: tuple[dict[str, str], ...] = ({"site": "site-0"}, {"part_of": "north"}, {})
    for at in range(int(draft.rng.integers(1, 3))):
        draft.add(
            "quotas", quota=f"q{at}", kind=str(draft.rng.choice(["new", "continuing"])),
            product=f"drug-{int(draft.rng.integers(draft.count('products')))}",
            doses_per_week=int(draft.among(0, 1, 1, 2, 2)), evidence="made-up",
            **places[int(draft.rng.integers(len(places)))],
        )  # fmt: skip


def reserved(draft: Draft) -> None:
    """Later cycles of patients of this week, and of one other, on days that are nearly full."""
    for suite in draft.tables["suites"]:
        suite["weekdays"] = str(draft.rng.choice(["Mon-Sun", "Mon-Fri", "Mon Wed"]))
    if draft.chance(0.3):
        for product in draft.tables["products"]:
            product["interval_max_days"] = int(draft.among(42, 43, 45))
    for order in draft.tables["orders"]:
        for cycle in (2, 3)[: int(draft.rng.integers(0, 3))]:
            later = _LABEL_DAYS * (cycle - 1) + int(draft.rng.integers(0, 8))
            _reserve(draft, (order["patient"], order["product"]), order["site"], cycle, later)
    _reserve(draft, ("elsewhere", "drug-0"), "site-0", 2, _LABEL_DAYS + int(draft.rng.integers(7)))
    for suite in draft.tables["suites"]:
        for after in range(7):
            for cycle in (1, 2):
                if draft.chance(0.6):
                    day = draft.week + timedelta(days=_LABEL_DAYS * cycle + after)
                    draft.add(
                        "booked", suite=suite["suite"], day=day,
                        minutes=int(draft.among(240, 360, 420, 480)),
                    )  # fmt: skip


def _reserve(draft: Draft, course: tuple[str, str], site: str, cycle: int, later: int) -> None:
    draft.add(
        "reservations", patient=course[0], product=course[1], cycle=cycle, site=site,
        suite=site.replace("site", "suite"), day=draft.week + timedelta(days=later),
    )  # fmt: skip


PROMISES = (intervals, cut_offs, promises, quotas, reserved)
