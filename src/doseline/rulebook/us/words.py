"""Names and small helpers that all US rules share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from doseline.rules import Outcome, Rule, Text, to_cents

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules.rule import Verdict

CURRENCY = "USD"

PAYERS = ("medicare_ffs", "medicare_advantage", "commercial", "medicaid", "uninsured")
SETTINGS = ("academic", "community", "office")

FIRST_DAY = date(2025, 1, 1)
"""First day of which this rulebook speaks."""


def dollars(value: Decimal, en: str, zh: str, *notes: Text) -> Outcome:
    """An amount in whole cents with its reason."""
    return Outcome(value=to_cents(value), unit=CURRENCY, why=Text(en=en, zh=zh), notes=notes)


def said(value: Decimal, unit: str, en: str, zh: str, *notes: Text) -> Outcome:
    """A value that is no money, with its reason."""
    return Outcome(value=value, unit=unit, why=Text(en=en, zh=zh), notes=notes)


def always(says: Verdict, reference: str) -> tuple[Rule, ...]:
    """A rule that has held since the first day of this rulebook."""
    return (Rule(says=says, reference=reference, valid_from=FIRST_DAY),)


def shown(amount: Decimal) -> str:
    """An amount as people write it, e.g. ``51,919.20``."""
    return f"{to_cents(amount):,}"


def percent(share: Decimal) -> str:
    """A share as people write it, e.g. ``20 %``."""
    return f"{(share * 100).normalize():f} %"


def is_office(setting: str) -> bool:
    """Whether the site bills as a physician's office, outside the hospital outpatient system."""
    return setting == "office"
