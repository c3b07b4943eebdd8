"""Scans as flows: priced by the rulebook where the network names a service, else not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.study.networks import references, tiny, with_cells

from doseline.model.demand import Payer
from doseline.model.treatment import Scanner
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate
from doseline.study.scans import SCAN_SCHEMA, scan_money_frame
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from doseline.model.network import Network


def priced(network: Network) -> Network:
    network = with_cells(network, "scanners", setting="community")
    return with_cells(network, "tracers", scan_code="pet_ct")


def asked(network: Network, **scans: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """So many scans of each payer, all at the first scanner."""
    payers = [row.payer for row in network.rows(Payer)]
    counts = np.zeros((len(network.rows(Scanner)), len(payers)), dtype=np.int64)
    for payer, count in scans.items():
        counts[0, payers.index(payer)] = count
    return counts


def test_scans_are_paid_as_the_worked_case_says_and_small_groups_are_not_told() -> None:
    network = priced(tiny())
    day = terms_of(network, references()).day
    counts = asked(network, private=12, ffs=3)
    found = scan_money_frame(network, references().rulebook, counts, day=day)
    assert dict(found.schema) == SCAN_SCHEMA
    rows = {(row["payer"], row["party_from"]): row for row in found.iter_rows(named=True)}
    # The rulebook's worked case: 2,968.59 from the plan and 742.15 from the patient.
    assert rows["private", "payer"]["amount"] == Decimal("35623.08")
    assert rows["private", "patient"]["amount"] == Decimal("8905.80")
    assert rows["private", "payer"]["scans"] == 12
    assert rows["ffs", "payer"]["scans"] is None
    assert rows["ffs", "payer"]["amount"] is None


def test_a_tracer_with_a_code_of_its_own_is_paid_beside_the_scan() -> None:
    network = with_cells(priced(tiny()), "tracers", code="A9593", activity_gbq=0.185)
    day = terms_of(network, references()).day
    counts = asked(network, ffs=20)
    found = scan_money_frame(network, references().rulebook, counts, day=day)
    assert set(found["what"]) == {"pet_ct", "tracer"}


@pytest.mark.parametrize("column", ["scan_code", "setting"])
def test_without_a_service_or_a_place_nothing_is_priced(column: str) -> None:
    table = "tracers" if column == "scan_code" else "scanners"
    network = with_cells(priced(tiny()), table, **{column: "" if table == "tracers" else None})
    counts = asked(network, private=50)
    day = terms_of(network, references()).day
    assert scan_money_frame(network, references().rulebook, counts, day=day).is_empty()


def test_the_scans_of_a_replication_are_requests_of_its_cohort() -> None:
    one = replicate(prepare(tiny(), references()), seed=1)
    assert one.scans.sum() > 0
    assert (one.scans.sum(axis=1) <= one.pet_requests).all()
    # Everyone treated in time had a scan.
    assert one.scans.sum() >= one.in_time
