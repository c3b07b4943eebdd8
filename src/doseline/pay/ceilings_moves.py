"""Which parameter moves a ceiling most."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.pay.ceilings_parties import margin_at
from doseline.rules import to_cents

if TYPE_CHECKING:
    from doseline.pay.ceilings_parties import Limit, Situation
    from doseline.pay.ceilings_pieces import Payments
    from doseline.rules import RuleBook

RAISED = Decimal("1.01")
"""What a parameter is multiplied by."""


@dataclass(frozen=True, slots=True)
class Move:
    """A parameter, and what one percent more of it does to a ceiling."""

    key: str
    change: Decimal
    """Change of the ceiling, as long as no other rule takes over. [currency]"""


@dataclass(slots=True)
class Raiser:
    """A rulebook with one parameter raised by a percent, each made once."""

    book: RuleBook
    raised: dict[str, RuleBook] = field(default_factory=dict)

    def __call__(self, key: str, situation: Situation) -> RuleBook:
        """The rulebook with that parameter raised."""
        if key not in self.raised:
            value = self.book.on(situation.flow.service_date).parameter(key).value.amount
            self.raised[key] = self.book.patched({key: value * RAISED})
        return self.raised[key]


def moved_most(raiser: Raiser, situation: Situation, paid: Payments, limit: Limit) -> Move | None:
    """The parameter of a limit that moves its ceiling most, if any of the rulebook does.

    At a ceiling the hospital's margin is what it asks for. A parameter that changes the margin by
    ``d`` there moves the ceiling by ``-d`` over the slope of the margin. The price of a list moves
    as its rule does. What patients can pay is a matter of the network.

    Args:
        raiser: Rulebooks with a parameter raised.
        situation: The kind of patient and site.
        paid: The payments over all prices.
        limit: The limit whose ceiling moves.
    """
    if limit.ceiling is None or not limit.stretches:
        return None
    moves = [
        Move(key, to_cents(change))
        for key in limit.keys
        if (change := _change(raiser, key, situation, paid, limit)) is not None
    ]
    most = max(moves, key=lambda one: abs(one.change), default=None)
    return most if most is not None and most.change else None


def _change(
    raiser: Raiser, key: str, situation: Situation, paid: Payments, limit: Limit
) -> Decimal | None:
    """What one percent more of a parameter does to the ceiling. [currency]"""
    price = limit.ceiling or Decimal(0)
    if limit.kind == "all_payments":
        _, slope = paid.at(price).net("hospital")
        if slope == 1:
            return None
        more = margin_at(raiser(key, situation), situation, price)
        return (more - margin_at(raiser.book, situation, price)) / (1 - slope)
    if limit.topic:
        day = situation.flow.service_date
        raised, case = raiser(key, situation), raiser.book.case(situation.flow)
        before, after = (one.on(day).decide(limit.topic, case) for one in (raiser.book, raised))
        return after.value - before.value
    return None
