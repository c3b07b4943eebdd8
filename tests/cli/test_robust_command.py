"""``doseline robust`` as a planner uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese

from doseline.cli.contract import SCHEMAS
from doseline.io.plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planned week of the small example."""
    folder = tmp_path_factory.mktemp("robust") / "week"
    assert doseline("plan", TINY, "-o", folder, "-q").returncode == 0
    return folder


def test_the_answer_keeps_its_schema_and_starts_with_the_plan(week: Path) -> None:
    done = doseline("robust", week, "-q", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["robust"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    first, plan = found["plans"][0], read_plan(week).plan
    assert (first["hedge"], first["price"]) == ("none", 0.0)
    assert first["cost"] == plan.cost
    # Five vials on Monday, one on Wednesday or the like: the fuller batch fails.
    assert first["worst"] == 6 - max(plan.batches["doses"].to_list())
    assert all(row["price"] >= 0.0 for row in found["plans"])
    for point in range(len(found["plans"])):
        mine = [row for row in found["chances"] if row["point"] == point]
        assert sum(row["probability"] for row in mine) == pytest.approx(1.0)


def test_batches_that_never_fail_and_doses_never_late_are_all_in_time(week: Path) -> None:
    asked = ("--failure", "0", "--never-late", "--failures", "0")
    found = answer(doseline("robust", week, *asked, "-q", "--json"))
    first = found["plans"][0]
    assert (first["mean"], first["low"], first["worst"]) == (6.0, 6, 6)
    assert {row["hedge"] for row in found["plans"]} == {"none", "expected"}


def test_batches_that_always_fail_leave_nothing(week: Path) -> None:
    found = answer(doseline("robust", week, "--failure", "100", "-q", "--json"))
    assert found["plans"][0]["mean"] == 0.0


def test_a_promise_is_kept_and_its_plan_written(week: Path, tmp_path: Path) -> None:
    asked = ("--at-least", "50", "--with-probability", "95", "-o", tmp_path / "robust")
    found = answer(doseline("robust", week, *asked, "-q", "--json"))
    Draft202012Validator(SCHEMAS["robust"]).validate(found)
    promise = found["promise"]
    assert promise["doses"] == 4
    assert promise["reached"] >= 0.95
    kept = read_plan(tmp_path / "robust").plan
    assert promise["bound"] <= kept.objective + 1e-6
    assert kept.bound <= kept.objective


def test_a_plan_is_written_by_its_number_and_says_what_it_is_hedged_against(
    week: Path, tmp_path: Path
) -> None:
    done = doseline("robust", week, "--number", "3", "-o", tmp_path / "robust", "-q")
    assert done.returncode == 0
    assert f"The plan is in {tmp_path / 'robust'}." in done.stdout
    assert [note.key for note in read_plan(tmp_path / "robust").plan.notes][-1] == "hedged_expected"


def test_what_cannot_be_kept_is_said_and_not_written(week: Path, tmp_path: Path) -> None:
    shown = doseline("robust", week, "--at-least", "100", "-q")
    assert shown.returncode == 0
    assert "no plan found keeps it" in shown.stdout
    done = doseline("robust", week, "--at-least", "100", "-o", tmp_path / "robust", "-q")
    assert done.returncode == 2
    assert "Nothing was written" in done.stderr
    assert not (tmp_path / "robust").exists()


def test_ways_that_are_seldom_in_time_are_ruled_out(week: Path) -> None:
    found = answer(doseline("robust", week, "--each-at-least", "99.9", "-q", "--json"))
    assert found["plans"][0]["doses"] == 6
    assert {row["doses"] for row in found["plans"][1:]} == {0}


def test_the_screen_has_the_curve_and_the_next_step(week: Path) -> None:
    shown = doseline("robust", week, "-q").stdout
    assert "6 of 8 orders are planned" in shown
    assert f"doseline robust {week} --number" in shown
    chinese = doseline("--lang", "zh", "robust", week, "--at-least", "50", "-q").stdout
    assert all(is_chinese(line) for line in chinese.splitlines() if line.startswith("承诺"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "somewhere"), "Which plan is to be written?"),
        (("--number", "99", "-o", "somewhere"), "There is no plan 99 here"),
        (("--failure", "101"), "--failure"),
        (("--failures", "-1"), "--failures"),
    ],
)
def test_a_wrong_call_is_a_sentence(week: Path, arguments: tuple[str, ...], said: str) -> None:
    done = doseline("robust", week, *arguments, "-q")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
