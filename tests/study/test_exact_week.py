"""The exactly planned week inside a replication is the plan and the delivery of the same orders."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.study.networks import references, sure, tiny, with_cells, with_settings

from doseline.errors import BadInputError
from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.simulate.calendar import WINDOW_DAYS
from doseline.simulate.weeks import CONTINUING
from doseline.study.decay import activity_frame, decay_frame
from doseline.study.exact import ExactWeek, WeekNotServedError, order_frame
from doseline.study.prepare import Prepared, prepare
from doseline.study.provenance import provenance
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.simulate.weeks import Orders, Outcome
    from doseline.study.replicate import Replication

MONDAY = date(2026, 5, 4)
LOST = {"batch_failed": "batch_failed", "transport": "transport", "expired": "transport"}
"""Link to which a planned dose is booked, by how it ended (4-ledger)."""


@dataclass(slots=True, kw_only=True)
class Heard:
    """An exact week that also remembers what it was asked and what it said."""

    exact: ExactWeek
    asked: list[Orders] = field(default_factory=list)
    said: list[Outcome] = field(default_factory=list)

    def __call__(self, orders: Orders) -> Outcome:
        """Serve the week once."""
        self.asked.append(orders)
        self.said.append(self.exact(orders))
        return self.said[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A replication with its planned week."""

    base: Prepared
    replication: Replication
    orders: Orders
    outcome: Outcome
    plan: Plan
    delivered: pl.DataFrame


@pytest.fixture(scope="module")
def told() -> Told:
    """The example, in which every fifth leg is late and every fourth batch fails."""
    network = with_cells(tiny(), "lanes", on_time_percent=80.0, late_mean_h=30.0)
    base = prepare(with_cells(network, "batches", failure_percent=25.0), references())
    heard = Heard(exact=ExactWeek(prepared=base, seed=5))
    replication = replicate(base, seed=5, exact=heard)
    ((asked,), (said,)) = heard.asked, heard.said
    plan, delivered = heard.exact.result()
    return Told(
        base=base,
        replication=replication,
        orders=asked,
        outcome=said,
        plan=plan,
        delivered=delivered,
    )


def test_it_is_the_plan_and_the_delivery_made_by_hand(told: Told) -> None:
    base, network = told.base, told.base.network
    nuclides = base.reference.nuclides
    frame = order_frame(base, told.orders)
    plan = plan_week(network, base.options, frame, nuclides=nuclides, gap=network.settings.plan_gap)
    assert_frame_equal(plan.flows, told.plan.flows)
    assert plan.objective == told.plan.objective
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=5)
    # What was delivered also says who had left by then; nobody had.
    assert told.delivered["withdrawn"].null_count() == delivered.height
    assert_frame_equal(delivered, told.delivered.drop("withdrawn"))


def test_the_outcome_of_each_order_is_what_was_delivered(told: Told) -> None:
    names = order_frame(told.base, told.orders)["order"].to_list()
    rows = {row["order"]: row for row in told.delivered.to_dicts()}
    assert sorted(names) == sorted(rows)
    origin = told.base.calendar.origin
    for at, name in enumerate(names):
        row = rows[name]
        assert DOSE_ENDINGS[told.outcome.ending[at]] == row["ending"]
        link = told.outcome.link[at]
        expected = row["link"] if row["line"] is None else LOST.get(row["ending"])
        assert (LINKS[link] if link >= 0 else None) == expected
        if row["infuse"] is None:
            assert math.isinf(told.outcome.day[at])
        else:
            since = (
                row["infuse"].replace(tzinfo=None)
                - pl.datetime_range(origin, origin, eager=True).item()
            )
            assert told.outcome.day[at] == pytest.approx(since.total_seconds() / 86_400)
    endings = {row["ending"] for row in rows.values()}
    assert "infused" in endings
    assert len(endings) > 1, "nothing went wrong, so this shows little"


def test_a_batch_that_fails_in_the_exact_week_is_booked_to_the_batch(told: Told) -> None:
    network = told.base.network
    broken = prepare(with_cells(network, "batches", failure_percent=100.0), references())
    exact = ExactWeek(prepared=broken, seed=5)
    lost = replicate(broken, seed=5, exact=exact).lost_by_link
    assert exact.result()[1].filter(ending="batch_failed").height > 0
    assert lost[LINKS.index("batch_failed")] > 0
    assert lost[LINKS.index("patient_scheduling")] == 0


def test_only_the_planned_week_is_exact(told: Told) -> None:
    week = told.base.calendar.week_of(MONDAY)
    assert told.orders.week == week
    assert told.plan.week == MONDAY
    assert told.replication.demand[week].sum() == told.plan.flows.height
    infused = told.delivered["ending"].is_in(["infused", "infused_late"]).sum()
    # A patient may have left before the day of a first dose; nobody else is missing.
    assert told.replication.served[week].sum() <= infused
    others = replicate(told.base, seed=5)
    assert (others.demand[:week] == told.replication.demand[:week]).all()
    assert (others.served[:week] == told.replication.served[:week]).all()


def test_listed_orders_keep_their_names_patients_payers_and_windows(told: Told) -> None:
    frame = order_frame(told.base, told.orders)
    listed = tiny().frame("orders")
    mine = frame.filter(pl.col("order").is_in(listed["order"].to_list()))
    assert_frame_equal(mine.sort("order"), listed.select(mine.columns).sort("order"))


def test_simulated_orders_have_windows_that_follow_each_other(told: Told) -> None:
    frame = order_frame(told.base, told.orders)
    others = frame.filter(~pl.col("order").is_in(tiny().frame("orders")["order"].to_list()))
    assert others.height > 0
    assert frame["order"].is_unique().all()
    assert others["order"].str.starts_with("sim-").all()
    first, last = (MONDAY + timedelta(days=days) for days in WINDOW_DAYS)
    assert (first.isoweekday(), last.isoweekday()) == (2, 1)
    assert (last - first).days == 6
    assert set(others["earliest"]) == {first}
    assert set(others["latest"]) == {last}
    kinds = np.where(told.orders.kind == CONTINUING, "continuing", "new")
    assert frame["kind"].to_list() == kinds.tolist()
    sites, payers = (tiny().frame(name)[name[:-1]].to_list() for name in ("sites", "payers"))
    assert frame["site"].to_list() == [sites[at] for at in told.orders.site]
    assert frame["payer"].to_list() == [payers[at] for at in told.orders.payer]


def test_names_of_simulated_orders_depend_on_their_key_alone(told: Told) -> None:
    orders = told.orders
    back = np.arange(len(orders.key))[::-1]
    turned = dataclasses.replace(
        orders,
        **{
            one.name: getattr(orders, one.name)[back]
            for one in dataclasses.fields(orders)
            if one.name != "week"
        },
    )
    assert_frame_equal(order_frame(told.base, turned), order_frame(told.base, orders).reverse())


def test_a_week_outside_the_simulated_ones_is_refused() -> None:
    base = prepare(with_settings(sure(tiny()), plan_week=date(2027, 5, 3)), references())
    exact = ExactWeek(prepared=base, seed=1)
    with pytest.raises(WeekNotServedError, match="2027-05-03") as refused:
        exact.result()
    assert isinstance(refused.value, BadInputError)


def test_the_activity_of_the_week_is_what_was_made(told: Told) -> None:
    made = float(told.delivered["activity_ready_gbq"].fill_null(0.0).sum())
    parts = decay_frame(told.base, told.delivered)
    assert float(parts["activity_gbq"].sum()) == pytest.approx(made, rel=1e-12)
    assert float(parts["share"].sum()) == pytest.approx(1.0)
    whole = activity_frame(parts)
    assert whole.columns == ["ending", "activity_gbq"]
    assert float(whole["activity_gbq"].sum()) == pytest.approx(made, rel=1e-12)


def test_the_provenance_says_how_to_make_it_again(told: Told) -> None:
    found = provenance(told.base, told.plan)
    assert found["network_sha256"] == told.base.network.digest
    assert found["planned_week"] == "2026-05-04"
    assert found["cohort_from"] == "2026-04-06"
    # Four weeks; four weeks of warm-up before; then 180 days, in whole weeks.
    assert found["cohort_until"] == "2026-05-03"
    assert found["warm_up_from"] == "2026-03-09"
    assert found["followed_until"] == "2026-11-01"
    assert (found["seed"], found["replications"]) == (1, 10)
    assert found["plan_gap"] == told.plan.gap
    assert not {"time", "date", "host", "path", "user"} & set(found)
