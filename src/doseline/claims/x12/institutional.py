"""A hospital's claim: 837I, 005010X223A2."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from doseline.claims.units import plain
from doseline.claims.x12 import parts, pieces
from doseline.claims.x12.transaction import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.claims.case import BilledLine, Case
    from doseline.claims.x12.pieces import Part

VERSION = "005010X223A2"
MOST_CODES = 12
"""Codes that one HI segment holds."""


@functools.cache
def _drug_loop() -> Any:
    """Loop 2410 as the guide has it: its REF is for compounds only; x12sdk 2.2.0 asks for it."""
    from pydantic import create_model
    from x12sdk.v5010.x12_837_005010X223A3 import loops, segments

    optional: Any = (segments.Loop2410RefSegment | None, None)
    return create_model("DrugLoop", __base__=loops.Loop2410, ref_segment=optional)


def institutional(case: Case, control: str, created: datetime) -> Any:
    """The transaction of a hospital's claim.

    Args:
        case: A claim without errors.
        control: Control number of the transaction.
        created: When the file is made.
    """
    from x12sdk.v5010.x12_837_005010X223A3.transaction_set import HealthCareClaimInstitutional

    header = parts.header(case, VERSION, control, created)
    return transaction(HealthCareClaimInstitutional, case, _claim(case), header)


def _claim(case: Case) -> Part:
    """Loop 2300."""
    one = case.infusion
    days = [line.line.service_date or one.infusion_date for line in case.lines]
    period = f"{pieces.compact(min(days))}-{pieces.compact(max(days))}"
    found: Part = {
        "clm_segment": parts.claim_head(case, _location(case)),
        "dtp_segment": [
            {
                "date_time_qualifier": "434",
                "date_time_period_format_qualifier": "RD8",
                "date_time_period": period,
            }
        ],
        "cl1_segment": {
            "admission_type_code": "3",
            "admission_source_code": one.admission_source,
            "patient_status_code": one.patient_status,
        },
        "ref_segment": parts.references(case) or None,
        "hi_segment": _codes(case),
        "loop_2310a": {
            "nm1_segment": pieces.clinician(
                "71", one.physician_last, one.physician_first, one.physician_npi
            )
        },
        "loop_2400": [_line(case, line) for line in case.lines],
    }
    if one.facility_name:
        found["loop_2310e"] = parts.facility(case)
    if one.referring_last:
        found["loop_2310f"] = {
            "nm1_segment": pieces.clinician(
                "DN", one.referring_last, one.referring_first, one.referring_npi
            )
        }
    if one.payer_order != "P":
        found["loop_2320"] = [parts.other_payer(case)]
    return found


def _location(case: Case) -> str:
    """Facility type, qualifier of the type of bill, frequency."""
    return f"{case.infusion.bill_type.removeprefix('0')[:2]}:A:{case.infusion.frequency}"


def _codes(case: Case) -> list[Part]:
    """Principal and other diagnoses, value code of the trial, condition codes."""
    one = case.infusion
    others = [["ABF", code] for code in case.diagnoses[1:]]
    conditions = [["BG", code] for code in one.condition_codes.split()]
    groups: list[list[list[str]]] = [[["ABK", case.diagnoses[0]]]]
    groups += _grouped(others)
    groups += [[["BE", "D4", "", "", one.trial.removeprefix("NCT")]]] if one.trial else []
    groups += _grouped(conditions)
    return [
        {f"health_care_code_{place}": code for place, code in enumerate(group, start=1)}
        for group in groups
    ]


def _grouped(codes: list[list[str]]) -> list[list[list[str]]]:
    """Codes in groups that one segment holds."""
    return [codes[at : at + MOST_CODES] for at in range(0, len(codes), MOST_CODES)]


def _line(case: Case, line: BilledLine) -> Part:
    """Loop 2400."""
    drug = parts.drug(line)
    return {
        "lx_segment": {"assigned_number": str(line.number)},
        "sv2_segment": {
            "service_line_revenue_code": line.line.revenue,
            "composite_medical_procedure_identifier": parts.procedure(line),
            "line_item_charge_amount": plain(line.line.charge),
            "measurement_code": "UN",
            "service_unit_count": plain(line.units),
        },
        "dtp_segment": parts.service_day(case, line),
        "loop_2410": _drug_loop()(**drug) if drug else None,
    }
