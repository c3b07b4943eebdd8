"""The page of simulated years: who is in time, who waits, what is lost where, and how it was made."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.simulate import Line, line_figure
from doseline.io.report.numbers import day, plain
from doseline.io.report.parts import Figure, Section
from doseline.io.report.privacy import Privacy
from doseline.io.report.render import render
from doseline.io.report.simulate_delays import delays_figure, delays_told
from doseline.io.report.simulate_gains import gains_figures, products_told
from doseline.io.report.simulate_groups import groups_figure, shown_groups
from doseline.io.report.simulate_money import money_figures, parties_told
from doseline.io.report.simulate_months import waiting_figures
from doseline.io.report.simulate_scenarios import scenarios_figure
from doseline.io.report.simulate_stress import stress_table
from doseline.io.report.simulate_tables import (
    DRAWN,
    View,
    classes_table,
    drawn_note,
    endings_table,
    few,
    links_table,
    people_shown,
    percent_span,
    quarters_table,
    scenarios_table,
    span,
    supply_table,
    years_table,
)
from doseline.io.report.simulate_tiles import tiles
from doseline.io.report.simulate_use import use_figures
from doseline.io.report.words import Word, either, label, same, word
from doseline.model.ledger import CLINICAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.io.report.parts import Row
    from doseline.model.network import Network
    from doseline.model.simulated import Number, SimulatedYears

_DEFINED = (
    *("share", "eligible", "patients", "doses", "days"),
    *("waiting", "delay", "group", "gains", "money", "use"),
    *("scenario", "difference", "interval"),
)
_LINKS = 4
"""Links that one picture shows."""


def render_simulated(network: Network, found: SimulatedYears, *, language: str = "en") -> str:
    """The years as one HTML file, complete in itself; the same input, the same bytes.

    Args:
        network: The network, for names.
        found: What is known of its years.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    view = View(network=network, found=found, privacy=Privacy())
    settings = network.settings
    return render(
        "simulate",
        language=language,
        title=word("simulate.title", network=either(settings.name, settings.name_zh)),
        about=word(
            "simulate.about",
            start=day(found.start),
            end=day(found.cohort_end),
            horizon=day(found.horizon),
            patients=plain(found.patients),
            replications=plain(found.replications),
        ),
        tiles=tiles(view),
        sentences=_sentences(view),
        guarded=word("simulate.guarded", smallest=view.privacy.smallest),
        sections=_sections(view),
        definitions=[_defined(key) for key in _DEFINED],
        version=version("doseline"),
    )


def _defined(key: str) -> tuple[str, Word, Word]:
    return key, word(f"simulate_define.{key}_term"), word(f"simulate_define.{key}")


def _sentences(view: View) -> list[Word]:
    found = view.found
    if few(view):
        return [word("simulate.say_few", smallest=view.privacy.smallest), *_always(found)]
    share = found.number(found.base, "share", "in_time")
    sentences = [word("simulate.headline", share=_headline(share))]
    if found.half is None:
        sentences.append(word("simulate.say_one"))
    elif found.precision is not None and not found.precise:
        sentences.append(
            word(
                "simulate.say_not_precise",
                half=plain(100 * found.half, 2),
                precision=plain(found.precision, 2),
            )
        )
    return [*sentences, *_always(found)]


def _always(found: SimulatedYears) -> list[Word]:
    return [word("simulate.say_warm", weeks=found.warm_up_weeks), word("simulate.say_model")]


def _headline(share: Number | None) -> Word:
    return same("–") if share is None else percent_span(share.mean, share.half)


def _sections(view: View) -> list[Section]:
    several = len(view.found.names) > 1
    sections = [
        Section(
            key="simulate_share",
            # Of fewer people, no year is drawn.
            figures=[] if few(view) else [_share_figure(view)],
            tables=[classes_table(view)],
        ),
        *([_compared(view)] if several else []),
        _waiting(view),
        Section(
            key="simulate_lost",
            figures=[_lost_figure(view), *_losing_figure(view)],
            tables=[endings_table(view)],
        ),
        _groups(view),
        _gains(view),
        _money(view),
        Section(key="simulate_use", figures=use_figures(view), tables=[supply_table(view)]),
        Section(
            key="simulate_method",
            say=[word("simulate.say_stress")],
            tables=[
                stress_table(view, version("doseline")),
                *([] if several else [scenarios_table(view)]),
            ],
        ),
    ]
    return [one for one in sections if one.say or not one.empty]


def _compared(view: View) -> Section:
    figures = [scenarios_figure(view)]
    return Section(key="simulate_scenarios", say=[word("simulate.say_common")], figures=figures)


def _waiting(view: View) -> Section:
    figures, delays = waiting_figures(view), delays_told(view)
    none = not any(figure.key == "simulate-waiting" for figure in figures)
    say = [word("simulate.say_few_wait")] if none else []
    slow = [delays_figure(delays)] if delays else []
    return Section(key="simulate_waiting", say=say, figures=[*figures, *slow])


def _groups(view: View) -> Section:
    groups = shown_groups(view)
    return Section(key="simulate_groups", figures=[groups_figure(view, groups)] if groups else [])


def _gains(view: View) -> Section:
    products = products_told(view)
    return Section(key="simulate_gains", figures=gains_figures(view, products))


def _money(view: View) -> Section:
    parties = parties_told(view)
    return Section(key="simulate_money", figures=money_figures(view, parties) if parties else [])


def _share_figure(view: View) -> Figure:
    """Share in time by calendar year."""
    eligible = {
        row["when"]: row["mean"] for row in view.dated("patients") if row["of"] == "eligible"
    }
    lines = []
    for name in view.found.names[:DRAWN]:
        rows = [
            row
            for row in view.dated("share", scenario=name)
            if not view.privacy.hides(eligible[row["when"]])
        ]
        lines.append(Line(name=same(name), points=_points(rows, 100.0, 100.0)))
    title = word("simulate.share_by_year")
    return line_figure(
        lines,
        key="simulate-share",
        title=title,
        axis=word("simulate.axis_share"),
        tables=[years_table(view)],
        notes=[word("simulate.note_share"), *drawn_note(view)],
        define="share",
        yearly=True,
    )


def _lost_figure(view: View) -> Figure:
    """Patients lost by link."""
    title = word("simulate.lost")
    drawn = [
        Bar(
            label=label("link", row["of"]),
            end=row["mean"],
            low=None if row["half"] is None else max(row["mean"] - row["half"], 0.0),
            high=None if row["half"] is None else row["mean"] + row["half"],
            text=span(row["mean"], row["half"]),
            role="loss",
        )
        for row in people_shown(view)
    ]
    axis = word("simulate.axis_patients")
    return Figure(
        key="simulate-lost",
        title=title,
        svg=bars(drawn, axis=axis, key="simulate-lost", title=title),
        tables=[links_table(view)],
        notes=[word("simulate.note_lost")],
        define="patients",
    )


def _losing_figure(view: View) -> list[Figure]:
    """The links that lose most, quarter by quarter."""
    people = {row["when"]: row["mean"] for row in view.dated("quarter")}
    shown = [when for when, count in people.items() if not view.privacy.hides(count)]
    if len(shown) < 2:
        return []
    rows = [row for row in view.dated("lost_share") if row["when"] in shown]
    lines = [
        Line(
            name=label("link", one["of"]),
            points=_points([row for row in rows if row["of"] == one["of"]], 100.0, 100.0),
        )
        for one in people_shown(view)
        if one["of"] != CLINICAL
    ]
    lines.sort(key=lambda line: -max(mean for _, mean, _, _ in line.points))
    return [
        line_figure(
            lines[:_LINKS],
            key="simulate-losing",
            title=word("simulate.losing"),
            axis=word("simulate.axis_lost"),
            tables=[quarters_table(view, shown)],
            notes=[word("simulate.note_losing")],
            define="patients",
        )
    ]


def _points(
    rows: Sequence[Row], times: float, most: float | None
) -> list[tuple[date, float, float, float]]:
    """Day, mean, low and high of rows; an interval ends where the measure does."""
    points = []
    for row in rows:
        mean, half = times * row["mean"], times * (row["half"] or 0.0)
        high = mean + half if most is None else min(mean + half, most)
        points.append((row["when"], mean, max(mean - half, 0.0), high))
    return points
