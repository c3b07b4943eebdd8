"""Headroom of the tiny example, checked with a pencil."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.study.networks import tiny

from doseline.model.nearest import nearest
from doseline.study.headroom import UnknownNameError, WindowError, headroom

if TYPE_CHECKING:
    from doseline.study.headroom import Headroom

MONDAY = date(2026, 5, 4)


@pytest.fixture(scope="module")
def near() -> Headroom:
    """The site by road, from the Monday of the planned week on."""
    return headroom(tiny(), "near")


@pytest.fixture(scope="module")
def middle() -> Headroom:
    """The site by one flight, whose licence holds 15 GBq."""
    return headroom(tiny(), "middle")


def _row(found: Headroom, day: date) -> dict[str, Any]:
    return found.days.filter(day=day).row(0, named=True)


def test_four_weeks_from_the_planned_monday_unless_others_are_asked_for(near: Headroom) -> None:
    assert near.days["day"].to_list() == [MONDAY + timedelta(days=nth) for nth in range(28)]


def test_what_must_be_ordered_five_days_ahead_cannot_come_this_week(near: Headroom) -> None:
    week = near.days.filter(near.days["day"] < MONDAY + timedelta(days=5))
    assert week["acceptable"].to_list() == [0] * 5
    assert week["order_by"].to_list() == [MONDAY + timedelta(days=nth - 5) for nth in range(5)]
    assert all("ordering" in ties for ties in week["ties"])


def test_a_booked_chair_and_an_order_fill_tuesday(near: Headroom) -> None:
    # Two slots of 120 min; one is booked, o1 takes the other; four roles of 240 and 120 min
    # serve one of four doses.
    tuesday = _row(near, date(2026, 5, 5))
    assert (tuesday["chair"], tuesday["nurse"], tuesday["authorised_user"]) == (0, 3, 3)
    assert (tuesday["committed"], tuesday["ties"]) == (1, "chair ordering")


def test_a_dose_on_its_way_takes_a_chair_and_a_nurse(near: Headroom) -> None:
    monday = _row(near, MONDAY)
    assert (monday["chair"], monday["nurse"], monday["committed"]) == (1, 3, 1)


def test_monday_gets_the_vial_that_the_wednesday_batch_has_left(near: Headroom) -> None:
    # psma-wed of 6 May has 3 vials: o3 and o4 take two of them, since they are 14 h and 38 h old
    # on Thursday and Friday and so need less activity than from psma-mon. The next psma-mon is
    # released at 13:00, after the last slot.
    monday = _row(near, date(2026, 5, 11))
    assert (monday["supply"], monday["acceptable"], monday["stops"]) == (1, 1, "batch")


def test_five_vials_come_on_tuesday_and_two_chairs_take_two(near: Headroom) -> None:
    tuesday = _row(near, date(2026, 5, 12))
    # psma-mon makes 5; the vial left of psma-wed would be 134 h old, and its shelf life is 120 h.
    assert (tuesday["supply"], tuesday["chair"], tuesday["acceptable"]) == (5, 2, 2)
    # 60 GBq less 1.2 GBq of stock and waste of a week before and the residue of the doses given;
    # a vial of 7.4 GBq at 08:00 or 10:00 is 8.0 or 8.1 GBq when it arrives at 14:30 the day before:
    # seven fit and eight do not.
    assert tuesday["possession"] == 7


def test_the_courses_of_a_site_keep_a_chair_free(near: Headroom) -> None:
    # Given once, due on 8 April, every 42 days: the third dose is due on 20 May, for 0.75 patients.
    # Given twice, due on 24 March: the fourth is due on 5 May, for 0.75; o2 stands for it.
    told = near.promised.filter(what="reserved")
    assert told["day"].to_list() == [date(2026, 5, 20)]
    assert _row(near, date(2026, 5, 20))["acceptable"] == 1
    without = headroom(tiny(), "near", reservations=False)
    assert _row(without, date(2026, 5, 20))["acceptable"] == 2
    assert without.promised.filter(what="reserved").is_empty()


def test_the_orders_of_a_site_lie_where_the_plan_has_them(near: Headroom) -> None:
    orders = dict(near.promised.filter(what="order").select("name", "day").iter_rows())
    assert orders == {f"o{nth}": MONDAY + timedelta(days=nth) for nth in range(1, 5)}


def test_one_vial_a_week_may_lie_at_the_site_with_a_small_licence(middle: Headroom) -> None:
    # Both vials of a Tuesday would lie there from Monday 23:00: 7.695 + 7.762 GBq, over 15 GBq.
    # So would a vial for Thursday, since it comes by the same flight: 7.695 + 9.481 GBq.
    open_days = middle.days.filter(middle.days["acceptable"] > 0)
    assert open_days["acceptable"].to_list() == [1] * 6
    assert set(open_days["stops"]) == {"possession"}
    accepted = middle.cumulative.filter(middle.cumulative["accepted"] > 0)
    assert accepted["day"].to_list() == [date(2026, 5, day) for day in (12, 19, 26)]
    assert accepted["total"].to_list() == [1, 2, 3]


def test_room_for_one_dose_more_is_worth_a_dose_a_week(middle: Headroom) -> None:
    row = middle.stops.filter(stops="possession").row(0, named=True)
    assert (row["days"], row["alone"], row["more"]) == (6, 6, 3)


def test_an_order_that_no_day_takes_is_told(middle: Headroom) -> None:
    lost = middle.promised.filter(middle.promised["day"].is_null())
    assert lost["name"].to_list() == ["o6"]


def test_a_licence_that_ends_in_the_window_stops_every_later_day() -> None:
    far = headroom(tiny(), "far")
    # The last day of the licence is Wednesday 6 May; the site treats on Wednesdays and Thursdays.
    stops = dict(far.days.select("day", "stops").iter_rows())
    assert stops[date(2026, 5, 6)] == "ordering"
    open_days = [day for day in stops if day.weekday() in (2, 3)]
    assert {stops[day] for day in open_days[1:]} == {"licence"}
    assert far.earliest == {"lu-psma": None}


def test_the_first_day_with_room_is_told(near: Headroom) -> None:
    assert near.earliest == {"lu-psma": date(2026, 5, 11)}


def test_asked_on_another_morning_what_is_past_is_past() -> None:
    thursday = headroom(tiny(), "near", start=date(2026, 5, 7), days=5)
    assert thursday.days["day"][0] == date(2026, 5, 7)
    assert thursday.promised.filter(what="order")["name"].to_list() == ["o3", "o4"]
    # Monday must be ordered by Wednesday, and that was yesterday.
    assert _row(thursday, date(2026, 5, 11))["stops"] == "ordering"


def test_no_days_give_no_rows() -> None:
    none = headroom(tiny(), "near", days=0)
    assert (none.days.height, none.cumulative.height, none.stops.height) == (0, 0, 0)
    assert none.earliest == {}


def test_a_name_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean near"):
        headroom(tiny(), "neer")
    with pytest.raises(UnknownNameError, match="products"):
        headroom(tiny(), "near", product="gold")
    assert nearest("neer", ["near", "middle", "far"]) == "near"


@pytest.mark.parametrize("days", [-1, 367])
def test_a_window_that_cannot_be_looked_at_is_refused(days: int) -> None:
    with pytest.raises(WindowError, match="0 to 366"):
        headroom(tiny(), "near", days=days)


def test_a_notebook_shows_the_days(near: Headroom) -> None:
    assert "Headroom of near" in near._repr_html_()
