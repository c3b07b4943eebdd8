"""What ``--json`` prints, as JSON Schemas: the contract with scripts."""

from __future__ import annotations

from doseline.cli.contract_authorise import AUTHORISE_ANSWERS
from doseline.cli.contract_calibrate import CALIBRATE_ANSWERS
from doseline.cli.contract_ceilings import CEILINGS_ANSWERS
from doseline.cli.contract_claim import CLAIM_ANSWERS
from doseline.cli.contract_parts import (
    COUNT,
    CURRENCY,
    DAY,
    LOCAL,
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
from doseline.cli.contract_pathway import PATHWAY_ANSWERS
from doseline.cli.contract_plan import PLAN_ANSWERS
from doseline.cli.contract_replan import REPLAN_ANSWERS
from doseline.cli.contract_robust import ROBUST_ANSWERS
from doseline.cli.contract_rules import RULES_ANSWERS
from doseline.cli.contract_simulate import SIMULATE_ANSWERS
from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, INFUSED, LINKS, PARTIES
from doseline.study.headroom_names import PROMISES, SITE_RESOURCES, STOPS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEPT = (*INFUSED, "returned")
"""Endings of a dose that is not lost."""

_FINDING = an_object(
    {
        "severity": {"enum": ["error", "warning", "note"]},
        "code": TEXT,
        "table": TEXT,
        "row": or_null({"type": "integer", "minimum": 1, "description": "Line of the file."}),
        "column": TEXT,
        "found": TEXT,
        "allowed": TEXT,
        "nearest": TEXT,
        "message": TEXT,
    }
)
_ERROR = an_object(
    {"code": TEXT, "message": TEXT, "exit_code": {"type": "integer", "minimum": 1}},
    description="The sentence is also on stderr, in the reader's language.",
)
_VALUE = an_object(
    {"patients": NUMBER, "interval": a_pair(NUMBER), "unit": TEXT},
    description="Patients in time gained by one unit more of the link; 95 % interval of the mean.",
)
_LEDGER_ROW = an_object(
    {
        "link": {"enum": [*LINKS, CLINICAL]},
        "patients": COUNT,
        "late": COUNT,
        "never": COUNT,
        "clinical_exit": COUNT,
        "interval": a_pair(POSITIVE),
        "doses": COUNT,
        "cost": or_null(POSITIVE),
        "payment": or_null(POSITIVE),
        "currency": CURRENCY,
        "value": or_null(_VALUE),
    },
    description="Interval: 5 % and 95 % points of patients over seeds; money of the planned week.",
)
_PLAN = an_object(
    {
        "week": DAY,
        "objective": NUMBER,
        "bound": NUMBER,
        "gap": POSITIVE,
        "cost": POSITIVE,
        "gap_of_cost": POSITIVE,
        "more_orders": COUNT,
        "status": {"enum": ["optimal", "feasible", "empty"]},
        "orders": COUNT,
        "served": COUNT,
        "delivered": COUNT,
    }
)
_MONEY_ROW = an_object(
    {"party": {"enum": [*PARTIES, "outside"]}, "item": TEXT, "amount": MONEY, "currency": CURRENCY},
    description="Received is positive, spent negative; all rows sum to zero.",
)
_DOSE_MONEY_ROW = an_object(
    {
        **dict.fromkeys(("product", "channel", "payer"), TEXT),
        "doses": or_null(COUNT),
        "parties": or_null(by_name(an_object(dict.fromkeys(("revenue", "cost", "margin"), MONEY)))),
    },
    description="Null in place of groups of fewer than 11 doses; margins sum to zero.",
)
_LOST = [ending for ending in DOSE_ENDINGS if ending not in KEPT]
_DOSES = an_object(
    dict.fromkeys(("ordered", *KEPT, "lost", *(f"lost_{ending}" for ending in _LOST)), COUNT),
    description="ordered = infused + infused_late + returned + lost; lost = all lost_...",
)
_PATIENTS = an_object(
    dict.fromkeys(("eligible", *CLASSES), COUNT),
    description="eligible = in_time + late + never + clinical_exit + open.",
)
_CHAIN_ROW = an_object({"hours": POSITIVE, "nuclide": TEXT, "activity_bq": POSITIVE})
_OPTION = an_object(
    {
        **dict.fromkeys(("product", "line", "batch", "site"), TEXT),
        "suite": or_null(TEXT),
        "lanes": or_null(TEXT),
        **dict.fromkeys(("calibration", "leaves", "arrives", "infusion"), or_null(LOCAL)),
        **dict.fromkeys(
            ("activity_ready_gbq", "activity_arrive_gbq", "activity_infuse_gbq"),
            or_null(POSITIVE),
        ),
        **dict.fromkeys(("volume_ml", "transport_index", "cost"), or_null(POSITIVE)),
        "on_time_percent": or_null({"type": "number", "minimum": 0, "maximum": 100}),
        "refusal": {"type": "string", "description": "Empty: the option can be used."},
    }
)
_VALUE_ROW = an_object(
    {
        "link": {"enum": list(LINKS)},
        "unit": TEXT,
        "at": or_null(TEXT),
        **dict.fromkeys(("patients", "low", "high", "money", "money_low", "money_high"), NUMBER),
        "patients_downstream": or_null(NUMBER),
        "pairs": {"type": "integer", "minimum": 2},
    }
)

_SETTING = {"type": ["string", "number", "null"]}
_SETTING_CHANGE = an_object({"name": TEXT, "unit": TEXT, "before": _SETTING, "after": _SETTING})
_CELL_CHANGE = an_object(
    {
        **dict.fromkeys(("key", "column", "unit", "before", "after"), TEXT),
        **dict.fromkeys(("change", "change_percent"), or_null(NUMBER)),
    }
)
_TABLE_CHANGE = an_object(
    {
        "table": TEXT,
        **dict.fromkeys(("rows_before", "rows_after", "rows_changed"), COUNT),
        **dict.fromkeys(("added", "removed"), a_list(TEXT)),
        "reordered": {"type": "boolean"},
        "changes": a_list(_CELL_CHANGE),
    }
)

_FILLED = an_object(
    {
        **dict.fromkeys(("column", "from", "constant", "numbered", "unit", "date_format"), TEXT),
        "values": by_name(TEXT),
        "confidence": SHARE,
        "samples": a_list(TEXT),
    },
    description="How one column of the table is filled.",
)

_CHANGE = or_null(an_object({"value": NUMBER, "interval": a_pair(NUMBER)}))
_COMPARED_CELL = an_object(
    {
        "result": TEXT,
        "patients": or_null(COUNT),
        "interval": or_null(a_pair(POSITIVE)),
        "of_eligible": or_null(SHARE),
        "difference": _CHANGE,
    }
)
_COMPARED_RESULT = an_object(
    {
        **dict.fromkeys(("result", "folder", "network"), TEXT),
        "currency": CURRENCY,
        "eligible": or_null(COUNT),
        "share_in_time": or_null(an_object({"value": SHARE, "low": SHARE, "high": SHARE})),
        "difference_points": _CHANGE,
        "assumption_share": or_null(SHARE),
        **dict.fromkeys(("payment_per_patient", "cost_per_patient"), or_null(NUMBER)),
    }
)
_COMPARED_AREA = an_object(
    {
        **dict.fromkeys(("result", "area"), TEXT),
        "eligible": POSITIVE,
        "share": or_null(SHARE),
        "link": or_null({"enum": list(LINKS)}),
    }
)
_COMPARED_PARTY = an_object(
    {
        **dict.fromkeys(("result", "party"), TEXT),
        **dict.fromkeys(("received", "paid"), POSITIVE),
        "net": NUMBER,
        "currency": CURRENCY,
    }
)
_STOP: Schema = {"enum": list(STOPS)}
_HEADROOM_DAY = an_object(
    {
        "day": DAY,
        "product": TEXT,
        **dict.fromkeys((*SITE_RESOURCES, "supply"), or_null(COUNT)),
        "acceptable": COUNT,
        "stops": _STOP,
        "ties": {**a_list(_STOP), "minItems": 1},
        "detail": TEXT,
        "order_by": or_null(DAY),
        "committed": COUNT,
        "reserved": COUNT,
    },
    description="Doses that each could take by itself; acceptable is what fits, on that day alone.",
)
_HEADROOM_STOP = an_object(
    {
        "stops": {**a_list(_STOP), "minItems": 1},
        "days": COUNT,
        "alone": COUNT,
        "more": or_null({"type": "integer"}),
    },
    description="More: doses that the cumulative plan gains by one unit more of each.",
)
_PROMISED = an_object(
    {
        "what": {"enum": list(PROMISES)},
        "name": TEXT,
        "product": TEXT,
        "earliest": DAY,
        "latest": DAY,
        "day": or_null(DAY),
    }
)

_ANSWERS: dict[str, Schema] = {
    **AUTHORISE_ANSWERS,
    **PATHWAY_ANSWERS,
    **CALIBRATE_ANSWERS,
    **PLAN_ANSWERS,
    **REPLAN_ANSWERS,
    **ROBUST_ANSWERS,
    **CEILINGS_ANSWERS,
    **CLAIM_ANSWERS,
    **RULES_ANSWERS,
    **SIMULATE_ANSWERS,
    "check": an_object({"findings": a_list(_FINDING)}),
    "compare": an_object(
        {
            "paired": {"type": "boolean"},
            "results": a_list(_COMPARED_RESULT),
            "classes": a_list(
                an_object({"class": {"enum": list(CLASSES)}, "results": a_list(_COMPARED_CELL)})
            ),
            "ledger": a_list(
                an_object({"link": {"enum": [*LINKS, CLINICAL]}, "results": a_list(_COMPARED_CELL)})
            ),
            "areas": a_list(_COMPARED_AREA),
            "money": a_list(_COMPARED_PARTY),
            "differs": a_list(an_object({"kind": TEXT, "key": TEXT, "values": a_list(TEXT)})),
            "page": TEXT,
        },
        description="Null in place of groups of fewer than 11 people.",
    ),
    "convert": an_object(
        {
            "destination": TEXT,
            "form": {"enum": ["csv", "xlsx", "parquet"]},
            "tables": by_name(COUNT),
            "left": a_list(TEXT),
        }
    ),
    "decay": an_object(
        {
            "nuclide": TEXT,
            "half_life_h": {"type": "number", "exclusiveMinimum": 0},
            "given_bq": POSITIVE,
            "hours": POSITIVE,
            "direction": {"enum": ["left_after", "needed_now"]},
            "activity_bq": POSITIVE,
            "volume_ml": or_null(POSITIVE),
            "chain": or_null(a_list(_CHAIN_ROW)),
            "plot": or_null(TEXT),
            "dataset": TEXT,
        }
    ),
    "diff": an_object(
        {
            "same": {"type": "boolean"},
            "settings": a_list(_SETTING_CHANGE),
            "tables": a_list(_TABLE_CHANGE),
        }
    ),
    "headroom": an_object(
        {
            "site": TEXT,
            "start": DAY,
            "days": COUNT,
            "products": a_list(
                an_object({"product": TEXT, "earliest": or_null(DAY), "accepted": COUNT})
            ),
            "daily": a_list(_HEADROOM_DAY),
            "cumulative": a_list(
                an_object({"day": DAY, "product": TEXT, "accepted": COUNT, "total": COUNT})
            ),
            "stops": a_list(_HEADROOM_STOP),
            "promised": a_list(_PROMISED),
        }
    ),
    "import": an_object(
        {
            "table": TEXT,
            "written": {"type": "boolean"},
            **dict.fromkeys(("rows_before", "rows_after", "rows_in_list"), COUNT),
            "columns": a_list(_FILLED),
            "unused": a_list(TEXT),
            "defaulted": a_list(TEXT),
            "mapping": or_null(TEXT),
            "errors_elsewhere": COUNT,
            "findings": a_list(_FINDING),
        }
    ),
    "new": an_object({"network": TEXT, "from": TEXT}),
    "options": an_object({"week": DAY, "currency": CURRENCY, "options": a_list(_OPTION)}),
    "run": an_object(
        {
            "network": TEXT,
            "patients": _PATIENTS,
            "share_in_time": an_object({"value": SHARE, "low": SHARE, "high": SHARE}),
            "doses": _DOSES,
            "ledger": a_list(_LEDGER_ROW),
            "plan": _PLAN,
            "money": a_list(_MONEY_ROW),
            "dose_money": a_list(_DOSE_MONEY_ROW),
            "assumption_share": or_null(SHARE),
            "participation_rounds": COUNT,
            "provenance": {"type": "object"},
            "findings": a_list(_FINDING),
            "seconds": POSITIVE,
            "report": TEXT,
            "brief": TEXT,
        }
    ),
    "value": an_object({"values": a_list(_VALUE_ROW), "currency": CURRENCY}),
}

SCHEMAS: dict[str, Schema] = {
    command: {"$schema": DIALECT, "title": f"doseline {command} --json", **answer}
    for command, answer in sorted(_ANSWERS.items())
}
"""The answer of each command that has one; ``schema --json`` prints a JSON Schema itself."""

SCHEMAS["error"] = {
    "$schema": DIALECT,
    "title": "Any command with --json that fails",
    "type": "object",
    "properties": {"error": _ERROR, "findings": a_list(_FINDING)},
    "required": ["error"],
    "additionalProperties": False,
}
