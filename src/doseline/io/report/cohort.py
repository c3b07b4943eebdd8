"""The patient account as the report may show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doseline.io.report.parts import Row, records
from doseline.model.ledger import CLASSES, CLINICAL, LINKS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from doseline.io.report.privacy import Privacy

_CLASS = ("class", "patients", "low", "high")
_LINK = (
    "link",
    "patients",
    "low",
    "high",
    "doses",
    "cost",
    "payment",
    "currency",
    "value",
    "value_low",
    "value_high",
    "unit",
)
_LOST = ("late", "never", "clinical_exit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A class or a link with its people."""

    key: str
    people: float
    low: float | None
    high: float | None
    shown: bool
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """All eligible people: by class, and those not in time by link."""

    eligible: float
    classes: Sequence[Group]
    links: Sequence[Group]

    def of(self, key: str) -> Group | None:
        """The class of that name."""
        return next((group for group in self.classes if group.key == key), None)

    @property
    def small(self) -> float:
        """People of all links that are not shown one by one."""
        return sum(group.people for group in self.links if not group.shown)


class Answer(Protocol):
    """What has the frames of a run: its result, or one that was stored."""

    @property
    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Its frames by name."""


def cohort_of(result: Answer, privacy: Privacy) -> Cohort:
    """The patient account with what may be shown of it.

    In time, open and the links are one partition of the cohort; late, never and clinical exit are
    another of those booked to links. Each hides what would reveal a small group of the other.
    """
    classes = _ordered(_rows(result, "patients", _CLASS), "class", CLASSES)
    links = _ordered(_rows(result, "ledger", _LINK), "link", (*LINKS, CLINICAL))
    whole = [row for row in classes if row["class"] not in _LOST]
    lost = [row for row in classes if row["class"] in _LOST]
    hide = privacy.hidden([row["patients"] for row in (*whole, *links)])
    hide_lost = privacy.hidden([row["patients"] for row in lost])
    if any(hide[: len(whole)]) and not any(hide_lost):
        hide_lost = _with_smallest([row["patients"] for row in lost])
    hidden = {
        row["class"]: gone
        for row, gone in zip((*whole, *lost), (*hide[: len(whole)], *hide_lost), strict=True)
    }
    return Cohort(
        eligible=sum(row["patients"] for row in classes),
        classes=[_group(row, "class", hidden=hidden[row["class"]]) for row in classes],
        links=[
            _group(row, "link", hidden=gone)
            for row, gone in zip(links, hide[len(whole) :], strict=True)
        ],
    )


def _rows(result: Answer, name: str, columns: Sequence[str]) -> list[Row]:
    frame: pl.DataFrame | None = result.frames.get(name)
    rows = [] if frame is None else records(frame, columns)
    return [row for row in rows if row["patients"] is not None]


def _ordered(rows: list[Row], key: str, order: Sequence[str]) -> list[Row]:
    """The rows in the ledger's order, unknown ones last."""
    place = {name: k for k, name in enumerate(order)}
    return sorted(rows, key=lambda row: place.get(row[key], len(order)))


def _with_smallest(counts: Sequence[float]) -> list[bool]:
    """The smallest group that has people is hidden."""
    positive = [k for k, count in enumerate(counts) if count > 0]
    smallest = min(positive, key=lambda k: counts[k], default=-1)
    return [k == smallest for k in range(len(counts))]


def _group(row: Row, key: str, *, hidden: bool) -> Group:
    return Group(
        key=row[key],
        people=row["patients"],
        low=row["low"],
        high=row["high"],
        shown=not hidden,
        row=row,
    )
