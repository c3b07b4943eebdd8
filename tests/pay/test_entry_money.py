"""Discounted integrals, triangles, workdays and rounds against closed forms and other libraries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.pay.entry_cases import START, case, step, use

from doseline.pay.entry_calendar import date_of, number_of, workdays, yearly_rounds
from doseline.pay.entry_draws import Draws, triangular
from doseline.pay.entry_money import Uptake, factor, force, growing, level, spread, worth_elsewhere
from doseline.pay.entry_route import PROGRAMME, judge

RATES = (0.0, 1e-7, 0.05, 0.12, 0.4)


def arr(*values: float) -> Any:
    return np.array(values)


@pytest.mark.parametrize("rate", RATES)
def test_whole_years_are_discounted_geometrically(rate: float) -> None:
    years = np.arange(6.0)
    found = factor(years * 365.25, force(arr(rate)))
    assert found == pytest.approx((1.0 + rate) ** -years, rel=1e-12)


@pytest.mark.parametrize("rate", RATES)
def test_integrals_are_those_of_a_fine_sum(rate: float) -> None:
    per_day, length = force(arr(rate)), 900.0
    middles = (np.arange(90_000) + 0.5) * 0.01
    weights = np.exp(-per_day[0] * middles) * 0.01
    assert level(arr(length), per_day)[0] == pytest.approx(weights.sum(), rel=1e-8)
    assert growing(arr(length), per_day)[0] == pytest.approx((weights * middles).sum(), rel=1e-6)


def test_spending_is_counted_as_far_as_the_last_day() -> None:
    nothing = force(arr(0.0))
    assert spread(arr(100.0), arr(300.0), 200.0, nothing)[0] == pytest.approx(0.5)
    assert spread(arr(100.0), arr(100.0), 200.0, nothing)[0] == 1.0
    assert spread(arr(250.0), arr(300.0), 200.0, nothing)[0] == 0.0
    assert spread(arr(250.0), arr(250.0), 200.0, nothing)[0] == 0.0
    year = force(arr(0.1))
    assert spread(arr(365.25), arr(365.25), 999.0, year)[0] == pytest.approx(1 / 1.1)


@pytest.mark.parametrize("ramp", [0.0, 200.0, 5000.0])
def test_patients_of_a_use_are_those_of_each_day_added_up(ramp: float) -> None:
    uptake = Uptake(start=arr(100.0), end=arr(1500.0), first=arr(0.4), peak=arr(2.0), ramp=ramp)
    days = np.arange(0.0, 2000.0, 0.05) + 0.025
    rates = np.array([uptake.rate(arr(day))[0] for day in days[::20]])
    assert uptake.patients(0.0, 2000.0)[0] == pytest.approx(rates.sum(), rel=2e-3)
    assert uptake.patients(0.0, 700.0)[0] + uptake.patients(700.0, 2000.0)[0] == pytest.approx(
        uptake.patients(0.0, 2000.0)[0]
    )
    assert uptake.worth(arr(0.0))[0] == pytest.approx(uptake.patients(0.0, 2000.0)[0])
    assert uptake.patients(0.0, 100.0)[0] == 0.0


@pytest.mark.parametrize("ends", [(1.0, 2.0, 6.0), (0.0, 0.0, 3.0), (2.0, 5.0, 5.0)])
def test_triangles_have_their_mean_and_variance(ends: tuple[float, float, float]) -> None:
    low, likely, high = ends
    shares = (np.arange(200_000) + 0.5) / 200_000
    values = triangular(low, likely, high, shares)
    assert values.min() >= low
    assert values.max() <= high
    assert values.mean() == pytest.approx(sum(ends) / 3.0, rel=1e-5)
    spread_of = (low**2 + likely**2 + high**2 - low * likely - low * high - likely * high) / 18.0
    assert values.var() == pytest.approx(spread_of, rel=1e-4)
    drawn = Draws(seed=4, samples=20_000).values(
        step("s", days=likely, low_days=low, high_days=high), "days"
    )
    assert abs(drawn.mean() - sum(ends) / 3.0) < 3.0 * np.sqrt(spread_of / 20_000)


def test_a_figure_without_ends_is_the_same_in_every_sample() -> None:
    assert set(Draws(seed=1, samples=9).values(step("s", days=7.0), "days")) == {7.0}


def test_steps_of_one_name_share_their_draw_in_all_routes() -> None:
    draws = Draws(seed=1, samples=50)
    about: dict[str, Any] = {"days": 5.0, "low_days": 1.0, "high_days": 9.0}
    here, there = step("s", route="a", **about), step("s", route="b", **about)
    assert (draws.values(here, "days") == draws.values(there, "days")).all()
    other = draws.values(step("t", route="a", **about), "days")
    assert (draws.values(here, "days") != other).any()


def test_workdays_are_those_of_numpy() -> None:
    first = date(2026, 1, 1)
    known = workdays(first, {})
    for start in range(0, 40, 3):
        for count in (1, 5, 60, 130, 200):
            day = first + timedelta(days=start)
            wanted: Any = np.busday_offset(np.datetime64(day), count, roll="backward")
            found = known.after(arr(number_of(day)), arr(float(count)))[0]
            assert date_of(found) == wanted.astype(date)


def test_holidays_are_left_out_and_make_up_days_are_worked() -> None:
    friday, saturday, monday = date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 16)
    known = workdays(date(2026, 1, 1), {saturday: True, monday: False})
    days = known.after(np.repeat(number_of(friday), 3), arr(1.0, 2.0, 1.2))
    assert [date_of(day) for day in days] == [saturday, date(2026, 2, 17), date(2026, 2, 17)]


@pytest.mark.parametrize(
    ("ready", "attempt", "effect"),
    [
        (date(2025, 6, 30), 1, date(2026, 1, 1)),
        (date(2025, 7, 1), 1, date(2027, 1, 1)),
        (date(2025, 7, 1), 2, date(2028, 1, 1)),
        (date(2025, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_the_closing_day_is_in_time_and_the_next_costs_a_year(
    ready: date, attempt: int, effect: date
) -> None:
    rounds = yearly_rounds("06-30>01-01", date(2025, 1, 1))
    late = number_of(ready) + 0.99
    assert date_of(rounds.effect(arr(late), attempt)[0]) == effect


def test_several_rounds_a_year_are_taken_in_turn() -> None:
    quarters = "03-01>07-01 06-01>10-01 09-01>01-01 12-01>04-01"
    rounds = yearly_rounds(quarters, date(2026, 1, 1))
    for ready, effect in (
        (date(2026, 3, 1), date(2026, 7, 1)),
        (date(2026, 3, 2), date(2026, 10, 1)),
        (date(2026, 9, 1), date(2027, 1, 1)),
        (date(2026, 9, 2), date(2027, 4, 1)),
        (date(2026, 12, 2), date(2027, 7, 1)),
    ):
        assert date_of(rounds.effect(arr(number_of(ready)), 1)[0]) == effect


def test_effect_is_after_the_closing_day() -> None:
    rounds = yearly_rounds("01-01>01-01", date(2026, 1, 1))
    assert date_of(rounds.effect(arr(number_of(date(2026, 1, 1))), 1)[0]) == date(2027, 1, 1)


def test_data_bring_the_programme_forward_and_raise_its_probability() -> None:
    worth = worth_elsewhere(
        money=arr(1000.0),
        probability=arr(0.2),
        saved=arr(365.25),
        shift=arr(0.05),
        yearly=arr(0.1),
    )
    assert worth[0] == pytest.approx(1000.0 * (0.25 * 1.1 - 0.2))


@pytest.mark.parametrize(("own_days", "worth"), [(400, 60.0), (301, 60.0), (300, 0.0), (100, 0.0)])
def test_data_that_come_after_the_programmes_own_are_worth_nothing(
    own_days: int, worth: float
) -> None:
    trial = step("trial", days=300.0, milestone="human_data", elsewhere_percent=60.0)
    one = case(
        {"r": ([trial], [])},
        programme_money=1000.0,
        programme_percent=20.0,
        shift_percent=10.0,
        own_data=START + timedelta(days=own_days),
    )
    (branch,) = judge(one, one.routes[0], Draws(seed=1, samples=1)).branches
    assert branch.money[PROGRAMME][0] == pytest.approx(worth)


def test_without_discounting_money_is_patients_times_margin_less_cost() -> None:
    steps = [step("file", days=100.0, cost=5000.0, developer_percent=40.0)]
    uses = [use("sold", "file", price=90.0, unit_cost=20.0)]
    one = case({"r": (steps, uses)}, discount_percent=0.0, counted_until=date(2028, 3, 15))
    (branch,) = judge(one, one.routes[0], Draws(seed=1, samples=1)).branches
    open_days = (date(2028, 3, 16) - START).days - 100
    patients = 1000.0 * 0.2 * open_days / 365.25
    assert branch.value[0] == pytest.approx(patients * 3.0 * 70.0 - 2000.0)
