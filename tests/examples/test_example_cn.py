"""The Chinese example holds what the census and the State Council say, and nothing that it must not."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from scripts.build_cn_rlt import tables
from scripts.cn_rlt.sources import Airport
from scripts.us_lu177.geo import Point
from scripts.us_lu177.tables import write_table

from doseline.io.folder import read_network
from doseline.io.reference import nuclide_table
from doseline.model.catalogue import TABLES
from doseline.model.demand import GATES, PayerShare
from doseline.model.ordering import Continuation
from doseline.model.supply import Lot, SupplyChange
from doseline.model.transport import Carrier, Lane

if TYPE_CHECKING:
    from doseline.model.network import Network

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "examples" / "cn-rlt"
_FIGURES = _ROOT / "scripts" / "figures"
_NO_LISTING = {"ac-psma", "at-trial", "i131-nai"}
_GBQ_PER_CI = 37.0


@pytest.fixture(scope="module")
def cn() -> Network:
    """The example; it must be without any error."""
    network, findings = read_network(_FOLDER, nuclides=nuclide_table())
    assert network is not None, findings
    assert not [one for one in findings if one.severity == "error"]
    return network


def test_prefectures_sum_to_the_provinces_of_the_2020_census(cn: Network) -> None:
    with (_FIGURES / "cn_provinces.csv").open(encoding="utf-8") as file:
        official = {row["name"]: int(row["population_2020"]) for row in csv.DictReader(file)}
    by_province = cn.frame("regions").group_by("part_of").agg(pl.col("population").sum())
    assert dict(by_province.iter_rows()) == official
    # Communique No. 3 of the Seventh National Population Census: the 31 provinces together.
    assert sum(official.values()) == 1_409_778_724


@pytest.mark.parametrize(
    ("province", "people"),
    [
        ("Guangdong", 126_012_510),
        ("Shandong", 101_527_453),
        ("Henan", 99_365_519),
        ("Sichuan", 83_674_866),
        ("Beijing", 21_893_095),
        ("Xinjiang", 25_852_345),
        ("Tibet", 3_648_100),
    ],
)
def test_provinces_are_as_the_communique_says(cn: Network, province: str, people: int) -> None:
    here = cn.frame("regions").filter(pl.col("part_of") == province)
    assert here["population"].sum() == people


def test_prefectures_are_many_points_with_two_names(cn: Network) -> None:
    regions = cn.frame("regions")
    assert regions.height == regions["region"].n_unique() >= 300
    assert regions["name_zh"].str.contains(r"^\p{Han}").all()
    assert regions["name"].str.contains(r"^[A-Z][A-Za-z' ()]+$").all()
    assert set(regions["zone"]) == {"Asia/Shanghai"}
    assert regions["lat"].is_between(7.0, 54.0).all()
    assert regions["lon"].is_between(73.0, 136.0).all()
    assert set(regions["part_of"]).isdisjoint({"Taiwan", "Hong Kong", "Macau"})


def test_no_boundary_is_shipped() -> None:
    assert {path.suffix for path in _FOLDER.iterdir()} <= {".csv", ".toml", ".md", ""}
    setting = (_FOLDER / "network.toml").read_text(encoding="utf-8")
    assert "outlines" not in setting


def test_sites_are_many_and_have_synthetic_names(cn: Network) -> None:
    sites = cn.frame("sites")
    # Institutions with admission rooms for radionuclide therapy in the survey of 2020.
    assert sites.height == 280
    for row in sites.iter_rows(named=True):
        assert re.fullmatch(r"Site \w{2,3}-\d\d \(synthetic\)", row["name"])
        assert re.fullmatch(r"\w{2,3}-\d\d号站点（虚拟）", row["name_zh"])
        assert row["name"][5:-12] == row["name_zh"][: -len("号站点（虚拟）")]
    assert set(sites["evidence"]) == {"site-rule"}


@pytest.mark.parametrize("table", ["sites", "lines", "hubs", "scanners", "suites"])
def test_no_place_is_called_a_hospital(cn: Network, table: str) -> None:
    frame = cn.frame(table).select(pl.col(pl.String))
    for column in frame.columns:
        assert not frame[column].fill_null("").str.contains("(?i)hospital|医院|clinic").any()


def test_holidays_are_those_of_the_state_council(cn: Network) -> None:
    with (_FIGURES / "cn_holidays_2026.csv").open(encoding="utf-8") as file:
        known = {(date.fromisoformat(row["day"]), row["kind"]) for row in csv.DictReader(file)}
    ours = cn.frame("holidays").filter(pl.col("calendar") == "cn")
    kinds = ours.select("day", kind=pl.col("runs_as").is_null())
    assert {(day, "holiday" if shut else "workday") for day, shut in kinds.iter_rows()} == known


def test_every_make_up_day_stands_for_a_workday_that_was_given_off(cn: Network) -> None:
    ours = cn.frame("holidays").filter(pl.col("calendar") == "cn")
    closed = ours.filter(pl.col("runs_as").is_null())
    for day, runs_as in (
        ours.filter(pl.col("runs_as").is_not_null()).select("day", "runs_as").rows()
    ):
        assert day.weekday() in {5, 6}
        near = closed.filter((pl.col("day") - day).dt.total_days().abs() <= 17)
        assert runs_as in {one.strftime("%a") for one in near["day"]}


def test_planned_week_has_holidays_and_a_make_up_workday(cn: Network) -> None:
    week = cn.settings.plan_week
    ours = cn.frame("holidays").filter(pl.col("calendar") == "cn")
    inside = ours.filter((pl.col("day") - week).dt.total_days().is_between(0, 6))
    assert inside["day"].to_list() == [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 9)]
    assert inside["runs_as"].to_list() == [None, None, "Tue"]


def test_every_row_rests_on_evidence_and_all_evidence_is_used(cn: Network) -> None:
    known, cited = set(cn.frame("evidence")["evidence"]), set()
    for table in TABLES:
        frame = cn.frame(table.name)
        if table.name != "evidence" and "evidence" in frame.columns:
            assert frame["evidence"].is_in(known).all()
            cited |= set(frame["evidence"])
    assert cited == known


def test_evidence_is_bilingual_and_its_sources_have_addresses(cn: Network) -> None:
    evidence = cn.frame("evidence")
    assert (evidence["title_zh"] != "").all()
    sourced = evidence.filter(pl.col("kind") != "assumption")
    assert sourced["address"].str.starts_with("https://").all()
    assert sourced["as_of"].is_not_null().all()


def test_inferred_rows_are_marked_as_assumptions(cn: Network) -> None:
    kinds = dict(cn.frame("evidence").select("evidence", "kind").iter_rows())
    for table in (
        "sites",
        "suites",
        "lines",
        "lots",
        "batches",
        "listings",
        "payer_mix",
        "courses",
    ):
        assert {kinds[one] for one in cn.frame(table)["evidence"]} == {"assumption"}, table
    assert {kinds[one] for one in cn.frame("regions")["evidence"]} == {"official"}


def test_incidence_sums_to_what_it_cites(cn: Network) -> None:
    sums = dict(cn.frame("incidence").group_by("product").agg(pl.col("per_year").sum()).iter_rows())
    assert sums["lu-psma"] + sums["lu-psma-hp"] == pytest.approx(120_000 * 0.35 * 0.60, rel=1e-4)
    tumours = 1_409_778_724 * 1.14e-5 * 0.25
    assert sums["lu-dotatate"] + sums["lu-dotatate-hp"] == pytest.approx(tumours, rel=1e-4)
    assert sums["i131-nai"] == pytest.approx(466_100 * 0.10, rel=1e-4)


def test_median_course_of_lu_psma_is_three_doses(cn: Network) -> None:
    goes_on = {one.after_dose: one for one in cn.rows(Continuation) if one.product == "lu-psma"}
    third = goes_on[1].continue_percent * goes_on[2].continue_percent / 1e4
    fourth = third * goes_on[3].continue_percent / 100.0
    assert third > 0.5 > fourth
    assert third == pytest.approx(0.558, abs=0.002)


def test_each_product_has_all_gates_and_whole_payer_shares(cn: Network) -> None:
    products = cn.frame("products")["product"].to_list()
    pairs = set(cn.frame("pathways").select("product", "gate").iter_rows())
    assert pairs == {(product, gate) for product in products for gate in GATES}
    shares: dict[str, float] = defaultdict(float)
    for one in cn.rows(PayerShare):
        shares[one.product] += one.share_percent
    assert shares == pytest.approx(dict.fromkeys(products, 100.0))


def test_qinshan_gives_no_more_than_its_stated_capacity(cn: Network) -> None:
    weekly = sum(one.capacity_gbq for one in cn.rows(Lot) if one.source == "qinshan-lu")
    assert max(
        one.available_percent for one in cn.rows(SupplyChange) if one.source == "qinshan-lu"
    ) == pytest.approx(100.0)
    # More than 10,000 Ci a year.
    assert 0.4 * 10_000 < weekly / _GBQ_PER_CI * 365.25 / 7.0 < 10_000


def test_roads_go_with_an_escort_and_rests(cn: Network) -> None:
    carriers = cn.by_key(Carrier)
    for lane in cn.rows(Lane):
        if lane.mode == "road" and lane.carrier != "in-hospital":
            assert lane.carrier is not None
            carrier = carriers[lane.carrier]
            assert carrier.escorts >= 1
            assert carrier.drive_h_max == pytest.approx(4.0)
            assert carrier.rest_h * 60.0 == pytest.approx(20.0, abs=0.1)


def test_alpha_emitters_stay_in_their_region(cn: Network) -> None:
    lanes = cn.frame("lanes").filter(pl.col("from_place").is_in(["jiaxing", "shijiazhuang"]))
    assert (lanes["mode"] == "road").all()
    assert (lanes["distance_km"] < 500.0).all()
    treats = cn.frame("licences").filter(pl.col("operation") == "treat")
    holders = set(treats.filter(pl.col("nuclide").is_in(["Ac-225", "At-211"]))["holder"])
    assert holders == set(lanes["to_place"])


def test_products_that_need_steps_have_them_at_every_licensed_site(cn: Network) -> None:
    licences = cn.frame("licences").filter(
        (pl.col("operation") == "treat") & (pl.col("nuclide") == "Lu-177")
    )
    listings = cn.frame("listings").filter(pl.col("product") == "lu-psma")
    assert set(listings["site"]) == set(licences["holder"])
    assert set(cn.frame("listings")["product"]).isdisjoint(_NO_LISTING)


def test_tables_are_what_the_script_writes(cn: Network, tmp_path: Path) -> None:
    airports = {
        row["hub"]: Airport(iata=row["hub"], name=row["name"], at=Point(row["lat"], row["lon"]))
        for row in cn.frame("hubs").filter(pl.col("kind") == "airport").iter_rows(named=True)
    }
    for name, rows in tables(airports).items():
        write_table(tmp_path, name, rows)
        written = (tmp_path / f"{name}.csv").read_bytes()
        assert written == (_FOLDER / f"{name}.csv").read_bytes(), name


def test_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.glob("*.csv")) < 2_000_000
