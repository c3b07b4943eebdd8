"""An invented plan of a week, whose batches and lots add up from its doses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
from tests.io.fake_flows import fake_flows
from tests.io.fake_network import LOTS, WEEK, Size

from doseline.model.flows import Plan

if TYPE_CHECKING:
    import numpy as np

    from doseline.model.network import Network

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def fake_plan(network: Network, size: Size, rng: np.random.Generator) -> Plan:
    """A plan whose batches and lots add up from its flows."""
    flows = fake_flows(network, MONDAY, size.doses, rng)
    counts = dict(flows.drop_nulls("batch").group_by("batch").len().iter_rows())
    batches = pl.DataFrame(
        [
            {
                "batch": row["batch"],
                "line": row["line"],
                "product": row["product"],
                "open": counts.get(row["batch"], 0) > 0,
                "doses": counts.get(row["batch"], 0),
                "activity_gbq": 9.1 * counts.get(row["batch"], 0),
                "max_activity_gbq": row["max_activity_gbq"],
                "max_doses": row["max_doses"],
                "start": batch_start(row["batch"]),
                "ready": batch_start(row["batch"]) + timedelta(hours=4),
                "release": batch_start(row["batch"]) + timedelta(hours=10),
            }
            for row in network.frame("batches").iter_rows(named=True)
        ],
        schema_overrides={
            "start": pl.Datetime("ms", "UTC"),
            "ready": pl.Datetime("ms", "UTC"),
            "release": pl.Datetime("ms", "UTC"),
        },
    )
    lots = pl.DataFrame(
        [
            {
                "lot": lot["lot"],
                "source": lot["source"],
                "line": lot["line"],
                "reference": MONDAY - timedelta(hours=30 - 24 * k),
                "used_gbq": 6_000.0 - 500 * k,
                "capacity_gbq": lot["capacity_gbq"],
                "cost": 120_000.0,
            }
            for k, lot in enumerate(LOTS)
        ],
        schema_overrides={"reference": pl.Datetime("ms", "UTC")},
    )
    return Plan(
        week=WEEK,
        flows=flows,
        batches=batches,
        lots=lots,
        objective=4_812_345.6,
        cost=4_512_345.6,
        bound=4_795_000.0,
        gap=(4_812_345.6 - 4_795_000.0) / 4_812_345.6,
        status="optimal",
        solver="HiGHS 1.15.1",
    )


def batch_start(batch: str) -> datetime:
    """When synthesis of a batch of the fake network starts."""
    day = ("Mon", "Tue", "Wed", "Thu").index(batch[-3:])
    return MONDAY + timedelta(days=day, hours=9)
