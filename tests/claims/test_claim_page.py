"""The page on claims says what the program does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doseline.claims.record import INFUSIONS, LINES
from doseline.claims.registry import edits

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    path = ROOT / "scripts" / "build_claim_page.py"
    spec = importlib.util.spec_from_file_location("build_claim_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("lang", "name"), [("en", "claim.md"), ("zh", "claim.zh.md")])
def test_the_tables_of_the_page_are_those_of_the_program(lang: str, name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == _script().built(page, lang), "run scripts/build_claim_page.py"
    for code in edits():
        assert f"\n| {code} |" in page
    for column in (*INFUSIONS.columns, *LINES.columns):
        assert f"\n| `{column.name}` |" in page
    assert str(len(edits())) in page
