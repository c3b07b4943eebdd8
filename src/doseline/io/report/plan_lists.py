"""The page of all lists to print: one list each, on paper of its own."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from doseline.io.report.numbers import NOTHING, day
from doseline.io.report.printed import KINDS
from doseline.io.report.render import render
from doseline.io.report.words import either, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.printed import Sheet
    from doseline.model.planned import PlannedWeek

LISTS = "sheets.html"


def render_lists(planned: PlannedWeek, lists: Sequence[Sheet], *, language: str = "en") -> str:
    """All lists of a planned week as one HTML file; each is printed alone once it is opened.

    Args:
        planned: The week.
        lists: Of :func:`doseline.io.report.printed_lists.lists_of`.
        language: The language that is shown first; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    settings = planned.network.settings
    return render(
        "planlists",
        language=language,
        title=word("planlists.title", network=either(settings.name, settings.name_zh)),
        week=word("planlists.week", week=day(planned.plan.week)),
        stamp=word("planlists.stamp", digest=planned.network.digest[:12] or NOTHING),
        groups=[
            (
                word(f"planlists.kind_{kind}"),
                word(f"planlists.kind_one_{kind}"),
                [one for one in lists if one.kind == kind],
            )
            for kind in KINDS
        ],
        version=version("doseline"),
    )
