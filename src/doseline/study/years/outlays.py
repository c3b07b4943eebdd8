"""What making, carrying and giving the doses of years costs, where no payment states it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.demand import Cost
from doseline.study.dose_money import in_cents
from doseline.study.money import MONEY
from doseline.study.years.dosed import calendar_year, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doseline.model.network import Network
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Floats, Ints
    from doseline.study.years.dosed import Dosed
    from doseline.study.years.prices import Prices
    from doseline.study.years.world import Years

MOVED_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int64,
    "party_from": pl.String,
    "party_to": pl.String,
    "item": pl.String,
    "amount": MONEY,
}
Moved = tuple[int, str, str, str, Decimal]
"""A row of ``MOVED_SCHEMA``."""
_CENT = Decimal("0.01")


def outlays_of_years(
    years: Years, prices: Prices, outcome: Outcome, given: Dosed
) -> Iterator[Moved]:
    """Rows of ``MOVED_SCHEMA``: making by makers and hospitals, carriage, and the table of costs.

    Args:
        years: The network over years.
        prices: Of carriage.
        outcome: What became of doses and isotope.
        given: The infusions.
    """
    monday: Floats = 7.0 * np.arange(len(outcome.run_doses), dtype=np.float64)
    run_year = calendar_year(years.calendar.origin, monday)
    owned = _owned(years.network)
    isotope = _isotope(years, outcome, run_year, owned)
    carriage = _carriage(prices, given, owned)
    for year in given.years.tolist():
        doses = outcome.run_doses[run_year == year]
        for own in (False, True):
            spent = {
                **_run(years, doses, owned, own=own),
                "isotope": isotope[year, own],
                "carriage": carriage[year, own],
            }
            yield from _borne(year, spent, own=own)
        yield from _costs(years, doses, given, year)


def _owned(network: Network) -> frozenset[str]:
    """Lines that a hospital runs."""
    lines = network.frame("lines")
    return frozenset(lines.filter(pl.col("owner").is_not_null())["line"])


def _borne(year: int, spent: dict[str, Decimal], *, own: bool) -> Iterator[Moved]:
    """Who pays for making: the hospital for its line, else the maker, whom the developer pays."""
    to = {"isotope": "isotope_supplier", "carriage": "carrier"}
    payer = "hospital" if own else "maker"
    for item, amount in spent.items():
        if amount:
            yield year, payer, to.get(item, "outside"), item, amount
    total = sum(spent.values(), Decimal(0))
    if total and not own:
        yield year, "developer", "maker", "making", total


def _run(years: Years, doses: Ints, owned: frozenset[str], *, own: bool) -> dict[str, Decimal]:
    """Batches made at their fixed cost, vials at theirs."""
    rates = years.network.frame("batches").select(
        pl.col("batch").alias("name"), pl.col("fixed_cost").alias("fixed"), "dose_cost"
    )
    runs = years.runs.select("name", "line").join(
        rates, on="name", how="left", maintain_order="left"
    )
    of = [at for at, line in enumerate(runs["line"]) if (line in owned) == own]
    fixed, vial = runs["fixed"].gather(of).to_list(), runs["dose_cost"].gather(of).to_list()
    return {
        "batches": _exact((doses[:, of] > 0).sum(axis=0), fixed),
        "vials": _exact(doses[:, of].sum(axis=0), vial),
    }


def _isotope(
    years: Years, outcome: Outcome, run_year: Ints, owned: frozenset[str]
) -> dict[tuple[int, bool], Decimal]:
    """Isotope drawn by year and by whether hospitals run the line, at its price.

    The engine keeps what each delivery gave in all; a line's is shared over the years by the doses
    that it made.
    """
    found: dict[tuple[int, bool], Decimal] = defaultdict(Decimal)
    at, turns = np.unique(run_year, return_inverse=True)
    price = pl.col("price_per_gbq")
    drawn = years.pools.select("line", cost=price * pl.Series(outcome.isotope[:, 1]))
    by_line = drawn.group_by("line", maintain_order=True).agg(pl.col("cost").sum())
    for line, cost in by_line.iter_rows():
        made = outcome.run_doses[:, (years.runs["line"] == line).to_numpy()].sum(axis=1)
        if cost > 0 and made.any():
            cents = in_cents(round(100 * cost), np.bincount(turns, weights=made).astype(np.float64))
            for year, part in zip(at.tolist(), cents.tolist(), strict=True):
                found[year, line in owned] += part * _CENT
    return found


def _carriage(
    prices: Prices, given: Dosed, owned: frozenset[str]
) -> dict[tuple[int, bool], Decimal]:
    """Carriage of the doses infused."""
    counts = counted(given.years, given.doses.sum(axis=3), ["site", "product"])
    rows = counts.join(prices.carriage, on=["site", "product"])
    found: dict[tuple[int, bool], Decimal] = defaultdict(Decimal)
    for year, line, rate, number in rows.select("year", "line", "rate", "doses").iter_rows():
        found[year, line in owned] += rate * number
    return found


def _costs(years: Years, doses: Ints, given: Dosed, year: int) -> Iterator[Moved]:
    """The table of costs; only who makes or carries spends on a dose that was never infused."""
    network, now = years.network, given.of(year)
    products = network.frame("products")["product"].to_list()
    for cost in network.rows(Cost):
        every = cost.product is None
        of = slice(None) if every else products.index(str(cost.product))
        count = int(given.doses[now][:, of].sum())
        if cost.per == "episode":
            count = int(given.first[now][:, of].sum())
        elif cost.per == "site_week":
            count = int(given.site_weeks[now, -1 if every else of])
        elif cost.per == "dose" and cost.party != "hospital":
            made = years.runs["product"].to_numpy() == cost.product
            count = int(doses[:, made | every].sum())
        if count:
            amount = (Decimal(str(cost.amount)) * count).quantize(_CENT)
            yield year, cost.party, "outside", cost.item, amount


def _exact(counts: Ints, rates: Iterable[Decimal]) -> Decimal:
    """Counts times rates."""
    pairs = zip(counts.tolist(), rates, strict=True)
    return sum((number * rate for number, rate in pairs), Decimal(0)).quantize(_CENT)
