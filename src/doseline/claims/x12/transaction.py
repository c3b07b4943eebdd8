"""A claim inside header, provider, subscriber and patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.claims.x12 import parts, pieces

if TYPE_CHECKING:
    from doseline.claims.case import Case
    from doseline.claims.x12.pieces import Part


def transaction(model: Any, case: Case, claim: Part, header: Part) -> Any:
    """The whole transaction; one claim a transaction, so that a refusal stays alone.

    Args:
        model: Class of x12sdk.
        case: The claim.
        claim: Its loop 2300.
        header: Its first segments.
    """
    from x12sdk.support import count_segments

    subscriber = {
        **parts.subscriber_level(case),
        "loop_2010ba": parts.subscriber(case),
        "loop_2010bb": parts.payer(case),
        **_below(case, claim),
    }
    tax = pieces.reference("EI", pieces.digits(case.infusion.billing_tax_id))
    content: Part = {
        "header": header,
        "loop_1000a": parts.submitter(case),
        "loop_1000b": parts.receiver(case),
        "loop_2000a": [
            {
                "hl_segment": pieces.level("1", None, "20", child="1"),
                "prv_segment": parts.speciality(case),
                "loop_2010aa": parts.biller(
                    case, references=tax if case.is_institutional else [tax]
                ),
                "loop_2000b": [subscriber],
            }
        ],
    }
    control = header["st_segment"]["transaction_set_control_number"]
    content["footer"] = _footer(count_segments({**content, "footer": _footer(1, control)}), control)
    return model(**content)


def _below(case: Case, claim: Part) -> Part:
    """The claim below the subscriber, or below a patient who is another person."""
    if case.infusion.relationship == "self":
        return {"loop_2300": [claim]}
    patient = {
        **parts.patient_level(case),
        "loop_2010ca": parts.patient(case),
        "loop_2300": [claim],
    }
    return {"loop_2000c": [patient]}


def _footer(segments: int, control: str) -> Part:
    return {
        "se_segment": {
            "transaction_segment_count": segments,
            "transaction_set_control_number": control,
        }
    }
