"""Hours, dose budgets, limits on use and on departures that cannot work are told, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.routes.build import lane, make_licence, one_way, treat_licence

from doseline.io.text import text
from doseline.model.checks_capacity_limits import (
    check_departure_limits,
    check_staff_dose,
    check_staff_hours,
    check_use,
)
from doseline.model.checks_treatment import check_suites
from doseline.model.findings import NOTE, WARNING

if TYPE_CHECKING:
    from doseline.model.findings import Finding
    from doseline.model.network import Network

STAFF = {"site": "site", "role": "nurse", "count": 2, "hours_per_day": 4.0}
DAYTIME = {"start": "00:00", "end": "00:00"}
TASK = {"product": "psma", "role": "nurse", "minutes": 60, "dose_usv": 5.0}


def network(**tables: Any) -> Network:
    return one_way(**{"staff": [STAFF | DAYTIME], "tasks": [TASK], **tables})


def told(findings: list[Finding]) -> list[tuple[str, str, str, str]]:
    for one in findings:
        about = {"found": one.found, "allowed": one.allowed, **one.about}
        for language in ("en", "zh"):
            assert "{" not in text(f"findings.{one.code}", language, **about)
    return [(one.code, one.table, one.column, one.severity) for one in findings]


@pytest.mark.parametrize(
    ("start", "end", "apart"),
    [("08:00", "08:59", True), ("08:00", "09:00", False), ("23:30", "00:30", False),
     ("08:00", "08:00", False)],
)  # fmt: skip
def test_hours_shorter_than_a_task_are_told(start: str, end: str, *, apart: bool) -> None:
    found = told(list(check_staff_hours(network(staff=[STAFF | {"start": start, "end": end}]))))
    assert found == [("hours_apart", "staff", "start", WARNING)] * apart


def test_roles_that_do_not_meet_are_told() -> None:
    early, late = STAFF | {"start": "06:00", "end": "12:00"}, STAFF | {"role": "technologist"}
    net = network(
        staff=[early, late | {"start": "11:30", "end": "18:00"}],
        tasks=[TASK, TASK | {"role": "technologist"}],
    )
    (one,) = check_staff_hours(net)
    assert (one.code, one.found, one.allowed) == ("hours_apart", "30 min", "≥ 60 min")


@pytest.mark.parametrize(("budget", "short"), [(2.4, True), (2.5, False)])
def test_a_budget_below_one_infusion_is_told(budget: float, *, short: bool) -> None:
    staff = [STAFF | DAYTIME | {"dose_budget_usv": budget}]
    found = told(list(check_staff_dose(network(staff=staff))))
    assert found == [("budget_below_dose", "staff", "dose_budget_usv", WARNING)] * short


def test_use_where_nobody_is_treated_is_told() -> None:
    licences = [make_licence(daily_gbq=4.0), treat_licence(daily_gbq=4.0)]
    found = told(list(check_use(network(licences=licences))))
    assert found == [("use_not_treated", "licences", "daily_gbq", NOTE)]


def test_a_spent_year_is_told() -> None:
    licences = [make_licence(), treat_licence(annual_gbq=100.0, annual_used_gbq=100.0)]
    found = told(list(check_use(network(licences=licences))))
    assert found == [("annual_use_spent", "licences", "annual_used_gbq", WARNING)]


def test_a_limit_of_departures_without_departures_is_told() -> None:
    lanes = [
        lane("line>hub", duration_h=1.0, most_packages=3),
        lane("hub>site", mode="air_passenger", duration_h=3.0, most_packages=3),
    ]
    found = list(check_departure_limits(network(lanes=lanes)))
    assert told(found) == [("limit_without_departure", "lanes", "most_packages", NOTE)]
    assert found[0].about["lane"] == "line>hub"


@pytest.mark.parametrize(("turnover", "short"), [(119, False), (120, False), (121, True)])
def test_a_suite_is_open_for_an_infusion_and_its_turnover(turnover: int, *, short: bool) -> None:
    suite = {"suite": "suite", "site": "site", "open": "08:00", "close": "10:01",
             "turnover_min": turnover}  # fmt: skip
    found = [one.code for one in check_suites(network(suites=[suite]))]
    assert ("suite_too_short" in found) == short
