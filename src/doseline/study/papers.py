"""What a planned week leaves behind: the folder that can be read back, and what people print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.plans import write_plan
from doseline.io.plansheets import FOLDER, WORKBOOK, sheets_workbook, write_tables
from doseline.io.report import render_lists, render_plan, render_replan
from doseline.io.report.charts.robust import robust_section
from doseline.io.report.plan_lists import LISTS
from doseline.io.report.printed_lists import lists_of
from doseline.io.report.replan_page import REPLAN
from doseline.io.results import REPORT
from doseline.io.tables import write_parquet
from doseline.study.calls import calls_of
from doseline.study.sheets import sheets_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doseline.io.report.parts import Section
    from doseline.model.network import Network
    from doseline.model.planned import PlannedWeek
    from doseline.model.replanned import Replanned
    from doseline.model.robust import RobustCurve
    from doseline.model.sheets import Sheets
    from doseline.study.reference import Reference


def write_papers(
    planned: PlannedWeek,
    reference: Reference,
    fresh: Path,
    *,
    language: str = "en",
    curve: RobustCurve | None = None,
) -> None:
    """Write a planned week with its lists, its workbook and its pages into an empty folder.

    Args:
        planned: The week.
        reference: Half-lives and transport limits.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.
        language: Of the workbook's headings, and the one in which pages open.
        curve: The hedged plans that this one was chosen from, for a section of its page.
    """
    write_plan(planned, fresh)
    more = [] if curve is None else [robust_section(curve, planned.network.settings.currency)]
    _write_lists(planned, sheets_of(planned, reference), fresh, language=language, more=more)


def write_replan_papers(
    replanned: Replanned,
    before: PlannedWeek,
    after: PlannedWeek,
    reference: Reference,
    fresh: Path,
    *,
    language: str = "en",
    folder: Path | None = None,
) -> None:
    """Write a week planned again as :func:`write_papers` does, and the page that says what to do.

    ``replan.html`` is that page, ``sheets/changes.parquet`` and ``sheets/calls.parquet`` its tables.

    Args:
        replanned: What changed.
        before: The week as it was planned.
        after: The week as it is planned now.
        reference: Half-lives and transport limits.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.
        language: Of the workbook's headings, and the one in which pages open.
        folder: Where the week was read as it was planned; what it keeps of the network is copied.
    """
    write_plan(after, fresh, like=folder if _alike(before.network, after.network) else None)
    sheets = sheets_of(after, reference)
    _write_lists(after, sheets, fresh, language=language)
    calls = calls_of(replanned, sheets_of(before, reference), sheets)
    page = render_replan(replanned, before.plan, calls, language=language)
    (fresh / REPLAN).write_text(page, encoding="utf-8", newline="\n")
    write_parquet({"changes": replanned.changes, "calls": calls}, fresh / FOLDER)


def _alike(one: Network, other: Network) -> bool:
    """Whether two networks have the same settings and tables."""
    return one.settings == other.settings and all(
        frame is other.frames[name] or frame.equals(other.frames[name])
        for name, frame in one.frames.items()
    )


def _write_lists(
    planned: PlannedWeek,
    sheets: Sheets,
    fresh: Path,
    *,
    language: str,
    more: Sequence[Section] = (),
) -> None:
    """Write the lists of a week as tables, workbook and pages."""
    write_tables(sheets, fresh)
    workbook = sheets_workbook(planned, sheets, language=language)
    (fresh / WORKBOOK).write_bytes(workbook)
    lists = lists_of(sheets)
    pages = {
        REPORT: render_plan(planned, sheets, lists, language=language, more=more),
        LISTS: render_lists(planned, lists, language=language),
    }
    for name, page in pages.items():
        (fresh / name).write_text(page, encoding="utf-8", newline="\n")
