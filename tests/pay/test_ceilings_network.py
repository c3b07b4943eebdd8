"""Ceilings of a whole network: the small example, against its participation, and what must hold."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.cli.shell import TINY

from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table
from doseline.io.report.ceilings_page import render_ceilings
from doseline.model.supply import Product
from doseline.simulate.pathway import expected_cycles, pathway
from doseline.study.catchments import site_catchment
from doseline.study.ceilings import NothingSoldError, UnsoldProductError, ceilings
from doseline.study.ceilings_floor import cheapest_way, floors
from doseline.study.expected import expected_doses
from doseline.study.prepare import taking_part
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.pay.ceilings import Ceilings


@pytest.fixture(scope="module")
def tiny() -> Network:
    network, _ = read_network(Path(TINY), nuclides=nuclide_table())
    assert network is not None
    return network


@pytest.fixture(scope="module")
def found(tiny: Network) -> Ceilings:
    return ceilings(tiny, reference_for(tiny))


def test_at_the_price_of_today_the_curve_is_what_participation_expects(
    tiny: Network, found: Ceilings
) -> None:
    path = pathway(tiny)
    sites = site_catchment(tiny, float(path.max_km[:, path.gate("reach")].max()))
    _, today = taking_part(tiny, reference_for(tiny), path, sites)
    doses = expected_doses(tiny, path, sites, today.offers).sum()
    cycles = expected_cycles(path.continues[0], int(path.cycles_max[0]))
    point = found.curve.filter(pl.col("price") == Decimal("48980.00"))
    assert point["patients"][0] == pytest.approx(doses / cycles * 365.25 / 7.0)
    assert point["sites"][0] == today.offers.any(axis=(1, 2)).sum()


def test_patients_never_rise_with_price_where_no_margin_does(found: Ceilings) -> None:
    patients = found.curve["patients"].to_numpy()
    assert (np.diff(patients) <= 1e-9).all()
    assert patients[0] > 100
    assert patients[-1] == 0


def test_the_curve_falls_at_the_ceilings_and_nowhere_else_by_much(found: Ceilings) -> None:
    # The list of ceilings and the curve come by different ways: limits are solved, points walked.
    ceilings_found = set(found.segments["ceiling"].drop_nulls())
    curve = found.curve
    for row in curve.iter_rows(named=True):
        if row["price"] in ceilings_found and row["patients"]:
            above = curve.filter(pl.col("price") == row["price"] + Decimal("0.01"))
            assert above["patients"][0] < row["patients"]


def test_one_limit_binds_in_each_segment_and_it_is_the_lowest(found: Ceilings) -> None:
    for segment in found.segments.iter_rows(named=True):
        limits = found.limits.filter(pl.col("segment") == segment["segment"])
        bound = limits.filter("binds")
        assert bound.height == 1
        assert bound["ceiling"][0] == segment["ceiling"]
        parties = limits.filter(pl.col("kind").is_in(["all_payments", "can_pay"]))
        assert segment["ceiling"] == parties["ceiling"].drop_nulls().min()


def test_a_dose_costs_what_its_batch_and_its_cheapest_way_cost(
    tiny: Network, found: Ceilings
) -> None:
    lanes = tiny.frame("lanes").select("from_place", "to_place", "cost").rows()
    ways = cheapest_way(tiny, {"line-a": Decimal(1000)})
    assert ways["line-a"] == 1000
    for to, cost in ways.items():
        before = [ways[start] + lane for start, end, lane in lanes if end == to and start in ways]
        assert cost == min(before, default=Decimal(1000))
    product = tiny.by_key(Product)["lu-psma"]
    full, single = (floors(tiny, nuclide_table(), product, doses) for doses in (1e9, 1.0))
    assert set(full) == set(tiny.frame("sites")["site"])
    assert all(single[site] > full[site] for site in full)
    assert 0 < found.segments["floor"][0] < found.prices["lu-psma"]


def test_products_that_are_not_there_or_not_sold_are_refused(tiny: Network) -> None:
    with pytest.raises(UnsoldProductError, match="did you mean 'lu-psma'"):
        ceilings(tiny, reference_for(tiny), products=["lu-psm"])
    lines = tiny.frame("lines").with_columns(pl.lit("trial").alias("channel"))
    frames = {**tiny.frames, "lines": lines}
    trial = dataclasses.replace(tiny, frames=frames)
    with pytest.raises(NothingSoldError):
        ceilings(trial, reference_for(trial))


def test_the_page_is_the_same_bytes_in_both_languages(tiny: Network, found: Ceilings) -> None:
    page = render_ceilings(tiny, found)
    assert page == render_ceilings(tiny, found)
    assert page.startswith("<!DOCTYPE html>")
    for text in ("Who binds", "由谁约束", "50,599.16", "under 11", "Patients against price"):
        assert text in page
    assert '<html lang="zh-Hans">' in render_ceilings(tiny, found, language="zh")
