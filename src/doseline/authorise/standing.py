"""What the status of a FHIR R4 resource means for its use as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.authorise.names import Resource

Standings = tuple[frozenset[str], frozenset[str], frozenset[str]]


def _standings(proves: str, unclear: str, void: str) -> Standings:
    return (frozenset(proves.split()), frozenset(unclear.split()), frozenset(void.split()))


STATUS: Mapping[Resource, Standings] = {
    "Coverage": _standings("active", "draft", "cancelled entered-in-error"),
    "DiagnosticReport": _standings(
        "final amended corrected appended",
        "registered partial preliminary unknown",
        "cancelled entered-in-error",
    ),
    "DocumentReference": _standings("current", "", "superseded entered-in-error"),
    "ImagingStudy": _standings("available", "registered unknown", "cancelled entered-in-error"),
    "MedicationAdministration": _standings(
        "completed", "in-progress on-hold stopped unknown", "not-done entered-in-error"
    ),
    "MedicationRequest": _standings(
        "active completed stopped", "on-hold draft unknown", "cancelled entered-in-error"
    ),
    "MedicationStatement": _standings(
        "active completed stopped", "intended on-hold unknown", "not-taken entered-in-error"
    ),
    "Observation": _standings(
        "final amended corrected",
        "registered preliminary unknown",
        "cancelled entered-in-error",
    ),
    "Procedure": _standings(
        "completed",
        "preparation in-progress on-hold stopped unknown",
        "not-done entered-in-error",
    ),
    "ServiceRequest": _standings(
        "active completed", "draft on-hold unknown", "revoked entered-in-error"
    ),
}
"""Values of ``status`` that let a resource prove something, leave it open, or take it back.

All values are those of the required bindings of FHIR R4 (4.0.1).
"""

CLINICAL = _standings("active recurrence relapse", "", "inactive remission resolved")
VERIFIED = _standings(
    "confirmed", "unconfirmed provisional differential", "refuted entered-in-error"
)
"""Of a Condition; without verification it is not said whether it is confirmed."""
DOCUMENT = _standings("final amended", "preliminary", "entered-in-error")
"""docStatus of a DocumentReference."""
INTENT = _standings(
    "order original-order reflex-order filler-order instance-order directive",
    "proposal plan option",
    "",
)
"""intent of a MedicationRequest or ServiceRequest."""
