"""The simulated time: days are counted from the Monday on which the warm-up starts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW_DAYS = (1, 7)
"""Days of the week, from its Monday, on which a simulated order may be infused: Tuesday to the
Monday after, so that the windows of weeks follow each other without overlap and the first batch
of a week can serve its first day (assumption). [d]"""

CURVE_DAYS = 180
"""Everyone is followed for at least so long, so that the share against W is observed. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Warm-up, cohort and follow-up in whole weeks."""

    origin: date
    """Monday of day 0."""
    warm_up_weeks: int
    cohort_weeks: int
    follow_up_weeks: int

    @property
    def weeks(self) -> int:
        """Weeks that are simulated."""
        return self.warm_up_weeks + self.cohort_weeks + self.follow_up_weeks

    @property
    def cohort_days(self) -> tuple[float, float]:
        """First day of the cohort and the first day after it, in days."""
        return 7.0 * self.warm_up_weeks, 7.0 * (self.warm_up_weeks + self.cohort_weeks)

    @property
    def horizon_day(self) -> float:
        """Day on which follow-up ends, in days."""
        return 7.0 * self.weeks

    def week_of(self, monday: date) -> int:
        """Number of the week that starts on a Monday."""
        return (monday - self.origin).days // 7

    def monday(self, week: int) -> date:
        """First day of a week."""
        return self.origin + timedelta(weeks=week)

    def date_of(self, day: float) -> date:
        """The date of a day."""
        return self.origin + timedelta(days=math.floor(day))


def calendar(
    *, cohort_start: date, cohort_weeks: int, warm_up_weeks: int, in_time_days: int
) -> Calendar:
    """The calendar of a cohort that is followed to T0 + W and to the end of the curve.

    Args:
        cohort_start: A Monday.
        cohort_weeks: Weeks in which clocks of the cohort start.
        warm_up_weeks: Weeks before them.
        in_time_days: Largest W of all products. [d]
    """
    return Calendar(
        origin=cohort_start - timedelta(weeks=warm_up_weeks),
        warm_up_weeks=warm_up_weeks,
        cohort_weeks=cohort_weeks,
        follow_up_weeks=math.ceil(max(in_time_days, CURVE_DAYS) / 7),
    )
