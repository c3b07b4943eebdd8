"""Catchments come from coordinates, chair-days and weekly slots."""

from __future__ import annotations

import numpy as np
import polars as pl
from tests.study.networks import tiny, two_products, with_cells

from doseline.study.catchments import NEAREST, scanner_catchment, site_catchment


def test_the_size_of_a_site_is_its_chair_days_a_week() -> None:
    network = with_cells(tiny(), "suites", {"suite": "near-1"}, chairs=3, weekdays="Mon-Thu Sat")
    second = network.frame("suites").tail(1).with_columns(suite=pl.lit("far-2"), site=pl.lit("far"))
    network = network.replace(suites=pl.concat([network.frame("suites"), second]))
    # Three chairs on five days; one on two; one on two and again one on two.
    assert site_catchment(network, 300.0).size.tolist() == [15.0, 2.0, 4.0]


def test_a_site_without_a_suite_has_no_size() -> None:
    network = tiny()
    network = network.replace(suites=network.frame("suites").filter(pl.col("site") != "far"))
    assert site_catchment(network, 300.0).size.tolist() == [5.0, 2.0, 0.0]


def test_each_region_knows_the_sites_in_reach() -> None:
    near = site_catchment(tiny(), 300.0)
    assert near.places.shape == near.km.shape == (4, NEAREST)
    # East, west and north have one site each; the plains have none (README of the example).
    assert near.places[:, 0].tolist() == [0, 1, 2, -1]
    assert (near.places[:, 1:] == -1).all()
    assert np.isinf(near.km[near.places == -1]).all()
    everywhere = site_catchment(tiny(), np.inf)
    assert (everywhere.places[:, :3] >= 0).all()
    assert (np.diff(everywhere.km[:, :3], axis=1) >= 0).all()


def test_scanners_are_rows_of_the_whole_table() -> None:
    network = two_products(tiny())
    first, second = (
        scanner_catchment(network, product, 300.0) for product in ("lu-psma", "lu-two")
    )
    assert first.places[:3, 0].tolist() == [0, 1, 2]
    assert second.places[:3, 0].tolist() == [3, 4, 5]
    assert first.size.tolist() == second.size.tolist() == [3.0, 1.0, 1.0, 3.0, 1.0, 1.0]


def test_a_closed_scanner_takes_nobody() -> None:
    network = with_cells(tiny(), "scanners", {"scanner": "pet-west"}, slots_per_week=0.0)
    assert 1 not in scanner_catchment(network, "lu-psma", np.inf).places


def test_a_product_without_a_scanner_reaches_none() -> None:
    network = tiny().replace(scanners=tiny().frame("scanners").clear())
    none = scanner_catchment(network, "lu-psma", 300.0)
    assert (none.places == -1).all()
    assert none.places.shape[0] == 4
    closed = with_cells(tiny(), "scanners", slots_per_week=0.0)
    assert (scanner_catchment(closed, "lu-psma", 300.0).places == -1).all()
