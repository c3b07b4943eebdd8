"""Regions, incidence, pathways and payers of the US example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.us_lu177.sources import County
    from scripts.us_lu177.tables import Rows

MCRPC_PER_YEAR = 42_970 * 0.88
"""New metastatic castration-resistant prostate cancer in the US, 2020 (Scher 2015), with the 12 %
that the same paper takes off for treatment of earlier states. [1/year]"""

PSMA_ELIGIBLE_SHARE = 0.95
"""Share of them who meet the label but for imaging: an assumption (evidence ``psma-incidence``)."""

GEP_NET_PER_100K = 3.56
"""New gastroenteropancreatic neuroendocrine tumours, SEER 18, 2000-2012 (Dasari 2017)."""

NET_ELIGIBLE_SHARE = 0.50
"""Share of them who become eligible but for imaging: an assumption (``net-incidence``)."""

CONTINUE_PERCENT = {"lu-psma": 73.0, "lu-dotatate": 87.0}
"""Share that goes on after a dose without a row in ``CONTINUE_AFTER``."""

CONTINUE_AFTER = {
    ("lu-psma", 1): 74.7,
    ("lu-psma", 2): 74.7,
    ("lu-psma", 3): 69.6,
    ("lu-psma", 4): 69.6,
    ("lu-psma", 5): 69.6,
}
"""Of 208 patients 55.8 % reached the third dose and 18.8 % the sixth: 0.747 twice, then 0.696
three times (evidence ``real-world-cycles``)."""

CYCLES_MAX = {"lu-psma": 6, "lu-dotatate": 4}
INTERVAL_DAYS = {"lu-psma": 42, "lu-dotatate": 56}

_GATES = (
    # product, gate, pass, rural pass, median d, 90 % d, standard d, farthest km, evidence
    ("lu-psma", "reach", 100, None, 0, 0, 0, 320, "travel-limit"),
    ("lu-psma", "referral", 85, 78, 27, 50, 28, None, "referral"),
    ("lu-psma", "scanner_reach", 100, None, 0, 0, 0, 160, "travel-limit"),
    ("lu-psma", "imaging", 97, 83, 6, 14, 14, None, "pet-wait"),
    ("lu-psma", "positive", 86.6, None, 0, 0, 0, None, "vision"),
    ("lu-psma", "board", 95, None, 7, 14, 14, None, "board"),
    ("lu-psma", "scheduling", 96, None, 7, 18, 14, None, "scheduling"),
    ("lu-dotatate", "reach", 100, None, 0, 0, 0, 480, "travel-limit"),
    ("lu-dotatate", "referral", 85, 78, 17, 40, 28, None, "referral"),
    ("lu-dotatate", "scanner_reach", 100, None, 0, 0, 0, 240, "travel-limit"),
    ("lu-dotatate", "imaging", 97, 83, 6, 14, 14, None, "pet-wait"),
    ("lu-dotatate", "positive", 80, None, 0, 0, 0, None, "sstr-positive"),
    ("lu-dotatate", "board", 95, None, 7, 14, 14, None, "board"),
    ("lu-dotatate", "scheduling", 96, None, 9, 20, 14, None, "scheduling"),
)

_PAYERS = (
    # payer, name, Chinese name, denied, median d, 90 % d, standard d, cannot pay, evidence
    (
        "medicare_ffs",
        "Medicare fee for service",
        "联邦医疗保险（按项目付费）",
        0,
        0,
        0,
        0,
        2,
        "pa-ffs",
    ),
    ("medicare_advantage", "Medicare Advantage", "联邦医疗保险优势计划", 7.0, 6, 13, 3, 3, "pa-ma"),
    ("commercial", "Commercial insurance", "商业保险", 7.0, 7, 14, 7, 3, "pa-other"),
    ("medicaid", "Medicaid", "医疗补助计划", 10.0, 7, 14, 7, 1, "pa-other"),
    ("uninsured", "No insurance", "无保险", 0, 0, 0, 0, 70, "pa-other"),
)

_MIX = {
    "lu-psma": (36.8, 43.2, 13.0, 5.0, 2.0),
    "lu-dotatate": (23.0, 27.0, 38.0, 9.0, 3.0),
}
"""Medicare is split 46 to 54 between fee for service and Medicare Advantage."""


_GATE_ASSUMED = "pass_percent rural_pass_percent p90_days standard_days"
"""What the sources of the timed gates do not say: they give medians only."""

_PAYER_ASSUMED = {
    "pa-ffs": "cannot_pay_percent",
    "pa-ma": "p90_days standard_days cannot_pay_percent",
}


def region_rows(counties: list[County]) -> Rows:
    """Every county as a region."""
    return [
        {
            "region": one.fips,
            "name": one.name,
            "part_of": one.state,
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": one.zone,
            "population": one.population,
            "rural": one.rural,
            "deprivation": one.deprivation,
            "evidence": "county-figures",
        }
        for one in counties
    ]


def per_year(counties: list[County]) -> dict[str, dict[str, float]]:
    """New episodes a year by product and county. [1/year]"""
    men = sum(one.men_65 for one in counties)
    prostate = MCRPC_PER_YEAR * PSMA_ELIGIBLE_SHARE / men
    net = GEP_NET_PER_100K / 1e5 * NET_ELIGIBLE_SHARE
    return {
        "lu-psma": {one.fips: prostate * one.men_65 for one in counties},
        "lu-dotatate": {one.fips: net * one.population for one in counties},
    }


def incidence_rows(rates: dict[str, dict[str, float]]) -> Rows:
    """Episodes a year of every product and county."""
    evidence = {"lu-psma": "psma-incidence", "lu-dotatate": "net-incidence"}
    return [
        {
            "product": product,
            "region": region,
            "per_year": round(rate, 4),
            "evidence": evidence[product],
        }
        for product, by_region in rates.items()
        for region, rate in by_region.items()
    ]


def gate_rows() -> Rows:
    """Gates of both pathways."""
    names = (
        *("product", "gate", "pass_percent", "rural_pass_percent", "median_days", "p90_days"),
        *("standard_days", "max_km", "evidence"),
    )
    rows = [dict(zip(names, gate, strict=True)) for gate in _GATES]
    timed = ("referral", "pet-wait", "scheduling")
    return [{**row, "assumed": _GATE_ASSUMED if row["evidence"] in timed else ""} for row in rows]


def payer_rows() -> Rows:
    """Payers; each is a segment of the rulebook of the same name."""
    names = (
        *("payer", "name", "name_zh", "denied_percent", "median_days", "p90_days"),
        *("standard_days", "cannot_pay_percent", "evidence"),
    )
    rows = [dict(zip(names, payer, strict=True)) for payer in _PAYERS]
    return [
        {**row, "segment": row["payer"], "assumed": _PAYER_ASSUMED.get(str(row["evidence"]), "")}
        for row in rows
    ]


def mix_rows() -> Rows:
    """Shares of the payers for each product."""
    return [
        {
            "product": product,
            "payer": payer[0],
            "share_percent": share,
            "evidence": "payer-mix",
        }
        for product, shares in _MIX.items()
        for payer, share in zip(_PAYERS, shares, strict=True)
    ]


def patient_mix_rows() -> Rows:
    """Shares of sexes and ages for each product."""
    over_75, women = round(100.0 * 645 / 1626, 1), round(100.0 * 34_233 / 64_971, 1)
    names = ("product", "sex", "age_from", "share_percent", "evidence")
    rows = (
        ("lu-psma", "male", 0, round(100.0 - over_75, 1), "psma-ages"),
        ("lu-psma", "male", 76, over_75, "psma-ages"),
        ("lu-dotatate", "female", 0, women, "net-sexes"),
        ("lu-dotatate", "male", 0, round(100.0 - women, 1), "net-sexes"),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def continuation_rows() -> Rows:
    """Share that goes on after each dose, where courses are published dose by dose."""
    return [
        {
            "product": product,
            "after_dose": dose,
            "continue_percent": share,
            "evidence": "real-world-cycles",
        }
        for (product, dose), share in CONTINUE_AFTER.items()
    ]


def reached_share(product: str, given: int) -> float:
    """Share of new starts that go on after so many doses. [unitless]"""
    share = 1.0
    for dose in range(1, given + 1):
        share *= CONTINUE_AFTER.get((product, dose), CONTINUE_PERCENT[product]) / 100.0
    return share


def started_share(product: str) -> float:
    """Share of new episodes that reach a first dose if nothing is scarce. [unitless]"""
    share = 1.0
    for name, _, passed, *_ in _GATES:
        share *= passed / 100.0 if name == product else 1.0
    paid = sum(
        part * (1.0 - payer[3] / 100.0) * (1.0 - payer[7] / 100.0)
        for part, payer in zip(_MIX[product], _PAYERS, strict=True)
    )
    return share * paid / 100.0
