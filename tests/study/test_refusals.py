"""Who is refused before ordering is lost as a patient; an infusion that loses money is money only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.study.networks import references, tiny, with_cells, with_settings

from doseline.model.ledger import LINKS
from doseline.simulate.booking import IN_TIME, NEVER, link_counts
from doseline.study.participation import UnpricedDoseError
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.study.replicate import Replication

FFS = 0
DOSE_PRICE = 48_980


def booked(network: Network) -> Replication:
    return replicate(prepare(network, references()), seed=1)


def never(one: Replication, link: str) -> int:
    return int(link_counts(one.account)[LINKS.index(link), NEVER])


def test_a_payer_whose_dose_loses_money_is_not_offered_it_and_its_patients_are_lost() -> None:
    # Medicare leaves a hospital 1,619.16 a dose: with 2,000 more to pay, less than nothing.
    usual = booked(tiny())
    refused = booked(with_cells(tiny(), "products", price=DOSE_PRICE + 2_000))
    of_ffs = refused.payer == FFS
    assert never(usual, "not_offered") == 0
    lost = of_ffs & (refused.account.link == LINKS.index("not_offered"))
    assert never(refused, "not_offered") == lost.sum() > 0
    assert not (of_ffs & (refused.account.ending == IN_TIME)).any()
    assert refused.share < usual.share


def test_an_infusion_that_loses_money_loses_no_patient() -> None:
    # The same price where a loss of a dose is borne: the same patients, less money.
    borne = with_settings(tiny(), minimum_margin=-1_000.0)
    usual = booked(borne)
    dear = booked(with_cells(borne, "products", price=DOSE_PRICE + 2_000))
    assert never(dear, "not_offered") == 0
    assert np.array_equal(dear.account.ending, usual.account.ending)
    assert np.array_equal(dear.account.link, usual.account.link)
    assert dear.contribution < usual.contribution


def test_who_cannot_pay_is_lost_before_anything_is_ordered() -> None:
    usual = booked(tiny())
    poor = booked(with_cells(tiny(), "payers", {"payer": "ffs"}, cannot_pay_percent=100.0))
    of_ffs = poor.payer == FFS
    lost = poor.account.link == LINKS.index("cannot_pay")
    assert never(poor, "cannot_pay") == (lost & (poor.account.ending == NEVER)).sum() > 0
    assert not (of_ffs & (poor.account.ending == IN_TIME)).any()
    assert (lost & ~of_ffs).sum() <= (usual.account.link == LINKS.index("cannot_pay")).sum()
    assert poor.endings.sum() < usual.endings.sum()


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("payers", "contract", "payers.contract"),
        ("payers", "segment", "payers.segment"),
        ("products", "hcpcs", "products.hcpcs"),
    ],
)
def test_a_word_that_the_rulebook_does_not_know_is_told_with_its_table(
    table: str, column: str, cell: str
) -> None:
    network = with_cells(tiny(), table, **{column: "nonsense"})
    with pytest.raises(UnpricedDoseError, match=f"lu-psma at near .*{cell}.*'nonsense'"):
        prepare(network, references())
