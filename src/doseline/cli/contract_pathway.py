"""What ``doseline pathway --json`` prints, as a JSON Schema."""

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
from doseline.model.entry import MILESTONES, USE_KINDS

_ROUTE = an_object(
    {
        "route": TEXT,
        "rnpv": NUMBER,
        "error": POSITIVE,
        **dict.fromkeys(("low", "high"), NUMBER),
        **dict.fromkeys(("best", "loss"), SHARE),
        **dict.fromkeys(("spent", "earned", "elsewhere"), NUMBER),
        "patients": or_null(POSITIVE),
        "free": or_null(POSITIVE),
        "round_missed": or_null(NUMBER),
        "listed_price": or_null(POSITIVE),
    },
    description="Low, high: 5 and 95 % points of rnpv over uncertain figures; error: standard "
    "error of rnpv. Loss: probability that money is lost, failures counted.",
)
_TIME = an_object(
    {
        "route": TEXT,
        "milestone": {"enum": list(MILESTONES)},
        "probability": SHARE,
        **dict.fromkeys(("low", "median", "high"), or_null(DAY)),
        "months": or_null(POSITIVE),
    },
    description="10, 50 and 90 % points of those that reach it; months: mean from the start.",
)
_STEP = an_object(
    {
        **dict.fromkeys(("route", "step"), TEXT),
        "milestone": {"enum": ["", *MILESTONES]},
        **dict.fromkeys(("begun", "succeeded"), SHARE),
        **dict.fromkeys(("start", "low", "median", "high"), or_null(DAY)),
    },
    description="Start: median; low, median, high: 10, 50 and 90 % points of its end.",
)
_USE = an_object(
    {
        **dict.fromkeys(("route", "use"), TEXT),
        "kind": {"enum": list(USE_KINDS)},
        **dict.fromkeys(("share_percent", "price"), POSITIVE),
        "price_from": {"enum": ["own", "product", "given"]},
        "price_assumed": {"type": "boolean"},
        "unit_cost": POSITIVE,
        "evidence": TEXT,
    },
    description="Most likely figures; price of a dose: of its own row, of the product, or given.",
)
_YEAR = an_object(
    {
        "route": TEXT,
        "year": COUNT,
        "kind": {"enum": ["trial", *USE_KINDS]},
        "patients": or_null(POSITIVE),
    },
    description="Expected patients of a calendar year; null under 11, or where it would tell such.",
)
_ITEM = an_object(
    {
        "route": TEXT,
        "kind": {"enum": ["step", "use", "programme"]},
        "item": TEXT,
        "amount": NUMBER,
    },
    description="Expected money of the developer, discounted; spent is negative.",
)
_INPUT = an_object(
    {
        **dict.fromkeys(("name", "column", "evidence"), TEXT),
        "assumed": {"type": "boolean"},
        **dict.fromkeys(("swing", "information"), POSITIVE),
    },
    description="Swing: largest change of rnpv of any route from one end to the other.",
)
_EFFECT = an_object(
    {
        **dict.fromkeys(("route", "name", "column"), TEXT),
        **dict.fromkeys(("low", "high", "rnpv_low", "rnpv_high"), NUMBER),
    }
)

PATHWAY_ANSWERS: dict[str, Schema] = {
    "pathway": an_object(
        {
            "product": TEXT,
            "currency": CURRENCY,
            **dict.fromkeys(("valued_on", "counted_until"), DAY),
            "samples": COUNT,
            **dict.fromkeys(("patients_per_year", "doses", "information"), POSITIVE),
            "routes": a_list(_ROUTE),
            "times": a_list(_TIME),
            "steps": a_list(_STEP),
            "uses": a_list(_USE),
            "patients": a_list(_YEAR),
            "money": a_list(_ITEM),
            "inputs": a_list(_INPUT),
            "effects": a_list(_EFFECT),
            "page": or_null(TEXT),
        },
        description="Information: what perfect information is worth before a route is chosen.",
    ),
}
