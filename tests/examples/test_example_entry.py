"""The routes of entry of the Chinese example say what is known of the product on sale."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.examples.conftest import read

from doseline.model.entry import EntryRoute, EntryStep
from doseline.pay.entry_calendar import date_of
from doseline.pay.entry_draws import Draws
from doseline.pay.entry_route import judge
from doseline.study.entry import Given, case_of, entry_of, entry_products
from doseline.study.expected import reaching_per_year

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

ACCEPTED, APPROVED = date(2024, 11, 13), date(2025, 11, 5)


@pytest.fixture(scope="module")
def cn() -> Network:
    return read("cn-rlt")


@pytest.fixture(scope="module")
def actual(cn: Network) -> EntryTold:
    return entry_of(cn, product="lu-psma", samples=400)


def test_the_product_on_sale_took_twelve_months_and_missed_the_round_of_2025(
    actual: EntryTold,
) -> None:
    rows = {
        row["milestone"]: row
        for row in actual.frame("times").to_dicts()
        if row["route"] == "as-it-went"
    }
    assert rows["approval"]["median"] == APPROVED
    assert rows["approval"]["months"] == pytest.approx(12.0, abs=0.5)
    assert rows["sale"]["median"] == date(2026, 1, 22)
    # The earliest listing, with the most probable round first.
    assert rows["listing"]["low"] == rows["listing"]["median"] == date(2027, 1, 1)


def test_the_review_is_130_workdays_and_the_rest_is_what_was_left(cn: Network) -> None:
    steps = {row.step: row for row in cn.rows(EntryStep) if row.route == "as-it-went"}
    offset: Any = np.busday_offset(np.datetime64(ACCEPTED), int(steps["review"].days))
    end = offset.astype(date)
    assert end == date(2025, 5, 14)
    assert end + timedelta(days=int(steps["questions"].days)) == APPROVED


@pytest.mark.parametrize(
    ("approved", "listed"),
    [(date(2025, 6, 30), date(2026, 1, 1)), (date(2025, 7, 1), date(2027, 1, 1))],
)
def test_a_day_after_the_end_of_june_costs_a_year(
    cn: Network, approved: date, listed: date
) -> None:
    case = case_of(cn, "lu-psma", Given())
    route = next(row for row in case.routes if row.route == "as-it-went")
    late = [
        dataclasses.replace(row, days=0.0, not_before=approved) if row.step == "questions" else row
        for row in case.steps["as-it-went"]
    ]
    early = dataclasses.replace(route, starts=date(2024, 6, 3))
    case = dataclasses.replace(case, steps={"as-it-went": late})
    branches = judge(case, early, Draws(seed=1, samples=1)).branches
    first = next(one for one in branches if one.outcome["listing"] == 1)
    assert date_of(first.spans["questions"].end[0]) == approved
    assert date_of(first.spans["listing"].end[0]) == listed


def test_a_round_reached_is_a_year_of_listed_patients_earlier(actual: EntryTold) -> None:
    frame = actual.frame("patients")
    listed = {
        (row["route"], row["year"]): row["patients"]
        for row in frame.to_dicts()
        if row["kind"] == "listed"
    }
    assert ("by-june", 2026) in listed
    assert ("as-it-went", 2026) not in listed
    worth = dict(actual.frame("routes").select("route", "rnpv").iter_rows())
    assert worth["by-june"] > worth["as-it-went"]


def test_trials_come_to_human_data_sooner_and_cost_less_before_them(cn: Network) -> None:
    assert entry_products(cn) == ["lu-psma", "ac-psma"]
    found = entry_of(cn, product="ac-psma", samples=400)
    months = {
        (row["route"], row["milestone"]): row["months"] for row in found.frame("times").to_dicts()
    }
    assert months["trial-first", "human_data"] < months["application", "human_data"]
    assert months["both", "approval"] < months["application", "approval"]
    assert months["application", "approval"] < months["trial-first", "approval"]
    spent = dict(found.frame("routes").select("route", "spent").iter_rows())
    assert spent["trial-first"] < spent["both"] < spent["application"] < spent["local"]
    assert found.patients_per_year == pytest.approx(0.4 * reaching_per_year(cn)["lu-psma"])
    free = dict(found.frame("routes").select("route", "free").iter_rows())
    assert free["preparation"] == pytest.approx(30.0)


def test_every_route_says_what_it_rests_on_and_that_most_of_it_is_assumed(cn: Network) -> None:
    assert (
        {row.route for row in cn.rows(EntryRoute)}
        == set(cn.frame("entry_uses")["route"])
        == set(cn.frame("entry_steps")["route"])
    )
    inputs = entry_of(cn, product="ac-psma", samples=200).frame("inputs")
    certain = set(inputs.filter(~inputs["assumed"])["evidence"])
    assert certain <= {"entry-list", "entry-stops", "entry-success"}
