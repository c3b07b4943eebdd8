"""One FHIR R4 resource -> one fact, by the type of the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.authorise.names import RESOURCES
from doseline.authorise.record import Fact, Span
from doseline.authorise.standing import CLINICAL, DOCUMENT, INTENT, STATUS, VERIFIED
from doseline.rules import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from doseline.authorise.element import Element
    from doseline.authorise.names import Resource, Unclear
    from doseline.authorise.record import Code, Quantity
    from doseline.authorise.standing import Standings

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


class Withdrawn(Exception):  # noqa: N818 - no error: the resource takes itself back
    """The resource says that it does not count."""


def kind_of(resource: Element) -> Resource | None:
    """The type of a resource, if criteria read it."""
    name = resource.need("resourceType").text()
    return next((one for one in RESOURCES if one == name), None)


def fact_of(
    resource: Element,
    kind: Resource,
    *,
    reference: str,
    resolve: Callable[[Element, str], Element | None],
) -> Fact | None:
    """What a resource says; nothing if it has been withdrawn, refuted or not done.

    Args:
        resource: The resource.
        kind: Its type.
        reference: Its type and id.
        resolve: Finds the Medication that it points at.

    Raises:
        BadRecordError: If an element that is read is not as FHIR R4 has it.
    """
    for stem in _CHOICES:
        resource.choose(stem)
    try:
        unclear = _standing(resource, kind) or _hollow(resource, kind)
    except Withdrawn:
        return None
    if kind.startswith("Medication"):
        codes = _medication(resource, resolve)
    else:
        codes = _codes(resource, *_CODES.get(kind, ("code",)))
    when, until, planned = _days(resource, kind)
    return Fact(
        reference=reference,
        kind=kind,
        codes=codes,
        when=when,
        until=until.last if until else None,
        planned=planned,
        quantity=_quantity(resource),
        values=_codes(resource, "valueCodeableConcept", "interpretation", "conclusionCode"),
        unclear=unclear,
    )


_CODES: Mapping[str, tuple[str, ...]] = {
    "Coverage": ("type",),
    "DocumentReference": ("type", "category"),
    "ImagingStudy": ("procedureCode",),
    "Procedure": ("code", "usedCode"),
}
_CHOICES = ("value", "effective", "performed", "occurrence", "medication", "onset")
_RESULTS = ("value", "interpretation", "component", "hasMember")
_LISTS = {"interpretation", "conclusionCode", "category", "procedureCode", "usedCode"}
_DAYS: Mapping[str, tuple[str, ...]] = {
    "Condition": ("recordedDate", "onsetDateTime"),
    "DiagnosticReport": ("effectiveDateTime", "effectivePeriod"),
    "DocumentReference": ("date",),
    "ImagingStudy": ("started",),
    "MedicationAdministration": ("effectiveDateTime", "effectivePeriod"),
    "MedicationRequest": ("authoredOn",),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "Observation": ("effectiveDateTime", "effectivePeriod", "effectiveInstant"),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "ServiceRequest": ("authoredOn",),
}
"""Where the day of the finding stands; the first that is there counts."""


def _standing(resource: Element, kind: Resource) -> Unclear | None:
    """Why the resource leaves things open, if it does."""
    if kind == "Condition":
        clinical = resource.at("clinicalStatus")
        verified = resource.at("verificationStatus")
        readings = [
            (clinical.coding(_CLINICAL) if clinical else "active", CLINICAL),
            (verified.coding(_VERIFIED) if verified else "unconfirmed", VERIFIED),
        ]
        if clinical and readings[0][0] is None:
            raise clinical.bad(_code_of(_CLINICAL))
        if verified and readings[1][0] is None:
            raise verified.bad(_code_of(_VERIFIED))
        return _worst(
            _judged(code, known, resource, name)
            for (code, known), name in zip(
                readings, ("clinicalStatus", "verificationStatus"), strict=True
            )
        )
    stated = [_judged(resource.need("status").text(), STATUS[kind], resource, "status")]
    for name, known in (("docStatus", DOCUMENT), ("intent", INTENT)):
        element = resource.at(name)
        if element is not None:
            stated.append(_judged(element.text(), known, resource, name))
    negated = resource.at("doNotPerform")
    if negated is not None and negated.content is True:
        raise Withdrawn
    return _worst(stated)


def _hollow(resource: Element, kind: Resource) -> Unclear | None:
    """Why a finished resource still says nothing: its meaning is changed, or it has no result."""
    if resource.has("modifierExtension") or resource.has("implicitRules"):
        return "modified"
    if kind != "Observation":
        return None
    names = resource.mapping()
    told = any(name.startswith(_RESULTS) for name in names)
    return "no_value" if "dataAbsentReason" in names or not told else None


def _judged(code: str | None, known: Standings, resource: Element, name: str) -> Unclear | None:
    proves, unclear, void = known
    if code in void:
        raise Withdrawn
    if code in unclear:
        return "not_final"
    if code not in proves:
        raise resource.need(name).bad(", ".join(sorted(proves | unclear | void)))
    return None


def _worst(readings: Iterable[Unclear | None]) -> Unclear | None:
    return next((one for one in list(readings) if one), None)


def _codes(resource: Element, *names: str) -> frozenset[Code]:
    found: set[Code] = set()
    for name in names:
        if name in _LISTS:
            for one in resource.each(name):
                found |= one.codings()
        else:
            element = resource.at(name)
            found |= element.codings() if element else frozenset()
    return frozenset(found)


def _medication(
    resource: Element, resolve: Callable[[Element, str], Element | None]
) -> frozenset[Code]:
    """Codes of the drug, stated in place or by reference."""
    pointed = resource.at("medicationReference")
    reference = pointed.reference() if pointed else None
    if reference is None:
        return _codes(resource, "medicationCodeableConcept")
    found = resolve(resource, reference)
    return _codes(found, "code") if found else frozenset()


def _days(resource: Element, kind: Resource) -> tuple[Span | None, Span | None, Span | None]:
    """Day of the finding; last day of coverage; day that a request asks for."""
    if kind == "Coverage":
        return (*_period(resource.at("period")), None)
    planned = None
    if kind == "ServiceRequest":
        asked = resource.at("occurrenceDateTime")
        planned = asked.span() if asked else _period(resource.at("occurrencePeriod"))[0]
    for name in _DAYS[kind]:
        element = resource.at(name)
        if element is None:
            continue
        if name.endswith("Period"):
            first, last = _period(element)
            return _joined(first, last), None, planned
        return element.span(), None, planned
    return None, None, planned


def _period(element: Element | None) -> tuple[Span | None, Span | None]:
    if element is None:
        return None, None
    start, end = element.at("start"), element.at("end")
    return (start.span() if start else None), (end.span() if end else None)


def _joined(first: Span | None, last: Span | None) -> Span | None:
    """The last days of a period: a course that ended counts from its end."""
    return last or first


def _quantity(resource: Element) -> Quantity | None:
    """The result of an observation, or the dose of an order or administration."""
    value = resource.at("valueQuantity")
    if value is not None:
        return value.quantity()
    score = resource.at("valueInteger")
    if score is not None:
        return score.score()
    given = resource.at("dosage") if resource.has("dosage") else None
    if given is not None and isinstance(given.content, dict):
        dose = given.at("dose")
        return dose.quantity() if dose else None
    for instruction in resource.each("dosageInstruction"):
        for rate in instruction.each("doseAndRate"):
            dose = rate.at("doseQuantity")
            if dose is not None:
                return dose.quantity()
    return None


def _code_of(system: str) -> Text:
    return Text(en=f"a code of {system}", zh=f"{system} 的代码")
