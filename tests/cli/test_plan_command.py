"""``doseline plan`` as a production planner uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from jsonschema import Draft202012Validator
from tests.cli.shell import ROOT, TINY, answer, doseline, is_chinese

from doseline.cli.contract import SCHEMAS
from doseline.cli.plan_screen import activity
from doseline.io.plans import read_plan

if TYPE_CHECKING:
    from pathlib import Path


def test_the_answer_keeps_its_schema_and_tells_of_the_folder(tmp_path: Path) -> None:
    done = doseline("plan", TINY, "-o", tmp_path / "week", "-q", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["plan"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert (found["orders"], found["served"], found["drawn"]) == (8, 6, False)
    assert found["lost_by"] == {"licence_or_possession": 2}
    kept = read_plan(tmp_path / "week").plan
    assert kept.objective == found["objective"]
    assert kept.flows.filter(pl.col("line").is_null())["order"].to_list() == [
        row["order"] for row in found["unserved"]
    ]
    assert sum(row["doses"] for row in found["batches"]) == found["served"]


def test_a_week_is_planned_alike_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert doseline("plan", TINY, "-o", tmp_path / name, "-q").returncode == 0
    one, two = tmp_path / "one", tmp_path / "two"
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    for file in files:
        if file.suffix != ".xlsx":
            assert (one / file).read_bytes() == (two / file).read_bytes(), file


def test_the_screen_says_what_runs_and_whom_to_ask_about(tmp_path: Path) -> None:
    shown = doseline("plan", TINY, "-o", tmp_path / "week", "-q").stdout
    assert "6 of 8 orders are served" in shown
    assert "psma-mon" in shown
    assert f"doseline explain {tmp_path / 'week'} o5" in shown
    chinese = doseline("--lang", "zh", "plan", TINY, "-o", tmp_path / "week", "-q").stdout
    assert all(is_chinese(line) for line in chinese.splitlines() if line.startswith("计划"))


def test_a_network_without_orders_is_planned_for_those_that_its_demand_brings(
    tmp_path: Path,
) -> None:
    assert doseline("convert", TINY, tmp_path / "net", "--to", "csv").returncode == 0
    (tmp_path / "net" / "orders.csv").unlink()
    done = doseline("plan", tmp_path / "net", "-o", tmp_path / "week", "-q", "--json")
    found = answer(done)
    assert found["drawn"]
    orders = read_plan(tmp_path / "week").network.frame("orders")
    assert found["orders"] == orders.height > 0


def test_bad_input_is_a_sentence(tmp_path: Path) -> None:
    taken = tmp_path / "mine"
    taken.mkdir()
    (taken / "letter.txt").write_text("dear", encoding="utf-8")
    done = doseline("plan", TINY, "-o", taken, "-q")
    assert done.returncode == 2
    assert "is no result of doseline" in done.stderr
    assert (taken / "letter.txt").read_text(encoding="utf-8") == "dear"
    assert doseline("plan", ROOT / "none", "-o", tmp_path / "week", "-q").returncode == 2


def test_the_activity_of_a_batch_of_small_vials_is_not_rounded_away() -> None:
    # Five vials of 8.4 MBq against a batch of 154 MBq, beside a batch of lutetium.
    assert [activity(gbq) for gbq in (0.04221, 0.154, 34.507, 80.0)] == [
        "0.0422", "0.154", "34.5", "80",
    ]  # fmt: skip
