"""Spans of time, from an instant to an instant, both included, in whole milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from doseline.routes.clock import MINUTES_PER_DAY, clock_minutes, utc_ms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Span: TypeAlias = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, with those that overlap or touch made one.

    >>> merged([(5, 9), (0, 2), (3, 4), (12, 13)])
    [(0, 9), (12, 13)]
    """
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def common(some: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The time that lies in spans of both.

    >>> common([(0, 5), (8, 9)], [(3, 8)])
    [(3, 5), (8, 8)]
    """
    others = list(others)
    both = (
        (max(begin, other_begin), min(end, other_end))
        for begin, end in some
        for other_begin, other_end in others
    )
    return merged((begin, end) for begin, end in both if begin <= end)


def whole_days(zone: str, days: Iterable[date]) -> list[Span]:
    """Dates from midnight to the last millisecond, on the clocks of a zone."""
    return merged((utc_ms(zone, day, 0), utc_ms(zone, day, MINUTES_PER_DAY) - 1) for day in days)


def opening(zone: str, days: Iterable[date], opens: str, closes: str) -> list[Span]:
    """Opening hours on some dates, the closing minute included.

    Hours that close before they open end on the next date; those that close when they open are
    the whole date.
    """
    if opens == closes:
        return whole_days(zone, days)
    first, last = clock_minutes(opens), clock_minutes(closes)
    last += MINUTES_PER_DAY if last < first else 0
    each = ((utc_ms(zone, day, first), utc_ms(zone, day, last)) for day in days)
    return merged((begin, end) for begin, end in each if begin <= end)
