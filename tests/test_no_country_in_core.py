"""No country, currency or rulebook is named in code outside ``rulebook/``: nothing branches on one.

What differs nationally is data of a network, a parameter of its rulebook or a method of its
blueprint. Docstrings, comments and data files may name whatever they explain.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE = Path(__file__).parents[1] / "src" / "doseline"

COUNTRIES = {
    "america", "american", "beijing", "china", "cn", "prc", "us", "usa", "wuhan", "wuxi", "yunnan",
    "zhejiang",
}  # fmt: skip
MONEY = {"cny", "dollar", "dollars", "rmb", "usd", "yuan"}
PAYERS = {"cms", "drg", "iit", "medicaid", "medicare", "nhsa", "nrdl", "opps"}
SYMBOLS = re.compile(r"united states|[¥￥]|(?<![\\\w])\$(?=\d)|^\$$")

NO_COUNTRY = re.compile(r"\[us\]|(?<=[a-z0-9])_us\b|\bAmerica/\w+")
"""Units (``datetime64[us]``, ``elapsed_us``) and time zones."""

UNIT_CALLS = {"Datetime", "Duration", "cast_time_unit", "epoch", "timestamp"}
"""Polars calls whose argument ``"us"`` is the microsecond."""

ALLOWED = {
    ("io/workbook/rules.py", "$"): "an absolute cell of a sheet",
    ("model/setting_keys.py", "us"): "descriptions name what ships: a rulebook, an outline",
    ("physics/nuclides.py", "us"): "microseconds",
}
"""What a file may say, and why; nothing here may branch on a country."""


def test_the_words_that_are_looked_for_are_those_of_the_rulebooks() -> None:
    for name in rulebook_names():
        assert name in COUNTRIES
        assert load_rulebook(name).currency.lower() in MONEY


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('if network.currency == "USD": pass', ["usd"]),
        ("from x import us_release", ["us"]),
        ("def cn_release(): pass", ["cn"]),
        ("class ChinaRules: pass", ["china"]),
        ('x = payer in {"medicare_ffs"}', ["medicare"]),
        ('price = f"${amount}"', ["$"]),
        ("match book:\n    case 'cn': pass", ["cn"]),
        ("x = rules.nrdl", ["nrdl"]),
        ("f(drg=1)", ["drg"]),
        ('"""China."""\n# USD\nx = 1', []),
        ('x = pl.Datetime("us", "UTC")', []),
        ('x = np.datetime64("now", "[us]"); start_us = 1', []),
        ('x = "status"; usage = 2; bus = 3; cnt = 4', []),
    ],
)
def test_the_search_itself_finds_names_and_spares_units_and_comments(
    code: str, found: list[str]
) -> None:
    assert [word for _, word in _national(code)] == found


def test_no_module_of_the_core_names_a_country_a_currency_or_a_rulebook() -> None:
    told = []
    for file in sorted(CORE.rglob("*.py")):
        place = file.relative_to(CORE).as_posix()
        if place.startswith(("rulebook/", "data/")):
            continue
        for line, word in _national(file.read_text(encoding="utf-8")):
            if (place, word) not in ALLOWED:
                told.append(f"src/doseline/{place}:{line} says {word!r}")
    assert not told, "\n".join(told)


def test_no_file_of_the_core_is_named_after_a_country() -> None:
    for file in CORE.rglob("*.py"):
        place = file.relative_to(CORE)
        if place.parts[0] not in {"rulebook", "data"}:
            assert not _words(" ".join(place.with_suffix("").parts)), place


def test_every_exception_is_still_needed() -> None:
    for place, word in ALLOWED:
        code = (CORE / place).read_text(encoding="utf-8")
        assert word in {found for _, found in _national(code)}, f"{place} no longer says {word!r}"


def _national(code: str) -> Iterator[tuple[int, str]]:
    """Line and word of each national name in code, docstrings and comments aside."""
    tree = ast.parse(code)
    spared = {id(node) for one in ast.walk(tree) for node in _spared(one)}
    found = [
        (getattr(node, "lineno", 0), word)
        for node in ast.walk(tree)
        if id(node) not in spared
        for text in _texts(node)
        for word in _words(text)
    ]
    yield from sorted(set(found))


def _spared(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings and bare strings, and the units of time that polars takes."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in UNIT_CALLS:
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)


def _texts(node: ast.AST) -> Iterator[str]:
    """Identifiers and strings of one node of the syntax tree."""
    for name in ("id", "attr", "arg", "name", "asname", "module", "rest"):
        text = getattr(node, name, None)
        if isinstance(text, str):
            yield text
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _words(text: str) -> list[str]:
    """National words and symbols of a text; words are split at ``_`` and at capitals."""
    plain = NO_COUNTRY.sub(" ", text)
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)
    known = COUNTRIES | MONEY | PAYERS
    return [part.lower() for part in parts if part.lower() in known] + SYMBOLS.findall(
        plain.lower()
    )
