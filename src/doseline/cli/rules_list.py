"""``doseline rules list``: what a rulebook holds on a day, and what each value rests on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.rules_screen import (
    day_of,
    day_option,
    kept,
    named,
    plain,
    reading_answer,
    rule_answer,
)
from doseline.cli.screen import Words, emit, json_option, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from doseline.rules import Reading, Rule, RuleBook

Held = tuple["RuleBook", "Sequence[Reading]", "Sequence[tuple[str, Rule]]"]
"""A rulebook, its values in force and the rules that hold."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def rules_list(
        book: str = typer.Argument("", metavar="BOOK", help=words("cli.rules_book_help")),
        *,
        topic: str = typer.Option(
            "", "--topic", metavar="WORD", help=words("cli.rules_topic_help")
        ),
        on: datetime | None = day_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.rulebooknames import rulebook_names
        from doseline.io.rulebooks import load_rulebook

        day = day_of(on)
        names = (book,) if book else rulebook_names()
        held = [_held(load_rulebook(name), topic, day) for name in names]
        if topic and not any(readings or rules for _, readings, rules in held):
            raise UsageError(words("cli.rules_no_topic", topic=topic))
        if as_json:
            emit(_answer(held, day))
        elif book or topic:
            for one in held:
                _show_book(one, day, words)
            show(words("cli.rules_list_next", book=names[0], day=day))
        else:
            _show_books(held, day, words)

    return rules_list


def _held(book: RuleBook, topic: str, day: date) -> Held:
    """What a rulebook holds on a day of all keys and topics that contain a word."""
    from doseline.rules import reading_on, rule_on

    readings = (reading_on(book, key, day) for key in sorted(book.parameters) if topic in key)
    rules = ((key, rule_on(book, key, day)) for key in sorted(book.blueprint.rules) if topic in key)
    return (
        book,
        [one for one in readings if one is not None],
        [(key, rule) for key, rule in rules if rule is not None],
    )


def _answer(held: Sequence[Held], day: date) -> dict[str, Any]:
    return {
        "day": str(day),
        "rulebooks": [
            {
                "rulebook": book.name,
                "currency": book.currency,
                "parameters": [reading_answer(one) for one in readings],
                "rules": [rule_answer(topic, rule) for topic, rule in rules],
            }
            for book, readings, rules in held
        ],
    }


def _show_books(held: Sequence[Held], day: date, words: Words) -> None:
    """The rulebooks that are installed, and how much of each is an assumption."""
    show_table(
        words("cli.rules_books", day=day),
        [
            words(f"cli.rules_col_{name}")
            for name in ("book", "currency", "values", "assumed", "rules", "first")
        ],
        [
            [
                book.name,
                book.currency,
                number(len(readings), 0),
                number(sum(one.is_assumption for one in readings), 0),
                number(len(rules), 0),
                str(min(rule.valid_from for _, rule in rules)) if rules else "–",
            ]
            for book, readings, rules in held
        ],
    )
    show(words("cli.rules_books_next", book=held[0][0].name, day=day))


def _show_book(held: Held, day: date, words: Words) -> None:
    """Values and rules of one rulebook."""
    book, readings, rules = held
    show_table(
        words("cli.rules_values", book=book.name, day=day, count=len(readings)),
        [
            words(f"cli.rules_col_{name}")
            for name in ("key", "value", "unit", "since", "kept", "source")
        ],
        [
            [
                one.key,
                plain(one.value.amount),
                named("quantity_unit", one.unit, words),
                str(one.value.since),
                kept(one, words),
                one.value.source.title,
            ]
            for one in readings
        ],
    )
    show_table(
        words("cli.rules_rules", book=book.name, day=day, count=len(rules)),
        [words(f"cli.rules_col_{name}") for name in ("topic", "from", "until", "reference")],
        [
            [topic, str(rule.valid_from), str(rule.valid_until or "–"), rule.reference]
            for topic, rule in rules
        ],
    )
