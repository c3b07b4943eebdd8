"""Laws that hold for every record: what is taken away never helps, what is foreign changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authorise import records

from doseline.authorise.check import check
from doseline.authorise.library import shipped
from doseline.authorise.record import Fact, Span

if TYPE_CHECKING:
    from doseline.authorise.check import Answer
    from doseline.authorise.record import Record

LIBRARY = shipped()
MAKERS = {
    "medicare_advantage/lu_psma": (records.psma_first, records.psma_renewal),
    "medicaid/lu_dotatate": (records.dotatate_first,),
    "commercial/ra_223": (records.radium_first,),
}
RECORDS = [(policy, records.record(make())) for policy, makes in MAKERS.items() for make in makes]

spans = st.builds(
    lambda day, length: Span(first=day, last=day + timedelta(days=length)),
    st.dates(date(2025, 6, 1), date(2026, 6, 1)),
    st.sampled_from([0, 0, 0, 30]),
)
results = st.sampled_from(["POS", "NEG", "stable", "progression", "positive", "negative"])


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, Record]:
    """A record with some facts taken away, made unclear, re-dated or contradicted."""
    policy, record = draw(st.sampled_from(RECORDS))
    facts = []
    for fact in record.facts:
        what = draw(st.sampled_from(["keep", "keep", "keep", "drop", "blur", "date", "twin"]))
        if what == "blur":
            facts.append(replace(fact, unclear="not_final"))
        elif what == "date":
            facts.append(replace(fact, when=draw(spans)))
        elif what != "drop":
            facts.append(fact)
        if what == "twin":
            code = draw(results)
            values = frozenset((system, code) for system in (records.OWN, records.SHOWN))
            name = f"{fact.reference}-twin"
            facts.append(replace(fact, reference=name, when=draw(spans), values=values))
    return policy, replace(record, facts=tuple(facts))


def _answer(policy: str, record: Record, day: date = records.TODAY) -> Answer:
    return check(record, LIBRARY.policy(policy), day=day)


@settings(max_examples=150, deadline=None)
@given(changed(), st.data())
def test_taking_evidence_away_never_completes_a_criterion(
    told: tuple[str, Record], data: st.DataObject
) -> None:
    """Unless it spoke against the criterion, or stood in its way as unclear."""
    policy, record = told
    if not record.facts:
        return
    taken = data.draw(st.sampled_from(record.facts))
    if taken.kind in {"MedicationAdministration", "ServiceRequest"}:
        return  # a dose taken away is another course, with other questions
    fewer = replace(record, facts=tuple(one for one in record.facts if one is not taken))
    before = {one.criterion.name: one.found for one in _answer(policy, record).checked}
    for one in _answer(policy, fewer).checked:
        found = before[one.criterion.name]
        in_the_way = {fact.reference for fact, _ in found.unclear}
        if found.status == "not_met":
            in_the_way |= {fact.reference for fact in found.proof}
        if found.status != "met" and taken.reference not in in_the_way:
            assert one.found.status != "met"
        if found.status == "met" and taken.reference not in {f.reference for f in found.proof}:
            assert one.found.status == "met"


@settings(max_examples=60, deadline=None)
@given(changed(), st.lists(st.tuples(st.sampled_from(["Observation", "Condition", "Procedure",
    "MedicationStatement", "DocumentReference"]), spans), max_size=5), st.randoms())  # fmt: skip
def test_what_is_foreign_and_the_order_change_nothing(
    told: tuple[str, Record], more: list[tuple[str, Span]], shuffle: object
) -> None:
    policy, record = told
    foreign = [
        Fact(
            reference=f"{kind}/foreign-{place}",
            kind=kind,  # type: ignore[arg-type]
            codes=frozenset({("http://example.org/other", str(place))}),
            when=span,
        )
        for place, (kind, span) in enumerate(more)
    ]
    facts = [*record.facts, *foreign]
    shuffle.shuffle(facts)  # type: ignore[attr-defined]
    before, after = _answer(policy, record), _answer(policy, replace(record, facts=tuple(facts)))
    assert [_sorted(one) for one in after.checked] == [_sorted(one) for one in before.checked]
    assert (after.verdict, after.doses, after.submit_by) == (
        before.verdict,
        before.doses,
        before.submit_by,
    )


def _sorted(one: object) -> object:
    found = one.found  # type: ignore[attr-defined]
    unclear = sorted((fact.reference, why) for fact, why in found.unclear)
    proof = sorted(fact.reference for fact in found.proof)
    return found.status, unclear, proof, found.wanted, found.good_until


@settings(max_examples=60, deadline=None)
@given(changed(), st.integers(0, 230), st.integers(0, 23))
def test_when_all_days_move_together_all_answers_move_with_them(
    told: tuple[str, Record], days: int, hour: int
) -> None:
    """Between two changes of label and law; ages are far from a birthday of note."""
    policy, record = told
    move = timedelta(days=days)
    moved = replace(record, facts=tuple(_moved(fact, move) for fact in record.facts))
    at = datetime(2026, 5, 4, hour, tzinfo=UTC)
    before = check(record, LIBRARY.policy(policy), day=records.TODAY, submitted=at)
    after = check(moved, LIBRARY.policy(policy), day=records.TODAY + move, submitted=at + move)
    assert after.verdict == before.verdict
    assert [one.found.status for one in after.checked] == [
        one.found.status for one in before.checked
    ]
    assert [one.by and one.by - move for one in after.checked] == [one.by for one in before.checked]
    assert [one.at and one.at - move for one in after.clocks] == [one.at for one in before.clocks]
    assert [one.day - move for one in after.doses] == [one.day for one in before.doses]
    assert [one.day - move for one in after.renewals] == [one.day for one in before.renewals]


def _moved(fact: Fact, move: timedelta) -> Fact:
    def later(span: Span | None) -> Span | None:
        return span and Span(first=span.first + move, last=span.last + move)

    until = fact.until and fact.until + move
    return replace(fact, when=later(fact.when), planned=later(fact.planned), until=until)
