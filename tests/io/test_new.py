"""A new network is a good start: it passes the check, or says what is to be filled in."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.io.broken import TINY, findings

import doseline as dl
from doseline.io.convert import open_text
from doseline.io.new import EMPTY, UnknownTemplateError, new_network, templates
from doseline.io.place import PlaceTakenError
from doseline.model.catalogue import TABLES
from doseline.model.setting_keys import SETTING_KEYS

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 22)
EXAMPLES = {path.parent.name for path in TINY.parent.glob("*/network.toml")}


def test_every_example_is_a_template_and_so_is_nothing() -> None:
    assert set(templates()) == {name.partition("-")[0] for name in EXAMPLES} | {EMPTY}
    assert {"us", "cn", "tiny"} <= set(templates())


@pytest.mark.parametrize("template", [name for name in templates() if name != EMPTY])
def test_a_copy_of_an_example_is_the_example(template: str, tmp_path: Path) -> None:
    origin = new_network(tmp_path / "mine", template, start=DAY, lang="en")
    example = TINY.parent / origin
    names = sorted(one.name for one in example.iterdir())
    assert sorted(one.name for one in (tmp_path / "mine").iterdir()) == names
    for name in names:
        assert (tmp_path / "mine" / name).read_bytes() == (example / name).read_bytes()


def test_a_template_may_become_a_workbook(tmp_path: Path) -> None:
    new_network(tmp_path / "mine.xlsx", "tiny", start=DAY, lang="en")
    assert dl.load(tmp_path / "mine.xlsx").digest == dl.load(TINY).digest


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_an_empty_network_lacks_rows_and_nothing_else(name: str, lang: str, tmp_path: Path) -> None:
    path = tmp_path / name
    new_network(path, EMPTY, start=DAY, lang=lang)
    assert {one.code for one in findings(path)} == {"no_rows"}


def test_an_empty_network_has_every_table_that_must_be_there_with_every_column(
    tmp_path: Path,
) -> None:
    new_network(tmp_path / "mine", EMPTY, start=DAY, lang="en")
    opened, _ = open_text(tmp_path / "mine")
    assert opened is not None
    assert {name: list(cells) for name, cells in opened.text.tables.items()} == {
        table.name: [column.name for column in table.columns] for table in TABLES if table.required
    }


def test_the_settings_of_an_empty_network_explain_each_key(tmp_path: Path) -> None:
    new_network(tmp_path / "mine", EMPTY, start=DAY, lang="zh")
    words = (tmp_path / "mine" / "network.toml").read_text(encoding="utf-8")
    tree = tomllib.loads(words)
    assert tree["cohort"]["start"] == date(2026, 11, 23)
    assert tree["cohort"]["start"].weekday() == 0
    assert tree["plan"]["week"].weekday() == 0
    assert all(f"# {key.column.doc_zh}" in words for key in SETTING_KEYS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_readme_names_every_table(lang: str, tmp_path: Path) -> None:
    new_network(tmp_path / "mine", EMPTY, start=DAY, lang=lang)
    words = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"`{table.name}.csv`" in words
    assert "doseline check" in words


@pytest.mark.parametrize("template", ["tiny", EMPTY])
@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_nothing_is_overwritten(name: str, template: str, tmp_path: Path) -> None:
    new_network(tmp_path / name, "tiny", start=DAY, lang="en")
    with pytest.raises(PlaceTakenError):
        new_network(tmp_path / name, template, start=DAY, lang="en")


def test_an_unknown_template_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownTemplateError, match="Did you mean empty"):
        new_network(tmp_path / "mine", "emtpy", start=DAY, lang="en")
    assert not list(tmp_path.iterdir())
