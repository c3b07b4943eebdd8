"""The account of years: against doseline run of the same weeks, by hand, and conserved."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import busy, rows_of, sure, tiny, with_cells, without_opening

from doseline.model.ledger import CLASSES, LINKS
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin import simulate
from doseline.study.ledger import SMALLEST_CELL, patients_frame
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate
from doseline.study.years.account import account_of
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.conserved import NotConservedError
from doseline.study.years.replicate import replicate_years
from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals
    from doseline.study.prepare import Prepared
    from doseline.study.reference import Reference
    from doseline.study.years.account import YearAccount
    from doseline.study.years.world import Years

SAME_WEEKS = 30 * 7 / 365.25
SEEDS = range(1, 9)


@pytest.fixture(scope="module")
def crowded(reference: Reference) -> Prepared:
    """The tiny example with four times the patients and room for all."""
    network = sure(without_opening(busy(tiny())))
    mix = [
        {"product": "lu-psma", "sex": "male", "age_from": age, "share_percent": share}
        for age, share in ((0, 20.0), (65, 80.0))
    ]
    return prepare(network.replace(patient_mix=rows_of("patient_mix", *mix)), reference)


@pytest.fixture(scope="module")
def years(crowded: Prepared) -> Years:
    return world_of(crowded, years=SAME_WEEKS)


@pytest.fixture(scope="module")
def told(years: Years) -> tuple[Arrivals, Outcome, YearAccount]:
    arrivals = arrivals_of(years, seed=1)
    outcome = simulate(years.world, arrivals, seed=1)
    return arrivals, outcome, account_of(years, arrivals, outcome, seed=1)


def test_where_nothing_is_short_the_cohort_is_that_of_run(crowded: Prepared, years: Years) -> None:
    """Nobody leaves a scanner's line there, so that both send everybody the same way."""
    for seed in SEEDS:
        run, ours = replicate(crowded, seed=seed), replicate_years(years, seed=seed)
        assert ours.cohort.not_eligible == run.not_eligible
        mine = np.bincount(ours.cohort.account.ending, minlength=len(CLASSES))
        theirs = np.bincount(run.account.ending, minlength=len(CLASSES))
        assert mine.sum() == theirs.sum()
        # A way of another day of the week may move a first dose over the deadline or an exit.
        assert np.abs(mine - theirs).max() <= 2
        never = run.account.link[run.account.ending == CLASSES.index("never")]
        ours_never = ours.cohort.account.link[ours.cohort.account.ending == CLASSES.index("never")]
        assert np.bincount(never).tolist() == np.bincount(ours_never).tolist()


def test_shares_agree_with_run_where_things_are_short(prepared: Prepared) -> None:
    years = world_of(prepared, years=SAME_WEEKS)
    theirs = np.array([replicate(prepared, seed=seed).share for seed in SEEDS])
    ours = np.array([replicate_years(years, seed=seed).share for seed in SEEDS])
    assert np.abs(ours - theirs).mean() < 0.05


def test_classes_are_as_the_ledger_defines_them(
    years: Years, told: tuple[Arrivals, Outcome, YearAccount]
) -> None:
    """Counted patient by patient from the outcome, without ``simulate.booking``."""
    arrivals, outcome, account = told
    first, end = years.calendar.cohort_days
    w = years.path.in_time_days
    counts = dict.fromkeys(CLASSES, 0)
    for who in account.cohort.account.episode.tolist():
        assert first <= arrivals.t0[who] < end
        assert arrivals.site[who] == NOWHERE
        fate, took = outcome.fate[who], outcome.first_dose_day[who] - arrivals.t0[who]
        if fate == Fate.TREATED:
            counts["in_time" if took <= w[arrivals.product[who]] else "late"] += 1
        elif fate == Fate.LOST:
            counts["never"] += 1
        else:
            counts["clinical_exit" if fate == Fate.LEFT else "open"] += 1
    frame = patients_frame([account.cohort])
    assert dict(frame.select("class", "patients").iter_rows()) == counts
    by_year = account.frames["patients"].group_by("class").agg(pl.col("patients").sum())
    assert dict(by_year.iter_rows()) == counts


def test_everyone_of_the_cohort_is_eligible_or_not(
    years: Years, told: tuple[Arrivals, Outcome, YearAccount]
) -> None:
    arrivals, _, account = told
    first, end = years.calendar.cohort_days
    cohort = (arrivals.site == NOWHERE) & (arrivals.t0 >= first) & (arrivals.t0 < end)
    assert cohort.sum() == len(account.cohort.account.episode) + account.cohort.not_eligible
    assert account.frames["fates"]["patients"].sum() == arrivals.count


def test_frames_add_up_to_each_other(told: tuple[Arrivals, Outcome, YearAccount]) -> None:
    _, outcome, account = told
    frames, eligible = account.frames, len(account.cohort.account.episode)
    assert frames["patients"]["patients"].sum() == eligible
    never = pl.col("class") == "never"
    assert frames["lost"]["never"].sum() == frames["patients"].filter(never)["patients"].sum()
    infused = frames["doses"].filter(ending="infused")["doses"].sum()
    assert infused == frames["weeks"]["served"].sum() == frames["sites"]["infused"].sum()
    assert infused > 0
    orders = frames["waiting"].filter(pl.col("kind") != "line")["patients"].sum()
    assert orders == frames["weeks"]["demand"].sum()
    made = frames["doses"].filter(~pl.col("ending").is_in(["cancelled", "site"]))["doses"].sum()
    assert frames["runs"]["doses"].sum() == made
    assert (frames["runs"]["doses"] <= frames["runs"]["capacity"]).all()
    days = frames["states"]["days"].to_numpy()
    rows = account.cohort.account.episode
    assert days == pytest.approx(outcome.wait[rows].sum(axis=0))
    curve = frames["curve"]
    assert (curve["patients"].diff().drop_nulls() >= 0).all()
    assert (curve["eligible"] == eligible).all()
    assert (frames["limits"]["used"] <= frames["limits"]["room"] + 1e-6).all()
    activity = frames["activity"].drop("product")
    parts = activity.drop("made").sum_horizontal()
    assert parts.to_list() == pytest.approx(activity["made"].to_list())
    yearly = frames["money"].group_by("year").agg(pl.col("amount").sum())
    assert yearly["amount"].cast(pl.Float64).abs().max() == 0


def test_treated_patients_waited_from_clock_start_to_first_dose(
    told: tuple[Arrivals, Outcome, YearAccount],
) -> None:
    arrivals, outcome, _ = told
    new = (arrivals.site == NOWHERE) & (outcome.fate == Fate.TREATED)
    took = outcome.first_dose_day[new] - arrivals.t0[new]
    assert new.sum() > 50
    assert outcome.wait[new].sum(axis=1) == pytest.approx(took)


def test_no_cell_of_few_people_is_told(told: tuple[Arrivals, Outcome, YearAccount]) -> None:
    _, _, account = told
    for name in ("regions", "areas", "products", "groups", "mix"):
        frame = account.frames[name]
        shown = frame["eligible"].drop_nulls()
        assert (shown >= SMALLEST_CELL).all()
        small = frame.filter(pl.col("eligible").is_null())
        assert small["in_time"].null_count() == small.height
        assert small["share"].null_count() == small.height
    assert account.frames["products"]["eligible"].null_count() == 0


def test_age_and_sex_are_told_and_change_nothing(
    crowded: Prepared, told: tuple[Arrivals, Outcome, YearAccount]
) -> None:
    _, _, account = told
    mix = account.frames["mix"]
    older = mix.filter(age_from=65)["eligible"][0]
    eligible = len(account.cohort.account.episode)
    assert older / eligible == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / eligible))
    without = crowded.network.replace(patient_mix=crowded.network.frame("patient_mix").clear())
    bare = world_of(dataclasses.replace(crowded, network=without), years=SAME_WEEKS)
    plain = replicate_years(bare, seed=1)
    assert plain.frames["mix"].is_empty()
    assert plain.cohort.account.days.tolist() == account.cohort.account.days.tolist()


def test_the_same_seed_gives_the_same_account(years: Years) -> None:
    one, two = (replicate_years(years, seed=4) for _ in range(2))
    assert one.events == two.events
    for name, frame in one.frames.items():
        assert frame.equals(two.frames[name]), name


def test_nobody_and_nothing_come_to_nothing(reference: Reference) -> None:
    network = with_cells(without_opening(tiny()), "incidence", per_year=0.0)
    account = replicate_years(world_of(prepare(network, reference), years=1.0), seed=1)
    assert account.events == 0
    assert account.share == 0.0
    for name in ("patients", "weeks", "doses", "sites", "lost_doses"):
        counts = account.frames[name].select(pl.selectors.numeric()).drop("year", strict=False)
        assert counts.sum().row(0) == (0,) * counts.width


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("fate", "patients"),
        ("served", "infusions of products and of weeks"),
        ("lost_by_link", "doses lost"),
        ("activity", "GBq made"),
        ("isotope", "GBq delivered"),
        ("run_doses", "doses that batches can make"),
    ],
)
def test_an_account_that_does_not_add_up_is_refused(
    years: Years, told: tuple[Arrivals, Outcome, YearAccount], name: str, what: str
) -> None:
    arrivals, outcome, _ = told
    wrong = getattr(outcome, name).copy()
    if name == "fate":
        wrong[np.flatnonzero(wrong == Fate.TREATED)[0]] = Fate.LEFT
    elif name == "isotope":
        wrong[0, 1] = wrong[0, 0] + 1.0
    elif name == "run_doses":
        wrong[0, 0] = 10_000
    else:
        wrong.reshape(-1)[0] += 1
    broken = dataclasses.replace(outcome, **{name: wrong})
    with pytest.raises(NotConservedError, match=what):
        account_of(years, arrivals, broken, seed=1)


def test_standards_and_links_of_late_patients(reference: Reference) -> None:
    """Scanners of one slot a week: who is late is so for the line before them."""
    network = with_cells(sure(without_opening(busy(tiny()))), "scanners", slots_per_week=1.0)
    network = with_cells(network, "products", exit_median_days=1e9)
    account = replicate_years(world_of(prepare(network, reference), years=1.2), seed=1)
    late = account.frames["lost"].group_by("link").agg(pl.col("late").sum())
    by_link = dict(late.iter_rows())
    assert by_link["pet_slot"] > 10
    assert sum(by_link.values()) == by_link["pet_slot"]
    waited = dict(account.frames["states"].select("link", "per_patient").iter_rows())
    assert max(waited, key=lambda link: waited[link]) == LINKS[LINKS.index("pet_slot")]
