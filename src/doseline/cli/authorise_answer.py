"""What ``doseline authorise --json`` prints; of a patient no more than references, unless asked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from doseline.cli.authorise_words import said, value_words, wanted_words

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.authorise.check import Answer, Checked
    from doseline.authorise.clocks import Due
    from doseline.authorise.names import Stage
    from doseline.authorise.policy import Cited, Clock, Policy
    from doseline.authorise.record import Fact
    from doseline.cli.screen import Words


def listed(policy: Policy) -> dict[str, Any]:
    """A policy in the list of all."""
    return {
        "policy": policy.name,
        "country": policy.payer.country,
        "payer": asdict(policy.payer.description),
        "product": asdict(policy.product.description),
        "asks": policy.payer.asks,
        "since": str(policy.cover.since),
        "cover": _cited(policy.cover.cited),
        "pattern": True,
    }


def answer_of(answer: Answer, words: Words, *, values: bool) -> dict[str, Any]:
    """What is said of one record."""
    renewal = answer.next_renewal
    return {
        "policy": answer.policy.name,
        "pattern": True,
        "patient": answer.patient,
        "on": str(answer.day),
        "stage": answer.stage,
        "asks": answer.policy.payer.asks,
        "verdict": answer.verdict,
        "payer_decides": [said(one, words) for one in answer.policy.payer.decides],
        "criteria": [_criterion(one, words, answer.stage, values=values) for one in answer.checked],
        "clocks": [_due(one) for one in answer.clocks],
        "proposed": [_clock(one) for one in answer.proposed],
        "steps": [
            {
                "step": one.step.name,
                "what": said(one.step.what, words),
                "state": one.state,
                "day": str(one.day),
                "owner": one.step.owner,
                "typical_d": one.step.typical_d,
                "cited": _cited(one.step.cited),
            }
            for one in answer.steps
        ],
        "doses": [
            {
                "cycle": one.cycle,
                "day": str(one.day),
                "basis": one.basis,
                "reference": one.reference or None,
            }
            for one in answer.doses
        ],
        "renewals": [
            {"cycle": one.cycle, "day": str(one.day), "reason": one.reason}
            for one in answer.renewals
        ],
        "next_renewal": renewal
        and {"cycle": renewal.cycle, "day": str(renewal.day), "reason": renewal.reason},
        "submit_by": answer.submit_by and str(answer.submit_by),
        "ignored": answer.ignored,
    }


def _criterion(one: Checked, words: Words, stage: Stage, *, values: bool) -> dict[str, Any]:
    found, criterion = one.found, one.criterion
    return {
        "criterion": criterion.name,
        "what": said(criterion.what, words),
        "status": found.status,
        "proof": [_fact(fact, words, values=values) for fact in found.proof],
        "unclear": [
            {**_fact(fact, words, values=values), "why": why} for fact, why in found.unclear
        ],
        "missing": [wanted_words(part, words, stage) for part in found.wanted],
        "good_until": found.good_until and str(found.good_until),
        "ages_before_dose": one.ages_before_dose,
        "owner": criterion.owner,
        "by": one.by and str(one.by),
        "late": one.late,
        "lead_d": criterion.lead_d,
        "cited": _cited(criterion.cited),
    }


def _fact(fact: Fact, words: Words, *, values: bool) -> dict[str, Any]:
    return {
        "reference": fact.reference,
        "day": fact.when and str(fact.when.last),
        "value": value_words(fact, words) if values else None,
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "item": clock.item,
        "request": clock.request,
        "hours": clock.hours,
        "days": clock.days,
        "extension_d": clock.extension_d,
        "since": str(clock.since),
        "cited": _cited(clock.cited),
    }


def _due(due: Due) -> dict[str, Any]:
    return {**_clock(due.clock), "due": _instant(due.at), "due_local": _local(due.local)}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="minutes")


def _cited(cited: Cited) -> dict[str, Any]:
    return {
        "kind": cited.kind,
        "confidence": cited.confidence,
        "title": cited.source.title,
        "address": cited.source.address,
        "as_of": str(cited.source.as_of),
        "note": None if cited.note is None else asdict(cited.note),
    }
