"""Invented patient records in FHIR R4, built resource by resource."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doseline.authorise.element import Element
from doseline.authorise.fhir import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.authorise.record import Record

Resource = dict[str, Any]

LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
SHOWN = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
OWN = "urn:doseline:code"
SOPT = "https://nahdo.org/sopt"
WHO = {"reference": "Patient/p1"}
TODAY = date(2026, 5, 4)


def ago(days: int) -> str:
    """A day before the day of the checks."""
    return str(TODAY - timedelta(days=days))


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def amount(value: float | str, code: str) -> Resource:
    return {
        "value": float(value),
        "unit": code,
        "system": "http://unitsofmeasure.org",
        "code": code,
    }


def patient(born: str = "1953-02-11") -> Resource:
    return {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": born}


def coverage(start: str, end: str, system: str = SOPT, code: str = "111") -> Resource:
    return {
        "resourceType": "Coverage",
        "id": "coverage",
        "status": "active",
        "type": concept(system, code),
        "beneficiary": WHO,
        "payor": [{"display": "Invented plan"}],
        "period": {"start": start, "end": end},
    }


def condition(name: str, code: str, day: str, system: str = ICD) -> Resource:
    base = "http://terminology.hl7.org/CodeSystem/condition"
    return {
        "resourceType": "Condition",
        "id": name,
        "clinicalStatus": concept(f"{base}-clinical", "active"),
        "verificationStatus": concept(f"{base}-ver-status", "confirmed"),
        "code": concept(system, code),
        "subject": WHO,
        "recordedDate": day,
    }


def lab(name: str, code: str, day: str, value: float | str, unit: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept(LOINC, code),
        "subject": WHO,
        "effectiveDateTime": day,
        "valueQuantity": amount(value, unit),
    }


def finding(name: str, code: str, day: str, result: str, system: str = OWN) -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept(system, code),
        "subject": WHO,
        "effectiveDateTime": day,
        "valueCodeableConcept": concept(OWN, result),
    }


def ecog(day: str, score: int = 1) -> Resource:
    """A performance status, as mCODE writes it."""
    told = lab("ecog", "89247-1", day, 0, "1")
    del told["valueQuantity"]
    return {**told, "valueInteger": score}


def scan(name: str, tracer: str, day: str, result: str = "POS") -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept(HCPCS, tracer),
        "subject": WHO,
        "effectiveDateTime": day,
        "interpretation": [concept(SHOWN, result)],
    }


def taken(name: str, drug: str, day: str, system: str = RXNORM) -> Resource:
    return {
        "resourceType": "MedicationStatement",
        "id": name,
        "status": "completed",
        "medicationCodeableConcept": concept(system, drug),
        "subject": WHO,
        "effectivePeriod": {"start": ago(700), "end": day},
    }


def order(name: str, drug: str, day: str, dose: Resource, system: str = HCPCS) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept(system, drug),
        "subject": WHO,
        "authoredOn": day,
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": dose}]}],
    }


def given(name: str, drug: str, day: str) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "medicationCodeableConcept": concept(HCPCS, drug),
        "subject": WHO,
        "effectiveDateTime": f"{day}T10:05:00-04:00",
        "dosage": {"dose": amount(200, "mCi")},
    }


def planned(name: str, drug: str, day: str, system: str = HCPCS, asked: str = ago(3)) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "code": concept(system, drug),
        "subject": WHO,
        "authoredOn": asked,
        "occurrenceDateTime": day,
    }


def document(name: str, code: str, day: str, system: str = OWN) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": name,
        "status": "current",
        "docStatus": "final",
        "type": concept(system, code),
        "subject": WHO,
        "date": f"{day}T09:00:00Z",
        "content": [{"attachment": {"title": "Invented document"}}],
    }


def labs(day: str) -> list[Resource]:
    """Counts, kidneys and liver of one day, all well."""
    return [
        lab(f"platelets-{day}", "777-3", day, 182, "10*9/L"),
        lab(f"hemoglobin-{day}", "718-7", day, 11.9, "g/dL"),
        lab(f"neutrophils-{day}", "751-8", day, 3.4, "10*9/L"),
        lab(f"clearance-{day}", "35591-7", day, 71, "mL/min"),
        lab(f"bilirubin-{day}", "1975-2", day, 0.6, "mg/dL"),
    ]


def psma_first() -> list[Resource]:
    """Complete for a first dose of lutetium-177 vipivotide tetraxetan after a taxane."""
    return [
        patient(),
        coverage("2026-01-01", "2026-12-31"),
        condition("prostate", "C61", "2019-03-01"),
        condition("bone", "C79.51", "2024-10-02"),
        condition("resistant", "Z19.2", "2025-11-20"),
        document("pathology", "11526-1", "2019-03-05", LOINC),
        scan("psma-pet", "A9800", ago(40)),
        taken("enzalutamide", "1307298", ago(160)),
        taken("docetaxel", "72962", ago(420)),
        ecog(ago(10)),
        *labs(ago(6)),
        order("order", "A9607", ago(3), amount(200, "mCi")),
        planned("dose-1", "A9607", "2026-05-18"),
        document("note", "11488-4", ago(10), LOINC),
        document("letter", "necessity-letter", ago(2)),
    ]


def psma_renewal() -> list[Resource]:
    """Complete for a renewal after three doses."""
    first = [one for one in psma_first() if one["id"] not in {"dose-1", "order"}]
    stale = {one["id"] for one in labs(ago(6))}
    doses = [given(f"dose-{n}", "A9607", ago(day)) for n, day in ((1, 114), (2, 72), (3, 30))]
    return [
        *(one for one in first if one["id"] not in stale),
        *doses,
        *labs(ago(4)),
        order("order-4", "A9607", ago(3), amount("7.4", "GBq")),
        finding("status", "88040-1", ago(5), "stable", LOINC),
        planned("dose-4", "A9607", "2026-05-18"),
    ]


def dotatate_first() -> list[Resource]:
    """Complete for a first dose of lutetium-177 dotatate in a patient of fifteen years."""
    return [
        patient("2011-01-20"),
        coverage("2026-01-01", "2026-12-31", SOPT, "2"),
        condition("tumour", "C7A.012", "2025-06-01"),
        document("pathology", "11526-1", "2025-06-05", LOINC),
        scan("sstr-pet", "A9592", ago(60)),
        *labs(ago(5)),
        order("order", "A9513", ago(3), amount("7.4", "GBq")),
        planned("dose-1", "A9513", "2026-05-20"),
        document("note", "11488-4", ago(20), LOINC),
        document("letter", "necessity-letter", ago(2)),
    ]


def radium_first() -> list[Resource]:
    """Complete for a first dose of radium-223."""
    return [
        patient(),
        coverage("2026-01-01", "2026-12-31", SOPT, "512"),
        condition("prostate", "C61", "2019-03-01"),
        condition("bone", "C79.51", "2024-10-02"),
        condition("resistant", "Z19.2", "2025-11-20"),
        finding("pain", "bone-symptoms", ago(12), "positive"),
        finding("ct", "visceral-staging", ago(15), "negative"),
        *labs(ago(6)),
        order("order", "A9606", ago(3), amount("1.49", "uCi/kg")),
        planned("dose-1", "A9606", "2026-05-18"),
        document("note", "11488-4", ago(10), LOINC),
        document("letter", "necessity-letter", ago(2)),
    ]


def filing() -> list[Resource]:
    """Complete for the filing of a patient with the basic scheme in China, in 2027."""
    day = "2027-02-24"
    return [
        patient(),
        coverage("2027-01-01", "2027-12-31", OWN, "employee-scheme"),
        condition("prostate", "C61.x00", "2022-03-01", "http://hl7.org/fhir/sid/icd-10"),
        condition("bone", "C79.500", "2026-10-02", "http://hl7.org/fhir/sid/icd-10"),
        finding("resistant", "castration-resistant", "2026-11-20", "positive"),
        document("pathology", "pathology-report", "2022-03-05"),
        finding("psma-pet", "psma-pet", "2027-01-20", "positive"),
        taken("enzalutamide", "enzalutamide", "2026-12-01", OWN),
        taken("docetaxel", "docetaxel", "2026-06-01", OWN),
        ecog(day),
        *labs(day),
        order("order", "lu-psma", day, amount("7.4", "GBq"), OWN),
        planned("dose-1", "lu-psma", "2027-03-15", OWN, day),
        document("certificate", "diagnosis-certificate", day),
        document("form", "special-drug-form", day),
        document("identity", "identity-document", "2027-02-01"),
    ]


def bundle(resources: Iterable[Resource]) -> Resource:
    """A Bundle of type collection."""
    entries = [
        {"fullUrl": f"urn:uuid:00000000-0000-4000-8000-{place:012d}", "resource": one}
        for place, one in enumerate(resources, start=1)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def record(resources: Sequence[Resource]) -> Record:
    """The record that the reader makes of them."""
    content = json.loads(json.dumps(bundle(resources)), parse_float=Decimal)
    return record_of([Element("record.json", "", content)])
