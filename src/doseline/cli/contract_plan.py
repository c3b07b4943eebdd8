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

PLAN_ANSWERS: dict[str, Schema] = {
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
