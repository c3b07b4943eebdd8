"""From eligible to in time: the ledger as a waterfall."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import MINUS, plain
from doseline.io.report.parts import Figure, Table, number_column, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.cohort import Cohort
    from doseline.io.report.privacy import Privacy

Step = tuple[Word, float, str]
"""What it is called, how much is lost in it, and the role of its colour."""


def waterfall_figure(cohort: Cohort, privacy: Privacy) -> Figure | None:
    """The losses one below the other, upstream first; small links are one bar."""
    in_time, still_open = cohort.of("in_time"), cohort.of("open")
    if in_time is None or cohort.eligible < privacy.smallest:
        return None
    steps = [
        (label("link", group.key), group.people, "loss")
        for group in cohort.links
        if group.shown and group.people > 0
    ]
    rest = cohort.small + sum(
        group.people for group in (in_time, still_open) if group and not group.shown
    )
    if rest:
        steps.append((word("link.small"), rest, "loss"))
    if still_open and still_open.shown and still_open.people:
        steps.append((label("class", "open"), still_open.people, "open"))
    title = word("chart.waterfall")
    drawn = hanging(word("axis.eligible"), cohort.eligible, steps)
    if in_time.shown:
        text = same(plain(in_time.people))
        name = label("class", "in_time")
        drawn.append(Bar(label=name, end=in_time.people, text=text, role="good"))
    return Figure(
        key="waterfall",
        title=title,
        svg=bars(drawn, axis=word("axis.patients"), key="waterfall", title=title),
        tables=[_table(drawn, title)],
        notes=[word("chart.waterfall_desc")],
        define="link_patients",
    )


def hanging(whole: Word, total: float, steps: Sequence[Step]) -> list[Bar]:
    """The whole, then each loss hung where the one before it ended."""
    levels = list(accumulate((-size for _, size, _ in steps), initial=total))
    first = Bar(label=whole, end=total, text=same(plain(total)), role="sum")
    return [
        first,
        *(
            Bar(
                label=name, start=top - size, end=top, text=same(f"{MINUS}{plain(size)}"), role=role
            )
            for (name, size, role), top in zip(steps, levels[:-1], strict=True)
        ),
    ]


def _table(drawn: Sequence[Bar], title: Word) -> Table:
    return Table(
        caption=title,
        columns=[text_column("link"), number_column("patients", "link_patients")],
        rows=[[bar.label, bar.text] for bar in drawn if bar.text],
    )
