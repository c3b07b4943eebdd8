"""Sites of the Chinese example are reached within the 24 to 72 hours that such doses allow."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.examples.test_example_reach import Timetable

from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table
from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch

if TYPE_CHECKING:
    from doseline.model.network import Network

_FOLDER = Path(__file__).parents[2] / "examples" / "cn-rlt"
_MONDAY = date(2026, 5, 11)
"""A week without holidays."""
_ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def cn() -> Network:
    """The example, its roads with 20 minutes of rest after every four hours at the wheel."""
    network, findings = read_network(_FOLDER, nuclides=nuclide_table())
    assert network is not None, findings
    rests = ((pl.col("duration_h") / 4.0).ceil() - 1.0).clip(0.0) / 3.0
    road = pl.when(pl.col("mode") == "road").then(pl.col("duration_h") + rests)
    lanes = network.frame("lanes").with_columns(
        road.otherwise(pl.col("duration_h")).alias("duration_h")
    )
    return network.replace(lanes=lanes)


def _fastest_h(cn: Network, product: str) -> dict[str, float]:
    """Hours from calibration to the first arrival from any line, by site that may treat with it."""
    nuclide = cn.frame("products").filter(pl.col("product") == product)["nuclide"].item()
    treats = cn.frame("licences").filter(
        (pl.col("operation") == "treat") & (pl.col("nuclide") == nuclide)
    )
    timetable, fastest = Timetable(cn), dict.fromkeys(treats["holder"], float("inf"))
    for batch in cn.rows(Batch):
        if batch.product == product:
            day = _MONDAY + timedelta(days=weekday_numbers(batch.weekday)[0])
            start = datetime.combine(day, time.fromisoformat(batch.start), _ZONE)
            ready = start + timedelta(hours=batch.synthesis_h)
            arrived = timetable.earliest(batch.line, ready)
            for site in set(fastest) & set(arrived):
                hours = (arrived[site] - ready) / timedelta(hours=1)
                fastest[site] = min(fastest[site], hours)
    return fastest


@pytest.mark.parametrize("product", ["lu-psma", "i131-nai"])
def test_every_licensed_site_is_reached_within_72_h(cn: Network, product: str) -> None:
    hours = _fastest_h(cn, product)
    assert max(hours.values()) < 72.0
    assert sum(one < 24.0 for one in hours.values()) > 0.9 * len(hours)


def test_alpha_emitters_arrive_before_they_have_decayed(cn: Network) -> None:
    assert max(_fastest_h(cn, "ac-psma").values()) < 12.0
    assert max(_fastest_h(cn, "at-trial").values()) < 7.214
