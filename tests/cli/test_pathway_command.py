"""``doseline pathway`` as an access lead uses it."""

from __future__ import annotations

import csv
import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from tests.io.entry_tables import add_entry

from doseline.cli.contract import SCHEMAS
from doseline.cli.pathway import answer as answer_of
from doseline.io.folder import load
from doseline.io.report.entry_page import render_entry
from doseline.io.report.entry_privacy import told_patients
from doseline.pay.entry_result import framed
from doseline.study.entry import Given, entry_of

if TYPE_CHECKING:
    from pathlib import Path

FEW = ("--samples", "400", "-q")


def test_the_answer_keeps_its_schema_and_adds_up(folder: Path) -> None:
    add_entry(folder)
    done = doseline("pathway", folder, *FEW, "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["pathway"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    (route,) = found["routes"]
    assert route["rnpv"] == pytest.approx(sum(row["amount"] for row in found["money"]))
    assert route["best"] == 1.0
    chances = {row["milestone"]: row["probability"] for row in found["times"]}
    assert chances == pytest.approx({"human_data": 0.6, "approval": 0.6, "listing": 0.576})
    assumed = {(row["name"], row["column"]): row["assumed"] for row in found["inputs"]}
    assert assumed["trial", "days"]


def test_page_and_tables_are_written_in_both_languages(folder: Path, tmp_path: Path) -> None:
    add_entry(folder)
    out = tmp_path / "out"
    done = doseline("pathway", folder, *FEW, "-o", out, "--patients", "20")
    assert f"The page is {out / 'pathway.html'}." in done.stdout
    page = (out / "pathway.html").read_text(encoding="utf-8")
    assert page.count("<svg xmlns") == 3
    for words in ("Trial first", "先做研究", "First human data", "首个人体数据", "Sources"):
        assert words in page
    # Every number leads to its definition, every figure to its source.
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page
    for head in re.findall(r'<th scope="col" class="n">(.*?)</th>', page):
        assert 'href="#def-' in head
    # Groups of fewer than eleven expected patients are not told apart.
    assert "under 11" in page
    with (out / "pathway_routes.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["product"], row["route"]) == ("lu-psma", "first")
    assert float(row["rnpv_usd"]) > 0.0
    with (out / "pathway_patients.csv").open(encoding="utf-8") as file:
        people = [float(row["patients"]) for row in csv.DictReader(file) if row["patients"]]
    assert all(one >= 11 for one in people)


def test_what_is_hidden_cannot_be_found_by_subtraction(folder: Path) -> None:
    """Few people in one year, and all others told, would tell them as a difference."""
    add_entry(folder)
    network = load(folder)
    found = entry_of(network, given=Given(patients_per_year=200.0), samples=200)
    rows: list[tuple[object, ...]] = [
        ("first", 2026 + at, "trial", people) for at, people in enumerate((5.0, 1234.0, 5678.0))
    ]
    frames = {**found.frames, "patients": framed("patients", rows)}
    few = dataclasses.replace(found, frames=frames)
    assert told_patients(few)["patients"].to_list() == [None, None, 5678.0]
    assert [row["patients"] for row in answer_of(few, None)["patients"]] == [None, None, 5678.0]
    page = render_entry(network, few, language="en")
    assert ">5,678<" in page
    assert ">1,234<" not in page
    assert "not shown" in page


def test_the_screen_hides_the_next_year_with_a_hidden_one(folder: Path) -> None:
    add_entry(folder)
    shown = doseline("pathway", folder, *FEW, "--patients", "60").stdout
    table = shown.partition("Expected patients by year")[2].partition("\n\n")[0]
    line = next(one for one in table.splitlines() if one.startswith("Trial first"))
    assert line.count("under 11") + line.count("not shown") != 1


def test_the_screen_has_routes_times_and_what_decides(folder: Path) -> None:
    add_entry(folder)
    shown = doseline("pathway", folder, *FEW).stdout
    for words in (
        "Worth most to its developer: Trial first",
        "If a round is missed",
        "Trial: time",
    ):
        assert words in shown
    assert f"doseline pathway {folder} --product lu-psma -o FOLDER" in shown
    chinese = doseline("--lang", "zh", "pathway", folder, *FEW).stdout
    assert "临床研究：时间" in chinese
    assert all(is_chinese(line) for line in chinese.splitlines() if "路径" in line)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--product", "lu-psam"), "Did you mean lu-psma?"),
        (("--samples", "3"), "--samples"),
        (("--price", "-1"), "--price"),
        (("--patients", "10"), "must be from 11"),
        (("--patients", "0"), "must be from 11"),
        (("--price", "inf"), "--price"),
    ],
)
def test_a_wrong_call_is_a_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    add_entry(folder)
    done = doseline("pathway", folder, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_network_without_routes_is_told_what_to_fill_in() -> None:
    done = doseline("pathway", TINY, "--json")
    assert done.returncode == 2
    assert answer(done)["error"]["code"] == "no_routes"
    assert "entry_steps" in done.stderr
