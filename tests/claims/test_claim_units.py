"""Units by hand: 1 mCi is 37 MBq, 1 uCi is 37 kBq."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doseline.claims.codes import code_tables
from doseline.claims.units import activity_bq, discarded_units, started_units


@pytest.mark.parametrize(
    ("code", "activity", "units"),
    [
        ("A9607", "7.4 GBq", 200),
        ("A9607", "200 mCi", 200),
        ("A9607", "5.9 GBq", 160),  # 159.46 mCi; the label's reduced dose
        ("A9607", "7.401 GBq", 201),  # 200.03 mCi: a started unit
        ("A9513", "7.4 GBq", 200),
        ("A9513", "3.7 GBq", 100),
        ("A9606", "4.4 MBq", 119),  # 118.9 uCi: 80 kg at 55 kBq/kg
        ("A9606", "100 uCi", 100),
        ("A9587", "185 MBq", 50),  # 5 mCi in tenths
        ("C9067", "148 MBq", 400),  # 4 mCi in hundredths
        ("A9800", "5 mCi", 5),
        ("A9592", "148 MBq", 4),
    ],
)
def test_units_of_a_code(code: str, activity: str, units: int) -> None:
    drug = code_tables().drug(code)
    assert drug is not None
    assert drug.unit_bq is not None
    assert started_units(activity_bq(activity), drug.unit_bq) == units


@pytest.mark.parametrize(
    ("given_mci", "lost_mci", "units"),
    [
        (195, 5, 5),
        (199, 1, 1),
        (198.4, 1.2, 1),  # 199 started, 200 in all
        (199.2, 0.8, 0),  # the started unit holds it
        (150.5, 49.5, 49),  # 151 started of 200
        (200, 0, 0),
    ],
)
def test_discarded_units_beside_the_started_one(
    given_mci: float, lost_mci: float, units: int
) -> None:
    given, lost = activity_bq(f"{given_mci} mCi"), activity_bq(f"{lost_mci} mCi")
    assert discarded_units(given, lost, 37_000_000) == units


@given(
    given_bq=st.integers(0, 10**10), lost=st.integers(0, 10**10), unit=st.sampled_from([37, 37_000, 37_000_000])
)  # fmt: skip
def test_both_lines_together_are_the_started_units_of_the_vial(
    given_bq: int, lost: int, unit: int
) -> None:
    billed = started_units(given_bq, unit) + discarded_units(given_bq, lost, unit)
    assert (billed - 1) * unit < max(given_bq + lost, 1) <= billed * unit or billed == 0
    assert billed * unit >= given_bq + lost
