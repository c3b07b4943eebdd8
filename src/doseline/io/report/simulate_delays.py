"""How long doses took, by class of site: from the wish for a dose to its infusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure, Table, number_column, text_column
from doseline.io.report.simulate_tables import percent_span, span
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.simulate_tables import View
    from doseline.model.simulated import Number

KINDS = ("new", "continuing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Days of a class of site and a kind of dose."""

    setting: str
    """Empty: all sites."""
    kind: str
    median: Number
    p90: Number
    late: Number | None
    """Share of later doses that are late; None of first doses. [unitless]"""


def delays_told(view: View) -> list[Delay]:
    """Of all sites first, then of each class that every replication tells."""
    found = view.found
    rows = found.estimates.filter(
        pl.col("scenario") == found.base,
        pl.col("measure") == "delay_median",
        pl.col("replications") == found.replications,
    )
    told = []
    for kind in KINDS:
        for of in sorted(one for one in rows["of"] if one.endswith(f"/{kind}")):
            numbers = [found.number(found.base, f"delay_{one}", of) for one in ("median", "p90")]
            median, p90 = numbers
            if median and p90:
                late = found.number(found.base, "delay_late", of)
                setting = of.partition("/")[0]
                told.append(Delay(setting=setting, kind=kind, median=median, p90=p90, late=late))
    return told


def delays_figure(delays: Sequence[Delay]) -> Figure:
    """A bar to the median, with a tip at the 90th percentile."""
    title = word("simulate.delays")
    drawn = [
        Bar(
            label=word(f"simulate.delay_{one.kind}", setting=_setting(one)),
            end=one.median.mean,
            low=one.median.mean,
            high=one.p90.mean,
            text=word(
                "simulate.delay_text",
                median=plain(one.median.mean, 1),
                p90=plain(one.p90.mean, 1),
            ),
            role="first" if one.kind == KINDS[0] else "third",
        )
        for one in delays
    ]
    return Figure(
        key="simulate-delays",
        title=title,
        svg=bars(drawn, axis=word("simulate.axis_delays"), key="simulate-delays", title=title),
        tables=[_table(delays)],
        notes=[word("simulate.note_delays")],
        define="delay",
    )


def _setting(one: Delay) -> Word:
    return label("setting", one.setting) if one.setting else word("simulate.delay_all")


def _table(delays: Sequence[Delay]) -> Table:
    return Table(
        caption=word("simulate.delays"),
        columns=[
            text_column("simulate_kind"),
            text_column("simulate_setting"),
            *(number_column(f"simulate_{name}", "delay") for name in ("median", "p90", "late")),
        ],
        rows=[
            [
                word(f"simulate.treated_month_{one.kind}"),
                _setting(one),
                span(one.median.mean, one.median.half, 1),
                span(one.p90.mean, one.p90.half, 1),
                same("–") if one.late is None else percent_span(one.late.mean, one.late.half),
            ]
            for one in delays
        ],
    )
