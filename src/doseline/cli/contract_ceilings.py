"""What ``doseline ceilings --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    CURRENCY,
    DAY,
    MONEY,
    NUMBER,
    POSITIVE,
    SHARE,
    TEXT,
    Schema,
    a_list,
    a_pair,
    an_object,
    by_name,
    or_null,
)

_FLAG: Schema = {"type": "boolean"}
_PEOPLE = or_null(POSITIVE)
_PLACE = {"setting": TEXT, "locality": TEXT, "history": TEXT}
_LIMIT = an_object(
    {
        "party": TEXT,
        "kind": TEXT,
        "state": {"enum": ["limit", "open", "never"]},
        "ceiling": or_null(MONEY),
        "binds": _FLAG,
        "stretches": a_list(a_pair(or_null(MONEY))),
        "rule": TEXT,
        "moved_by": or_null(TEXT),
        "moved": or_null(MONEY),
        "keys": a_list(TEXT),
        "assumed_keys": a_list(TEXT),
        "assumed_share": SHARE,
        "confidence": {"enum": ["low", "medium", "high"]},
        "complete": _FLAG,
    },
    description="Stretches: low and high price at which the party takes part; null is no end. "
    "Moved: change of the ceiling by one percent more of the parameter that moves it most.",
)
_SEGMENT = an_object(
    {
        "segment": COUNT,
        "product": TEXT,
        "payer": TEXT,
        **_PLACE,
        "facts": TEXT,
        "sites": COUNT,
        "share": SHARE,
        "patients": _PEOPLE,
        "price": MONEY,
        "binds": or_null(TEXT),
        "party": or_null(TEXT),
        "ceiling": or_null(MONEY),
        "floor": or_null(MONEY),
        "limits": a_list(_LIMIT),
    },
    description="Ceiling: the lowest of its limits that bind; null if there is none.",
)
_CURVE = an_object(
    {
        "product": TEXT,
        "price": MONEY,
        **dict.fromkeys(("patients", "own", "cannot_pay"), _PEOPLE),
        "sites": COUNT,
    },
    description="Expected patients a year; null in place of fewer than 11.",
)
_CHOICE = an_object(
    {
        "product": TEXT,
        "when": {"enum": ["before", "after"]},
        **_PLACE,
        **dict.fromkeys(("sites", "buy", "make", "both", "none", "would_list", "scan"), COUNT),
        "patients": _PEOPLE,
    }
)
_YEAR = an_object(
    {
        **dict.fromkeys(("product", "payer", "setting", "locality"), TEXT),
        "launch": COUNT,
        "year": COUNT,
        "payment": MONEY,
        "hospital": or_null(MONEY),
        "listed": or_null(MONEY),
        "bought": _FLAG,
    },
    description="Years since the hospitals' own doses began.",
)

CEILINGS_ANSWERS: dict[str, Schema] = {
    "ceilings": an_object(
        {
            "day": DAY,
            "currency": CURRENCY,
            "rulebook": TEXT,
            "what_if": a_list(TEXT),
            "can_pay": SHARE,
            "prices": by_name(POSITIVE),
            "segments": a_list(_SEGMENT),
            "later": a_list(
                an_object({"segment": COUNT, "low": or_null(MONEY), "high": or_null(MONEY)})
            ),
            "curve": a_list(_CURVE),
            "reached": a_list(
                an_object({"product": TEXT, "price": MONEY, **_PLACE, "patients": _PEOPLE})
            ),
            "choices": a_list(_CHOICE),
            "rounds": a_list(
                an_object(
                    {
                        "product": TEXT,
                        "when": {"enum": ["before", "after"]},
                        "rounds": COUNT,
                        "cycle": COUNT,
                        "settled": _FLAG,
                    }
                )
            ),
            "past": a_list(_YEAR),
            "memory": a_list(
                an_object(
                    {
                        **dict.fromkeys(("key", "unit", "kind", "confidence", "title"), TEXT),
                        "value": NUMBER,
                    }
                )
            ),
            "page": or_null(TEXT),
        },
        description="Prices per dose; people are expected ones a year, null in place of under 11.",
    )
}
