"""The numbers of the planned week: lots, batches, legs and chairs as tables."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from doseline.io.report.charts.week import BUSIEST, Span, Week
from doseline.io.report.numbers import instant, plain
from doseline.io.report.parts import Table, number_column, text_column
from doseline.io.report.words import same, word

if TYPE_CHECKING:
    from doseline.io.report.privacy import Privacy


def tables(week: Week, privacy: Privacy) -> list[Table]:
    """All tables of the week that have a row."""
    every = (_lots(week), _batches(week, privacy), _legs(week, privacy), _chairs(week, privacy))
    return [table for table in every if table.rows]


def _lots(week: Week) -> Table:
    return Table(
        caption=word("table.lots"),
        columns=[
            text_column("lot", "lot"),
            text_column("source"),
            text_column("line"),
            text_column("reference", "lot"),
            number_column("used", "lots.capacity_gbq"),
            number_column("capacity", "lots.capacity_gbq"),
        ],
        rows=[
            [
                same(row["lot"]),
                same(row["source"]),
                same(row["line"]),
                same(instant(row["reference"])),
                same(plain(row["used_gbq"], 1)),
                same(plain(row["capacity_gbq"], 1)),
            ]
            for row in week.lots
        ],
    )


def _batches(week: Week, privacy: Privacy) -> Table:
    told = privacy.counts([row["doses"] for row in week.batches])
    return Table(
        caption=word("table.batches"),
        columns=[
            text_column("batch", "batch"),
            text_column("line"),
            text_column("product"),
            text_column("start"),
            text_column("ready", "batch"),
            text_column("release", "batch"),
            number_column("doses", "dose_account"),
            number_column("max_doses", "batches.max_doses"),
            number_column("activity", "activity_account"),
            number_column("max_activity", "batches.max_activity_gbq"),
        ],
        rows=[
            [
                same(row["batch"]),
                same(row["line"]),
                same(row["product"]),
                *(same(instant(row[name])) for name in ("start", "ready", "release")),
                doses if row["open"] else word("gantt.closed"),
                same(plain(row["max_doses"])),
                same(plain(row["activity_gbq"], 1))
                if doses == same(plain(row["doses"]))
                else privacy.blank,
                same(plain(row["max_activity_gbq"], 1)),
            ]
            for row, doses in zip(week.batches, told, strict=True)
        ],
    )


def _legs(week: Week, privacy: Privacy) -> Table:
    lines = week.leg_spans("line")
    told = privacy.counts([len(spans) for spans in lines.values()])
    return Table(
        caption=word("table.legs"),
        columns=[
            text_column("line"),
            number_column("doses", "leg"),
            number_column("transit_median", "leg"),
            number_column("transit_longest", "leg"),
            text_column("first_depart"),
            text_column("last_arrive"),
        ],
        rows=[
            [
                same(line),
                doses,
                same(plain(median(hours(span) for span in spans), 1)),
                same(plain(max(hours(span) for span in spans), 1)),
                same(instant(min(span.start for span in spans))),
                same(instant(max(span.end for span in spans))),
            ]
            for (line, spans), doses in zip(lines.items(), told, strict=True)
        ],
    )


def _chairs(week: Week, privacy: Privacy) -> Table:
    groups = list(week.chair_spans().items())[: None if week.few else BUSIEST]
    return Table(
        caption=word("table.chairs"),
        columns=[
            text_column("site"),
            number_column("doses", "dose_account"),
            number_column("chair_hours", "chair"),
        ],
        rows=[
            [
                week.name_of(site),
                privacy.count(len(spans)),
                privacy.blank
                if privacy.hides(len(spans))
                else same(plain(sum(hours(span) for span in spans), 1)),
            ]
            for site, spans in groups
        ],
    )


def hours(span: Span) -> float:
    """How long it lasts. [h]"""
    return (span.end - span.start).total_seconds() / 3600
