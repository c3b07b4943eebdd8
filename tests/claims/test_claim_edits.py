"""Every edit: one record that it objects to, clean records to which none does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.claims.claim_flaws import CLEAN, FLAWED
from tests.claims.claim_world import TODAY

from doseline.claims.codes import code_tables
from doseline.claims.edits.people import is_provider_number
from doseline.claims.registry import CHECKS, edits
from doseline.claims.scrub import scrub
from doseline.io.text import LANGUAGES, placeholders

if TYPE_CHECKING:
    from doseline.claims.case import Claimed


def _found(claims: Claimed | list[Claimed]) -> set[str]:
    several = claims if isinstance(claims, list) else [claims]
    return {flaw.edit.code for one in scrub(several, TODAY) for flaw in one.flaws}


def test_every_edit_has_words_a_source_and_a_record() -> None:
    assert set(edits()) == set(CHECKS) == set(FLAWED)
    assert len(CHECKS) >= 60
    for one in edits().values():
        assert one.severity in {"error", "warning"}
        assert one.title
        assert one.address
        for words in (one.reason, one.fix):
            assert set(words) == set(LANGUAGES)
            assert all(words.values())


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_record_triggers_none(name: str) -> None:
    assert _found(CLEAN[name]) == set()


@pytest.mark.parametrize("code", FLAWED)
def test_each_edit_finds_its_flaw_and_tells_it_in_both_languages(code: str) -> None:
    claims = FLAWED[code]
    several = claims if isinstance(claims, list) else [claims]
    flaws = [flaw for one in scrub(several, TODAY) for flaw in one.flaws if flaw.edit.code == code]
    assert flaws
    for lang in LANGUAGES:
        assert "{" not in flaws[0].reason(lang) + flaws[0].fix(lang)
    assert flaws[0].reason("en") != flaws[0].reason("zh")


def test_flaws_are_told_apart() -> None:
    # Most records are one change away from clean; few edits may follow one another.
    alone = [code for code, claims in FLAWED.items() if _found(claims) == {code}]
    assert len(alone) >= 70


def test_no_fix_names_a_code_or_what_pays_more() -> None:
    code = re.compile(r"\b[A-TV-Z]\d[0-9A-Z][0-9A-Z.]*\b|\b\d{5}\b")
    money = re.compile(
        r"pays? more|higher pay|better paid|reimburse|支付更高|报销更多", re.IGNORECASE
    )
    for one in edits().values():
        for words in one.fix.values():
            assert not code.search(words), (one.code, words)
            assert not money.search(words), (one.code, words)
            # A fix fills in amounts, days and units of the record, never another code.
            assert not placeholders(words) & {"code", "authorised", "ndc", "agent"}, one.code


def test_the_luhn_digit_of_the_enumerators_own_example() -> None:
    assert is_provider_number("1234567893")
    assert sum(is_provider_number(f"123456789{last}") for last in range(10)) == 1
    assert not is_provider_number("123456789")


def test_every_code_has_a_known_source_and_no_procedure_text() -> None:
    tables = code_tables()
    every = (*tables.therapies.values(), *tables.unnamed.values(), *tables.agents.values())
    for one in every:
        assert one.sources
        assert set(one.sources) <= set(tables.sources)
        assert re.fullmatch(r"[AC]\d{4}", one.code)
    for payer in tables.payers.values():
        assert set(payer.sources) <= set(tables.sources)
