"""What-if files: what they may say, what is refused with file and line, and what they change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.errors import BadInputError
from doseline.io.rulebooks import load_rulebook, with_what_if, worked_flows
from doseline.rules import RuleBook, balance, parse_what_if
from doseline.rules.errors import (
    BadEntryError,
    DuplicateKeyError,
    EmptyEntryError,
    NotYamlError,
    RulebookError,
    SeveralFaultsError,
    TooMuchMoneyError,
    UncitedError,
    UnknownKeyError,
    WhatIfUnreadableError,
)

if TYPE_CHECKING:
    from pathlib import Path

US = load_rulebook("us")
FLOWS = {name: worked_flows(name) for name in ("us", "cn")}
GOOD = """\
opps.a9607:
  why: Rate that a lawyer expects
  values:
    2026-07-01: 270
    2027-01-01: 280.5
medicare.sequestration:
  why: Congress lets it end
  value: 0
"""


def changed(text: str, book: RuleBook = US) -> RuleBook:
    return book.changed(parse_what_if(text, file="if.yaml", parameters=book.parameters))


def test_new_values_hold_from_their_day_and_carry_their_reason() -> None:
    book = changed(GOOD)
    days = (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))
    amounts = [book.on(day).parameter("opps.a9607").value.amount for day in days]
    assert amounts == [US.on(days[0]).parameter("opps.a9607").value.amount, 270, Decimal("280.5")]
    reading = book.on(days[1]).parameter("opps.a9607")
    assert reading.is_assumption
    assert "Rate that a lawyer expects" in reading.value.source.title
    assert reading.value.source.address == "if.yaml"
    first = US.parameters["medicare.sequestration"].values[0].since
    assert book.on(first).parameter("medicare.sequestration").value.amount == 0
    assert book.patches == ("opps.a9607", "medicare.sequestration")
    assert US.patches == ()


@pytest.mark.parametrize(
    ("old", "new", "error", "line", "says"),
    [
        ("opps.a9607", "opps.a96077", UnknownKeyError, 1, "did you mean 'opps.a9607'"),
        ("medicare.sequestration", "opps.a9607", DuplicateKeyError, 6, "stands twice"),
        ("2027-01-01", "2026-07-01", DuplicateKeyError, 5, "stands twice"),
        ("  why: Congress lets it end\n", "", UncitedError, 6, "medicare.sequestration"),
        ("  why: Rate", "  whi: x\n  why: Rate", UnknownKeyError, 2, "did you mean 'why'"),
        ("2026-07-01", "2027-07-01", BadEntryError, 5, "the earliest first"),
        ("280.5", "1000000000000.01", BadEntryError, 5, "to 1000000000000"),
        ("why: Rate that", "why: [Rate", NotYamlError, 3, "no valid YAML"),
        ("280.5", "-1", BadEntryError, 5, "from 0"),
        ("value: 0", "value: 2", BadEntryError, 8, "medicare.sequestration, value"),
        ("value: 0", "values: {}", EmptyEntryError, 8, "at least one date"),
        ("value: 0", "value: 0\n  values: {2027-01-01: 0}", BadEntryError, 6, "either value"),
        ("2026-07-01", "2026-7-1", BadEntryError, 4, "YYYY-MM-DD"),
        ("270", "270.", BadEntryError, 4, "without commas"),
    ],
)
def test_a_fault_is_refused_with_file_and_line(
    old: str, new: str, error: type[RulebookError], line: int, says: str
) -> None:
    with pytest.raises(error) as caught:
        changed(GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(f"if.yaml: line {line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: " + "[" * 100_000, NotYamlError),
        *(("", EmptyEntryError), ("{}", EmptyEntryError), ("# nothing", EmptyEntryError)),
        *(("a: [", NotYamlError), ("a: \0", NotYamlError), ("- 1", BadEntryError)),
    ],
)
def test_a_file_that_says_nothing_is_refused(text: str, error: type[RulebookError]) -> None:
    with pytest.raises(error, match=r"if\.yaml"):
        changed(text)


def test_all_faults_of_a_file_are_told_in_the_order_of_their_lines() -> None:
    text = (
        "opps.a96077:\n  why: x\n  value: 1\n"
        "opps.a9607:\n  values:\n    2026-07-01: 1,5\n    2026-7-2: -1\n"
        "opps.a9607:\n  why: x\n  value: 1\n"
    )
    with pytest.raises(SeveralFaultsError) as caught:
        changed(text.replace("  values:", "  whi: x\n  values:"))
    kinds = [(type(one), one.line) for one in caught.value.faults]
    assert kinds == [(UnknownKeyError, 1), (DuplicateKeyError, 9)]
    with pytest.raises(SeveralFaultsError) as caught:
        changed(text.partition("opps.a9607:\n  why")[0])
    kinds = [(type(one), one.line) for one in caught.value.faults]
    assert kinds == [
        *((UnknownKeyError, 1), (UncitedError, 4)),
        *((BadEntryError, 6), (BadEntryError, 7), (BadEntryError, 7)),
    ]


def test_values_that_multiply_beyond_every_payment_are_refused_in_one_sentence() -> None:
    most = "1000000000000"
    keys = ("price.awp_over_wac", "contract.commercial.awp")
    book = changed("".join(f"{key}:\n  why: x\n  value: {most}\n" for key in keys))
    flow = next(one for one in FLOWS["us"] if one.contract == "awp" and one.payer == "commercial")
    with pytest.raises(TooMuchMoneyError, match="Lower"):
        book.pay(flow)


@pytest.mark.parametrize("name", ["us", "cn"])
def test_every_parameter_may_be_as_small_or_as_large_as_its_file_says(name: str) -> None:
    book = load_rulebook(name)
    for key, parameter in book.parameters.items():
        most = Decimal(10) ** 12 if parameter.maximum is None else parameter.maximum
        for amount in (parameter.minimum, most):
            for flow in FLOWS[name][::9]:
                try:
                    payments = book.patched({key: amount}).pay(flow)
                except BadInputError:
                    continue
                assert all(one.amount >= 0 for one in payments)


def test_a_file_is_read_or_missing(tmp_path: Path) -> None:
    file = tmp_path / "if.yaml"
    with pytest.raises(WhatIfUnreadableError, match=r"if\.yaml"):
        with_what_if(US, file)
    file.write_bytes("a: 假设".encode("gb18030"))
    with pytest.raises(WhatIfUnreadableError, match="no text in UTF-8"):
        with_what_if(US, file)
    file.write_text(GOOD, encoding="utf-8-sig")
    assert with_what_if(US, file).patches == ("opps.a9607", "medicare.sequestration")


@pytest.mark.parametrize("name", ["us", "cn"])
def test_a_what_if_that_changes_nothing_changes_no_cent(name: str) -> None:
    book = load_rulebook(name)
    lines = []
    for key, parameter in book.parameters.items():
        lines += [f"{key}:", "  why: As it is", "  values:"]
        lines += [f"    {value.since}: {value.amount:f}" for value in parameter.values]
    same = changed("\n".join(lines), book)
    for flow in FLOWS[name]:
        before = [(one.party_from, one.party_to, one.what, one.amount) for one in book.pay(flow)]
        after = [(one.party_from, one.party_to, one.what, one.amount) for one in same.pay(flow)]
        assert before == after


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_under_any_what_if_no_payment_is_negative_and_no_money_is_made(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["us", "cn"]))
    book = load_rulebook(name)
    keys = data.draw(st.lists(st.sampled_from(sorted(book.parameters)), max_size=4, unique=True))
    patches = {}
    for key in keys:
        high = book.parameters[key].maximum
        top = Decimal(10) ** 6 if high is None else high
        low = max(book.parameters[key].minimum, Decimal("0.01"))
        patches[key] = data.draw(st.decimals(min(low, top), top, places=2))
    flow = data.draw(st.sampled_from(FLOWS[name]))
    payments = book.patched(patches).pay(flow)
    assert all(one.amount >= 0 for one in payments)
    assert sum(balance(payments).values()) == 0
