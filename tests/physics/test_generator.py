"""Generators: in-growth, draws, and growth between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.physics.errors import OutOfRangeError
from doseline.physics.generator import (
    elutions,
    equilibrium_ratio,
    grown_bq,
    hours_until_grown,
    hours_until_peak,
)

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable


def test_mo99_generator_peaks_a_little_less_than_a_day_after_elution(table: NuclideTable) -> None:
    """ln(l2/l1)/(l2-l1), 22.8 h in every textbook of nuclear medicine."""
    slow, fast = (np.log(2) / table[name].half_life_h for name in ("Mo-99", "Tc-99m"))
    peak = hours_until_peak(table, parent="Mo-99", daughter="Tc-99m")
    assert peak == pytest.approx(np.log(fast / slow) / (fast - slow), rel=1e-9)
    assert peak == pytest.approx(22.8, abs=0.1)


def test_ga68_grows_back_to_half_in_one_half_life_and_to_91_percent_in_four_hours(
    table: NuclideTable,
) -> None:
    """Ge-68/Ga-68: the parent hardly moves, so growth is 1 - 2^(-t/67.842 min)."""
    half = hours_until_grown(table, parent="Ge-68", daughter="Ga-68", share=0.5)
    assert half == pytest.approx(67.842 / 60, rel=1e-3)
    grown = grown_bq(
        table, parent="Ge-68", daughter="Ga-68", parent_bq=1.85e9, elapsed_h=np.array([4.0])
    )
    assert grown[0] / 1.85e9 == pytest.approx(0.914, abs=1e-3)


def test_bi213_needs_about_five_hours_in_fresh_ac225(table: NuclideTable) -> None:
    """Half-life of 45.6 min alone: 6.64 half-lives, 5.05 h; Fr-221 (4.8 min) adds a little."""
    wait = hours_until_grown(table, parent="Ac-225", daughter="Bi-213", share=0.99)
    assert 5.05 < wait < 5.25
    assert equilibrium_ratio(table, parent="Ac-225", daughter="Bi-213") == pytest.approx(
        0.99992, abs=4e-3
    )


def test_pb212_outlasts_its_ra224_by_the_transient_ratio(table: NuclideTable) -> None:
    """Pb-212 in Ra-224: 87.16 / (87.16 - 10.63) = 1.139."""
    assert equilibrium_ratio(table, parent="Ra-224", daughter="Pb-212") == pytest.approx(
        1.139, abs=1e-3
    )
    grown = grown_bq(
        table, parent="Ra-224", daughter="Pb-212", parent_bq=1.0, elapsed_h=np.array([300.0])
    )
    left = 2 ** (-300.0 / table["Ra-224"].half_life_h)
    assert grown[0] / left == pytest.approx(1.139, abs=1e-3)


def test_th229_gives_as_much_ac225_after_a_year_as_it_has_activity(table: NuclideTable) -> None:
    grown = grown_bq(
        table, parent="Th-229", daughter="Ac-225", parent_bq=1e9, elapsed_h=np.array([8766.0])
    )
    assert grown[0] == pytest.approx(1e9, rel=1e-3)


def test_daily_draws_from_ra224_each_take_their_share(table: NuclideTable) -> None:
    draws = elutions(
        table,
        parent="Ra-224",
        daughter="Pb-212",
        parent_bq=1e9,
        times_h=[24.0, 48.0],
        elution_yield=0.9,
    )
    first, second = draws
    grown = grown_bq(
        table, parent="Ra-224", daughter="Pb-212", parent_bq=1e9, elapsed_h=np.array([24.0])
    )
    assert first.on_column_bq == pytest.approx(grown[0])
    assert first.eluted_bq == pytest.approx(0.9 * first.on_column_bq)
    # What stayed decays for a day beside what grew in a day from the parent that is left.
    stayed = 0.1 * first.on_column_bq * 2 ** (-24 / table["Pb-212"].half_life_h)
    regrown = grown[0] * 2 ** (-24 / table["Ra-224"].half_life_h)
    assert second.on_column_bq == pytest.approx(stayed + regrown, rel=1e-3)


def test_a_fresh_generator_in_equilibrium_gives_at_once(table: NuclideTable) -> None:
    draws = elutions(
        table,
        parent="Ge-68",
        daughter="Ga-68",
        parent_bq=1e9,
        daughter_bq=1e9,
        times_h=[0.0, 0.0],
        elution_yield=1.0,
    )
    assert [draw.eluted_bq for draw in draws] == [1e9, 0.0]


def test_a_long_lived_side_branch_does_not_spoil_an_equilibrium(table: NuclideTable) -> None:
    """At-211 makes Po-211 (58.2 %) beside Bi-207, which lives for 31 years."""
    ratio = equilibrium_ratio(table, parent="At-211", daughter="Po-211")
    assert ratio == pytest.approx(0.582, rel=1e-4)


def test_what_cannot_be_a_generator_is_refused(table: NuclideTable) -> None:
    with pytest.raises(OutOfRangeError, match="a descendant of Lu-177"):
        hours_until_peak(table, parent="Lu-177", daughter="Ga-68")
    with pytest.raises(OutOfRangeError, match="shorter than that of At-211"):
        equilibrium_ratio(table, parent="At-211", daughter="Bi-207")
    with pytest.raises(OutOfRangeError, match="between 0 and 1"):
        hours_until_grown(table, parent="Ge-68", daughter="Ga-68", share=1.0)
    for times, share in (([5.0, 4.0], 0.5), ([-1.0], 0.5), ([1.0], 1.5), ([float("nan")], 0.5)):
        with pytest.raises(OutOfRangeError):
            elutions(
                table,
                parent="Ge-68",
                daughter="Ga-68",
                parent_bq=1.0,
                times_h=times,
                elution_yield=share,
            )
