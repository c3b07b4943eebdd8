"""A dose or a scan as a payer sees it, and what the parties pay one another for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from doseline.rules.errors import BadFlowError, TooMuchMoneyError, nearest
from doseline.rules.parameter import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from doseline.rules.decision import Decision

Party: TypeAlias = Literal[
    "patient",
    "payer",
    "hospital",
    "developer",
    "maker",
    "carrier",
    "isotope_supplier",
    "outside",
]
PARTIES: tuple[Party, ...] = get_args(Party)
"""Who pays whom; the developer sells the dose, ``outside`` is everyone who is not in the account."""

Channel: TypeAlias = Literal["commercial", "in_house", "trial"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""How a dose was made: bought from a maker, by the hospital itself, or for a trial."""

_CENT = Decimal("0.01")
MOST_MONEY = Decimal(1_000_000_000_000)
"""No dose costs more; beyond it, cents no longer fit an exact amount. [currency]"""
MOST_NIGHTS = 3650
"""Nobody stays longer: ten years. [nights]"""
_MOST_PAID = MOST_MONEY**2
"""Least amount that no payment can be; its cents still fit an exact amount. [currency]"""
_SOME_ACTIVITY = Text(
    en="more than 0 Bq for a drug that is billed by activity",
    zh="按活度计费的药品须大于 0 Bq",
)
_ACTIVITY = Text(en="a finite activity in Bq, 0 or more", zh="不小于 0 的有限活度，以 Bq 计")
_NIGHTS = Text(
    en=f"a whole number of nights from 0 to {MOST_NIGHTS}", zh=f"0 至 {MOST_NIGHTS} 的整数夜数"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One administration, with the facts that a payment may depend on."""

    code: str
    """Billing code or service of the rulebook; in the US the HCPCS code, e.g. ``"A9607"``."""
    activity_bq: float
    """Activity of the written directive. [Bq]"""
    service_date: date
    payer: str
    """Payer segment of the rulebook, e.g. ``"medicare_ffs"``."""
    setting: str
    """Site setting of the rulebook, e.g. ``"community"``."""
    administered_bq: float | None = None
    """Activity given, if it is known to be less than directed. [Bq]"""
    locality: str = ""
    """Local payment scheme that the site belongs to; empty where there is but one."""
    channel: Channel = "commercial"
    nights: int = 0
    """Nights in hospital until release; 0 for an outpatient."""
    price: Decimal | None = None
    """What the dose costs the hospital, if known, for rules that pay at cost. [currency]"""
    contract: str = ""
    """Form of the payer's contract, a name of the rulebook; empty for the segment's pattern."""
    cover: str = ""
    """Cover that the patient has beside the payer, a name of the rulebook; empty for none."""
    charge: Decimal | None = None
    """What the hospital's price list says for the dose, for contracts on charges. [currency]"""
    discount: bool = False
    """Whether the site buys under a public discount programme."""

    def __post_init__(self) -> None:
        refuse_bad_activity("activity_bq", self.activity_bq)
        if self.administered_bq is not None:
            refuse_bad_activity("administered_bq", self.administered_bq)
        refuse_bad_facts(
            channel=self.channel, nights=self.nights, price=self.price, charge=self.charge
        )

    @property
    def billed_bq(self) -> float:
        """Activity [Bq] that may be billed: what was given, never more than was directed."""
        if self.administered_bq is None:
            return self.activity_bq
        return min(self.activity_bq, self.administered_bq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a rule may know of a flow besides the day, which it meets only through parameters."""

    code: str
    payer: str
    setting: str
    units: int
    """Billing units of the code."""
    locality: str = ""
    channel: Channel = "commercial"
    nights: int = 0
    price: Decimal | None = None
    contract: str = ""
    cover: str = ""
    charge: Decimal | None = None
    discount: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that one party gives another for one flow, and why."""

    party_from: Party
    party_to: Party
    what: str
    decision: Decision

    @property
    def amount(self) -> Decimal:
        """Exact amount, in the currency of the decision's unit."""
        return self.decision.value


def to_cents(amount: Decimal) -> Decimal:
    """An amount in whole cents, halves away from zero as on an invoice.

    Raises:
        TooMuchMoneyError: If no payment can be as large.

    >>> to_cents(Decimal("830.7050"))
    Decimal('830.71')
    """
    if abs(amount) >= _MOST_PAID:
        raise TooMuchMoneyError(f"{MOST_MONEY:,}")
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def billed_units(
    activity_bq: NDArray[np.float64], unit_bq: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Whole billing units, a started unit counted in full.

    A millionth of a unit is allowed for, so that noise in the last binary digit bills no unit.

    Args:
        activity_bq: Activity to bill. [Bq]
        unit_bq: Activity of one unit; infinite for a service billed once. [Bq]

    Raises:
        BadFlowError: If a drug is billed by activity and there is none.
    """
    by_activity = np.isfinite(unit_bq)
    if np.any(by_activity & (activity_bq <= 0)):
        raise BadFlowError("activity_bq", 0.0, _SOME_ACTIVITY)
    units = np.ceil(np.round(activity_bq / unit_bq, 6))
    return np.where(by_activity, units, 1).astype(np.int64)


def balance(payments: Iterable[Payment]) -> dict[Party, Decimal]:
    """What each party has gained, in all; the sum over the parties is zero."""
    gained: dict[Party, Decimal] = dict.fromkeys(PARTIES, Decimal(0))
    for payment in payments:
        gained[payment.party_from] -= payment.amount
        gained[payment.party_to] += payment.amount
    return gained


def refuse_bad_activity(field: str, activity_bq: float) -> None:
    """Refuse an activity that nobody can give.

    Raises:
        BadFlowError: If it is negative or not finite.
    """
    if not (math.isfinite(activity_bq) and activity_bq >= 0):
        raise BadFlowError(field, activity_bq, _ACTIVITY)


def refuse_bad_facts(
    *, channel: str, nights: int, price: Decimal | None, charge: Decimal | None
) -> None:
    """Refuse a channel that is none, nights that cannot be counted and money that is none.

    Raises:
        BadFlowError: Naming the fact.
    """
    if channel not in CHANNELS:
        raise BadFlowError("channel", channel, nearest(channel, CHANNELS))
    if not 0 <= nights <= MOST_NIGHTS:
        raise BadFlowError("nights", nights, _NIGHTS)
    for name, amount in (("price", price), ("charge", charge)):
        if amount is not None and not (amount.is_finite() and 0 <= amount <= MOST_MONEY):
            raise BadFlowError(name, amount, f"0 – {MOST_MONEY:,}")
