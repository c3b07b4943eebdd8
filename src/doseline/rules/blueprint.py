"""What the code of a rulebook defines: its rules, its payments, and how it counts and releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from doseline.rules.price_terms import PriceTerms

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.rules.book import RuleBook
    from doseline.rules.codes import BillingCode
    from doseline.rules.flow import Case
    from doseline.rules.rule import Line, Rule
    from doseline.rules.safety import OperationTest, ReleaseTest, StorageTest

Patch: TypeAlias = Decimal | Mapping[date, Decimal]
"""A value for all days, or values from given days on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What the code of a rulebook defines; its numbers come from its parameter files."""

    name: str
    currency: str
    rules: Mapping[str, tuple[Rule, ...]]
    """Rules of each topic, in order of their periods."""
    lines: Callable[[Case], tuple[Line, ...]]
    """Payments for a case; raises for a code, payer, setting or locality it does not know."""
    unit_key: Callable[[str], str | None]
    """Parameter that holds the activity of one billing unit of a code; none if billed once."""
    release: Callable[[str], tuple[ReleaseTest, ...]] = lambda _: ()
    """Release criteria of a nuclide, alternatives; without any a patient may go at once."""
    storage: Callable[[str], StorageTest] | None = None
    """How waste of a nuclide decays in storage; none if the rulebook does not say."""
    operation: Callable[[str], OperationTest | None] = lambda _: None
    """How an activity of a nuclide weighs in a day's operating quantity; none if it is not said."""
    codes: Mapping[str, BillingCode] = field(default_factory=dict)
    """What a claim must say of each code; none where the rulebook knows no claims."""
    following: Callable[[RuleBook, str, Mapping[date, Decimal]], Mapping[str, Patch]] = (
        lambda _book, _code, _prices: {}
    )
    """Rates of a code that follow its average price, given per unit from each quarter on."""
    price_terms: Callable[[Case], PriceTerms] = lambda _: PriceTerms()
    """What stands over the price of a dose beside its payments; nothing unless it is said."""
