"""What checks share: where a finding stands, and the period that a network is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from doseline.model.findings import Finding
from doseline.model.network import Network

FIRST_ROW = 2
"""Line of the first row below the header."""


def at(
    table: str,
    index: int | None,
    column: str,
    *,
    code: str,
    severity: str,
    found: Any = "",
    allowed: str = "",
    **about: Any,
) -> Finding:
    """A finding on a row of a table, counted from 0."""
    return Finding(
        code=code,
        severity=severity,
        table=table,
        row=None if index is None else index + FIRST_ROW,
        column=column,
        found=str(found),
        allowed=allowed,
        about={name: str(value) for name, value in about.items()},
    )


def last_day(network: Network) -> date:
    """Last day on which someone of the cohort can still be treated in time."""
    settings = network.settings
    products = network.frame("products")
    windows = zip(products["in_time_days"], products["interval_days"], strict=True)
    longest = max((days or 2 * interval for days, interval in windows), default=0)
    return settings.cohort_start + timedelta(days=7 * settings.cohort_weeks + longest)


def horizon(network: Network) -> tuple[date, date]:
    """First and last day on which the network treats: the cohort's, and the planned week."""
    settings = network.settings
    first = min(settings.cohort_start, settings.plan_week)
    return first, max(last_day(network), settings.plan_week + timedelta(days=6))


def nuclide_of(network: Network) -> dict[str, str]:
    """Nuclide by product."""
    products = network.frame("products")
    return dict(zip(products["product"], products["nuclide"], strict=True))


def listed(words: Iterable[str]) -> str:
    """Words in one line, each once, in their order."""
    return ", ".join(dict.fromkeys(words))


def minutes(clock: str) -> int:
    """Minutes from midnight to a wall time. [min]

    >>> minutes("01:30")
    90
    """
    hours, _, rest = clock.partition(":")
    return 60 * int(hours) + int(rest)
