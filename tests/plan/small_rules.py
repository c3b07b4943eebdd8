"""Rules of the whole network for random small weeks, each in some of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tests.plan.small_weeks import Draft


def add_rules(draft: Draft, seed: int) -> None:
    """Add rows to a week that is drawn already, from numbers of their own."""
    draft.rng = np.random.default_rng((seed, 1))
    rules = {_changes: 0.25, _changeovers: 0.5, _beds: 0.2, _waste: 0.3, _trainees: 0.2}
    for rule, chance in {**rules, _learning: 0.25, _vehicles: 0.2}.items():
        if draft.chance(chance):
            rule(draft)


def _changes(draft: Draft) -> None:
    """A ramp of the first source, and an outage or shortage within it."""
    first = draft.week - timedelta(days=30)
    draft.add(
        "supply_changes", source="source-0", valid_from=first, available_percent=130.0,
        cause="ramp", evidence="made-up",
    )  # fmt: skip
    since = draft.week + timedelta(days=int(draft.rng.integers(-7, 3)))
    until = since + timedelta(days=int(draft.rng.integers(0, 7)))
    draft.add(
        "supply_changes", source="source-0", valid_from=since,
        valid_until=None if draft.chance(0.3) else until,
        available_percent=draft.among(0, 30, 60, 60), cause="shortage", evidence="made-up",
    )  # fmt: skip


def _changeovers(draft: Draft) -> None:
    """The first line makes one batch at a time."""
    classes = ["beta", str(draft.rng.choice(["beta", "iodine", ""]))]
    for product, name in zip(draft.tables["products"], classes, strict=False):
        product["segregation"] = name
    for one in sorted(set(classes)):
        for other in sorted(set(classes)):
            if one == other or draft.chance(0.8):
                draft.add(
                    "changeovers", line="line-0", from_class=one, to_class=other,
                    hours=draft.among(0, 12, 30, 60), evidence="made-up",
                )  # fmt: skip


def _beds(draft: Draft) -> None:
    draft.nights = tuple(int(draft.rng.integers(0, 5)) for _ in draft.tables["products"])
    for suite in draft.tables["suites"]:
        suite["beds"] = int(draft.among(1, 2))


def _waste(draft: Draft) -> None:
    for product in draft.tables["products"]:
        for kind in ("solid", "effluent"):
            draft.add(
                "waste_streams", product=product["product"], kind=kind,
                litres=draft.among(1, 5, 20), hold_days=draft.among(0.5, 3, 14, 70),
                evidence="made-up",
            )  # fmt: skip
    for site in draft.tables["sites"]:
        draft.add(
            "waste_stores", site=site["site"], kind=str(draft.rng.choice(["solid", "effluent"])),
            capacity_l=draft.between(10, 100), held_l=draft.among(0, 0, 10, 40), evidence="made-up",
        )  # fmt: skip


def _trainees(draft: Draft) -> None:
    for row in draft.tables["staff"]:
        row["count"] = int(draft.among(0, 1, 1))
        ready = draft.week + timedelta(days=int(draft.rng.integers(-3, 6)))
        draft.add(
            "training", site=row["site"], role=row["role"], ready=ready, count=1,
            evidence="made-up",
        )  # fmt: skip


def _learning(draft: Draft) -> None:
    for product in draft.tables["products"]:
        draft.add(
            "learning", product=product["product"], first_percent=draft.among(150, 200),
            halving_doses=draft.among(2, 10), evidence="made-up",
        )  # fmt: skip
        for site in draft.tables["sites"]:
            if draft.chance(0.8):
                draft.add(
                    "experience", site=site["site"], product=product["product"],
                    doses=int(draft.rng.integers(0, 12)),
                )  # fmt: skip


def _vehicles(draft: Draft) -> None:
    """Ways alternate between an own fleet and a carrier without limit."""
    place = {"name": "carrier", "evidence": "made-up"}
    draft.add(
        "carriers", carrier="own", own=True, vehicles=int(draft.among(1, 1, 2)),
        vehicle_h_per_day=draft.among(14, 24, 24), packages_per_trip=int(draft.among(1, 2, 3)),
        **place,
    )  # fmt: skip
    draft.add("carriers", carrier="post", **place)
    for at, lane in enumerate(draft.tables["lanes"]):
        lane["carrier"] = "own" if draft.chance(0.7) or not at else "post"
