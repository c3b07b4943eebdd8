"""How years of a hospital's own cheap doses lower the ceiling of a product that is sold later.

A small model with few, labelled numbers, no forecast:

* A payment that follows past cost is set each year from the mean cost of the group's cases some
  years ago: ``P[t+1] = P[t] + a (M[t+1-L] - P[t])``.
* A share ``g`` of the group's cases has the therapy, the others cost what the payment was at
  first, ``P0``. A case with the therapy costs ``o P0`` and its dose: the hospital's own at ``c``,
  or, once a product is sold, one bought at its price ``p`` in a share ``b`` of cases, as long as
  the hospital does not lose by it: ``M[t] = (1-g) P0 + g (o P0 + (1-b) c + b p)``.
* The dose of before is what a list compares with: after ``T`` years of it the list pattern ``N``
  falls to ``N - w min(T / L, 1) max(N - c, 0)``.

With one mean cost ``M`` from year 0 on, ``P[L-1+n] = M + (P0 - M) (1-a)**n``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from doseline.pay.ceilings_solve import CENT, ceiling_of, stretches
from doseline.rules import to_cents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.pay.ceilings_parties import Situation
    from doseline.pay.ceilings_pieces import Payments

_NOTHING, _ONE = Decimal(0), Decimal(1)

KEYS = (
    "lag_years",
    "adjustment",
    "case_share",
    "bought_share",
    "other_cost_share",
    "comparator_weight",
)
"""Parameters of the model under the prefix that a rulebook names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How payments and lists remember; shares and factors have no unit."""

    lag_years: int
    """L: years from a case to the payment that counts it. [years]"""
    adjustment: Decimal
    """a: part of the way to the mean cost that a payment goes in a year."""
    case_share: Decimal
    """g: share of the group's cases that have the therapy."""
    bought_share: Decimal
    """b: share of these whose dose is bought, once a product is sold and covers its price."""
    other_cost_share: Decimal
    """o: what such a case costs beside its dose, as a share of the payment at first."""
    comparator_weight: Decimal
    """w: how far the list price moves to the cost of the hospital's own dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year after the hospitals' own doses began, for a product sold from some year on."""

    launch: int
    """Year of the launch, 0 when the hospitals' own doses began. [years]"""
    year: int
    payment: Decimal
    """The payment that follows past cost. [currency]"""
    hospital: Decimal | None
    """Highest price at which the hospital buys; none if there is no end. [currency]"""
    listed: Decimal | None
    """Highest price that the list takes; none without such a list. [currency]"""
    bought: bool
    """Whether doses are bought at the price asked: hospital and list both allow it."""


def mean_cost(memory: Memory, first: Decimal, own: Decimal, price: Decimal | None) -> Decimal:
    """M: mean cost of the group's cases in a year. [currency]

    Args:
        memory: Shares.
        first: P0. [currency]
        own: c, cost of the hospital's own dose. [currency]
        price: p, what a bought dose costs; none if none is bought. [currency]
    """
    bought = _NOTHING if price is None else memory.bought_share
    dose = (_ONE - bought) * own + bought * (price or _NOTHING)
    case = memory.other_cost_share * first + dose
    return (_ONE - memory.case_share) * first + memory.case_share * case


def listed_price(memory: Memory, pattern: Decimal, own: Decimal, launch: int) -> Decimal:
    """The highest price of a list after some years of the hospitals' own doses. [currency]"""
    known = min(Decimal(launch) / max(memory.lag_years, 1), _ONE)
    fall = memory.comparator_weight * known * max(pattern - own, _NOTHING)
    return (pattern - fall).quantize(CENT, ROUND_FLOOR)


def ceiling_path(
    memory: Memory,
    *,
    first: Decimal,
    own: Decimal,
    price: Decimal,
    pattern: Decimal | None,
    launches: Sequence[int],
    years: int,
    hospital_ceiling: Callable[[Decimal], Decimal | None],
) -> tuple[Year, ...]:
    """Ceilings of each year from the launch on, for each year of launch.

    Args:
        memory: How payments and lists remember.
        first: P0, the payment that follows past cost, before any case of the therapy. [currency]
        own: c, cost of the hospital's own dose. [currency]
        price: p, price that the product asks. [currency]
        pattern: N, highest price of the list without a comparator; none without a list. [currency]
        launches: Years of launch to try. [years]
        years: Last year that is told. [years]
        hospital_ceiling: Highest price at which the hospital buys, by the factor of that payment.
    """
    found: list[Year] = []
    for launch in launches:
        listed = None if pattern is None else listed_price(memory, pattern, own, launch)
        payment = first
        means: list[Decimal] = []
        for year in range(years + 1):
            back = year - memory.lag_years
            if back >= 0:
                payment += memory.adjustment * (means[back] - payment)
            ceiling = hospital_ceiling(payment / first) if year >= launch else _NOTHING
            limits = [one for one in (ceiling, listed) if one is not None]
            bought = year >= launch and price <= min(limits, default=price)
            means.append(mean_cost(memory, first, own, price if bought else None))
            if year >= launch:
                found.append(
                    Year(
                        launch=launch,
                        year=year,
                        payment=to_cents(payment),
                        hospital=ceiling,
                        listed=listed,
                        bought=bought,
                    )
                )
    return tuple(found)


def followed(paid: Payments, follows: Sequence[str]) -> Decimal:
    """What a hospital receives for the items that follow past cost, for a dose that is free."""
    payments = paid.ask(_NOTHING)
    mine = [one for one in payments if one.party_to == "hospital" and one.what in follows]
    return sum((one.amount for one in mine), _NOTHING)


def scaled_ceiling(
    situation: Situation, paid: Payments, follows: Sequence[str], factor: Decimal
) -> Decimal | None:
    """The hospital's highest price if the payments for some items were larger by a factor."""
    scales = dict.fromkeys(follows, factor)
    segments = []
    for piece in paid.pieces:
        start, slope = piece.net("hospital", scales)
        segments.append((piece.low, piece.high, start - situation.own_cost, slope - 1))

    def enough(price: Decimal) -> bool:
        received = _NOTHING
        for one in paid.ask(price):
            sign = (one.party_to == "hospital") - (one.party_from == "hospital")
            received += sign * one.amount * scales.get(one.what, _ONE)
        return received - price - situation.own_cost >= situation.least

    found = stretches(segments, situation.least, enough)
    return ceiling_of(found) if found else _NOTHING
