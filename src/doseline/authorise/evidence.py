"""Whether the record holds a piece of evidence: the latest result decides, if it is recent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.authorise.found import Found
from doseline.authorise.record import Span
from doseline.authorise.values import judged_value

if TYPE_CHECKING:
    from doseline.authorise.found import Asking
    from doseline.authorise.names import Unclear
    from doseline.authorise.policy import Evidence
    from doseline.authorise.record import Fact


@dataclass(slots=True)
class _Sorted:
    """Facts of the right kind, by what their day lets them say."""

    dated: list[tuple[Span, Fact]] = field(default_factory=list)
    stale: list[tuple[Span, Fact]] = field(default_factory=list)
    """Older than the last dose where newer ones are asked for."""
    unclear: list[tuple[Fact, Unclear]] = field(default_factory=list)


def judge_evidence(asked: Evidence, asking: Asking) -> Found:
    """Whether the record holds it; what is unfinished, undated or of a later day decides nothing."""
    found = _Sorted()
    for fact in asking.record.facts:
        if fact.kind in asked.of and any(asked.codes.holds(code) for code in fact.codes):
            _sort(found, fact, asked, asking)
    if found.dated:
        return _latest(asked, asking, found)
    if found.unclear:
        return Found(status="cannot_tell", unclear=tuple(found.unclear), wanted=(asked,))
    if found.stale:
        newest = max(span for span, _ in found.stale)
        facts = tuple(fact for span, fact in found.stale if span == newest)
        return Found(status="expired", proof=facts, wanted=(asked,))
    return Found(status="missing", wanted=(asked,))


def _sort(found: _Sorted, fact: Fact, asked: Evidence, asking: Asking) -> None:
    span, dose = fact.when, asking.last_dose if asked.since_last_dose else None
    if fact.unclear:
        found.unclear.append((fact, fact.unclear))
    elif span is None:
        found.unclear.append((fact, "no_date"))
    elif span.first > asking.day:
        found.unclear.append((fact, "later"))
    elif dose is not None and span.last <= dose:
        found.stale.append((span, fact))
    elif dose is not None and span.first <= dose:
        found.unclear.append((fact, "vague_date"))
    else:
        found.dated.append((Span(first=span.first, last=min(span.last, asking.day)), fact))


def _latest(asked: Evidence, asking: Asking, found: _Sorted) -> Found:
    newest = max(span for span, _ in found.dated)
    # Every fact that may be as new as the newest has a say.
    last = [(span, fact) for span, fact in found.dated if span.last >= newest.first]
    facts = tuple(sorted((fact for _, fact in last), key=lambda fact: fact.reference))
    answers = {fact.reference: judged_value(asked, fact) for fact in facts}
    kinds = set(answers.values())
    if kinds in ({"true"}, {"false"}):
        return _aged(asked, asking, last, facts, true=kinds == {"true"})
    why: list[tuple[Fact, Unclear]] = []
    for fact in facts:
        answer = answers[fact.reference]
        if answer == "true" or answer == "false":  # noqa: PLR1714 - mypy narrows this form only
            why.append((fact, "conflict"))
        else:
            why.append((fact, answer))
    return Found(status="cannot_tell", unclear=(*why, *found.unclear), wanted=(asked,))


def _aged(
    asked: Evidence,
    asking: Asking,
    last: list[tuple[Span, Fact]],
    facts: tuple[Fact, ...],
    *,
    true: bool,
) -> Found:
    """A result that is certain, by its age."""
    if asked.max_age_d is None:
        return Found(status="met" if true else "not_met", proof=facts)
    limit = timedelta(days=asked.max_age_d)
    sure = [span.first for span, _ in last if asking.day - span.first <= limit]
    if sure:
        good_until = max(sure) + limit
        return Found(status="met" if true else "not_met", proof=facts, good_until=good_until)
    if all(asking.day - span.last > limit for span, _ in last):
        return Found(status="expired", proof=facts, wanted=(asked,))
    unclear: tuple[tuple[Fact, Unclear], ...] = tuple((fact, "vague_date") for fact in facts)
    return Found(status="cannot_tell", unclear=unclear, wanted=(asked,))
