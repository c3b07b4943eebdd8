"""Calendars against the State Council's own schedule, and against a plain implementation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routes.build import WEEK, Rows, network, one_way, treat_licence

from doseline.model.columns import WEEKDAY_NAMES
from doseline.model.options import REFUSALS
from doseline.routes.options import build_options
from doseline.routes.weeks import calendar_key
from doseline.routes.workdays import with_weekday, workdays

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

DAY = timedelta(days=1)
few = settings(max_examples=30, deadline=None)
many = settings(max_examples=200, deadline=None)
MAY: Rows = [
    *({"calendar": "cn", "day": date(2026, 5, day), "runs_as": None} for day in range(1, 6)),
    {"calendar": "cn", "day": date(2026, 5, 9), "runs_as": "Tue"},
]
"""Labour Day 2026: 1 to 5 May off, Saturday 9 May worked (State Council notice for 2026)."""
BATCH = one_way().frame("batches").to_dicts()[0]
SUITE = one_way().frame("suites").to_dicts()[0] | {"weekdays": "Mon-Fri"}
CALENDARS: Rows = [{"calendar": "cn"}]


def following(**changes: Rows) -> Network:
    """The plain network, its line, lanes and site in one calendar."""
    plain: dict[str, Rows] = {
        "calendars": CALENDARS,
        "holidays": MAY,
        "lines": [{"line": "line", "calendar": "cn"}],
        "sites": [{"site": "site", "calendar": "cn"}],
        "suites": [SUITE],
    }
    return one_way(**{**plain, **changes})


def test_a_closed_day_has_no_weekday_and_a_make_up_day_has_that_of_another() -> None:
    calendars = workdays(network(calendars=CALENDARS, holidays=MAY))
    week = [calendars.weekday("cn", WEEK + n * DAY) for n in range(7)]
    assert week == [None, None, 2, 3, 4, 1, 6]
    assert [calendars.weekday(None, WEEK + n * DAY) for n in range(7)] == list(range(7))
    assert calendars.weekday("another", WEEK) == 0


def test_the_weekday_of_a_site_is_that_of_its_calendar_and_elsewhere_the_days_own() -> None:
    sites: Rows = [{"site": "follows", "calendar": "cn"}, {"site": "does not"}]
    net = network(calendars=CALENDARS, holidays=MAY, sites=sites)
    days = [date(2026, 5, 8), date(2026, 5, 9), date(2026, 5, 8), date(2026, 5, 9)]
    placed = pl.DataFrame({"site": [0, 0, 1, 1], "day": days}, schema_overrides={"site": pl.Int32})
    assert with_weekday(net, placed)["weekday"].to_list() == [5, 2, 5, 6]


@st.composite
def schedules(draw: Any) -> dict[date, str | None]:
    """What a calendar names in three weeks."""
    offsets = draw(st.lists(st.integers(-3, 18), unique=True, max_size=12))
    return {WEEK + n * DAY: draw(st.sampled_from((None, *WEEKDAY_NAMES))) for n in offsets}


@many
@given(
    schedules(),
    st.sets(st.sampled_from(WEEKDAY_NAMES), min_size=1),
    st.integers(-5, 5),
    st.integers(-3, 20),
)
def test_the_days_of_a_timetable_equal_a_plain_search(
    schedule: dict[date, str | None], weekdays: set[str], start: int, length: int
) -> None:
    rows = [{"calendar": "c", "day": day, "runs_as": runs} for day, runs in schedule.items()]
    calendars = workdays(network(calendars=[{"calendar": "c"}], holidays=rows))
    first, last = WEEK + start * DAY, WEEK + (start + length) * DAY
    plain = []
    day = first
    while day <= last:
        name = schedule[day] if day in schedule else day.strftime("%a")
        if name in weekdays:
            plain.append(day)
        day += DAY
    assert calendars.days("c", " ".join(sorted(weekdays)), first, last) == tuple(plain)


@few
@given(schedules(), st.sampled_from((7, 14)))
def test_weeks_of_one_key_have_the_same_options_but_for_their_dates(
    nuclides: NuclideTable, schedule: dict[date, str | None], days: int
) -> None:
    later, by_ms = WEEK + days * DAY, days * 24 * 3_600_000
    made, moved = _calendar(schedule), _calendar(schedule, by=days * DAY)
    assert calendar_key(made, WEEK) == calendar_key(moved, later)
    some = build_options(made, nuclides=nuclides, week=WEEK)
    others = build_options(moved, nuclides=nuclides, week=later)
    times = pl.col("ready_ms", "arrive_ms", "infuse_ms")
    assert some.rows.with_columns(times + by_ms).equals(others.rows)
    assert (
        some.slots.with_columns(pl.col("day") + days * DAY)
        .drop("start_ms", "end_ms")
        .equals(others.slots.drop("start_ms", "end_ms"))
    )


@few
@given(schedules())
def test_what_is_not_in_the_key_changes_no_option(
    nuclides: NuclideTable, schedule: dict[date, str | None]
) -> None:
    whole = _calendar(schedule)
    named = {offset for _, offset, _ in calendar_key(whole, WEEK)}
    near = _calendar({day: as_ for day, as_ in schedule.items() if (day - WEEK).days in named})
    some, others = (build_options(one, nuclides=nuclides, week=WEEK) for one in (whole, near))
    assert some.rows.equals(others.rows)
    assert some.itineraries.equals(others.itineraries)
    assert some.slots.equals(others.slots)


def _calendar(schedule: dict[date, str | None], by: timedelta = DAY * 0) -> Network:
    """A calendar of lines, sites, hubs open at night, and lanes."""
    rows = [{"calendar": "cn", "day": day + by, "runs_as": as_} for day, as_ in schedule.items()]
    hub = {"hub": "hub", "calendar": "cn", "open": "18:00", "close": "11:00"}
    lanes = [one | {"calendar": "cn"} for one in one_way().frame("lanes").to_dicts()]
    return following(holidays=rows, hubs=[hub], lanes=lanes)


def test_an_ordinary_week_has_an_empty_key() -> None:
    assert calendar_key(one_way(), WEEK) == frozenset()
    assert calendar_key(one_way(calendars=CALENDARS, holidays=MAY), WEEK) == frozenset()
    assert calendar_key(following(), WEEK + 14 * DAY) == frozenset()


def test_a_key_names_days_from_its_monday() -> None:
    assert calendar_key(following(), WEEK) == {("cn", 0, None), ("cn", 1, None), ("cn", 5, 1)}
    # Of the week before, slots run on until its doses expire, 13 days from its Monday. Nobody
    # would work on its weekend anyway.
    before = calendar_key(following(), WEEK - 7 * DAY)
    assert before == {("cn", n, None) for n in (4, 7, 8)} | {("cn", 12, 1)}


def test_a_holiday_counts_where_only_staff_would_have_worked() -> None:
    saturday = [{"calendar": "cn", "day": WEEK + 5 * DAY, "runs_as": None}]
    nurse = {"site": "site", "role": "nurse", "weekdays": "Sat"}
    assert calendar_key(following(holidays=saturday), WEEK) == frozenset()
    assert calendar_key(following(holidays=saturday, staff=[nurse]), WEEK) == {("cn", 5, None)}


@pytest.mark.parametrize(
    ("weekday", "runs"),
    [("Mon", None), ("Tue", date(2026, 5, 9)), ("Wed", date(2026, 5, 6)), ("Sat", None)],
)
def test_a_batch_runs_on_the_first_day_that_runs_as_its_own(
    nuclides: NuclideTable, weekday: str, runs: date | None
) -> None:
    batch = BATCH | {"weekday": weekday, "qc_h": 0.0}
    options = build_options(following(batches=[batch]), nuclides=nuclides, week=WEEK)
    closed = REFUSALS.index("line_closed")
    assert (options.rows["refusal"] == closed).all() is (runs is None)
    if runs is not None:
        ready = runs.toordinal() - date(1970, 1, 1).toordinal()
        assert options.rows["ready_ms"][0] == (ready * 24 + 4) * 3_600_000


def test_a_batch_runs_once_even_if_two_days_run_as_its_own(nuclides: NuclideTable) -> None:
    saturday = [{"calendar": "cn", "day": WEEK + 5 * DAY, "runs_as": "Mon"}]
    options = build_options(following(holidays=saturday), nuclides=nuclides, week=WEEK)
    assert set(options.rows["ready_ms"]) == {_ms(WEEK, 4.0)}


def test_slots_are_given_on_the_days_that_the_site_works(nuclides: NuclideTable) -> None:
    slots = build_options(following(), nuclides=nuclides, week=WEEK).slots
    in_week = slots["day"].filter(slots["day"] < WEEK + 7 * DAY).unique().sort().to_list()
    assert in_week == [date(2026, 5, day) for day in (6, 7, 8, 9)]


def test_departures_leave_on_the_days_that_the_lane_runs(nuclides: NuclideTable) -> None:
    """The plain flight leaves daily at 10:00; on 4 and 5 May its calendar is closed."""
    plain = following(lines=[{"line": "line"}], sites=[{"site": "site"}])
    lanes = plain.frame("lanes").to_dicts()
    lanes[1]["calendar"] = "cn"
    flight = one_way().frame("departures").to_dicts()
    options = build_options(
        following(lines=[{"line": "line"}], lanes=lanes, departures=flight),
        nuclides=nuclides,
        week=WEEK,
    )
    leaves = options.itineraries["leg_depart_ms"].list.last()[0]
    assert leaves == _ms(date(2026, 5, 6), 10.0)


def test_a_lane_on_demand_waits_until_its_calendar_opens(nuclides: NuclideTable) -> None:
    lanes = one_way().frame("lanes").to_dicts()
    lanes[0]["calendar"] = "cn"
    made = following(lines=[{"line": "line"}], lanes=lanes)
    options = build_options(made, nuclides=nuclides, week=WEEK)
    # Released on Monday 4 May at 07:00; the courier starts on Wednesday at midnight.
    assert options.itineraries["leg_depart_ms"].list.first()[0] == _ms(date(2026, 5, 6), 0.0)


def test_other_reasons_come_after_a_closed_line(nuclides: NuclideTable) -> None:
    expired = treat_licence(valid_until=date(2026, 1, 1))
    closed = following(licences=[expired])
    rows = build_options(closed, nuclides=nuclides, week=WEEK).rows
    assert {REFUSALS[code] for code in rows["refusal"]} == {"line_closed"}


def _ms(day: date, hour: float) -> int:
    return round(((day - date(1970, 1, 1)).days * 24 + hour) * 3_600_000)
