"""The reader of FHIR R4 against a library of R4, and on records that break the rules."""

from __future__ import annotations

import json
import os
import tarfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fhirkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authorise import records
from tests.cli.shell import ROOT

from doseline.authorise.element import Element
from doseline.authorise.errors import (
    BadRecordError,
    NoRecordError,
    NotOnePatientError,
    OtherPatientError,
    TwiceInRecordError,
)
from doseline.authorise.fhir import read_record, record_of
from doseline.authorise.record import Span
from doseline.authorise.resources import fact_of, kind_of
from doseline.authorise.standing import STATUS
from doseline.errors import BadInputError

if TYPE_CHECKING:
    from tests.authorise.records import Resource

    from doseline.authorise.record import Fact, Record

US_CORE = os.environ.get("DOSELINE_US_CORE", "")
EXAMPLES = sorted((ROOT / "examples" / "authorise").rglob("*.json"))
MAKERS = ("psma_first", "psma_renewal", "dotatate_first", "radium_first", "filing")
SPOKEN = "Zebrafish"
"""A name that no message may repeat."""


def _errors(content: dict[str, Any]) -> list[str]:
    return [str(one) for one in fhirkit.validate(content) if str(one).startswith("error")]


def _one(resource: Resource) -> Fact | None:
    record = records.record([records.patient(), resource])
    return record.facts[0] if record.facts else None


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_examples_are_valid_for_an_independent_library(file: Path) -> None:
    assert _errors(json.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", MAKERS)
def test_the_records_of_the_tests_are_valid_for_an_independent_library(name: str) -> None:
    content = records.bundle(getattr(records, name)())
    assert _errors(content) == []


@pytest.mark.parametrize(
    ("element", "content"),
    [
        ("status", None),
        ("effectiveDateTime", "2026-13-01"),
        ("effectiveDateTime", "4 May 2026"),
        ("code", "777-3"),
        ("valueQuantity", {"value": "182"}),
        ("valueInteger", "1"),
        ("id", 5),
        ("interpretation", {"coding": []}),
    ],
)
def test_what_the_library_refuses_is_refused_here(element: str, content: Any) -> None:
    good = records.lab("platelets", "777-3", "2026-05-01", 182, "10*9/L")
    assert _errors(good) == []
    bad = {name: one for name, one in {**good, element: content}.items() if one is not None}
    assert _errors(bad)
    with pytest.raises(BadRecordError):
        _one(bad)


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_every_status_of_r4_is_known_and_no_other(kind: str) -> None:
    """The lists of the required bindings of FHIR R4 (4.0.1), counted by hand."""
    counts = {
        "Coverage": 4, "DiagnosticReport": 10, "DocumentReference": 3, "ImagingStudy": 5,
        "MedicationAdministration": 7, "MedicationRequest": 8, "MedicationStatement": 8,
        "Observation": 8, "Procedure": 8, "ServiceRequest": 7,
    }  # fmt: skip
    parts = STATUS[kind]  # type: ignore[index]
    assert sum(len(one) for one in parts) == counts[kind]
    assert len(frozenset.union(*parts)) == counts[kind]
    with pytest.raises(BadRecordError, match="status"):
        _one({"resourceType": kind, "id": "x", "status": "done", "subject": records.WHO})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-05-04", "2026-05-04", "2026-05-04"),
        ("2026-05-04T23:30:00-04:00", "2026-05-04", "2026-05-04"),
        ("2026-05-04T23:30:00.123Z", "2026-05-04", "2026-05-04"),
    ],
)
def test_days_as_far_as_they_are_known(text: str, first: str, last: str) -> None:
    span = Element("f", "p", text).span()
    assert span == Span(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["2026-5-4", "2026-05-04T23:30", "2026-05-04T23:30:00", "26", "2026-02-30", "", 2026]
)
def test_other_days_are_refused(text: object) -> None:
    with pytest.raises(BadRecordError):
        Element("f", "p", text).span()


def test_decimals_are_kept_to_the_last_digit(tmp_path: Path) -> None:
    told = json.dumps(records.bundle(records.psma_first())).replace(
        "200.0", "200.00000000000000001"
    )
    file = tmp_path / "record.json"
    file.write_text(told, encoding="utf-8")
    amounts = {fact.reference: fact.quantity for fact in read_record(file).facts}
    dose = amounts["MedicationRequest/order"]
    assert dose is not None
    assert dose.amount == Decimal("200.00000000000000001")


@pytest.mark.parametrize(
    ("changes", "unclear"),
    [
        ({}, None),
        ({"status": "preliminary"}, "not_final"),
        ({"subject": {"display": "somebody"}}, "whose"),
        ({"modifierExtension": [{"url": "urn:x"}]}, "modified"),
        ({"valueQuantity": None}, "no_value"),
        ({"dataAbsentReason": {"text": "unknown"}}, "no_value"),
    ],
)
def test_what_leaves_an_observation_open(changes: dict[str, Any], unclear: str | None) -> None:
    good = records.lab("platelets", "777-3", "2026-05-01", 182, "10*9/L")
    changed = {name: one for name, one in {**good, **changes}.items() if one is not None}
    found = _one(changed)
    assert found is not None
    assert found.unclear == unclear


def test_a_condition_must_say_that_it_is_confirmed() -> None:
    good = records.condition("x", "C61", "2026-01-01")
    silent = {name: one for name, one in good.items() if name != "verificationStatus"}
    found = _one(silent)
    assert found is not None
    assert found.unclear == "not_final"


def test_an_order_not_to_give_is_no_order() -> None:
    order = records.order("x", "A9607", "2026-05-01", records.amount(200, "mCi"))
    assert _one({**order, "doNotPerform": True}) is None
    plan = _one({**order, "intent": "plan"})
    assert plan is not None
    assert plan.unclear == "not_final"


@pytest.mark.parametrize("form", ["contained", "relative", "url"])
def test_a_drug_may_be_named_by_reference(form: str) -> None:
    code = records.concept(records.RXNORM, "72962")
    drug = {"resourceType": "Medication", "id": "m1", "code": code}
    taken = records.taken("x", "0", "2026-01-01")
    del taken["medicationCodeableConcept"]
    others = [records.patient(), drug]
    if form == "contained":
        others.pop()
        taken |= {"contained": [drug], "medicationReference": {"reference": "#m1"}}
    else:
        target = (
            "Medication/m1"
            if form == "relative"
            else "urn:uuid:00000000-0000-4000-8000-000000000002"
        )
        taken["medicationReference"] = {"reference": target}
    (fact,) = records.record([*others, taken]).facts
    assert fact.codes == {(records.RXNORM, "72962")}


def test_a_patient_is_found_by_each_way_to_refer_to_one() -> None:
    for reference in (
        "Patient/p1",
        "https://fhir.example/r4/Patient/p1",
        "Patient/p1/_history/3",
        "urn:uuid:00000000-0000-4000-8000-000000000001",
    ):
        lab = records.lab("x", "777-3", "2026-05-01", 182, "10*9/L")
        assert _one({**lab, "subject": {"reference": reference}})


@pytest.mark.parametrize(
    ("resources", "error"),
    [
        ([], NotOnePatientError),
        ([records.patient(), {**records.patient(), "id": "p2"}], NotOnePatientError),
        (
            [
                records.patient(),
                {
                    **records.condition("x", "C61", "2026-01-01"),
                    "subject": {"reference": "Patient/p2"},
                },
            ],
            OtherPatientError,
        ),
        (
            [
                records.patient(),
                records.condition("x", "C61", "2026-01-01"),
                records.condition("x", "C62", "2026-01-01"),
            ],
            TwiceInRecordError,
        ),
    ],
)
def test_records_that_mix_people_or_ids_are_refused(
    resources: list[Resource], error: type[BadInputError]
) -> None:
    with pytest.raises(error):
        records.record([*resources, {"resourceType": "Basic", "id": "b", "code": {"text": "x"}}])


def test_the_same_resource_twice_is_one() -> None:
    both = [records.patient(), *(records.condition("x", "C61", "2026-01-01") for _ in range(2))]
    assert len(records.record(both).facts) == 1


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"resourceType": "Patient", "id": "a", "id": "b"}', '{"a": NaN}', "5", "{}"],
)
def test_a_file_that_is_no_record_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadRecordError):
        read_record(file)


@pytest.mark.parametrize("number", ["1e999999999", "-1e-999999999", "1e31"])
def test_a_number_beyond_measure_is_refused(number: str, tmp_path: Path) -> None:
    told = json.dumps(records.bundle(records.psma_first())).replace("200.0", number)
    file = tmp_path / "record.json"
    file.write_text(told, encoding="utf-8")
    with pytest.raises(BadRecordError, match="valu"):
        read_record(file)


def test_nothing_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(NoRecordError):
            read_record(path)


def test_a_folder_and_a_bundle_say_the_same() -> None:
    folder = read_record(ROOT / "examples" / "authorise" / "dotatate")
    assert folder == records.record(records.dotatate_first())


@pytest.mark.skipif(not US_CORE, reason="DOSELINE_US_CORE names no folder of US Core packages")
def test_the_examples_of_us_core_are_read_without_objection() -> None:
    """Packages of the implementation guide (``*.tgz``), as HL7 publishes them."""
    read = 0
    for package in sorted(Path(US_CORE).glob("*.tgz")):
        with tarfile.open(package) as files:
            for name in files.getnames():
                file = files.extractfile(name) if "/example/" in name else None
                if file is None or not name.endswith(".json"):
                    continue
                resource = Element(name, "", json.loads(file.read(), parse_float=Decimal))
                kind = kind_of(resource) if resource.has("resourceType") else None
                if kind is not None:
                    fact_of(resource, kind, reference="x", resolve=lambda _, __: None)
                    read += 1
    assert read > 100


def test_no_error_repeats_what_the_record_says() -> None:
    named = {**records.patient(), "name": [{"family": SPOKEN}], "birthDate": SPOKEN}
    with pytest.raises(BadRecordError) as told:
        records.record([named])
    assert SPOKEN not in str(told.value)
    assert "birthDate" in str(told.value)


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from(["final", "2026-05-04", "Patient/p1", "http://loinc.org"]),
)
names = st.sampled_from(
    ["status", "code", "coding", "system", "subject", "reference", "valueQuantity", "value",
     "effectiveDateTime", "period", "start", "id", "contained", "dosage", "intent"]
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*STATUS, "Condition", "Patient", "Bundle", "Other"]), st.data())
def test_any_json_is_a_record_or_a_sentence(kind: str, data: st.DataObject) -> None:
    tree = data.draw(st.dictionaries(names, trees, max_size=6))
    contents = [records.patient(), {**tree, "resourceType": kind, "id": "x"}]
    found: Record | None = None
    with suppress(BadInputError):
        found = record_of(Element("f", "", one) for one in contents)
    assert found is None or len(found.facts) <= 1
