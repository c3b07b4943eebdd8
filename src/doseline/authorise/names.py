"""The few fixed names that policies, answers and screens share."""

from __future__ import annotations

from typing import Literal, TypeAlias

Status: TypeAlias = Literal["met", "not_met", "missing", "expired", "cannot_tell"]
Verdict: TypeAlias = Literal["complete", "incomplete", "contradicted"]
Stage: TypeAlias = Literal["first", "renewal"]
Owner: TypeAlias = Literal[
    "referring_oncologist",
    "nuclear_medicine",
    "authorisation_desk",
    "patient",
    "hospital_pharmacy",
    "insurance_office",
    "supplier",
]
Item: TypeAlias = Literal["drug", "imaging", "procedure", "filing"]
Request: TypeAlias = Literal["standard", "expedited"]
State: TypeAlias = Literal["in_force", "proposed"]
Asked: TypeAlias = Literal["required", "none", "filing"]
Basis: TypeAlias = Literal["given", "requested", "interval"]
Reason: TypeAlias = Literal["cycles", "days"]
StepState: TypeAlias = Literal["done", "dated", "open"]
Resource: TypeAlias = Literal[
    "Condition",
    "Coverage",
    "DiagnosticReport",
    "DocumentReference",
    "ImagingStudy",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
    "ServiceRequest",
]
Unclear: TypeAlias = Literal[
    "not_final",
    "no_date",
    "vague_date",
    "later",
    "no_value",
    "unit",
    "close",
    "conflict",
    "whose",
    "modified",
]
"""Why evidence that is there does not decide."""

STATUSES: tuple[Status, ...] = ("met", "not_met", "missing", "expired", "cannot_tell")
VERDICTS: tuple[Verdict, ...] = ("complete", "incomplete", "contradicted")
STAGES: tuple[Stage, ...] = ("first", "renewal")
OWNERS: tuple[Owner, ...] = (
    "referring_oncologist",
    "nuclear_medicine",
    "authorisation_desk",
    "patient",
    "hospital_pharmacy",
    "insurance_office",
    "supplier",
)
ITEMS: tuple[Item, ...] = ("drug", "imaging", "procedure", "filing")
REQUESTS: tuple[Request, ...] = ("standard", "expedited")
STATES: tuple[State, ...] = ("in_force", "proposed")
ASKED: tuple[Asked, ...] = ("required", "none", "filing")
BASES: tuple[Basis, ...] = ("given", "requested", "interval")
REASONS: tuple[Reason, ...] = ("cycles", "days")
STEP_STATES: tuple[StepState, ...] = ("done", "dated", "open")
RESOURCES: tuple[Resource, ...] = (
    "Condition",
    "Coverage",
    "DiagnosticReport",
    "DocumentReference",
    "ImagingStudy",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Procedure",
    "ServiceRequest",
)
"""What evidence may be; of the patient only the age is asked."""
UNCLEAR: tuple[Unclear, ...] = (
    "not_final",
    "no_date",
    "vague_date",
    "later",
    "no_value",
    "unit",
    "close",
    "conflict",
    "whose",
    "modified",
)
