"""A variant multiplies what it names, and nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doseline.io.folder import load
from doseline.model.variants import (
    UnknownVariantError,
    VariantColumnError,
    VariantRangeError,
    apply_variant,
)

if TYPE_CHECKING:
    from doseline.model.network import Network

TINY = Path(__file__).parents[2] / "examples" / "tiny"


def _with(network: Network, **variants: dict[str, float]) -> Network:
    settings = dataclasses.replace(network.settings, variants=variants)
    return dataclasses.replace(network, settings=settings)


def test_the_stress_variant_has_four_times_the_incidence_and_its_own_digest() -> None:
    network = load(TINY)
    stressed = apply_variant(network, "stress")
    before, after = network.frame("incidence"), stressed.frame("incidence")
    assert after["per_year"].to_list() == [4 * value for value in before["per_year"]]
    assert stressed.frame("sites").equals(network.frame("sites"))
    assert stressed.digest != network.digest


def test_whole_numbers_are_rounded_and_money_stays_exact() -> None:
    network = _with(load(TINY), less={"batches.max_doses": 0.5, "products.price": 0.1})
    changed = apply_variant(network, "less")
    assert changed.frame("batches")["max_doses"].to_list() == [2, 2]  # 5 and 3, halved to even
    assert str(changed.frame("products")["price"][0]) == "4898.000000"


def test_an_unknown_variant_names_the_nearest() -> None:
    with pytest.raises(UnknownVariantError, match="Did you mean 'stress'"):
        apply_variant(load(TINY), "strss")


def test_a_figure_may_not_leave_its_range() -> None:
    network = _with(load(TINY), much={"batches.yield_percent": 2.0})
    with pytest.raises(VariantRangeError, match=r"batches\.yield_percent in row 2 160"):
        apply_variant(network, "much")


@pytest.mark.parametrize("target", ["batches.weekday", "batches.nothing", "nothing", "x.y"])
def test_only_columns_of_numbers_vary(target: str) -> None:
    network = _with(load(TINY), odd={target: 2.0})
    with pytest.raises(VariantColumnError, match="no column of numbers"):
        apply_variant(network, "odd")
