"""What changes between two days, and the tree that a decision keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook, worked_flows
from doseline.rules import Decision, Flow, difference, parse_flow
from doseline.rules.errors import BadEntryError, MissingKeyError, UnknownKeyError

US = load_rulebook("us")
DOSE = Flow(
    code="A9607",
    activity_bq=7.4e9,
    service_date=date(2026, 4, 15),
    payer="medicare_ffs",
    setting="community",
)


def test_a_quarter_changes_the_rate_and_what_is_paid_with_it() -> None:
    found = difference(US, [DOSE], date(2026, 3, 31), date(2026, 4, 1))
    changed = {one.key: one for one in found.parameters}["opps.a9607"]
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before.value.amount, changed.after.value.amount) == (
        Decimal("259.315"),
        Decimal("259.596"),
    )
    # The patient is at the limit of 1,688.32, so Medicare pays 98 % of what is over it:
    # 0.98 (51,863.00 - 1,688.32) = 49,171.19 and 0.98 (51,919.20 - 1,688.32) = 49,226.26.
    (paid,) = found.payments
    assert (paid.party_from, paid.what) == ("payer", "drug")
    assert paid.before is not None
    assert paid.after is not None
    assert paid.after - paid.before == Decimal("55.07")
    assert found.flows == 1


def test_nothing_changes_within_a_quarter() -> None:
    found = difference(US, [DOSE], date(2026, 4, 1), date(2026, 6, 30))
    assert (found.parameters, found.rules, found.payments) == ((), (), ())


def test_before_the_first_day_there_is_nothing_and_afterwards_everything() -> None:
    found = difference(US, [DOSE], date(2000, 1, 1), date(2026, 4, 15))
    assert {one.topic for one in found.rules} == set(US.blueprint.rules)
    assert all(one.before is None and one.after is not None for one in found.rules)
    assert [one.before for one in found.payments] == [None] * len(US.pay(DOSE))


@pytest.mark.parametrize("name", rulebook_names())
def test_the_standard_flows_of_a_rulebook_are_all_paid(name: str) -> None:
    book, flows = load_rulebook(name), worked_flows(name)
    assert len(flows) >= 10
    assert len(set(flows)) == len(flows)
    assert all(book.pay(flow) for flow in flows)


def test_a_decision_keeps_what_it_asked_and_read_itself() -> None:
    decision = US.decide("payer.drug", DOSE)
    assert "medicare.sequestration" in decision.own
    assert "us/allowed.drug" in {one.rule.split("@")[0] for one in decision.asked}
    below = {reading.key for reading in decision.readings}
    assert below == set(decision.own) | {key for one in decision.asked for key in _all(one)}


def _all(decision: Decision) -> set[str]:
    return set(decision.own) | {key for one in decision.asked for key in _all(one)}


FACTS = {
    "code": "A9607",
    "activity_gbq": "7.4",
    "service_date": "2026-04-15",
    "payer": "medicare_ffs",
    "setting": "community",
}


def test_a_flow_is_read_from_its_facts() -> None:
    assert parse_flow(FACTS, file="x.yaml") == DOSE
    more = {**FACTS, "nights": "2", "price": "1.50", "discount": "true", "channel": "trial"}
    flow = parse_flow(more, file="x.yaml")
    assert (flow.nights, flow.price, flow.discount, flow.channel) == (
        2,
        Decimal("1.50"),
        True,
        "trial",
    )


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({**FACTS, "paier": "x"}, UnknownKeyError),
        ({**FACTS, "nights": "1.5"}, BadEntryError),
        ({**FACTS, "discount": "yes"}, BadEntryError),
        ({key: value for key, value in FACTS.items() if key != "payer"}, MissingKeyError),
    ],
)
def test_facts_that_are_none_are_refused(facts: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"x\.yaml"):
        parse_flow(facts, file="x.yaml")
