"""The page of proofs keeps what it was told, and says what failed and what is missing."""

from __future__ import annotations

from datetime import date

import pytest
from tests.simulate import test_closed_forms as theory
from verification import proofs
from verification.outcome import Outcome
from verification.page import Told, page
from verification.watch import Largest, cases, swapped

DAY = date(2026, 11, 22)
CLAIMS = {"a": "A holds.", "b": "B holds.", "c": "C holds."}
HELD = Outcome(cases="3", tolerance="1e-6", largest="1e-9", source="theory")


def told(name: str, outcome: Outcome | None, failure: str = "") -> Told:
    return Told(name=name, outcome=outcome, failure=failure, seconds=2.0)


def test_rows_are_renewed_others_stay_and_missing_ones_are_named() -> None:
    old = page("", [told("b", HELD), told("a", HELD)], CLAIMS, day=DAY, load=(1.0, 2.0))
    assert "Not run yet: `c`." in old
    assert old.index("| `a`") < old.index("| `b`")
    new = page(old, [told("a", None, "Wrong | worse")], CLAIMS, day=DAY, load=(1.0, 2.0))
    assert "| `a` |  |  | Wrong / worse |  | **no** | 2 | 2026-11-22 |" in new
    assert "| `b` | 3 | 1e-6 | 1e-9 | theory | yes | 2 | 2026-11-22 |" in new


def test_a_proof_that_does_not_hold_is_told_as_failed(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong() -> Outcome:
        raise ArithmeticError("not so")

    with swapped(proofs, PROOFS={"wrong": wrong, "right": lambda: HELD}):
        failed, held = proofs.prove("wrong"), proofs.prove("right")
    assert (failed.outcome, failed.failure) == (None, "ArithmeticError: not so")
    assert "Traceback" in capsys.readouterr().err
    assert held.outcome == HELD


def test_every_proof_claims_something() -> None:
    assert all(proofs.claim(name).endswith(".") for name in proofs.PROOFS)


def test_a_watched_comparison_refuses_what_the_plain_one_refuses() -> None:
    largest = Largest()
    assert largest.approx(2.0, rel=1e-6) == 2.000001
    assert largest.approx([1.0, 4.0], abs=0.1) == [1.0, 4.01]
    assert largest.approx(2.0, rel=1e-6) != 2.5
    assert largest.value == pytest.approx(0.25)


def test_the_cases_of_a_parametrized_test_are_its_arguments() -> None:
    test = theory.test_arrivals_have_the_mean_and_the_variance_of_poisson
    assert cases(test) == [{"per_week": rate} for rate in (0.02, 0.7, 6.0, 40.0)]
    assert cases(theory.test_payers_have_their_shares) == [{}]
