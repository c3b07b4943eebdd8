"""The weekly model never costs more than the exact plan, and its whole doses keep every cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.plan.oracle_network import runs_fit_together
from tests.plan.worlds import Size, World, nuclides, world

from doseline.model.ledger import LINKS
from doseline.model.treatment import WasteStore, WasteStream
from doseline.plan.errors import UnknownChangeError
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_week
from doseline.plan.weekly.aggregate import Allocation, WeeklyModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = (
    Size(),
    Size(orders=14, tight_isotope=0.4),
    Size(orders=20, sites=2, batches=8, max_doses=(2, 6)),
    Size(orders=30, sites=6, lines=3, batches=12, possession=True, max_doses=(2, 5)),
    Size(orders=24, sites=3, lines=2, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True),
)


def counts(one: World) -> NDArray[np.int64]:
    sites = one.network.frame("sites")["site"].to_list()
    products = one.network.frame("products")["product"].to_list()
    demand = np.zeros((len(sites), len(products), 2), dtype=np.int64)
    for site, product, kind in one.orders.select("site", "product", "kind").iter_rows():
        demand[sites.index(site), products.index(product), int(kind == "continuing")] += 1
    return demand


def broken(
    model: WeeklyModel, found: Allocation, demand: NDArray[np.int64], one: World
) -> list[str]:
    """What whole doses break, counted again from the network's tables."""
    faults = []
    columns = model.columns.with_columns(doses=found.doses.sum(axis=1))
    placed = np.zeros_like(demand)
    for row, doses in zip(columns.iter_rows(named=True), found.doses, strict=True):
        placed[row["site"], row["product"]] += doses
    if not np.array_equal(placed + found.unserved, demand):
        faults.append("orders are lost or made up")
    if found.doses.min(initial=0) < 0 or found.unserved.min(initial=0) < 0:
        faults.append("less than none")
    batches = one.network.frame("batches")
    lots = one.network.frame("lots")
    need: dict[str, float] = {}
    for (number,), mine in columns.group_by("batch"):
        batch = batches.row(int(str(number)), named=True)
        activity = float((mine["doses"] * mine["activity_ready_gbq"]).sum())
        if mine["doses"].sum() > batch["max_doses"] or activity > batch["max_activity_gbq"] + 1e-6:
            faults.append(f"{batch['batch']} is too full")
        need[batch["line"]] = need.get(batch["line"], 0.0) + activity / batch["yield_percent"] * 100
    for line, gbq in need.items():
        # Decay only makes it less: what is in vials never exceeds what the lots hold.
        if gbq > float(lots.filter(line=line)["capacity_gbq"].to_numpy().sum()) + 1e-6:
            faults.append(f"{line} has made isotope")
    faults += rules_broken(columns, model, placed, one)
    minutes = one.network.frame("products")["chair_min"].to_numpy()
    for site in range(demand.shape[0]):
        have = one.options.slots.filter(site=site)["chair_min"].sum()
        if (placed[site].sum(axis=1) * minutes).sum() > have:
            faults.append(f"site {site} is too full")
    return faults


def rules_broken(
    columns: pl.DataFrame, model: WeeklyModel, placed: NDArray[np.int64], one: World
) -> list[str]:
    """What whole doses break of the rules of the whole network."""
    faults, net = [], one.network
    used = columns.filter(pl.col("doses") > 0).select("run").unique()
    made = model.runs.join(used, on="run").select("batch", "ready_ms").iter_rows()
    if not runs_fit_together(net, list(made)):
        faults.append("a line makes two batches at once")
    nights = np.array(one.options.nights or [0] * placed.shape[1])
    beds = net.frame("suites")["beds"].to_numpy()  # one suite a site
    if (placed.sum(axis=2) @ nights > 7 * beds).any():
        faults.append("too few beds")
    sites = net.frame("sites")["site"].to_list()
    products = net.frame("products")["product"].to_list()
    for store in net.rows(WasteStore):
        litres = sum(
            stream.litres * stream.hold_days / 7 * doses
            for stream in net.rows(WasteStream)
            for doses in placed[sites.index(store.site), products.index(stream.product)]
        )
        if litres > store.capacity_l * (1 + 1e-9):
            faults.append(f"{store.site} would hold {litres} L")
    return faults


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
def test_the_weekly_value_is_never_above_the_exact_plan(seed: int, size: Size) -> None:
    one = world(seed, size)
    exact = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    model = WeeklyModel(one.network, one.options, nuclides=nuclides(), penalty=problem.penalty)
    value = model.allocate(counts(one)).value
    assert value <= exact.objective * (1 + 1e-9)
    assert value > 0.0


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
def test_whole_doses_keep_every_cap(seed: int, size: Size) -> None:
    one = world(seed, size)
    model = WeeklyModel(one.network, one.options, nuclides=nuclides())
    chance = np.random.default_rng(seed)
    for scale in (1, 2, 5):
        demand = chance.poisson(counts(one) * scale + 0.3)
        found = model.allocate(demand)
        assert broken(model, found, demand, one) == []
        left = found.unserved.sum(axis=2) > 0
        assert np.array_equal(found.link >= 0, left)
        assert {LINKS[link] for link in found.link[left]} <= set(LINKS)


def test_an_answer_does_not_depend_on_the_weeks_before() -> None:
    one = world(4, SIZES[3])
    chance = np.random.default_rng(1)
    weeks = [chance.poisson(counts(one)) for _ in range(5)]
    model = WeeklyModel(one.network, one.options, nuclides=nuclides())
    forward = [model.allocate(week) for week in weeks]
    backward = [model.allocate(week) for week in weeks[::-1]][::-1]
    for first, second in zip(forward, backward, strict=True):
        assert np.array_equal(first.doses, second.doses)
        assert np.array_equal(first.link, second.link)
        assert first.value == second.value


def test_no_demand_needs_no_doses() -> None:
    one = world(1)
    found = WeeklyModel(one.network, one.options, nuclides=nuclides()).allocate(0 * counts(one))
    assert found.doses.sum() == 0
    assert found.value == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("link", "at"),
    [
        ("no_batch_capacity", "B00"),
        ("no_isotope", "S"),
        ("no_suite", "H000"),
        ("licence_or_possession", "H001"),
    ],
)
def test_more_of_a_link_is_never_worse(link: str, at: str) -> None:
    one = world(6, Size(orders=30, sites=3, batches=6, possession=True, tight_isotope=0.5))
    model = WeeklyModel(one.network, one.options, nuclides=nuclides())
    demand = counts(one)
    more = model.relaxed(link, at=at, units=2.0)
    before, after = model.allocate(demand), more.allocate(demand)
    # Values are bounds at some prices, rounding moves single doses: neither is exactly monotone.
    assert after.value <= before.value * (1 + 1e-3)
    assert after.unserved.sum() <= before.unserved.sum() + 1


def test_one_more_batch_serves_more_when_vials_are_short() -> None:
    size = Size(sites=2, lines=1, products=1, batches=1, orders=8, max_doses=(2, 2), chairs=(9, 9))
    one = world(2, size)
    model = WeeklyModel(one.network, one.options, nuclides=nuclides())
    demand = counts(one)
    before = model.allocate(demand)
    after = model.relaxed("no_batch_capacity", at="B00").allocate(demand)
    assert before.doses.sum() == 2
    assert after.doses.sum() == 4
    assert set(before.link[before.link >= 0]) == {LINKS.index("no_batch_capacity")}


def test_a_place_that_is_not_there_cannot_be_relaxed() -> None:
    one = world(1)
    model = WeeklyModel(one.network, one.options, nuclides=nuclides())
    with pytest.raises(UnknownChangeError, match="no_suite"):
        model.relaxed("no_suite", at="nowhere")
