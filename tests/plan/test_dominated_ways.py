"""Of two ways of a run to a slot, the one that costs no less and arrives no later is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.plan.worlds import Size, nuclides, world

from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of

if TYPE_CHECKING:
    import polars as pl

_SLOT = ("product", "batch", "ready_ms", "site", "slot")


@pytest.mark.parametrize("seed", range(6))
def test_a_way_stays_exactly_if_no_other_is_as_cheap_and_as_late(seed: int) -> None:
    size = Size(
        sites=6, orders=20, lines=2, batches=6, max_doses=(4, 6), chairs=(1, 3), tight_isotope=1.6
    )
    one = world(seed, size)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    kept = {(row["itinerary"], *(row[name] for name in _SLOT)) for row in _rows(problem.usable)}
    pairs = set(problem.groups.select("site", "product").iter_rows())
    ways: dict[tuple[int, ...], list[tuple[float, int, float, int]]] = {}
    for row in _rows(one.options.feasible):
        if (row["site"], row["product"]) in pairs:
            rank = (row["cost"], -row["arrive_ms"], -row["on_time"], row["itinerary"])
            ways.setdefault(tuple(row[name] for name in _SLOT), []).append(rank)
    expected = {
        (mine[3], *slot)
        for slot, ranks in ways.items()
        for mine in ranks
        if not any(other < mine and other[1] <= mine[1] for other in ranks)
    }
    assert kept == expected
    assert len(expected) < sum(map(len, ways.values()))


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return list(frame.iter_rows(named=True))
