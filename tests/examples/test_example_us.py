"""The US example holds what the Census and its own sources say, and nothing that it must not."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.model.demand import Gate, PayerShare
from doseline.model.supply import Product

if TYPE_CHECKING:
    from doseline.model.network import Network

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "examples" / "us-lu177"
_WEEKS_A_YEAR = 365.25 / 7.0


def test_counties_sum_to_the_states_of_the_2023_estimate(us: Network) -> None:
    with (_ROOT / "scripts" / "figures" / "us_states.csv").open(encoding="utf-8") as file:
        official = {row["state"]: int(row["population_2023"]) for row in csv.DictReader(file)}
    by_state = us.frame("regions").group_by("part_of").agg(pl.col("population").sum())
    assert dict(by_state.iter_rows()) == official
    # Census Bureau, vintage 2023: the United States on July 1, 2023.
    assert sum(official.values()) == 334_914_895


def test_every_county_and_connecticuts_planning_regions_are_there(us: Network) -> None:
    regions = us.frame("regions")["region"]
    assert regions.len() == regions.n_unique() == 3144
    assert {f"091{tens}0" for tens in range(1, 10)} <= set(regions)


def test_incidence_sums_to_what_it_cites(us: Network) -> None:
    sums = dict(us.frame("incidence").group_by("product").agg(pl.col("per_year").sum()).iter_rows())
    assert sums["lu-psma"] == pytest.approx(42_970 * 0.88 * 0.95, rel=1e-5)
    assert sums["lu-dotatate"] == pytest.approx(334_914_895 * 3.56e-5 * 0.50, rel=1e-4)


def test_demand_is_as_large_as_the_issue_asks(us: Network) -> None:
    assert 1000 < _doses_per_week(us) < 2500


def test_stress_wants_the_stated_capacity(us: Network) -> None:
    factor = us.settings.variants["stress"]["incidence.per_year"]
    assert factor * _doses_per_week(us) == pytest.approx(5000, rel=0.02)


def test_capacity_exceeds_the_demand_but_not_the_stress(us: Network) -> None:
    working = us.frame("batches").filter(pl.col("line") != "carlsbad")
    factor = us.settings.variants["stress"]["incidence.per_year"]
    doses = _doses_per_week(us)
    assert 1.5 * doses < working["max_doses"].sum() < factor * doses


def test_sites_are_many_and_have_synthetic_names(us: Network) -> None:
    sites = us.frame("sites")
    assert sites.height >= 700
    pattern = re.compile(r"Treatment site ([A-Z]{2}-\d{3})")
    found = [pattern.fullmatch(name) for name in sites["name"]]
    assert [match and match[1] for match in found] == sites["site"].to_list()
    assert set(sites["evidence"]) == {"site-rule"}


def test_inferred_rows_are_marked_as_assumptions(us: Network) -> None:
    kinds = dict(us.frame("evidence").select("evidence", "kind").iter_rows())
    for name in ("site-rule", "suite-rule", "scanner-rule", "lot-rule", "batch-rule", "air-rules"):
        assert kinds[name] == "assumption"
    assert kinds["county-figures"] == "official"


def test_evidence_is_bilingual_and_its_sources_have_addresses(us: Network) -> None:
    evidence = us.frame("evidence")
    assert (evidence["title_zh"] != "").all()
    sourced = evidence.filter(pl.col("kind") != "assumption")
    assert sourced["address"].str.starts_with("https://").all()
    assert sourced["as_of"].is_not_null().all()


def test_payer_shares_are_whole(us: Network) -> None:
    shares: dict[str, float] = {}
    for one in us.rows(PayerShare):
        shares[one.product] = shares.get(one.product, 0.0) + one.share_percent
    assert shares == pytest.approx({"lu-psma": 100.0, "lu-dotatate": 100.0})


def test_payers_are_the_segments_of_the_rulebook(us: Network) -> None:
    assert set(us.frame("payers")["segment"]) == {
        *("medicare_ffs", "medicare_advantage", "commercial", "medicaid", "uninsured"),
    }


def test_who_waits_dies_as_the_trials_control_arm(us: Network) -> None:
    alive = us.frame("outcomes").filter(pl.col("endpoint") == "os")
    medians = dict(alive.select("product", "control_median_months").iter_rows())
    assert len(medians) == 2
    for one in us.rows(Product):
        assert one.exit_median_days * 12 / 365.25 == pytest.approx(medians[one.product], abs=0.1)


def test_courses_under_way_are_a_steady_state(us: Network) -> None:
    under_way = us.frame("courses")["patients"].sum()
    first_doses = sum(_starts_per_week(us).values())
    later = _doses_per_week(us) - first_doses
    # Between six and eight weeks of later doses are due within one interval.
    assert 5.9 * later < under_way < 8.1 * later


def test_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.glob("*.csv")) < 4_000_000


def _doses_per_week(us: Network) -> float:
    """Doses a week if nothing is scarce."""
    starts, doses = _starts_per_week(us), 0.0
    for one in us.rows(Product):
        goes_on = one.continue_percent / 100.0
        doses += starts[one.product] * sum(goes_on**given for given in range(one.cycles_max))
    return doses


def _starts_per_week(us: Network) -> dict[str, float]:
    """First doses a week if nothing is scarce: incidence, gates, then payers."""
    payers = us.frame("payer_mix").join(us.frame("payers"), on="payer")
    paid = pl.col("share_percent") / 100 * (1 - pl.col("denied_percent") / 100)
    kept = payers.group_by("product").agg((paid * (1 - pl.col("cannot_pay_percent") / 100)).sum())
    shares = dict(kept.iter_rows())
    for gate in us.rows(Gate):
        shares[gate.product] *= gate.pass_percent / 100.0
    yearly = us.frame("incidence").group_by("product").agg(pl.col("per_year").sum())
    return {name: rate / _WEEKS_A_YEAR * shares[name] for name, rate in yearly.iter_rows()}
