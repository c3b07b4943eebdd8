"""Invented infusion records that no edit objects to, and ways to change them."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from doseline.claims.case import Claimed
from doseline.claims.record import Infusion, Line

TODAY = date(2026, 6, 1)
GIVING = "79999"
"""No real procedure number: the record supplies its own."""

_INFUSION: dict[str, Any] = {
    "claim": "RLT-0001",
    "form": "institutional",
    "patient_last": "Invented",
    "patient_first": "Adam",
    "birth_date": date(1950, 3, 14),
    "sex": "M",
    "patient_address": "1 Nowhere Street",
    "patient_city": "Springfield",
    "patient_state": "IL",
    "patient_zip": "62701",
    "payer": "medicare",
    "payer_name": "Invented Contractor",
    "payer_id": "00000",
    "subscriber_id": "1EG4-TE5-MK73",
    "billing_name": "Invented Hospital",
    "billing_npi": "2000000002",
    "billing_taxonomy": "282N00000X",
    "billing_tax_id": "00-0000001",
    "billing_address": "2 Nowhere Avenue",
    "billing_city": "Springfield",
    "billing_state": "IL",
    "billing_zip": "62701-0001",
    "contact_name": "Claims Office",
    "contact_phone": "(217) 555-0100",
    "physician_last": "Imaginary",
    "physician_first": "Eve",
    "physician_npi": "2000000010",
    "bill_type": "0131",
    "diagnoses": "C61 C79.51 Z19.2",
    "order_date": date(2026, 4, 20),
    "directive_date": date(2026, 5, 4),
    "infusion_date": date(2026, 5, 5),
    "hcpcs": "A9607",
    "prescribed": "7.4 GBq",
    "supplied": "7.4 GBq",
    "administered": "7.4 GBq",
    "cycle": 1,
    "pet_date": date(2026, 4, 1),
    "pet_agent": "A9800",
    "pet_positive": True,
}

_LINES: tuple[dict[str, Any], ...] = (
    {
        "revenue": "0344",
        "code": "A9607",
        "modifiers": "JZ",
        "units": 200.0,
        "charge": Decimal("90000.00"),
        "ndc": "69488-0010-61",
        "ndc_unit": "ML",
        "ndc_quantity": 8.0,
        "status": "K",
    },
    {"revenue": "0342", "code": GIVING, "units": 1.0, "charge": Decimal("800.50")},
)

_OFFICE: dict[str, Any] = {
    "form": "professional",
    "bill_type": "",
    "place_of_service": "11",
    "billing_taxonomy": "2085N0904X",
}


def claim(*lines: dict[str, Any], line: dict[str, Any] | None = None, **changes: Any) -> Claimed:
    """The hospital's clean claim with changes.

    Args:
        lines: Lines instead of its own.
        line: Changes of its first line.
        changes: Changes of the record.
    """
    own = [dict(one) for one in (lines or _LINES)]
    own[0] |= line or {}
    return Claimed(
        infusion=Infusion(**{**_INFUSION, **changes}),
        lines=tuple(Line(**one) for one in own),
        row=2,
    )


def office(line: dict[str, Any] | None = None, **changes: Any) -> Claimed:
    """The office's clean claim with changes."""
    lines = [{**one, "revenue": ""} for one in _LINES]
    return claim(*lines, line=line, **{**_OFFICE, **changes})


def commercial(**changes: Any) -> Claimed:
    """A clean claim to a payer that authorises."""
    about: dict[str, Any] = {
        "payer": "commercial",
        "subscriber_id": "ABC123",
        "authorisation": "PA-1",
        "authorisation_code": "A9607",
        "authorisation_start": date(2026, 4, 1),
        "authorisation_end": date(2026, 12, 31),
        "authorisation_units": 1200,
        "course_doses": 6,
    }
    return claim(**{**about, **changes})


def dose_lines(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clean lines as they are, the first changed."""
    return {**_LINES[0], **changes}, dict(_LINES[1])


def discarded_lines(given: float, lost: float, **changes: Any) -> tuple[dict[str, Any], ...]:
    """Lines of a dose of which some was discarded, at 450 a unit."""
    unit = Decimal(450)
    first = {
        **_LINES[0],
        "modifiers": "",
        "units": given,
        "charge": unit * Decimal(str(given)),
        "ndc_quantity": 7.75,
    }
    second = {
        **first,
        "modifiers": "JW",
        "units": lost,
        "charge": unit * Decimal(str(lost)),
        "ndc_quantity": 0.25,
    }
    return first, {**second, **changes}, dict(_LINES[1])


def changed(one: Claimed, **changes: Any) -> Claimed:
    """A claim whose record differs."""
    return dataclasses.replace(one, infusion=dataclasses.replace(one.infusion, **changes))
