"""``doseline rules list``, ``explain`` and ``diff`` as a billing specialist uses them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.cli.shell import TINY, answer, doseline, is_chinese
from typer.exceptions import TyperException

from doseline.cli.app import build
from doseline.cli.contract import SCHEMAS
from doseline.cli.errors import error_sentence
from doseline.cli.rules_screen import flow_words
from doseline.cli.screen import Words
from doseline.cli.usage import usage_sentence
from doseline.errors import DoselineError
from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook, worked_flows
from doseline.rules.flow import MOST_MONEY

if TYPE_CHECKING:
    from pathlib import Path

DOSE = (
    *("us", "--code", "A9607", "--activity", "7.4GBq", "--payer", "medicare_ffs"),
    *("--setting", "community", "--on", "2026-04-15"),
)


def told(command: str, *arguments: str | Path) -> dict[str, Any]:
    """The answer of a command, which keeps its schema and says nothing else."""
    done = doseline("rules", command, *arguments, "--json")
    found = answer(done)
    assert (done.returncode, done.stderr) == (0, "")
    Draft202012Validator(SCHEMAS[f"rules {command}"]).validate(found)
    return found


def test_list_answers_with_every_value_its_source_and_every_rule() -> None:
    found = told("list", "us", "--on", "2026-04-15")
    (book,) = found["rulebooks"]
    us = load_rulebook("us")
    assert {one["topic"] for one in book["rules"]} == set(us.blueprint.rules)
    values = {one["key"]: one for one in book["parameters"]}
    assert set(values) == set(us.parameters)
    rate = values["opps.a9607"]
    assert (rate["value"], rate["kind"], rate["assumption"]) == ("259.596", "official", False)
    assert rate["source"]["address"].startswith("https://")


def test_list_takes_a_word_and_a_day() -> None:
    found = told("list", "us", "--on", "2025-01-01", "--topic", "a9607")
    values = {one["key"]: one["value"] for one in found["rulebooks"][0]["parameters"]}
    assert values["opps.a9607"] == "241.205"
    assert all("a9607" in key for key in values)
    assert {one["rulebook"] for one in told("list")["rulebooks"]} >= {"us", "cn"}


def test_explain_answers_with_a_tree_that_holds_every_value_used() -> None:
    found = told("explain", *DOSE)
    assert found["units"] == 200
    paid = {(one["from"], one["what"]): one for one in found["payments"]}
    drug = paid["payer", "drug"]
    assert drug["amount"] == "49226.26"  # the worked case of the rulebook
    keys = set(_keys(drug["decision"]))
    assert {"opps.a9607", "billing_unit.a9607", "medicare.sequestration"} <= keys
    assert sum(Decimal(net) for net in found["balance"].values()) == 0
    assert found["what_if"] == []


def _keys(decision: dict[str, Any]) -> list[str]:
    below = [key for one in decision["asked"] for key in _keys(one)]
    return [one["key"] for one in decision["values"]] + below


def test_a_what_if_changes_what_is_paid_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "if.yaml"
    file.write_text("opps.a9607:\n  why: Proposed rate\n  value: 300\n", encoding="utf-8")
    found = told("explain", *DOSE, "--what-if", file)
    assert found["what_if"] == ["opps.a9607"]
    drug = next(one for one in found["payments"] if (one["from"], one["what"]) == ("payer", "drug"))
    # 200 x 300 less the patient's 1,688.32, of which Medicare pays 98 %.
    assert drug["amount"] == "57145.45"
    assert drug["assumption"]
    shown = doseline("rules", "explain", *DOSE, "--what-if", file).stdout
    assert "What-if of the user: Proposed rate" in shown


def test_explain_shows_payments_reasons_and_numbered_sources() -> None:
    shown = doseline("rules", "explain", *DOSE).stdout
    assert "200 billing units on 2026-04-15" in shown
    assert "Payer to Hospital, Drug: 49226.26 USD" in shown
    assert "opps.a9607 = 259.596 USD per unit (official, high) [" in shown
    assert ", as above." in shown
    assert "doseline rules diff" in shown.splitlines()[-1]
    chinese = doseline("rules", "explain", *DOSE, "--lang", "zh").stdout
    assert all(is_chinese(line) for line in chinese.splitlines()[:4] if line)


def test_diff_answers_with_values_and_payments_that_change() -> None:
    found = told("diff", "2026-03-31", "2026-04-01", "us")
    (book,) = found["rulebooks"]
    changed = {one["key"]: one for one in book["parameters"]}["opps.a9607"]
    assert (changed["before"]["value"], changed["after"]["value"]) == ("259.315", "259.596")
    assert any(one["flow"]["code"] == "A9607" for one in book["payments"])
    assert all(one["before"] != one["after"] for one in book["payments"])
    quiet = told("diff", "2026-04-02", "2026-04-03")
    assert all(not one["parameters"] and not one["payments"] for one in quiet["rulebooks"])
    assert "nothing changes" in doseline("rules", "diff", "2026-04-02", "2026-04-03", "us").stdout


def refused(lang: str, *arguments: str | Path) -> str:
    """What a call in this process is refused with; each is tried in a process of its own elsewhere."""
    words = Words(lang)
    with pytest.raises((DoselineError, TyperException)) as caught:
        build(lang).main(
            args=[str(one) for one in arguments], prog_name="doseline", standalone_mode=False
        )
    if isinstance(caught.value, DoselineError):
        assert caught.value.exit_code == 2
        return error_sentence(caught.value, words)
    return usage_sentence(caught.value, words)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rules",), "rules list, rules explain, rules diff"),
        (("rules", "explian"), "rules list, rules explain, rules diff"),
        (("rules", "list", "uk"), "no rulebook 'uk'"),
        (("rules", "list", "us", "--topic", "nonsense"), "No key and no topic contains 'nonsense'"),
        (("rules", "explain", *DOSE, "--price", "-1"), "--price is '-1'"),
        (("rules", "explain", *DOSE, "--channel", "shop"), "channel is 'shop'"),
        (("rules", "explain", *DOSE, "--activity", "7.4"), "the unit is missing"),
        (("rules", "explain", *DOSE, "--code", "A96077"), "Did you mean A9607?"),
        (("rules", "explain", *DOSE, "--locality", "guangzhou"), "knows no localities."),
        (("rules", "explain", *DOSE, "--nights", "100000000"), "from 0 to 3650."),
        (("rules", "explain", *DOSE, "--on", "2000-01-01"), "Nothing is known"),
        (("rules", "explain", *DOSE, "--what-if", "none.yaml"), "none.yaml cannot be read"),
        (("rules", "diff", "2026-01-01", "soon"), "cannot be used"),
        (
            ("run", TINY, "-o", "out/none", "--what-if", "none.yaml", "-q"),
            "none.yaml cannot be read",
        ),
    ],
)
def test_bad_input_is_a_sentence(arguments: tuple[str | Path, ...], says: str) -> None:
    assert says in refused("en", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rules",),
        ("rules", "list", "us", "--topic", "nonsense"),
        ("rules", "explain", *DOSE, "--price", "x"),
    ],
)
def test_a_wrong_call_is_told_in_chinese(arguments: tuple[str, ...]) -> None:
    assert is_chinese(refused("zh", *arguments))


@settings(deadline=None, max_examples=20)
@given(st.decimals(Decimal(0), Decimal(10) ** 15, places=2), st.sampled_from(["price", "charge"]))
@example(Decimal(0), "price")
@example(Decimal(0), "charge")
def test_an_amount_is_priced_up_to_the_most_and_refused_above(over: Decimal, fact: str) -> None:
    words = {"price": "awp", "charge": "charges"}
    facts = (*DOSE, "--payer", "commercial", "--contract", words[fact], "--json")
    above = MOST_MONEY + over + Decimal("0.01")
    said = refused("en", "rules", "explain", *facts, f"--{fact}", f"{above:f}")
    assert said.startswith(f"{fact} is '")
    assert said.endswith("Allowed: 0 – 1,000,000,000,000.")
    build("en").main(
        args=["rules", "explain", *facts, f"--{fact}", f"{MOST_MONEY:f}"], standalone_mode=False
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "没有这个文件或文件夹"),
        ("a: 假设".encode("gb18030"), "不是 UTF-8 文本"),
        (b"", "没有内容"),
        (b"a: \0", "不是有效的 YAML"),
        (b"opps.a9607: [", "不是有效的 YAML"),
        (b"opps.a9607:\n  why: x\n  value: -1", "不小于 0，不大于 1000000000000"),
    ],
)
def test_a_bad_what_if_is_told_in_chinese_alone(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "if.yaml"
    if content is not None:
        file.write_bytes(content)
    said = refused("zh", "rules", "explain", *DOSE, "--what-if", file)
    assert says in said
    assert not re.search(r"[A-Za-z]+ [A-Za-z]+", said)


def test_all_faults_of_a_what_if_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "if.yaml"
    file.write_text("opps.a9607:\n  value: x\nmade.up:\n  why: x\n  value: 1\n", encoding="utf-8")
    first, *faults = refused("en", "rules", "explain", *DOSE, "--what-if", file).splitlines()
    assert first == "if.yaml: 3 faults. Mend them all:"
    assert [one.partition(" ")[0] for one in faults] == ["if.yaml:1:", "if.yaml:2:", "if.yaml:3:"]


def test_every_known_flow_has_a_label_of_its_own() -> None:
    for name in rulebook_names():
        labels = [flow_words(flow, Words("en")) for flow in worked_flows(name)]
        assert len(set(labels)) == len(labels)


def test_help_brackets_a_book_that_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    for command, usage in (("list", "rules list [BOOK]"), ("explain", "rules explain BOOK")):
        build("en").main(args=["rules", command, "--help"], standalone_mode=False)
        assert usage in capsys.readouterr().out


def test_a_run_under_a_what_if_pays_by_it_and_says_so(tmp_path: Path) -> None:
    file, out = tmp_path / "if.yaml", tmp_path / "out"
    file.write_text("opps.a9607:\n  why: Proposed rate\n  value: 300\n", encoding="utf-8")
    done = doseline("run", TINY, "-o", out, "--values", "0", "-q", "--json", "--what-if", file)
    found = answer(done)
    assert found["provenance"]["rulebook_changes"] == [
        {
            "key": "opps.a9607",
            "values": {"2025-01-01": "300"},
            "why": "Proposed rate",
            "file": "if.yaml",
        }
    ]
    paid = pl.read_parquet(out / "tables" / "payments.parquet")
    of_public = paid.filter(payer="ffs", party_from="payer", what="drug")
    # As explained above: 200 x 300 less the patient's share, of which Medicare pays 98 %.
    assert set(of_public["amount"]) == {Decimal("57145.45")}
    assert "What-if of the user: Proposed rate" in (out / "report.html").read_text(encoding="utf-8")
    money = pl.read_parquet(out / "tables" / "dose_money.parquet")
    assert money["margin"].sum() == 0
    assert all(one["doses"] is None or one["doses"] >= 11 for one in found["dose_money"])


def test_a_fault_of_a_what_if_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "if.yaml"
    file.write_text("opps.a9607:\n  why: Proposed\n  value: 1,5\n", encoding="utf-8")
    done = doseline("rules", "explain", *DOSE, "--what-if", file)
    assert done.returncode == 2
    assert done.stderr.startswith("if.yaml:3: opps.a9607, value is '1,5'")
