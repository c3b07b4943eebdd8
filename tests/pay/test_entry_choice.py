"""Which route is best, what decides it and what knowing it is worth, where one can work it out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from tests.pay.entry_cases import case, step, use

from doseline.pay.entry import entry_told
from doseline.pay.entry_information import chance_of_best, information, perfect_information
from doseline.pay.entry_result import ENTRY_SCHEMAS, EntryTold
from doseline.pay.entry_told import quantile
from doseline.pay.entry_tree import TooManyOutcomesError

if TYPE_CHECKING:
    from doseline.pay.entry_route import Case

KINDS = {"e": "published", "guess": "assumption"}


def told(one: Case, samples: int = 2000) -> EntryTold:
    return entry_told(one, currency="CNY", seed=1, samples=samples, kinds=KINDS)


def two_routes(**cost: Any) -> Case:
    """A route of uncertain cost beside one that costs 300."""
    return case(
        {
            "dear": ([step("build", route="dear", cost=300.0)], []),
            "doubt": ([step("ask", route="doubt", **cost)], []),
        }
    )


def test_knowing_a_cost_is_worth_what_an_integral_says() -> None:
    found = told(two_routes(cost=300.0, low_cost=100.0, high_cost=620.0), samples=8000)
    # E[max(-300, -X)] - max(-300, -E[X]); X a triangle of 100, 300, 620 with mean 340.
    x = np.linspace(100.0, 620.0, 100_001)
    density = np.where(x < 300, 2 * (x - 100) / (520 * 200), 2 * (620 - x) / (520 * 320))
    expected = np.trapezoid(density * np.maximum(-300.0, -x), x) + 300.0
    assert found.information == pytest.approx(expected, rel=0.06)
    (row,) = found.frame("inputs").to_dicts()
    assert (row["name"], row["column"], row["assumed"]) == ("ask", "cost", False)
    assert row["information"] == pytest.approx(expected, rel=0.06)
    assert row["swing"] == pytest.approx(520.0)
    best = dict(found.frame("routes").select("route", "best").iter_rows())
    # Below 300 lies (300 - 100) / 520 of the triangle; at that cost and above the other is best.
    assert best["doubt"] == pytest.approx(200 / 520, abs=3 * np.sqrt(0.24 / 8000))


def test_knowing_what_does_not_matter_is_worth_nothing() -> None:
    rng = np.random.default_rng(2)
    worlds = [rng.normal(0.0, 1.0, (2, 4000)) for _ in range(12)]
    # Chosen and valued by the same draws it would be 0.2 E[max(0, Z)] = 0.08.
    assert np.mean([information(one, rng.random(4000)) for one in worlds]) < 0.02
    values = worlds[0]
    assert perfect_information(values) == pytest.approx(1 / np.sqrt(np.pi), rel=0.08)
    same = np.array([values[0], values[0] + 1.0])
    assert perfect_information(same) == pytest.approx(0.0)
    assert chance_of_best(np.array([values[0], values[0]])).tolist() == [0.5, 0.5]


def test_the_ends_of_a_figure_are_those_of_routes_in_which_it_is_certain() -> None:
    likely: dict[str, Any] = {
        "share_percent": 20.0,
        "low_share_percent": 10.0,
        "high_share_percent": 35.0,
    }
    steps = [step("file", days=200.0)]
    found = told(case({"r": (steps, [use("sold", "file", **likely)])}))
    (row,) = found.frame("effects").to_dicts()
    for end in ("low", "high"):
        certain = use("sold", "file", share_percent=likely[f"{end}_share_percent"])
        alone = told(case({"r": (steps, [certain])})).frame("routes").row(0, named=True)
        assert row[f"rnpv_{end}"] == pytest.approx(alone["rnpv"])
    worth = found.frame("routes").row(0, named=True)
    assert row["rnpv_low"] < worth["low"] < worth["rnpv"] < worth["high"] < row["rnpv_high"]
    # Worth is a straight line in the share, whose mean is (10 + 20 + 35) / 3.
    line = np.interp(65.0 / 3.0, [10.0, 35.0], [row["rnpv_low"], row["rnpv_high"]])
    assert abs(worth["rnpv"] - line) < 3.0 * worth["error"]


def test_a_missed_round_costs_what_a_year_later_costs() -> None:
    sold = [use("sold", "list", kind="listed")]
    here = [step("list", windows="06-30>01-01")]
    there = [step("list", windows="06-30>01-01", not_before=date(2026, 7, 1))]
    row = told(case({"r": (here, sold)})).frame("routes").row(0, named=True)
    late = told(case({"r": (there, sold)})).frame("routes").row(0, named=True)
    assert row["rnpv"] + row["round_missed"] == pytest.approx(late["rnpv"])
    assert row["listed_price"] == 100.0


def test_frames_have_their_columns_and_add_up() -> None:
    steps = [
        step("trial", days=300.0, success_percent=60.0, cost=900.0, patients=30,
             milestone="human_data"),
        step("list", "trial", success_percent=50.0, tries=2, windows="06-30>01-01",
             milestone="listing"),
    ]  # fmt: skip
    found = told(case({"r": (steps, [use("sold", "list", kind="listed")])}))
    for name, schema in ENTRY_SCHEMAS.items():
        assert dict(found.frame(name).schema) == schema
    row = found.frame("routes").row(0, named=True)
    assert row["rnpv"] == pytest.approx(row["earned"] - row["spent"] + row["elsewhere"])
    assert row["rnpv"] == pytest.approx(found.frame("money")["amount"].sum())
    assert row["patients"] == pytest.approx(found.frame("patients")["patients"].sum())
    assert row["free"] == pytest.approx(30.0)
    times = {one["milestone"]: one for one in found.frame("times").to_dicts()}
    assert times["human_data"]["probability"] == pytest.approx(0.6)
    assert times["listing"]["probability"] == pytest.approx(0.6 * 0.75)
    # Of those listed two thirds are in the first round they reach, one third in the next.
    assert times["listing"]["median"] == date(2028, 1, 1)
    assert times["listing"]["high"] == date(2029, 1, 1)
    succeeded = dict(found.frame("steps").select("step", "succeeded").iter_rows())
    assert succeeded == pytest.approx({"trial": 0.6, "list": 0.45})
    # Nothing uncertain: the chance of a loss is that the trial or the list fails.
    assert row["loss"] == pytest.approx(1 - 0.45)


def test_the_same_seed_gives_the_same_frames() -> None:
    one = two_routes(cost=300.0, low_cost=100.0, high_cost=620.0)
    first, again = told(one), told(one)
    for name in ENTRY_SCHEMAS:
        assert first.frame(name).equals(again.frame(name))


def test_figures_are_assumed_by_their_evidence_or_because_their_row_says_so() -> None:
    ends: dict[str, Any] = {"cost": 3.0, "low_cost": 1.0, "high_cost": 6.0}
    steps = [
        step("known", **ends),
        step("said", assumed="cost", **ends),
        step("elsewhere", assumed="days", **ends),
    ]
    inputs = told(case({"r": (steps, [])})).frame("inputs")
    assert dict(inputs.select("name", "assumed").iter_rows()) == {
        "known": False, "said": True, "elsewhere": False,
    }  # fmt: skip
    assert set(inputs.filter(pl.col("assumed"))["name"]) == {"said"}


def test_quantiles_are_weighted() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 8.0, 1.0])
    found = [quantile(values, weights, share) for share in (0.1, 0.5, 0.8, 0.85, 0.95)]
    assert found == [1.0, 1.0, 1.0, 2.0, 3.0]


def test_a_route_of_too_many_outcomes_is_refused() -> None:
    steps = [step(f"s{number}", success_percent=50.0) for number in range(14)]
    with pytest.raises(TooManyOutcomesError, match="more than 500 ways"):
        told(case({"r": (steps, [])}))
