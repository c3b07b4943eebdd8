"""Policies by name: those of the engine, and functions that a user writes."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doseline.simulate.engine.errors import PolicyNotCompiledError, SimulateNotInstalledError
from doseline.simulate.engine.policies import (
    Policies,
    at_once,
    continuing_first,
    every_batch,
    fastest,
    gravity,
    half_full,
    longest_waiting,
    lottery,
    nearest,
    shortest_line,
    when_room,
)
from doseline.study.replications.written import (
    PolicyFailedError,
    WrittenPolicy,
    checked,
    function_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHOICES = {
    "gravity": gravity,
    "nearest": nearest,
    "shortest-line": shortest_line,
    "fastest": fastest,
}
BUILT_IN: dict[str, dict[str, Callable[..., Any]]] = {
    "site-choice": _CHOICES,
    "scanner-choice": _CHOICES,
    "priority": {
        "continuing-first": continuing_first,
        "longest-waiting": longest_waiting,
        "lottery": lottery,
    },
    "ordering": {"at-once": at_once, "when-room": when_room},
    "batch": {"every": every_batch, "half-full": half_full},
}
"""Kinds of policies as they are typed, and what each may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNames:
    """Policies by name, as they are typed, written and compared."""

    site_choice: str | WrittenPolicy = "gravity"
    scanner_choice: str | WrittenPolicy = "gravity"
    priority: str | WrittenPolicy = "continuing-first"
    ordering: str | WrittenPolicy = "at-once"
    batch: str | WrittenPolicy = "every"
    reserved_for_new: float = 0.0
    """Of each run's doses, what continuing patients may not take. [%]"""
    overbook: float = 0.0
    """What a site allots beyond its limits. [%]"""
    swap: bool = False

    @property
    def chosen(self) -> dict[str, str | WrittenPolicy]:
        """What is chosen of each kind."""
        return {kind: getattr(self, kind.replace("-", "_")) for kind in BUILT_IN}

    @property
    def written(self) -> dict[str, WrittenPolicy]:
        """Those that a user wrote, by kind."""
        return {kind: one for kind, one in self.chosen.items() if isinstance(one, WrittenPolicy)}

    def policies(self, *, compiled: bool = True) -> Policies:
        """The policies for an engine, which is compiled or plain Python."""
        functions = {
            kind: BUILT_IN[kind][one]
            if isinstance(one, str)
            else (function_of if compiled else checked)(kind, one)
            for kind, one in self.chosen.items()
        }
        return Policies(
            site_choice=functions["site-choice"],
            station_choice=functions["scanner-choice"],
            priority=functions["priority"],
            ordering=functions["ordering"],
            batch=functions["batch"],
            reserved_for_new=self.reserved_for_new / 100.0,
            overbook=self.overbook / 100.0,
            swap=self.swap,
        )


def compile_all(names: PolicyNames) -> None:
    """Compile what a user wrote, so that it is refused before anything is simulated.

    Raises:
        SimulateNotInstalledError: If the package numba is not installed.
        PolicyNotCompiledError: If a function cannot be compiled.
    """
    if not names.written:
        return
    try:
        from doseline.simulate.engine.compiled import policy_functions
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise SimulateNotInstalledError from None
    for kind, one in names.written.items():
        alone = PolicyNames(**{kind.replace("-", "_"): one})  # type: ignore[arg-type]
        try:
            policy_functions(alone.policies())
        except PolicyNotCompiledError as error:
            raise PolicyNotCompiledError(kind, str(one), error.told) from error
        except Exception as error:
            # What the compiler itself trips over, whatever it raises, comes of the function.
            raise PolicyNotCompiledError(kind, str(one), str(error).rstrip(".")) from error


@contextmanager
def failures_told(names: PolicyNames) -> Iterator[None]:
    """Raise what a compiled policy raised: machine code goes on after it, with an answer of zero.

    Raises:
        PolicyFailedError: At the end, if one of the functions failed.
    """
    if not names.written:
        yield
        return
    _listen()
    _seen.failure = None
    try:
        yield
        if _seen.failure is not None:
            kinds, functions = names.written, map(str, names.written.values())
            raise PolicyFailedError(", ".join(kinds), ", ".join(functions), _seen.failure)
    finally:
        del _seen.failure


_seen = threading.local()
"""Of each thread: the first failure since it began to listen."""
_before: list[Any] = []


def _listen() -> None:
    """Hear of errors that cannot be raised, of this program's threads that ask for it."""
    if sys.unraisablehook is not _heard:
        _before[:] = [sys.unraisablehook]
        sys.unraisablehook = _heard


def _heard(fact: Any) -> None:
    """Keep the first failure of a policy; all else is told as before."""
    # Numba names its own context as the place, in words.
    if hasattr(_seen, "failure") and isinstance(fact.object, str):
        if _seen.failure is None:
            _seen.failure = f"{fact.exc_type.__name__}: {fact.exc_value}".rstrip(".")
        return
    for hook in _before:
        hook(fact)
