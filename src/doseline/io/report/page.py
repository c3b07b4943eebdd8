"""The page: sections put together, and rendered once for both languages and both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report import lists
from doseline.io.report.charts.classes import classes_figure
from doseline.io.report.charts.curve import curve_figure
from doseline.io.report.charts.decay import decay_figures
from doseline.io.report.charts.doses import doses_figure
from doseline.io.report.charts.gantt import gantt_figure
from doseline.io.report.charts.map import map_figure
from doseline.io.report.charts.money import money_figure
from doseline.io.report.charts.quarters import quarter_figures
from doseline.io.report.charts.values import values_figure
from doseline.io.report.charts.waterfall import waterfall_figure
from doseline.io.report.charts.weeks import week_rows, weeks_figures
from doseline.io.report.cohort import Cohort, cohort_of
from doseline.io.report.definitions import definitions, quantities_table
from doseline.io.report.dose_money import dose_money_table
from doseline.io.report.headline import frame, headline
from doseline.io.report.numbers import day, percent, plain
from doseline.io.report.parts import Figure, Section, records
from doseline.io.report.privacy import SMALLEST_SHARED, Privacy
from doseline.io.report.render import render
from doseline.io.report.rests import rules_tables
from doseline.io.report.words import Word, either, label, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.report.parts import Table
    from doseline.model.flows import Note
    from doseline.model.result import RunResult

_INTERVALS_IN_W = 2


def render_report(
    result: RunResult, *, language: str = "en", smallest_group: int = SMALLEST_SHARED
) -> str:
    """The report of a run as one HTML file, complete in itself; the same input, the same bytes.

    Args:
        result: The answer of the run.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.
        smallest_group: People a group must have to be shown; under 11, the page warns that it
            may not be shared.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    privacy = Privacy(smallest_group)
    cohort = cohort_of(result, privacy)
    settings = result.network.settings
    return render(
        "report",
        language=language,
        title=word("text.title", network=either(settings.name, settings.name_zh)),
        about=_about(result),
        headline=headline(result, cohort, privacy),
        sections=_sections(result, cohort, privacy),
        definitions=definitions(result.network, privacy),
        quantities=quantities_table(result.network),
        privacy=privacy,
        shared=smallest_group >= SMALLEST_SHARED,
        version=result.provenance.get("doseline", ""),
    )


def _about(result: RunResult) -> Word:
    settings = result.network.settings
    return word(
        "text.about_run",
        start=day(settings.cohort_start),
        weeks=settings.cohort_weeks,
        plan_week=day(settings.plan_week),
    )


def _sections(result: RunResult, cohort: Cohort, privacy: Privacy) -> list[Section]:
    """Every section in its order."""
    currency = result.network.settings.currency
    names = _product_names(result)
    values = values_figure(frame(result, "values"), currency)
    return [
        Section(
            key="classes",
            say=[word("say.classes")],
            figures=_some(classes_figure(cohort, privacy)),
        ),
        Section(
            key="ledger",
            say=[word("say.ledger")],
            figures=_some(waterfall_figure(cohort, privacy)),
            tables=_filled(lists.ledger_table(cohort, privacy, currency)),
        ),
        Section(
            key="values",
            say=[word("say.values" if values else "say.values_none")],
            figures=_some(values),
        ),
        Section(
            key="curve",
            figures=_some(_curve(result, cohort, names)),
        ),
        _quarters(result, privacy),
        Section(key="map", figures=_some(map_figure(result, privacy))),
        Section(key="week", figures=_some(gantt_figure(result, privacy))),
        Section(
            key="doses",
            figures=[
                *_some(doses_figure(frame(result, "doses"), privacy)),
                *decay_figures(frame(result, "decay"), names),
            ],
        ),
        Section(
            key="money",
            say=[word("say.money")],
            figures=_some(money_figure(result, frame(result, "money"), currency)),
            tables=[*_filled(dose_money_table(result, privacy)), *rules_tables(result)],
        ),
        Section(
            key="weeks",
            say=[_which_week(result)],
            figures=weeks_figures(frame(result, "weeks"), names, privacy),
        ),
        *_proof_sections(result, privacy),
    ]


def _proof_sections(result: RunResult, privacy: Privacy) -> list[Section]:
    """The sections that say what the result rests on."""
    plan = result.plan
    status = word("say.plan", status=label("status", plan.status), solver=plan.solver or "—")
    share = percent(result.assumption_share, 0)
    return [
        Section(
            key="plan",
            say=[status, word("say.rounds", count=result.rounds), *map(_note, plan.notes)],
            tables=lists.plan_tables(result, privacy),
        ),
        Section(
            key="findings",
            say=[] if result.findings else [word("say.findings_none")],
            tables=_filled(lists.findings_table(result.findings)),
        ),
        Section(
            key="assumptions",
            say=[word("say.assumptions", share=share)],
            tables=_filled(lists.assumptions_table(result)),
        ),
        Section(
            key="sources",
            say=[word("say.sources")],
            tables=_filled(lists.sources_table(result)),
        ),
        Section(
            key="provenance",
            tables=[*_filled(lists.provenance_table(result)), *lists.settings_tables(result)],
        ),
    ]


def _note(note: Note) -> Word:
    return word(f"note.{note.key}", **note.values)


def _quarters(result: RunResult, privacy: Privacy) -> Section:
    """What binds by place and quarter, or that every group is too small."""
    figures = quarter_figures(result, privacy)
    said = "say.quarters" if figures else "say.quarters_none"
    return Section(key="quarters", say=[word(said, smallest=privacy.smallest)], figures=figures)


def _curve(result: RunResult, cohort: Cohort, names: Mapping[str, Word]) -> Figure | None:
    """The curve, unless its steps would show how few people are treated."""
    in_time = cohort.of("in_time")
    if in_time is None or not in_time.shown:
        return None
    return curve_figure(frame(result, "curve"), names, _limits(result))


def _some(figure: Figure | None) -> Sequence[Figure]:
    return () if figure is None else (figure,)


def _filled(table: Table) -> Sequence[Table]:
    return (table,) if table.rows else ()


def _product_names(result: RunResult) -> dict[str, Word]:
    rows = records(result.network.frame("products"), ("product", "name", "name_zh"))
    return {row["product"]: either(row["name"], row["name_zh"]) for row in rows}


def _limits(result: RunResult) -> dict[str, int]:
    """W of each product: stated, or two label intervals. [d]"""
    names = ("product", "in_time_days", "interval_days")
    return {
        row["product"]: row["in_time_days"] or _INTERVALS_IN_W * row["interval_days"]
        for row in records(result.network.frame("products"), names)
    }


def _which_week(result: RunResult) -> Word:
    weeks = {row["week"]: row["method"] for row in week_rows(frame(result, "weeks"))}
    others = sum(1 for method in weeks.values() if method != "exact")
    return word("say.weeks", week=day(result.plan.week), count=plain(others))
