"""Who offers what: sites that lose money do not, and their patients go elsewhere."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.networks import references, tiny, with_cells, with_settings

from doseline.simulate.pathway import pathway
from doseline.study.catchments import site_catchment
from doseline.study.expected import expected_doses
from doseline.study.participation import Participation, hospital_margin
from doseline.study.prepare import taking_part
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network

NEAR, MIDDLE, FAR = range(3)
FFS, ADVANTAGE, PRIVATE = range(3)
REACH_KM = 170.0

# The worked cases of the rulebook for 7.4 GBq of A9607 in a hospital, April 2026.
FFS_RECEIVED = Decimal("49226.26") + Decimal("186.90") + Decimal("1688.32") + Decimal("47.68")
PRIVATE_RECEIVED = Decimal("96997.55") + Decimal("484.41") + Decimal("3412.23") + Decimal("121.10")
DOSE_PRICE, OWN_COST = 48_980, 550
"""Price of a dose, and preparation and waste, in tables products and costs. [USD]"""


def three_regions() -> Network:
    """Three regions and three sites so near to one another that they share patients."""
    network = tiny()
    network = network.replace(
        regions=network.frame("regions").filter(pl.col("region") != "plains"),
        incidence=network.frame("incidence").filter(pl.col("region") != "plains"),
    )
    places = {"near": (41.9, -87.7), "middle": (41.9, -88.9), "far": (42.6, -88.0)}
    for site, (lat, lon) in places.items():
        network = with_cells(network, "sites", {"site": site}, lat=lat, lon=lon)
    homes = {"east": (41.8, -87.6), "west": (42.0, -89.0), "north": (42.9, -88.1)}
    for region, (lat, lon) in homes.items():
        network = with_cells(network, "regions", {"region": region}, lat=lat, lon=lon)
    network = with_cells(network, "regions", {"region": "north"}, rural=True)
    network = with_cells(network, "pathways", {"gate": "reach"}, max_km=REACH_KM)
    return with_cells(network, "payer_mix", {"payer": "ffs"}, share_percent=55.0)


def decided(network: Network) -> Participation:
    sites = site_catchment(network, REACH_KM)
    return taking_part(network, references(), pathway(network), sites)[1]


def doses_by_hand(
    network: Network, offers: Callable[[str, str], bool]
) -> dict[tuple[str, str], float]:
    """Expected doses a week by site and payer, counted in plain Python from the tables."""
    rows = {name: network.frame(name).to_dicts() for name in network.frames}
    (product,) = rows["products"]
    # Monday to Friday, twice two days: chair-days a week of the suites of the example.
    size = {"near": 5, "middle": 2, "far": 2}
    chance = product["continue_percent"] / 100
    cycles = sum(chance**nth for nth in range(product["cycles_max"]))
    covered = sum(row["share_percent"] for row in rows["payer_mix"])
    paying = {
        row["payer"]: (1 - row["cannot_pay_percent"] / 100) * (1 - row["denied_percent"] / 100)
        for row in rows["payers"]
    }
    found: dict[tuple[str, str], float] = {}
    for home in rows["regions"]:
        (yearly,) = (
            row["per_year"] for row in rows["incidence"] if row["region"] == home["region"]
        )
        reaching = yearly * 7 / 365.25
        for gate in rows["pathways"]:
            rural = gate["rural_pass_percent"] if home["rural"] else None
            reaching *= (gate["pass_percent"] if rural is None else rural) / 100
        for mix in rows["payer_mix"]:
            weight = {}
            for site in rows["sites"]:
                km = road_km(home, site)
                if km <= REACH_KM and offers(site["site"], mix["payer"]):
                    weight[site["site"]] = size[site["site"]] / (km + 20)
            for name, pull in weight.items():
                part = reaching * mix["share_percent"] / covered * pull / sum(weight.values())
                part *= paying[mix["payer"]]
                at = name, mix["payer"]
                found[at] = found.get(at, 0.0) + part * cycles
    return found


def road_km(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Haversine times the circuity of 1.25 that the access layer states."""
    a, b = math.radians(one["lat"]), math.radians(other["lat"])
    across = math.radians(other["lon"] - one["lon"])
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 1.25 * 2 * 6371.0088 * math.asin(math.sqrt(half))


@pytest.mark.parametrize(
    "shut", [set(), {("middle", "ma")}, {("near", "ffs"), ("far", "ffs")}, {("far", "private")}]
)
def test_expected_doses_are_those_counted_by_hand(shut: set[tuple[str, str]]) -> None:
    network = three_regions()
    names = network.frame("sites")["site"].to_list(), network.frame("payers")["payer"].to_list()
    offers = np.array([[[(site, payer) not in shut for payer in names[1]]] for site in names[0]])
    doses = expected_doses(network, pathway(network), site_catchment(network, REACH_KM), offers)
    by_hand = doses_by_hand(network, lambda site, payer: (site, payer) not in shut)
    assert len(by_hand) == 9 - len(shut)
    for at_site, site in enumerate(names[0]):
        for at_payer, payer in enumerate(names[1]):
            expected = by_hand.get((site, payer), 0.0)
            assert doses[at_site, 0, at_payer] == pytest.approx(expected, rel=1e-9)


def test_a_dose_leaves_the_hospital_what_the_worked_cases_say(network: Network) -> None:
    margin = hospital_margin(network, references().rulebook, terms_of(network, references()))
    ffs, private = (
        float(received - DOSE_PRICE - OWN_COST) for received in (FFS_RECEIVED, PRIVATE_RECEIVED)
    )
    for site in (NEAR, MIDDLE, FAR):  # hospitals, academic and not
        assert margin[site, 0, FFS] == pytest.approx(ffs, abs=1e-6)
        assert margin[site, 0, PRIVATE] == pytest.approx(private, abs=1e-6)


def test_a_site_that_loses_on_every_dose_of_a_payer_does_not_offer_it() -> None:
    # Medicare leaves 1,619.16 in a hospital and 1,793.07 in an office: 1,700 more lie between.
    network = with_cells(tiny(), "costs", {"item": "preparation"}, amount=500.0 + 1700.0)
    network = with_cells(network, "sites", {"site": "far"}, setting="office")
    offers = decided(network).offers[:, 0, :]
    assert offers[:, FFS].tolist() == [False, False, True]
    assert offers[:, ADVANTAGE].all()
    assert offers[:, PRIVATE].all()


def test_nobody_offers_what_loses_on_every_dose() -> None:
    network = with_cells(tiny(), "products", price=DOSE_PRICE + 60_000)
    result = decided(network)
    assert not result.offers.any()
    assert result.offered(network) == frozenset()


def test_a_dose_must_leave_the_minimum_margin() -> None:
    at = float(FFS_RECEIVED - DOSE_PRICE - OWN_COST)
    assert decided(with_settings(tiny(), minimum_margin=at - 0.01)).offers[:2, 0, FFS].all()
    assert not decided(with_settings(tiny(), minimum_margin=at + 0.01)).offers[:2, 0, FFS].any()


def test_a_site_that_does_not_cover_its_week_drops_out_and_its_patients_go_elsewhere() -> None:
    network = three_regions()
    first = earned_by_hand(network, lambda _site, _payer: True)
    order = sorted(first, key=lambda site: first[site])
    least, next_least = order[0], order[1]
    network = with_cells(
        network,
        "costs",
        {"per": "site_week"},
        amount=(first[least] + first[next_least]) / 2,
    )
    result = decided(network)
    sites = network.frame("sites")["site"].to_list()
    assert [sites[at] for at in np.flatnonzero(~result.offers.any(axis=(1, 2)))] == [least]
    assert result.rounds == 2
    path, near = pathway(network), site_catchment(network, REACH_KM)
    before = expected_doses(network, path, near, np.ones_like(result.offers))
    after = expected_doses(network, path, near, result.offers)
    assert after.sum() == pytest.approx(before.sum())
    assert after[sites.index(least)].sum() == 0.0
    others = [at for at, site in enumerate(sites) if site != least]
    assert (after[others] > before[others]).all()


def earned_by_hand(network: Network, offers: Callable[[str, str], bool]) -> dict[str, float]:
    """What the doses of a week leave each site, before its weekly cost. [USD/week]"""
    margin = hospital_margin(network, references().rulebook, terms_of(network, references()))
    sites = network.frame("sites")["site"].to_list()
    payers = network.frame("payers")["payer"].to_list()
    earned = dict.fromkeys(sites, 0.0)
    for (site, payer), doses in doses_by_hand(network, offers).items():
        earned[site] += doses * margin[sites.index(site), 0, payers.index(payer)]
    return earned


@settings(max_examples=25, deadline=None)
@given(
    weekly=st.floats(0.0, 40_000.0),
    preparation=st.floats(0.0, 4_000.0),
    west=st.floats(1.0, 300.0),
)
def test_the_fixed_point_is_fixed(weekly: float, preparation: float, west: float) -> None:
    network = three_regions()
    network = with_cells(network, "costs", {"per": "site_week"}, amount=weekly)
    network = with_cells(network, "costs", {"item": "preparation"}, amount=preparation)
    network = with_cells(network, "incidence", {"region": "west"}, per_year=west)
    result = decided(network)
    assert 1 <= result.rounds <= 4
    sites = network.frame("sites")["site"].to_list()
    payers = network.frame("payers")["payer"].to_list()

    def offer(site: str, payer: str) -> bool:
        return bool(result.offers[sites.index(site), 0, payers.index(payer)])

    earned = earned_by_hand(network, offer)
    for at, site in enumerate(sites):
        if result.offers[at].any():
            assert earned[site] >= weekly - 1e-6
    # All sites of the example are hospitals and paid alike, so each starts with the same payers.
    paying = result.margin[NEAR, 0] >= 0
    everybody = earned_by_hand(network, lambda _site, payer: bool(paying[payers.index(payer)]))
    stays = not paying.any() or all(earned >= weekly for earned in everybody.values())
    assert (result.rounds == 1) is stays


def test_of_a_payer_only_what_it_pays_matters() -> None:
    network = three_regions()
    alike = with_cells(
        network, "payers", segment="medicare_ffs", denied_percent=0.0, median_days=0.0
    )
    hard = with_cells(
        alike,
        "payers",
        {"payer": "ma"},
        name="Another name",
        denied_percent=60.0,
        median_days=90.0,
        p90_days=120.0,
    )
    for one in (alike, hard):
        result = decided(one)
        assert (result.offers == result.offers[:, :, :1]).all()
        assert (result.margin == result.margin[:, :, :1]).all()
    assert (decided(alike).offers == decided(hard).offers).all()


def test_the_order_of_the_payers_does_not_matter() -> None:
    network = with_cells(three_regions(), "costs", {"item": "preparation"}, amount=2_400.0)
    turned = network.replace(payers=network.frame("payers").reverse())
    one, other = decided(network), decided(turned)
    assert not one.offers.all()
    assert (one.offers == other.offers[:, :, ::-1]).all()
    assert one.rounds == other.rounds


def test_who_holds_no_licence_on_the_day_offers_nothing() -> None:
    network = with_cells(
        tiny(), "licences", {"licence": "middle-treat"}, valid_until=tiny().settings.cohort_start
    )
    assert decided(network).offers.any(axis=(1, 2)).tolist() == [True, False, True]
