"""Small networks with routes of entry, certain, uncertain and at random."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.pay.entry_oracle import Seen, Story, likely
from tests.study.networks import rows_of, tiny

if TYPE_CHECKING:
    import random

    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

STARTS = date(2026, 3, 16)
STEPS: dict[str, list[dict[str, Any]]] = {
    "straight": [
        {"step": "review", "days": 130.0, "workdays": True, "success_percent": 80.0, "tries": 2},
        {"step": "launch", "after": "review", "days": 60.0, "milestone": "sale", "cost": 5e5},
        {
            "step": "list",
            "after": "launch",
            "days": 10.0,
            "windows": "06-30>01-01",
            "tries": 3,
            "success_percent": 70.0,
            "cost": 2e5,
            "milestone": "listing",
        },
    ],
    "trial first": [
        {
            "step": "trial",
            "days": 200.0,
            "cost": 3e6,
            "developer_percent": 60.0,
            "patients": 20,
            "success_percent": 65.0,
            "milestone": "human_data",
            "elsewhere_percent": 80.0,
        },
        {"step": "filing", "days": 90.0, "cost": 1e6, "not_before": date(2026, 5, 1)},
        {
            "step": "review",
            "after": "trial filing",
            "days": 130.0,
            "workdays": True,
            "success_percent": 80.0,
            "tries": 2,
            "cost": 4e5,
            "milestone": "approval",
        },
        {"step": "launch", "after": "review", "days": 60.0, "milestone": "sale"},
        {
            "step": "list",
            "after": "launch",
            "windows": "06-30>01-01 12-31>07-01",
            "tries": 2,
            "success_percent": 70.0,
            "milestone": "listing",
        },
    ],
}
USES: list[dict[str, Any]] = [
    {
        "use": "unlisted",
        "kind": "unlisted",
        "begins": "launch",
        "share_percent": 4.0,
        "ramp_days": 300.0,
        "unit_cost": 9000.0,
    },
    {
        "use": "listed",
        "kind": "listed",
        "begins": "list",
        "replaces": "unlisted",
        "share_percent": 30.0,
        "ramp_days": 900.0,
        "price": 30000.0,
        "price_fall_percent": 6.0,
        "unit_cost": 9000.0,
    },
]
TERMS: dict[str, Any] = {
    "product": "lu-psma",
    "valued_on": STARTS,
    "counted_until": date(2034, 9, 17),
    "discount_percent": 12.0,
    "programme_money": 5e7,
    "programme_percent": 10.0,
    "own_data": date(2027, 6, 30),
    "saved_days": 180.0,
    "shift_percent": 2.0,
}
UNSURE: dict[str, Any] = {
    "discount_percent": (12.0, 8.0, 15.0),
    "patients_percent": (80.0, 40.0, 100.0),
    "saved_days": (180.0, 60.0, 400.0),
    "success_percent": (70.0, 50.0, 85.0),
    "days": (100.0, 60.0, 260.0),
    "cost": (1e6, 6e5, 3e6),
    "share_percent": (30.0, 15.0, 45.0),
    "unit_cost": (9000.0, 7000.0, 14000.0),
}


def spread(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    """A row some of whose figures are uncertain."""
    told = dict(row)
    for column in columns:
        told[column], told["low_" + column], told["high_" + column] = UNSURE[column]
    return told


def world(
    steps: dict[str, list[dict[str, Any]]] | None = None,
    uses: list[dict[str, Any]] | None = None,
    terms: dict[str, Any] | None = None,
) -> Network:
    """The tiny example with routes of entry."""
    steps = STEPS if steps is None else steps
    uses = USES if uses is None else uses
    named = [
        {"route": route, "name": route, "product": "lu-psma", "starts": STARTS} for route in steps
    ]
    return tiny().replace(
        entry_terms=rows_of("entry_terms", terms or TERMS),
        entry_routes=rows_of("entry_routes", *named),
        entry_steps=rows_of(
            "entry_steps",
            *(
                {"route": route, "name": row["step"], **row}
                for route in steps
                for row in steps[route]
            ),
        ),
        entry_uses=rows_of(
            "entry_uses", *({"route": route, **row} for route in steps for row in uses)
        ),
    )


def priced(row: Any, column: str) -> float:
    """The most likely value; a use without a price of its own has that of the product."""
    if column == "price" and row.price is None:
        return 48980.0
    return likely(row, column)


def chances(story: Story, *, later: int = 0) -> list[tuple[float, dict[str, int], Seen]]:
    """Every outcome of a route: its probability, its tries, and what it comes to."""
    return [
        (chance, tries, story.told(tries, priced, later=later))
        for chance, tries in story.enumerated(priced)
    ]


def row_of(found: EntryTold, name: str, **keys: str) -> dict[str, Any]:
    """The row of a frame with these keys."""
    frame = found.frame(name).filter(*(pl.col(key) == value for key, value in keys.items()))
    assert frame.height == 1
    return frame.row(0, named=True)


def at_random(dice: random.Random) -> Network:
    """A network with one route that nobody would think of."""
    steps: list[dict[str, Any]] = []
    for at in range(dice.randint(1, 5)):
        data = dice.choice([0.0, 0.0, 50.0, 100.0])
        step = {
            "step": f"s{at}",
            "after": " ".join(row["step"] for row in steps if dice.random() < 0.5),
            "days": float(dice.choice([0, 1, 30, 107, 365, 400])),
            "tries": dice.choice([1, 1, 2, 3]),
            "success_percent": dice.choice([100.0, 60.0, 85.0, 50.0, 0.0]),
            "cost": dice.choice([0.0, 1e5, 2e6]),
            "developer_percent": dice.choice([100.0, 30.0]),
            "workdays": dice.random() < 0.4,
            "windows": dice.choice(
                ["", "", "06-30>01-01", "03-31>07-01 09-30>01-01", "01-15>01-15"]
            ),
            "patients": dice.choice([0, 0, 25]),
            "elsewhere_percent": data,
            "milestone": "human_data" if data else "",
        }
        if dice.random() < 0.3:
            step["not_before"] = date(2026 + dice.randint(0, 3), dice.randint(1, 12), 17)
        steps.append(step)
    uses = [
        {
            "use": f"u{at}",
            "kind": dice.choice(["preparation", "unlisted", "listed"]),
            "begins": dice.choice(steps)["step"],
            "replaces": " ".join(f"u{other}" for other in range(at) if dice.random() < 0.6),
            "share_percent": dice.choice([0.0, 5.0, 40.0]),
            "ramp_days": dice.choice([0.0, 200.0, 1000.0]),
            "price": dice.choice([None, 30000.0]),
            "price_fall_percent": dice.choice([0.0, 7.0]),
            "unit_cost": 9000.0,
        }
        for at in range(dice.randint(1, 3))
    ]
    terms = dict(TERMS)
    terms["valued_on"] = dice.choice([STARTS, date(2027, 5, 5)])
    terms["discount_percent"] = dice.choice([0.0, 12.0])
    terms["own_data"] = dice.choice([None, date(2027, 6, 30)])
    terms["programme_percent"] = dice.choice([10.0, 99.0])
    return world({"r": steps}, uses, terms)
