"""The brief: two sheets, complete in itself, that say what the report says."""

from __future__ import annotations

import re

import pytest
from tests.io.fake_network import SMALL, US
from tests.io.fake_result import empty_result, fake_result
from tests.io.test_report import LOADS, Page

from doseline.io.report import render_brief, render_report
from doseline.io.text import UnknownLanguageError

MOST_ROWS = 8
"""Rows of any of its tables, so that they fit on a page; the parties are eight."""


@pytest.fixture(scope="module", params=[SMALL, US], ids=["small", "large"])
def brief(request: pytest.FixtureRequest) -> str:
    return render_brief(fake_result(request.param))


def test_it_is_two_sheets_that_load_nothing(brief: str) -> None:
    page = Page(brief)
    assert page.open == []
    assert brief.count('class="sheet"') == 2
    assert len(page.values("id")) == len(set(page.values("id")))
    assert [tag for tag, _ in page.tags if tag in LOADS] == []
    assert page.values("href") == ["report.html"]
    assert "default-src 'none'" in brief
    assert "prefers-color-scheme" not in brief


def test_no_table_outgrows_its_page(brief: str) -> None:
    tables = re.findall(r"<tbody>(.*?)</tbody>", brief, re.DOTALL)
    assert len(tables) == 4
    assert max(table.count("<tr>") for table in tables) <= MOST_ROWS


def test_it_says_the_headline_of_the_report() -> None:
    result = fake_result(SMALL)
    tile = r'<dd class="value">(?:<a[^>]*>)?(.*?)(?:</a>)?</dd>'
    assert re.findall(tile, render_brief(result)) == re.findall(tile, render_report(result))


def test_an_empty_result_is_two_sheets_too() -> None:
    text = render_brief(empty_result())
    assert Page(text).open == []
    assert text.count('class="sheet"') == 2


def test_the_first_language_can_be_chosen() -> None:
    assert '<html lang="zh-Hans">' in render_brief(fake_result(SMALL), language="zh")
    with pytest.raises(UnknownLanguageError):
        render_brief(fake_result(SMALL), language="fr")
