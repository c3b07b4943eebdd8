"""What happens in the planned week, as the Gantt chart and its tables read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.parts import Row, records
from doseline.io.report.words import Word, either, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.planned import PlannedWeek
    from doseline.model.result import RunResult

FEW_DOSES = 60
"""Up to so many doses every leg and every chair is drawn."""
BUSIEST = 25
"""Otherwise chairs are drawn for so many sites."""

_LOT = ("lot", "source", "line", "reference", "used_gbq", "capacity_gbq")
_BATCH = (
    *("batch", "line", "product", "open", "doses", "activity_gbq"),
    *("max_activity_gbq", "max_doses", "start", "ready", "release"),
)
_DOSE = ("order", "product", "site", "line", "depart", "arrive", "infuse")
_CHAIR_MIN = 60
"""Minutes in a chair where the product does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Something that lasts."""

    start: datetime
    end: datetime
    said: str = ""
    middle: datetime | None = None
    """Where its second part begins."""
    done: bool = True
    """It takes place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Lots, batches and served doses of the plan."""

    lots: Sequence[Row]
    batches: Sequence[Row]
    doses: Sequence[Row]
    lead_h: dict[str, float]
    """From reference time to arrival, by lot. [h]"""
    chair_min: dict[str, int]
    """Chair time, by product. [min]"""
    site_names: dict[str, Word]

    @property
    def few(self) -> bool:
        """So few doses that each can be drawn."""
        return len(self.doses) <= FEW_DOSES

    def lot_spans(self) -> dict[str, list[Span]]:
        """Each source's lots, from reference time to arrival."""
        spans: dict[str, list[Span]] = {}
        for row in self.lots:
            end = row["reference"] + timedelta(hours=self.lead_h.get(row["lot"], 0.0))
            span = Span(start=row["reference"], end=end, said=row["lot"])
            spans.setdefault(row["source"], []).append(span)
        return spans

    def batch_spans(self) -> dict[str, list[Span]]:
        """Each line's batches, synthesis and then quality control."""
        spans: dict[str, list[Span]] = {}
        for row in self.batches:
            span = Span(
                start=row["start"],
                middle=row["ready"],
                end=row["release"],
                said=row["batch"],
                done=bool(row["open"]),
            )
            spans.setdefault(row["line"], []).append(span)
        return spans

    def leg_spans(self, by: str) -> dict[str, list[Span]]:
        """Packages under way, by line or by site."""
        spans: dict[str, list[Span]] = {}
        for row in self.doses:
            if row["depart"] and row["arrive"]:
                span = Span(start=row["depart"], end=row["arrive"])
                spans.setdefault(row[by], []).append(span)
        return dict(sorted(spans.items()))

    def chair_spans(self) -> dict[str, list[Span]]:
        """Infusions by site, the busiest first."""
        spans: dict[str, list[Span]] = {}
        for row in self.doses:
            if row["infuse"]:
                minutes = self.chair_min.get(row["product"], _CHAIR_MIN)
                end = row["infuse"] + timedelta(minutes=minutes)
                spans.setdefault(row["site"], []).append(Span(start=row["infuse"], end=end))
        return dict(sorted(spans.items(), key=lambda one: (-len(one[1]), one[0])))

    def name_of(self, site: str) -> Word:
        """What a site is called."""
        return self.site_names.get(site) or same(site)


def week_of(result: RunResult | PlannedWeek) -> Week:
    """The planned week of an answer."""
    network = result.network
    served = result.plan.flows
    if "line" in served.columns:
        served = served.filter(pl.col("line").is_not_null())
    lots = records(result.plan.lots, _LOT)
    batches = records(result.plan.batches, _BATCH)
    return Week(
        lots=[row for row in lots if row["reference"]],
        batches=[row for row in batches if row["start"] and row["ready"] and row["release"]],
        doses=records(served, _DOSE),
        lead_h=_column(network.frame("lots"), "lot", "lead_h"),
        chair_min=_column(network.frame("products"), "product", "chair_min"),
        site_names={
            row["site"]: either(row["name"] or row["site"], row["name_zh"])
            for row in records(network.frame("sites"), ("site", "name", "name_zh"))
        },
    )


def _column(frame: pl.DataFrame, key: str, name: str) -> dict[str, Any]:
    return {row[key]: row[name] for row in records(frame, (key, name))}


def packed(spans: Sequence[Span]) -> list[list[Span]]:
    """The spans on as few rows as there are at once; none overlaps another on its row."""
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end, one.said)):
        free = next((row for row in rows if row[-1].end <= span.start), None)
        if free is None:
            rows.append([span])
        else:
            free.append(span)
    return rows


def at_once(spans: Sequence[Span], first: datetime, hours: int) -> list[int]:
    """How many spans touch each hour."""
    change = [0] * (hours + 1)
    for span in spans:
        start = int((span.start - first) / timedelta(hours=1))
        end = -int((first - span.end) // timedelta(hours=1))
        change[max(0, min(start, hours))] += 1
        change[max(0, min(max(end, start + 1), hours))] -= 1
    counts, now = [], 0
    for step in change[:hours]:
        now += step
        counts.append(now)
    return counts
