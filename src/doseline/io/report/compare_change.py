"""What moved between the first result and each of the others, class by class and link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.compare_tables import View, group_of, signed
from doseline.io.report.parts import Figure, Table, number_column, span, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from doseline.io.report.parts import Row

_GAINS = ("in_time",)
"""Of which more is better; of all others fewer."""
_SMALLEST = 0.05
"""A difference smaller than this is none. [people]"""

_Change = tuple[str, str, "Row"]


def change_figures(view: View) -> list[Figure]:
    """For each result that is paired with the first, its differences as bars with intervals."""
    told = [(tag, [one for one in _rows(view, tag) if _moved(one[2])]) for tag in view.others]
    return [_figure(view, tag, rows) for tag, rows in told if rows]


def _figure(view: View, tag: str, rows: list[_Change]) -> Figure:
    key = f"change-{tag}"
    name, about = view.names[tag], word("compare.change")
    title = Word(f"{name.en}. {about.en}", f"{name.zh}。{about.zh}")
    drawn = [_bar(kind, one, row) for kind, one, row in rows]
    table = Table(
        caption=title,
        columns=[
            text_column("class_or_link", "link"),
            number_column("difference_of", "difference", name=tag),
            number_column("interval", "difference"),
        ],
        rows=[
            [
                label(kind, one),
                same(signed(row["difference"], 1)),
                span(row["diff_low"], row["diff_high"], 1),
            ]
            for kind, one, row in rows
        ],
    )
    return Figure(
        key=key,
        title=title,
        svg=bars(drawn, axis=word("compare.change_axis"), key=key, title=title),
        tables=[table],
        define="difference",
    )


def _rows(view: View, tag: str) -> list[_Change]:
    """In time, each link, and open, as far as both results may show them."""
    frames = view.comparison.frames
    keys = [("class", "in_time")]
    keys += [("link", group.key) for group in view.cohorts[tag].links]
    keys.append(("class", "open"))
    found = {
        (kind, row[kind]): row
        for kind, frame in (("class", frames["classes"]), ("link", frames["links"]))
        for row in frame.filter(result=tag).iter_rows(named=True)
    }
    return [
        (kind, key, found[kind, key])
        for kind, key in keys
        if all(_is_shown(view, one, kind, key) for one in (view.tags[0], tag))
    ]


def _is_shown(view: View, tag: str, kind: str, key: str) -> bool:
    group = group_of(view.cohorts[tag], kind, key)
    return group is not None and group.shown


def _moved(row: Row) -> bool:
    ends = (row["difference"], row["diff_low"], row["diff_high"])
    return any(abs(one or 0.0) >= _SMALLEST for one in ends)


def _bar(kind: str, key: str, row: Row) -> Bar:
    good = (row["difference"] > 0) == (key in _GAINS)
    return Bar(
        label=label(kind, key),
        end=row["difference"],
        low=row["diff_low"],
        high=row["diff_high"],
        text=same(signed(row["difference"], 1)),
        role="good" if good else "loss",
    )
