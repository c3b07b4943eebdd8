"""Names and small helpers that all Chinese rules share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rules import Outcome, Rule, Text, to_cents

if TYPE_CHECKING:
    from doseline.rules import Case
    from doseline.rules.rule import Verdict

CURRENCY = "CNY"

DRUGS = ("LU-PSMA", "LU-DOTATATE", "I131-NAI", "AC-PSMA", "AT-TRIAL")
"""Short codes of this rulebook; the country has no public billing code for a dose."""

ORDINARY = ("I131-NAI",)
"""Drugs of the ordinary list, never paid beside the package; the others would be negotiated."""

SCAN = "pet_ct"

PAYERS = ("employee_nrdl", "resident_nrdl", "commercial_list", "iit", "self_pay")
SCHEME = {"employee_nrdl": "employee", "resident_nrdl": "resident", "commercial_list": "employee"}
"""Scheme of basic insurance of a segment; a commercial plan comes on top of one."""

SETTINGS = ("tertiary_a", "tertiary_b", "secondary")

CONTRACTS = ("", "benefits", "special_case", "by_item")
"""How a scheme pays: mean shares and the city's package (empty), the benefits of the scheme one by
one, a stay that was reviewed and is paid by item, and a city that pays this stay by item."""

COVERS = ("", "city_insurance")
"""Cover beside the payer: none, or a city's supplementary insurance (Huimin type)."""

DIP_CITIES = ("guangzhou", "shanghai", "dip_prefecture")
"""Localities that pay points of a diagnosis-intervention packet; the others pay a weighted group."""

NOTHING = Decimal(0)

FIRST_DAY = date(2025, 1, 1)
"""First day of which this rulebook speaks."""


def yuan(value: Decimal, en: str, zh: str, *notes: Text) -> Outcome:
    """An amount in whole fen with its reason."""
    return Outcome(value=to_cents(value), unit=CURRENCY, why=Text(en=en, zh=zh), notes=notes)


def yes_or_no(*, holds: bool, en: str, zh: str) -> Outcome:
    """A claim that holds (1) or not (0), with its reason."""
    return Outcome(value=Decimal(int(holds)), unit="yes or no", why=Text(en=en, zh=zh))


def always(says: Verdict, reference: str) -> tuple[Rule, ...]:
    """A rule that has held since the first day of this rulebook."""
    return (Rule(says=says, reference=reference, valid_from=FIRST_DAY),)


def shown(amount: Decimal) -> str:
    """An amount as people write it, e.g. ``50,000.00``."""
    return f"{to_cents(amount):,}"


def percent(share: Decimal) -> str:
    """A share as people write it, e.g. ``15 %``."""
    return f"{(share * 100).normalize():f} %"


def key_of(code: str) -> str:
    """Part of a parameter's key that stands for a code, e.g. ``lu_psma``."""
    return code.lower().replace("-", "_")


def outside_key(locality: str) -> str:
    """Key that says whether a locality pays negotiated drugs beside the package."""
    scheme = "dip" if locality in DIP_CITIES else "drg"
    return f"{scheme}.drug_outside.{locality}"


def is_trial(case: Case) -> bool:
    """Whether the sponsor of a trial pays, whoever insures the patient."""
    return case.payer == "iit" or case.channel == "trial"


def is_insured(case: Case) -> bool:
    """Whether a scheme of basic insurance stands behind the case."""
    return case.payer in SCHEME and not is_trial(case)


def is_negotiated(case: Case) -> bool:
    """Whether a drug's price comes from negotiation, not from the ordinary list."""
    return case.code in DRUGS and case.code not in ORDINARY


def is_insured_stay(case: Case) -> bool:
    """Whether basic insurance pays the stay as a package."""
    return case.nights > 0 and is_insured(case)
