"""``doseline rules explain``: who pays whom for one dose or scan, by which rule and whose number."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.rules_screen import (
    day_of,
    day_option,
    decision_answer,
    flow_answer,
    plain,
)
from doseline.cli.screen import Words, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.rules import Flow, RuleBook


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def fact(name: str, metavar: str, default: Any = "", **more: Any) -> Any:
        help_text = words(f"cli.rules_{name}_help")
        return typer.Option(default, f"--{name}", metavar=metavar, help=help_text, **more)

    def rules_explain(
        book: str = typer.Argument(..., metavar="BOOK", help=words("cli.rules_book_help")),
        *,
        code: str = fact("code", "CODE", ...),
        payer: str = fact("payer", "NAME", ...),
        setting: str = fact("setting", "NAME", ...),
        activity: str = fact("activity", "ACTIVITY"),
        on: datetime | None = day_option(words),
        locality: str = fact("locality", "NAME"),
        channel: str = fact("channel", "NAME", "commercial"),
        nights: int = fact("nights", "N", 0, min=0),
        price: str = fact("price", "AMOUNT"),
        contract: str = fact("contract", "NAME"),
        cover: str = fact("cover", "NAME"),
        charge: str = fact("charge", "AMOUNT"),
        discount: bool = typer.Option(False, "--discount", help=words("cli.rules_discount_help")),
        what_if: Path | None = typer.Option(
            None, "--what-if", metavar="FILE", help=words("cli.rules_what_if_help")
        ),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.rules_tree import show_explained
        from doseline.io.rulebooks import load_rulebook, with_what_if
        from doseline.physics.units import parse_activity_bq
        from doseline.rules import Flow

        rulebook = load_rulebook(book)
        if what_if is not None:
            rulebook = with_what_if(rulebook, what_if)
        flow = Flow(
            code=code,
            activity_bq=parse_activity_bq(activity) if activity else 0.0,
            service_date=day_of(on),
            payer=payer,
            setting=setting,
            locality=locality,
            # Flow itself refuses a channel that is none.
            channel=channel,  # type: ignore[arg-type]
            nights=nights,
            price=_money("--price", price, words),
            contract=contract,
            cover=cover,
            charge=_money("--charge", charge, words),
            discount=discount,
        )
        if as_json:
            emit(_answer(rulebook, flow))
        else:
            show_explained(rulebook, flow, words)

    return rules_explain


def _money(option: str, amount: str, words: Words) -> Decimal | None:
    """An exact amount, zero or more; none if none is given."""
    if not amount:
        return None
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or exact < 0:
        raise UsageError(words("cli.rules_bad_money", option=option, amount=amount))
    return exact


def _answer(book: RuleBook, flow: Flow) -> dict[str, Any]:
    from doseline.rules import balance

    payments = book.pay(flow)
    return {
        "rulebook": book.name,
        "day": str(flow.service_date),
        "currency": book.currency,
        "what_if": list(book.patches),
        "flow": flow_answer(flow),
        "units": book.case(flow).units,
        "payments": [
            {
                "from": one.party_from,
                "to": one.party_to,
                "what": one.what,
                "amount": plain(one.amount),
                "confidence": one.decision.confidence,
                "assumption": one.decision.rests_on_assumption,
                "carried_forward": one.decision.carried_forward,
                "decision": decision_answer(one.decision),
            }
            for one in payments
        ],
        "balance": {party: plain(net) for party, net in balance(payments).items() if net},
        "notes": [
            {"en": note.en, "zh": note.zh}
            for note in dict.fromkeys(note for one in payments for note in one.decision.notes)
        ],
    }
