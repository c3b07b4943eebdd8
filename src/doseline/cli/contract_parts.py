"""The pieces that the contract with scripts is put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, Any]

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


def an_object(properties: Mapping[str, Schema], *, description: str = "") -> Schema:
    """An object that has all of these and nothing else."""
    about = {"description": description} if description else {}
    return {
        "type": "object",
        **about,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def a_list(items: Schema) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items}


def by_name(values: Schema) -> Schema:
    """Such values under names of their own."""
    return {"type": "object", "additionalProperties": values}


def or_null(schema: Schema) -> Schema:
    """Such a value, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def a_pair(items: Schema) -> Schema:
    """Two such items."""
    return {"type": "array", "items": items, "minItems": 2, "maxItems": 2}
