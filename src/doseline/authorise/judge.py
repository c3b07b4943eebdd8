"""Whether a record proves a criterion: three-valued logic in which silence decides nothing.

A part is true (met), false (not met) or open; open says why: nothing there, too old, or unclear.
All and any follow Kleene's strong logic, so that what is open never becomes true or false by
itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from doseline.authorise.evidence import judge_evidence
from doseline.authorise.found import Found, proofs
from doseline.authorise.policy import Age, AllOf, AnyOf, Covered, DosesLeft, Evidence, Unless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.authorise.found import Asking
    from doseline.authorise.names import Status, Unclear
    from doseline.authorise.policy import Proof
    from doseline.authorise.record import Fact

_NEAREST: tuple[Status, ...] = ("expired", "cannot_tell", "missing")
"""Open answers, the one that takes least to close first."""


def judge(proof: Proof, asking: Asking) -> Found:
    """Whether the record proves it."""
    match proof:
        case Evidence():
            return judge_evidence(proof, asking)
        case AllOf():
            return _all([judge(part, asking) for part in proof.parts])
        case AnyOf():
            return _any(proof, [judge(part, asking) for part in proof.parts])
        case Unless():
            return _unless(proof, asking)
        case _:
            return _of_the_patient(proof, asking)


def _all(parts: Sequence[Found]) -> Found:
    """True if all are true, false if one is false, else open for the reason hardest to close."""
    false = [part for part in parts if part.status == "not_met"]
    if false:
        return Found(status="not_met", proof=proofs(false))
    open_parts = [part for part in parts if part.status != "met"]
    if open_parts:
        status = max((part.status for part in open_parts), key=_NEAREST.index)
        return _open(status, open_parts)
    ends = [part.good_until for part in parts if part.good_until is not None]
    return Found(status="met", proof=proofs(parts), good_until=min(ends, default=None))


def _any(proof: AnyOf, parts: Sequence[Found]) -> Found:
    """True if one is true, false if all are false, else open for the reason easiest to close."""
    true = [part for part in parts if part.status == "met"]
    if true:
        return max(true, key=lambda part: part.good_until or date.max)
    open_parts = [part for part in parts if part.status != "not_met"]
    if not open_parts:
        return Found(status="not_met", proof=proofs(parts))
    status = min((part.status for part in open_parts), key=_NEAREST.index)
    return replace(_open(status, open_parts), wanted=(proof,))


def _unless(proof: Unless, asking: Asking) -> Found:
    """Shown, and nothing on record to the contrary; silence about the contrary is not counted."""
    contrary = judge_evidence(proof.contrary, asking)
    if contrary.status == "met":
        return Found(status="not_met", proof=contrary.proof)
    shown = judge(proof.shown, asking)
    if shown.status == "met" and contrary.status == "cannot_tell":
        return Found(status="cannot_tell", unclear=contrary.unclear, wanted=(proof.contrary,))
    return shown


def _open(status: Status, parts: Sequence[Found]) -> Found:
    return Found(
        status=status,
        proof=proofs([part for part in parts if part.status == "expired"]),
        unclear=tuple(one for part in parts for one in part.unclear),
        wanted=tuple(one for part in parts for one in part.wanted),
    )


def _of_the_patient(proof: Age | Covered | DosesLeft, asking: Asking) -> Found:
    match proof:
        case Age():
            return _age(proof, asking)
        case Covered():
            return _covered(proof, asking)
        case DosesLeft():
            return Found(status="met" if asking.doses_left else "not_met")


def _age(asked: Age, asking: Asking) -> Found:
    """Full years on the day; a birth date without day or month may leave it open."""
    born = asking.record.born
    person = (asking.record.person,)
    if born is None:
        return Found(status="missing", wanted=(asked,))
    youngest, oldest = (_years(one, asking.day) for one in (born.last, born.first))
    if youngest >= asked.years:
        return Found(status="met", proof=person)
    if oldest < asked.years:
        return Found(status="not_met", proof=person)
    return Found(status="cannot_tell", unclear=((person[0], "vague_date"),), wanted=(asked,))


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _covered(asked: Covered, asking: Asking) -> Found:
    """Any coverage of the right type that is in force on the day."""
    by_status: dict[Status, list[Fact]] = {}
    unclear: list[tuple[Fact, Unclear]] = []
    for fact in asking.record.facts:
        if fact.kind == "Coverage":
            status, why = _cover(asked, fact, asking.day)
            by_status.setdefault(status, []).append(fact)
            unclear += [(fact, why)] if why else []
    if "met" in by_status:
        best = max(by_status["met"], key=lambda fact: (fact.until or date.max, fact.reference))
        return Found(status="met", proof=(best,), good_until=best.until)
    if unclear:
        return Found(status="cannot_tell", unclear=tuple(unclear), wanted=(asked,))
    for status in ("expired", "not_met"):
        if status in by_status:
            wanted = (asked,) if status == "expired" else ()
            return Found(status=status, proof=tuple(by_status[status]), wanted=wanted)
    return Found(status="missing", wanted=(asked,))


def _cover(asked: Covered, fact: Fact, day: date) -> tuple[Status, Unclear | None]:
    if fact.unclear:
        return "cannot_tell", fact.unclear
    types = asked.types
    if types is not None and not any(types.holds(code) for code in fact.codes):
        return ("not_met", None) if fact.codes else ("cannot_tell", "no_value")
    if fact.when is None:
        return "cannot_tell", "no_date"
    if fact.until is not None and fact.until < day:
        return "expired", None
    if fact.when.last > day:
        return "cannot_tell", "later" if fact.when.first > day else "vague_date"
    return "met", None
