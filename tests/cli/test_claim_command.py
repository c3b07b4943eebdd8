"""``doseline claim`` as a billing office uses it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from jsonschema import Draft202012Validator
from tests.cli.shell import answer, doseline, is_chinese

from doseline.claims.x12.judge import judged
from doseline.cli.contract import SCHEMAS

EXAMPLES = Path(__file__).parents[2] / "examples" / "claims"
TODAY = ("--today", "2026-06-01")


def test_clean_records_become_files_that_the_judge_accepts(tmp_path: Path) -> None:
    done = doseline(
        "claim", EXAMPLES / "clean.json", *TODAY, "-o", tmp_path / "out", "-q", "--json"
    )
    found = answer(done)
    Draft202012Validator(SCHEMAS["claim"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["clean"] == 4
    assert found["findings"] == []
    assert [row["units"] for row in found["claims"]] == [
        {"1": "200"}, {"1": "195", "2": "5"}, {"1": "200"}, {"1": "160"},
    ]  # fmt: skip
    files = {row["file"] for row in found["claims"]}
    assert {name.split("-")[0] for name in files} == {"837i", "837p"}
    for name in files:
        path = tmp_path / "out" / name
        text = path.read_text(encoding="utf-8")
        assert judged(text).is_valid
        assert "*T*:~" in text
        assert path.stat().st_mode & 0o077 == 0
    assert json.loads((tmp_path / "out" / "claims.json").read_text())["claims"] == found["claims"]


def test_flawed_records_are_told_and_not_written(tmp_path: Path) -> None:
    done = doseline(
        "claim", EXAMPLES / "flawed.csv", *TODAY, "-o", tmp_path / "out", "-q", "--json"
    )
    found = answer(done)
    Draft202012Validator(SCHEMAS["claim"]).validate(found)
    assert done.returncode == 2
    assert found["clean"] == 0
    assert {row["edit"] for row in found["findings"]} >= {"U02", "N02", "L08", "P11", "S07", "A01"}
    with (tmp_path / "out" / "findings.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(found["findings"])
    assert not list((tmp_path / "out").glob("*.x12"))


def test_the_screen_says_what_is_wrong_and_what_to_do() -> None:
    done = doseline("claim", EXAMPLES / "flawed.csv", *TODAY)
    assert done.returncode == 2
    assert "4 claims" in done.stdout
    assert "7.4 GBq (200 mCi) given makes 200 units" in done.stdout
    assert "No edit proposes a code" in done.stdout
    chinese = doseline("--lang", "zh", "claim", EXAMPLES / "flawed.csv", *TODAY).stdout
    assert is_chinese(chinese.splitlines()[0])
    assert "应为 200 单位" in chinese


def test_clean_records_say_what_to_do_next() -> None:
    done = doseline("claim", EXAMPLES / "clean.csv", *TODAY)
    assert done.returncode == 0
    assert "4 clean, 0 stopped" in done.stdout
    assert "-o FOLDER" in done.stdout


def test_bad_input_is_a_sentence(tmp_path: Path) -> None:
    done = doseline("claim", tmp_path / "none.csv", *TODAY)
    assert done.returncode == 2
    assert "There is no file" in done.stdout
    assert "Traceback" not in done.stderr
