"""Tours of a plan: who goes with whom, what it costs, and what a courier does better."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from tests.plan.tours.fleet_world import AROUND, planned_fleet

from doseline.model.transport import Carrier
from doseline.plan.tours.alternate import alternate, total
from doseline.plan.tours.carried import packages
from doseline.plan.tours.own import tours_of
from doseline.plan.tours.roads import roads
from doseline.study.reference import reference_for


def test_four_packages_of_four_sites_share_one_tour() -> None:
    net, _, plan = planned_fleet()
    assert plan.flows["line"].null_count() == 0
    found = tours_of(net, plan)
    assert found.shares["way"].to_list() == ["tour"] * 4
    assert found.tours["tour"].n_unique() == 1
    by = net.by_key(Carrier)["van"]
    sites = found.tours.sort("stop")["site"].to_list()
    ways = roads(net, by, "line-a", sites)
    steps = list(zip([0, 1, 2, 3, 4], [1, 2, 3, 4, 0], strict=True))
    km = sum(int(ways.distance_m[a, b]) for a, b in steps) / 1000
    first = found.tours.row(0, named=True)
    hours = (first["back"] - first["leave"]).total_seconds() / 3600
    # 1 a km and 60 an hour, the van out from its first leave to its return.
    assert found.cost == pytest.approx(km + 60 * hours)
    assert found.driven_km == pytest.approx(km)
    assert found.saved == pytest.approx(4 * 200 - found.cost)


def test_every_package_leaves_when_it_is_ready_and_is_there_in_time() -> None:
    net, _, plan = planned_fleet()
    found = tours_of(net, plan)
    ready = packages(net, plan).select(
        "order", release=pl.from_epoch("release_ms", time_unit="ms").dt.replace_time_zone("UTC")
    )
    both = found.tours.join(ready, on="order")
    assert both.height == 4
    assert (both["leave"] >= both["release"]).all()
    assert (both["arrive"] <= both["infuse"]).all()
    assert (both["back"] > both["arrive"]).all()


def test_the_last_leg_of_an_own_van_is_what_tours_carry() -> None:
    net, _, plan = planned_fleet(courier=True)
    carried = packages(net, plan)
    assert set(carried["site"]) <= {"near", *AROUND}
    # The courier's lane costs 290 where the van's counts 200, and is late as often.
    assert carried["other_cost"].to_list() == pytest.approx([90.0] * carried.height)


def test_what_a_courier_does_for_less_goes_with_the_courier() -> None:
    net, _, plan = planned_fleet(courier=True)
    dear = net.frame("carriers").with_columns(
        cost_per_km=pl.when(pl.col("carrier") == "van")
        .then(pl.lit(Decimal(100)))
        .otherwise("cost_per_km")
        .cast(pl.Decimal(38, 6))
    )
    found = tours_of(net.replace(carriers=dear), plan)
    assert found.shares["way"].to_list() == ["carrier"] * 4
    assert found.cost == pytest.approx(4 * 290)


def test_without_costs_of_vans_there_is_nothing_to_plan() -> None:
    net, _, plan = planned_fleet()
    plain = net.frame("carriers").with_columns(cost_per_km=pl.lit(None, dtype=pl.Decimal(38, 6)))
    found = tours_of(net.replace(carriers=plain), plan)
    assert (found.tours.height, found.shares.height, found.cost) == (0, 0, 0.0)


def test_alternating_never_costs_more_and_keeps_every_order() -> None:
    net, options, plan = planned_fleet(courier=True)
    first = total(plan, tours_of(net, plan))
    found = alternate(net, options, plan, nuclides=reference_for(net).nuclides)
    assert found.totals[0] == pytest.approx(first)
    assert found.total <= first + 1e-6
    assert found.total == pytest.approx(total(found.plan, found.tours))
    assert found.plan.flows["line"].null_count() == 0
    assert found.plan.bound <= found.plan.objective + 1e-6
