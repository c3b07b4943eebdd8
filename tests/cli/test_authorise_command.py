"""``doseline authorise`` as an authorisation desk and an insurance office use it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from tests.authorise import records
from tests.cli.shell import ROOT, answer, doseline, is_chinese

from doseline.authorise.names import (
    BASES,
    ITEMS,
    OWNERS,
    REASONS,
    REQUESTS,
    STAGES,
    STATUSES,
    STEP_STATES,
    UNCLEAR,
)
from doseline.cli import _main
from doseline.cli.contract import SCHEMAS
from doseline.cli.screen import Words
from doseline.io.text import messages

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "examples" / "authorise"
COMPLETE, GAPS = EXAMPLES / "psma-complete.json", EXAMPLES / "psma-gaps.json"
POLICY = ("--policy", "medicare_advantage/lu_psma")
ON = ("--on", "2026-05-04")
LISTED = ("--listings", ROOT / "examples/cn-rlt/listings.csv", "--product", "lu-psma")


class Told(NamedTuple):
    """What a command said."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Told]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command in this process, where starting anew for each call would take too long."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DOSELINE_LANG", "en")

    def call(*arguments: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["doseline", *(str(one) for one in arguments)])
        code = _main()
        return Told(code, *capsys.readouterr())

    return call


def test_the_command_runs_as_a_program() -> None:
    done = doseline("authorise", COMPLETE, *POLICY, *ON, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert answer(done)["answer"]["verdict"] == "complete"


def test_the_answer_keeps_its_schema(told: Call) -> None:
    for call in (
        (COMPLETE, *POLICY, *ON),
        (GAPS, *POLICY, "--submitted", "2026-05-04T09:30-04:00", "--zone", "America/New_York"),
        (EXAMPLES / "psma-renewal.json", *POLICY, *ON, "--values"),
        (EXAMPLES / "radium-first.json", "--policy", "medicare_ffs/ra_223", *ON),
        ("--policies",),
    ):
        done = told("authorise", *call, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        Draft202012Validator(SCHEMAS["authorise"]).validate(json.loads(done.stdout))


def test_a_complete_file_is_complete_and_the_payer_still_decides(told: Call) -> None:
    found = _answer(told("authorise", COMPLETE, *POLICY, *ON, "--json"))
    assert found["verdict"] == "complete"
    assert found["pattern"] is True
    assert found["payer_decides"]
    assert found["submit_by"] == "2026-05-15"
    assert found["next_renewal"] == {"cycle": 4, "day": "2026-09-21", "reason": "cycles"}
    shown = told("authorise", COMPLETE, *POLICY, *ON).stdout
    assert "Complete: all 14 criteria" in shown
    assert "The payer still decides:" in shown
    assert "not the policy of any named payer" in shown


def test_gaps_are_told_with_owner_day_and_clock(told: Call) -> None:
    call = (GAPS, *POLICY, "--submitted", "2026-05-04T09:30-04:00", "--zone", "America/New_York")
    found = _answer(told("authorise", *call, "--json"))
    gaps = {one["criterion"]: one for one in found["criteria"] if one["status"] != "met"}
    assert {name: one["status"] for name, one in gaps.items()} == {
        "prostate_cancer": "missing",
        "psma_positive": "expired",
        "taxane_or_delay": "missing",
        "blood_counts": "cannot_tell",
    }
    assert gaps["psma_positive"]["owner"] == "nuclear_medicine"
    assert gaps["psma_positive"]["late"] is True  # fourteen days for a scan, eleven are left
    assert gaps["blood_counts"]["unclear"][0]["why"] == "not_final"
    drug = [one for one in found["clocks"] if one["item"] == "drug"]
    assert [(one["request"], one["due"]) for one in drug] == [
        ("standard", "2026-05-07T13:30:00Z"),
        ("expedited", "2026-05-05T13:30:00Z"),
    ]
    shown = told("authorise", *call).stdout
    assert "nuclear medicine" in shown
    assert "2026-05-07 13:30" in shown


def test_a_day_of_submission_that_has_passed_is_told(told: Call) -> None:
    """Three days before the dose are gone on 16 May; the labs of 28 April still hold."""
    shown = told("authorise", COMPLETE, *POLICY, "--on", "2026-05-16").stdout
    assert "The last day of submission, 2026-05-15, has passed" in shown


def test_a_filing_in_china_shows_the_steps_of_the_hospital(told: Call) -> None:
    record = (EXAMPLES / "psma-filing-cn.json", "--policy", "negotiated_drug/lu_psma_cn")
    call = (*record, "--on", "2027-03-01", *LISTED, "--site", "Beijing-02")
    assert _answer(told("authorise", *call, "--json"))["verdict"] == "complete"
    shown = told("--lang", "zh", "authorise", *call).stdout
    assert "医院药事会遴选进院" in shown
    assert "资料齐全" in shown
    without = _answer(told("authorise", *record, "--on", "2027-03-01", "--json"))
    assert without["verdict"] == "incomplete"
    assert {one["state"] for one in without["steps"]} == {"open"}


def test_no_text_says_that_a_payer_agreed() -> None:
    """A file is complete; whether it is paid for is the payer's word."""
    agreed = re.compile(r"\bapproved\b|\bwill be paid\b|已批准|获得批准")
    for key, sentence in messages().items():
        if key.startswith(("cli.authorise", "authorise.")):
            assert not agreed.search(" ".join(sentence.values())), key


def test_results_and_names_stay_in_the_record_unless_asked_for(told: Call, tmp_path: Path) -> None:
    resources = records.psma_first()
    resources[0] |= {"name": [{"family": "Zebrafish"}], "address": [{"city": "Zebratown"}]}
    file = tmp_path / "record.json"
    file.write_text(json.dumps(records.bundle(resources)), encoding="utf-8")
    for form in ((), ("--json",)):
        plain = told("authorise", file, *POLICY, *ON, *form).stdout
        full = told("authorise", file, *POLICY, *ON, *form, "--values").stdout
        assert "182" not in plain
        assert "182.0 10*9/L" in full
        for one in (plain, full):
            assert "Zebra" not in one
            assert "1953" not in one


@pytest.mark.parametrize(
    ("call", "code", "part"),
    [
        ((), 2, "--policies"),
        ((COMPLETE,), 2, "--policies"),
        ((COMPLETE, "--policy", "medicare_advantage/lu_psam"), 2, "medicare_advantage/lu_psma"),
        ((COMPLETE, *POLICY, "--on", "2020-01-01"), 2, "2022-03-23"),
        ((COMPLETE, *POLICY, "--on", "9999-12-31"), 2, "2200"),
        ((COMPLETE, *POLICY, "--submitted", "2026-05-04"), 2, "offset"),
        ((COMPLETE, *POLICY, "--submitted", "2026-05-04T09:00Z", "--zone", "Mars"), 2, "IANA"),
        ((COMPLETE, *POLICY, "--site", "near"), 2, "--listings"),
        ((COMPLETE, *POLICY, *LISTED, "--site", "Beijing-2"), 2, "Beijing-"),
        (("none.json", *POLICY), 2, "Bundle"),
        ((COMPLETE, *POLICY, "--own", "none"), 2, "none holds no policies of your own"),
    ],
)
def test_bad_input_is_a_sentence(
    told: Call, call: tuple[str | Path, ...], code: int, part: str
) -> None:
    done = told("authorise", *call)
    assert (done.returncode, done.stdout) == (code, "")
    assert part in done.stderr
    assert done.stderr.count("\n") == 1


def test_bad_input_is_told_in_chinese(told: Call, tmp_path: Path) -> None:
    (tmp_path / "payers").mkdir()
    (tmp_path / "payers" / "mine.yaml").write_bytes("colour: 红".encode("gb18030"))
    record = tmp_path / "record.json"
    for content in (b"", b"[]", b'{"resourceType": "Patient"}', b'{"resourceType": " "}'):
        record.write_bytes(content)
        said = told("--lang", "zh", "authorise", record, *POLICY, *ON).stderr
        assert not re.search(r"[A-Za-z]+ [a-z]+|： ", said)
    for call in (
        (COMPLETE, "--policy", "none/none"),
        (COMPLETE,),
        ("--policies", "--own", tmp_path),
    ):
        done = told("--lang", "zh", "authorise", *call)
        assert done.returncode == 2
        assert is_chinese(done.stderr)
    assert "payers/mine.yaml" in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_examples_of_help_work_and_speak_the_language(told: Call, lang: str) -> None:
    example = Words(lang)("cli.authorise_example")
    for call in example[example.index("doseline") :].splitlines():
        done = told(*shlex.split(call)[1:], "--lang", lang)
        assert done.returncode == 0, done.stderr
        assert is_chinese(done.stdout) == (lang == "zh")


@pytest.mark.parametrize(
    "key",
    [
        *(f"authorise.status.{one}" for one in STATUSES),
        *(f"authorise.stage.{one}" for one in STAGES),
        *(f"authorise.owner.{one}" for one in OWNERS),
        *(f"authorise.item.{one}" for one in ITEMS),
        *(f"authorise.request.{one}" for one in REQUESTS),
        *(f"authorise.basis.{one}" for one in BASES),
        *(f"authorise.reason.{one}" for one in REASONS),
        *(f"authorise.step.{one}" for one in STEP_STATES),
        *(f"authorise.unclear.{one}" for one in UNCLEAR),
    ],
)
def test_every_name_that_the_screen_shows_has_words(key: str) -> None:
    assert set(messages()[key]) == {"en", "zh"}


def _answer(done: Told) -> dict[str, Any]:
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)["answer"]
    assert isinstance(found, dict)
    return found
