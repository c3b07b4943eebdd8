"""A solver that loses its way is asked again, and says so if that does not help."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import pytest

from doseline.plan.errors import SolverError
from doseline.plan.solver.linear import INFINITY, Highs, Rows

_UNKNOWN = highspy.HighsModelStatus.kUnknown


def program() -> Highs:
    """Two units of the cheaper of two things, of which there is one each."""
    rows = Rows()
    rows.add(lower=1.5, upper=INFINITY, count=1)
    rows.fill(np.array([0, 0]), np.array([0, 1]), 1.0)
    return Highs(cost=np.array([1.0, 2.0]), lower=np.zeros(2), upper=np.ones(2), rows=rows)


class Lost:
    """A solver whose first runs end in a status that says nothing."""

    def __init__(self, highs: Any, times: int) -> None:
        self._highs, self._times, self.runs = highs, times, 0
        self.presolved: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def run(self) -> Any:
        """Run, and note how."""
        self.runs += 1
        self.presolved.append(self._highs.getOptionValue("presolve")[1])
        return self._highs.run()

    def getModelStatus(self) -> Any:  # noqa: N802
        """No known status at first."""
        return _UNKNOWN if self.runs <= self._times else self._highs.getModelStatus()


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_lost_solver_is_asked_again(times: int) -> None:
    asked = program()
    asked.highs = lost = Lost(asked.highs, times)
    assert asked.solve("testing").objective == pytest.approx(2.0)
    assert lost.runs == times + 1
    # Other settings are for the last attempt alone.
    assert lost.presolved == ["choose", "choose", "off"][: times + 1]
    assert asked.highs.getOptionValue("presolve")[1] == "choose"


def test_a_solver_that_stays_lost_is_a_sentence() -> None:
    asked = program()
    asked.highs = Lost(asked.highs, 3)
    with pytest.raises(SolverError, match=r"Unknown.*while testing"):
        asked.solve("testing")


def test_a_program_without_solution_is_asked_once() -> None:
    asked = program()
    asked.bound_columns(np.arange(2), np.zeros(2), np.full(2, 0.5))
    asked.highs = lost = Lost(asked.highs, 0)
    assert asked.solve_if_possible("testing") is None
    assert lost.runs == 1
