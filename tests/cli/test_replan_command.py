"""``doseline replan`` as operations use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from polars.testing import assert_frame_equal
from tests.cli.shell import (
    DOSELINE,
    LONGEST_S,
    TINY,
    answer,
    doseline,
    environment,
    is_chinese,
)

from doseline.cli.contract import SCHEMAS
from doseline.io.plans import read_plan
from doseline.study.planned import options_of
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from pathlib import Path

AT = ("--at", "2026-05-04T16:00Z")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "plan"
    assert doseline("plan", TINY, "-o", folder, "-q").returncode == 0
    return folder


def test_the_answer_keeps_its_schema_and_the_plan_can_be_planned_again(
    kept: Path, tmp_path: Path
) -> None:
    event = "yield_low:psma-mon:70"
    done = doseline("replan", kept, "--event", event, *AT, "-o", tmp_path / "two", "-q", "--json")
    found = answer(done)
    assert (done.returncode, done.stderr) == (0, "")
    Draft202012Validator(SCHEMAS["replan"]).validate(found)
    assert (found["served_before"], found["served"]) == (6, 5)
    assert found["counts"]["partial_yield"] == 3
    assert {row["order"] for row in found["changes"]} == {"o1", "o2", "o6", "o7"}
    week = read_plan(tmp_path / "two")
    assert week.events == (event,)
    assert week.plan.objective == found["objective"]
    more = ("--event", "patient_withdrawn:o4", "--at", "2026-05-06T00:00Z", "--most-moves", "0")
    done = doseline("replan", tmp_path / "two", *more, "-o", tmp_path / "three", "-q", "--json")
    found = answer(done)
    Draft202012Validator(SCHEMAS["replan"]).validate(found)
    assert found["counts"]["withdrawn"] == 1
    assert found["others_moved"] == 0
    assert read_plan(tmp_path / "three").events == (event, "patient_withdrawn:o4")


def test_a_plan_keeps_the_options_that_it_was_made_of(kept: Path, tmp_path: Path) -> None:
    planned = read_plan(kept)
    options = planned.options
    assert options is not None
    built = options_of(planned.network, reference_for(planned.network))
    for name in ("rows", "itineraries", "slots"):
        assert_frame_equal(getattr(options, name), getattr(built, name))
    assert (options.nights, options.use_factors) == (built.nights, built.use_factors)
    (tmp_path / "old").mkdir()
    shutil.copytree(kept, tmp_path / "old", dirs_exist_ok=True)
    content = json.loads((kept / "plan.json").read_text(encoding="utf-8"))
    del content["options"]
    (tmp_path / "old" / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_plan(tmp_path / "old").options is None
    told = doseline("explain", kept, "o1").stdout
    again = doseline("explain", tmp_path / "old", "o1").stdout
    assert told == again.replace(str(tmp_path / "old"), str(kept))
    (tmp_path / "old" / "plan.json").write_bytes((kept / "plan.json").read_bytes())
    (tmp_path / "old" / "options" / "slots.parquet").unlink()
    assert "options/slots.parquet" in doseline("explain", tmp_path / "old", "o1").stderr


def test_the_same_events_give_the_same_bytes(kept: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = doseline("replan", kept, "--event", "dose_freed:o6", *AT, "-o", tmp_path / name)
        assert done.returncode == 0, done.stderr
    for file in ("plan.json", "tables/flows.parquet", "tables/batches.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_one_screen_says_who_changes_and_by_which_rule(kept: Path, tmp_path: Path) -> None:
    asked = ("replan", kept, "--event", "yield_low:psma-mon:70", *AT, "-o", tmp_path / "two", "-q")
    shown = doseline(*asked).stdout
    assert "5 of 8 orders are served, 6 were" in shown
    assert "no further than the product's tolerance" in shown
    assert "Another activity than planned: o2, o6, o7, 91.9 % of the label's." in shown
    assert "Orders that change: 4 (times in UTC)" in shown
    assert "a continuing cycle weighs 10" in shown
    assert "Cycles lost this week: 1 (0 continuing, 1 new starts)" in shown
    assert f"{tmp_path / 'two' / 'replan.html'}" in shown
    assert f"Ask why: doseline explain {tmp_path / 'two'} o1" in shown
    why = doseline("explain", tmp_path / "two", "o1")
    assert why.returncode == 0
    assert "made already, or can no longer be used in time" in why.stdout
    assert "Batch failed, the batch gave too little activity for all" in why.stdout
    chinese = doseline("--lang", "zh", *asked).stdout
    assert all(is_chinese(line) for line in chinese.splitlines() if line and "─" not in line)


def test_the_plan_is_kept_where_nobody_reads_the_screen_to_its_end(
    kept: Path, tmp_path: Path
) -> None:
    # As in ``doseline replan ... | head -1`` of a long answer.
    reader, writer = os.pipe()
    os.close(reader)
    asked = ("replan", kept, "--event", "patient_withdrawn:o1", *AT, "-o", tmp_path / "two", "-q")
    arguments = [DOSELINE, *(str(one) for one in asked)]
    subprocess.run(arguments, stdout=writer, env=environment(), check=False, timeout=LONGEST_S)
    os.close(writer)
    assert read_plan(tmp_path / "two").events == ("patient_withdrawn:o1",)
    assert (tmp_path / "two" / "replan.html").is_file()


def test_an_added_order_without_a_dose_is_told_why(kept: Path, tmp_path: Path) -> None:
    # The licence of far ends before the only day wanted.
    values = "product=lu-psma,site=far,earliest=2026-05-07,latest=2026-05-07,payer=ma"
    asked = ("replan", kept, "--event", f"order_added:o9:{values}", *AT, "-q")
    shown = doseline(*asked, "-o", tmp_path / "two").stdout
    row = next(line for line in shown.splitlines() if line.startswith("o9"))
    assert row.endswith("the product is not licensed at the site")
    assert f"Ask why: doseline explain {tmp_path / 'two'} o9" in shown


def test_a_swap_asks_for_a_new_identity_check(kept: Path, tmp_path: Path) -> None:
    told = ("--event", "patient_withdrawn:o6", "--at", "2026-05-05T00:00Z")
    shown = doseline("replan", kept, *told, "-o", tmp_path / "two", "-q").stdout
    assert "o5 gets the vial made for o6: a new identity check is needed" in shown


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (("--event", "batch_failed:psma-mo", *AT), "Did you mean psma-mon?"),
        (("--event", "batch_lost:psma-mon", *AT), "'batch_lost:psma-mon' is no event"),
        (("--event", "flight_cancelled:fly@2026-05-05T00:00Z", *AT), "in table lanes"),
        (("--event", "yield_low:psma-mon:much", *AT), "a percentage from 0 to 100"),
        (
            ("--event", "suite_closed:near-1:2026-05-07..2026-05-06", *AT),
            "FROM no later than UNTIL",
        ),
        (("--at", "2026-05-04T16:00"), "a zone are needed"),
        (("--at", "yesterday"), "is no instant"),
        ((*AT, "--most-moves", "-1"), "--most-moves"),
        (("--event", "foo:1", "--event", "patient_held:o1", *AT), "2 things are wrong"),
        (("--event", "patient_held:o77:2026-05-06", "--event", "foo_:o1", *AT), "is no event"),
        (
            ("--event", "order_added:o9:product=lu-psma,site=near,colour=red", *AT),
            "has no column 'colour'",
        ),
        ((*AT, "--move-price", "inf"), "Allowed: 0 to 1,000,000,000"),
        (
            ("--event", "yield_low:psma-mon:70", "--event", "yield_low:psma-mon:80", *AT),
            "Keep one of them",
        ),
    ],
)
def test_bad_input_is_a_sentence(
    kept: Path, tmp_path: Path, about: tuple[str, ...], told: str
) -> None:
    done = doseline("replan", kept, *about, "-o", tmp_path / "two", "-q")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "two").exists()
    chinese = doseline("--lang", "zh", "replan", kept, *about, "-o", tmp_path / "two", "-q")
    assert is_chinese(chinese.stderr)
