"""What the commands on rules print with ``--json``, as JSON Schemas."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    CURRENCY,
    DAY,
    MONEY,
    POSITIVE,
    TEXT,
    Schema,
    a_list,
    an_object,
    by_name,
    or_null,
)
from doseline.rules.flow import PARTIES
from doseline.rules.parameter import CONFIDENCES, KINDS

_YES: Schema = {"type": "boolean"}
_PARTY: Schema = {"enum": list(PARTIES)}
_SOURCE = an_object({"title": TEXT, "address": TEXT, "as_of": DAY})
_READING = an_object(
    {
        **dict.fromkeys(("key", "unit", "description", "description_zh"), TEXT),
        "value": MONEY,
        "since": DAY,
        "published_until": or_null(DAY),
        "carried_forward": _YES,
        "kind": {"enum": list(KINDS)},
        "confidence": {"enum": list(CONFIDENCES)},
        "assumption": _YES,
        "source": _SOURCE,
    },
    description="A value in force; exact, as text.",
)
_RULE = an_object({"topic": TEXT, "from": DAY, "until": or_null(DAY), "reference": TEXT})
_DECISION = an_object(
    {
        **dict.fromkeys(("rule", "reference", "unit", "explanation", "explanation_zh"), TEXT),
        "value": MONEY,
        "values": a_list(_READING),
        "asked": a_list({"type": "object", "description": "Decisions like this one."}),
    },
    description="What a rule said, the values that it read and the decisions that it asked for.",
)
_FLOW = an_object(
    {
        **dict.fromkeys(
            ("code", "payer", "setting", "locality", "channel", "contract", "cover"), TEXT
        ),
        "activity_bq": POSITIVE,
        "administered_bq": or_null(POSITIVE),
        "nights": COUNT,
        "price": or_null(MONEY),
        "charge": or_null(MONEY),
        "discount": _YES,
    }
)
_HELD = an_object(
    {
        "rulebook": TEXT,
        "currency": CURRENCY,
        "parameters": a_list(_READING),
        "rules": a_list(_RULE),
    }
)
_PAYMENT = an_object(
    {
        "from": _PARTY,
        "to": _PARTY,
        "what": TEXT,
        "amount": MONEY,
        "confidence": {"enum": list(CONFIDENCES)},
        "assumption": _YES,
        "carried_forward": _YES,
        "decision": _DECISION,
    }
)
_CHANGED = an_object(
    {
        "rulebook": TEXT,
        "currency": CURRENCY,
        "flows": COUNT,
        "parameters": a_list(
            an_object({"key": TEXT, "before": or_null(_READING), "after": or_null(_READING)})
        ),
        "rules": a_list(
            an_object({"topic": TEXT, "before": or_null(_RULE), "after": or_null(_RULE)})
        ),
        "payments": a_list(
            an_object(
                {
                    "flow": _FLOW,
                    "from": _PARTY,
                    "to": _PARTY,
                    "what": TEXT,
                    "before": or_null(MONEY),
                    "after": or_null(MONEY),
                }
            )
        ),
    },
    description="Null: nothing is known on that day, or nobody pays.",
)

RULES_ANSWERS: dict[str, Schema] = {
    "rules list": an_object({"day": DAY, "rulebooks": a_list(_HELD)}),
    "rules explain": an_object(
        {
            "rulebook": TEXT,
            "day": DAY,
            "currency": CURRENCY,
            "what_if": a_list(TEXT),
            "flow": _FLOW,
            "units": COUNT,
            "payments": a_list(_PAYMENT),
            "balance": by_name(MONEY),
            "notes": a_list(an_object({"en": TEXT, "zh": TEXT})),
        }
    ),
    "rules diff": an_object({"before": DAY, "after": DAY, "rulebooks": a_list(_CHANGED)}),
}
