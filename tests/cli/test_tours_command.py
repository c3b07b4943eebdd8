"""``doseline tours`` as a fleet manager uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from tests.plan.tours.fleet_world import fleet_network

from doseline.cli.contract import SCHEMAS
from doseline.io.convert import save
from doseline.io.plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    save(fleet_network(), folder / "net")
    assert doseline("plan", folder / "net", "-o", folder / "week", "-q").returncode == 0
    return folder / "week"


def test_the_answer_keeps_its_schema_and_adds_up(week: Path, tmp_path: Path) -> None:
    done = doseline("tours", week, "-q", "-o", tmp_path / "toured", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["tours"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["ways"] == {"tour": 4, "carrier": 0, "direct": 0, "lost": 0}
    assert sum(row["packages"] for row in found["tours"]) == len(found["stops"]) == 4
    assert found["saved"] == pytest.approx(found["counted"] - found["cost"])
    kept = read_plan(tmp_path / "toured")
    assert kept.plan.flows["line"].null_count() == 0
    assert (tmp_path / "toured" / "tours.csv").read_text(encoding="utf-8").count("\n") == 5


def test_the_screen_lists_tours_and_what_is_not_proven(week: Path) -> None:
    shown = doseline("tours", week, "-q", "--rounds", "0").stdout
    assert "4 packages of own vehicles, 1 tours" in shown
    assert "no bound is proven" in shown
    assert "-o FOLDER" in shown
    chinese = doseline("--lang", "zh", "tours", week, "-q", "--rounds", "0").stdout
    assert is_chinese(chinese.splitlines()[0])


def test_a_plan_without_own_vehicles_says_what_is_missing(tmp_path: Path) -> None:
    assert doseline("plan", TINY, "-o", tmp_path / "week", "-q").returncode == 0
    done = doseline("tours", tmp_path / "week", "-q")
    assert done.returncode == 0
    assert "cost_per_km" in done.stdout


def test_bad_input_is_a_sentence(tmp_path: Path) -> None:
    done = doseline("tours", tmp_path / "none", "-q")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds no plan of doseline" in done.stderr
