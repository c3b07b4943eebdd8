"""Both sides of each bound, counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.claims.claim_flaws import dotatate, weighed
from tests.claims.claim_world import TODAY, claim, commercial, dose_lines

from doseline.claims.scrub import scrub

if TYPE_CHECKING:
    from doseline.claims.case import Claimed


def _says(one: Claimed, code: str, today: date = TODAY) -> bool:
    return code in {flaw.edit.code for flaw in scrub([one], today)[0].flaws}


def tracer(day: date, code: str, **line: Any) -> Claimed:
    """A claim with a line of a tracer on a day."""
    about: dict[str, Any] = {
        "revenue": "0343", "code": code, "units": 1.0, "charge": Decimal(500),
        "ndc": "84552-0500-25", "ndc_unit": "ML", "ndc_quantity": 1.0,
        "description": "Invented words", "invoice": Decimal(400),
    }  # fmt: skip
    return claim(*dose_lines(), {**about, **line}, infusion_date=day, order_date=None)


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        # Filing: one year, 365 days, for a payer that follows 42 CFR 424.44.
        ("D08", claim(infusion_date=date(2025, 6, 1)), claim(infusion_date=date(2025, 5, 31))),
        # The contract's own 30 days: 5 May to 4 June.
        ("D08", claim(filing_days=27), claim(filing_days=26)),
        # Six weeks less one: 35 days before 5 May is 31 March.
        ("L11", claim(cycle=2, previous_date=date(2026, 3, 31)),
         claim(cycle=2, previous_date=date(2026, 4, 1))),
        # Sixteen weeks are 112 days: 13 January.
        ("L12", dotatate(cycle=2, previous_date=date(2026, 1, 13)),
         dotatate(cycle=2, previous_date=date(2026, 1, 12))),
        # 7.4 GBq less 20 % is 5.92 GBq.
        ("U10", claim(administered="5.92 GBq"), claim(administered="5.919 GBq")),
        # 80 kg at 55 kBq/kg is 4.4 MBq, plus 20 % 5.28 MBq.
        ("U13", weighed(prescribed="5.28 MBq"), weighed(prescribed="5.29 MBq")),
        # The window holds its first and last day.
        ("A02", commercial(authorisation_start=date(2026, 5, 5), authorisation_end=date(2026, 5, 5)),
         commercial(authorisation_start=date(2026, 5, 6))),
        ("A03", commercial(authorisation_units=200), commercial(authorisation_units=199)),
        # Eighteen on the day itself.
        ("L04", claim(birth_date=date(2008, 5, 5)), claim(birth_date=date(2008, 5, 6))),
        ("L07", claim(pet_date=date(2026, 2, 4)), claim(pet_date=date(2026, 2, 3))),
        ("L13", claim(cycle=6, previous_date=date(2026, 3, 1)),
         claim(cycle=7, previous_date=date(2026, 3, 1))),
        # 44.4 GBq and a tenth: 48.84 GBq.
        ("U14", claim(given_before="41.44 GBq", cycle=6, previous_date=date(2026, 3, 1)),
         claim(given_before="41.45 GBq", cycle=6, previous_date=date(2026, 3, 1))),
        # A tracer got its own code on 1 October 2025; before, the code for all others is right.
        ("N09", tracer(date(2025, 9, 30), "A9597"), tracer(date(2025, 10, 1), "A9597")),
        ("D06", tracer(date(2025, 10, 1), "A9616"), tracer(date(2025, 9, 30), "A9616")),
        # Pass-through of the therapy ended with September 2025.
        ("S10", claim(line={"status": "G"}, infusion_date=date(2025, 9, 30)),
         claim(line={"status": "G"}, infusion_date=date(2025, 10, 1))),
        ("S10", claim(line={"status": "K"}, infusion_date=date(2025, 10, 1)),
         claim(line={"status": "K"}, infusion_date=date(2025, 9, 30))),
        ("L18", dotatate(diagnoses="C7A.010 E34.09"), dotatate(diagnoses="C7A.010 E34.0")),
    ],
)  # fmt: skip
def test_a_bound_lies_where_its_source_puts_it(code: str, right: Claimed, wrong: Claimed) -> None:
    assert not _says(right, code)
    assert _says(wrong, code)
