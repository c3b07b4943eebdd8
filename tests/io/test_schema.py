"""What ``doseline schema`` prints is true of the example."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest
from jsonschema import Draft202012Validator
from tests.io.broken import TINY

from doseline.io.folder import load
from doseline.io.schema import json_schema, schema_markdown, schema_text
from doseline.io.tables import json_text
from doseline.model.catalogue import TABLES
from doseline.model.network import Settings
from doseline.model.setting_keys import SETTING_KEYS


def _settings() -> dict[str, object]:
    """The settings of the example by dotted key."""
    tree = tomllib.loads((TINY / "network.toml").read_text(encoding="utf-8"))
    found: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and key != "variants":
            found |= {f"{key}.{name}": one for name, one in value.items()}
        else:
            found[key] = value
    return {key: one.isoformat() if isinstance(one, date) else one for key, one in found.items()}


def _example() -> dict[str, Any]:
    """The example as the one object that the JSON Schema describes."""
    network = load(TINY)
    tables = {table.name: network.frame(table.name).to_dicts() for table in TABLES}
    plain: dict[str, Any] = json.loads(json_text({"network": _settings(), **tables}))
    for product in plain["products"]:
        product["price"] = product["price"].rstrip("0").rstrip(".")
    return plain


def test_the_json_schema_is_valid_and_the_example_meets_it() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        _example()
    )


def test_the_json_schema_refuses_a_negative_activity() -> None:
    example = _example()
    example["products"][0]["activity_gbq"] = -1
    with pytest.raises(jsonschema.ValidationError, match="-1"):
        Draft202012Validator(json_schema()).validate(example)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text_and_markdown_name_every_column_with_its_meaning(lang: str) -> None:
    words, markdown = schema_text(lang), schema_markdown(lang)
    for table in TABLES:
        assert f"{table.name}.csv" in words
        assert f"## {table.name}.csv" in markdown
        for column in table.columns:
            doc = column.doc if lang == "en" else column.doc_zh
            assert doc in words
            assert f"| `{column.name}` |" in markdown
    for key in SETTING_KEYS:
        assert key.column.name in words


def test_every_setting_has_a_key() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)} - {"variants"}
    assert {key.field for key in SETTING_KEYS} == fields
