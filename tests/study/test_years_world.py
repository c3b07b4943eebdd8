"""The world of years of a network, and its patients: against the network itself and doseline run."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import busy, full, rows_of, tiny, with_cells, without_opening

from doseline.model.ledger import LINKS
from doseline.model.supply import Batch
from doseline.simulate.cohort import draw_episodes
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.world import NOWHERE, Stage
from doseline.simulate.gates import NO_LINK, pass_gates
from doseline.simulate.twin import simulate
from doseline.study.prepare import prepare
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import TooFewYearsError, scaled, world_of

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.study.prepare import Prepared
    from doseline.study.reference import Reference
    from doseline.study.years.world import Years

SAME_WEEKS = 30 * 7 / 365.25
"""The weeks of ``doseline run`` of the tiny example: 4 of the cohort, 26 of follow-up. [year]"""


def years_of(network: Network, reference: Reference, years: float = SAME_WEEKS) -> Years:
    return world_of(prepare(network, reference), years=years)


def week_of(years: Years, day: date) -> int:
    return (day - years.calendar.origin).days // 7


def test_the_calendar_is_that_of_run_over_the_same_weeks(prepared: Prepared) -> None:
    assert world_of(prepared, years=SAME_WEEKS).calendar == prepared.calendar


def test_years_are_counted_from_the_cohort_and_everyone_of_it_is_followed(
    prepared: Prepared,
) -> None:
    days = world_of(prepared, years=3.0, warm_up_weeks=10).calendar
    assert days.origin == prepared.network.settings.cohort_start - timedelta(weeks=10)
    assert days.weeks == 10 + round(3 * 365.25 / 7)
    assert days.horizon_day - days.cohort_days[1] >= 180


def test_too_few_years_say_how_many_are_enough(prepared: Prepared) -> None:
    with pytest.raises(TooFewYearsError, match=r"give 0\.52 years or more"):
        world_of(prepared, years=0.4)


def test_stages_follow_the_gates_and_scanners_are_slots(prepared: Prepared) -> None:
    world = world_of(prepared, years=1.0).world
    assert [Stage(kind).name for kind in world.journey.kind[0]] == [
        "REACH",
        "DELAY",
        "STATION",
        "DELAY",
        "POSITIVE",
        "DELAY",
        "SITE",
        "CANNOT_PAY",
        "AUTHORISE",
        "DELAY",
        "ORDER",
    ]
    slots = prepared.network.frame("scanners")["slots_per_week"].to_numpy()
    assert world.stations.first == pytest.approx(7.0 / slots)
    assert world.stations.slot.all()
    assert (world.stations.servers == 1).all()


def test_supply_is_the_typical_week_with_ways_by_cost(prepared: Prepared) -> None:
    years = world_of(prepared, years=1.0)
    supply, columns = years.world.supply, prepared.weeks.kinds[0].weekly.columns
    assert len(supply.way_run) == columns.height
    assert supply.way_first[-1] == columns.height
    for pair in range(len(supply.way_first) - 1):
        of = slice(supply.way_first[pair], supply.way_first[pair + 1])
        assert (np.diff(supply.way_cost[of]) >= 0).all()
        site, product = divmod(pair, years.world.products)
        mine = columns.filter(pl.col("site") == site, pl.col("product") == product)
        assert sorted(supply.way_run[of].tolist()) == sorted(mine["run"].to_list())
        assert (supply.way_ready[of] >= supply.way_arrive[of]).all()
        assert (supply.way_arrive[of] >= supply.way_infuse[of]).all()
    batches = prepared.network.by_key(Batch)
    most = [batches[name].max_doses for name in years.runs["name"]]
    assert supply.run_doses.tolist() == most
    assert supply.run_share.min() == supply.pool_share.min() == supply.site_share.min() == 1.0


def test_new_patients_are_those_that_run_draws(prepared: Prepared) -> None:
    years = world_of(prepared, years=SAME_WEEKS)
    arrivals = arrivals_of(years, seed=5)
    drawn = draw_episodes(prepared.network, prepared.path, prepared.calendar, seed=5)
    new = arrivals.site == NOWHERE
    order = np.argsort(drawn.t0, kind="stable")
    for name in ("key", "t0", "product", "region", "payer", "exit_day"):
        assert (getattr(arrivals, name)[new] == getattr(drawn, name)[order]).all()
    assert (np.diff(arrivals.t0) >= 0).all()


def test_courses_under_way_and_listed_orders_have_sites(prepared: Prepared) -> None:
    years = world_of(prepared, years=SAME_WEEKS)
    arrivals = arrivals_of(years, seed=1)
    network = prepared.network
    others = arrivals.site != NOWHERE
    courses = int(network.frame("courses")["patients"].sum())
    assert int(others.sum()) == courses + network.frame("orders").height
    assert not np.isfinite(arrivals.exit_day[others]).any()
    new_starts = network.frame("orders").filter(kind="new").height
    assert int((others & (arrivals.given == 0)).sum()) == new_starts


def test_scale_and_growth_change_incidence_only(prepared: Prepared) -> None:
    years = world_of(prepared, years=8.0)
    usual, twice = (arrivals_of(years, seed=1, scale=one).count for one in (1.0, 2.0))
    assert twice / usual == pytest.approx(2.0, rel=0.1)
    growth = rows_of("growth", {"product": "lu-psma", "growth_percent": 20.0})
    grown = years_of(prepared.network.replace(growth=growth), prepared.reference, 8.0)
    t0, still = arrivals_of(grown, seed=1).t0, arrivals_of(years, seed=1).t0
    start = years.calendar.cohort_days[0]
    assert (t0 < start).sum() == (still < start).sum()
    eighth = start + 7 * 365.25
    assert (t0 >= eighth).sum() / (still >= eighth).sum() == pytest.approx(1.2**7.5, rel=0.2)


def test_scaled_years_have_room_for_scaled_patients(prepared: Prepared) -> None:
    years = world_of(prepared, years=1.0)
    more = scaled(years, 10.0).world
    for name in ("run_doses", "run_activity", "pool_gbq", "cap_most"):
        assert getattr(more.supply, name) == pytest.approx(10 * getattr(years.world.supply, name))
    assert more.stations.first == pytest.approx(years.world.stations.first / 10)


def test_the_journey_is_that_of_run_patient_by_patient(reference: Reference) -> None:
    network = with_cells(without_opening(busy(tiny())), "products", exit_median_days=1e9)
    made_ready = prepare(network, reference)
    years = world_of(made_ready, years=SAME_WEEKS)
    arrivals = arrivals_of(years, seed=3)
    outcome = simulate(years.world, arrivals, seed=3, log=10**6)
    drawn = draw_episodes(network, made_ready.path, made_ready.calendar, seed=3)
    gates = pass_gates(drawn, made_ready.path, made_ready.access, seed=3)
    order = np.argsort(drawn.t0, kind="stable")
    never, day = gates.never[order], gates.never_day[order]
    negative, ready = gates.negative[order], gates.ready_day[order]
    horizon = years.calendar.horizon_day

    lost = (never != NO_LINK) & (day < horizon)
    before_imaging = lost & (never <= LINKS.index("pet_slot"))
    seen = before_imaging | (lost & ~negative)
    assert seen.sum() > 50
    assert ((outcome.fate == Fate.LOST) == seen).all()
    assert (outcome.link[seen] == never[seen]).all()
    assert outcome.fate_day[seen] == pytest.approx(day[seen])
    through = (never == NO_LINK) & ~negative & (ready < horizon)
    assert (outcome.site[through] == gates.site[order][through]).all()
    ordered = {who: t for t, who, event, _ in outcome.log if event == Event.ORDERED}
    assert len(ordered) > 100
    for who, t in ordered.items():
        assert through[who]
        assert t == pytest.approx(ready[who])
    before = [LINKS.index(name) for name in ("not_referred", "pet_slot", "tumour_board")]
    assert outcome.wait[through][:, before] == pytest.approx(gates.wait[order][through][:, before])


def test_a_line_opens_with_its_licence(prepared: Prepared) -> None:
    opening = date(2026, 9, 7)
    late = with_cells(
        prepared.network, "licences", {"holder": "line-a", "operation": "make"}, valid_from=opening
    )
    years = years_of(late, prepared.reference, 1.0)
    share, week = years.world.supply.run_share, week_of(years, opening)
    assert (share[:week] == 0).all()
    assert (share[week:] == 1).all()


def test_a_site_opens_with_its_licence(prepared: Prepared) -> None:
    opening = date(2026, 9, 9)
    late = with_cells(
        prepared.network, "licences", {"holder": "far", "operation": "treat"}, valid_from=opening
    )
    years = years_of(late, prepared.reference, 1.0)
    sites = prepared.network.frame("sites")["site"].to_list()
    of = years.world.sites.listed_from[:, 0]
    assert of[sites.index("far")] == (opening - years.calendar.origin).days
    assert of[sites.index("near")] == -np.inf
    assert years.world.sites.offers[sites.index("far")].any()
    arrivals = arrivals_of(years, seed=1)
    outcome = simulate(years.world, arrivals, seed=1)
    chose_far = (outcome.site == sites.index("far")) & (arrivals.site == NOWHERE)
    new = chose_far & np.isfinite(outcome.first_dose_day)
    assert new.any()
    assert (outcome.first_dose_day[new] >= of[sites.index("far")]).all()


def test_changes_of_sources_and_lines_hold_for_their_weeks(reference: Reference) -> None:
    network = full(tiny()).replace(
        line_changes=rows_of(
            "line_changes",
            {
                "line": "line-a",
                "valid_from": date(2026, 6, 1),
                "valid_until": date(2026, 6, 14),
                "available_percent": 0.0,
                "cause": "quality_stop",
            },
        )
    )
    years = years_of(network, reference)
    supply = years.world.supply
    stopped = [week_of(years, date(2026, 6, 1)) + step for step in (0, 1)]
    closed = np.flatnonzero((supply.run_share == 0).all(axis=1))
    assert closed.tolist() == stopped
    halved = np.flatnonzero((supply.pool_share == 0.5).any(axis=1))
    assert halved.tolist() == [week_of(years, date(2026, 5, 18))]


def test_a_holiday_closes_lines_and_takes_days_of_sites(prepared: Prepared) -> None:
    network = prepared.network
    monday = date(2026, 7, 6)
    named = [{"calendar": "home", "day": monday + timedelta(days=step)} for step in range(2)]
    network = network.replace(
        calendars=rows_of("calendars", {"calendar": "home", "name": "Home"}),
        holidays=rows_of("holidays", *named),
    )
    for table in ("lines", "sites"):
        network = with_cells(network, table, calendar="home")
    years = years_of(network, prepared.reference)
    supply, week = years.world.supply, week_of(years, monday)
    runs = years.runs["name"].to_list()
    assert supply.run_share[week, runs.index("psma-mon")] == 0
    assert supply.run_share[week, runs.index("psma-wed")] == 1
    assert (supply.site_share[week] < 1).any()
    others = np.delete(supply.site_share, week, axis=0)
    assert (others == 1).all()


def test_trainees_add_room_from_the_weeks_they_are_ready(reference: Reference) -> None:
    ready = date(2026, 6, 1)
    staffed = with_cells(tiny(), "staff", {"site": "near", "role": "nurse"}, count=1)
    rows = {"site": "near", "role": "nurse", "ready": ready, "count": 30}
    network = staffed.replace(training=rows_of("training", rows))
    years = years_of(network, reference)
    near = network.frame("sites")["site"].to_list().index("near")
    share = years.world.supply.site_share[:, near]
    assert 0 < share[0] <= 1
    assert share[-1] == 1
    assert (np.diff(share) >= 0).all()


def test_appeals_leave_the_final_denials(reference: Reference) -> None:
    payer = tiny().frame("payers")["payer"][0]
    network = with_cells(tiny(), "payers", {"payer": payer}, denied_percent=6.0)
    row = {
        "payer": payer,
        "first_denied_percent": 15.0,
        "appealed_percent": 80.0,
        "median_days": 20.0,
        "p90_days": 40.0,
    }
    payers = years_of(network.replace(appeals=rows_of("appeals", row)), reference).world.payers
    assert payers.denied[0] * (1 - payers.appeals[0] * payers.won[0]) == pytest.approx(0.06)
    assert payers.appeal_first[0] == 20.0
    assert (payers.appeals[1:] == 0).all()


def test_course_events_and_releases_reach_the_world(reference: Reference) -> None:
    events = {
        "product": "lu-psma",
        "hold_new_percent": 1.0,
        "hold_continuing_percent": 4.0,
        "hold_weeks": 2,
        "cut_percent": 5.0,
        "cut_to_percent": 80.0,
        "retreat_percent": 10.0,
        "retreat_after_days": 180,
    }
    network = tiny().replace(
        course_events=rows_of("course_events", events),
        releases=rows_of("releases", {"line": "line-a", "failed_percent": 2.0}),
    )
    world = years_of(network, reference).world
    assert world.course.hold.tolist() == [[0.01, 0.04]]
    assert world.course.hold_weeks.tolist() == [2]
    assert (world.course.cut[0], world.course.cut_to[0]) == (0.05, 0.8)
    assert (world.course.again[0], world.course.again_after[0]) == (0.1, 180.0)
    assert (world.supply.run_release_failure == 0.02).all()


def test_years_can_be_sent_to_workers(prepared: Prepared) -> None:
    years = world_of(prepared, years=1.0)
    again = pickle.loads(pickle.dumps(years))  # noqa: S301 - its own bytes
    assert (again.world.supply.way_cost == years.world.supply.way_cost).all()
    assert arrivals_of(again, seed=2).key.tolist() == arrivals_of(years, seed=2).key.tolist()
