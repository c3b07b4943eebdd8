"""What a hospital must have done before a payer pays for its first patient, and by when it can."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doseline.authorise.errors import (
    BadListingDateError,
    NoListingsError,
    UnlistedSiteError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from doseline.authorise.names import StepState
    from doseline.authorise.policy import Step

KEYS = ("site", "product")
"""Columns of a list that say whose steps a row holds; each step has a column of its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """How far a hospital is with one step."""

    step: Step
    state: StepState
    day: date
    """Day on which it was or will be done; where open, the earliest at its typical length."""


def judge_steps(
    steps: Sequence[Step], done: Mapping[str, date], day: date
) -> tuple[StepAnswer, ...]:
    """Each step: done, dated in the future, or open with the earliest day it can be done.

    Args:
        steps: Each after those that it waits for.
        done: Day of each step that has one.
        day: Today.
    """
    answers: dict[str, StepAnswer] = {}
    for step in steps:
        if step.name in done:
            on = done[step.name]
            state: StepState = "done" if on <= day else "dated"
        else:
            begin = max([day, *(answers[before].day for before in step.after)])
            on, state = begin + timedelta(days=step.typical_d), "open"
        answers[step.name] = StepAnswer(step=step, state=state, day=on)
    return tuple(answers.values())


def read_listings(file: Path, *, site: str, product: str, steps: Sequence[Step]) -> dict[str, date]:
    """The days on which a hospital did, or will do, each step for a product.

    Args:
        file: A table with the columns site and product, and one for each step.
        site: Name of the hospital in it.
        product: Name of the product in it.
        steps: The steps that are looked for.

    Raises:
        NoListingsError: If it is no such table.
        UnlistedSiteError: If there is not exactly one row of the site and product.
        BadListingDateError: If a date cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            rows = list(enumerate(reader, start=2))
            columns = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NoListingsError(file) from error
    if not all(key in columns for key in KEYS):
        raise NoListingsError(file)
    chosen = [(line, row) for line, row in rows if (row["site"], row["product"]) == (site, product)]
    if len(chosen) != 1:
        known = sorted(
            {row["site"] for _, row in rows if row["product"] == product and row["site"]}
        )
        raise UnlistedSiteError(file, site, product, known)
    line, row = chosen[0]
    return {
        step.name: _day(file, line, step.name, row[step.name])
        for step in steps
        if row.get(step.name, "")
    }


def _day(file: Path, line: int, step: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadListingDateError(file, line, step) from error
