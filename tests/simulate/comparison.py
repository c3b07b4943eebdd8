"""What two engines say of the same world, and where they differ first."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from doseline.simulate.engine.outcome import Infusions
from doseline.simulate.engine.world import Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulate.random_worlds import Case

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.policies import Policies
    from doseline.simulate.engine.world import Bools, Floats, World

LOG_LINES = 1_000_000


class Engine(Protocol):
    """The signature of both engines."""

    def __call__(
        self, world: World, arrivals: Arrivals, *, seed: int, policies: Policies, log: int
    ) -> Outcome:
        """One replication."""
        ...


def differences(first: Outcome | Infusions, second: Outcome | Infusions) -> list[str]:
    """Where two outcomes, or parts of them, differ: whole numbers at all, others by more than 1e-9."""
    found = []
    for name in (field.name.replace("waits", "wait") for field in fields(first)):
        one, other = getattr(first, name), getattr(second, name)
        if name == "log":
            found += _log_differences(one, other)
        elif isinstance(one, Infusions):
            found += [f"{name}.{line}" for line in differences(one, other)]
        elif name == "events":
            found += [f"events: {one} != {other}"] if one != other else []
        elif one.shape != other.shape:
            found.append(f"{name}: shape {one.shape} != {other.shape}")
        else:
            found += [
                f"{name}{list(map(int, at))}: {one[tuple(at)]} != {other[tuple(at)]}"
                for at in np.argwhere(~_alike(one, other))
            ]
    return found


def run_both(case: Case, first: Engine, second: Engine) -> list[str]:
    """Where two engines differ on a case."""
    return differences(*outcomes_of(case, first, second))


def outcomes_of(case: Case, first: Engine, second: Engine) -> tuple[Outcome, Outcome]:
    """What two engines say of a case."""

    def outcome(engine: Engine) -> Outcome:
        facts = (case.world, case.arrivals)
        return engine(*facts, seed=case.seed, policies=case.policies, log=LOG_LINES)

    return outcome(first), outcome(second)


def shrunk(case: Case, first: Engine, second: Engine) -> Case:
    """A case with as few patients as still make two engines differ."""
    size = case.arrivals.count // 2
    while size >= 1:
        smaller = next((one for one in _without(case, size) if run_both(one, first, second)), None)
        if smaller is None:
            size //= 2
        else:
            case = smaller
            size = min(size, case.arrivals.count // 2)
    return case


def _without(case: Case, size: int) -> Iterator[Case]:
    """The case with each block of patients left out in turn."""
    count = case.arrivals.count
    for begin in range(0, count, size):
        kept = np.r_[0:begin, min(begin + size, count) : count]
        columns = {
            field.name: getattr(case.arrivals, field.name)[kept] for field in fields(Arrivals)
        }
        yield replace(case, arrivals=Arrivals(**columns))


def _alike(one: Floats, other: Floats) -> Bools:
    if one.dtype.kind == "f":
        return np.isclose(one, other, rtol=1e-9, atol=1e-9)
    return np.asarray(one == other)


def _log_differences(
    one: tuple[tuple[float, int, int, int], ...], other: tuple[tuple[float, int, int, int], ...]
) -> list[str]:
    """The first line in which two logs differ."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if abs(left[0] - right[0]) > 1e-9 or left[1:] != right[1:]:
            return [f"log line {at}: {left} != {right}"]
    return [] if len(one) == len(other) else [f"log: {len(one)} != {len(other)} lines"]
