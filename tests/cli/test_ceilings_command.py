"""``doseline ceilings`` as a hospital or a seller uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from tests.io.broken import set_cell

from doseline.cli.contract import SCHEMAS

if TYPE_CHECKING:
    from pathlib import Path


def test_the_answer_keeps_its_schema(tmp_path: Path) -> None:
    page = tmp_path / "ceilings.html"
    done = doseline("ceilings", TINY, "-q", "--json", "-o", page)
    found = answer(done)
    Draft202012Validator(SCHEMAS["ceilings"]).validate(found)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["page"] == str(page)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    first = found["segments"][0]
    assert (first["party"], first["binds"], first["ceiling"]) == (
        "hospital",
        "all_payments",
        "50599.16",
    )
    assert {one["kind"] for one in first["limits"]} == {"all_payments", "dose_payment", "can_pay"}


def test_the_screen_says_who_binds_and_what_is_left_out() -> None:
    shown = doseline("ceilings", TINY, "-q").stdout
    for text in ("50,599.16", "Hospital", "payments less costs", "leaves out", "--what-if"):
        assert text in shown
    chinese = doseline("--lang", "zh", "ceilings", TINY, "-q").stdout
    assert all(is_chinese(line) for line in chinese.splitlines() if line.endswith("。"))


def test_a_what_if_moves_the_ceiling_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "higher.yaml"
    file.write_text("opps.a9607:\n  why: What if\n  value: 300\n", encoding="utf-8")
    found = answer(doseline("ceilings", TINY, "-q", "--json", "--what-if", file))
    assert found["what_if"] == ["opps.a9607"]
    assert float(found["segments"][0]["ceiling"]) > 58000


def test_bad_input_is_a_sentence(tmp_path: Path) -> None:
    done = doseline("ceilings", TINY, "--product", "lu-psm", "-q")
    assert (done.returncode, done.stdout) == (2, "")
    assert "lu-psma" in done.stderr
    missing = doseline("ceilings", TINY, "-q", "--what-if", tmp_path / "none.yaml")
    assert missing.returncode == 2
    assert missing.stdout == ""


def test_a_payer_that_pays_by_charges_has_a_ceiling_or_is_open(folder: Path) -> None:
    set_cell(folder, "payers", 4, "contract", "charges")
    for line in (2, 3, 4):
        set_cell(folder, "sites", line, "charge_multiple", "2.5")
    done = doseline("ceilings", folder, "-q", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = answer(done)
    Draft202012Validator(SCHEMAS["ceilings"]).validate(found)
    assert {one["payer"] for one in found["segments"]} == {"ffs", "ma", "private"}
    # The contract allows half of a charge of 2.5 times the price: whatever the price, it is covered.
    assert all(
        one["binds"] != "all_payments" for one in found["segments"] if one["payer"] == "private"
    )


def test_a_rate_beyond_every_payment_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "most.yaml"
    file.write_text("opps.a9607:\n  why: x\n  value: 1000000000000\n", encoding="utf-8")
    done = doseline("ceilings", TINY, "-q", "--what-if", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a payment would be more than 1,000,000,000,000" in done.stderr
