"""Routes of entry of a small network against enumeration and plain sampling."""

from __future__ import annotations

import functools
import math
import random
import statistics
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.pay.entry_oracle import (
    YEAR,
    Story,
    date_at,
    day_of,
    drawer,
    drawn_tries,
)
from tests.pay.entry_worlds import (
    STARTS,
    STEPS,
    TERMS,
    USES,
    at_random,
    chances,
    priced,
    row_of,
    spread,
    world,
)

from doseline.study.entry import entry_of

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

DRAWS = 2500


@functools.cache
def certain() -> tuple[Network, EntryTold]:
    return world(), entry_of(world(), samples=4)


def point(ends: list[tuple[float, float]], share: float) -> date:
    """The first day by which a share of the weight has ended."""
    weight, total = 0.0, sum(chance for _, chance in ends)
    for end, chance in sorted(ends):
        weight += chance
        if weight >= share * total - 1e-12:
            return date_at(end)
    raise AssertionError


@pytest.mark.parametrize("route", STEPS)
def test_money_is_that_of_every_outcome(route: str) -> None:
    network, found = certain()
    every = chances(Story(network, route))
    assert sum(chance for chance, _, _ in every) == pytest.approx(1.0)
    row = row_of(found, "routes", route=route)
    for name, value in (
        ("rnpv", lambda seen: seen.money),
        ("spent", lambda seen: seen.spent),
        ("earned", lambda seen: seen.earned),
        ("elsewhere", lambda seen: seen.elsewhere),
        ("loss", lambda seen: float(seen.money < 0)),
    ):
        assert row[name] == pytest.approx(
            sum(chance * value(seen) for chance, _, seen in every), rel=1e-6
        ), name


@pytest.mark.parametrize("route", STEPS)
def test_patients_of_each_year_are_those_of_every_outcome(route: str) -> None:
    network, found = certain()
    patients: dict[tuple[int, str], float] = defaultdict(float)
    for chance, _, seen in chances(Story(network, route)):
        for key, count in seen.patients.items():
            patients[key] += chance * count
    told = found.frame("patients").filter(pl.col("route") == route)
    theirs = {(year, kind): count for _, year, kind, count in told.iter_rows()}
    assert theirs == pytest.approx(dict(patients), rel=1e-6)
    assert row_of(found, "routes", route=route)["patients"] == pytest.approx(
        sum(patients.values()), rel=1e-6
    )


@pytest.mark.parametrize("route", STEPS)
def test_times_and_probabilities_are_those_of_every_outcome(route: str) -> None:
    network, found = certain()
    every = chances(Story(network, route))
    for step in STEPS[route]:
        ends = [
            (seen.ends[step["step"]], chance)
            for chance, _, seen in every
            if step["step"] in seen.ends
        ]
        reached = sum(chance for _, chance in ends)
        theirs = row_of(found, "steps", route=route, step=step["step"])
        assert theirs["succeeded"] == pytest.approx(reached)
        assert [theirs[name] for name in ("low", "median", "high")] == [
            point(ends, share) for share in (0.1, 0.5, 0.9)
        ]
        if "milestone" in step:
            theirs = row_of(found, "times", route=route, milestone=step["milestone"])
            assert theirs["probability"] == pytest.approx(reached)
            days = sum((end - day_of(STARTS)) * chance for end, chance in ends) / reached
            assert theirs["months"] == pytest.approx(days / YEAR * 12)


@pytest.mark.parametrize("route", STEPS)
def test_a_round_that_is_missed_costs_what_waiting_for_the_next_one_costs(route: str) -> None:
    network, found = certain()
    story = Story(network, route)
    change = sum(chance * seen.money for chance, _, seen in chances(story, later=1))
    change -= sum(chance * seen.money for chance, _, seen in chances(story))
    assert row_of(found, "routes", route=route)["round_missed"] == pytest.approx(change, rel=1e-5)


def test_a_day_after_the_closing_day_costs_a_year() -> None:
    days = float((date(2026, 6, 30) - STARTS).days)
    steps: dict[str, list[dict[str, Any]]] = {
        name: [
            {"step": "filing", "days": days + late, "milestone": "approval"},
            {"step": "list", "after": "filing", "windows": "06-30>01-01", "milestone": "listing"},
        ]
        for name, late in (("in time", 0.0), ("late", 1.0))
    }
    uses = [{"use": "listed", "kind": "listed", "begins": "list", "share_percent": 30.0}]
    network = world(steps, uses)
    found = entry_of(network, samples=2)
    listed = {name: row_of(found, "times", route=name, milestone="listing") for name in steps}
    assert listed["in time"]["median"] == date(2027, 1, 1)
    assert listed["late"]["median"] == date(2028, 1, 1)
    people = Story(network, "late").people() * 0.3
    for name, first in (("in time", 2027), ("late", 2028)):
        told = found.frame("patients").filter(pl.col("route") == name)
        assert told["year"].min() == first
        for year, count in told.select("year", "patients").iter_rows():
            last = min(day_of(date(year + 1, 1, 1)), day_of(TERMS["counted_until"]) + 1)
            whole = last - day_of(date(year, 1, 1))
            assert count == pytest.approx(people * whole / YEAR), (name, year)


@pytest.mark.parametrize("seed", range(24))
def test_routes_at_random_are_those_of_every_outcome(seed: int) -> None:
    network = at_random(random.Random(seed))  # noqa: S311
    found = entry_of(network, samples=2)
    row = row_of(found, "routes", route="r")
    money = 0.0
    patients: dict[tuple[int, str], float] = defaultdict(float)
    for chance, _, seen in chances(Story(network, "r")):
        money += chance * seen.money
        for key, count in seen.patients.items():
            patients[key] += chance * count
    assert row["rnpv"] == pytest.approx(money, rel=1e-5, abs=1.0)
    theirs = {(year, kind): count for _, year, kind, count in found.frame("patients").iter_rows()}
    for key in {*theirs, *patients}:
        assert theirs.get(key, 0.0) == pytest.approx(patients[key], rel=1e-6, abs=1e-6), key


def unsure() -> Network:
    """The same routes with uncertain figures, some of them shared by both."""
    steps = {
        route: [
            spread(row, "days", *(("success_percent",) if row["step"] == "list" else ()))
            if row["step"] in {"review", "launch"}
            else spread(row, *(("success_percent",) if row["step"] == "list" else ("cost",)))
            for row in STEPS[route]
        ]
        for route in STEPS
    }
    uses = [USES[0], spread(USES[1], "share_percent", "unit_cost")]
    return world(steps, uses, spread(TERMS, "discount_percent", "patients_percent", "saved_days"))


def near(theirs: float, error: float, mine: list[float]) -> bool:
    """Whether two means lie within three standard errors of their difference."""
    own = statistics.stdev(mine) / math.sqrt(len(mine))
    return abs(theirs - statistics.fmean(mine)) <= 3 * math.hypot(error, own)


@pytest.mark.parametrize("route", STEPS)
def test_uncertain_routes_are_within_three_standard_errors_of_plain_sampling(route: str) -> None:
    network, samples = unsure(), 3000
    found = entry_of(network, samples=samples)
    story, dice = Story(network, route), random.Random(f"oracle {route}")  # noqa: S311
    money: list[float] = []
    patients: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0] * DRAWS)
    ends: dict[str, list[float]] = defaultdict(list)
    for at in range(DRAWS):
        figure = drawer(dice, priced)
        seen = story.told(drawn_tries(story, figure, dice), figure)
        money.append(seen.money)
        for key, count in seen.patients.items():
            patients[key][at] = count
        for name, end in seen.ends.items():
            ends[name].append(end - day_of(STARTS))
    row = row_of(found, "routes", route=route)
    assert near(row["rnpv"], row["error"], money)
    told = found.frame("patients").filter(pl.col("route") == route)
    for _, year, kind, count in told.iter_rows():
        # Their mean over figures has at most the spread of one over figures and luck.
        one = statistics.stdev(patients[year, kind]) / math.sqrt(samples)
        assert near(count, one, patients[year, kind]), (year, kind)
    for step in STEPS[route]:
        if "milestone" in step:
            theirs = row_of(found, "times", route=route, milestone=step["milestone"])
            mine = [1.0] * len(ends[step["step"]])
            mine += [0.0] * (DRAWS - len(mine))
            assert near(theirs["probability"], statistics.stdev(mine) / math.sqrt(samples), mine)
            months = [end / YEAR * 12 for end in ends[step["step"]]]
            one = statistics.stdev(months) / math.sqrt(len(months)) if len(months) > 1 else 0.0
            assert near(theirs["months"], one, months), step["step"]
