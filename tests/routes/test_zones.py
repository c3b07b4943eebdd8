"""Wall times and durations across the United States and China, through every change of clocks.

The oracle is polars, which brings time zones and their rules of its own (Rust's chrono-tz).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routes.build import PSMA, lane, one_way

from doseline.routes.clock import local, utc_ms
from doseline.routes.options import build_options

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

UNITED_STATES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
CHINA = "Asia/Shanghai"
ZONES = (*UNITED_STATES, CHINA)
HOUR_MS = 3_600_000
DAY = timedelta(days=1)
CLOCK = st.integers(0, 24 * 60 - 1)


def oracle_ms(zone: str, day: date, minutes: int) -> int:
    """A wall time as polars reads it: moved on if it is skipped, the first if it exists twice."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    read = _read(zone, wall)
    if read is None:
        # The clock that runs on from before the change.
        before = _read(zone, wall - timedelta(hours=3))
        assert before is not None
        return before + 3 * HOUR_MS
    return read


def _read(zone: str, wall: datetime) -> int | None:
    there = pl.Series([wall], dtype=pl.Datetime("ms")).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    instant: int | None = there.dt.convert_time_zone("UTC").dt.epoch("ms")[0]
    return instant


def _hours(zone: str, day: date) -> float:
    """How long a date is. [h]"""
    return (oracle_ms(zone, day + DAY, 0) - oracle_ms(zone, day, 0)) / HOUR_MS


CHANGES = tuple(
    day
    for day in (date(2026, 1, 1) + n * DAY for n in range(4 * 365))
    if _hours("America/Chicago", day) != 24
)
"""Days on which the clocks of Chicago change, as polars finds them."""

days = st.one_of(
    st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    st.tuples(st.sampled_from(CHANGES), st.integers(-8, 8)).map(lambda one: one[0] + one[1] * DAY),
)
"""Any day, and often one near a change of the clocks."""

few = settings(max_examples=60, deadline=None)
many = settings(max_examples=200, deadline=None)


def test_clocks_change_twice_a_year_as_the_law_says() -> None:
    """Second Sunday of March and first of November (15 U.S.C. 260a)."""
    assert CHANGES[:4] == (
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2027, 3, 14),
        date(2027, 11, 7),
    )


@many
@given(st.sampled_from(ZONES), days, CLOCK)
def test_a_wall_time_is_the_instant_that_polars_says(zone: str, day: date, minutes: int) -> None:
    assert utc_ms(zone, day, minutes) == oracle_ms(zone, day, minutes)


@many
@given(days, CLOCK)
def test_china_never_changes_its_clocks(day: date, minutes: int) -> None:
    since_epoch_h = (day - date(1970, 1, 1)).days * 24 - 8
    assert utc_ms(CHINA, day, minutes) == since_epoch_h * HOUR_MS + minutes * 60_000


@st.composite
def journeys(draw: Any) -> tuple[Network, date, dict[str, Any]]:
    """A line, a hub with a flight and hours, and a site, each anywhere in both countries."""
    day = draw(days)
    week = day - day.weekday() * DAY
    zones = {name: draw(st.sampled_from(ZONES)) for name in ("line", "hub", "site")}
    clocks = {name: f"{draw(CLOCK) // 30 * 30 // 60:02d}:{draw(CLOCK) % 60:02d}" for name in "abcd"}
    about = {
        **zones,
        "start": clocks["a"],
        "depart": clocks["b"],
        "open": clocks["c"],
        "weekday": draw(st.sampled_from(("Mon", "Thu", "Fri", "Sat"))),
        "duration_h": draw(st.sampled_from((1.0, 3.25, 14.0))),
    }
    plain = one_way()
    network = one_way(
        products=[PSMA | {"volume_max_ml": 20.0}],
        lines=[{"line": "line", "zone": zones["line"]}],
        hubs=[{"hub": "hub", "zone": zones["hub"]}],
        sites=[{"site": "site", "zone": zones["site"]}],
        batches=[
            plain.frame("batches").to_dicts()[0]
            | {"start": about["start"], "weekday": about["weekday"]}
        ],
        lanes=[
            lane("line>hub", duration_h=1.5, handling_h=0.5),
            lane("hub>site", mode="air_cargo", duration_h=about["duration_h"]),
        ],
        departures=[
            {"lane": "hub>site", "weekdays": "Mon-Sun", "depart": about["depart"], "cutoff_min": 60}
        ],
        suites=[plain.frame("suites").to_dicts()[0] | {"open": about["open"], "close": "23:59"}],
        licences=[
            one | {"valid_from": date(2020, 1, 1), "valid_until": date(2035, 1, 1)}
            for one in plain.frame("licences").to_dicts()
        ],
    )
    return network, week, about


@few
@given(journeys())
def test_legs_take_their_real_time_and_leave_at_local_wall_times(
    nuclides: NuclideTable, journey: tuple[Network, date, dict[str, Any]]
) -> None:
    network, week, about = journey
    options = build_options(network, nuclides=nuclides, week=week)
    day = week + ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat").index(about["weekday"]) * DAY
    start = oracle_ms(about["line"], day, _minutes(about["start"]))
    assert set(options.rows["ready_ms"]) == {start + 4 * HOUR_MS}
    for way in options.itineraries.iter_rows(named=True):
        (first, flight), (at_hub, there) = way["leg_depart_ms"], way["leg_arrive_ms"]
        assert first - start == 7.5 * HOUR_MS
        assert at_hub - first == 1.5 * HOUR_MS
        assert there - flight == about["duration_h"] * HOUR_MS
        assert flight == _next_departure(about["hub"], about["depart"], at_hub + HOUR_MS)


def _next_departure(zone: str, clock: str, from_ms: int) -> int:
    """The first daily departure at or after an instant."""
    today = date(1970, 1, 1) + from_ms // (24 * HOUR_MS) * DAY
    daily = [oracle_ms(zone, today + n * DAY, _minutes(clock)) for n in (-2, -1, 0, 1, 2)]
    return min(instant for instant in daily if instant >= from_ms)


@few
@given(journeys())
def test_slots_start_at_the_site_s_own_wall_time_and_decay_counts_real_hours(
    nuclides: NuclideTable, journey: tuple[Network, date, dict[str, Any]]
) -> None:
    network, week, about = journey
    options = build_options(network, nuclides=nuclides, week=week)
    zone = about["site"]
    for slot in options.slots.filter(options.slots["slot"] % 2 == 0).iter_rows(named=True):
        assert slot["start_ms"] == oracle_ms(zone, slot["day"], _minutes(about["open"]))
    half_life_h = nuclides["Lu-177"].half_life_h
    for row in options.feasible.iter_rows(named=True):
        hours = (row["infuse_ms"] - row["ready_ms"]) / HOUR_MS
        left = row["activity_infuse_bq"] / row["activity_ready_bq"]
        assert left == pytest.approx(0.5 ** (hours / half_life_h), rel=1e-9)


@pytest.mark.parametrize("zone", [one for one in UNITED_STATES if one != "Pacific/Honolulu"])
@pytest.mark.parametrize("change", CHANGES[:2])
def test_a_week_of_change_is_an_hour_off_where_clocks_change_and_nowhere_else(
    nuclides: NuclideTable, zone: str, change: date
) -> None:
    """From nine to nine over the Sunday; in China that is always 24 h."""
    for place in (zone, CHINA):
        slots = _options(nuclides, place, change - 6 * DAY).slots
        nine = dict(slots.select("day", "start_ms").iter_rows())
        assert (nine[change] - nine[change - DAY]) / HOUR_MS == _hours(place, change)
        assert local(place, nine[change]).strftime("%H:%M") == "09:00"


def _options(nuclides: NuclideTable, zone: str, week: date) -> Options:
    suite = one_way().frame("suites").to_dicts()[0] | {"open": "09:00", "slots_per_day": 1}
    network = one_way(sites=[{"site": "site", "zone": zone}], suites=[suite])
    return build_options(network, nuclides=nuclides, week=week)


def _minutes(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:])
