"""The highest price of a dose at which each party still takes part, for one kind of patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from doseline.pay.ceilings_solve import CENT, Stretch, ceiling_of, stretches
from doseline.rules import balance, to_cents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from doseline.pay.ceilings_pieces import Payments
    from doseline.rules import Case, Decision, Flow, Party, Payment, RuleBook

State: TypeAlias = Literal["limit", "open", "never"]
"""There is a highest price; there is none; the party takes part at no price."""

DOSE_ITEMS = ("drug", "drug_supplement")
"""Items of the payments that are for the dose itself: the first payer's, and a second payer's."""

_NOTHING = Decimal(0)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One kind of patient at one kind of site, all but the price of the dose."""

    flow: Flow
    """The dose at the price of today."""
    own_cost: Decimal
    """What the hospital spends on one infusion beside the dose. [currency]"""
    assumed_cost: Decimal
    """The part of it that rests on assumptions. [currency]"""
    least: Decimal
    """Smallest margin at which a hospital offers a dose. [currency]"""
    making: Decimal | None = None
    """What a dose of its own leaves the hospital; none if it makes none. [currency]"""
    making_cost: Decimal | None = None
    """What such a dose costs it. [currency]"""
    charge_per_price: Decimal | None = None
    """What the hospital's price list says, as a multiple of what it pays; none without a list."""
    cannot_pay: Decimal = _NOTHING
    """Share of patients who cannot pay their own share at the price of today. [unitless]"""
    able: Decimal = Decimal("0.5")
    """Share of patients who must be able to pay, for patients to take part. [unitless]"""

    @property
    def price(self) -> Decimal:
        """The price of today. [currency]"""
        return self.flow.price or _NOTHING

    def at(self, price: Decimal) -> Flow:
        """The same dose at another price, and the price list with it."""
        if self.charge_per_price is None:
            return replace(self.flow, price=price)
        return replace(self.flow, price=price, charge=to_cents(price * self.charge_per_price))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What bounds the price for one party, and what that rests on."""

    party: Party
    kind: str
    stretches: tuple[Stretch, ...]
    """Prices at which the party takes part."""
    rule: str
    """Rule of the payment that counts most; empty if the network alone decides."""
    keys: tuple[str, ...]
    """Parameters that this rule used."""
    assumed_keys: tuple[str, ...]
    assumed_share: float
    """Share of the money that rests on assumptions. [unitless]"""
    confidence: str
    walked: bool
    """Complete by construction; else found by sampling."""
    binds: bool = True
    """Whether the party leaves beyond it; else it is told for comparison."""
    topic: str = ""
    """Rule that states the price; empty if it follows from payments."""

    @property
    def state(self) -> State:
        """Whether there is a highest price."""
        if not self.stretches:
            return "never"
        return "open" if ceiling_of(self.stretches) is None else "limit"

    @property
    def ceiling(self) -> Decimal | None:
        """The highest price; none if there is no end, 0 if no price will do. [currency]"""
        return ceiling_of(self.stretches) if self.stretches else _NOTHING


def limits_of(book: RuleBook, situation: Situation, paid: Payments) -> tuple[Limit, ...]:
    """The limits of every party in a situation, the hospital's first.

    Args:
        book: The rulebook.
        situation: Patient, site and costs.
        paid: The payments over all prices.
    """
    found = [_hospital(book, situation, paid), _dose_alone(book, situation, paid)]
    if situation.making is not None and situation.making >= situation.least:
        found.append(_parity(book, situation, paid))
    return (*found, _patient(book, situation, paid), *_lists(book, situation))


def binding(limits: Iterable[Limit]) -> Limit | None:
    """The limit with the lowest ceiling; none if nobody has one."""
    bounds = [one for one in limits if one.binds and one.ceiling is not None]
    return min(bounds, key=lambda one: one.ceiling or _NOTHING, default=None)


def margin_at(book: RuleBook, situation: Situation, price: Decimal) -> Decimal:
    """What a dose of a price leaves the hospital, to the cent. [currency]"""
    received = balance(book.pay(situation.at(price)))["hospital"]
    return received - price - situation.own_cost


def share_at(book: RuleBook, situation: Situation, price: Decimal) -> Decimal:
    """What a patient pays for a dose of a price, to the cent. [currency]"""
    return -balance(book.pay(situation.at(price)))["patient"]


def able_share(share: float, share_now: float, cannot_pay_now: float) -> float:
    """Share of patients who can pay an amount, if some could not pay another.

    What people can pay is taken to be exponential, the one-parameter form with no free number
    (assumption): (1 - c) ** (share / share now). Where patients pay nothing now, the same share
    cannot pay, whatever the price. [unitless]
    """
    if share_now <= 0.0:
        return 1.0 - cannot_pay_now
    if share <= 0.0 or cannot_pay_now <= 0.0:
        return 1.0
    return float((1.0 - cannot_pay_now) ** (share / share_now))


def _hospital(book: RuleBook, situation: Situation, paid: Payments) -> Limit:
    """All that is paid covers the price and the hospital's own work."""
    return _by_margin(book, situation, paid, kind="all_payments", least=situation.least)


def _parity(book: RuleBook, situation: Situation, paid: Payments) -> Limit:
    """Buying leaves the hospital what making the dose itself leaves it."""
    least = max(situation.making or _NOTHING, situation.least)
    return _by_margin(book, situation, paid, kind="in_house_parity", least=least)


def _by_margin(
    book: RuleBook, situation: Situation, paid: Payments, *, kind: str, least: Decimal
) -> Limit:
    segments = []
    for piece in paid.pieces:
        start, slope = piece.net("hospital")
        segments.append((piece.low, piece.high, start - situation.own_cost, slope - 1))

    def enough(price: Decimal) -> bool:
        return margin_at(book, situation, price) >= least

    found = stretches(segments, least, enough)
    told = _to_hospital(book, situation, _shown(found, situation.price))
    return _limit("hospital", kind, found, told, paid=paid, situation=situation)


def _dose_alone(book: RuleBook, situation: Situation, paid: Payments) -> Limit:
    """What is paid for the dose itself covers its price; told for comparison."""

    def received(price: Decimal) -> Decimal:
        return sum((one.amount for one in _for_dose(book.pay(situation.at(price)))), _NOTHING)

    segments = []
    for piece in paid.pieces:
        mine = [line for (_, to, what), line in piece.lines.items() if _is_dose(to, what)]
        start, slope = (sum((line[at] for line in mine), _NOTHING) for at in (0, 1))
        segments.append((piece.low, piece.high, start, slope - 1))
    found = stretches(segments, _NOTHING, lambda price: received(price) >= price)
    told = _for_dose(book.pay(situation.at(_shown(found, situation.price))))
    free = replace(situation, own_cost=_NOTHING, assumed_cost=_NOTHING)
    return replace(
        _limit("hospital", "dose_payment", found, told, paid=paid, situation=free), binds=False
    )


def _patient(book: RuleBook, situation: Situation, paid: Payments) -> Limit:
    """Enough patients can pay what is left to them."""
    today = share_at(book, situation, situation.price)
    most = _most_share(situation, today)
    segments = []
    for piece in paid.pieces:
        start, slope = piece.net("patient")
        segments.append((piece.low, piece.high, start, slope))
    if most is None:
        found: tuple[Stretch, ...] = (Stretch(_NOTHING, None),)
    else:
        found = stretches(segments, -most, lambda price: share_at(book, situation, price) <= most)
    at = _shown(found, situation.price)
    told = [one for one in book.pay(situation.at(at)) if one.party_from == "patient"]
    limit = _limit("patient", "can_pay", found, told, paid=paid, situation=situation)
    # The form of what people can pay is an assumption, whatever the payments rest on.
    return replace(limit, assumed_share=1.0, confidence="low") if most is not None else limit


def _most_share(situation: Situation, today: Decimal) -> Decimal | None:
    """The most that the patient at the wanted share can pay; none if nothing is known of it."""
    unable, able = situation.cannot_pay, situation.able
    if not unable or today <= 0 or able <= 0:
        return None
    if unable >= 1 or able >= 1:
        return _NOTHING
    return (today * able.ln() / (_ONE - unable).ln()).quantize(CENT, ROUND_FLOOR)


def _lists(book: RuleBook, situation: Situation) -> list[Limit]:
    """Limits that the rulebook knows beside its payments."""
    day = book.on(situation.flow.service_date)
    case: Case = book.case(situation.at(situation.price))
    found = []
    for one in book.blueprint.price_terms(case).limits:
        decision = day.decide(one.topic, case)
        high = decision.value.quantize(CENT, ROUND_FLOOR)
        ends = (Stretch(_NOTHING, high),) if high >= 0 else ()
        in_force = not one.in_force or day.decide(one.in_force, case).value > 0
        found.append(
            Limit(
                party=one.party,
                kind=one.kind,
                stretches=ends,
                rule=decision.rule,
                keys=tuple(reading.key for reading in decision.readings),
                assumed_keys=decision.assumptions,
                assumed_share=float(decision.rests_on_assumption),
                confidence=decision.confidence,
                walked=True,
                binds=in_force,
                topic=one.topic,
            )
        )
    return found


def _limit(
    party: Party,
    kind: str,
    found: tuple[Stretch, ...],
    told: list[Payment],
    *,
    paid: Payments,
    situation: Situation,
) -> Limit:
    """A limit with what it rests on: the payment that counts most, and how much is assumed."""
    main = max(told, key=lambda one: one.amount, default=None)
    decision: Decision | None = None if main is None else main.decision
    own = situation.own_cost if party == "hospital" else _NOTHING
    assumed = situation.assumed_cost if party == "hospital" else _NOTHING
    assumed += sum((one.amount for one in told if one.decision.rests_on_assumption), _NOTHING)
    total = own + sum((one.amount for one in told), _NOTHING)
    return Limit(
        party=party,
        kind=kind,
        stretches=found,
        rule="" if decision is None else decision.rule,
        keys=() if decision is None else tuple(one.key for one in decision.readings),
        assumed_keys=() if decision is None else decision.assumptions,
        assumed_share=float(assumed / total) if total else 0.0,
        confidence="low" if decision is None else decision.confidence,
        walked=paid.walked,
    )


def _shown(found: tuple[Stretch, ...], price: Decimal) -> Decimal:
    """The price at which a limit is explained: its ceiling, or the price of today."""
    ceiling = ceiling_of(found) if found else None
    return price if ceiling is None else ceiling


def _to_hospital(book: RuleBook, situation: Situation, price: Decimal) -> list[Payment]:
    return [one for one in book.pay(situation.at(price)) if one.party_to == "hospital"]


def _for_dose(paid: Iterable[Payment]) -> list[Payment]:
    return [one for one in paid if _is_dose(one.party_to, one.what)]


def _is_dose(payee: str, what: str) -> bool:
    return payee == "hospital" and what in DOSE_ITEMS


def asking(book: RuleBook, situation: Situation) -> Callable[[Decimal], tuple[Payment, ...]]:
    """The payments for a price, as the walk over prices asks for them."""
    return lambda price: book.pay(situation.at(price))
