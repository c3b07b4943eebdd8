"""The commitment ladder: what a dose costs that its patient calls off, by hand."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import references, rows_of, sure, tiny, with_cells

from doseline.model.ordering import Commitment
from doseline.plan.orders.ladder import rung
from doseline.simulate.weeks import NEW
from doseline.study.exact import ExactWeek
from doseline.study.money import money_frame, payment_frame
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.simulate.weeks import Orders, Outcome

PRICE = Decimal(48_980)
LADDER = ((10, 0.0), (5, 40.0), (2, 100.0))
"""Days before the infusion, and the share of the price that calling off costs from then on. [%]"""


def with_ladder(network: Network) -> Network:
    rows = [
        {"product": "lu-psma", "days_before": days, "may_move": days > 2, "fee_percent": fee}
        for days, fee in LADDER
    ]
    return network.replace(commitments=rows_of("commitments", *rows))


@pytest.mark.parametrize(
    ("days_left", "applies"),
    [(30.0, None), (10.01, None), (10.0, 10), (5.1, 10), (5.0, 5), (2.5, 5), (2.0, 2), (0.0, 2)],
)
def test_a_rung_applies_until_the_next(days_left: float, applies: int | None) -> None:
    found = rung(with_ladder(tiny()).rows(Commitment), days_left)
    assert (found.days_before if found else None) == applies


class Leaving:
    """An exact week in which the first new patient with a dose leaves some days before it."""

    def __init__(self, exact: ExactWeek, days: float) -> None:
        self.exact, self.days = exact, days
        self.outcome: Outcome | None = None
        self.left = -1

    def __call__(self, orders: Orders) -> Outcome:
        """Serve the week twice: the second time that patient's exit is known."""
        usual = self.exact(dataclasses.replace(orders, exit_day=np.full(len(orders.key), np.inf)))
        self.left = int(np.flatnonzero((orders.kind == NEW) & np.isfinite(usual.day))[0])
        exit_day = np.full(len(orders.key), np.inf)
        exit_day[self.left] = usual.day[self.left] - self.days
        self.outcome = self.exact(dataclasses.replace(orders, exit_day=exit_day))
        return self.outcome


def called_off(network: Network, days: float) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Doses, payments and money of a week in which one patient leaves so many days before."""
    base = prepare(network, references())
    leaving = Leaving(ExactWeek(prepared=base, seed=4), days)
    replicate(base, seed=4, exact=leaving)
    plan, delivered = leaving.exact.result()
    paid = payment_frame(network, base.reference, delivered)
    return delivered, paid, money_frame(network, plan, delivered, paid)


@pytest.mark.parametrize(("days", "fee"), [(1.5, 100), (3.0, 40), (7.0, None), (20.0, None)])
def test_the_fee_of_a_dose_called_off_is_its_rungs_share_of_the_price(
    days: float, fee: int | None
) -> None:
    delivered, paid, money = called_off(with_ladder(sure(tiny())), days)
    (gone,) = delivered.filter(ending="withdrawn").to_dicts()
    assert (gone["infuse"] - gone["withdrawn"]).total_seconds() == pytest.approx(days * 86_400)
    mine = paid.filter(order=gone["order"])
    if fee is None:
        assert mine.is_empty()
    else:
        (row,) = mine.to_dicts()
        assert row["what"] == "cancellation_fee"
        assert (row["party_from"], row["party_to"]) == ("hospital", "developer")
        assert row["amount"] == PRICE * fee / 100
        step = 2 if fee == 100 else 5
        assert f"{fee} % of the price from {step} days before" in row["explanation"]
    assert sum(money["amount"].to_list(), Decimal(0)) == 0


def test_without_a_ladder_or_a_price_calling_off_is_free() -> None:
    own = with_cells(with_ladder(sure(tiny())), "lines", owner="near", channel="in_house")
    for network in (sure(tiny()), own):
        delivered, paid, _ = called_off(network, 1.0)
        (gone,) = delivered.filter(ending="withdrawn").to_dicts()
        assert paid.filter(order=gone["order"]).is_empty()
        assert "cancellation_fee" not in paid["what"].to_list()


def test_nobody_pays_for_an_infusion_that_was_called_off() -> None:
    delivered, paid, _ = called_off(with_ladder(sure(tiny())), 1.0)
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    assert set(paid.filter(what="drug")["order"]) == set(infused["order"])
