"""PET tracers: who may use theirs, and how far its doses go, by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.study.networks import references, rows_of, tiny, with_cells

from doseline.model.ledger import LINKS
from doseline.study.prepare import prepare
from doseline.study.relax import Where, relaxed
from doseline.study.replicate import replicate
from doseline.study.tracers import main_supply, slots_per_week, usable_from

if TYPE_CHECKING:
    from doseline.model.network import Network

TRACER = "Ga-68 gozetotide"
ORIGIN = date(2026, 3, 9)
NO_SCANNER = LINKS.index("no_scanner")


def supplied(*rows: tuple[str, float, float]) -> Network:
    """The example with places, doses a week and reach in km of its tracer."""
    names = ("place", "doses_per_week", "reach_km")
    made = [{"tracer": TRACER, **dict(zip(names, row, strict=True))} for row in rows]
    return tiny().replace(tracer_supply=rows_of("tracer_supply", *made))


def test_a_tracer_without_supply_rows_is_never_short() -> None:
    assert slots_per_week(tiny()).tolist() == [3.0, 1.0, 1.0]


def test_the_doses_of_a_place_are_shared_by_the_slots_in_its_reach() -> None:
    # Chicago reaches all three by 4,000 km: 2.5 doses over 3 + 1 + 1 slots.
    assert slots_per_week(supplied(("near", 2.5, 4000.0))).tolist() == pytest.approx(
        [1.5, 0.5, 0.5]
    )
    # Within 500 km there is only the scanner at its door.
    assert slots_per_week(supplied(("near", 2.5, 500.0))).tolist() == pytest.approx([2.5, 0.0, 0.0])
    # Denver adds what it makes to its own scanner, which has but one slot.
    both = supplied(("near", 2.5, 4000.0), ("middle", 9.0, 100.0))
    assert slots_per_week(both).tolist() == pytest.approx([1.5, 1.0, 0.5])
    assert slots_per_week(supplied(("near", 99.0, 4000.0))).tolist() == [3.0, 1.0, 1.0]


def test_a_scanner_fills_the_slots_that_its_share_allows() -> None:
    short = replicate(prepare(supplied(("near", 2.5, 4000.0)), references()), seed=3)
    fewer = with_cells(tiny(), "scanners", {"scanner": "pet-east"}, slots_per_week=1.5)
    for scanner in ("pet-west", "pet-north"):
        fewer = with_cells(fewer, "scanners", {"scanner": scanner}, slots_per_week=0.5)
    alike = replicate(prepare(fewer, references()), seed=3)
    for name in ("ending", "link", "days"):
        np.testing.assert_array_equal(
            getattr(short.account, name), getattr(alike.account, name), strict=True
        )
    usual = replicate(prepare(tiny(), references()), seed=3)
    assert short.in_time <= usual.in_time


def test_a_tracer_is_used_from_its_approval_on_or_made_by_the_hospital() -> None:
    def since(**cells: object) -> set[float]:
        return set(usable_from(with_cells(tiny(), "tracers", **cells), ORIGIN).tolist())

    assert since(approved_from=date(2026, 4, 8)) == {30.0}
    assert since(approved_from=None) == {np.inf}
    assert since(approved_from=None, in_house=True) == {-np.inf}
    unusable = with_cells(tiny(), "tracers", approved_from=None)
    assert slots_per_week(unusable).tolist() == [0.0, 0.0, 0.0]


def test_without_a_usable_tracer_nobody_is_imaged() -> None:
    unusable = with_cells(tiny(), "tracers", approved_from=None)
    account = replicate(prepare(unusable, references()), seed=3).account
    assert NO_SCANNER in account.link
    gates_before = {LINKS.index("out_of_reach"), LINKS.index("not_referred"), NO_SCANNER, -1}
    assert set(account.link.tolist()) <= gates_before
    assert not np.isfinite(account.days).any()


def test_who_comes_before_the_approval_finds_no_scanner_and_who_comes_after_does() -> None:
    approved = with_cells(tiny(), "tracers", approved_from=date(2026, 4, 20))
    base = prepare(approved, references())
    one = replicate(base, seed=3)
    lost = one.account.link == NO_SCANNER
    usual = replicate(prepare(tiny(), references()), seed=3).account.link == NO_SCANNER
    assert lost.sum() > usual.sum()
    later = one.t0 >= (date(2026, 4, 20) - base.calendar.origin).days
    np.testing.assert_array_equal(lost[later], usual[later])


def test_one_slot_more_comes_with_a_dose_of_its_tracer() -> None:
    network = supplied(("near", 2.5, 4000.0), ("middle", 9.0, 100.0))
    assert main_supply(network, "pet-west", "lu-psma") == (TRACER, "middle")
    assert main_supply(network, "pet-east", "lu-psma") == (TRACER, "near")
    assert main_supply(network, None, None) is None
    assert main_supply(tiny(), "pet-east", "lu-psma") is None
    where = Where(scanner="pet-east", scanner_product="lu-psma")
    after = relaxed(network, where, "pet_slot")
    assert after.frame("tracer_supply")["doses_per_week"].to_list() == [3.5, 9.0]
    assert (slots_per_week(after) >= slots_per_week(network) - 1e-9)[[0]].all()
