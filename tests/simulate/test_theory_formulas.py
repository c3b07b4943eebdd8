"""The closed forms give the values that tables print."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
from tests.simulate import queue_theory as theory

REFERENCE = Path(os.environ.get("DOSELINE_INSTANCES", "")) / "queue_reference.csv"
"""In a folder of reference instances; what needs it is skipped without it."""


# Offered load, servers; share that waits and mean wait (M/M/c), share lost (M/M/c/c), mean wait
# (M/D/c): computed by another programme, and checked by a simulation of 20 million customers.
TABLE = """
3.6 4 0.787753 1.969383 0.270685 0.999966
0.8 1 0.800000 4.000000 0.444444 2.000000
1.8 2 0.852632 4.263158 0.366516 2.146923
9.0 10 0.668732 0.668732 0.167963 0.344582
45.0 50 0.363864 0.072773 0.054104 0.039526
95.0 100 0.506457 0.101291 0.048804 0.053446
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_queues_of_erlang_and_crommelin_have_the_values_of_the_reference_table(row: str) -> None:
    cells = row.split()
    offered, servers = float(cells[0]), int(cells[1])
    found = (
        theory.erlang_c(offered, servers),
        theory.wait_mmc(offered, 1.0, servers),
        theory.erlang_b(offered, servers),
        theory.wait_mdc(offered, 1.0, servers),
    )
    assert found == pytest.approx([float(cell) for cell in cells[2:]], abs=6e-7)


@pytest.mark.skipif(not REFERENCE.exists(), reason="DOSELINE_INSTANCES has no such table")
def test_the_whole_reference_table_is_met() -> None:
    with REFERENCE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        rate, servers = float(row["lambda"]), int(row["c"])
        assert theory.erlang_c(rate, servers) == pytest.approx(float(row["ErlangC_Pwait"]), 1e-12)
        assert theory.wait_mmc(rate, 1.0, servers) == pytest.approx(float(row["MMc_Wq"]), 1e-12)
        assert theory.erlang_b(rate, servers) == pytest.approx(float(row["ErlangB_block"]), 1e-12)
        assert theory.wait_mdc(rate, 1.0, servers) == pytest.approx(
            float(row["MDc_Wq_series"]), 1e-12
        )
    assert len(rows) == 6


def test_impatient_callers_give_up_and_wait_as_published() -> None:
    # 50 agents, 48 calls a minute of a minute each, patience two minutes: 3.1 % give up, after 3.7 s
    # on average; with endless patience the wait is 20.8 s. Garnett, Mandelbaum, Reiman 2002,
    # doi:10.1287/msom.4.3.208.7753, table 1.
    gave_up, wait = theory.erlang_a(48.0, 1.0, 50, 2.0)
    assert round(100.0 * gave_up, 1) == 3.1
    assert round(60.0 * wait, 1) == 3.7
    assert round(60.0 * theory.wait_mmc(48.0, 1.0, 50), 1) == 20.8


def test_endless_patience_is_erlang_c_and_none_is_erlang_b() -> None:
    assert theory.erlang_a(9.0, 1.0, 10, 1e7)[1] == pytest.approx(0.6687315, rel=1e-4)
    assert theory.erlang_a(9.0, 1.0, 10, 1e-7)[0] == pytest.approx(0.1679632, rel=1e-4)


def test_services_of_one_length_are_a_case_of_pollaczek_and_khinchine() -> None:
    assert theory.wait_mg1(0.8, 1.0, 1.0) == pytest.approx(theory.wait_mdc(0.8, 1.0, 1), rel=1e-12)
    assert theory.wait_mg1(0.8, 1.0, 2.0) == pytest.approx(theory.wait_mmc(0.8, 1.0, 1), rel=1e-12)


def test_what_is_left_is_the_same_from_the_walk_and_from_the_balance() -> None:
    for arrivals, capacity in ((3.6, 4), (8.0, 10), (0.8, 1)):
        balance = theory.left_over_of_failing(arrivals, capacity, 0.0, 300)
        assert theory.left_over(arrivals, capacity) == pytest.approx(balance, rel=1e-8)


def test_lognormal_moments_are_those_of_their_integral() -> None:
    z = np.linspace(-12.0, 14.0, 200_001)
    weight = np.exp(-(z**2) / 2.0) / math.sqrt(2.0 * math.pi) * (z[1] - z[0])
    days = 3.0 * np.exp(0.7 * z)
    mean, square = theory.moments_lognormal(3.0, 0.7)
    assert mean == pytest.approx(float((weight * days).sum()), rel=1e-9)
    assert square == pytest.approx(float((weight * days**2).sum()), rel=1e-9)


def test_a_wave_of_arrivals_fills_beds_as_its_integral_says() -> None:
    at, per_day, service = 200.0, 2.0 * math.pi / 91.0, 12.0
    ago = np.linspace(0.0, 600.0, 600_001)
    rate = 5.0 + 3.0 * np.sin(per_day * (at - ago))
    there = np.exp(-ago / service)
    integral = float(np.trapezoid(rate * there, ago))
    found = theory.occupancy_of_a_wave(5.0, 3.0, per_day, service, at)
    assert found == pytest.approx(integral, rel=1e-6)
