"""Scenarios of years: a variant of the network, a what-if, and policies, each by its name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.nearest import nearest as nearest_name
from doseline.simulate.engine.policies import (
    Policies,
    continuing_first,
    gravity,
    longest_waiting,
    lottery,
    nearest,
    shortest_line,
)

if TYPE_CHECKING:
    from doseline.simulate.engine.policies import Choice, Priority

BASE = "base"
"""Name of the scenario that others are compared with."""

CHOICES: dict[str, Choice] = {
    "gravity": gravity,
    "nearest": nearest,
    "shortest-line": shortest_line,
}
PRIORITIES: dict[str, Priority] = {
    "continuing-first": continuing_first,
    "longest-waiting": longest_waiting,
    "lottery": lottery,
}
KEYS = (
    *("variant", "what-if", "site-choice", "scanner-choice", "priority"),
    *("reserved-for-new", "overbook", "swap"),
)
"""What a scenario may change."""

_PERCENT = "0 to 100 percent"


class BadScenarioError(BadInputError):
    """A scenario says something that is not known."""

    def __init__(self, text: str, key: str, found: str, allowed: tuple[str, ...]) -> None:
        self.text, self.key, self.found = text, key, found
        self.allowed = ", ".join(allowed)
        self.nearest = nearest_name(found, allowed)
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"Scenario '{text}': {key} is '{found}', allowed: {self.allowed}. Write "
            f"NAME:KEY=VALUE,KEY=VALUE, for example short:priority=lottery,overbook=10.{hint}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNames:
    """Policies by name, as they are typed, written and compared."""

    site_choice: str = "gravity"
    scanner_choice: str = "gravity"
    priority: str = "continuing-first"
    reserved_for_new: float = 0.0
    """Of each run's doses, what continuing patients may not take. [%]"""
    overbook: float = 0.0
    """What a site allots beyond its limits. [%]"""
    swap: bool = False

    def policies(self) -> Policies:
        """The policies of the engine."""
        return Policies(
            site_choice=CHOICES[self.site_choice],
            station_choice=CHOICES[self.scanner_choice],
            priority=PRIORITIES[self.priority],
            reserved_for_new=self.reserved_for_new / 100.0,
            overbook=self.overbook / 100.0,
            swap=self.swap,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsScenario:
    """One way in which the years may go."""

    name: str = BASE
    variant: str = ""
    """Variant of the network; empty: as it is."""
    what_if: Path | None = None
    """File with changes of the rulebook."""
    policies: PolicyNames = PolicyNames()


def scenario_from(text: str, base: YearsScenario) -> YearsScenario:
    """The base with what a text changes, ``NAME:KEY=VALUE,KEY=VALUE``.

    Raises:
        BadScenarioError: If it names what is not known.
    """
    name, colon, rest = text.partition(":")
    if not (name.strip() and colon) or name.strip() == BASE:
        raise BadScenarioError(text, "NAME", name.strip(), ("a name of its own, then a colon",))
    found = dataclasses.replace(base, name=name.strip())
    for part in filter(None, (one.strip() for one in rest.split(","))):
        key, _, value = (piece.strip() for piece in part.partition("="))
        found = _changed(found, text, key, value)
    return found


def _changed(scenario: YearsScenario, text: str, key: str, value: str) -> YearsScenario:
    """The scenario with one thing changed."""
    if key == "variant":
        return dataclasses.replace(scenario, variant=value)
    if key == "what-if":
        return dataclasses.replace(scenario, what_if=Path(value))
    if key not in KEYS:
        raise BadScenarioError(text, "KEY", key, KEYS)
    known = {
        "site-choice": tuple(CHOICES),
        "scanner-choice": tuple(CHOICES),
        "priority": tuple(PRIORITIES),
        "swap": ("yes", "no"),
    }
    new: str | float | bool = value
    if key not in known:
        new = _percent(text, key, value)
    elif value not in known[key]:
        raise BadScenarioError(text, key, value, known[key])
    elif key == "swap":
        new = value == "yes"
    names = dataclasses.replace(scenario.policies, **{key.replace("-", "_"): new})  # type: ignore[arg-type]
    return dataclasses.replace(scenario, policies=names)


def _percent(text: str, key: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise BadScenarioError(text, key, value, (_PERCENT,)) from None
    if not 0.0 <= number <= 100.0:
        raise BadScenarioError(text, key, value, (_PERCENT,))
    return number
