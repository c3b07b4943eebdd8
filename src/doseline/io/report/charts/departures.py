"""Departures and suites of a planned week: when packages leave, and who treats on which day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.io.report.charts import svg
from doseline.io.report.charts.gantt import Canvas, draw_packed, draw_strip, midnight, ruler
from doseline.io.report.charts.paint import framed
from doseline.io.report.charts.week import BUSIEST, FEW_DOSES, Span
from doseline.io.report.moments import day_word, of_row
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure, Table, number_column, text_column, time_column
from doseline.io.report.privacy import Privacy
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl

    from doseline.io.report.parts import Row

_WIDTH_PX = 960.0
_LEFT_PX, _ROW_PX, _TOP_PX = 190.0, 20.0, 26.0
_SHADES = 4


def departures_figure(departures: pl.DataFrame) -> Figure | None:
    """Departures by carrier and place: each as a bar where they are few, else packages an hour."""
    if departures.is_empty():
        return None
    rows = list(departures.iter_rows(named=True))
    first = midnight(min(row["depart_utc"] for row in rows))
    last = midnight(max(row["arrive_utc"] for row in rows)) + timedelta(days=1)
    # Every package may be shown: the page is for operations.
    canvas = Canvas(first=first, last=last, privacy=Privacy(1))
    few = len(rows) <= FEW_DOSES
    groups, names = _groups(rows, each=few)
    if few:
        draw_packed(canvas, word("plan_page.departures"), groups, kind="leg", names=names)
    else:
        canvas.heading(word("plan_page.departures_hourly"))
        for key in _busiest(groups):
            draw_strip(canvas, names[key], groups[key], kind="leg")
    drawn = svg.drawing(
        [*canvas.behind, *ruler(canvas), *canvas.pieces],
        width_px=_WIDTH_PX,
        height_px=canvas.y_px + 8,
    )
    title = word("plan_page.departures_title")
    return Figure(
        key="departures",
        title=title,
        svg=framed(drawn, key="departures", title=title),
        tables=[_departures_table(rows)],
        notes=[]
        if few
        else [word("plan_page.departures_part", shown=min(BUSIEST, len(groups)), all=len(groups))],
        define="leg",
    )


def _busiest(groups: dict[str, list[Span]]) -> list[str]:
    """The groups with most packages, in their order."""
    most = set(sorted(groups, key=lambda key: (-len(groups[key]), key))[:BUSIEST])
    return [key for key in groups if key in most]


def _groups(rows: Sequence[Row], *, each: bool) -> tuple[dict[str, list[Span]], dict[str, Word]]:
    """Departures by who carries from where, and what each group is called.

    Args:
        rows: The departures.
        each: A span a departure, to its arrival; else one a package, for the hour it leaves in.
    """
    groups: dict[str, list[Span]] = {}
    names: dict[str, Word] = {}
    for row in sorted(rows, key=lambda one: (one["from_place"], one["carrier"] or "")):
        mode = label("mode", row["mode"])
        carrier = row["carrier"] or ""
        key = f"{row['from_place']} {carrier} {row['mode']}"
        names[key] = Word(
            f"{row['from_place']}: {carrier or mode.en}",
            f"{row['from_place']}：{carrier or mode.zh}",
        )
        said = f"{row['lane']}: {row['packages']} × {row['transport_index']:.1f} TI,"
        start = row["depart_utc"]
        span = Span(start=start, end=row["arrive_utc"], said=said)
        hour = Span(start=start, end=start)
        groups.setdefault(key, []).extend([span] if each else [hour] * row["packages"])
    return groups, names


def _departures_table(rows: Sequence[Row]) -> Table:
    """Each departure, by place and time."""
    told = sorted(rows, key=lambda row: (row["from_place"], row["depart_utc"], row["lane"]))
    return Table(
        caption=word("plan_page.departures_title"),
        columns=[
            text_column("plan_from"),
            text_column("plan_carrier"),
            text_column("plan_lane"),
            time_column("plan_hand_over"),
            time_column("plan_depart"),
            time_column("plan_arrive"),
            number_column("plan_packages", "leg"),
            number_column("plan_index", "transport_index"),
        ],
        rows=[
            [
                same(row["from_place"]),
                same(row["carrier"]) if row["carrier"] else label("mode", row["mode"]),
                same(row["lane"]),
                *(same(of_row(row, name)) for name in ("hand_over", "depart", "arrive")),
                same(plain(row["packages"])),
                same(plain(row["transport_index"], 1)),
            ]
            for row in told
        ],
    )


def suites_figure(days: pl.DataFrame) -> Figure | None:
    """Infusions of each suite on each day: a field each, darker with more."""
    if days.is_empty():
        return None
    every = _all_days(days)
    counts = _counts(days)
    busiest = sorted(counts, key=lambda key: (-sum(counts[key].values()), key))
    shown = sorted(busiest[:BUSIEST])
    most = max(max(counts[key].values()) for key in counts)
    wide = (_WIDTH_PX - _LEFT_PX - 10) / len(every)
    pieces = [
        svg.text(_LEFT_PX + wide * (k + 0.5), 14, day_word(day), anchor="middle", kind="gantt-day")
        for k, day in enumerate(every)
    ]
    for place, key in enumerate(shown):
        top = _TOP_PX + place * _ROW_PX
        name = same(key[1] if len(key[1]) <= 26 else f"{key[1][:25]}…")
        pieces.append(svg.text(_LEFT_PX - 8, top + 14, name, anchor="end", kind="gantt-name"))
        for k, day in enumerate(every):
            count = counts[key].get(day, 0)
            at = (_LEFT_PX + wide * k + 1, top + 1, wide - 2, _ROW_PX - 2)
            shade = f"heat{-(-_SHADES * count // most)}" if count else "heat closed"
            pieces.append(svg.rectangle(*at, kind=shade))
            if count:
                x = _LEFT_PX + wide * (k + 0.5)
                number = same(plain(count))
                pieces.append(svg.text(x, top + 14, number, anchor="middle", kind="heat-number"))
    high = _TOP_PX + len(shown) * _ROW_PX + 6
    title = word("plan_page.suites_title")
    drawn = svg.drawing(pieces, width_px=_WIDTH_PX, height_px=high)
    return Figure(
        key="suites",
        title=title,
        svg=framed(drawn, key="suites", title=title),
        tables=[_suites_table(counts, every)],
        notes=[word("plan_page.suites_part", shown=len(shown), all=len(counts))],
        define="chair",
    )


def _all_days(days: pl.DataFrame) -> list[date]:
    """Every day from the first to the last infusion."""
    first, last = min(days["day"]), max(days["day"])
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def _counts(days: pl.DataFrame) -> dict[tuple[str, str], dict[date, int]]:
    """Infusions by site and suite, and by day."""
    counts: dict[tuple[str, str], dict[date, int]] = {}
    for site, suite, day, number in (
        days.group_by("site", "suite", "day").len().sort("site", "suite", "day").iter_rows()
    ):
        counts.setdefault((site, suite), {})[day] = number
    return counts


def _suites_table(counts: dict[tuple[str, str], dict[date, int]], every: Sequence[date]) -> Table:
    """The same numbers."""
    day_columns = [number_column("plan_day", "chair", day=day_word(day)) for day in every]
    return Table(
        caption=word("plan_page.suites_title"),
        columns=[text_column("plan_suite"), text_column("site"), *day_columns],
        rows=[
            [same(suite), same(site), *(same(plain(by_day.get(day, 0))) for day in every)]
            for (site, suite), by_day in sorted(counts.items())
        ],
    )
