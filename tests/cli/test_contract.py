"""``--json`` is one object on stdout that keeps its published schema; all else is on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline

from doseline.cli.contract import SCHEMAS
from doseline.model.ledger import CLASSES, CLINICAL, LINKS

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.cli.conftest import Ran


def _keeps(schema: str, found: dict[str, Any]) -> None:
    Draft202012Validator(SCHEMAS[schema]).validate(found)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_published_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    shown = doseline("schema", "--answer", name)
    assert json.loads(shown.stdout) == SCHEMAS[name]


def test_decay_answers_in_becquerel() -> None:
    done = doseline("decay", "7.4 GBq", "Lu-177", "--after", "159.46h", "--json")
    found = answer(done)
    _keeps("decay", found)
    # One half-life of Lu-177 (NUBASE2020: 6.6443 d = 159.463 h) leaves half.
    assert found["activity_bq"] == pytest.approx(3.7e9, rel=1e-4)
    assert (done.returncode, done.stderr) == (0, "")


def test_decay_answers_what_is_needed_now_its_volume_and_its_chain(tmp_path: Path) -> None:
    plot = tmp_path / "chain.svg"
    done = doseline(
        *("decay", "1 MBq", "Ra-223", "--needed-at", "11.4352d", "--volume", "1 MBq/mL"),
        *("--chain", "--plot", plot, "--json"),
    )
    found = answer(done)
    _keeps("decay", found)
    assert found["activity_bq"] == pytest.approx(2e6, rel=1e-3)
    assert found["volume_ml"] == pytest.approx(2.0, rel=1e-3)
    assert {row["nuclide"] for row in found["chain"]} >= {"Ra-223", "Rn-219", "Pb-211", "Tl-207"}
    assert plot.read_text(encoding="utf-8").startswith("<svg")


def test_check_answers_with_findings() -> None:
    done = doseline("check", TINY, "--json")
    found = answer(done)
    _keeps("check", found)
    assert done.returncode == 0
    assert {"severity", "table", "row", "column", "message"} <= set(found["findings"][0])


def test_options_answers_with_local_times() -> None:
    done = doseline("options", TINY, "--product", "lu-psma", "--site", "near", "--json")
    found = answer(done)
    _keeps("options", found)
    assert found["options"]
    assert {row["site"] for row in found["options"]} == {"near"}


def test_value_answers_for_each_link_asked_for() -> None:
    asked = ("pet_slot", "no_suite")
    done = doseline("value", TINY, "--pairs", "2", "--json", *(f"--link={link}" for link in asked))
    found = answer(done)
    _keeps("value", found)
    assert [row["link"] for row in found["values"]] == list(asked)


def test_schema_answers_with_a_schema() -> None:
    Draft202012Validator.check_schema(answer(doseline("schema", "--json")))


def test_run_keeps_its_schema(tiny_run: Ran) -> None:
    assert tiny_run.done.returncode == 0, tiny_run.done.stderr
    found = answer(tiny_run.done)
    _keeps("run", found)
    assert found["report"] == str(tiny_run.out / "report.html")
    assert found["brief"] == str(tiny_run.out / "brief.html")


def test_the_patients_of_a_run_sum_to_the_eligible(tiny_run: Ran) -> None:
    patients = answer(tiny_run.done)["patients"]
    assert patients.pop("eligible") == sum(patients[name] for name in CLASSES)
    assert set(patients) == set(CLASSES)


def test_the_doses_of_a_run_sum_to_the_ordered(tiny_run: Ran) -> None:
    doses = answer(tiny_run.done)["doses"]
    lost = sum(count for name, count in doses.items() if name.startswith("lost_"))
    assert doses["lost"] == lost
    kept = doses["infused"] + doses["infused_late"] + doses["returned"]
    assert doses["ordered"] == kept + lost


def test_the_ledger_of_a_run_has_each_link_once_and_books_everyone(tiny_run: Ran) -> None:
    found = answer(tiny_run.done)
    ledger, patients = found["ledger"], found["patients"]
    assert [row["link"] for row in ledger] == [*LINKS, CLINICAL]
    for name in ("late", "never", "clinical_exit"):
        assert sum(row[name] for row in ledger) == patients[name]
    assert all(
        row["patients"] == row["late"] + row["never"] + row["clinical_exit"] for row in ledger
    )


def test_the_plan_of_a_run_proves_its_gap(tiny_run: Ran) -> None:
    plan = answer(tiny_run.done)["plan"]
    gap = (plan["objective"] - plan["bound"]) / max(1.0, abs(plan["objective"]))
    assert plan["gap"] == pytest.approx(gap, abs=1e-9)
    assert plan["delivered"] <= plan["served"] <= plan["orders"]


def test_the_summary_of_a_run_says_the_same_as_its_answer(tiny_run: Ran) -> None:
    summary = json.loads((tiny_run.out / "summary.json").read_text(encoding="utf-8"))
    found = answer(tiny_run.done)
    assert {name: found[name] for name in summary} == summary
    assert set(found) - set(summary) == {"findings", "seconds", "report", "brief"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("decay", "7.4", "Lu-177"), "quantity"),
        (("decay", "7.4 GBq", "Lu-999"), "unknown_nuclide"),
        (("decay", "7.4 GBq"), "usage"),
        (("nonsense",), "usage"),
        (("check", "no/such/folder", "--wrong"), "usage"),
        (("run", TINY, "-o", "out", "--variant", "none"), "unknown_variant"),
        (("value", TINY, "--link", "none"), "unknown_link"),
    ],
)
def test_an_error_is_an_object_on_stdout_and_its_sentence_on_stderr(
    arguments: tuple[str | Path, ...], code: str
) -> None:
    done = doseline(*arguments, "--json")
    found = answer(done)
    _keeps("error", found)
    assert found["error"]["code"] == code
    assert found["error"]["exit_code"] == done.returncode == 2
    assert found["error"]["message"] in done.stderr
