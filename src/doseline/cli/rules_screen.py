"""What the commands on rules share: arguments, and values as they are shown and answered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from doseline.cli.screen import Words
    from doseline.rules import Decision, Flow, Reading, Rule, Source, Text

DAY_FORMAT = "%Y-%m-%d"


def day_option(words: Words) -> Any:
    """The day on which a rulebook is asked."""
    return typer.Option(
        None, "--on", formats=[DAY_FORMAT], metavar="YYYY-MM-DD", help=words("cli.rules_on_help")
    )


def day_of(asked: datetime | None) -> date:
    """The day asked for, else today."""
    return (asked or datetime.now(tz=UTC)).date()


def named(group: str, key: str, words: Words) -> str:
    """What a key of the data is called in the reader's language."""
    from doseline.io.report.words import label

    return str(getattr(label(group, key), words.lang))


def told(text: Text, words: Words) -> str:
    """A sentence of a rulebook in the reader's language."""
    return str(getattr(text, words.lang))


def plain(amount: Decimal | None) -> str:
    """A number as exact as it is, without an exponent; a dash where there is none."""
    return "–" if amount is None else f"{amount:f}"


def kept(reading: Reading, words: Words) -> str:
    """Kind and confidence of a value, and whether it is older than the day asked for."""
    parts = [
        named("kind", reading.value.kind, words),
        named("confidence", reading.value.confidence, words),
    ]
    if reading.carried_forward:
        parts.append(words("cli.rules_carried"))
    return words.listed(parts)


def reading_answer(reading: Reading) -> dict[str, Any]:
    """A value in force as the contract has it."""
    value = reading.value
    return {
        "key": reading.key,
        "value": plain(value.amount),
        "unit": reading.unit,
        "description": reading.description.en,
        "description_zh": reading.description.zh,
        "since": str(value.since),
        "published_until": None if value.published_until is None else str(value.published_until),
        "carried_forward": reading.carried_forward,
        "kind": value.kind,
        "confidence": value.confidence,
        "assumption": reading.is_assumption,
        "source": source_answer(value.source),
    }


def source_answer(source: Source) -> dict[str, str]:
    """A source as the contract has it."""
    return {"title": source.title, "address": source.address, "as_of": str(source.as_of)}


def rule_answer(topic: str, rule: Rule) -> dict[str, Any]:
    """A rule as the contract has it."""
    return {
        "topic": topic,
        "from": str(rule.valid_from),
        "until": None if rule.valid_until is None else str(rule.valid_until),
        "reference": rule.reference,
    }


def decision_answer(decision: Decision) -> dict[str, Any]:
    """A decision with all that it rests on, as the contract has it."""
    own = {one.key: one for one in decision.readings if one.key in decision.own}
    return {
        "rule": decision.rule,
        "reference": decision.reference,
        "value": plain(decision.value),
        "unit": decision.unit,
        "explanation": decision.explanation.en,
        "explanation_zh": decision.explanation.zh,
        "values": [reading_answer(own[key]) for key in decision.own],
        "asked": [decision_answer(one) for one in decision.asked],
    }


def flow_answer(flow: Flow) -> dict[str, Any]:
    """The facts of a flow as the contract has them."""
    return {
        "code": flow.code,
        "activity_bq": flow.activity_bq,
        "administered_bq": flow.administered_bq,
        "payer": flow.payer,
        "setting": flow.setting,
        "locality": flow.locality,
        "channel": flow.channel,
        "nights": flow.nights,
        "price": None if flow.price is None else plain(flow.price),
        "contract": flow.contract,
        "cover": flow.cover,
        "charge": None if flow.charge is None else plain(flow.charge),
        "discount": flow.discount,
    }


def flow_words(flow: Flow, words: Words) -> str:
    """The facts of a flow that are not their defaults, in one line."""
    given = flow.administered_bq
    facts: Iterable[str] = (
        flow.code,
        _activity(flow.activity_bq) if flow.activity_bq else "",
        words("cli.rules_administered", activity=_activity(given)) if given is not None else "",
        flow.payer,
        flow.setting,
        flow.locality,
        flow.channel if flow.channel != "commercial" else "",
        words("cli.rules_nights", count=flow.nights) if flow.nights else "",
        words("cli.rules_price", amount=plain(flow.price)) if flow.price is not None else "",
        flow.contract,
        flow.cover,
        words("cli.rules_charge", amount=plain(flow.charge)) if flow.charge is not None else "",
        words("cli.rules_discount") if flow.discount else "",
    )
    return words.listed([fact for fact in facts if fact])


def _activity(activity_bq: float) -> str:
    """An activity in its usual unit."""
    from doseline.physics.units import format_activity

    return format_activity(activity_bq).partition(" (")[0]
