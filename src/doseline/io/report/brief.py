"""The brief: the result on two pages of paper."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from markupsafe import Markup

from doseline.io.report.charts.map_tables import area_names, share_text
from doseline.io.report.charts.money import money_totals
from doseline.io.report.charts.quarters import overview_map
from doseline.io.report.charts.values import value_rows
from doseline.io.report.charts.waterfall import waterfall_figure
from doseline.io.report.cohort import cohort_of
from doseline.io.report.headline import (
    assumption_rows,
    binds,
    came_out,
    doubt,
    frame,
    headline,
    input_name,
    most_valuable,
)
from doseline.io.report.numbers import NOTHING, day, hundredth, percent, plain
from doseline.io.report.parts import Cell, Row, Table, number_column, records, span, text_column
from doseline.io.report.privacy import Privacy
from doseline.io.report.render import render
from doseline.io.report.words import Word, either, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.result import RunResult

_AREAS = 8
_INPUTS = 6
_CHANGES = 5
_LIMITS = ("seeds", "aggregated", "assumed", "small", "no_device")


def render_brief(result: RunResult, *, language: str = "en") -> str:
    """The brief as one HTML file of two sheets; the same input, the same bytes.

    Args:
        result: The answer of the run.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    privacy = Privacy()
    cohort = cohort_of(result, privacy)
    settings = result.network.settings
    return render(
        "brief",
        language=language,
        title=word("brief.title", network=either(settings.name, settings.name_zh)),
        about=word(
            "text.about_run",
            start=day(settings.cohort_start),
            weeks=settings.cohort_weeks,
            plan_week=day(settings.plan_week),
        ),
        tiles=headline(result, cohort, privacy).tiles,
        said=[came_out(result, cohort, privacy), binds(cohort)],
        waterfall=waterfall_figure(cohort, privacy),
        map=overview_map(result, privacy),
        areas=_areas_table(result, privacy),
        money=money_totals(frame(result, "money"), settings.currency),
        inputs=_inputs_table(result),
        changes=_changes_table(result),
        verdict=most_valuable(value_rows(frame(result, "values"))),
        rests=word("headline.rests", share=percent(result.assumption_share, 0)),
        limits=[word(f"brief.limit_{key}", smallest=privacy.smallest) for key in _LIMITS],
        provenance=_provenance(result),
        version=result.provenance.get("doseline", ""),
    )


def _areas_table(result: RunResult, privacy: Privacy) -> Table:
    """The states or provinces with most people: share in time, and what binds."""
    names = area_names(result.network)
    columns = ("part_of", "eligible", "in_time", "share", "link")
    rows = [
        row
        for row in records(frame(result, "areas"), columns)
        if row["share"] is not None and not privacy.hides(row["eligible"])
    ]
    rows.sort(key=lambda row: (-row["eligible"], row["part_of"]))
    return Table(
        caption=word("brief.areas"),
        columns=[
            text_column("part_of"),
            number_column("eligible"),
            number_column("share_in_time"),
            text_column("main_link"),
        ],
        rows=[
            [
                names.get(row["part_of"], same(row["part_of"])),
                same(plain(row["eligible"])),
                same(share_text(row, privacy)),
                label("link", row["link"]),
            ]
            for row in rows[:_AREAS]
        ],
    )


def _inputs_table(result: RunResult) -> Table:
    """Inputs whose assumed part moves the result most."""
    rows = sorted(assumption_rows(result), key=lambda row: -doubt(row))
    told = islice((row for row in rows if doubt(row) > 0), _INPUTS)
    return Table(
        caption=word("brief.inputs"),
        columns=[
            text_column("input"),
            number_column("effect"),
            number_column("assumed"),
            text_column("evidence"),
        ],
        rows=[
            [
                input_name(row["input"]),
                same(plain(row["effect"], 2)),
                same(hundredth(row["assumed"], 0)),
                _short(either(row["title"] or row["evidence"] or NOTHING, row["title_zh"])),
            ]
            for row in told
        ],
    )


def _short(title: Word) -> Word:
    """A title that fits on one or two lines."""
    return Word(_cut(title.en, 84), _cut(title.zh, 44))


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    # A word is not cut in two.
    return f"{kept.rpartition(' ')[0] if ' ' in kept[length // 2 :] else kept}…"


def _changes_table(result: RunResult) -> Table:
    """What one unit more of a link is worth, the most first."""
    rows = value_rows(frame(result, "values"))[:_CHANGES]
    currency = result.network.settings.currency
    return Table(
        caption=word("brief.changes"),
        columns=[
            text_column("link"),
            text_column("unit"),
            text_column("at"),
            number_column("gained"),
            number_column("interval"),
            number_column("money", currency=currency),
        ],
        rows=[_change(row) for row in rows],
    )


def _change(row: Row) -> Sequence[Cell]:
    return [
        label("link", row["link"]),
        label("unit", row["unit"]),
        same(row["at"] or NOTHING),
        same(plain(row["patients"], 1)),
        span(row["low"], row["high"], 1),
        same(plain(row["money"])),
    ]


def _provenance(result: RunResult) -> Markup:
    """What made the result, in one line."""
    facts = result.provenance
    names = ("doseline", "nuclides", "rulebook", "seed", "replications", "solver")
    told = [(label("provenance", name), str(facts[name])) for name in names if name in facts]
    told += [
        (label("provenance", "network_sha256"), str(facts.get("network_sha256", ""))[:16]),
        (label("provenance", "plan_gap"), percent(result.plan.gap, 3)),
    ]
    return Markup(" · ").join(Markup("{}: {}").format(name, value) for name, value in told)
