"""The page ``docs/hand-check``: each number by pencil from the tables, by the engine, and as written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.study.guilin import OTHER, PRODUCT, REGION, SITE, cut, followed, whole

from doseline.model.ledger import LINKS
from doseline.simulate.booking import NEVER, link_counts
from doseline.study.expected import expected_doses
from doseline.study.replicate import replicate
from doseline.study.stays import stays

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("hand-check.md", "hand-check.zh.md")
CHINA_TIME = timedelta(hours=8)
SEEDS = 16


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the page."""

    name: str
    written: str
    hand: float
    engine: float


def row(table: str, **where: Any) -> dict[str, Any]:
    (found,) = whole().frame(table).filter(**where).to_dicts()
    return found


def share(gate: str) -> float:
    return float(row("pathways", product=PRODUCT, gate=gate)["pass_percent"]) / 100


def people() -> list[Number]:
    """From people to expected first doses and doses a week."""
    region, base = row("regions", region=REGION), followed().base
    everybody = int(whole().frame("regions")["population"].sum())
    # 466,100 new thyroid cancers a year, of which 10 % are for radioiodine.
    yearly = 466_100 * 0.10 * region["population"] / everybody
    weekly = yearly * 7 / 365.25
    eligible = 8 * weekly * share("positive")
    gates = math.prod(share(gate) for gate in ("referral", "imaging", "board", "scheduling"))
    paying = 0.52 * 0.96 + 0.43 * 0.88 + 0.02 * 0.80 * 0.92 + 0.03 * 0.55
    starts = weekly * share("positive") * gates * paying
    cycles = 1 + 0.25 + 0.25**2
    doses = expected_doses(base.network, base.path, base.access.sites, base.participation.offers)
    table = row("incidence", region=REGION, product=PRODUCT)["per_year"]
    first = replications_eligible()
    return [
        Number("people", "4,931,137", 4_931_137, region["population"]),
        Number("people of all prefectures", "1,409,778,724", 1_409_778_724, everybody),
        Number("new patients a year", "163.0329", yearly, table),
        Number("clock starts a week", "3.1245", weekly, table * 7 / 365.25),
        Number("eligible of the cohort", "24.25", eligible, first),
        Number("through the gates", "0.8850", gates, gates_of_engine()),
        Number("whose payer pays", "0.9088", paying, paying_of_engine()),
        Number("doses of a course", "1.3125", cycles, float(doses.sum()) / starts),
        Number("doses a week", "3.1995", starts * cycles, float(doses.sum())),
    ]


def gates_of_engine() -> float:
    path, at = followed().base.path, product_at()
    product = path.passes[at, :, 0].prod() / path.passes[at, path.gate("positive"), 0]
    return float(product)


def paying_of_engine() -> float:
    path = followed().base.path
    shares = np.diff(path.payer_shares[product_at()], prepend=0.0)
    return float((shares * (1 - path.cannot_pay) * (1 - path.denied)).sum())


def product_at() -> int:
    return whole().frame("products")["product"].to_list().index(PRODUCT)


def road_km(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Haversine times the circuity of 1.25."""
    a, b = math.radians(one["lat"]), math.radians(other["lat"])
    across = math.radians(other["lon"] - one["lon"])
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 1.25 * 2 * 6371.0088 * math.asin(math.sqrt(half))


def places() -> list[Number]:
    """The two sites in reach, and what share of the patients each draws."""
    base, region = followed().base, row("regions", region=REGION)
    sites = base.access.sites
    names = base.network.frame("sites")["site"].to_list()
    nth = [sites.places[0].tolist().index(names.index(name)) for name in (SITE, OTHER)]
    km = [road_km(region, row("sites", site=name)) for name in (SITE, OTHER)]
    # Chair-days a week over distance and twenty kilometres.
    pull = [5 / (km[0] + 20), 15 / (km[1] + 20)]
    doses = expected_doses(base.network, base.path, sites, base.participation.offers)
    taken = doses.sum(axis=(1, 2)) / doses.sum()
    return [
        Number("km to the near site", "17.8", km[0], sites.km[0, nth[0]]),
        Number("km to the far site", "196.5", km[1], sites.km[0, nth[1]]),
        Number("share near", "65.6", 100 * pull[0] / sum(pull), 100 * taken[names.index(SITE)]),
        Number("share far", "34.4", 100 * pull[1] / sum(pull), 100 * taken[names.index(OTHER)]),
    ]


def hours(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / 3600


def dose() -> list[Number]:
    """The order: its cut-off, its way and its activity."""
    told, base = followed().delivered.to_dicts()[0], followed().base
    half_life_h = 192.5976
    reference = datetime(2026, 5, 4, 0, tzinfo=UTC) - CHINA_TIME
    ready = datetime(2026, 5, 5, 17, tzinfo=UTC) - CHINA_TIME
    infuse = datetime(2026, 5, 7, 8, 30, tzinfo=UTC) - CHINA_TIME
    at_calibration = 3.7 * 2 ** (hours(infuse, ready) / half_life_h)
    of_lot = at_calibration * 2 ** (hours(ready, reference) / half_life_h) / 0.95
    (lot,) = followed().plan.lots.filter(pl.col("used_gbq") > 0).to_dicts()
    closing = base.path.order_by[product_at(), base.calendar.week_of(date(2026, 5, 4))]
    thursday = datetime(2026, 4, 30, 15, tzinfo=UTC) - CHINA_TIME
    origin = datetime.combine(base.calendar.origin, datetime.min.time(), UTC)
    return [
        Number("half-life", "192.60", half_life_h, base.reference.nuclides["I-131"].half_life_h),
        Number("cut-off, days", "157.29", hours(thursday, origin) / 24, closing),
        Number("reference to calibration", "41", 41, hours(told["ready"], lot["reference"])),
        Number("calibration to infusion", "39.5", 39.5, hours(told["infuse"], told["ready"])),
        Number("in the vial", "4.265", at_calibration, told["activity_ready_gbq"]),
        Number("of the lot", "5.204", of_lot, lot["used_gbq"]),
        Number("isotope", "312.21", of_lot * 60, lot["cost"]),
    ]


def stay() -> list[Number]:
    """How long the patient stays: dose rate at 1 m of what is retained."""
    found = stays(cut(), followed().base.reference)[product_at()]
    half_life_h = 192.5976
    fast, slow = (1 / (1 / half_life_h + 1 / own) for own in (8.0, 1942.0))

    def dose_rate(after_h: float) -> float:
        kept = 0.95 * 2 ** (-after_h / fast) + 0.05 * 2 ** (-after_h / slow)
        return 3.7 * 52.01 * kept

    low, high = 0.0, 100.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if dose_rate(middle) > 25 else (low, middle)
    return [
        Number("fast half-life", "7.68", fast, fast),
        Number("slow half-life", "175.22", slow, slow),
        Number("dose rate at 1 m", "192.4", dose_rate(0), found.at_infusion),
        Number("hours until release", "26.8", high, found.hours),
        Number("nights", "2", math.ceil(high / 24), found.nights),
    ]


def money() -> list[Number]:
    """What the hospital receives, pays and keeps."""
    base, paid = followed().base, followed().paid
    package = 0.75 * 12_000 * 1.1
    at = base.network.frame("sites")["site"].to_list().index(SITE)
    margin = base.participation.margin[at, product_at(), 0]
    kept = float(sum_of(followed().money.filter(pl.col("party").cast(pl.String) == "hospital")))
    return [
        Number("package", "9,900", package, float(sum_of(paid.filter(what="stay")))),
        Number("insurance", "8,375.40", package * 0.846, amount(paid, "payer", "stay")),
        Number("patient", "1,524.60", package * 0.154, amount(paid, "patient", "stay")),
        Number("price", "1,800", 1_800, amount(paid, "hospital", "dose")),
        Number("left by a dose", "7,750", package - 1_800 - 300 - 50, margin),
        Number("after a week", "6,250", package - 1_800 - 300 - 50 - 1_500, kept),
    ]


def sum_of(frame: pl.DataFrame) -> Decimal:
    return sum(frame["amount"].to_list(), Decimal(0))


def amount(paid: pl.DataFrame, party: str, what: str) -> float:
    (found,) = paid.filter(party_from=party, what=what)["amount"].to_list()
    return float(found)


def lost() -> list[Number]:
    """Expected patients of the cohort whom each gate stops for ever, and what the seeds say."""
    eligible = 8 * 163.0329 * 7 / 365.25 * share("positive")
    seen, links, expected = eligible, {}, {}
    for gate, link in (
        ("referral", "not_referred"),
        ("imaging", "pet_slot"),
        ("board", "tumour_board"),
    ):
        expected[link] = seen * (1 - share(gate))
        seen *= share(gate)
    expected["cannot_pay"] = seen * (0.52 * 0.04 + 0.43 * 0.12 + 0.02 * 0.20 + 0.03 * 0.45)
    written = dict(zip(expected, ("0.73", "0.47", "0.46", "2.03"), strict=True))
    counts = np.mean(never_by_link(), axis=0)
    links = {link: float(counts[LINKS.index(link)]) for link in expected}
    return [Number(link, written[link], expected[link], links[link]) for link in expected]


_SEEN: list[tuple[int, np.ndarray]] = []


def seen() -> list[tuple[int, np.ndarray]]:
    """Eligible patients, and never treated by link, under some seeds."""
    if not _SEEN:
        for seed in range(1, SEEDS + 1):
            account = replicate(followed().base, seed=seed).account
            _SEEN.append((len(account.ending), link_counts(account)[: len(LINKS), NEVER]))
    return _SEEN


def replications_eligible() -> float:
    return float(np.mean([count for count, _ in seen()]))


def never_by_link() -> np.ndarray:
    return np.array([links for _, links in seen()])


BY_CHANCE = {"eligible of the cohort", "not_referred", "pet_slot", "tumour_board", "cannot_pay"}


@pytest.fixture(scope="module")
def numbers() -> list[Number]:
    """All numbers of the page."""
    return [*people(), *places(), *dose(), *stay(), *money(), *lost()]


def test_the_pencil_and_the_engine_agree(numbers: list[Number]) -> None:
    for one in numbers:
        if one.name in BY_CHANCE:  # a mean over seeds of counts that are nearly Poisson
            assert abs(one.engine - one.hand) <= 3 * math.sqrt(one.hand / SEEDS), one
        else:
            assert one.engine == pytest.approx(one.hand, rel=2e-5), one


def test_the_page_says_what_the_pencil_says(numbers: list[Number]) -> None:
    for one in numbers:
        written = float(one.written.replace(",", ""))
        decimals = len(one.written.partition(".")[2])
        assert round(one.hand, decimals) == pytest.approx(written), one
        for page in PAGES:
            assert one.written in (DOCS / page).read_text(encoding="utf-8"), (page, one)


def test_the_dose_is_infused_and_counted_once() -> None:
    (told,) = followed().delivered.to_dicts()
    assert (told["site"], told["ending"], told["line"]) == (SITE, "infused", "chengdu")
    assert told["lanes"] == "chengdu>CTU > CTU>CAN passenger > CAN>Guangxi-06"
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        assert told["batch"] in text
        assert SITE in text
    assert sum_of(followed().money) == 0
