"""Use of rooms and scanners by year, and how long doses are waited for: by hand and by counting."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import busy, references, tiny, without_opening
from tests.study.years_made import infusions_made, outcome_made

from doseline.simulate.engine.outcome import Fate
from doseline.simulate.twin import simulate
from doseline.study.prepare import prepare
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.delays import delays_frame
from doseline.study.years.dosed import dosed
from doseline.study.years.uses import limits_frame, runs_frame, scanners_frame
from doseline.study.years.world import Years, world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals

Desk = tuple[Years, "Arrivals", "Outcome"]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The example with more patients, over a New Year."""
    years = world_of(prepare(without_opening(busy(tiny())), references()), years=1.2)
    arrivals = arrivals_of(years, seed=3)
    return years, arrivals, simulate(years.world, arrivals, seed=3)


def mondays(years: Years) -> list[int]:
    """Calendar year of each week, day by day in plain Python."""
    origin = years.calendar.origin
    return [(origin + timedelta(weeks=week)).year for week in range(years.world.weeks)]


def test_limits_hold_in_every_year_and_add_up(desk: Desk) -> None:
    years, arrivals, outcome = desk
    given = dosed(years.world, years.calendar.origin, arrivals, outcome)
    limits = limits_frame(years, given)
    supply, told = years.world.supply, mondays(years)
    assert limits["year"].unique().sort().to_list() == sorted(set(told))
    assert limits["used"].sum() > 0
    assert (limits["used"] <= limits["room"] + 1e-6).all()
    site = np.repeat(np.arange(len(supply.cap_first) - 1), np.diff(supply.cap_first))
    doses = outcome.infused.sum(axis=2)
    used = [float(doses[at] @ uses) for at, uses in zip(site, supply.cap_uses, strict=True)]
    names = years.network.frame("sites")["site"].gather(site).to_list()
    links = limits.filter(year=told[0])["link"].to_list()
    whole = limits.group_by("site", "link").agg(pl.col("used").sum())
    by_cap = {(row[0], row[1]): row[2] for row in whole.iter_rows()}
    assert [by_cap[at] for at in zip(names, links, strict=True)] == pytest.approx(used)
    first = limits.filter(year=told[0])["room"].to_list()
    weeks = [week for week, year in enumerate(told) if year == told[0]]
    shares = [sum(supply.site_share[week, at] for week in weeks) for at in site]
    assert first == pytest.approx((supply.cap_most * shares).tolist())


def test_scans_are_those_begun_and_slots_those_of_open_scanners(desk: Desk) -> None:
    years, _, outcome = desk
    frame, told = scanners_frame(years, outcome), mondays(years)
    assert frame["scans"].sum() == outcome.services.sum() > 0
    rates = dict(
        years.network.frame("scanners")
        .group_by("scanner")
        .agg(pl.col("slots_per_week").sum())
        .rows()
    )
    for row in frame.iter_rows(named=True):
        assert row["slots"] <= rates[row["scanner"]] * told.count(row["year"]) + 1e-9
        assert row["scans"] <= row["slots"] + 1
        assert row["share"] == pytest.approx(row["scans"] / row["slots"])
    stations = years.world.stations
    late = dataclasses.replace(stations, open_from=np.full_like(stations.open_from, 10.0))
    world = dataclasses.replace(years.world, stations=late)
    later = scanners_frame(dataclasses.replace(years, world=world), outcome)
    # Ten days fewer, of so many slots a day.
    lost = np.sum(frame["slots"].to_numpy()) - np.sum(later["slots"].to_numpy())
    assert lost == pytest.approx((10.0 / stations.first).sum())


def test_use_of_lines_is_of_the_year_of_the_monday(desk: Desk) -> None:
    years, _, outcome = desk
    frame, told = runs_frame(years, outcome), np.array(mondays(years))
    for year in sorted(set(told.tolist())):
        mine = frame.filter(year=year)
        assert mine["doses"].sum() == outcome.run_doses[told == year].sum()


def test_waits_for_doses_by_class_of_site(desk: Desk) -> None:
    years, _, _ = desk
    network = years.network
    classes = network.frame("sites")["setting"].to_list()
    assert len(set(classes)) > 1
    start = years.calendar.cohort_days[0]
    one, other = 0, next(at for at, name in enumerate(classes) if name != classes[0])
    # Eleven people at one site: ordered, and infused 10 to 20 days later; a second dose of each
    # comes 0 to 10 days after it was due. Ten at another site, and a dose of the warm-up.
    rows = [(who, start + 10.0 + who, start) for who in range(11)]
    rows += [(who, start + 60.0 + who, start + 60.0) for who in range(11)]
    rows += [(who, start + 5.0, start) for who in range(11, 21)]
    rows += [(21, start - 1.0, start - 90.0)]
    first = [start + 10.0 + who for who in range(11)] + [start + 5.0] * 10 + [start - 1.0]
    outcome = outcome_made(
        22,
        fate=np.full(22, Fate.TREATED),
        site=np.array([one] * 11 + [other] * 11),
        first_dose_day=np.array(first),
        infusions=infusions_made(rows),
    )
    frame = delays_frame(years, outcome)
    told = {(row[0], row[1]): row[2:] for row in frame.iter_rows()}
    assert told[classes[one], "new"] == pytest.approx((11, 15.0, 19.0, None))
    assert told[classes[one], "continuing"] == pytest.approx((11, 5.0, 9.0, 3 / 11))
    assert told[classes[other], "new"] == (None, None, None, None)
    assert told["", "new"][:2] == pytest.approx((21, 10.0))
    assert told["", "continuing"] == told[classes[one], "continuing"]


def test_waits_for_doses_are_a_part_of_the_whole_wait(desk: Desk) -> None:
    _, arrivals, outcome = desk
    given = outcome.infusions
    first = given.day == outcome.first_dose_day[given.patient]
    assert (given.day[first] >= given.since[first]).all()
    assert (given.day >= given.since - 7.0).all()
    wanted = given.since[first] - arrivals.t0[given.patient[first]]
    told = outcome.wait[given.patient[first]].sum(axis=1)
    took = given.day[first] - given.since[first]
    assert told == pytest.approx(wanted + took)
