"""The frames of the ledger say what the replications say, and hide what few people are in."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, stressed, tiny, two_products

from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS
from doseline.study.ledger import (
    CURVE_DAYS,
    SMALLEST_CELL,
    areas_frame,
    curve_frame,
    doses_frame,
    episodes_frame,
    headline,
    losses_frame,
    patients_frame,
    region_cells,
    regions_frame,
    sites_frame,
    weeks_frame,
)
from doseline.study.prepare import Prepared, prepare
from doseline.study.replicate import Replication, replicate

if TYPE_CHECKING:
    from collections.abc import Sequence

World = tuple[Prepared, list[Replication]]
LOST = ("late", "never", "clinical_exit")


@pytest.fixture(scope="module")
def world() -> World:
    """Two products with many patients, under five seeds; two regions share one state."""
    network = stressed(two_products(tiny()), 5.0)
    states = {"east": "A", "west": "B", "north": "B", "plains": "C"}
    regions = network.frame("regions").with_columns(
        pl.col("region").replace_strict(states).alias("part_of")
    )
    base = prepare(network.replace(regions=regions), references())
    return base, [replicate(base, seed=seed) for seed in (1, 2, 3, 4, 5)]


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between order statistics."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def check_interval(row: dict[str, float], values: Sequence[float]) -> None:
    assert row["low"] == pytest.approx(quantile(values, 0.05))
    assert row["high"] == pytest.approx(quantile(values, 0.95))


def test_patients_are_counted_by_class(world: World) -> None:
    _, told = world
    frame = patients_frame(told)
    assert frame["class"].to_list() == list(CLASSES)
    for at, row in enumerate(frame.to_dicts()):
        counts = [list(one.account.ending).count(at) for one in told]
        assert row["patients"] == counts[0]
        check_interval(row, counts)
    assert frame["patients"].sum() == len(told[0].account.ending)


def test_the_headline_is_the_share_of_the_eligible(world: World) -> None:
    _, told = world
    shares = [float((one.account.ending == 0).mean()) for one in told]
    found = headline(told)
    assert found.value == pytest.approx(shares[0])
    check_interval({"low": found.low, "high": found.high}, shares)


def test_doses_are_counted_by_ending(world: World) -> None:
    _, told = world
    frame = doses_frame(told)
    assert frame["ending"].to_list() == list(DOSE_ENDINGS)
    for at, row in enumerate(frame.to_dicts()):
        assert row["doses"] == told[0].endings[at]
        check_interval(row, [int(one.endings[at]) for one in told])


def test_losses_are_counted_by_link_and_class(world: World) -> None:
    _, told = world
    frame = losses_frame(told)
    assert frame["link"].to_list() == [*LINKS, CLINICAL]
    for at, row in enumerate(frame.to_dicts()):
        link = at if at < len(LINKS) else -1
        totals = []
        for nth, one in enumerate(told):
            pairs = zip(one.account.ending, one.account.link, strict=True)
            lost = Counter(CLASSES[ending] for ending, booked in pairs if booked == link)
            if nth == 0:
                assert [row[name] for name in LOST] == [lost[name] for name in LOST]
            totals.append(sum(lost[name] for name in LOST))
        assert row["patients"] == totals[0]
        check_interval(row, totals)
        assert row["doses"] == (told[0].lost_by_link[at] if link >= 0 else 0)
    in_time_or_open = sum(told[0].account.ending == 0) + sum(told[0].account.ending == 4)
    assert frame["patients"].sum() == len(told[0].account.ending) - in_time_or_open


def test_the_episodes_agree_with_the_counts(world: World) -> None:
    base, told = world
    frame = episodes_frame(base, told[0])
    counts = dict(frame.group_by("class").len().iter_rows())
    for name, patients in patients_frame(told).select("class", "patients").iter_rows():
        assert counts.get(name, 0) == patients
    lost = frame.filter(pl.col("class").is_in(LOST))
    by_link = dict(
        lost.with_columns(pl.col("link").fill_null(CLINICAL)).group_by("link").len().iter_rows()
    )
    for link, patients in losses_frame(told).select("link", "patients").iter_rows():
        assert by_link.get(link, 0) == patients
    first, end = base.calendar.cohort_days
    assert frame["t0_day"].is_between(first, end, closed="left").all()
    assert set(frame["region"]) <= set(base.network.frame("regions")["region"])
    assert set(frame["payer"]) <= set(base.network.frame("payers")["payer"])
    treated = frame.filter(pl.col("class").is_in(["in_time", "late"]))
    assert treated["days_to_first_dose"].null_count() == 0
    others = frame.filter(~pl.col("class").is_in(["in_time", "late"]))
    assert others["days_to_first_dose"].null_count() == others.height


@pytest.mark.parametrize(("product", "window"), [("lu-psma", 84), ("lu-two", 112)])
def test_the_curve_at_the_window_is_the_share_in_time(
    world: World, product: str, window: int
) -> None:
    base, told = world
    curve = curve_frame(base, told)
    assert window in CURVE_DAYS
    (at,) = np.flatnonzero(base.network.frame("products")["product"] == product)
    assert base.path.in_time_days[at] == window
    shares = [float((one.account.ending[one.product == at] == 0).mean()) for one in told]
    (row,) = curve.filter(product=product, days=window).to_dicts()
    assert row["share"] == pytest.approx(shares[0])
    check_interval(row, shares)


def test_the_curve_is_the_share_of_episodes_treated_by_then(world: World) -> None:
    base, told = world
    episodes = episodes_frame(base, told[0])
    for row in curve_frame(base, told).to_dicts():
        mine = episodes.filter(product=row["product"])
        treated = mine.filter(pl.col("days_to_first_dose") <= row["days"]).height
        assert row["share"] == pytest.approx(treated / mine.height)


def test_regions_are_means_over_replications(world: World) -> None:
    base, told = world
    cells = region_cells(base.network, told)
    for at, region in enumerate(base.network.frame("regions")["region"]):
        mine = [episodes_frame(base, one).filter(region=region) for one in told]
        row = cells.row(at, named=True)
        assert row["eligible"] == pytest.approx(sum(one.height for one in mine) / len(told))
        in_time = sum(one.filter(pl.col("class") == "in_time").height for one in mine)
        assert row["in_time"] == pytest.approx(in_time / len(told))
        for link in LINKS:
            lost = sum(one.filter(pl.col("link") == link).height for one in mine)
            assert row[link] == pytest.approx(lost / len(told))


def test_small_cells_show_nothing(world: World) -> None:
    base, told = world
    cells = region_cells(base.network, told)["eligible"].to_list()
    frame = regions_frame(base, told)
    hidden = 0
    for row, eligible in zip(frame.to_dicts(), cells, strict=True):
        shown = {name: row[name] for name in ("eligible", "in_time", "share", "link")}
        if eligible < SMALLEST_CELL:
            assert set(shown.values()) == {None}
            hidden += 1
        else:
            assert row["eligible"] == pytest.approx(eligible)
            assert row["share"] == pytest.approx(row["in_time"] / row["eligible"])
            assert row["link"] in LINKS
    assert 0 < hidden < frame.height
    assert not set(frame.columns) & set(LINKS)


def test_areas_are_the_sums_of_their_regions(world: World) -> None:
    base, told = world
    regions = base.network.frame("regions").select("part_of", "population")
    cells = regions.hstack(region_cells(base.network, told))
    areas = areas_frame(base, told)
    assert areas["part_of"].to_list() == ["A", "B", "C"]
    for row in areas.to_dicts():
        mine = cells.filter(part_of=row["part_of"])
        assert row["population"] == mine["population"].sum()
        if mine["eligible"].sum() < SMALLEST_CELL:
            assert row["eligible"] is row["in_time"] is row["share"] is row["link"] is None
            continue
        assert row["eligible"] == pytest.approx(mine["eligible"].sum())
        assert row["in_time"] == pytest.approx(mine["in_time"].sum())
        lost = {link: mine[link].sum() for link in LINKS}
        assert lost[row["link"]] == pytest.approx(max(lost.values()))


def test_the_weeks_are_those_of_the_calendar(world: World) -> None:
    base, told = world
    frame = weeks_frame(base, told[0])
    assert frame.height == 2 * base.calendar.weeks
    assert frame["week"].min() == base.calendar.origin
    exact = frame.filter(method="exact")
    assert exact["week"].unique().to_list() == [base.network.settings.plan_week]
    assert frame["demand"].to_list() == told[0].demand.ravel().tolist()
    assert frame["served"].to_list() == told[0].served.ravel().tolist()


def test_sites_show_the_doses_infused_in_the_week(world: World) -> None:
    base, _ = world
    delivered = pl.DataFrame(
        {
            "site": ["near", "near", "near", "far"],
            "ending": ["infused", "infused_late", "transport", "batch_failed"],
        }
    )
    rows = {row["site"]: row for row in sites_frame(base, delivered).to_dicts()}
    assert {site: row["doses"] for site, row in rows.items()} == {"near": 2, "middle": 0, "far": 0}
    assert {row["chairs"] for row in rows.values()} == {1}
    assert all(row["offers"] for row in rows.values())
