"""What ``doseline replan --json`` prints, as a JSON Schema."""

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
    or_null,
)
from doseline.model.events import FORMS
from doseline.model.ledger import LINKS
from doseline.model.replanned import CAUSES, CHANGES, PARTS

_DOSE = ("batch", "depart", "infuse", "suite", "lanes")
_CHANGE = an_object(
    {
        **dict.fromkeys(("order", "patient", "product", "site"), TEXT),
        "kind": {"enum": ["new", "continuing"]},
        "change": {"enum": list(CHANGES)},
        "what": a_list({"enum": list(PARTS)}),
        "cause": {"enum": list(CAUSES)},
        "event": {
            "type": "string",
            "pattern": f"^(({'|'.join(FORMS)}):.*)?$",
            "description": "The event that hit the order; empty: none.",
        },
        **dict.fromkeys((name for one in _DOSE for name in (f"{one}_before", one)), or_null(TEXT)),
        **dict.fromkeys(("day_before", "day"), or_null(DAY)),
        **dict.fromkeys(
            ("activity_before_gbq", "activity_gbq", "label_percent"), or_null(POSITIVE)
        ),
        "days_moved": or_null({"type": "integer"}),
        **dict.fromkeys(("earliest", "latest"), DAY),
        "inside_window": or_null({"type": "boolean"}),
        **dict.fromkeys(("cost_before", "cost", "fee"), POSITIVE),
        "cost_change": NUMBER,
        "vial_of": or_null(TEXT),
        "new_identity_check": {"type": "boolean"},
        "link": or_null({"enum": list(LINKS)}),
        "reason": or_null(TEXT),
    },
    description="Instants in UTC, days at the site, activity at infusion, cost of vial and lanes.",
)
_VIAL = an_object(
    {
        **dict.fromkeys(("batch", "vial_of", "site"), TEXT),
        "order": or_null(TEXT),
        "activity_gbq": or_null(POSITIVE),
    },
    description="A vial that exists, whom it was made for and who gets it; activity at calibration.",
)

REPLAN_ANSWERS: dict[str, Schema] = {
    "replan": an_object(
        {
            "network": TEXT,
            "week": DAY,
            "currency": CURRENCY,
            "at": TEXT,
            "events": a_list(TEXT),
            **dict.fromkeys(("orders", "served_before", "served", "others_moved"), COUNT),
            "counts": an_object(dict.fromkeys(CHANGES, COUNT)),
            "most_moves": or_null(COUNT),
            **dict.fromkeys(
                (
                    "move_price",
                    "adjust_price",
                    "move_total",
                    "cost_before",
                    "written_off",
                    "penalty_before",
                    "penalty",
                    "fees",
                ),
                POSITIVE,
            ),
            "objective": NUMBER,
            "bound": NUMBER,
            "gap": POSITIVE,
            "cost": POSITIVE,
            "gap_of_cost": POSITIVE,
            "more_orders": COUNT,
            "status": {"enum": ["optimal", "feasible", "empty"]},
            "changes": a_list(_CHANGE),
            "vials": a_list(_VIAL),
            "seconds": POSITIVE,
            "folder": TEXT,
        },
        description="The objective counts penalties and move prices; no plan that keeps what has "
        "physically happened has a smaller one than the bound.",
    ),
}
