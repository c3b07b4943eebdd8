"""Proofs, results and lengths of time as a reader says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.authorise.policy import Age, AllOf, AnyOf, Covered, Evidence, Unless
from doseline.cli.screen import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.authorise.names import Stage
    from doseline.authorise.policy import Clock, Proof
    from doseline.authorise.record import Fact
    from doseline.cli.screen import Words
    from doseline.rules import Text


def said(text: Text, words: Words) -> str:
    """A sentence of a policy in the reader's language."""
    return text.zh if words.lang == "zh" else text.en


def wanted_words(proof: Proof, words: Words, stage: Stage) -> str:
    """What would prove a part that is open."""
    match proof:
        case Evidence():
            return _evidence(proof, words, stage)
        case AllOf():
            return words.listed([wanted_words(part, words, stage) for part in proof.parts])
        case AnyOf():
            joint = words("authorise.or_joint")
            return joint.join(wanted_words(part, words, stage) for part in proof.parts)
        case Unless():
            return wanted_words(proof.shown, words, stage)
        case Age():
            return words("authorise.wanted.age", years=proof.years)
        case _:
            form = "covered" if isinstance(proof, Covered) else "doses_left"
            return words(f"authorise.wanted.{form}")


def value_words(fact: Fact, words: Words) -> str | None:
    """The result of a fact; none if it has none."""
    if fact.quantity is not None:
        return f"{fact.quantity.comparator}{fact.quantity.amount} {fact.quantity.unit}".strip()
    return words.listed(sorted(code for _, code in fact.values)) or None


def length_words(clock: Clock, words: Words) -> str:
    """How long a clock runs."""
    if clock.hours is not None:
        length = words("authorise.hours", hours=clock.hours)
    else:
        length = words("authorise.days", days=clock.days)
    if clock.extension_d is None:
        return length
    return words("authorise.extended", length=length, days=clock.extension_d)


def _evidence(asked: Evidence, words: Words, stage: Stage) -> str:
    parts = [said(asked.codes.description, words)]
    if asked.says is not None:
        parts.append(words("authorise.wanted.says", what=said(asked.says.description, words)))
    for name, limit in (("at_least", asked.at_least), ("at_most", asked.at_most)):
        if limit is not None:
            amount = number(float(limit), 3)
            parts.append(words(f"authorise.wanted.{name}", amount=amount, unit=asked.unit))
    if asked.max_age_d is not None:
        parts.append(words("authorise.wanted.max_age", days=asked.max_age_d))
    if asked.since_last_dose and stage == "renewal":
        parts.append(words("authorise.wanted.since_last_dose"))
    return words("authorise.wanted.evidence", what=words.listed(parts), kinds=_kinds(asked.of))


def _kinds(kinds: Sequence[str]) -> str:
    return ", ".join(kinds)
