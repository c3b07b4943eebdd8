"""Decay on the way and in the safe equals PyPSA's losses in a link and in a store."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import pytest
from tests.routes.build import PSMA, WEEK, lane, one_way

from doseline.routes.options import build_options

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

HOUR_MS = 3_600_000


@pytest.mark.parametrize(("transit_h", "hours"), [(3, 24), (17, 48), (30, 72)])
def test_transit_and_storage_loss_equal_pypsa(
    nuclides: NuclideTable, transit_h: int, hours: int
) -> None:
    half_life_h = nuclides["Lu-177"].half_life_h
    lanes = [lane("line>site", duration_h=float(transit_h - 3), handling_h=0.0)]
    suite = one_way().frame("suites").to_dicts()[0] | {"open": "04:00", "slots_per_day": 1}
    product = PSMA | {"volume_max_ml": 20.0}
    network = one_way(lanes=lanes, departures=[], suites=[suite], products=[product])
    rows = build_options(network, nuclides=nuclides, week=WEEK).rows
    # Released 3 h after calibration and handed over at once: there transit_h after calibration.
    row = rows.filter((rows["infuse_ms"] - rows["ready_ms"]) == hours * HOUR_MS).row(0, named=True)
    assert row["arrive_ms"] - row["ready_ms"] == transit_h * HOUR_MS

    arrived, infused = pypsa_gbq(
        row["activity_ready_bq"] / 1e9,
        left_per_h=2 ** (-1 / half_life_h),
        transit_h=transit_h,
        hours=hours,
    )
    assert row["activity_arrive_bq"] / 1e9 == pytest.approx(arrived, rel=1e-9)
    assert row["activity_infuse_bq"] / 1e9 == pytest.approx(infused, rel=1e-9)


def pypsa_gbq(
    ready_gbq: float, *, left_per_h: float, transit_h: int, hours: int
) -> tuple[float, float]:
    """Activity on arrival and at the end, as a flow of energy that PyPSA's optimiser moves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pypsa

        logging.getLogger("linopy").setLevel(logging.ERROR)
        grid = pypsa.Network()
        grid.set_snapshots(range(hours + 1))
        grid.add("Carrier", "Lu-177")
        grid.add("Bus", ["line", "site"], carrier="Lu-177")
        made = [1.0, *[0.0] * hours]
        grid.add(
            "Generator",
            "batch",
            bus="line",
            p_nom=ready_gbq,
            p_min_pu=made,
            p_max_pu=made,
            carrier="Lu-177",
        )
        grid.add(
            "Link",
            "lane",
            bus0="line",
            bus1="site",
            p_nom=2 * ready_gbq,
            delay=transit_h,
            marginal_cost=1.0,
            cyclic_delay=False,
            efficiency=left_per_h**transit_h,
            carrier="Lu-177",
        )
        grid.add(
            "Store",
            "safe",
            bus="site",
            e_nom=2 * ready_gbq,
            standing_loss=1 - left_per_h,
            e_cyclic=False,
            carrier="Lu-177",
        )
        status, condition = grid.optimize(solver_name="highs", log_to_console=False)
        assert (status, condition) == ("ok", "optimal")
    held = grid.stores_t.e["safe"]
    return float(held.iloc[transit_h]), float(held.iloc[hours])
