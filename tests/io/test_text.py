"""Every sentence exists in both languages, and every finding has one."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from doseline.io.text import (
    MissingTextError,
    RepeatedTextError,
    UnknownLanguageError,
    _Messages,
    messages,
    placeholders,
    severity_word,
    text,
    wording,
)
from doseline.model.findings import Finding

SOURCE = Path(__file__).parents[2] / "src" / "doseline"
LAYERS = ("model", "io")


def _codes() -> set[str]:
    """Texts that any source of model and io hands over as a finding's code."""
    found: set[str] = set()
    for layer in LAYERS:
        for path in (SOURCE / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for value in _code_values(node):
                    texts = [part for part in ast.walk(value) if isinstance(part, ast.Constant)]
                    found |= {part.value for part in texts if isinstance(part.value, str)}
    return found


def _code_values(node: ast.AST) -> list[ast.expr]:
    """What stands behind ``code=``, or is given to a variable of that name."""
    if isinstance(node, ast.keyword) and node.arg == "code":
        value = node.value
        # A comparison in a conditional expression holds texts that are no codes.
        return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        if node.targets[0].id != "code":
            return []
        value = node.value
        return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return []


def test_messages_are_those_that_a_parser_of_toml_finds_in_its_order() -> None:
    found: list[tuple[str, Any]] = []
    for path in sorted((SOURCE / "data").glob("messages*.toml")):
        found += _leaves(tomllib.loads(path.read_text(encoding="utf-8")), "")
    assert list(messages().items()) == found


def _leaves(tree: dict[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        is_leaf = all(isinstance(part, str) for part in value.values())
        found += [(prefix + name, value)] if is_leaf else _leaves(value, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize(
    "again", ['[a]\nb = { en = "x", zh = "x" }\n', '[a.b]\nen = "x"\nzh = "x"\n']
)
def test_a_message_in_two_files_is_refused(again: str) -> None:
    found = _Messages()
    found.add('[a]\nb = { en = "x", zh = "x" }\n', "messages.toml")
    with pytest.raises(RepeatedTextError, match=r"messages_2.toml repeats the message 'a.b'"):
        found.add(again, "messages_2.toml")


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    worded = {key.removeprefix("findings.") for key in messages() if key.startswith("findings.")}
    assert _codes() == worded


@pytest.mark.parametrize("key", sorted(messages()))
def test_every_message_exists_in_both_languages_with_the_same_places(key: str) -> None:
    sentence = messages()[key]
    assert set(sentence) == {"en", "zh"}
    assert placeholders(sentence["en"]) == placeholders(sentence["zh"])
    assert all(sentence[lang] == sentence[lang].strip() for lang in sentence if "joint" not in key)


FINDING = Finding(
    code="unknown_nuclide",
    severity="error",
    table="products",
    row=2,
    column="nuclide",
    found="Lu177",
    nearest="Lu-177",
)


def test_a_finding_says_where_what_and_what_was_meant() -> None:
    assert wording(FINDING, "en") == (
        "products.csv, line 2, nuclide: 'Lu177' is not in the nuclide table. "
        "Write element, hyphen and mass number. Did you mean Lu-177?"
    )
    assert wording(FINDING, "zh") == (
        "products.csv第2行，nuclide：“Lu177”不在核素表中。请写“元素-质量数”。是否应为Lu-177？"
    )


def test_braces_in_a_cell_are_shown_as_they_are() -> None:
    finding = Finding(code="not_a_number", severity="error", table="sites", found="{row}")
    assert "'{row}'" in wording(finding, "en")


def test_severities_have_words() -> None:
    assert (severity_word("warning", "en"), severity_word("warning", "zh")) == ("warning", "警告")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguageError, match="en, zh"):
        text("finding.error", "fr")


def test_an_unknown_message_is_refused() -> None:
    with pytest.raises(MissingTextError, match="no_such"):
        text("finding.no_such", "en")
