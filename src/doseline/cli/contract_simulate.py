"""What ``doseline simulate --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    DAY,
    NUMBER,
    POSITIVE,
    TEXT,
    Schema,
    a_list,
    an_object,
    or_null,
)

_NUMBER = or_null(
    an_object(
        {"mean": NUMBER, "half": or_null(POSITIVE)},
        description="Half: half the width of the 95 % interval; null of one replication.",
    )
)
_SCENARIO = an_object(
    {
        **dict.fromkeys(("scenario", "variant", "what_if"), TEXT),
        **dict.fromkeys(("site_choice", "scanner_choice", "priority", "ordering", "batch"), TEXT),
        **dict.fromkeys(("reserved_for_new", "overbook"), TEXT),
        "swap": {"enum": ["yes", "no"]},
        "share_in_time": _NUMBER,
        "difference": _NUMBER,
    },
    description="Shares of 1; difference from the base, by common random numbers. Percent: "
    "reserved_for_new, overbook. A policy that a user wrote: FILE.py:FUNCTION.",
)
_ESTIMATE = an_object(
    {
        **dict.fromkeys(("scenario", "measure", "of"), TEXT),
        "when": or_null(DAY),
        "mean": or_null(NUMBER),
        "half": or_null(POSITIVE),
        "replications": COUNT,
    },
    description="What each measure is: docs/scripts.md. When: first day of a year; null: the whole "
    "time. Mean null: under 11 people, or what would tell of them by subtraction.",
)

SIMULATE_ANSWERS: dict[str, Schema] = {
    "simulate": an_object(
        {
            **dict.fromkeys(("network", "digest"), TEXT),
            "years": POSITIVE,
            "warm_up_weeks": COUNT,
            **dict.fromkeys(("start", "cohort_end", "horizon"), DAY),
            "seed": {"type": "integer"},
            **dict.fromkeys(("replications", "most"), COUNT),
            "precision": or_null(POSITIVE),
            "precise": {"type": "boolean"},
            "engine": {"enum": ["compiled", "plain"]},
            "patients": POSITIVE,
            "scenarios": a_list(_SCENARIO),
            "estimates": a_list(_ESTIMATE),
            "differences": a_list(_ESTIMATE),
            "page": or_null(TEXT),
        }
    )
}
