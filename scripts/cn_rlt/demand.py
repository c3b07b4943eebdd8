"""Regions, incidence, pathways and payers of the Chinese example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.cn_rlt.sites import nearest_sites
from scripts.us_lu177.geo import great_circle_km

if TYPE_CHECKING:
    from scripts.cn_rlt.sites import Placed
    from scripts.cn_rlt.sources import Prefecture
    from scripts.us_lu177.tables import Rows

PROSTATE_PER_YEAR = 120_000
"""New prostate cancers a year ("more than 120,000", facts of the market). [1/year]"""
MCRPC_SHARE = 0.35
PSMA_SUITABLE = 0.60
"""Shares who become castration-resistant with metastases, and who meet the label but for imaging:
assumptions (evidence ``psma-incidence``)."""
OWN_PREPARATION_SHARE = 0.10
"""Share of them who come to a hospital that makes its own: an assumption (``hp-incidence``)."""

NEN_PER_100K = 1.14
"""Neuroendocrine neoplasms, China 2017, age-standardised (Zheng 2023). [1/year]"""
NEN_ELIGIBLE_SHARE = 0.25
NEN_OWN_SHARE = 0.35
"""Share of them who come to a hospital that makes its own: an assumption (``hp-incidence``)."""

THYROID_PER_YEAR = 466_100
"""New thyroid cancers in China, 2022 (National Cancer Center). [1/year]"""
RADIOIODINE_SHARE = 0.10

AC_PER_YEAR = 1200
AT_PER_YEAR = 900
TRIAL_KM = {"ac-psma": 350.0, "at-trial": 180.0}
"""Farthest great-circle distance of a trial's candidates from one of its sites. [km]"""

PRODUCTS = (
    *("lu-psma", "lu-psma-hp", "lu-dotatate", "lu-dotatate-hp"),
    *("i131-nai", "ac-psma", "at-trial"),
)
CYCLES_MAX = dict(zip(PRODUCTS, (6, 6, 4, 4, 3, 4, 4), strict=True))
INTERVAL_DAYS = dict(zip(PRODUCTS, (42, 42, 56, 56, 180, 56, 42), strict=True))
CONTINUE_PERCENT = dict(zip(PRODUCTS, (71.6, 71.6, 80.0, 80.0, 25.0, 75.0, 75.0), strict=True))

REACH_3, REACH_6 = 0.558, 0.188
"""Patients who get a third and a sixth dose, of 208 treated 2017-24: the median is three."""

_GATES = (
    # product, gate, pass, rural pass, median d, 90 % d, standard d, farthest km, evidence
    ("lu-psma", "reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-psma", "referral", 55, 40, 20, 50, 28, None, "referral"),
    ("lu-psma", "scanner_reach", 100, None, 0, 0, 0, 300, "travel-limit"),
    ("lu-psma", "imaging", 97, 92, 5, 14, 14, None, "pet-wait"),
    ("lu-psma", "positive", 86.6, None, 0, 0, 0, None, "vision"),
    ("lu-psma", "board", 92, None, 7, 14, 14, None, "board"),
    ("lu-psma", "scheduling", 95, None, 7, 21, 14, None, "scheduling"),
    ("lu-psma-hp", "reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-psma-hp", "referral", 80, 70, 14, 35, 28, None, "referral"),
    ("lu-psma-hp", "scanner_reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-psma-hp", "imaging", 97, 92, 4, 12, 14, None, "pet-wait"),
    ("lu-psma-hp", "positive", 86.6, None, 0, 0, 0, None, "vision"),
    ("lu-psma-hp", "board", 85, None, 14, 28, 14, None, "ethics"),
    ("lu-psma-hp", "scheduling", 95, None, 7, 21, 14, None, "scheduling"),
    ("lu-dotatate", "reach", 100, None, 0, 0, 0, 500, "travel-limit"),
    ("lu-dotatate", "referral", 55, 40, 20, 50, 28, None, "referral"),
    ("lu-dotatate", "scanner_reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-dotatate", "imaging", 97, 92, 6, 14, 14, None, "pet-wait"),
    ("lu-dotatate", "positive", 80, None, 0, 0, 0, None, "sstr-positive"),
    ("lu-dotatate", "board", 85, None, 14, 28, 14, None, "ethics"),
    ("lu-dotatate", "scheduling", 95, None, 9, 21, 14, None, "scheduling"),
    ("lu-dotatate-hp", "reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-dotatate-hp", "referral", 80, 70, 14, 35, 28, None, "referral"),
    ("lu-dotatate-hp", "scanner_reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("lu-dotatate-hp", "imaging", 97, 92, 4, 12, 14, None, "pet-wait"),
    ("lu-dotatate-hp", "positive", 80, None, 0, 0, 0, None, "sstr-positive"),
    ("lu-dotatate-hp", "board", 85, None, 14, 28, 14, None, "ethics"),
    ("lu-dotatate-hp", "scheduling", 95, None, 9, 21, 14, None, "scheduling"),
    ("i131-nai", "reach", 100, None, 0, 0, 0, 300, "travel-limit"),
    ("i131-nai", "referral", 97, 92, 14, 40, 28, None, "referral"),
    ("i131-nai", "scanner_reach", 100, None, 0, 0, 0, 300, "travel-limit"),
    ("i131-nai", "imaging", 98, 95, 3, 10, 14, None, "spect-wait"),
    ("i131-nai", "positive", 97, None, 0, 0, 0, None, "spect-wait"),
    ("i131-nai", "board", 98, None, 5, 12, 14, None, "board"),
    ("i131-nai", "scheduling", 95, None, 14, 35, 28, None, "withdrawal"),
    ("ac-psma", "reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("ac-psma", "referral", 70, 50, 14, 35, 28, None, "referral"),
    ("ac-psma", "scanner_reach", 100, None, 0, 0, 0, 400, "travel-limit"),
    ("ac-psma", "imaging", 97, 92, 4, 12, 14, None, "pet-wait"),
    ("ac-psma", "positive", 80, None, 0, 0, 0, None, "ethics"),
    ("ac-psma", "board", 60, None, 14, 28, 21, None, "ethics"),
    ("ac-psma", "scheduling", 95, None, 7, 14, 14, None, "scheduling"),
    ("at-trial", "reach", 100, None, 0, 0, 0, 250, "travel-limit"),
    ("at-trial", "referral", 70, 50, 14, 35, 28, None, "referral"),
    ("at-trial", "scanner_reach", 100, None, 0, 0, 0, 250, "travel-limit"),
    ("at-trial", "imaging", 97, 92, 4, 12, 14, None, "pet-wait"),
    ("at-trial", "positive", 80, None, 0, 0, 0, None, "ethics"),
    ("at-trial", "board", 60, None, 14, 28, 21, None, "ethics"),
    ("at-trial", "scheduling", 95, None, 7, 14, 14, None, "scheduling"),
)
_GATE_NAMES = (
    *("product", "gate", "pass_percent", "rural_pass_percent", "median_days", "p90_days"),
    *("standard_days", "max_km", "evidence"),
)

_PAYERS = (
    # payer, name, Chinese name, denied, median d, 90 % d, standard d, cannot pay, evidence
    ("employee_nrdl", "Employee insurance", "职工医保", 0, 0, 0, 0, 4, "payers"),
    ("resident_nrdl", "Resident insurance", "居民医保", 0, 0, 0, 0, 12, "payers"),
    ("commercial_list", "Commercial insurance", "商业健康险", 8, 7, 15, 7, 20, "payers"),
    ("iit", "Investigator-initiated trial", "研究者发起的临床研究", 0, 0, 0, 0, 0, "payers"),
    ("self_pay", "Self-pay", "自费", 0, 0, 0, 0, 45, "payers"),
)
_PAYER_NAMES = (
    *("payer", "name", "name_zh", "denied_percent", "median_days", "p90_days"),
    *("standard_days", "cannot_pay_percent", "evidence"),
)
_MIX = {
    "lu-psma": (0, 0, 25, 0, 75),
    "lu-psma-hp": (0, 0, 0, 85, 15),
    "lu-dotatate": (0, 0, 0, 100, 0),
    "lu-dotatate-hp": (0, 0, 0, 80, 20),
    "i131-nai": (52, 43, 2, 0, 3),
    "ac-psma": (0, 0, 0, 100, 0),
    "at-trial": (0, 0, 0, 100, 0),
}
"""Percent of each product's patients, in the order of the payers."""


def region_rows(prefectures: list[Prefecture]) -> Rows:
    """Every prefecture as a region."""
    return [
        {
            "region": one.code,
            "name": one.name,
            "name_zh": one.name_zh,
            "part_of": one.province.name,
            "part_of_zh": one.province.name_zh,
            "lat": one.at.lat,
            "lon": one.at.lon,
            "zone": "Asia/Shanghai",
            "population": one.population,
            "rural": one.rural,
            "evidence": "census-2020",
        }
        for one in prefectures
    ]


def per_year(prefectures: list[Prefecture], sites: list[Placed]) -> dict[str, dict[str, float]]:
    """New episodes a year by product and prefecture. [1/year]"""
    people = {one.code: float(one.population) for one in prefectures}
    men = {one.code: float(one.men_65) for one in prefectures}
    prostate = PROSTATE_PER_YEAR * MCRPC_SHARE * PSMA_SUITABLE
    tumours = NEN_PER_100K / 1e5 * NEN_ELIGIBLE_SHARE * sum(people.values())
    own = _near(prefectures, sites, {one.name for one in sites if one.makes}, 400.0)
    psma, psma_hp = _split(prostate, OWN_PREPARATION_SHARE, men, own)
    dotatate, dotatate_hp = _split(tumours, NEN_OWN_SHARE, people, own)
    return {
        "lu-psma": psma,
        "lu-psma-hp": psma_hp,
        "lu-dotatate": dotatate,
        "lu-dotatate-hp": dotatate_hp,
        "i131-nai": _spread(THYROID_PER_YEAR * RADIOIODINE_SHARE, people),
        "ac-psma": _trial("ac-psma", AC_PER_YEAR, "Ac-225", prefectures, sites),
        "at-trial": _trial("at-trial", AT_PER_YEAR, "At-211", prefectures, sites),
    }


def _split(
    total: float, own_share: float, weights: dict[str, float], own: set[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """A total by prefecture, less a share of it that falls on some prefectures only; that share."""
    near = _spread(own_share * total, {code: weights[code] for code in sorted(own)})
    whole = _spread(total, weights)
    return {code: rate - near.get(code, 0.0) for code, rate in whole.items()}, near


def _spread(total: float, weights: dict[str, float]) -> dict[str, float]:
    """A total shared out in proportion to weights."""
    whole = sum(weights.values())
    return {code: total * weight / whole for code, weight in weights.items()}


def _near(
    prefectures: list[Prefecture], sites: list[Placed], names: set[str], within_km: float
) -> set[str]:
    """Prefectures among whose ten nearest sites is one of some, within a distance."""
    return {
        one.code
        for one in prefectures
        if any(
            site.name in names and great_circle_km(one.at, site.at) <= within_km
            for site in nearest_sites(sites, one.at, 10)
        )
    }


def _trial(
    product: str, yearly: float, nuclide: str, prefectures: list[Prefecture], sites: list[Placed]
) -> dict[str, float]:
    """Candidates of a trial: men of 65 and over near one of its sites."""
    names = {one.name for one in sites if nuclide in one.possession_gbq}
    near = _near(prefectures, sites, names, TRIAL_KM[product])
    return _spread(yearly, {one.code: float(one.men_65) for one in prefectures if one.code in near})


def incidence_rows(rates: dict[str, dict[str, float]]) -> Rows:
    """Episodes a year of every product and prefecture."""
    evidence = {
        "lu-psma": "psma-incidence",
        "lu-psma-hp": "hp-incidence",
        "lu-dotatate": "nen-incidence",
        "lu-dotatate-hp": "hp-incidence",
        "i131-nai": "thyroid-incidence",
        "ac-psma": "trial-candidates",
        "at-trial": "trial-candidates",
    }
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
    """Gates of every pathway."""
    return [dict(zip(_GATE_NAMES, gate, strict=True)) for gate in _GATES]


def payer_rows() -> Rows:
    """Payers; each is a segment of the rulebook of the same name."""
    rows = [dict(zip(_PAYER_NAMES, payer, strict=True)) for payer in _PAYERS]
    return [{**row, "segment": row["payer"]} for row in rows]


def mix_rows() -> Rows:
    """Shares of the payers for each product."""
    return [
        {"product": product, "payer": payer[0], "share_percent": share, "evidence": "payer-mix"}
        for product, shares in _MIX.items()
        for payer, share in zip(_PAYERS, shares, strict=True)
        if share
    ]


def continuation_rows() -> Rows:
    """Chances to go on after each dose of Lu-PSMA, so that the median course has three doses."""
    early = 100.0 * REACH_3 ** (1 / 2)
    later = 100.0 * (REACH_6 / REACH_3) ** (1 / 3)
    return [
        {
            "product": product,
            "after_dose": dose,
            "continue_percent": round(early if dose < 3 else later, 1),
            "evidence": "real-world-cycles",
        }
        for product in ("lu-psma", "lu-psma-hp")
        for dose in range(1, CYCLES_MAX[product])
    ]


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


def goes_on(product: str, after: int) -> float:
    """Chance to go on after the n-th dose. [unitless]"""
    for row in continuation_rows():
        if (row["product"], row["after_dose"]) == (product, after):
            return float(row["continue_percent"]) / 100.0
    return CONTINUE_PERCENT[product] / 100.0
