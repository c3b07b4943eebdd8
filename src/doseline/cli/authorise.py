"""``doseline authorise``: what a payer asks for before a dose, and what a record lacks of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from doseline.cli.errors import UsageError
from doseline.cli.screen import Words, emit, json_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from doseline.authorise.policy import Policy


YEARS = (1900, 2200)
"""Years in which a check makes sense."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def authorise(
        record: Path | None = typer.Argument(
            None,
            metavar=words("cli.authorise_record_metavar"),
            help=words("cli.authorise_record_help"),
        ),
        *,
        policy: str = typer.Option(
            "", "--policy", metavar="PAYER/PRODUCT", help=words("cli.authorise_policy_help")
        ),
        policies: bool = typer.Option(
            False, "--policies", help=words("cli.authorise_policies_help")
        ),
        on: datetime | None = typer.Option(
            None,
            "--on",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help=words("cli.authorise_on_help"),
        ),
        submitted: str = typer.Option(
            "", "--submitted", metavar="INSTANT", help=words("cli.authorise_submitted_help")
        ),
        zone: str = typer.Option(
            "", "--zone", metavar="ZONE", help=words("cli.authorise_zone_help")
        ),
        listings: Path | None = typer.Option(
            None, "--listings", metavar="FILE", help=words("cli.authorise_listings_help")
        ),
        site: str = typer.Option(
            "", "--site", metavar="NAME", help=words("cli.authorise_site_help")
        ),
        product: str = typer.Option(
            "", "--product", metavar="NAME", help=words("cli.authorise_product_help")
        ),
        own: Path | None = typer.Option(
            None, "--own", metavar="FOLDER", help=words("cli.authorise_own_help")
        ),
        values: bool = typer.Option(False, "--values", help=words("cli.authorise_values_help")),
        as_json: bool = json_option(words),
    ) -> None:
        if not policies and (record is None or not policy):
            raise UsageError(words("cli.authorise_which"))
        if (listings is None) != (not site) or (listings is None) != (not product):
            raise UsageError(words("cli.authorise_together"))
        from doseline.authorise.check import check
        from doseline.authorise.clocks import submission
        from doseline.authorise.fhir import read_record
        from doseline.authorise.library import shipped, with_own
        from doseline.cli.authorise_answer import answer_of, listed
        from doseline.cli.authorise_screen import show_answer, show_policies

        library = with_own(own) if own else shipped()
        if policies or record is None:
            found = library.policies()
            if as_json:
                emit({"policies": [listed(one) for one in found], "answer": None})
            else:
                show_policies(found, words)
            return
        chosen = library.policy(policy)
        instant = submission(submitted, zone) if submitted else None
        answer = check(
            read_record(record),
            chosen,
            day=_day(on, instant, words),
            submitted=instant,
            done=_done(listings, site, product, chosen),
        )
        if as_json:
            emit({"policies": [], "answer": answer_of(answer, words, values=values)})
        else:
            show_answer(answer, words, values=values)

    return authorise


def _day(on: datetime | None, submitted: datetime | None, words: Words) -> date:
    """The day that is asked for, else that of submission, else today (UTC)."""
    day = (on or submitted or datetime.now(UTC)).date()
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise UsageError(words("cli.authorise_year", first=YEARS[0], last=YEARS[1]))
    return day


def _done(listings: Path | None, site: str, product: str, policy: Policy) -> dict[str, date]:
    """What the hospital's list says of its steps."""
    from doseline.authorise.steps import read_listings

    if listings is None:
        return {}
    return read_listings(listings, site=site, product=product, steps=policy.payer.steps)
