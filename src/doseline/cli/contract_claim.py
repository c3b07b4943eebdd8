"""What ``doseline claim --json`` prints, as a JSON Schema."""

from __future__ import annotations

from doseline.cli.contract_parts import (
    COUNT,
    MONEY,
    TEXT,
    Schema,
    a_list,
    an_object,
    by_name,
    or_null,
)

_LINE = {"type": "integer", "minimum": 1}
_CLAIM = an_object(
    {
        "claim": TEXT,
        "row": {"type": "integer", "minimum": 1, "description": "Line of the file."},
        "form": {"enum": ["institutional", "professional"]},
        "clean": {"type": "boolean"},
        "errors": COUNT,
        "warnings": COUNT,
        "charge": MONEY,
        "units": by_name(MONEY),
        "file": or_null(TEXT),
    },
    description="units: of each drug line, by its number; file: null unless written.",
)
_FOUND = an_object(
    {
        "claim": TEXT,
        "row": _LINE,
        "line": or_null(_LINE),
        "edit": {"type": "string", "pattern": r"^[A-Z]\d{2}$"},
        "severity": {"enum": ["error", "warning"]},
        **dict.fromkeys(("reason", "fix", "source", "address"), TEXT),
    }
)

CLAIM_ANSWERS: dict[str, Schema] = {
    "claim": an_object(
        {
            "claims": a_list(_CLAIM),
            "findings": a_list(_FOUND),
            "clean": COUNT,
            "edits": COUNT,
            "folder": or_null(TEXT),
        },
        description="Exit code 2 where a claim has an error; clean ones are written all the same.",
    )
}
"""The answer of the command."""
