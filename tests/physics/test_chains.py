"""The chain solver against radioactivedecay, closed forms and laws.

The solver and the table are tested apart: the solver on the half-lives and branches of
radioactivedecay, the table by its own differences from that data set.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
import radioactivedecay as rd
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.physics.chains import branching, chain_activities, decay_chain
from doseline.physics.errors import OutOfRangeError, UnknownNuclideError

if TYPE_CHECKING:
    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable

PAIRS = 200


def oracle_chain(parent: str) -> tuple[list[str], Floats, Floats]:
    """Names, half-lives [h] and branches of a chain, as radioactivedecay holds them."""
    names: list[str] = []

    def visit(name: str) -> None:
        if name in names or rd.Nuclide(name).half_life("h") == float("inf"):
            return
        for daughter in rd.Nuclide(name).progeny():
            if daughter != "SF":
                visit(daughter)
        names.append(name)

    visit(parent)
    names.reverse()
    shares = np.zeros((len(names), len(names)))
    for column, name in enumerate(names):
        nuclide = rd.Nuclide(name)
        for daughter, share in zip(nuclide.progeny(), nuclide.branching_fractions(), strict=True):
            if daughter in names:
                shares[names.index(daughter), column] = share
    half_lives = np.array([rd.Nuclide(name).half_life("h") for name in names])
    return names, half_lives, shares


def random_pairs(table: NuclideTable) -> list[tuple[str, float]]:
    """Nuclides of our table, each with a time between a thousandth and 20 of its half-lives."""
    draw = random.Random(20261122)  # noqa: S311  # a fixed sample, no secret
    known = [n for n in table if n.name in set(rd.DEFAULTDATA.nuclides)]
    return [
        (n.name, n.half_life_h * 10 ** draw.uniform(-3, 1.3))
        for n in (draw.choice(known) for _ in range(PAIRS))
    ]


def worst_ratio(pairs: list[tuple[str, float]], oracle: type[rd.Inventory], floor: float) -> float:
    """Largest relative difference of any activity above a share of the start. [unitless]"""
    worst = 0.0
    for parent, elapsed_h in pairs:
        names, half_lives, shares = oracle_chain(parent)
        start = np.eye(len(names))[0]
        ours = decay_chain(half_lives, shares, start, np.array([elapsed_h]))[0]
        theirs = oracle({parent: 1.0}, "Bq").decay(elapsed_h, "h").activities("Bq")
        for name, activity in zip(names, ours, strict=True):
            if theirs[name] > floor:
                worst = max(worst, abs(activity / theirs[name] - 1))
    return worst


def test_solver_equals_radioactivedecay_on_200_random_pairs(table: NuclideTable) -> None:
    """Its usual class counts in doubles, so its own small activities are noise."""
    assert worst_ratio(random_pairs(table), rd.Inventory, floor=1e-9) < 1e-6


def test_solver_keeps_every_digit_of_the_hardest_chains() -> None:
    """Its high-precision class, down to activities of 1e-200 of the start."""
    hard = [("Ac-225", 0.01), ("Ra-223", 0.3), ("Pb-212", 500.0), ("Ac-227", 1e4)]
    assert worst_ratio(hard, rd.InventoryHP, floor=1e-200) < 1e-10


def test_the_table_differs_from_radioactivedecay_by_no_more_than_the_evaluations_do(
    table: NuclideTable,
) -> None:
    """NUBASE2020 against ICRP-107: half-lives of the therapeutic nuclides within 1 %."""
    names = [
        "Lu-177",
        "Ac-225",
        "I-131",
        "Y-90",
        "Ra-223",
        "Pb-212",
        "At-211",
        "Cu-67",
        "Tb-161",
        "Cu-64",
        "F-18",
        "Ga-68",
    ]
    for name in (*names, "Lu-177m", "Tc-99m", "Ge-68", "Th-228", "Ac-227", "Bi-213", "Bi-212"):
        ratio = table[name].half_life_h / rd.Nuclide(name).half_life("h")
        assert ratio == pytest.approx(1, abs=0.01), name
    assert table["Lu-177"].half_life_h / rd.Nuclide("Lu-177").half_life("h") == pytest.approx(
        1, abs=5e-4
    )


@pytest.mark.parametrize("parent", ["Ac-225", "Pb-212", "Ra-223", "Lu-177m", "Ra-224", "Mo-99"])
def test_the_whole_of_ours_equals_the_whole_of_theirs_within_the_datasets(
    table: NuclideTable, parent: str
) -> None:
    """After one half-life each descendant agrees to 5 % (NUBASE2020 gives Lu-177m 22.7 % IT, ICRP-107 21.7 %) or to 1e-4 of the parent."""
    elapsed_h = table[parent].half_life_h
    ours = chain_activities(table, {parent: 1e9}, elapsed_h)
    theirs = rd.Inventory({parent: 1e9}, "Bq").decay(elapsed_h, "h").activities("Bq")
    for name in ours.nuclides:
        assert ours.of(name)[0] == pytest.approx(theirs.get(name, 0.0), rel=0.05, abs=1e5), name


def test_daughter_of_one_parent_follows_batemans_closed_form(table: NuclideTable) -> None:
    mo, tc = table["Mo-99"], table["Tc-99m"]
    times = np.linspace(0, 200, 21)
    slow, fast = np.log(2) / mo.half_life_h, np.log(2) / tc.half_life_h
    share = next(mode.fraction for mode in mo.modes if mode.daughter == tc.name)
    bateman = share * fast / (fast - slow) * (np.exp(-slow * times) - np.exp(-fast * times))
    ours = chain_activities(table, {"Mo-99": 1.0}, times).of("Tc-99m")
    assert ours == pytest.approx(bateman, rel=1e-12, abs=1e-15)


def test_equal_half_lives_have_a_limit_and_it_is_met() -> None:
    """Where Bateman divides zero by zero: A2(t) = A0 lambda t exp(-lambda t)."""
    grown = decay_chain(
        np.array([10.0, 10.0]), np.array([[0, 0], [1, 0]]), np.array([1.0, 0.0]), np.array([7.0])
    )
    rate = np.log(2) / 10
    assert grown[0, 1] == pytest.approx(rate * 7 * np.exp(-rate * 7), rel=1e-13)


@pytest.mark.parametrize("apart", [1e-1, 1e-5, 1e-9, 1e-13])
def test_nearly_equal_half_lives_lose_no_digits(apart: float) -> None:
    """Against the series of the closed form in rational numbers."""
    first, second = 10.0, 10.0 * (1 + apart)
    ours = decay_chain(
        np.array([first, second]), np.array([[0, 0], [1, 0]]), np.array([1.0, 0.0]), np.array([5.0])
    )[0, 1]
    a, b = (Fraction(float(np.log(2) / half_life)) for half_life in (first, second))
    # (exp(-a t) - exp(-b t)) / (b - a), as the sum over k of divided differences of powers.
    total, factorial = Fraction(0), 1
    for k in range(1, 40):
        factorial *= k
        powers = sum(a**i * b ** (k - 1 - i) for i in range(k))
        total += Fraction((-1) ** (k + 1)) * Fraction(5) ** k / factorial * powers
    assert ours == pytest.approx(float(b * total), rel=1e-12)


def test_half_lives_from_a_fraction_of_a_microsecond_to_thousands_of_years(
    table: NuclideTable,
) -> None:
    """Th-229 with Po-213 (4 µs): after 30 years all are in secular equilibrium."""
    grown = chain_activities(table, {"Th-229": 1.0}, 30 * 8765.8)
    assert grown.of("Ac-225")[0] == pytest.approx(grown.of("Th-229")[0], rel=1e-4)
    assert grown.of("Po-213")[0] == pytest.approx(0.9791 * grown.of("Bi-213")[0], rel=1e-3)


@given(st.sampled_from(["Ac-225", "Ra-223", "Pb-212", "Th-228", "At-211"]), st.floats(0, 1e5))
@settings(derandomize=True, max_examples=50, deadline=None)
def test_no_activity_is_negative_and_no_decay_is_invented(
    table: NuclideTable, parent: str, elapsed_h: float
) -> None:
    grown = chain_activities(table, {parent: 1.0}, elapsed_h)
    assert (grown.activity_bq >= 0).all()
    atoms_left = sum(grown.of(name)[0] * table[name].half_life_h for name in grown.nuclides)
    assert atoms_left <= table[parent].half_life_h * (1 + 1e-12)


@given(st.floats(0, 500), st.floats(0, 500))
@settings(derandomize=True, max_examples=30, deadline=None)
def test_two_waits_equal_one_long_wait(table: NuclideTable, a: float, b: float) -> None:
    members = table.chain("Ac-225")
    half_lives = np.array([nuclide.half_life_h for nuclide in members])
    shares = branching(members)
    start = np.eye(len(members))[0]
    halfway = decay_chain(half_lives, shares, start, np.array([a]))[0]
    stepwise = decay_chain(half_lives, shares, halfway, np.array([b]))[0]
    at_once = decay_chain(half_lives, shares, start, np.array([a + b]))[0]
    assert stepwise == pytest.approx(at_once, rel=1e-11)


def test_many_times_at_once_equal_each_time_alone(table: NuclideTable) -> None:
    times = np.array([0.0, 1e-4, 3.0, 240.0, 5000.0])
    together = chain_activities(table, {"Ra-223": 1.0, "pb212": 2.0}, times).activity_bq
    for row, time_h in enumerate(times):
        alone = chain_activities(table, {"Ra-223": 1.0, "Pb-212": 2.0}, time_h).activity_bq[0]
        assert together[row] == pytest.approx(alone, rel=1e-12)


def test_impossible_times_and_unknown_parents_are_refused(table: NuclideTable) -> None:
    for time_h in (-1.0, float("nan"), float("inf")):
        with pytest.raises(OutOfRangeError, match="finite and not negative"):
            chain_activities(table, {"Ac-225": 1.0}, time_h)
    with pytest.raises(UnknownNuclideError):
        chain_activities(table, {"Xx-999": 1.0}, 1.0)


def test_two_spellings_of_one_nuclide_add_up_and_nothing_stays_nothing(
    table: NuclideTable,
) -> None:
    both = chain_activities(table, {"Lu-177": 1.0, "lu177": 2.0}, 0.0)
    assert both.activity_bq.tolist() == [[3.0]]
    assert chain_activities(table, {}, [0.0, 1.0]).activity_bq.shape == (2, 0)
    for activity in (-1.0, float("nan")):
        with pytest.raises(OutOfRangeError, match="The activity of Lu-177"):
            chain_activities(table, {"Lu-177": activity}, 1.0)
