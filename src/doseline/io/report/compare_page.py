"""The page that sets results side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.report.charts.compared import (
    curves_figure,
    ledger_figure,
    places_figure,
    sample,
)
from doseline.io.report.cohort import cohort_of
from doseline.io.report.compare_change import change_figures
from doseline.io.report.compare_tables import (
    View,
    assumptions_table,
    differs_table,
    ledger_table,
    money_table,
    moved_table,
    per_patient_table,
    signed,
)
from doseline.io.report.definitions import general_definitions
from doseline.io.report.headline import Sentence, Tile, binds
from doseline.io.report.numbers import percent, plain
from doseline.io.report.parts import Row, Section
from doseline.io.report.privacy import Privacy
from doseline.io.report.render import render
from doseline.io.report.words import Word, label, same, word
from doseline.model.ledger import CLASSES, LINKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from doseline.io.report.cohort import Cohort, Group
    from doseline.io.report.parts import Figure, Table
    from doseline.model.comparison import Comparison, Stored

_DEFINED = (
    *("eligible", "cohort", "in_time", "late", "never", "clinical_exit", "open", "w", "interval"),
    *("of_eligible", "difference", "link_patients", "binding", "link", "money", "per_patient"),
    *("assumed", "effect", "evidence", "digest", "small"),
)
"""Definitions that the page leads to, besides those of the links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A result in short."""

    tag: str
    name: Word
    sample: Markup
    tiles: Sequence[Tile]
    sentences: Sequence[Sentence]


def render_comparison(comparison: Comparison, *, language: str = "en") -> str:
    """The comparison as one HTML file, complete in itself; the same input, the same bytes.

    Args:
        comparison: The results side by side.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    privacy = Privacy()
    told = dict(zip(comparison.tags, comparison.results, strict=True))
    view = View(
        comparison=comparison,
        cohorts={tag: cohort_of(one, privacy) for tag, one in told.items()},
        names={tag: called(tag, one, comparison) for tag, one in told.items()},
        privacy=privacy,
    )
    return render(
        "compare",
        language=language,
        title=_title(comparison, view.names),
        about=word("compare.about_paired" if comparison.paired else "compare.about_apart"),
        cards=[_card(view, tag) for tag in view.tags],
        sections=_sections(view),
        definitions=general_definitions(privacy, _DEFINED),
        privacy=privacy,
        version=comparison.results[0].provenance.get("doseline", ""),
    )


def called(tag: str, one: Stored, comparison: Comparison) -> Word:
    """The letter and name of a result; its folder where the names are the same."""
    if len({other.name for other in comparison.results}) < len(comparison.results):
        return same(f"{tag} · {one.folder}")
    return Word(f"{tag} · {one.name}", f"{tag} · {one.name_zh}")


def _title(comparison: Comparison, names: Mapping[str, Word]) -> Word:
    first = comparison.results[0]
    if comparison.paired:
        return word("compare.title_paired", network=Word(first.name, first.name_zh))
    several = list(names.values())
    return Word(" | ".join(one.en for one in several), " | ".join(one.zh for one in several))


def _card(view: View, tag: str) -> Card:
    headline = view.comparison.frames["headline"].iter_rows(named=True)
    row = next(row for row in headline if row["result"] == tag)
    number = view.tags.index(tag)
    return Card(
        tag=tag,
        name=view.names[tag],
        sample=sample(number),
        tiles=[
            *_share_tiles(row, view.cohorts[tag], view.privacy),
            Tile(
                name=word("headline.assumed"),
                value=same(percent(row["assumption_share"], 0)),
                about=word("headline.assumed_about"),
                define="assumed",
            ),
        ],
        sentences=[
            Sentence(text=binds(view.cohorts[tag]), section="ledger"),
            Sentence(text=_week(view.comparison.results[number]), section="money"),
        ],
    )


def _share_tiles(row: Row, cohort: Cohort, privacy: Privacy) -> list[Tile]:
    group = cohort.of("in_time")
    name = word("headline.share")
    if group is None or not group.shown or privacy.hides(cohort.eligible):
        about = word("headline.hidden_about")
        return [Tile(name=name, value=privacy.blank, about=about, define="in_time")]
    tiles = [
        Tile(
            name=name,
            value=same(percent(row["share"])),
            about=word(
                "headline.share_about",
                eligible=plain(cohort.eligible),
                low=percent(row["low"]),
                high=percent(row["high"]),
            ),
            define="in_time",
        )
    ]
    if row["difference"] is not None:
        ends = {name: signed(row[f"diff_{name}"], 1) for name in ("low", "high")}
        tiles.append(
            Tile(
                name=word("compare.against_first"),
                value=word("compare.points", points=signed(row["difference"], 1)),
                about=word("compare.points_about", **ends),
                define="difference",
            )
        )
    return tiles


def _week(one: Stored) -> Word:
    plan = one.summary["plan"]
    return word(
        "compare.week", week=plan["week"], orders=plain(plan["orders"]), currency=one.currency
    )


def _sections(view: View) -> list[Section]:
    frames, names, paired = view.comparison.frames, view.names, view.comparison.paired
    shown = {tag: name for tag, name in names.items() if _in_time_shown(view.cohorts[tag])}
    places = places_figure(frames["areas"], names, view.privacy, together=paired)
    ledger = ledger_figure(_bars(view), list(names.values()), ledger_table(view))
    return [
        Section(key="compare_ledger", say=[word("compare.say_ledger")], figures=[ledger]),
        Section(
            key="compare_curve",
            figures=[*_some(curves_figure(frames["curve"], shown)), *change_figures(view)],
        ),
        Section(
            key="compare_places",
            figures=_some(places),
            tables=_filled(moved_table(view)) if paired else (),
        ),
        Section(
            key="compare_money",
            say=[word("compare.say_money")],
            tables=[*_filled(per_patient_table(view)), *_filled(money_table(view))],
        ),
        Section(key="compare_assumptions", tables=_filled(assumptions_table(view))),
        Section(
            key="compare_differs",
            say=[word("compare.say_differs")],
            tables=_filled(differs_table(view)),
        ),
    ]


def _in_time_shown(cohort: Cohort) -> bool:
    group = cohort.of("in_time")
    return group is not None and group.shown


def _bars(view: View) -> list[tuple[Word, list[float | None]]]:
    """Share of the eligible treated in time, lost at each link, and open."""
    in_time, still_open = (
        (
            label("class", key),
            [_share(view.cohorts[tag], view.cohorts[tag].of(key)) for tag in view.tags],
        )
        for key in (CLASSES[0], CLASSES[-1])
    )
    links = []
    for number, group in enumerate(view.cohorts[view.tags[0]].links):
        shares = [_share(view.cohorts[tag], view.cohorts[tag].links[number]) for tag in view.tags]
        links.append((_numbered(number, label("link", group.key)), shares))
    return [in_time, *links, still_open]


def _share(cohort: Cohort, group: Group | None) -> float | None:
    """Share of the eligible, if it may be shown."""
    return group.people / max(cohort.eligible, 1) if group is not None and group.shown else None


def _numbered(number: int, name: Word) -> Word:
    """A link with its number; the clinical exits, which are last, have none."""
    return (
        name if number >= len(LINKS) else Word(f"{number + 1} {name.en}", f"{number + 1} {name.zh}")
    )


def _some(figure: Figure | None) -> Sequence[Figure]:
    return () if figure is None else (figure,)


def _filled(table: Table) -> Sequence[Table]:
    return (table,) if table.rows else ()
