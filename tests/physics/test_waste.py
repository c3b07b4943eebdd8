"""Decay in storage: 10 CFR 35.92, on the impurities too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doseline.physics.errors import OutOfRangeError
from doseline.physics.waste import decay_in_storage, hours_until_below, storage_h

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable

LONGEST_H = 120 * 24.0
"""10 CFR 35.92(a)."""


def test_lu177_alone_may_decay_in_storage(table: NuclideTable) -> None:
    storage = decay_in_storage(table, {"Lu-177": 1e8}, longest_half_life_h=LONGEST_H)
    assert storage.allowed


def test_a_trace_of_lu177m_closes_that_door(table: NuclideTable) -> None:
    """160 d is more than 120 d (NRC licensing determination ML18136A824)."""
    storage = decay_in_storage(
        table, {"Lu-177": 1e8, "Lu-177m": 1e4}, longest_half_life_h=LONGEST_H
    )
    assert not storage.allowed
    assert storage.too_long == ("Lu-177m",)


def test_tb160_in_tb161_does_not_close_it(table: NuclideTable) -> None:
    assert decay_in_storage(
        table, {"Tb-161": 1e8, "Tb-160": 1e5}, longest_half_life_h=LONGEST_H
    ).allowed


def test_ac227_in_spallation_ac225_closes_it(table: NuclideTable) -> None:
    storage = decay_in_storage(table, {"Ac-225": 1e7, "Ac-227": 1e4}, longest_half_life_h=LONGEST_H)
    assert storage.too_long == ("Ac-227",)


def test_what_grows_in_is_named_though_the_rule_does_not(table: NuclideTable) -> None:
    storage = decay_in_storage(table, {"At-211": 1e9}, longest_half_life_h=LONGEST_H)
    assert storage.allowed
    assert storage.growing_in == ("Bi-207",)


def test_absent_nuclides_do_not_count(table: NuclideTable) -> None:
    assert decay_in_storage(
        table, {"Lu-177": 1e8, "Lu-177m": 0.0}, longest_half_life_h=LONGEST_H
    ).allowed
    assert decay_in_storage(table, {}, longest_half_life_h=LONGEST_H).allowed


def test_one_nuclide_takes_its_half_lives(table: NuclideTable) -> None:
    wait = hours_until_below(table, {"Lu-177": 1024e6}, 1e6)
    assert wait == pytest.approx(10 * table["Lu-177"].half_life_h, rel=1e-8)
    assert storage_h(table, "Lu-177", half_lives=10) == pytest.approx(wait)


def test_a_time_stated_for_the_nuclide_goes_before_its_half_lives(table: NuclideTable) -> None:
    """HJ 1188-2021: 180 days for I-131, though ten half-lives are 80."""
    assert storage_h(table, "I-131", half_lives=10, fixed_h=180 * 24) == 180 * 24


def test_lu177m_turns_weeks_into_years(table: NuclideTable) -> None:
    """Residue of a Lutathera vial with 0.3 % Lu-177m: about five years (EJNMMI Physics 2023).

    0.1 GBq at injection down to 100 Bq of everything.
    """
    pure = hours_until_below(table, {"Lu-177": 1e8}, 100.0)
    impure = hours_until_below(table, {"Lu-177": 1e8, "Lu-177m": 2e4}, 100.0)
    assert pure / 24 < 140
    assert 3 < impure / 8766 < 6


def test_the_limit_counts_what_grows_in(table: NuclideTable) -> None:
    """Fresh Ra-224 is below 3 times its own activity at first, then its daughters add up."""
    wait = hours_until_below(table, {"Ra-224": 1.0}, 3.0)
    assert wait > 24


def test_limits_of_each_nuclide_share_one_whole(table: NuclideTable) -> None:
    both = hours_until_below(table, {"Lu-177": 1e9, "I-131": 1e9}, {"lu177": 1e7, "I-131": 1e6})
    one = hours_until_below(table, {"I-131": 1e9}, {"I-131": 1e6})
    assert both > one
    left = 1e9 * 2 ** (-both / table["I-131"].half_life_h) / 1e6
    left += 1e9 * 2 ** (-both / table["Lu-177"].half_life_h) / 1e7
    assert left == pytest.approx(1.0, rel=1e-6)


def test_what_is_below_already_waits_not_and_what_lasts_waits_forever(
    table: NuclideTable,
) -> None:
    assert hours_until_below(table, {"Lu-177": 1.0}, 2.0) == 0.0
    assert hours_until_below(table, {"Tc-99": 1e9}, 1.0) == float("inf")


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_an_impossible_limit_is_refused(table: NuclideTable, value: float) -> None:
    with pytest.raises(OutOfRangeError, match="more than 0 Bq"):
        hours_until_below(table, {"Lu-177": 1.0}, value)
