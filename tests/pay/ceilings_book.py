"""A rulebook of an invented country, whose payments every reader can work out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.pay.ceilings_parties import Situation, asking, limits_of
from doseline.pay.ceilings_pieces import payments_over
from doseline.rules import (
    Ask,
    Blueprint,
    Case,
    Flow,
    Line,
    Outcome,
    Rule,
    RuleBook,
    Text,
    parse_parameter,
    to_cents,
)
from doseline.rules.price_terms import PriceLimit, PriceTerms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.pay.ceilings_parties import Limit

DAY = date(2026, 4, 6)
VALUES = {
    "fixed": 1000,  # what a payer with a fixed rate allows for the dose
    "coinsurance": "0.2",
    "cap": 150,  # the most of it that a patient owes
    "service": 100,  # what a payer pays beside the dose
    "limit": 500,  # up to which price a payer at cost pays
    "stay": 800,  # a package that holds the dose
    "items": 100,  # items of a stay beside the dose
    "multiple": 2,  # of the package that the items must exceed for a review
    "reviewed": "0.05",  # share of reviewed cases, paid by item
    "third": "0.333333333333",
    "more": "1.04",  # of the price, for a payer that pays more than it
    "listed": 1,
}
PARAMETER = """
description: {{en: {key}, zh: {key}}}
unit: XXX
source: {{title: Example Health Authority, address: "https://health.example", as_of: 2025-01-01}}
values:
  2025-01-01: {{value: {value}, kind: {kind}, confidence: high}}
"""


def _paid(value: Decimal) -> Outcome:
    return Outcome(value=to_cents(value), unit="XXX", why=Text(en="So.", zh="如此。"))


def _allowed(case: Case, ask: Ask) -> Outcome:
    """What is allowed for the dose."""
    price = case.price or Decimal(0)
    match case.payer:
        case "fixed":
            return _paid(ask.value("fixed"))
        case "cost":
            return _paid(min(price, ask.value("limit")))
        case "third":
            return _paid(price * ask.value("third"))
        case "more":
            return _paid(price * ask.value("more"))
        case "ladder":
            step = 0 if price > 300 else 400
            return _paid(Decimal(1000 if price > 900 else step))
        case "self":
            return _paid(price)
    return _paid(Decimal(0))


def _patient(case: Case, ask: Ask) -> Outcome:
    allowed = ask.decide("allowed")
    if case.payer == "self":
        return _paid(allowed)
    if case.payer == "fixed":
        return _paid(min(allowed * ask.value("coinsurance"), ask.value("cap")))
    return _paid(Decimal(0))


def _payer(case: Case, ask: Ask) -> Outcome:
    del case
    return _paid(ask.decide("allowed") - ask.decide("patient"))


def _stay(case: Case, ask: Ask) -> Outcome:
    base = ask.value("stay")
    items = ask.value("items") + (case.price or Decimal(0))
    if items > ask.value("multiple") * base:
        return _paid(base + ask.value("reviewed") * (items - base))
    return _paid(base)


def _service(case: Case, ask: Ask) -> Outcome:
    del case
    return _paid(ask.value("service"))


def _limit(case: Case, ask: Ask) -> Outcome:
    del case
    return _paid(ask.value("limit"))


def _listed(case: Case, ask: Ask) -> Outcome:
    del case
    return _paid(ask.value("listed"))


def _lines(case: Case) -> tuple[Line, ...]:
    if case.payer == "stay":
        return (Line(party_from="payer", party_to="hospital", what="stay", topic="stay"),)
    dose = (
        Line(party_from="payer", party_to="hospital", what="drug", topic="payer"),
        Line(party_from="patient", party_to="hospital", what="drug", topic="patient"),
    )
    if case.payer in {"fixed", "cost"}:
        return (
            *dose,
            Line(party_from="payer", party_to="hospital", what="service", topic="service"),
        )
    return dose


def _terms(case: Case) -> PriceTerms:
    limit = PriceLimit(party="payer", kind="list_pattern", topic="limit", in_force="listed")
    return PriceTerms(
        limits=(limit,) if case.payer == "cost" else (),
        follows=("stay",) if case.payer == "stay" else (),
    )


def book(values: Mapping[str, object] | None = None, *, assumed: str = "") -> RuleBook:
    """The rulebook with some other values; one of them may be an assumption."""
    rules = {
        "allowed": _allowed,
        "patient": _patient,
        "payer": _payer,
        "stay": _stay,
        "service": _service,
        "limit": _limit,
        "listed": _listed,
    }
    blueprint = Blueprint(
        name="plain",
        currency="XXX",
        rules={
            topic: (Rule(says=says, reference="Example", valid_from=date(2025, 1, 1)),)
            for topic, says in rules.items()
        },
        lines=_lines,
        unit_key=lambda _: None,
        price_terms=_terms,
    )
    texts = {
        key: PARAMETER.format(
            key=key, value=value, kind="assumption" if key == assumed else "official"
        )
        for key, value in {**VALUES, **(values or {})}.items()
    }
    return RuleBook.of(
        blueprint,
        [parse_parameter(text, key=key, file=f"{key}.yaml") for key, text in texts.items()],
    )


def situation(payer: str, price: object = 300, **facts: object) -> Situation:
    """A patient of a payer; the hospital's own work costs 50 unless it is said."""
    known = {"own_cost": 50, "assumed_cost": 0, "least": 0, **facts}
    money = {key: Decimal(str(value)) for key, value in known.items()}
    flow = Flow(
        code="X",
        activity_bq=7.4e9,
        service_date=DAY,
        payer=payer,
        setting="hospital",
        price=Decimal(str(price)),
    )
    return Situation(flow=flow, **money)


def limits(rules: RuleBook, now: Situation) -> dict[str, Limit]:
    """The limits of a situation by their kind."""
    paid = payments_over(asking(rules, now), most=Decimal(20_000))
    return {one.kind: one for one in limits_of(rules, now, paid)}


def ends(limit: Limit) -> list[tuple[str, str | None]]:
    """Stretches of price as text."""
    return [(str(one.low), None if one.high is None else str(one.high)) for one in limit.stretches]
