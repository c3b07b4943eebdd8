"""What ``doseline rules explain`` shows: payments, the decisions behind them, and their sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doseline.cli.rules_screen import flow_words, kept, named, plain, told
from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.rules import Decision, Flow, Payment, Reading, RuleBook, Source

STEP = "  "
"""Indent of what a decision rests on."""


def show_explained(book: RuleBook, flow: Flow, words: Words) -> None:
    """Who pays whom for a flow, why, and what to do next."""
    payments = book.pay(flow)
    show(
        words(
            "cli.rules_flow",
            facts=flow_words(flow, words),
            units=number(book.case(flow).units, 0),
            day=flow.service_date,
            book=book.name,
        )
    )
    if book.patches:
        show(words("cli.rules_what_if", keys=words.listed(book.patches)))
    _show_payments(payments, book.currency, words)
    tree = _Tree(words)
    show("")
    for one in payments:
        show(
            words(
                "cli.rules_pays",
                party_from=named("party", one.party_from, words),
                party_to=named("party", one.party_to, words),
                what=named("item", one.what, words),
                amount=plain(one.amount),
                unit=one.decision.unit,
            )
        )
        tree.show(one.decision, 1)
    _show_sources(tree.sources, words)
    for note in dict.fromkeys(note for one in payments for note in one.decision.notes):
        show(told(note, words))
    show(words("cli.rules_explain_next", book=book.name, day=flow.service_date))


def _show_payments(payments: Sequence[Payment], currency: str, words: Words) -> None:
    show_table(
        words("cli.rules_payments", currency=currency),
        [
            words(f"cli.rules_col_{name}")
            for name in ("party_from", "party_to", "what", "amount", "confidence", "assumption")
        ],
        [
            [
                named("party", one.party_from, words),
                named("party", one.party_to, words),
                named("item", one.what, words),
                plain(one.amount),
                named("confidence", one.decision.confidence, words),
                words("cli.rules_yes" if one.decision.rests_on_assumption else "cli.rules_no"),
            ]
            for one in payments
        ],
    )


def _show_sources(sources: dict[Source, int], words: Words) -> None:
    show_table(
        words("cli.rules_sources"),
        [words(f"cli.rules_col_{name}") for name in ("number", "source", "address", "as_of")],
        [[f"[{at}]", one.title, one.address, str(one.as_of)] for one, at in sources.items()],
    )


@dataclass(slots=True)
class _Tree:
    """Decisions with what they rest on, each told in full once; sources are numbered."""

    words: Words
    sources: dict[Source, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def show(self, decision: Decision, depth: int) -> None:
        """A decision, the values it read and the decisions it asked for."""
        key = "rules_again" if decision.rule in self.seen else "rules_decision"
        line = self.words(
            f"cli.{key}",
            rule=decision.rule,
            why=told(decision.explanation, self.words),
            value=plain(decision.value),
            unit=named("quantity_unit", decision.unit, self.words),
        )
        show(STEP * depth + line)
        if decision.rule in self.seen:
            return
        self.seen.add(decision.rule)
        read = {one.key: one for one in decision.readings}
        for own in decision.own:
            self._show_value(read[own], depth + 1)
        for one in decision.asked:
            self.show(one, depth + 1)

    def _show_value(self, reading: Reading, depth: int) -> None:
        at = self.sources.setdefault(reading.value.source, len(self.sources) + 1)
        line = self.words(
            "cli.rules_value",
            key=reading.key,
            value=plain(reading.value.amount),
            unit=named("quantity_unit", reading.unit, self.words),
            kept=kept(reading, self.words),
            source=at,
        )
        show(STEP * depth + line)
