"""The built-in policies that most runs follow, as part of the kernel.

A call through an address costs more than the rule itself; other functions of the policies, and a
user's own, are called that way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.simulate.engine import policies
from doseline.simulate.engine.chance import draw
from doseline.simulate.engine.compiled import inner

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from doseline.simulate.engine.compiled import Table

_RULES = (
    policies.gravity,
    policies.nearest,
    policies.continuing_first,
    policies.longest_waiting,
    policies.lottery,
)
_GRAVITY, _NEAREST, _CONTINUING, _LONGEST, _LOTTERY = range(len(_RULES))
_gravity, _nearest = inner(policies.gravity), inner(policies.nearest)
_continuing = inner(policies.continuing_first)
_longest, _lottery = inner(policies.longest_waiting), inner(policies.lottery)


def rule_of(function: Callable[..., Any]) -> int:
    """Number of a built-in rule, or that of none."""
    return _RULES.index(function) if function in _RULES else len(_RULES)


@inner
def choose(
    rule: int, own: Any, km: Table, size: Table, load: Table, takes: Table, draw: float
) -> int:
    """A place by a :class:`~doseline.simulate.engine.policies.Choice`, named by its rule."""
    if rule == _GRAVITY:
        return _gravity(km, size, load, takes, draw)
    if rule == _NEAREST:
        return _nearest(km, size, load, takes, draw)
    return int(own(km, size, load, takes, draw))


@inner
def score(
    rule: int,
    own: Any,
    kind: int,
    waited: float,
    attempts: int,
    week: int,
    lots: np.uint64,
    state: np.uint64,
) -> float:
    """A score by a :class:`~doseline.simulate.engine.policies.Priority`, named by its rule.

    The lot is drawn for the rules that look at it only.
    """
    if rule == _CONTINUING:
        return _continuing(kind, waited, attempts, week, 0.0)
    if rule == _LONGEST:
        return _longest(kind, waited, attempts, week, 0.0)
    lot = draw(lots, state)
    if rule == _LOTTERY:
        return _lottery(kind, waited, attempts, week, lot)
    return float(own(kind, waited, attempts, week, lot))
