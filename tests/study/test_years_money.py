"""Money of years: a dose priced by hand, doses counted by year, and every year summing to zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, tiny, without_opening
from tests.study.years_made import arrivals_made, outcome_made

from doseline.model.demand import Payer
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.twin import simulate
from doseline.study.participation import dose_flow
from doseline.study.prepare import prepare
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.dosed import calendar_year, dosed
from doseline.study.years.money import margins_of, money_of_years
from doseline.study.years.prices import Prices, expected_line, prices_of
from doseline.study.years.world import Years, world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals
    from doseline.study.prepare import Prepared

Desk = tuple["Prepared", Years, Prices]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The example, its years and its prices."""
    prepared = prepare(without_opening(tiny()), references())
    return prepared, world_of(prepared, years=1.5, warm_up_weeks=4), prices_of(prepared)


@pytest.fixture(scope="module")
def simulated(desk: Desk) -> tuple[Arrivals, Outcome]:
    arrivals = arrivals_of(desk[1], seed=5)
    return arrivals, simulate(desk[1].world, arrivals, seed=5)


def one_patient(years: Years, doses: int, first: float, last: float) -> tuple[Arrivals, Outcome]:
    """A patient of the first order's site and payer, and nobody else."""
    order = tiny().frame("orders").filter(pl.col("order") == "o1").row(0, named=True)
    site = years.network.frame("sites")["site"].to_list().index(order["site"])
    payer = years.network.frame("payers")["payer"].to_list().index(order["payer"])
    arrivals = arrivals_made([0.0], payer=[payer])
    day = {"first_dose_day": np.array([first]), "last_dose_day": np.array([last])}
    runs = np.zeros((years.world.weeks, years.runs.height), np.int64)
    runs[int(first // 7), 0] = doses
    outcome = outcome_made(
        1,
        fate=np.array([Fate.TREATED]),
        site=np.array([site]),
        doses=np.array([doses]),
        run_doses=runs,
        isotope=np.zeros((years.pools.height, 2)),
        **day,
    )
    return arrivals, outcome


def test_a_dose_by_hand(desk: Desk) -> None:
    # The rulebook's worked case, as in the test of the week: 51,919.20 for the drug.
    _, years, prices = desk
    money = money_of_years(years, prices, *one_patient(years, 3, 10.0, 94.0))
    told = {(row[1], row[2]): row[3] for row in money.iter_rows()}
    assert told["patient", "drug"] == 3 * Decimal("-1688.32")
    assert told["payer", "drug"] == 3 * Decimal("-49226.26")
    assert told["hospital", "dose"] == 3 * Decimal("-48980.00")
    assert told["hospital", "preparation"] == 3 * Decimal("-500.00")
    assert told["outside", "vials"] == 3 * Decimal("1000.00")
    assert told["outside", "batches"] == Decimal("10000.00")
    assert told["carrier", "carriage"] == 3 * Decimal("200.00")


def test_prices_are_those_of_the_rulebook_one_by_one(desk: Desk) -> None:
    prepared, years, prices = desk
    rows = [years.network.rows(kind) for kind in (Site, Product, Payer)]
    for cell in np.ndindex(*map(len, rows)):
        site, product, payer = (of[at] for of, at in zip(rows, cell, strict=True))
        assert isinstance(product, Product)
        assert isinstance(site, Site)
        assert isinstance(payer, Payer)
        cost = prepared.terms.expected_cost(product, site.site)
        flow = dose_flow(prepared.terms, product, payer, site, cost)
        mine = prices.payments.filter(site=cell[0], product=cell[1], payer=cell[2])
        found = mine.filter(pl.col("what") != "dose").select("party_from", "party_to", "amount")
        paid = prepared.reference.rulebook.pay(flow)
        assert found.rows() == [(one.party_from, one.party_to, one.amount) for one in paid]
        line = expected_line(prepared.terms, product, site.site)
        assert line is not None
        assert prepared.terms.cost_from(line, product, site.site) == cost


def test_every_year_sums_to_zero_and_every_dose_is_paid(
    desk: Desk, simulated: tuple[Arrivals, Outcome]
) -> None:
    _, years, prices = desk
    arrivals, outcome = simulated
    money = money_of_years(years, prices, arrivals, outcome)
    by_year = money.group_by("year").agg(pl.col("amount").sum())
    assert by_year.height >= 2
    assert set(by_year["amount"]) == {Decimal("0.00")}
    bought = money.filter(party="hospital", item="dose")["amount"].sum()
    each = prices.payments.filter(what="dose").unique(["site", "product", "payer"])
    price = {
        tuple(row[:3]): row[3] for row in each.select("site", "product", "payer", "amount").rows()
    }
    counts = {
        tuple(cell): int(outcome.infused[tuple(cell)]) for cell in np.argwhere(outcome.infused)
    }
    assert -bought == sum(price[cell] * count for cell, count in counts.items())
    drawn = (outcome.isotope[:, 1] * years.pools["price_per_gbq"].to_numpy()).sum()
    isotope = money.filter(party="isotope_supplier")["amount"].sum()
    assert float(isotope) == pytest.approx(drawn, abs=0.05)
    margins = margins_of(money)
    assert margins["margin"].sum() == 0
    assert (margins["revenue"] - margins["cost"] == margins["margin"]).all()


def test_no_dose_is_lost_between_years(desk: Desk, simulated: tuple[Arrivals, Outcome]) -> None:
    arrivals, outcome = simulated
    given = dosed(arrivals, outcome, desk[1].world.course.interval)
    counted = np.zeros_like(outcome.infused)
    np.add.at(counted, (given.site, given.product, given.payer), 1)
    assert (counted == outcome.infused).all()
    assert (np.bincount(given.patient, minlength=arrivals.count) == outcome.doses).all()
    assert given.first.sum() == np.isfinite(outcome.first_dose_day).sum()
    assert (given.day <= outcome.last_dose_day[given.patient] + 1e-9).all()


def test_days_are_even_from_the_first_to_the_last() -> None:
    arrivals = arrivals_made([0.0, 0.0], given=[0, 2], site=[0, 0])
    outcome = outcome_made(
        2,
        doses=np.array([3, 2]),
        first_dose_day=np.array([10.0, np.inf]),
        last_dose_day=np.array([94.0, 50.0]),
    )
    assert dosed(arrivals, outcome, np.array([42.0])).day.tolist() == [10.0, 52.0, 94.0, 8.0, 50.0]
    assert dosed(arrivals, outcome, np.array([42.0])).first.tolist() == [1, 0, 0, 0, 0]
    monday = tiny().settings.plan_week.replace(year=2026, month=12, day=28)
    assert calendar_year(monday, np.array([3.9, 4.0])).tolist() == [2026, 2027]
