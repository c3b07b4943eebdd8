"""The planned week: lots, batches, legs and chairs over time.

Drawn by our own functions: bars must stand exactly at their hours, and rows are packed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from doseline.io.report.charts import gantt_tables, svg
from doseline.io.report.charts.paint import framed
from doseline.io.report.charts.week import BUSIEST, Span, Week, at_once, packed, week_of
from doseline.io.report.numbers import instant, plain
from doseline.io.report.parts import Figure
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.report.privacy import Privacy
    from doseline.model.planned import PlannedWeek
    from doseline.model.result import RunResult

_LEFT_PX = 190.0
_RIGHT_PX = 950.0
_WIDTH_PX = 960.0
_TOP_PX = 24.0
_ROW_PX = 15.0
_STRIP_PX = 30.0
_NARROW_PX = 4.5
_THINNEST_PX = 2.5
_PEOPLE = frozenset({"leg", "chair"})
"""Kinds of bars that each stand for a dose, and so for a person."""
_NAME_LENGTH, _NAME_LENGTH_ZH = 26, 18


@dataclass(slots=True)
class Canvas:
    """The drawing while it grows downwards, and its scale of time."""

    first: datetime
    last: datetime
    privacy: Privacy
    y_px: float = _TOP_PX
    pieces: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)

    def x(self, moment: datetime) -> float:
        """Where an instant lies. [px]"""
        share = (moment - self.first) / (self.last - self.first)
        return _LEFT_PX + share * (_RIGHT_PX - _LEFT_PX)

    def heading(self, what: Word) -> None:
        """The heading of a group of rows."""
        self.pieces.append(svg.text(4, self.y_px + 16, what, kind="gantt-head"))
        self.y_px += 24

    def name(self, what: Word, high_px: float) -> None:
        """The name of a row, left of it."""
        middle = self.y_px + high_px / 2 + 4
        self.pieces.append(svg.text(_LEFT_PX - 8, middle, what, anchor="end", kind="gantt-name"))

    def stripe(self, high_px: float) -> None:
        """A band behind a row, so that the eye finds its name."""
        wide = _RIGHT_PX - _LEFT_PX
        self.behind.append(svg.rectangle(_LEFT_PX, self.y_px, wide, high_px, kind="stripe"))

    def bar(self, span: Span, high_px: float, kind: str) -> None:
        """One span as a bar; its second part is lighter."""
        start, end = self.x(span.start), self.x(span.end)
        shade = kind if span.done else f"{kind} closed"
        said = f"{span.said} {instant(span.start)} – {instant(span.end)} UTC".strip()
        middle = self.x(span.middle) if span.middle else end
        whole = max(middle - start, _THINNEST_PX)
        top, inner = self.y_px + 1, max(high_px - 2, 2.0)
        tip = svg.title(same(said))
        self.pieces.append(svg.rectangle(start, top, whole, inner, kind=shade, inside=tip))
        if span.middle and end > middle:
            later = f"{shade} later"
            self.pieces.append(svg.rectangle(middle, top, end - middle, inner, kind=later))


def gantt_figure(result: RunResult | PlannedWeek, privacy: Privacy) -> Figure | None:
    """The chart with its tables, or nothing where the week is empty."""
    week = week_of(result)
    edges = _edges(week)
    if not edges:
        return None
    canvas = Canvas(
        first=midnight(min(edges)),
        last=midnight(max(edges)) + timedelta(days=1),
        privacy=privacy,
    )
    _draw_lots(canvas, week)
    _draw_batches(canvas, week)
    _draw_legs(canvas, week)
    _draw_chairs(canvas, week)
    title = word("chart.gantt")
    drawn = svg.drawing(
        [*canvas.behind, *ruler(canvas), *canvas.pieces],
        width_px=_WIDTH_PX,
        height_px=canvas.y_px + 8,
    )
    return Figure(
        key="gantt",
        title=title,
        svg=framed(drawn, key="gantt", title=title),
        tables=gantt_tables.tables(week, privacy),
        notes=[_extent(week)],
        define="exact",
    )


def _edges(week: Week) -> list[datetime]:
    groups = (week.lot_spans(), week.batch_spans(), week.leg_spans("line"), week.chair_spans())
    return [
        edge
        for group in groups
        for spans in group.values()
        for span in spans
        for edge in (span.start, span.end)
    ]


def midnight(moment: datetime) -> datetime:
    """The last midnight in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def ruler(canvas: Canvas) -> list[str]:
    """A line at each midnight and the name of each day."""
    pieces = []
    days = (canvas.last - canvas.first).days
    for number in range(days + 1):
        moment = canvas.first + timedelta(days=number)
        x = canvas.x(moment)
        pieces.append(svg.line(x, _TOP_PX - 4, x, canvas.y_px, kind="ruler"))
        if number < days:
            middle = canvas.x(moment + timedelta(hours=12))
            pieces.append(svg.text(middle, 14, _day(moment), anchor="middle", kind="gantt-day"))
    return pieces


def _day(moment: datetime) -> Word:
    month = word(f"month.{moment.month}")
    return word(f"day.{moment.isoweekday()}", day=moment.day, month=month)


def _draw_lots(canvas: Canvas, week: Week) -> None:
    draw_packed(canvas, word("gantt.lots"), week.lot_spans(), kind="lot")


def _draw_batches(canvas: Canvas, week: Week) -> None:
    draw_packed(canvas, word("gantt.batches"), week.batch_spans(), kind="batch")


def draw_packed(
    canvas: Canvas,
    heading: Word,
    groups: dict[str, list[Span]],
    *,
    kind: str,
    names: Mapping[str, Word] = MappingProxyType({}),
) -> None:
    """Each group on as few rows as it needs."""
    if not groups:
        return
    canvas.heading(heading)
    kept = busiest(groups)
    others = [span for name, spans in groups.items() if name not in kept for span in spans]
    for name in kept:
        spans = groups[name]
        canvas.name(_cut(names[name] if name in names else same(name)), _ROW_PX)
        for row in packed(spans):
            for span in row:
                canvas.bar(span, _ROW_PX, kind)
            canvas.y_px += _ROW_PX
        canvas.y_px += 2
    if others:
        draw_strip(canvas, _all_others(groups), others, kind=kind)


def busiest(groups: Mapping[str, Sequence[Span]]) -> list[str]:
    """The groups that have a row of their own, in their order; the others share one."""
    done = {name: (-sum(span.done for span in spans), name) for name, spans in groups.items()}
    few = set(sorted(groups, key=lambda name: done[name])[:BUSIEST])
    return [name for name in groups if name in few]


def _all_others(groups: Mapping[str, Sequence[Span]]) -> Word:
    return word("gantt.others", count=plain(len(groups) - BUSIEST))


def _draw_legs(canvas: Canvas, week: Week) -> None:
    """Each leg where there are few; else packages under way at each hour, by line."""
    if not week.doses:
        return
    if week.few:
        groups = week.leg_spans("site")
        draw_packed(canvas, word("gantt.legs_each"), groups, kind="leg", names=week.site_names)
        return
    canvas.heading(word("gantt.legs"))
    lines = week.leg_spans("line")
    kept = busiest(lines)
    for line in sorted(kept, key=lambda name: (-len(lines[name]), name)):
        draw_strip(canvas, _cut(same(line)), lines[line], kind="leg")
    others = [span for line, spans in lines.items() if line not in kept for span in spans]
    if others:
        draw_strip(canvas, _all_others(lines), others, kind="leg")


def _draw_chairs(canvas: Canvas, week: Week) -> None:
    """The chairs of the busiest sites, each infusion a bar, and of all sites together."""
    chairs = week.chair_spans()
    if not chairs:
        return
    canvas.heading(word("gantt.chairs"))
    every = [span for spans in chairs.values() for span in spans]
    if not week.few:
        draw_strip(canvas, word("gantt.all_chairs"), every, kind="chair")
    for site in list(chairs)[: None if week.few else BUSIEST]:
        rows = packed(chairs[site])
        high = max(_NARROW_PX, (_ROW_PX - 3) / len(rows))
        canvas.stripe(high * len(rows))
        canvas.name(_cut(week.name_of(site)), high * len(rows))
        for row in rows:
            for span in row:
                canvas.bar(span, high, "chair")
            canvas.y_px += high
        canvas.y_px += 3


def draw_strip(canvas: Canvas, name: Word, spans: Sequence[Span], *, kind: str) -> None:
    """How many spans there are at once, hour by hour, as a filled step line."""
    hours = int((canvas.last - canvas.first) / timedelta(hours=1))
    counts = at_once(spans, canvas.first, hours)
    most = max(counts, default=0) or 1
    foot = canvas.y_px + _STRIP_PX
    steps = [f"M{svg.at(_LEFT_PX)} {svg.at(foot)}"]
    before = 0
    for hour, count in enumerate([*counts, 0]):
        if count != before:
            x = canvas.x(canvas.first + timedelta(hours=hour))
            level = foot - (_STRIP_PX - 4) * count / most
            steps.append(f"H{svg.at(x)}V{svg.at(level)}")
            before = count
    canvas.name(name, _STRIP_PX)
    canvas.pieces.append(svg.path([*steps, "Z"], kind=f"strip {kind}"))
    # Lots and batches are no people.
    few = kind in _PEOPLE and canvas.privacy.hides(most)
    peak = canvas.privacy.count(most) if few else word("gantt.peak", count=plain(most))
    canvas.pieces.append(svg.text(_RIGHT_PX, canvas.y_px + 10, peak, anchor="end", kind="peak"))
    canvas.y_px += _STRIP_PX + 4


def _cut(name: Word) -> Word:
    """A name that has room left of a row."""
    en, zh = (
        one if len(one) <= most else f"{one[: most - 1]}…"
        for one, most in ((name.en, _NAME_LENGTH), (name.zh, _NAME_LENGTH_ZH))
    )
    return Word(en, zh)


def _extent(week: Week) -> Word:
    """What is drawn in full and what is not."""
    if week.few:
        return word("chart.gantt_full")
    sites = len(week.chair_spans())
    return word(
        "chart.gantt_part",
        doses=plain(len(week.doses)),
        shown=min(BUSIEST, sites),
        all=plain(sites),
    )
