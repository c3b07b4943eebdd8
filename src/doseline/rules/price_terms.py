"""What stands over the price of a dose beside its payments: limits of lists, and the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doseline.rules.flow import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLimit:
    """The highest price per dose at which a party agrees, whatever it then pays."""

    party: Party
    kind: str
    """What it is: ``list_pattern``, ``commercial_list`` or another word of the messages."""
    topic: str
    """Rule that decides the price; it asks for no price itself."""
    in_force: str = ""
    """Rule that says whether the party pays at all; empty if it always does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTerms:
    """The limits of a case, and the payments of it that follow what such cases cost before."""

    limits: tuple[PriceLimit, ...] = ()
    follows: tuple[str, ...] = ()
    """Items whose payment is set anew from the mean cost of past cases."""
    history: str = ""
    """Prefix of the keys of the parameters that say how; empty if nothing follows the past."""
