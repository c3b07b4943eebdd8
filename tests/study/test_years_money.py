"""Money of years: a dose priced by hand, doses counted by year, and every year summing to zero."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, tiny, without_opening
from tests.study.years_made import arrivals_made, infusions_made, outcome_made

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


def one_patient(years: Years, days: list[float]) -> tuple[Arrivals, Outcome]:
    """A patient of the first order's site and payer with doses on some days, and nobody else."""
    order = tiny().frame("orders").filter(pl.col("order") == "o1").row(0, named=True)
    site = years.network.frame("sites")["site"].to_list().index(order["site"])
    payer = years.network.frame("payers")["payer"].to_list().index(order["payer"])
    arrivals = arrivals_made([0.0], payer=[payer])
    world, doses = years.world, len(days)
    runs = np.zeros((world.weeks, years.runs.height), np.int64)
    runs[int(days[0] // 7), 0] = doses
    served = np.zeros((world.weeks, world.products, 2), np.int64)
    np.add.at(served[:, 0, 1], [int(day // 7) for day in days], 1)
    outcome = outcome_made(
        1,
        fate=np.array([Fate.TREATED]),
        site=np.array([site]),
        doses=np.array([doses]),
        first_dose_day=np.array(days[:1]),
        last_dose_day=np.array(days[-1:]),
        served=served,
        infusions=infusions_made([(0, day, day) for day in days]),
        run_doses=runs,
        isotope=np.zeros((years.pools.height, 2)),
    )
    return arrivals, outcome


def money_of(years: Years, prices: Prices, arrivals: Arrivals, outcome: Outcome) -> pl.DataFrame:
    """Money of an outcome."""
    given = dosed(years.world, years.calendar.origin, arrivals, outcome)
    return money_of_years(years, prices, given, outcome)


def test_a_dose_by_hand(desk: Desk) -> None:
    # The rulebook's worked case, as in the test of the week: 51,919.20 for the drug.
    _, years, prices = desk
    money = money_of(years, prices, *one_patient(years, [10.0, 52.0, 94.0]))
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
    money = money_of(years, prices, arrivals, outcome)
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
    """Dose by dose in plain Python: by the day of its infusion, and by the week of its order."""
    world, origin = desk[1].world, desk[1].calendar.origin
    arrivals, outcome = simulated
    given = dosed(world, origin, arrivals, outcome)
    assert (given.doses.sum(axis=0) == outcome.infused).all()
    assert given.first.sum() == np.isfinite(outcome.first_dose_day).sum()
    doses, ordered = np.zeros_like(given.doses), np.zeros_like(given.ordered)
    weeks = np.repeat(np.arange(world.weeks), outcome.served.sum(axis=(1, 2))).tolist()
    used: set[tuple[int, int, int]] = set()
    told = outcome.infusions
    for who, day, week in zip(told.patient, told.day, weeks, strict=True):
        at = outcome.site[who], arrivals.product[who]
        doses[given.of((origin + timedelta(days=int(day))).year)][at][arrivals.payer[who]] += 1
        monday = given.of((origin + timedelta(weeks=week)).year)
        ordered[monday][at] += 1
        used |= {(monday, week, at[0])}
    assert (given.doses == doses).all()
    assert (given.ordered == ordered).all()
    in_year = [sum(row == year for row, _, _ in used) for year in range(len(given.years))]
    assert given.site_weeks[:, -1].tolist() == in_year
    assert world.products == 1
    assert given.site_weeks[:, 0].tolist() == in_year


def test_each_dose_is_of_the_year_of_its_day(desk: Desk) -> None:
    _, years, prices = desk
    origin = years.calendar.origin
    new_year = float((date(origin.year + 1, 1, 1) - origin).days)
    # Even spacing from the first to the last would put the second dose into the next year.
    days = [new_year - 63.0, new_year - 0.5, new_year + 70.0]
    money = money_of(years, prices, *one_patient(years, days))
    drug = money.filter(party="payer", item="drug")
    assert drug["year"].to_list() == [origin.year, origin.year + 1]
    assert drug["amount"].to_list() == [2 * Decimal("-49226.26"), Decimal("-49226.26")]
    monday = tiny().settings.plan_week.replace(year=2026, month=12, day=28)
    assert calendar_year(monday, np.array([3.9, 4.0])).tolist() == [2026, 2027]
