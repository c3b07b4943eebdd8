"""Money, gains, groups, months and limits of a replication, counted again from what it came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import busy, rows_of, sure, tiny, without_opening

from doseline.model.ledger import PARTIES
from doseline.simulate.booking import IN_TIME
from doseline.simulate.twin import simulate
from doseline.study.prepare import prepare
from doseline.study.replications.groups import groups_of
from doseline.study.replications.job import TOLD_SCHEMA
from doseline.study.replications.measures import told_of
from doseline.study.replications.months import months_of
from doseline.study.replications.uses import FULL, uses_of
from doseline.study.replications.worth import GAINED, worth_of
from doseline.study.years.account import account_of
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.study.reference import Reference
    from doseline.study.years.account import YearAccount
    from doseline.study.years.world import Years

Made = tuple["Years", "Outcome", "YearAccount"]

TRIAL = {"product": "lu-psma", "trial": "A", "low": 0.3, "high": 0.9}
TRIALS = (
    {"endpoint": "pfs", "control_median_months": 4.0, "hazard_ratio": 0.5, "weight_low": 0.7},
    {"endpoint": "os", "control_median_months": 12.0, "hazard_ratio": 0.7, "weight_low": 0.5},
)
MIX = [
    {"product": "lu-psma", "sex": "male", "age_from": age, "share_percent": share}
    for age, share in ((0, 20.0), (65, 80.0))
]


@pytest.fixture(scope="module")
def made(reference: Reference) -> Made:
    """The tiny example with four times the patients, a trial, and ages."""
    network = sure(without_opening(busy(tiny()))).replace(
        outcomes=rows_of(
            "outcomes", *({**TRIAL, **row, "weight_high": row["weight_low"]} for row in TRIALS)
        ),
        patient_mix=rows_of("patient_mix", *MIX),
    )
    years = world_of(prepare(network, reference), years=1.3)
    arrivals = arrivals_of(years, seed=3)
    outcome = simulate(years.world, arrivals, seed=3)
    return years, outcome, account_of(years, arrivals, outcome, seed=3)


def value(told: pl.DataFrame, measure: str, of: str) -> float:
    """The one number of the whole time."""
    row = told.filter(pl.col("measure") == measure, pl.col("of") == of, pl.col("when").is_null())
    assert row.height == 1, (measure, of)
    return float(row["value"][0])


def test_each_number_is_told_once(made: Made) -> None:
    told = told_of(made[2])
    assert dict(told.schema) == TOLD_SCHEMA
    assert not told.select("measure", "of", "when").is_duplicated().any()


def test_money_is_that_of_the_books_and_sums_to_zero(made: Made) -> None:
    told, books = worth_of(made[2]), made[2].frames["money"]
    parties = [party for party in (*PARTIES, "outside") if party in books["party"]]
    assert len(parties) > 4
    for party in parties:
        amounts = books.filter(pl.col("party") == party)["amount"].to_list()
        margin = float(sum(amounts))
        assert value(told, "margin", party) == pytest.approx(margin, abs=0.01)
        sides = value(told, "revenue", party) - value(told, "cost", party)
        assert sides == pytest.approx(margin, abs=0.01)
    margins = told.filter(pl.col("measure") == "margin")
    by_year = margins.group_by("when").agg(pl.col("value").sum())
    assert by_year.height > 2  # two years and the whole time
    assert (by_year["value"].abs() < 0.01).all()


def test_money_of_years_adds_up_to_the_whole(made: Made) -> None:
    told = worth_of(made[2]).filter(pl.col("measure").is_in(["money", "revenue", "cost"]))
    key = ["measure", "of"]
    years = told.drop_nulls("when").group_by(key).agg(years=pl.col("value").sum())
    both = told.filter(pl.col("when").is_null()).join(years, on=key, validate="1:1")
    assert both.height == years.height
    assert ((both["value"] - both["years"]).abs() < 0.01).all()


def test_gains_are_told_by_product_and_together(made: Made) -> None:
    told, frame = worth_of(made[2]), made[2].frames["gains"]
    for name in GAINED:
        assert value(told, f"gain_{name}", "lu-psma") == pytest.approx(float(frame[name][0]))
        assert value(told, f"gain_{name}", "") == value(told, f"gain_{name}", "lu-psma")
    assert 0.0 < value(told, "gain_qaly_low", "") < value(told, "gain_qaly_high", "")


def test_without_a_trial_no_gain_is_told(reference: Reference) -> None:
    years = world_of(prepare(tiny(), reference), years=0.8)
    arrivals = arrivals_of(years, seed=1)
    account = account_of(years, arrivals, simulate(years.world, arrivals, seed=1), seed=1)
    told = worth_of(account)
    assert not told["measure"].str.starts_with("gain_").any()
    assert not groups_of(account)["of"].str.starts_with("sex/").any()


def test_patients_of_one_age_group_have_no_age_that_is_known(made: Made) -> None:
    account = made[2]
    mix = account.frames["mix"].with_columns(pl.lit(0).alias("age_from"))
    told = groups_of(replace(account, frames={**account.frames, "mix": mix}))
    assert told.filter(pl.col("of").str.starts_with("age/"))["of"].unique().to_list() == [
        "age/unstated"
    ]
    assert value(told, "group_eligible", "age/unstated") == len(account.cohort.account.ending)


def test_groups_are_those_of_the_cohort(made: Made) -> None:
    told, cohort = groups_of(made[2]), made[2].cohort
    in_time = cohort.account.ending == IN_TIME
    assert value(told, "group_eligible", "sex/male") == len(in_time)
    ages = [value(told, "group_eligible", f"age/{age}") for age in (0, 65)]
    assert sum(ages) == len(in_time)
    assert ages[0] < 0.35 * ages[1]  # 20 to 80
    for payer in np.unique(cohort.payer).tolist():
        mine = cohort.payer == payer
        if mine.sum() >= 11:
            assert value(told, "group_eligible", f"payer/{payer}") == mine.sum()
            share = value(told, "group_share", f"payer/{payer}")
            assert share == pytest.approx(in_time[mine].mean())
        else:
            assert f"payer/{payer}" not in told["of"]
    assert (told.filter(pl.col("measure") == "group_eligible")["value"] >= 11).all()


def test_months_are_means_of_their_mondays(made: Made) -> None:
    years, outcome, account = made
    told = months_of(account)
    mondays = [
        years.calendar.origin + timedelta(weeks=week) for week in range(years.calendar.weeks)
    ]
    when = mondays[len(mondays) // 2].replace(day=1)
    weeks = [at for at, day in enumerate(mondays) if day.replace(day=1) == when]
    month = {
        (row["measure"], row["of"]): row["value"]
        for row in told.filter(pl.col("when") == when).to_dicts()
    }
    for kind, of in enumerate(("new", "continuing")):
        open_orders = outcome.demand[weeks, :, kind].sum() / len(weeks)
        given = outcome.served[weeks, :, kind].sum() / len(weeks)
        assert month["waiting_month", of] == pytest.approx(open_orders)
        assert month["treated_month", of] == pytest.approx(given)
    assert month["waiting_month", "line"] == pytest.approx(outcome.waiting[weeks].mean())


def test_limits_are_used_as_their_sites_use_them(made: Made) -> None:
    told, limits = uses_of(made[2]), made[2].frames["limits"]
    years = sorted(set(limits["year"]))
    each = [limits.filter(pl.col("year") == year).to_dicts() for year in years]
    assert len(each) == 2
    tightest: dict[tuple[str, str], float] = {}
    for same in zip(*each, strict=True):
        used, room = (sum(row[name] for row in same) for name in ("used", "room"))
        if room > 0:
            place = same[0]["link"], same[0]["site"]
            tightest[place] = max(tightest.get(place, 0.0), used / room)
    assert tightest
    for link in {link for link, _ in tightest}:
        mine = [use for (of, _), use in tightest.items() if of == link]
        assert value(told, "limit_use", link) == pytest.approx(sum(mine) / len(mine))
        full = sum(use >= FULL for use in mine) / len(mine)
        assert value(told, "limit_full", link) == pytest.approx(full)


def test_scanners_are_used_as_scans_begin(made: Made) -> None:
    _, outcome, account = made
    told, scanners = uses_of(account), account.frames["scanners"]
    assert scanners["scans"].sum() == outcome.services.sum() > 0
    for year in sorted(set(scanners["year"])):
        rows = scanners.filter(pl.col("year") == year)
        row = told.filter(pl.col("measure") == "scanner_use", pl.col("when") == pl.date(year, 1, 1))
        use = rows["scans"].to_numpy().sum() / rows["slots"].to_numpy().sum()
        assert row["value"].to_list() == pytest.approx([use])
    assert 0.0 <= value(told, "scanner_full", "lu-psma") <= 1.0


def test_delays_are_told_where_there_are_enough_doses(made: Made) -> None:
    told, delays = uses_of(made[2]), made[2].frames["delays"]
    rows = {(row["setting"], row["kind"]): row for row in delays.to_dicts()}
    assert value(told, "delay_median", "/new") == rows["", "new"]["median"]
    assert value(told, "delay_late", "/continuing") == rows["", "continuing"]["late"]
    assert not told.filter(pl.col("measure") == "delay_late", pl.col("of") == "/new").height
    few = {f"{setting}/{kind}" for (setting, kind), row in rows.items() if row["doses"] is None}
    assert not set(told["of"]) & few
