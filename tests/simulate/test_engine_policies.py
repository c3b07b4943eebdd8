"""Policies in the engine: built-in ones, a user's own, and what cannot be compiled."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.simulate.hand_worlds import Step, patients_at, supply_of, world_of

from doseline.simulate.engine.errors import PolicyNotCompiledError, SimulateNotInstalledError
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Bools, Floats

DOSE = (Step(Stage.SITE), Step(Stage.ORDER))


def last_come(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:  # noqa: ARG001
    """Who waited least comes first."""
    return waited


def out_of_range(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:  # noqa: ARG001
    """A place that does not exist."""
    return 10**9


def reads_a_file(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:  # noqa: ARG001
    """What no compiler takes."""
    with open("priorities.txt", encoding="utf-8") as file:  # noqa: PTH123
        return float(file.read())


def test_a_users_own_priority_decides_who_waits() -> None:
    world = world_of(DOSE, supply=supply_of(6, suites=1.0))
    arrivals = patients_at(0.0, 1.0)
    usual = simulate(world, arrivals, seed=1)
    turned = simulate(world, arrivals, seed=1, policies=Policies(priority=last_come))
    assert usual.first_dose_day.tolist() == [9.0, 16.0]
    assert turned.first_dose_day.tolist() == [16.0, 9.0]


def test_a_choice_out_of_range_is_a_choice_of_no_place() -> None:
    outcome = simulate(
        world_of(DOSE), patients_at(0.0), seed=1, policies=Policies(site_choice=out_of_range)
    )
    assert outcome.site.tolist() == [-1]


def test_a_policy_that_cannot_be_compiled_is_told_in_a_sentence() -> None:
    with pytest.raises(PolicyNotCompiledError, match="priority: the function reads_a_file"):
        simulate(world_of(DOSE), patients_at(0.0), seed=1, policies=Policies(priority=reads_a_file))


def test_a_missing_compiler_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "numba" or name.startswith("numba."):
            raise ModuleNotFoundError(name, name="numba")
        return kept(name, *arguments, **named)

    package = "doseline.simulate.engine"
    for room in [name for name in sys.modules if name.startswith(f"{package}.")]:
        if room.rpartition(".")[2] not in {"run", "errors", "policies", "world", "outcome"}:
            monkeypatch.delitem(sys.modules, room)
            monkeypatch.delattr(sys.modules[package], room.rpartition(".")[2], raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SimulateNotInstalledError, match=r"pip install 'doseline\[simulate\]'"):
        simulate(world_of(DOSE), patients_at(0.0), seed=1)
