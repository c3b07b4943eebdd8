"""What the commands around a plan print with ``--json``, as JSON Schemas."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    CURRENCY,
    DAY,
    NUMBER,
    POSITIVE,
    TEXT,
    Schema,
    a_list,
    a_pair,
    an_object,
    by_name,
    or_null,
)
from doseline.model.ledger import LINKS

_PROOF = {
    "objective": NUMBER,
    "bound": NUMBER,
    "gap": POSITIVE,
    "cost": POSITIVE,
    "gap_of_cost": POSITIVE,
    "more_orders": COUNT,
    "status": {"enum": ["optimal", "feasible", "empty"]},
}
_BATCH = an_object(
    {
        **dict.fromkeys(("batch", "line", "product", "start", "ready", "release"), TEXT),
        "open": {"type": "boolean"},
        "doses": COUNT,
        "max_doses": COUNT,
        "activity_gbq": POSITIVE,
        "max_activity_gbq": POSITIVE,
    },
    description="Instants in UTC; activity at calibration.",
)
_UNSERVED = an_object(
    {
        **dict.fromkeys(("order", "product", "site", "kind"), TEXT),
        "link": or_null({"enum": list(LINKS)}),
        "reason": or_null(TEXT),
    }
)

_TOUR = an_object(
    {
        **dict.fromkeys(("tour", "carrier", "place", "leave", "back"), TEXT),
        **dict.fromkeys(("packages", "sites"), COUNT),
        "transport_index": POSITIVE,
    },
    description="Instants in UTC.",
)
_STOP = an_object(
    {
        **dict.fromkeys(("tour", "order", "site", "arrive", "infuse"), TEXT),
        "stop": {"type": "integer", "minimum": 1},
    }
)

_FACT = an_object(
    {
        "kind": TEXT,
        "where": by_name(TEXT),
        **dict.fromkeys(("most", "used", "need"), NUMBER),
        "unit": TEXT,
        "fixed": {"type": "boolean", "description": "Law, physics or a published rule."},
        "users": a_list(TEXT),
    },
    description="Place and time; what there is, what others take and what the order needs, in the "
    "unit; orders that take from it. Instants by the clocks of the place.",
)
_CLASH = or_null(
    an_object(
        {
            "facts": a_list(_FACT),
            "proven": {"type": "boolean"},
            "irreducible": {"type": "boolean"},
        },
        description="Proven: no plan serves the order while all of them hold. Irreducible: it is "
        "proven that each is needed for that.",
    )
)
_SOLVED = {
    **dict.fromkeys(("cost", "objective", "at_least"), NUMBER),
    "at_least_week": or_null(NUMBER),
    "moved": a_list(an_object({"order": TEXT, "before": by_name(TEXT), "after": by_name(TEXT)})),
    "lost": a_list(TEXT),
}
_STEPS = a_list(an_object({"fact": _FACT, "more": POSITIVE}))
_REPAIR = an_object(
    {
        "kind": {"enum": ["swap", "window", "more", "site"]},
        "steps": _STEPS,
        "day": or_null(DAY),
        "site": TEXT,
        "km": or_null(POSITIVE),
        **_SOLVED,
    },
    description="Cost and objective more than the plan's; the objective can be no less with all "
    "other orders as planned, and whatever the whole week does.",
)
_NEAR = an_object(
    {
        "why": {"enum": ["better", "equal", "dearer", "drops", "blocked"]},
        **dict.fromkeys(("batch", "suite", "infuse"), TEXT),
        "day": or_null(DAY),
        "facts": a_list(_FACT),
        "found": or_null(an_object(_SOLVED)),
    }
)

PLAN_ANSWERS: dict[str, Schema] = {
    "explain": an_object(
        {
            "order": TEXT,
            "status": {"enum": ["served", "no_option", "conflict", "outranked", "room", "open"]},
            "chosen": by_name(TEXT),
            "conflict": _CLASH,
            "standing": _CLASH,
            "refused": a_list(_FACT),
            "repairs": a_list(_REPAIR),
            "near": a_list(_NEAR),
            "worth": a_list(
                an_object(
                    {"steps": _STEPS, "orders": COUNT, "saves": a_pair(POSITIVE)},
                    description="What more of some facts together saves at least and at most, "
                    "penalties of orders left included.",
                )
            ),
            "free_orders": COUNT,
            "whole_week": {"type": "boolean"},
            "currency": CURRENCY,
            "zone": TEXT,
            "seconds": POSITIVE,
        },
        description="Conflict: wherever other orders are moved; standing: with all others as "
        "planned.",
    ),
    "plan": an_object(
        {
            "network": TEXT,
            "week": DAY,
            "currency": CURRENCY,
            "orders": COUNT,
            "drawn": {"type": "boolean", "description": "The network listed no orders."},
            "served": COUNT,
            **_PROOF,
            "lost_by": by_name(COUNT),
            "batches": a_list(_BATCH),
            "unserved": a_list(_UNSERVED),
            "seconds": POSITIVE,
            "folder": TEXT,
        }
    ),
    "tours": an_object(
        {
            "week": DAY,
            "currency": CURRENCY,
            "tours": a_list(_TOUR),
            "stops": a_list(_STOP),
            "ways": an_object(dict.fromkeys(("tour", "carrier", "direct", "lost"), COUNT)),
            **dict.fromkeys(("driven_km", "out_h", "cost", "counted"), POSITIVE),
            "saved": NUMBER,
            "totals": {**a_list(NUMBER), "minItems": 1},
            "folder": or_null(TEXT),
        },
        description="Counted: what the plan counts for the same legs. Totals: objective with tours "
        "in place of those legs, of the first plan and each later round. No bound is proven.",
    ),
}
