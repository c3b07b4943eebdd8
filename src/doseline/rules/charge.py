"""Money that the network itself states, beside what rules decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.rules.decision import Decision
from doseline.rules.errors import MixedCurrencyError
from doseline.rules.flow import Payment
from doseline.rules.parameter import Text

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules.flow import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money that the network itself states, such as the price of a dose; no rule decides it."""

    party_from: Party
    party_to: Party
    what: str
    amount: Decimal
    currency: str
    source: str
    """Table and row of the network, or the evidence that it names."""


def charged(charge: Charge, *, currency: str) -> Payment:
    """The payment that a charge of the network makes.

    Raises:
        MixedCurrencyError: If the charge is in another currency.
    """
    if charge.currency != currency:
        raise MixedCurrencyError(charge.currency, currency)
    decision = Decision(
        rule="network",
        reference=charge.source,
        value=charge.amount,
        unit=charge.currency,
        readings=(),
        explanation=Text(
            en=f"The network states {charge.amount} {charge.currency} ({charge.source}).",
            zh=f"网络数据给定 {charge.amount} {charge.currency}（{charge.source}）。",
        ),
    )
    return Payment(
        party_from=charge.party_from,
        party_to=charge.party_to,
        what=charge.what,
        decision=decision,
    )
