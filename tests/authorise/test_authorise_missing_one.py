"""Records that are complete but for one thing: exactly that thing is told, with its owner."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.authorise import records

from doseline.authorise.check import check
from doseline.authorise.library import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.authorise.records import Resource

    from doseline.authorise.check import Answer
    from doseline.authorise.names import Owner, Status, Verdict

DAY = {"filing": date(2027, 3, 1)}
COMPLETE = [
    ("psma_first", "medicare_advantage/lu_psma"),
    ("psma_renewal", "medicare_advantage/lu_psma"),
    ("dotatate_first", "medicaid/lu_dotatate"),
    ("radium_first", "commercial/ra_223"),
    ("radium_first", "employer_plan/ra_223"),
    ("radium_first", "marketplace/ra_223"),
]
_DONE = {
    name: date(2026, 3, 1)
    for name in ("procurement", "service_item", "hospital_listing", "drug_filing")
}


def answered(resources: list[Resource], policy: str, day: date = records.TODAY) -> Answer:
    return check(records.record(resources), shipped().policy(policy), day=day)


@pytest.mark.parametrize(("make", "policy"), COMPLETE)
def test_complete_records_are_complete(make: str, policy: str) -> None:
    answer = answered(getattr(records, make)(), policy)
    assert {one.found.status for one in answer.checked} == {"met"}
    assert answer.verdict == "complete"
    assert all(one.found.proof or one.criterion.name == "doses_left" for one in answer.checked)
    assert answer.policy.payer.decides


def test_a_filing_is_complete_when_the_hospital_has_done_its_steps() -> None:
    record, policy = (
        records.record(records.filing()),
        shipped().policy("negotiated_drug/lu_psma_cn"),
    )
    day = DAY["filing"]
    assert check(record, policy, day=day).verdict == "incomplete"
    assert check(record, policy, day=day, done=_DONE).verdict == "complete"
    late = {**_DONE, "drug_filing": date(2027, 4, 1)}
    assert check(record, policy, day=day, done=late).verdict == "incomplete"


def _edit(name: str, **changes: object) -> Callable[[list[Resource]], list[Resource]]:
    """The record with other elements in one resource."""

    def edited(resources: list[Resource]) -> list[Resource]:
        assert name in {one["id"] for one in resources}
        return [{**one, **changes} if one["id"] == name else one for one in resources]

    return edited


def _drop(*names: str) -> Callable[[list[Resource]], list[Resource]]:
    def dropped(resources: list[Resource]) -> list[Resource]:
        assert set(names) <= {one["id"] for one in resources}
        return [one for one in resources if one["id"] not in names]

    return dropped


def _quantity(value: float, unit: str) -> dict[str, Resource]:
    return {"valueQuantity": records.amount(value, unit)}


LABS = records.ago(6)
_SHOWN = [records.concept(records.SHOWN, "NEG")]
_REFUTED = records.concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "refuted")
_DOSE = {"dosageInstruction": [{"doseAndRate": [{"doseQuantity": records.amount(220, "mCi")}]}]}

FIRST: list[tuple[Callable[[list[Resource]], list[Resource]], str, Status, Owner, Verdict]] = [
    (_drop("prostate"), "prostate_cancer", "missing", "referring_oncologist", "incomplete"),
    (_drop("pathology"), "prostate_cancer", "missing", "referring_oncologist", "incomplete"),
    (_drop("bone"), "metastatic", "missing", "referring_oncologist", "incomplete"),
    (_drop("resistant"), "castration_resistant", "missing", "referring_oncologist", "incomplete"),
    (_drop("psma-pet"), "psma_positive", "missing", "nuclear_medicine", "incomplete"),
    (_drop("enzalutamide"), "arpi", "missing", "referring_oncologist", "incomplete"),
    (_drop("docetaxel"), "taxane_or_delay", "missing", "referring_oncologist", "incomplete"),
    (_drop(f"platelets-{LABS}"), "blood_counts", "missing", "referring_oncologist", "incomplete"),
    (_drop(f"clearance-{LABS}"), "organ_function", "missing", "referring_oncologist", "incomplete"),
    (_drop("ecog"), "performance_status", "missing", "referring_oncologist", "incomplete"),
    (
        _edit("ecog", valueInteger=3),
        "performance_status",
        "not_met",
        "referring_oncologist",
        "contradicted",
    ),
    (_drop("order"), "order", "missing", "nuclear_medicine", "incomplete"),
    (_drop("coverage"), "coverage", "missing", "authorisation_desk", "incomplete"),
    (_drop("note"), "clinic_note", "missing", "referring_oncologist", "incomplete"),
    (_drop("letter"), "necessity_letter", "missing", "nuclear_medicine", "incomplete"),
    (
        _edit("psma-pet", effectiveDateTime=records.ago(181)),
        "psma_positive",
        "expired",
        "nuclear_medicine",
        "incomplete",
    ),
    (
        _edit("psma-pet", interpretation=_SHOWN),
        "psma_positive",
        "not_met",
        "nuclear_medicine",
        "contradicted",
    ),
    (
        _edit("psma-pet", status="preliminary"),
        "psma_positive",
        "cannot_tell",
        "nuclear_medicine",
        "incomplete",
    ),
    (
        _edit("psma-pet", status="entered-in-error"),
        "psma_positive",
        "missing",
        "nuclear_medicine",
        "incomplete",
    ),
    (
        _edit("bone", verificationStatus=_REFUTED),
        "metastatic",
        "missing",
        "referring_oncologist",
        "incomplete",
    ),
    (
        _edit("docetaxel", status="not-taken"),
        "taxane_or_delay",
        "missing",
        "referring_oncologist",
        "incomplete",
    ),
    (_edit("order", **_DOSE), "order", "not_met", "nuclear_medicine", "contradicted"),
    (
        _edit("coverage", period={"start": "2025-01-01", "end": "2026-05-03"}),
        "coverage",
        "expired",
        "authorisation_desk",
        "incomplete",
    ),
    (
        _edit("coverage", type=records.concept(records.SOPT, "512")),
        "coverage",
        "not_met",
        "authorisation_desk",
        "contradicted",
    ),
    (
        _edit("p1", birthDate="2010-01-01"),
        "adult",
        "not_met",
        "authorisation_desk",
        "contradicted",
    ),
    (
        _edit(f"platelets-{LABS}", modifierExtension=[{"url": "urn:x", "valueBoolean": True}]),
        "blood_counts",
        "cannot_tell",
        "referring_oncologist",
        "incomplete",
    ),
]


@pytest.mark.parametrize(("change", "criterion", "status", "owner", "verdict"), FIRST)
def test_one_thing_is_missing(
    change: Callable[[list[Resource]], list[Resource]],
    criterion: str,
    status: Status,
    owner: Owner,
    verdict: Verdict,
) -> None:
    answer = answered(change(records.psma_first()), "medicare_advantage/lu_psma")
    open_ones = [one for one in answer.checked if one.found.status != "met"]
    assert [(one.criterion.name, one.found.status, one.criterion.owner) for one in open_ones] == [
        (criterion, status, owner)
    ]
    assert answer.verdict == verdict
    if status != "not_met":
        # 72 hours before the dose of 18 May.
        assert open_ones[0].by == date(2026, 5, 15)
        assert open_ones[0].found.wanted


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (_drop("bone"), "missing"),
        (_drop("pain"), "missing"),
        (_edit("pain", valueCodeableConcept=records.concept(records.OWN, "negative")), "not_met"),
    ],
)
def test_bone_metastases_without_symptoms(
    change: Callable[[list[Resource]], list[Resource]], status: Status
) -> None:
    answer = answered(change(records.radium_first()), "commercial/ra_223")
    assert _status(answer, "symptomatic_bone") == status


def test_a_visceral_metastasis_on_record_speaks_against_radium() -> None:
    known = records.condition("liver", "C78.7", records.ago(100))
    answer = answered([*records.radium_first(), known], "commercial/ra_223")
    assert _status(answer, "no_visceral") == "not_met"
    assert answer.verdict == "contradicted"


@pytest.mark.parametrize(
    ("name", "amount", "unit", "status"),
    [
        ("platelets", 100, "10*9/L", "met"),
        ("platelets", 99, "10*3/uL", "not_met"),
        ("platelets", 99, "K/uL", "cannot_tell"),
        ("hemoglobin", 100, "g/L", "met"),
        ("hemoglobin", 9.9, "g/dL", "not_met"),
        ("neutrophils", 1500, "/uL", "met"),
    ],
)
def test_limits_of_counts_in_the_units_of_the_laboratory(
    name: str, amount: float, unit: str, status: Status
) -> None:
    changed = _edit(f"{name}-{LABS}", **_quantity(amount, unit))(records.radium_first())
    assert _status(answered(changed, "commercial/ra_223"), "first_counts") == status


@pytest.mark.parametrize(
    ("change", "criterion", "status"),
    [
        (_drop("status"), "no_progression", "missing"),
        (_edit("status", effectiveDateTime=records.ago(31)), "no_progression", "expired"),
        (
            _edit("status", valueCodeableConcept=records.concept(records.OWN, "progression")),
            "no_progression",
            "not_met",
        ),
        (_drop("order-4"), "order", "missing"),
    ],
)
def test_a_renewal_asks_for_what_is_new(
    change: Callable[[list[Resource]], list[Resource]], criterion: str, status: Status
) -> None:
    answer = answered(change(records.psma_renewal()), "medicare_advantage/lu_psma")
    assert answer.stage == "renewal"
    assert _status(answer, criterion) == status


def test_a_seventh_dose_is_beyond_the_label() -> None:
    more = [records.given(f"more-{n}", "A9607", records.ago(200 + n)) for n in range(3)]
    answer = answered([*records.psma_renewal(), *more], "medicare_advantage/lu_psma")
    assert _status(answer, "doses_left") == "not_met"
    assert answer.next_renewal is None


def test_the_label_of_the_day_decides() -> None:
    """Before 28 March 2025 the decision to delay chemotherapy did not replace a taxane."""
    delayed = records.finding(
        "delay", "chemotherapy-decision", "2025-03-01", "chemotherapy-can-wait"
    )
    resources = [*_drop("docetaxel")(records.psma_first()), delayed]
    before = answered(resources, "medicare_advantage/lu_psma", date(2025, 3, 27))
    after = answered(resources, "medicare_advantage/lu_psma", date(2025, 3, 28))
    assert _status(before, "taxane") == "missing"
    assert _status(after, "taxane_or_delay") == "met"


def test_children_with_a_neuroendocrine_tumour_since_the_label_of_april_2024() -> None:
    resources = records.dotatate_first()  # born on 20 January 2011
    before = answered(resources, "medicaid/lu_dotatate", date(2024, 4, 22))
    after = answered(resources, "medicaid/lu_dotatate", date(2024, 4, 23))
    assert _status(before, "adult") == "not_met"
    assert _status(after, "twelve_years") == "met"


def _status(answer: Answer, name: str) -> Status:
    (found,) = [one.found.status for one in answer.checked if one.criterion.name == name]
    return found
