"""What ``doseline robust --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    CURRENCY,
    DAY,
    NUMBER,
    POSITIVE,
    SHARE,
    TEXT,
    Schema,
    a_list,
    an_object,
    or_null,
)
from doseline.model.robust import HEDGES

_PLAN = an_object(
    {
        "point": COUNT,
        "hedge": {"enum": list(HEDGES)},
        **dict.fromkeys(("worth", "cost", "price", "price_percent", "gap", "mean"), POSITIVE),
        **dict.fromkeys(("doses", "batches", "low", "worst"), COUNT),
        "probability": or_null(SHARE),
    },
    description="Doses in time: mean, 5 % quantile (low), and if the worst batches fail. Price: "
    "cost and penalties beyond the cheapest plan's. Probability: of keeping the promise.",
)
_PROMISE = an_object(
    {
        "doses": COUNT,
        "probability": SHARE,
        "point": or_null(COUNT),
        "reached": SHARE,
        "bound": NUMBER,
    },
    description="No plan that keeps it has cost and penalties below the bound.",
)
_CHANCE = an_object({"point": COUNT, "in_time": COUNT, "probability": SHARE})

ROBUST_ANSWERS: dict[str, Schema] = {
    "robust": an_object(
        {
            "week": DAY,
            "currency": CURRENCY,
            "orders": COUNT,
            "failures": COUNT,
            "plans": a_list(_PLAN),
            "frontiers": an_object(dict.fromkeys(("mean", "low", "worst"), a_list(COUNT))),
            "chances": a_list(_CHANCE),
            "promise": or_null(_PROMISE),
            "folder": or_null(TEXT),
        },
        description="Frontiers: plans that no cheaper one equals in that figure.",
    )
}
