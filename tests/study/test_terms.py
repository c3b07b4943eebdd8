"""Channels, own lines and listings: what a dose costs whom, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import (
    busy,
    only_near,
    references,
    rows_of,
    sure,
    tiny,
    with_cells,
    without_opening,
)

from doseline.model.ledger import LINKS
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.study.channels import MixedChannelsError, channel_of, channels_frame
from doseline.study.expected import listed_from, wanted_doses
from doseline.study.money import money_frame, payment_frame
from doseline.study.participation import hospital_margin
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate
from doseline.study.stays import stays, stays_frame
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from doseline.model.network import Network

NEAR, MIDDLE, FAR = range(3)
FFS = 0
HALF_LIFE_H = 6.6443 * 24.0
"""Lu-177 (NUBASE2020). [h]"""
RECEIVED = Decimal("49226.26") + Decimal("186.90") + Decimal("1688.32") + Decimal("47.68")
"""Medicare and patient for 7.4 GBq of A9607 in a hospital, April 2026. [USD]"""
OWN_WORK = 550
"""Preparation and waste of the example. [USD]"""


def own(network: Network, channel: str = "in_house") -> Network:
    """The example's line, run by the site near."""
    return with_cells(network, "lines", owner="near", channel=channel)


def told(network: Network, *orders: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payments and money of some of the example's orders, planned and delivered."""
    base = prepare(network, references())
    asked = tiny().frame("orders").filter(pl.col("order").is_in(list(orders)))
    nuclides = base.reference.nuclides
    plan = plan_week(network, base.options, asked, nuclides=nuclides, gap=0.0)
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=1)
    assert delivered["ending"].to_list() == ["infused"] * len(orders)
    paid = payment_frame(network, base.reference, delivered)
    return paid, money_frame(network, plan, delivered, paid)


def amounts(money: pl.DataFrame) -> dict[tuple[str, str], Decimal]:
    keys = money.select("party", "item").cast(pl.String).rows()
    return dict(zip(keys, money["amount"].to_list(), strict=True))


def test_a_dose_of_an_own_line_costs_its_vial_its_share_of_the_batch_and_its_isotope() -> None:
    # Two batches a week share what is wanted; each makes at most five and three.
    wanted = wanted_doses(tiny())["lu-psma"] / 2
    assert 3 < wanted < 5
    # Monday's lot has its reference 10 h before the end of Monday's synthesis; on Wednesday 18 h.
    # A dose is released, and given at the earliest, 3 h later; four fifths end in the vial.
    costs = [
        1_000 + 10_000 / doses + 100 * 7.4 / 0.8 * 2 ** ((age_h + 3) / HALF_LIFE_H)
        for doses, age_h in ((wanted, 10), (3, 18))
    ]
    found = terms_of(own(tiny()), references()).own_cost
    assert list(found) == [("line-a", "lu-psma")]
    assert float(found["line-a", "lu-psma"]) == pytest.approx(sum(costs) / 2, abs=0.02)


def test_an_own_dose_leaves_the_hospital_what_it_costs_instead_of_its_price() -> None:
    network = own(tiny())
    terms = terms_of(network, references())
    margin = hospital_margin(network, references().rulebook, terms)
    cost = terms.own_cost["line-a", "lu-psma"]
    # The lane to the owner costs 200; others get the dose at the same cost, by lanes of their own.
    assert margin[NEAR, 0, FFS] == pytest.approx(float(RECEIVED - cost - 200 - OWN_WORK), abs=1e-6)
    assert margin[FAR, 0, FFS] == pytest.approx(float(RECEIVED - cost - OWN_WORK), abs=1e-6)


def test_the_hospital_bears_what_its_line_costs_and_buys_nothing() -> None:
    paid, money = told(own(sure(without_opening(tiny()))), "o1")
    isotope = round(100 * 7.4 * 2 ** (22 / HALF_LIFE_H) / 0.8 * 2 ** (10 / HALF_LIFE_H), 2)
    found = {key: float(amount) for key, amount in amounts(money).items()}
    expected = {"batches": -10_000.0, "vials": -1_000.0, "isotope": -isotope, "carriage": -200.0}
    for item, amount in expected.items():
        assert found["hospital", item] == pytest.approx(amount, abs=0.011)
        assert not found.get(("maker", item))
    assert found["hospital", "drug"] == pytest.approx(1_688.32 + 49_226.26)
    assert not found.get(("developer", "making"))
    assert set(paid["what"]) == {"drug", "administration"}
    assert sum(money["amount"].to_list(), Decimal(0)) == 0


def test_a_dose_for_another_hospital_is_a_transfer_at_cost() -> None:
    network = own(sure(without_opening(tiny())))
    paid, money = told(network, "o5")
    terms = terms_of(network, references())
    (row,) = paid.filter(what="transfer").to_dicts()
    assert (row["party_from"], row["party_to"]) == ("hospital", "hospital")
    assert row["amount"] == terms.own_cost["line-a", "lu-psma"]
    assert amounts(money)["hospital", "transfer"] == 0
    assert sum(money["amount"].to_list(), Decimal(0)) == 0


def test_a_dose_of_a_trial_is_the_sponsors() -> None:
    network = with_cells(sure(without_opening(tiny())), "lines", channel="trial")
    paid, money = told(network, "o1")
    assert paid.filter(what="dose").is_empty()
    found = amounts(money)
    assert found["developer", "making"] == -found["maker", "making"] < 0
    assert sum(money["amount"].to_list(), Decimal(0)) == 0
    margin = hospital_margin(network, references().rulebook, terms_of(network, references()))
    assert margin[NEAR, 0, FFS] == pytest.approx(float(RECEIVED) - OWN_WORK, abs=1e-6)


def test_a_product_has_one_channel() -> None:
    assert channel_of(tiny()) == {"lu-psma": "commercial"}
    assert channel_of(own(tiny())) == {"lu-psma": "in_house"}
    lines = pl.concat(
        [tiny().frame("lines"), own(with_cells(tiny(), "lines", line="line-b")).frame("lines")]
    )
    mixed = with_cells(tiny(), "batches", {"batch": "psma-wed"}, line="line-b").replace(lines=lines)
    with pytest.raises(MixedChannelsError, match=r"lu-psma.*commercial, in_house"):
        prepare(mixed, references())


def test_every_treated_patient_has_a_channel() -> None:
    base = prepare(own(busy(tiny())), references())
    one = replicate(base, seed=1)
    (row,) = channels_frame(base.network, [one]).to_dicts()
    assert (row["channel"], row["product"]) == ("in_house", "lu-psma")
    assert (row["patients"], row["doses"]) == (one.in_time, one.served.sum())


def test_lu_177_patients_go_home_at_once_in_the_us() -> None:
    (stay,) = stays(tiny(), references())
    assert (stay.nights, stay.hours) == (0, 0.0)
    (row,) = stays_frame((stay,)).to_dicts()
    assert (row["criterion"], row["unit"]) == ("dose_to_other", "mSv")
    assert row["at_infusion"] < row["limit"] == 5.0
    assert row["evidence"]


STEPS = ("hospital_listing", "procurement", "service_item", "drug_filing")
ORIGIN = date(2026, 3, 9)


def listed(network: Network, site: str, *days: date | None) -> Network:
    """The network with the four steps of one site."""
    row = {"site": site, "product": "lu-psma", **dict(zip(STEPS, days, strict=True))}
    return network.replace(listings=rows_of("listings", row))


def test_a_product_is_listed_from_the_latest_of_its_steps() -> None:
    days = date(2026, 1, 1), date(2026, 4, 8), date(2025, 6, 1), date(2026, 3, 9)
    assert listed_from(listed(tiny(), "middle", *days), ORIGIN).tolist() == [
        [-np.inf],
        [30.0],
        [-np.inf],
    ]
    undone = listed(tiny(), "middle", *days[:3], None)
    assert listed_from(undone, ORIGIN)[MIDDLE, 0] == np.inf


def test_where_no_site_may_charge_a_product_its_patients_cannot_pay() -> None:
    network = only_near(without_opening(tiny()))
    day = date(2026, 1, 1)
    never = replicate(prepare(listed(network, "near", day, day, None, day), references()), seed=2)
    usual = replicate(prepare(network, references()), seed=2)
    assert usual.in_time > 0
    assert never.in_time == never.served.sum() == 0
    cannot_pay, not_offered = LINKS.index("cannot_pay"), LINKS.index("not_offered")
    assert (never.account.link == cannot_pay).sum() > (usual.account.link == cannot_pay).sum()
    assert not (never.account.link == not_offered).any()


def test_only_who_chooses_a_site_before_its_listing_cannot_pay_for_want_of_it() -> None:
    network, day = busy(only_near(without_opening(tiny()))), date(2026, 1, 1)
    late = prepare(listed(network, "near", day, date(2026, 5, 11), day, day), references())
    found, usual = replicate(late, seed=2), replicate(prepare(network, references()), seed=2)
    link = LINKS.index("cannot_pay")
    newly = (found.account.link == link) & (usual.account.link != link)
    assert newly.any()
    assert found.in_time > 0
    # Everybody treated chose the site, and so got the first dose, after its listing.
    treated = np.isfinite(found.account.days)
    first_dose = found.t0[treated] + found.account.days[treated]
    assert (first_dose > (date(2026, 5, 11) - late.calendar.origin).days).all()


def test_another_site_in_reach_that_is_listed_takes_the_patients() -> None:
    network = without_opening(tiny())
    for site in ("middle", "far"):
        network = with_cells(network, "sites", {"site": site}, lat=41.9, lon=-87.7)
    never = listed(network, "near", None, None, None, None)
    one, usual = (replicate(prepare(each, references()), seed=2) for each in (never, network))
    link = LINKS.index("cannot_pay")
    assert (one.account.link == link).sum() == (usual.account.link == link).sum()
