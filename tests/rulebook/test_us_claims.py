"""The table that claims are checked with says the same of a code as the US rulebook."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from doseline.io.rulebooks import load_rulebook
from doseline.rules.parse import read_yaml

CODES = load_rulebook("us").blueprint.codes
TABLE = read_yaml((files("doseline.claims") / "codes.yaml").read_text("utf-8"), file="codes.yaml")
KNOWN: dict[str, dict[str, Any]] = {
    code: told for code, told in {**TABLE["therapies"], **TABLE["agents"]}.items() if code in CODES
}


def test_both_know_the_same_products() -> None:
    assert {code for code, one in CODES.items() if one.usual_key} == set(KNOWN)


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_unit_and_packages_agree(code: str) -> None:
    assert KNOWN[code]["unit"].replace("uCi", "µCi") == CODES[code].unit_name
    drug_codes = KNOWN[code].get("drug_codes", [])
    assert all(one.startswith(tuple(drug_codes)) for one in CODES[code].packages if drug_codes)


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_pass_through_ends_on_the_same_day(code: str) -> None:
    window = KNOWN[code]["pass_through"]
    if not isinstance(window, list):
        return
    until = date.fromisoformat(window[1])
    if date(2025, 1, 1) < until < date(2026, 6, 30):
        assert CODES[code].status_on(until) == "G"
        assert CODES[code].status_on(until + timedelta(days=1)) == "K"
