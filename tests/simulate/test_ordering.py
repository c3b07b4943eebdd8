"""Cut-off calendars: by when the doses of a week must be ordered, by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.study.networks import rows_of

from doseline.io.folder import load
from doseline.model.columns import Clock, Weekdays, Zone
from doseline.model.ordering import OrderingCutoff
from doseline.routes.cutoffs import cutoff_day
from doseline.simulate.ordering import ordering
from doseline.simulate.pathway import calendar_of, pathway

if TYPE_CHECKING:
    from doseline.model.network import Network

TINY = Path(__file__).parents[2] / "examples" / "tiny"
ORIGIN = date(2026, 3, 9)
"""Monday of day 0 of the example; its clocks are on summer time from then to the end."""


def with_cutoffs(*rows: dict[str, Any], closed: tuple[date, ...] = ()) -> Network:
    """The example with cut-offs, and a maker that is closed on some days."""
    filled = [{"product": "lu-psma", "zone": "America/Chicago", **row} for row in rows]
    return load(TINY).replace(
        ordering_cutoffs=rows_of("ordering_cutoffs", *filled),
        calendars=rows_of("calendars", {"calendar": "maker", "name": "Maker"}),
        holidays=rows_of("holidays", *({"calendar": "maker", "day": day} for day in closed)),
    )


SIX_DAYS = {"infusion_weekdays": "Mon-Sun", "days_before": 6, "clock": "12:00", "calendar": "maker"}


def test_without_a_cut_off_doses_are_ordered_so_many_days_ahead() -> None:
    network = load(TINY)
    found = ordering(network, calendar_of(network))
    weeks = np.arange(calendar_of(network).weeks)
    assert found.order_by.tolist() == [(7.0 * weeks - 5.0).tolist()]
    assert found.lead_days.tolist() == [5.0]


def test_the_first_day_of_infusion_of_a_week_sets_its_cut_off() -> None:
    network = with_cutoffs(SIX_DAYS)
    found = ordering(network, calendar_of(network))
    # Tuesday of the week less six days is Wednesday before, 12:00 in Chicago: 17:00 UTC.
    assert found.order_by[0, 8] == pytest.approx(7 * 8 + 1 - 6 + 17 / 24)
    assert found.lead_days[0] == pytest.approx(5 - 17 / 24)


def test_on_a_closed_day_it_is_the_last_open_day_before() -> None:
    # Week 9 starts on Monday 2026-05-11: its cut-off falls on Wednesday 6 May, then on Monday.
    network = with_cutoffs(SIX_DAYS, closed=(date(2026, 5, 6), date(2026, 5, 5)))
    usual, moved = with_cutoffs(SIX_DAYS), network
    before, after = (ordering(one, calendar_of(one)) for one in (usual, moved))
    difference = before.order_by - after.order_by
    assert difference[0, 9] == pytest.approx(2.0)
    assert np.count_nonzero(difference) == 1
    assert before.lead_days == after.lead_days


def test_days_of_infusion_with_cut_offs_of_their_own_the_first_one_counts() -> None:
    early = {"infusion_weekdays": "Tue Wed", "days_before": 5, "clock": "10:00"}
    late = {"infusion_weekdays": "Thu-Mon", "days_before": 9, "clock": "10:00"}
    network = with_cutoffs(early, late)
    found = ordering(network, calendar_of(network)).order_by[0, 6]
    # Tuesday less 5 days: day -4; Thursday less 9 days: day -6. 10:00 in Chicago is 15:00 UTC.
    assert found == pytest.approx(7 * 6 - 6 + 15 / 24)


def test_who_asks_at_the_cut_off_is_in_time_for_the_week_and_a_moment_later_is_not() -> None:
    path = pathway(with_cutoffs(SIX_DAYS))
    closing = path.order_by[0, 5]
    asked = np.array([closing - 3.0, closing, closing + 1e-6, closing + 7.0])
    assert path.order_week(np.zeros(4, np.int64), asked).tolist() == [5, 5, 6, 6]
    never = path.order_week(np.zeros(1, np.int64), np.array([1e6]))
    assert never.tolist() == [path.order_by.shape[1]]


def test_a_calendar_of_its_own_row_moves_only_that_row() -> None:
    row = OrderingCutoff(
        product="a", infusion_weekdays=Weekdays("Mon"), days_before=2, clock=Clock("09:00"), zone=Zone("UTC"),
        calendar=None, evidence="x",
    )  # fmt: skip
    closed = {("maker", date(2026, 5, 2))}
    assert cutoff_day(row, date(2026, 5, 4), closed) == date(2026, 5, 2)
