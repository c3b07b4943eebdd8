"""What ``doseline authorise --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.authorise.names import (
    ASKED,
    BASES,
    ITEMS,
    OWNERS,
    REASONS,
    REQUESTS,
    STAGES,
    STATUSES,
    STEP_STATES,
    UNCLEAR,
    VERDICTS,
)
from doseline.cli.contract_parts import (
    COUNT,
    DAY,
    TEXT,
    Schema,
    a_list,
    an_object,
    or_null,
)

_YES: Schema = {"type": "boolean"}
_BOTH = an_object({"en": TEXT, "zh": TEXT})
_CITED = an_object(
    {
        "kind": {"enum": ["official", "secondary", "computed", "assumption"]},
        "confidence": {"enum": ["low", "medium", "high"]},
        "title": TEXT,
        "address": TEXT,
        "as_of": DAY,
        "note": or_null(_BOTH),
    }
)
_FACT: dict[str, Schema] = {"reference": TEXT, "day": or_null(DAY), "value": or_null(TEXT)}
_CRITERION = an_object(
    {
        "criterion": TEXT,
        "what": TEXT,
        "status": {"enum": list(STATUSES)},
        "proof": a_list(an_object(_FACT)),
        "unclear": a_list(an_object({**_FACT, "why": {"enum": list(UNCLEAR)}})),
        "missing": a_list(TEXT),
        "good_until": or_null(DAY),
        "ages_before_dose": _YES,
        "owner": {"enum": list(OWNERS)},
        "by": or_null(DAY),
        "late": _YES,
        "lead_d": COUNT,
        "cited": _CITED,
    },
    description="Values of results only with --values. A proof of not met speaks against it.",
)
_CLOCK: dict[str, Schema] = {
    "item": {"enum": list(ITEMS)},
    "request": {"enum": list(REQUESTS)},
    "hours": or_null(COUNT),
    "days": or_null(COUNT),
    "extension_d": or_null(COUNT),
    "since": DAY,
    "cited": _CITED,
}
_DUE: dict[str, Schema] = {
    **_CLOCK,
    "due": or_null({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}),
    "due_local": or_null(TEXT),
}
_STEP = an_object(
    {
        "step": TEXT,
        "what": TEXT,
        "state": {"enum": list(STEP_STATES)},
        "day": DAY,
        "owner": {"enum": list(OWNERS)},
        "typical_d": COUNT,
        "cited": _CITED,
    }
)
_DOSE = an_object(
    {"cycle": COUNT, "day": DAY, "basis": {"enum": list(BASES)}, "reference": or_null(TEXT)}
)
_RENEWAL = an_object({"cycle": COUNT, "day": DAY, "reason": {"enum": list(REASONS)}})
_POLICY = an_object(
    {
        "policy": TEXT,
        "country": TEXT,
        "payer": _BOTH,
        "product": _BOTH,
        "asks": {"enum": list(ASKED)},
        "since": DAY,
        "cover": _CITED,
        "pattern": _YES,
    }
)
_ANSWER = an_object(
    {
        "policy": TEXT,
        "pattern": _YES,
        "patient": TEXT,
        "on": DAY,
        "stage": {"enum": list(STAGES)},
        "asks": {"enum": list(ASKED)},
        "verdict": {"enum": list(VERDICTS)},
        "payer_decides": a_list(TEXT),
        "criteria": a_list(_CRITERION),
        "clocks": a_list(an_object(_DUE)),
        "proposed": a_list(an_object(_CLOCK)),
        "steps": a_list(_STEP),
        "doses": a_list(_DOSE),
        "renewals": a_list(_RENEWAL),
        "next_renewal": or_null(_RENEWAL),
        "submit_by": or_null(DAY),
        "ignored": COUNT,
    },
    description="Complete says that the file holds what is asked for; the payer still decides.",
)

AUTHORISE_ANSWERS: dict[str, Schema] = {
    "authorise": an_object(
        {"policies": a_list(_POLICY), "answer": or_null(_ANSWER)},
        description="Policies with --policies; otherwise the list is empty and answer is there.",
    )
}
