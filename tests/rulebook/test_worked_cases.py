"""Every worked example of every rulebook gives what a person computed by hand."""

from __future__ import annotations

import importlib
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.rules import parse_flow
from doseline.rules.parse import read_yaml

ALLOWED = {
    "name",
    "source",
    "by_hand",
    "what_if",
    "flow",
    "decides",
    "pays",
    "assumption",
    "carried_forward",
}
TRUTH = {"true": True, "false": False}


def _cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name in rulebook_names():
        folder = files(importlib.import_module(f"doseline.rulebook.{name}")) / "tests"
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            for case in read_yaml(file.read_text(encoding="utf-8"), file=file.name):
                found.append((name, case))
    return found


CASES = _cases()


def test_there_are_enough_examples_and_each_says_where_it_comes_from() -> None:
    assert len(CASES) >= 15
    for _, case in CASES:
        assert set(case) <= ALLOWED
        assert case["source"]["title"]
        assert case["source"]["address"]
        assert case["by_hand"]


@pytest.mark.parametrize(
    ("name", "case"), CASES, ids=[f"{name}: {case['name']}" for name, case in CASES]
)
def test_worked_case(name: str, case: dict[str, Any]) -> None:
    what_if = {key: Decimal(value) for key, value in case.get("what_if", {}).items()}
    book = load_rulebook(name).patched(what_if)
    flow = parse_flow(case["flow"], file=name)

    for topic, amount in case.get("decides", {}).items():
        assert book.decide(topic, flow).value == Decimal(amount), topic

    payments = book.pay(flow)
    if "pays" in case:
        expected = [
            (pay["from"], pay["to"], pay["what"], Decimal(pay["amount"])) for pay in case["pays"]
        ]
        found = [(pay.party_from, pay.party_to, pay.what, pay.amount) for pay in payments]
        assert found == expected
    for flag in ("assumption", "carried_forward"):
        if flag in case:
            name_of = "rests_on_assumption" if flag == "assumption" else flag
            said = any(getattr(pay.decision, name_of) for pay in payments)
            assert said is TRUTH[case[flag]], flag
