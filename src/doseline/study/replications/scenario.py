"""Scenarios of years: a variant of the network, a what-if, and policies, each by its name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.nearest import nearest as nearest_name
from doseline.rules import Text
from doseline.study.replications.policies import BUILT_IN, PolicyNames
from doseline.study.replications.written import FORM, WrittenPolicy, is_written, written_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "base"
"""Name of the scenario that others are compared with."""

KEYS = ("variant", "what-if", *BUILT_IN, "reserved-for-new", "overbook", "swap")
"""What a scenario may change."""

_PERCENT = Text("0 to 100 percent", "0 至 100（百分比）")
_NAME = Text("a name of its own, then a colon", "另取的名称，后接冒号")
_SWAP = ("yes", "no")
_AS_USUAL = PolicyNames()


class BadScenarioError(BadInputError):
    """A scenario says something that is not known."""

    def __init__(self, text: str, key: str, found: str, allowed: tuple[str | Text, ...]) -> None:
        self.text, self.key, self.found, self.allowed = text, key, found, allowed
        self.nearest = nearest_name(found, _names(allowed))
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"Scenario '{text}': {key} is '{found}', allowed: {_listed(allowed)}. Write "
            f"NAME:KEY=VALUE,KEY=VALUE, for example short:priority=lottery,overbook=10.{hint}"
        )


class BadChoiceError(BadInputError):
    """An option of the command says something that is not known."""

    def __init__(self, key: str, found: str, allowed: tuple[str | Text, ...]) -> None:
        self.key, self.found, self.allowed = key, found, allowed
        self.nearest = nearest_name(found, _names(allowed))
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(f"--{key} is '{found}', allowed: {_listed(allowed)}.{hint}")


class RepeatedKeyError(BadInputError):
    """A scenario says one thing twice."""

    def __init__(self, text: str, key: str) -> None:
        self.text, self.key = text, key
        super().__init__(f"Scenario '{text}': {key} is given twice. Give it once.")


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsScenario:
    """One way in which the years may go."""

    name: str = BASE
    variant: str = ""
    """Variant of the network; empty: as it is."""
    what_if: Path | None = None
    """File with changes of the rulebook."""
    policies: PolicyNames = _AS_USUAL


def base_scenario(variant: str, what_if: Path | None, options: Mapping[str, str]) -> YearsScenario:
    """The scenario that others are compared with.

    Args:
        variant: Variant of the network; empty: as it is.
        what_if: File with changes of the rulebook.
        options: What is chosen, by the keys of a scenario.

    Raises:
        BadChoiceError: If something is chosen that is not known.
        WrittenPolicyError: If the policy of a user cannot be used.
    """
    found = YearsScenario(variant=variant, what_if=what_if)
    for key, value in options.items():
        found = _changed(found, "", key, value)
    return found


def scenario_from(text: str, base: YearsScenario) -> YearsScenario:
    """The base with what a text changes, ``NAME:KEY=VALUE,KEY=VALUE``.

    Raises:
        BadScenarioError: If it names what is not known, or nothing at all.
        RepeatedKeyError: If it says one thing twice.
        WrittenPolicyError: If the policy of a user cannot be used.
    """
    name, colon, rest = text.partition(":")
    if not (name.strip() and colon) or name.strip() == BASE:
        raise BadScenarioError(text, "NAME", name.strip(), (_NAME,))
    found = dataclasses.replace(base, name=name.strip())
    changes = [
        [piece.strip() for piece in part.partition("=")[::2]]
        for part in rest.split(",")
        if part.strip()
    ]
    if not changes:
        raise BadScenarioError(text, "KEY=VALUE", "", KEYS)
    keys = [key for key, _ in changes]
    for key, value in changes:
        if keys.count(key) > 1:
            raise RepeatedKeyError(text, key)
        found = _changed(found, text, key, value)
    return found


def _changed(scenario: YearsScenario, text: str, key: str, value: str) -> YearsScenario:
    """The scenario with one thing changed; without a text, by an option of the command."""
    if key == "variant":
        return dataclasses.replace(scenario, variant=value)
    if key == "what-if":
        return dataclasses.replace(scenario, what_if=Path(value) if value else None)
    if key not in KEYS:
        raise BadScenarioError(text, "KEY", key, KEYS)
    new: str | float | bool | WrittenPolicy
    if key in BUILT_IN:
        new = _policy(text, key, value)
    elif key == "swap":
        if value not in _SWAP:
            raise _refused(text, key, value, _SWAP)
        new = value == "yes"
    else:
        new = _percent(text, key, value)
    names = dataclasses.replace(scenario.policies, **{key.replace("-", "_"): new})  # type: ignore[arg-type]
    return dataclasses.replace(scenario, policies=names)


def _policy(text: str, key: str, value: str) -> str | WrittenPolicy:
    """A policy of the engine, or one of the user."""
    if is_written(value):
        return written_policy(key, value)
    if value not in BUILT_IN[key]:
        raise _refused(text, key, value, (*BUILT_IN[key], FORM))
    return value


def _percent(text: str, key: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise _refused(text, key, value, (_PERCENT,)) from None
    if not 0.0 <= number <= 100.0:
        raise _refused(text, key, value, (_PERCENT,))
    return number


def _refused(text: str, key: str, value: str, allowed: tuple[str | Text, ...]) -> BadInputError:
    """What is not known, of a scenario or of an option."""
    if text:
        return BadScenarioError(text, key, value, allowed)
    return BadChoiceError(key, value, allowed)


def _names(allowed: tuple[str | Text, ...]) -> tuple[str, ...]:
    """What can be meant, without what is told in words."""
    return tuple(one for one in allowed if isinstance(one, str))


def _listed(allowed: tuple[str | Text, ...]) -> str:
    return ", ".join(one if isinstance(one, str) else one.en for one in allowed)
