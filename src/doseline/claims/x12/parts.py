"""Segments and loops that both forms of the 837 share, as the models of x12sdk take them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doseline.claims.units import plain
from doseline.claims.x12.pieces import (
    DAY,
    address,
    compact,
    dated,
    digits,
    level,
    organisation,
    payer_name,
    person,
    reference,
    text,
)

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.claims.case import BilledLine, Case
    from doseline.claims.x12.pieces import Part

RELATION_CODES = {"spouse": "01", "child": "19", "other": "G8"}
UNNAMED_LENGTH = 80


def header(case: Case, version: str, control: str, created: datetime) -> Part:
    """Beginning of the transaction."""
    return {
        "st_segment": {
            "transaction_set_identifier_code": "837",
            "transaction_set_control_number": control,
            "implementation_convention_reference": version,
        },
        "bht_segment": {
            "hierarchical_structure_code": "0019",
            "transaction_set_purpose_code": "00",
            "submitter_transactional_identifier": case.infusion.claim,
            "transaction_set_creation_date": f"{created:%Y%m%d}",
            "transaction_set_creation_time": f"{created:%H%M}",
            "transaction_type_code": "CH",
        },
    }


def submitter(case: Case) -> Part:
    """Who sends the file, and whom to ask."""
    one = case.infusion
    return {
        "nm1_segment": {
            "entity_identifier_code": "41",
            "entity_type_qualifier": "2",
            "name_last_or_organization_name": text(one.billing_name, 60),
            "identification_code_qualifier": "46",
            "identification_code": digits(one.billing_tax_id),
        },
        "per_segment": [
            {
                "contact_function_code": "IC",
                "name": text(one.contact_name, 60),
                "communication_number_qualifier_1": "TE",
                "communication_number_1": digits(one.contact_phone),
            }
        ],
    }


def receiver(case: Case) -> Part:
    """Who gets the file: the clearing house, else the payer."""
    one = case.infusion
    return {
        "nm1_segment": {
            "entity_identifier_code": "40",
            "entity_type_qualifier": "2",
            "name_last_or_organization_name": text(one.receiver_name or one.payer_name, 60),
            "identification_code_qualifier": "46",
            "identification_code": one.receiver_id or one.payer_id,
        }
    }


def biller(case: Case, *, references: Any) -> Part:
    """The billing provider, loop 2010AA."""
    one = case.infusion
    return {
        "nm1_segment": organisation("85", one.billing_name, one.billing_npi),
        **address(one.billing_address, one.billing_city, one.billing_state, one.billing_zip),
        "ref_segment": references,
    }


def speciality(case: Case) -> Part:
    """The taxonomy of the billing provider."""
    return {
        "provider_code": "BI",
        "reference_identification_qualifier": "PXC",
        "reference_identification": case.infusion.billing_taxonomy,
    }


def subscriber_level(case: Case) -> Part:
    """Hierarchy and insurance of the subscriber, loop 2000B."""
    one = case.infusion
    own = one.relationship == "self"
    indicator = case.payer.indicator[one.form] if case.payer else "ZZ"
    return {
        "hl_segment": level("2", "1", "22", child="0" if own else "1"),
        "sbr_segment": {
            "payer_responsibility_code": one.payer_order,
            "individual_relationship_code": "18" if own else None,
            "claim_filing_indicator_code": indicator,
        },
    }


def subscriber(case: Case) -> Part:
    """The subscriber, loop 2010BA; with address and birth where it is the patient."""
    one = case.infusion
    own = one.relationship == "self"
    last, first = (
        (one.patient_last, one.patient_first)
        if own
        else (one.subscriber_last, one.subscriber_first)
    )
    return {
        "nm1_segment": {
            **person("IL", last, first),
            "identification_code_qualifier": "MI",
            "identification_code": one.subscriber_id.replace("-", ""),
        },
        **(_patient_facts(case) if own else {}),
    }


def patient_level(case: Case) -> Part:
    """Hierarchy of a patient who is not the subscriber, loop 2000C."""
    return {
        "hl_segment": level("3", "2", "23", child="0"),
        "pat_segment": {"individual_relationship_code": RELATION_CODES[case.infusion.relationship]},
    }


def patient(case: Case) -> Part:
    """A patient who is not the subscriber, loop 2010CA."""
    one = case.infusion
    return {
        "nm1_segment": person("QC", one.patient_last, one.patient_first),
        **_patient_facts(case),
    }


def _patient_facts(case: Case) -> Part:
    one = case.infusion
    return {
        **address(one.patient_address, one.patient_city, one.patient_state, one.patient_zip),
        "dmg_segment": {
            "date_time_period_format_qualifier": DAY,
            "date_time_period": compact(one.birth_date),
            "gender_code": one.sex,
        },
    }


def payer(case: Case) -> Part:
    """The payer, loop 2010BB."""
    one = case.infusion
    return {"nm1_segment": payer_name(one.payer_name, one.payer_id)}


def other_payer(case: Case) -> Part:
    """Who paid before, loops 2320, 2330A and 2330B."""
    one = case.infusion
    known = case.tables.payers[one.other_payer]
    return {
        "sbr_segment": {
            "payer_responsibility_code": "P" if one.payer_order == "S" else "S",
            "individual_relationship_code": "18",
            "claim_filing_indicator_code": known.indicator[one.form],
        },
        "amt_segment": [{"amount_qualifier_code": "D", "monetary_amount": one.other_paid}],
        "oi_segment": {
            "benefits_assignment_certification": "Y",
            "release_of_information_code": "Y",
        },
        "loop_2330a": {
            "nm1_segment": {
                **person("IL", one.patient_last, one.patient_first),
                "identification_code_qualifier": "MI",
                "identification_code": one.other_subscriber_id.replace("-", ""),
            }
        },
        "loop_2330b": {"nm1_segment": payer_name(one.other_payer_name, one.other_payer_id)},
    }


def claim_head(case: Case, location: str) -> Part:
    """The claim's first segment."""
    return {
        "patient_control_number": case.infusion.claim,
        "total_claim_charge_amount": plain(case.total),
        "health_care_service_location_information": location,
        "provider_or_supplier_signature_indicator": None if case.is_institutional else "Y",
        "provider_accept_assignment_code": "A",
        "benefit_assignment_certification_indicator": "Y",
        "release_of_information_code": "Y",
    }


def references(case: Case) -> list[Part]:
    """Authorisation and the claim before."""
    one = case.infusion
    found = []
    if one.authorisation:
        found.append(reference("G1", one.authorisation))
    if one.original_claim:
        found.append(reference("F8", one.original_claim))
    return found


def drug(line: BilledLine) -> Part | None:
    """What was in the vial, loop 2410; None without drug code."""
    one = line.line
    if not one.ndc:
        return None
    return {
        "lin_segment": {
            "product_service_id_qualifier": "N4",
            "national_drug_code_universal_product_number": one.ndc.replace("-", ""),
        },
        "ctp_segment": {
            "quantity": plain(Decimal(str(one.ndc_quantity))),
            "composite_unit_of_measure": one.ndc_unit,
        },
    }


def procedure(line: BilledLine) -> str:
    """The composite of a code, its modifiers and the words of a code without product."""
    parts = ["HC", line.line.code, *line.modifiers]
    words = line.line.description
    if line.line.invoice is not None:
        words = f"INVOICE {line.line.invoice:f} {words}"
    if words:
        parts += [""] * (6 - len(parts)) + [text(words, UNNAMED_LENGTH)]
    return ":".join(parts)


def service_day(case: Case, line: BilledLine) -> Part:
    """The day of a line."""
    return dated("472", line.line.service_date or case.infusion.infusion_date)


def facility(case: Case) -> Part:
    """Where the patient was treated, where that is not the biller."""
    one = case.infusion
    return {
        "nm1_segment": organisation("77", one.facility_name, one.facility_npi),
        **address(one.facility_address, one.facility_city, one.facility_state, one.facility_zip),
    }
