"""``doseline rules diff``: which values, rules and payments change between two days."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.rules_screen import (
    DAY_FORMAT,
    flow_answer,
    flow_words,
    kept,
    named,
    plain,
    reading_answer,
    rule_answer,
)
from doseline.cli.screen import Words, emit, json_option, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from doseline.rules import Difference, Rule, RuleBook

MOST_ROWS = 40
"""Payments that the screen lists of a rulebook; ``--json`` has them all."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def day(metavar: str, help_key: str) -> Any:
        return typer.Argument(
            ..., metavar=metavar, formats=[DAY_FORMAT], help=words(f"cli.{help_key}")
        )

    def rules_diff(
        before: datetime = day("DAY", "rules_before_help"),
        after: datetime = day("DAY", "rules_after_help"),
        book: str = typer.Argument("", metavar="BOOK", help=words("cli.rules_book_help")),
        *,
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.rulebooknames import rulebook_names
        from doseline.io.rulebooks import load_rulebook, worked_flows
        from doseline.rules import difference

        days = before.date(), after.date()
        books = [load_rulebook(name) for name in ((book,) if book else rulebook_names())]
        found = [(one, difference(one, worked_flows(one.name), *days)) for one in books]
        if as_json:
            answers = [_answer(one, changed) for one, changed in found]
            emit({"before": str(days[0]), "after": str(days[1]), "rulebooks": answers})
        else:
            for one, changed in found:
                _show(one, changed, *days, words)
            show(words("cli.rules_diff_next", book=books[0].name, day=days[1]))

    return rules_diff


def _answer(book: RuleBook, changed: Difference) -> dict[str, Any]:
    return {
        "rulebook": book.name,
        "currency": book.currency,
        "flows": changed.flows,
        "parameters": [
            {
                "key": one.key,
                "before": None if one.before is None else reading_answer(one.before),
                "after": None if one.after is None else reading_answer(one.after),
            }
            for one in changed.parameters
        ],
        "rules": [
            {
                "topic": one.topic,
                "before": None if one.before is None else rule_answer(one.topic, one.before),
                "after": None if one.after is None else rule_answer(one.topic, one.after),
            }
            for one in changed.rules
        ],
        "payments": [
            {
                "flow": flow_answer(one.flow),
                "from": one.party_from,
                "to": one.party_to,
                "what": one.what,
                "before": None if one.before is None else plain(one.before),
                "after": None if one.after is None else plain(one.after),
            }
            for one in changed.payments
        ],
    }


def _show(book: RuleBook, changed: Difference, before: date, after: date, words: Words) -> None:
    """All that changes in one rulebook, or that nothing does."""
    if not (changed.parameters or changed.rules or changed.payments):
        show(words("cli.rules_same", book=book.name, before=before, after=after))
        return
    if changed.parameters:
        _show_parameters(book, changed, before, after, words)
    if changed.rules:
        show_table(
            words("cli.rules_changed_rules", book=book.name),
            [words("cli.rules_col_topic"), str(before), str(after)],
            [[one.topic, _reference(one.before), _reference(one.after)] for one in changed.rules],
        )
    if changed.payments:
        _show_payments(book, changed, before, after, words)
    show("")
    show(
        words(
            "cli.rules_changed",
            book=book.name,
            parameters=len(changed.parameters),
            rules=len(changed.rules),
            payments=len(changed.payments),
            flows=changed.flows,
        )
    )


def _show_parameters(
    book: RuleBook, changed: Difference, before: date, after: date, words: Words
) -> None:
    rows = [
        [
            one.key,
            plain(one.before.value.amount if one.before else None),
            plain(one.after.value.amount if one.after else None),
            named("quantity_unit", one.unit, words),
            kept(one.after, words) if one.after else "–",
            one.after.value.source.title if one.after else "–",
        ]
        for one in changed.parameters
    ]
    heads = [words(f"cli.rules_col_{name}") for name in ("unit", "kept", "source")]
    show_table(
        words("cli.rules_changed_values", book=book.name),
        [words("cli.rules_col_key"), str(before), str(after), *heads],
        rows,
    )


def _show_payments(
    book: RuleBook, changed: Difference, before: date, after: date, words: Words
) -> None:
    shown = changed.payments[:MOST_ROWS]
    show_table(
        words(
            "cli.rules_changed_payments",
            book=book.name,
            currency=book.currency,
            shown=number(len(shown), 0),
            all=number(len(changed.payments), 0),
        ),
        [
            *(words(f"cli.rules_col_{name}") for name in ("flow", "party_from", "what")),
            *(str(before), str(after), words("cli.rules_col_change")),
        ],
        [
            [
                flow_words(one.flow, words),
                named("party", one.party_from, words),
                named("item", one.what, words),
                plain(one.before),
                plain(one.after),
                _step(one.before, one.after),
            ]
            for one in shown
        ],
    )


def _step(before: Decimal | None, after: Decimal | None) -> str:
    """By how much an amount changes."""
    return "–" if before is None or after is None else f"{after - before:+f}"


def _reference(rule: Rule | None) -> str:
    return "–" if rule is None else f"{rule.reference} ({rule.valid_from})"
