"""Drawings that set results side by side: bars of the ledger, curves, fields of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from doseline.io.report.charts import svg
from doseline.io.report.charts.binding import binding_of, legend, number_of
from doseline.io.report.charts.map_tables import share_text
from doseline.io.report.charts.paint import WIDTH, framed, painted
from doseline.io.report.numbers import hundredth, plain
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import Figure, Row, Table, number_column, records, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from doseline.io.report.privacy import Privacy

_WIDTH_PX, _NAME_PX, _RIGHT_PX = 760.0, 216.0, 70.0
_BAR_PX, _GAP_PX = 11.0, 9.0
_CELL_PX, _ROW_PX, _HEAD_PX = 84.0, 22.0, 24.0
_AREA_PX = 126.0
_MOST_AREAS = 24
_NAME_LENGTH = 21


def role_of(number: int) -> str:
    """The colour of a result."""
    return SERIES[number % len(SERIES)]


def sample(number: int) -> Markup:
    """A field in the colour of a result."""
    mark = f'<rect width="12" height="12" rx="2" fill="var(--{role_of(number)})"/>'
    text = f'<svg class="sample" width="12" height="12" aria-hidden="true">{mark}</svg>'
    return Markup(text)  # noqa: S704 - made of numbers and names of colours only


def ledger_figure(
    rows: Sequence[tuple[Word, Sequence[float | None]]], names: Sequence[Word], table: Table
) -> Figure:
    """For each class and link a bar a result, as a share of its eligible.

    Args:
        rows: What it is called, and the share of each result; none where it is not shown.
        names: The results.
        table: The same numbers.
    """
    most = max((share for _, shares in rows for share in shares if share is not None), default=0.0)
    scale = (_WIDTH_PX - _NAME_PX - _RIGHT_PX) / (most or 1.0)
    pieces: list[str] = []
    top = 4.0
    for name, shares in rows:
        high = _BAR_PX * len(shares)
        middle = top + high / 2 + 4
        pieces.append(svg.text(_NAME_PX - 10, middle, name, anchor="end", kind="gantt-name"))
        for k, share in enumerate(shares):
            pieces += _bar(k, share, top + k * _BAR_PX, scale)
        top += high + _GAP_PX
    pieces.append(svg.line(_NAME_PX, 0, _NAME_PX, top, kind="ruler"))
    title = word("compare.ledger")
    drawn = svg.drawing(pieces, width_px=_WIDTH_PX, height_px=top + 4)
    return Figure(
        key="ledger",
        title=title,
        svg=framed(drawn, key="ledger", title=title),
        legend=result_legend(names),
        tables=[table],
        define="of_eligible",
    )


def _bar(number: int, share: float | None, top_px: float, scale: float) -> Iterable[str]:
    text = word("text.not_shown") if share is None else same(f"{hundredth(share)} %")
    wide = scale * (share or 0.0)
    if wide:
        fill = f"var(--{role_of(number)})"
        yield svg.rectangle(_NAME_PX, top_px, wide, _BAR_PX - 1.5, kind="bar", fill=fill)
    yield svg.text(_NAME_PX + wide + 6, top_px + _BAR_PX - 2.5, text, kind="bar-text")


def result_legend(names: Sequence[Word]) -> Markup:
    """The colour of each result."""
    return legend(
        [
            (f'<rect width="16" height="16" rx="3" fill="var(--{role_of(k)})"/>', name)
            for k, name in enumerate(names)
        ]
    )


def curves_figure(frame: pl.DataFrame, names: Mapping[str, Word]) -> Figure | None:
    """Share of all eligible treated within W days, a line a result."""
    columns = ("result", "days", "share", "low", "high")
    rows = [row for row in records(frame, columns) if row["result"] in names]
    if not rows:
        return None
    title = word("compare.curve")
    axes = (word("axis.days"), word("axis.share"))
    called = {tag: names[tag] for tag in dict.fromkeys(row["result"] for row in rows)}
    values = [
        {
            "result": called[row["result"]].en,
            "days": row["days"],
            **{name: round(100 * row[name], 2) for name in ("share", "low", "high")},
        }
        for row in rows
    ]
    domain = [one.en for one in called.values()]
    all_tags = list(names)
    colours = [stand_in(role_of(all_tags.index(tag))) for tag in called]
    dashes = [[1, 0], [7, 3], [2, 2], [9, 3, 2, 3]]
    colour = alt.Color("result:N", scale=alt.Scale(domain=domain, range=colours)).legend(
        symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1, symbolFillColor="transparent"
    )
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("days:Q", title=axes[0].en, scale=alt.Scale(zero=False, nice=False))
    )
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=axes[1].en), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=2.2).encode(
        y=alt.Y("share:Q", title=axes[1].en, scale=alt.Scale(domain=[0, 100])),
        color=colour,
        strokeDash=alt.StrokeDash(
            "result:N", scale=alt.Scale(domain=domain, range=dashes * 2), legend=None
        ),
    )
    chart = alt.layer(band, line).properties(width=WIDTH, height=230)
    return Figure(
        key="curve",
        title=title,
        svg=painted(chart, [*called.values(), *axes], key="curve", title=title),
        tables=[_curve_table(rows, called, title)],
        define="w",
    )


def _curve_table(rows: Sequence[Row], called: Mapping[str, Word], title: Word) -> Table:
    shares = {(row["result"], row["days"]): row["share"] for row in rows}
    days = sorted({row["days"] for row in rows})
    return Table(
        caption=title,
        columns=[
            number_column("days", "w"),
            *(number_column("share_of", "in_time", name=name) for name in called.values()),
        ],
        rows=[
            [
                same(plain(one)),
                *(same(hundredth(shares.get((tag, one)))) for tag in called),
            ]
            for one in days[::4]
        ],
    )


def places_figure(
    frame: pl.DataFrame,
    names: Mapping[str, Word],
    privacy: Privacy,
    *,
    together: bool,
) -> Figure | None:
    """What binds in each state or province: a row an area, a field a result.

    Args:
        frame: result, area, eligible, in_time, share, link.
        names: The results.
        privacy: What may be shown.
        together: Whether the results have the same areas, so that they share a row.
    """
    columns = ("result", "area", "eligible", "in_time", "share", "link")
    rows = [
        row
        for row in records(frame, columns)
        if row["share"] is not None and not privacy.hides(row["eligible"])
    ]
    if not rows:
        return None
    binding = binding_of(row["link"] for row in rows)
    blocks = [tuple(names)] if together else [(tag,) for tag in names]
    pieces: list[str] = []
    deepest, left = 0, 0.0
    for tags in blocks:
        areas = _areas(rows, tags)
        cells = {(row["result"], row["area"]): row for row in rows}
        for column, tag in enumerate(tags):
            middle = left + _AREA_PX + _CELL_PX * (column + 0.5)
            pieces.append(svg.text(middle, 15, same(tag), anchor="middle", kind="gantt-head"))
        for line, area in enumerate(areas):
            top = _HEAD_PX + line * _ROW_PX
            pieces.append(
                svg.text(
                    left + _AREA_PX - 8, top + 15, same(_cut(area)), anchor="end", kind="gantt-name"
                )
            )
            for column, tag in enumerate(tags):
                x = left + _AREA_PX + _CELL_PX * column
                role = binding.role((cells.get((tag, area)) or {}).get("link"))
                pieces += _field(cells.get((tag, area)), x, top, role, privacy)
        deepest = max(deepest, len(areas))
        left += _AREA_PX + _CELL_PX * len(tags) + 24.0
    title = word("compare.places")
    wide = max(_WIDTH_PX, left)
    drawn = svg.drawing(pieces, width_px=wide, height_px=_HEAD_PX + deepest * _ROW_PX + 4)
    return Figure(
        key="places",
        title=title,
        svg=framed(drawn, key="places", title=title),
        legend=legend(binding.entries()),
        tables=[_places_table(rows, names, privacy, title)],
        notes=[word("chart.quarters_desc", smallest=privacy.smallest)],
        define="binding",
    )


def _areas(rows: Sequence[Row], tags: Sequence[str]) -> list[str]:
    """The areas of some results, those with most people first."""
    people: dict[str, float] = {}
    for row in rows:
        if row["result"] in tags:
            people[row["area"]] = people.get(row["area"], 0.0) + row["eligible"]
    return sorted(people, key=lambda area: (-people[area], area))[:_MOST_AREAS]


def _field(row: Row | None, x: float, y: float, role: str, privacy: Privacy) -> Iterable[str]:
    box = (x + 1, y + 1, _CELL_PX - 2, _ROW_PX - 2)
    if row is None:
        yield svg.rectangle(*box, kind="heat closed")
        return
    yield svg.rectangle(*box, kind="heat", fill=f"var(--{role})")
    text = same(f"{number_of(row['link']) or '–'}  ·  {share_text(row, privacy)} %")
    yield svg.text(x + _CELL_PX / 2, y + 15, text, anchor="middle", kind="mark-number")


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _places_table(
    rows: Sequence[Row], names: Mapping[str, Word], privacy: Privacy, title: Word
) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("result"),
            text_column("part_of"),
            number_column("eligible", "eligible"),
            number_column("share_in_time", "in_time"),
            text_column("main_link", "binding"),
        ],
        rows=[
            [
                names[row["result"]],
                same(row["area"] or "–"),
                same(plain(row["eligible"])),
                same(share_text(row, privacy)),
                label("link", row["link"]),
            ]
            for row in sorted(rows, key=lambda row: (row["result"], -row["eligible"], row["area"]))
        ],
    )
