"""What became of the patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import NOTHING, hundredth, percent, plain
from doseline.io.report.parts import Figure, Table, number_column, span, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from doseline.io.report.cohort import Cohort, Group
    from doseline.io.report.privacy import Privacy

_ROLES = {"in_time": "good", "late": "loss", "never": "loss", "clinical_exit": "open"}


def classes_figure(cohort: Cohort, privacy: Privacy) -> Figure | None:
    """The classes as bars, or nothing where there is no cohort."""
    if not cohort.classes:
        return None
    title = word("chart.classes")
    drawn = [_bar(group, cohort, privacy) for group in cohort.classes]
    return Figure(
        key="classes",
        title=title,
        svg=bars(drawn, axis=word("axis.patients"), key="classes", title=title),
        tables=[_table(cohort, privacy, title)],
        define="cohort",
    )


def _bar(group: Group, cohort: Cohort, privacy: Privacy) -> Bar:
    name = label("class", group.key)
    role = _ROLES.get(group.key, "open")
    if not group.shown:
        return Bar(label=name, end=0.0, text=privacy.blank, role=role)
    share = percent(group.people / cohort.eligible) if cohort.eligible else ""
    return Bar(
        label=name,
        end=group.people,
        low=group.low,
        high=group.high,
        text=same(f"{plain(group.people)} ({share})"),
        role=role,
    )


def _table(cohort: Cohort, privacy: Privacy, title: Word) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("class"),
            number_column("patients", "episode"),
            number_column("interval", "interval"),
            number_column("share_cohort", "cohort"),
        ],
        rows=[
            [
                label("class", group.key),
                privacy.shown(group.people, shown=group.shown),
                span(group.low, group.high) if group.shown else same(NOTHING),
                same(hundredth(group.people / cohort.eligible)) if group.shown else same(NOTHING),
            ]
            for group in cohort.classes
        ],
    )
