"""The pages of a real run: Chinese for readers of Chinese, and compared with another run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.test_chinese import PAGES, leftover

from doseline.io.report import render_comparison
from doseline.io.results import write_result
from doseline.io.stored import read_result
from doseline.study.compare import compare

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.result import RunResult


@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left_in_the_chinese_pages_of_a_run(page: str, result: RunResult) -> None:
    assert leftover(PAGES[page](result, language="zh"), result) == []


def test_no_english_is_left_in_a_chinese_comparison(
    result: RunResult, stressed: RunResult, tmp_path: Path
) -> None:
    write_result(result, tmp_path / "a")
    write_result(stressed, tmp_path / "b")
    told = compare([read_result(tmp_path / "a"), read_result(tmp_path / "b")])
    assert leftover(render_comparison(told, language="zh"), result, stressed) == []
