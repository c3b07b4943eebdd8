"""Before and after: the doses that a replan touches, each on a row of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.io.report.charts import svg
from doseline.io.report.charts.gantt import Canvas, midnight, ruler
from doseline.io.report.charts.paint import framed
from doseline.io.report.numbers import NOTHING, instant
from doseline.io.report.parts import Figure
from doseline.io.report.privacy import Privacy
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from doseline.io.report.parts import Row

SHOWN = 48
"""Doses that are drawn; the table has all."""
_ROW_PX = 13.0
_WIDTH_PX, _LEFT_PX = 960.0, 190.0
_NAME_LENGTH = 27
_LAST = timedelta(hours=12)


def moves_figure(rows: Sequence[Row], at: datetime) -> Figure | None:
    """Way and infusion of each dose before (outline) and now (filled), and the instant of now.

    Args:
        rows: Changed rows of a replan, those that matter most first.
        at: When the week was planned again.
    """
    drawn = _chosen(rows)
    edges = [row[name] for row in drawn for name in _TIMES if row[name] is not None]
    if not edges:
        return None
    canvas = Canvas(
        first=midnight(min([*edges, at])),
        last=midnight(max(edges) + _LAST) + timedelta(days=1),
        # A page for operations shows every dose.
        privacy=Privacy(1),
    )
    for row in drawn:
        _draw(canvas, row)
    x = canvas.x(at)
    now = [
        svg.line(x, 18, x, canvas.y_px, kind="now"),
        svg.text(x + 3, canvas.y_px + 10, word("replan.now"), kind="peak"),
    ]
    title = word("replan.moves_title")
    picture = svg.drawing(
        [*canvas.behind, *ruler(canvas), *canvas.pieces, *now],
        width_px=_WIDTH_PX,
        height_px=canvas.y_px + 16,
    )
    return Figure(
        key="moves",
        title=title,
        svg=framed(picture, key="moves", title=title),
        tables=[],
        notes=[
            word("replan.moves_how"),
            *([word("replan.moves_part", shown=SHOWN, all=len(rows))] if len(rows) > SHOWN else []),
        ],
        define="exact",
    )


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """So many rows, as many of each kind of change as can be, in their order."""
    kinds = list(dict.fromkeys(row["change"] for row in rows))
    of_kind = {kind: [row for row in rows if row["change"] == kind] for kind in kinds}
    room, kept = SHOWN, {}
    for place, kind in enumerate(sorted(kinds, key=lambda one: len(of_kind[one]))):
        kept[kind] = of_kind[kind][: room // (len(kinds) - place)]
        room -= len(kept[kind])
    return [row for kind in kinds for row in kept[kind]]


_TIMES = ("depart_before", "infuse_before", "depart", "infuse")


def _draw(canvas: Canvas, row: Row) -> None:
    """One dose: before above, now below."""
    canvas.stripe(_ROW_PX - 1)
    name = f"{row['site']} {row['order']}"
    short = name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"
    canvas.name(same(short), _ROW_PX)
    lost = row["infuse"] is None
    if row["infuse_before"] is not None:
        kind = "before lost" if lost else "before"
        _bar(canvas, row["depart_before"], row["infuse_before"], kind, _said(row))
    if not lost:
        _bar(canvas, row["depart"], row["infuse"], "after", _said(row))
    canvas.y_px += _ROW_PX


def _bar(canvas: Canvas, depart: datetime, infuse: datetime, kind: str, said: Word) -> None:
    """The way as a thin bar and the infusion as a mark at its end."""
    before = kind.startswith("before")
    start, end = canvas.x(depart), canvas.x(infuse)
    top = canvas.y_px + (1 if before else _ROW_PX / 2)
    high = _ROW_PX / 2 - 2
    canvas.pieces.append(
        svg.rectangle(start, top, max(end - start, 2.0), high, kind=kind, inside=svg.title(said))
    )
    canvas.pieces.append(svg.rectangle(end - 2, top - 1, 4, high + 2, kind=f"mark {kind}"))


def _said(row: Row) -> Word:
    """What became of the dose, when it was to be given and when it is."""
    return word(
        "replan.said",
        order=row["order"],
        change=label("replan.change", row["change"]),
        before=instant(row["infuse_before"]) if row["infuse_before"] else NOTHING,
        after=instant(row["infuse"]) if row["infuse"] else NOTHING,
    )
