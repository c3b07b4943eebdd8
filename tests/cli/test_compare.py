"""``doseline compare``: what it says, writes and refuses, through the real command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.conftest import Ran
from tests.cli.shell import TINY, answer, doseline, is_chinese

from doseline.cli.contract import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def stress_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The stress variant of the tiny example."""
    out = tmp_path_factory.mktemp("stress") / "out"
    options = ("--variant", "stress", "--values", "0", "--json", "--quiet")
    return Ran(doseline("run", TINY, "-o", out, *options), out)


def test_before_and_after_are_paired(tiny_run: Ran, stress_run: Ran, tmp_path: Path) -> None:
    done = doseline("compare", tiny_run.out, stress_run.out, "-o", tmp_path / "x.html", "--json")
    assert done.returncode == 0, done.stderr
    found = answer(done)
    Draft202012Validator(SCHEMAS["compare"]).validate(found)
    assert found["paired"]
    assert found["page"] == str(tmp_path / "x.html")
    assert [one["kind"] for one in found["differs"]] == ["table"]
    assert found["differs"][0]["key"] == "incidence"
    assert (tmp_path / "x.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_says_what_came_out_in_both_languages(
    tiny_run: Ran, stress_run: Ran, tmp_path: Path, lang: str
) -> None:
    folder = tmp_path / "both"
    done = doseline("--lang", lang, "compare", tiny_run.out, stress_run.out, "-o", folder)
    assert done.returncode == 0, done.stderr
    assert str(folder / "compare.html") in done.stdout
    assert "incidence" in done.stdout
    assert is_chinese(done.stdout) == (lang == "zh")


def test_what_cannot_be_compared_is_a_sentence(tiny_run: Ran, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    for arguments, sentence in (
        ((tiny_run.out, TINY), "holds no result of doseline"),
        ((tiny_run.out, tmp_path / "none"), "holds no result of doseline"),
        ((tiny_run.out,), "Two to 8 results can be compared"),
    ):
        done = doseline("compare", *arguments, "-o", page)
        assert done.returncode == 2
        assert sentence in done.stderr
        assert not done.stdout
    done = doseline("compare", tiny_run.out, tiny_run.out, "-o", tiny_run.out)
    assert done.returncode == 2
    assert "holds the result of a run" in done.stderr
    assert (tiny_run.out / "summary.json").exists()
    assert list(tmp_path.iterdir()) == []
