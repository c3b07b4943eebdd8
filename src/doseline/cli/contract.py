"""What ``--json`` prints, as JSON Schemas: the contract with scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS, PARTIES
from doseline.study.headroom_names import PROMISES, SITE_RESOURCES, STOPS

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEPT = ("infused", "infused_late", "returned")
"""Endings of a dose that is not lost."""

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
POSITIVE: Schema = {"type": "number", "minimum": 0}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
MONEY: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
LOCAL: Schema = {
    "type": "string",
    "pattern": r"^[A-Z][a-z]{2} \d{4}-\d{2}-\d{2} \d{2}:\d{2}[+-]\d{2}:\d{2}$",
    "description": "Weekday and wall time of the place, with its offset from UTC.",
}


def _object(properties: Mapping[str, Schema], *, description: str = "") -> Schema:
    """An object that has all of these and nothing else."""
    about = {"description": description} if description else {}
    return {
        "type": "object",
        **about,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _by_name(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _pair(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 2, "maxItems": 2}


_FINDING = _object(
    {
        "severity": {"enum": ["error", "warning", "note"]},
        "code": TEXT,
        "table": TEXT,
        "row": _or_null({"type": "integer", "minimum": 1, "description": "Line of the file."}),
        "column": TEXT,
        "found": TEXT,
        "allowed": TEXT,
        "nearest": TEXT,
        "message": TEXT,
    }
)
_ERROR = _object(
    {"code": TEXT, "message": TEXT, "exit_code": {"type": "integer", "minimum": 1}},
    description="The sentence is also on stderr, in the reader's language.",
)
_VALUE = _object(
    {"patients": NUMBER, "interval": _pair(NUMBER), "unit": TEXT},
    description="Patients in time gained by one unit more of the link; 95 % interval of the mean.",
)
_LEDGER_ROW = _object(
    {
        "link": {"enum": [*LINKS, CLINICAL]},
        "patients": COUNT,
        "late": COUNT,
        "never": COUNT,
        "clinical_exit": COUNT,
        "interval": _pair(POSITIVE),
        "doses": COUNT,
        "cost": _or_null(POSITIVE),
        "payment": _or_null(POSITIVE),
        "currency": CURRENCY,
        "value": _or_null(_VALUE),
    },
    description="Interval: 5 % and 95 % points of patients over seeds; money of the planned week.",
)
_PLAN = _object(
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
_MONEY_ROW = _object(
    {"party": {"enum": [*PARTIES, "outside"]}, "item": TEXT, "amount": MONEY, "currency": CURRENCY},
    description="Received is positive, spent negative; all rows sum to zero.",
)
_LOST = [ending for ending in DOSE_ENDINGS if ending not in KEPT]
_DOSES = _object(
    dict.fromkeys(("ordered", *KEPT, "lost", *(f"lost_{ending}" for ending in _LOST)), COUNT),
    description="ordered = infused + infused_late + returned + lost; lost = all lost_...",
)
_PATIENTS = _object(
    dict.fromkeys(("eligible", *CLASSES), COUNT),
    description="eligible = in_time + late + never + clinical_exit + open.",
)
_CHAIN_ROW = _object({"hours": POSITIVE, "nuclide": TEXT, "activity_bq": POSITIVE})
_OPTION = _object(
    {
        **dict.fromkeys(("product", "line", "batch", "site"), TEXT),
        "suite": _or_null(TEXT),
        "lanes": _or_null(TEXT),
        **dict.fromkeys(("calibration", "leaves", "arrives", "infusion"), _or_null(LOCAL)),
        **dict.fromkeys(
            ("activity_ready_gbq", "activity_arrive_gbq", "activity_infuse_gbq"),
            _or_null(POSITIVE),
        ),
        **dict.fromkeys(("volume_ml", "transport_index", "cost"), _or_null(POSITIVE)),
        "on_time_percent": _or_null({"type": "number", "minimum": 0, "maximum": 100}),
        "refusal": {"type": "string", "description": "Empty: the option can be used."},
    }
)
_VALUE_ROW = _object(
    {
        "link": {"enum": list(LINKS)},
        "unit": TEXT,
        "at": _or_null(TEXT),
        **dict.fromkeys(("patients", "low", "high", "money", "money_low", "money_high"), NUMBER),
        "patients_downstream": _or_null(NUMBER),
        "pairs": {"type": "integer", "minimum": 2},
    }
)

_SETTING = {"type": ["string", "number", "null"]}
_SETTING_CHANGE = _object({"name": TEXT, "unit": TEXT, "before": _SETTING, "after": _SETTING})
_CELL_CHANGE = _object(
    {
        **dict.fromkeys(("key", "column", "unit", "before", "after"), TEXT),
        **dict.fromkeys(("change", "change_percent"), _or_null(NUMBER)),
    }
)
_TABLE_CHANGE = _object(
    {
        "table": TEXT,
        **dict.fromkeys(("rows_before", "rows_after", "rows_changed"), COUNT),
        **dict.fromkeys(("added", "removed"), _list(TEXT)),
        "reordered": {"type": "boolean"},
        "changes": _list(_CELL_CHANGE),
    }
)

_FILLED = _object(
    {
        **dict.fromkeys(("column", "from", "constant", "numbered", "unit", "date_format"), TEXT),
        "values": _by_name(TEXT),
        "confidence": SHARE,
        "samples": _list(TEXT),
    },
    description="How one column of the table is filled.",
)

_CHANGE = _or_null(_object({"value": NUMBER, "interval": _pair(NUMBER)}))
_COMPARED_CELL = _object(
    {
        "result": TEXT,
        "patients": _or_null(COUNT),
        "interval": _or_null(_pair(POSITIVE)),
        "of_eligible": _or_null(SHARE),
        "difference": _CHANGE,
    }
)
_COMPARED_RESULT = _object(
    {
        **dict.fromkeys(("result", "folder", "network"), TEXT),
        "currency": CURRENCY,
        "eligible": _or_null(COUNT),
        "share_in_time": _or_null(_object({"value": SHARE, "low": SHARE, "high": SHARE})),
        "difference_points": _CHANGE,
        "assumption_share": _or_null(SHARE),
        **dict.fromkeys(("payment_per_patient", "cost_per_patient"), _or_null(NUMBER)),
    }
)
_COMPARED_AREA = _object(
    {
        **dict.fromkeys(("result", "area"), TEXT),
        "eligible": POSITIVE,
        "share": _or_null(SHARE),
        "link": _or_null({"enum": list(LINKS)}),
    }
)
_COMPARED_PARTY = _object(
    {
        **dict.fromkeys(("result", "party"), TEXT),
        **dict.fromkeys(("received", "paid"), POSITIVE),
        "net": NUMBER,
        "currency": CURRENCY,
    }
)
_STOP: Schema = {"enum": list(STOPS)}
_HEADROOM_DAY = _object(
    {
        "day": DAY,
        "product": TEXT,
        **dict.fromkeys((*SITE_RESOURCES, "supply"), _or_null(COUNT)),
        "acceptable": COUNT,
        "stops": _STOP,
        "ties": {**_list(_STOP), "minItems": 1},
        "detail": TEXT,
        "order_by": _or_null(DAY),
        "committed": COUNT,
        "reserved": COUNT,
    },
    description="Doses that each could take by itself; acceptable is what fits, on that day alone.",
)
_HEADROOM_STOP = _object(
    {
        "stops": {**_list(_STOP), "minItems": 1},
        "days": COUNT,
        "alone": COUNT,
        "more": _or_null({"type": "integer"}),
    },
    description="More: doses that the cumulative plan gains by one unit more of each.",
)
_PROMISED = _object(
    {
        "what": {"enum": list(PROMISES)},
        "name": TEXT,
        "product": TEXT,
        "earliest": DAY,
        "latest": DAY,
        "day": _or_null(DAY),
    }
)

_ANSWERS: dict[str, Schema] = {
    "check": _object({"findings": _list(_FINDING)}),
    "compare": _object(
        {
            "paired": {"type": "boolean"},
            "results": _list(_COMPARED_RESULT),
            "classes": _list(
                _object({"class": {"enum": list(CLASSES)}, "results": _list(_COMPARED_CELL)})
            ),
            "ledger": _list(
                _object({"link": {"enum": [*LINKS, CLINICAL]}, "results": _list(_COMPARED_CELL)})
            ),
            "areas": _list(_COMPARED_AREA),
            "money": _list(_COMPARED_PARTY),
            "differs": _list(_object({"kind": TEXT, "key": TEXT, "values": _list(TEXT)})),
            "page": TEXT,
        },
        description="Null in place of groups of fewer than 11 people.",
    ),
    "convert": _object(
        {
            "destination": TEXT,
            "form": {"enum": ["csv", "xlsx", "parquet"]},
            "tables": _by_name(COUNT),
            "left": _list(TEXT),
        }
    ),
    "decay": _object(
        {
            "nuclide": TEXT,
            "half_life_h": {"type": "number", "exclusiveMinimum": 0},
            "given_bq": POSITIVE,
            "hours": POSITIVE,
            "direction": {"enum": ["left_after", "needed_now"]},
            "activity_bq": POSITIVE,
            "volume_ml": _or_null(POSITIVE),
            "chain": _or_null(_list(_CHAIN_ROW)),
            "plot": _or_null(TEXT),
            "dataset": TEXT,
        }
    ),
    "diff": _object(
        {
            "same": {"type": "boolean"},
            "settings": _list(_SETTING_CHANGE),
            "tables": _list(_TABLE_CHANGE),
        }
    ),
    "headroom": _object(
        {
            "site": TEXT,
            "start": DAY,
            "days": COUNT,
            "products": _list(
                _object({"product": TEXT, "earliest": _or_null(DAY), "accepted": COUNT})
            ),
            "daily": _list(_HEADROOM_DAY),
            "cumulative": _list(
                _object({"day": DAY, "product": TEXT, "accepted": COUNT, "total": COUNT})
            ),
            "stops": _list(_HEADROOM_STOP),
            "promised": _list(_PROMISED),
        }
    ),
    "import": _object(
        {
            "table": TEXT,
            "written": {"type": "boolean"},
            **dict.fromkeys(("rows_before", "rows_after", "rows_in_list"), COUNT),
            "columns": _list(_FILLED),
            "unused": _list(TEXT),
            "defaulted": _list(TEXT),
            "mapping": _or_null(TEXT),
            "errors_elsewhere": COUNT,
            "findings": _list(_FINDING),
        }
    ),
    "new": _object({"network": TEXT, "from": TEXT}),
    "options": _object({"week": DAY, "currency": CURRENCY, "options": _list(_OPTION)}),
    "run": _object(
        {
            "network": TEXT,
            "patients": _PATIENTS,
            "share_in_time": _object({"value": SHARE, "low": SHARE, "high": SHARE}),
            "doses": _DOSES,
            "ledger": _list(_LEDGER_ROW),
            "plan": _PLAN,
            "money": _list(_MONEY_ROW),
            "assumption_share": _or_null(SHARE),
            "participation_rounds": COUNT,
            "provenance": {"type": "object"},
            "findings": _list(_FINDING),
            "seconds": POSITIVE,
            "report": TEXT,
            "brief": TEXT,
        }
    ),
    "value": _object({"values": _list(_VALUE_ROW), "currency": CURRENCY}),
}

SCHEMAS: dict[str, Schema] = {
    command: {"$schema": DIALECT, "title": f"doseline {command} --json", **answer}
    for command, answer in _ANSWERS.items()
}
"""The answer of each command that has one; ``schema --json`` prints a JSON Schema itself."""

SCHEMAS["error"] = {
    "$schema": DIALECT,
    "title": "Any command with --json that fails",
    "type": "object",
    "properties": {"error": _ERROR, "findings": _list(_FINDING)},
    "required": ["error"],
    "additionalProperties": False,
}
