"""Wall times become instants: zones, and the two days a year that are not 24 hours long."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doseline.routes.clock import MS_PER_DAY, MS_PER_HOUR, local, local_text, monday, utc_ms
from doseline.routes.errors import NotAMondayError

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
"""Days on which most of the United States change their clocks (15 U.S.C. 260a)."""


def utc_hour(zone: str, day: date, minutes: int) -> float:
    return (utc_ms(zone, day, minutes) - utc_ms("UTC", day, 0)) / MS_PER_HOUR


def test_a_skipped_wall_time_moves_forward_by_the_gap() -> None:
    assert utc_hour("America/Chicago", SPRING, 2 * 60 + 30) == 8.5
    assert local_text("America/Chicago", utc_ms("America/Chicago", SPRING, 150)) == (
        "Sun 2026-03-08 03:30-05:00"
    )


def test_a_wall_time_that_happens_twice_is_the_first() -> None:
    assert utc_hour("America/Chicago", AUTUMN, 90) == 6.5
    assert local_text("America/Chicago", utc_ms("America/Chicago", AUTUMN, 90)) == (
        "Sun 2026-11-01 01:30-05:00"
    )


@pytest.mark.parametrize(("day", "length_h"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 5, 4), 24)])
def test_a_day_is_as_long_as_its_clocks_say(day: date, length_h: int) -> None:
    midnight = utc_ms("America/New_York", day, 0)
    assert utc_ms("America/New_York", day + timedelta(days=1), 0) - midnight == (
        length_h * MS_PER_HOUR
    )


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_arizona_and_shanghai_keep_their_clocks(day: date) -> None:
    for zone, offset_h in (("America/Phoenix", 7), ("Asia/Shanghai", -8)):
        assert [utc_hour(zone, day, 60 * hour) - hour for hour in (0, 2, 12)] == [offset_h] * 3


def test_minutes_beyond_midnight_count_on_wall_clocks() -> None:
    assert utc_ms("America/Chicago", SPRING, 26 * 60) == utc_ms(
        "America/Chicago", SPRING + timedelta(days=1), 2 * 60
    )


@given(
    st.sampled_from(["UTC", "America/Denver", "Asia/Kathmandu", "Europe/Berlin"]),
    st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    st.integers(0, 24 * 60 - 1),
)
def test_wall_times_come_back_unless_the_clocks_skipped_them(
    zone: str, day: date, minutes: int
) -> None:
    moment = local(zone, utc_ms(zone, day, minutes))
    shown = (moment.date() - day).days * 24 * 60 + moment.hour * 60 + moment.minute
    assert shown - minutes in {0, 60}
    assert abs(utc_ms(zone, day, minutes) - utc_ms("UTC", day, minutes)) < MS_PER_DAY


def test_a_week_is_named_by_its_monday() -> None:
    assert monday(date(2026, 5, 4)) == date(2026, 5, 4)
    with pytest.raises(NotAMondayError, match="2026-05-05 is a Tuesday"):
        monday(date(2026, 5, 5))
