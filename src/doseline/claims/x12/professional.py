"""An office's claim: 837P, 005010X222A1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.claims.units import plain
from doseline.claims.x12 import parts, pieces
from doseline.claims.x12.transaction import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.claims.case import BilledLine, Case
    from doseline.claims.x12.pieces import Part

VERSION = "005010X222A1"
MOST_POINTERS = 4
"""Diagnoses that a line points to."""


def professional(case: Case, control: str, created: datetime) -> Any:
    """The transaction of an office's claim.

    Args:
        case: A claim without errors.
        control: Control number of the transaction.
        created: When the file is made.
    """
    from x12sdk.v5010.x12_837_005010X222A2.transaction_set import HealthCareClaimProfessional

    header = parts.header(case, VERSION, control, created)
    return transaction(HealthCareClaimProfessional, case, _claim(case), header)


def _claim(case: Case) -> Part:
    """Loop 2300."""
    one = case.infusion
    codes = [["ABK" if place == 0 else "ABF", code] for place, code in enumerate(case.diagnoses)]
    references = parts.references(case)
    if one.trial:
        references.append(pieces.reference("P4", one.trial.removeprefix("NCT")))
    found: Part = {
        "clm_segment": parts.claim_head(case, f"{one.place_of_service}:B:{one.frequency}"),
        "ref_segment": references or None,
        "hi_segment": [
            {f"health_care_code_{place}": code for place, code in enumerate(codes, start=1)}
        ],
        "loop_2310b": {
            "nm1_segment": pieces.clinician(
                "82", one.physician_last, one.physician_first, one.physician_npi
            )
        },
        "loop_2400": [_line(case, line) for line in case.lines],
    }
    if one.referring_last:
        found["loop_2310a"] = {
            "nm1_segment": pieces.clinician(
                "DN", one.referring_last, one.referring_first, one.referring_npi
            )
        }
    if one.facility_name:
        found["loop_2310c"] = parts.facility(case)
    if one.payer_order != "P":
        found["loop_2320"] = [parts.other_payer(case)]
    return found


def _line(case: Case, line: BilledLine) -> Part:
    """Loop 2400."""
    pointers = range(1, min(len(case.diagnoses), MOST_POINTERS) + 1)
    return {
        "lx_segment": {"assigned_number": str(line.number)},
        "sv1_segment": {
            "product_service_id_qualifier": parts.procedure(line),
            "line_item_charge_amount": plain(line.line.charge),
            "unit_basis_measurement_code": "UN",
            "service_unit_count": plain(line.units),
            "composite_diagnosis_code_pointer": ":".join(str(one) for one in pointers),
        },
        "dtp_segment": [parts.service_day(case, line)],
        "loop_2410": parts.drug(line),
    }
