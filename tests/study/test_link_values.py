"""The value of a link: paired differences, Student's t, and when an order may be told."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import tiny

from doseline.errors import BadInputError
from doseline.model.ledger import LINKS
from doseline.model.result import told_apart
from doseline.simulate.booking import IN_TIME, LATE, Account
from doseline.study.exact import ExactWeek
from doseline.study.relax import BY_LINK, Where
from doseline.study.replicate import Replication, replicate
from doseline.study.value import UnknownLinkError, value_of_links
from doseline.study.values import (
    VALUE_SCHEMA,
    most_lost,
    value_frame,
    value_scenarios,
    where_it_binds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.study.prepare import Prepared

# Two-sided 95 % points of Student's t, from printed tables (e.g. Fisher and Yates, table III).
STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 10: 2.262, 31: 2.042}
"""By the number of pairs."""


@pytest.fixture(scope="module")
def one(prepared: Prepared) -> Replication:
    """Some replication, to be given other outcomes."""
    return replicate(prepared, seed=1)


def told(one: Replication, in_time: Sequence[int], money: Sequence[float]) -> list[Replication]:
    """Replications with so many patients in time, of forty, and so much contribution."""
    found = []
    for patients, contribution in zip(in_time, money, strict=True):
        ending = np.where(np.arange(40) < patients, IN_TIME, LATE)
        account = Account(
            episode=np.arange(40), ending=ending, link=np.full(40, -1), days=np.full(40, 30.0)
        )
        found.append(dataclasses.replace(one, account=account, contribution=contribution))
    return found


def test_the_interval_is_that_of_students_t(one: Replication) -> None:
    # Differences 1, 2, 3, 6: mean 3, variance (4 + 1 + 0 + 9) / 3, standard error sqrt(14 / 12).
    base = told(one, (10, 20, 11, 5), (100.0, 200.0, 300.0, 400.0))
    relaxed = told(one, (11, 22, 14, 11), (110.0, 190.0, 310.0, 390.0))
    (row,) = value_frame(["not_referred"], base, [relaxed], Where()).to_dicts()
    half = 3.182 * math.sqrt(14 / 12)
    assert row["patients"] == 3.0
    assert row["low"] == pytest.approx(3 - half, abs=1e-3)
    assert row["high"] == pytest.approx(3 + half, abs=1e-3)
    # Differences 10, -10, 10, -10: mean 0, variance 400 / 3.
    half = 3.182 * math.sqrt(400 / 3 / 4)
    assert row["money"] == pytest.approx(0.0)
    assert row["money_high"] == pytest.approx(half, rel=1e-3)
    assert row["money_low"] == pytest.approx(-half, rel=1e-3)
    assert row["pairs"] == 4
    assert row["patients_downstream"] is None


@pytest.mark.parametrize("pairs", STUDENT)
def test_fewer_pairs_give_wider_intervals(one: Replication, pairs: int) -> None:
    gains = [nth % 3 for nth in range(pairs)]
    base = told(one, [5] * pairs, [0.0] * pairs)
    relaxed = told(one, [5 + gain for gain in gains], [0.0] * pairs)
    (row,) = value_frame(["pet_slot"], base, [relaxed], Where()).to_dicts()
    mean = sum(gains) / pairs
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (pairs - 1))
    half = STUDENT[pairs] * spread / math.sqrt(pairs)
    assert row["high"] - row["patients"] == pytest.approx(half, rel=1e-3)
    assert row["patients"] - row["low"] == pytest.approx(half, rel=1e-3)


def test_differences_are_taken_seed_by_seed(one: Replication) -> None:
    base = told(one, (1, 30, 9), (0.0, 0.0, 0.0))
    relaxed = told(one, (3, 32, 11), (5.0, 5.0, 5.0))
    (row,) = value_frame(["no_suite"], base, [relaxed], Where(suite="near-1")).to_dicts()
    assert (row["patients"], row["low"], row["high"]) == (2.0, 2.0, 2.0)
    assert (row["money"], row["money_low"], row["money_high"]) == (5.0, 5.0, 5.0)
    assert (row["at"], row["unit"]) == ("near-1", "per_week")


def test_a_link_is_also_relaxed_with_everything_downstream(one: Replication) -> None:
    links = ["transport", "no_suite"]
    base = told(one, (10, 10), (0.0, 0.0))
    results = [told(one, (10 + more, 12 + more), (0.0, 0.0)) for more in (0, 1, 4, 5)]
    frame = value_frame(links, base, results, Where())
    assert dict(frame.schema) == VALUE_SCHEMA
    assert frame["link"].to_list() == links
    assert frame["patients"].to_list() == [1.0, 2.0]
    assert frame["patients_downstream"].to_list() == [5.0, 6.0]


def test_downstream_is_the_link_and_all_after_it() -> None:
    scenarios = value_scenarios(["pet_slot", "no_suite"], (3, 4), downstream=True)
    assert [one.links for one in scenarios[:2]] == [("pet_slot",), ("no_suite",)]
    assert scenarios[2].links == LINKS[LINKS.index("pet_slot") :]
    assert scenarios[3].links == ("no_suite", "patient_scheduling")
    assert all(one.seeds == (3, 4) and not one.worsened for one in scenarios)
    assert len(value_scenarios(["pet_slot", "no_suite"], (3,), downstream=False)) == 2


def losses(**patients: int) -> pl.DataFrame:
    links = [*LINKS, "clinical"]
    return pl.DataFrame({"link": links, "patients": [patients.get(link, 0) for link in links]})


def test_the_links_that_lose_most_come_first_and_upstream_among_equals() -> None:
    frame = losses(clinical=50, not_referred=9, transport=4, pet_slot=4, no_suite=12)
    assert most_lost(frame, 3) == ["no_suite", "not_referred", "pet_slot"]
    assert most_lost(frame, 9) == ["no_suite", "not_referred", "pet_slot", "transport"]
    assert most_lost(frame, 0) == []
    assert most_lost(losses(), 3) == []


def values(*rows: tuple[float, float, float]) -> pl.DataFrame:
    schema = {"patients": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("rows", "apart"),
    [
        ([(9.0, 8.0, 10.0), (6.0, 5.0, 7.0), (3.0, 2.0, 4.0)], True),
        ([(3.0, 2.0, 4.0), (9.0, 8.0, 10.0), (6.0, 5.0, 7.0)], True),
        ([(9.0, 6.5, 11.5), (6.0, 5.0, 7.0), (3.0, 2.0, 4.0)], False),
        ([(9.0, 8.0, 10.0), (6.0, 3.5, 8.5), (3.0, 2.0, 4.0)], False),
        ([(9.0, 7.0, 11.0), (6.0, 5.0, 7.0), (3.0, 2.0, 4.0)], False),
        ([(2.0, 2.0, 2.0), (2.0, 2.0, 2.0), (1.0, 1.0, 1.0)], False),
        ([(9.0, 8.0, 10.0)], False),
        ([], False),
    ],
)
def test_an_order_is_told_only_if_it_survives_the_intervals(
    rows: list[tuple[float, float, float]], apart: object
) -> None:
    ranked = values(*rows).sort("patients", descending=True).to_dicts()
    assert told_apart(ranked) is apart


def test_units_are_given_where_the_week_is_fullest(prepared: Prepared) -> None:
    exact = ExactWeek(prepared=prepared, seed=1)
    first = replicate(prepared, seed=1, exact=exact)
    plan, _ = exact.result()
    where = where_it_binds(prepared, first, plan)
    scanners = prepared.network.frame("scanners").with_columns(
        load=pl.Series(first.pet_requests) / pl.col("slots_per_week")
    )
    most = scanners.filter(scanner=where.scanner, product=where.scanner_product)["load"].item()
    assert most == scanners["load"].max()
    assert where.batch in plan.batches["batch"]
    full = (plan.lots["used_gbq"] / plan.lots["capacity_gbq"]).to_list()
    assert plan.lots["lot"].to_list().index(str(where.lot)) == full.index(max(full))
    # Most flown doses leave Chicago; a road on demand has no departures to add one to.
    assert where.lane == "ORD>DEN"
    assert where.dose_gbq == 7.4
    crowded = plan.flows.filter(pl.col("link") == "no_suite")["site"].to_list()
    (site,) = prepared.network.frame("suites").filter(suite=where.suite)["site"]
    assert not crowded or crowded.count(site) == max(crowded.count(one) for one in crowded)


def test_an_unknown_link_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownLinkError, match="no_suite") as told_of:
        value_of_links(tiny(), links=["no_suites"])
    assert isinstance(told_of.value, BadInputError)
    assert told_of.value.nearest == "no_suite"
    assert told_of.value.known == LINKS


def test_the_values_asked_for_come_in_their_order_and_every_step_is_told() -> None:
    steps: list[tuple[str, int, int]] = []
    frame = value_of_links(
        tiny(),
        links=["no_suite", "not_referred"],
        pairs=2,
        progress=lambda stage, done, of: steps.append((stage, done, of)),
    )
    assert dict(frame.schema) == VALUE_SCHEMA
    assert frame["link"].to_list() == ["no_suite", "not_referred"]
    assert frame["unit"].to_list() == [BY_LINK[link].unit for link in frame["link"]]
    assert frame["pairs"].to_list() == [2, 2]
    assert (frame["low"] <= frame["patients"]).all()
    assert (frame["patients"] <= frame["high"]).all()
    assert frame["patients_downstream"].null_count() == 0
    assert [done for _, done, _ in steps] == sorted(done for _, done, _ in steps)
    assert steps[-1][1] == steps[-1][2] == 2 + 2 * 5
