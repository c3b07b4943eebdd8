"""The frames of the ledger say what the replications say, and hide what few people are in."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, stressed, tiny, two_products

from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS
from doseline.simulate.calendar import calendar
from doseline.study.ledger import (
    CURVE_DAYS,
    SMALLEST_CELL,
    areas_frame,
    curve_frame,
    doses_frame,
    episodes_frame,
    guarded,
    headline,
    losses_frame,
    patients_frame,
    product_frame,
    region_cells,
    regions_frame,
    seeds_frame,
    sites_frame,
    weeks_frame,
    whole_curve_frame,
)
from doseline.study.prepare import Prepared, prepare
from doseline.study.quarters import quarters_frame
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


def check_interval(row: dict[str, float], values: Sequence[float]) -> None:
    """Order statistics: the last not above the 5 % place, the first not below the 95 % place."""
    ordered, last = sorted(values), len(values) - 1
    assert row["low"] == pytest.approx(ordered[math.floor(0.05 * last)])
    assert row["high"] == pytest.approx(ordered[math.ceil(0.95 * last)])


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


def test_quarters_sum_to_their_areas(world: World) -> None:
    """A cohort of 2026-04-06 to 2026-05-03 lies in one quarter, so its cells are the areas."""
    base, told = world
    quarters, areas = quarters_frame(base, told), areas_frame(base, told)
    assert quarters["quarter"].unique().to_list() == ["2026-Q2"]
    assert quarters["area"].to_list() == areas["part_of"].to_list()
    for name in ("eligible", "in_time", "share"):
        expected = [None if one is None else pytest.approx(one) for one in areas[name]]
        assert quarters[name].to_list() == expected
    assert quarters["link"].to_list() == areas["link"].to_list()


def test_a_cohort_over_the_turn_of_a_year_has_its_quarters(world: World) -> None:
    base, told = world
    settings = dataclasses.replace(
        base.network.settings, cohort_start=date(2026, 12, 14), plan_week=date(2027, 1, 4)
    )
    days = calendar(
        cohort_start=settings.cohort_start,
        cohort_weeks=settings.cohort_weeks,
        warm_up_weeks=settings.warm_up_weeks,
        in_time_days=112,
    )
    moved = dataclasses.replace(base, calendar=days)
    quarters = quarters_frame(moved, told)
    assert quarters["quarter"].unique().sort().to_list() == ["2026-Q4", "2027-Q1"]
    first, _ = days.cohort_days
    # 14 to 31 December are 18 days; the regions west and north are area B.
    early = [(one.t0 < first + 18) & np.isin(one.region, of_b(base)) for one in told]
    people = sum(int(cell.sum()) for cell in early) / len(told)
    cell = quarters.filter(area="B", quarter="2026-Q4")["eligible"][0]
    assert people >= SMALLEST_CELL
    assert cell == pytest.approx(people)


def of_b(base: Prepared) -> list[int]:
    """Rows of the regions of area B."""
    areas = base.network.frame("regions")["part_of"].to_list()
    return [at for at, area in enumerate(areas) if area == "B"]


def test_each_seed_tells_the_ledger_of_its_replication(world: World) -> None:
    _, told = world
    seeds = seeds_frame(told)
    assert seeds["seed"].to_list() == [1, 2, 3, 4, 5]
    lost = [f"lost_{link}" for link in (*LINKS, CLINICAL)]
    for row, one in zip(seeds.iter_rows(named=True), told, strict=True):
        assert row["eligible"] == len(one.account.ending) == sum(row[name] for name in CLASSES)
        assert sum(row[name] for name in lost) == sum(row[name] for name in LOST)
        assert row["contribution"] == one.contribution
    first = losses_frame(told)["patients"].to_list()
    assert list(seeds.select(lost).row(0)) == first


def test_products_are_parts_of_the_cohort(world: World) -> None:
    base, told = world
    products = product_frame(base, told)
    counts = [sum(int((one.product == at).sum()) for one in told) / len(told) for at in (0, 1)]
    shown = [count if count >= SMALLEST_CELL else None for count in counts]
    assert products["eligible"].to_list() == [
        None if one is None else pytest.approx(one) for one in shown
    ]
    assert products["in_time_days"].to_list() == [84, 112]


def test_the_whole_curve_is_the_share_of_all(world: World) -> None:
    _, told = world
    curve = whole_curve_frame(told)
    for row in curve.iter_rows(named=True):
        shares = [float((one.account.days <= row["days"]).mean()) for one in told]
        assert row["share"] == pytest.approx(shares[0])
        check_interval(row, shares)


def test_a_cell_that_loses_nobody_has_no_worst_link() -> None:
    losses = {link: [0.0, 0.0] for link in LINKS} | {"transport": [0.0, 5.0]}
    cells = pl.DataFrame({"eligible": [20.0, 20.0], "in_time": [20.0, 15.0], **losses})
    assert guarded(cells)["link"].to_list() == [None, "transport"]
