"""Policies that a user writes: a function of a Python file, read, tried and told of by its faults.

What is kept is the text of the file, so that workers on other machines need not see the file, and a
change of it makes new replications.
"""

from __future__ import annotations

import functools
import inspect
import math
import traceback
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.errors import BadInputError
from doseline.model.nearest import nearest as nearest_name
from doseline.rules import Text
from doseline.simulate.engine.policies import (
    at_once,
    continuing_first,
    every_batch,
    gravity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORM = "FILE.py:FUNCTION"
"""How a function of a user is named."""

_PATTERNS: dict[str, Callable[..., Any]] = {
    "site-choice": gravity,
    "scanner-choice": gravity,
    "priority": continuing_first,
    "ordering": at_once,
    "batch": every_batch,
}
"""A function with the parameters of each kind of policy."""
_FLOAT = Text("a number", "数值")
_INTEGER, _TRUTH = Text("a whole number", "整数"), Text("True or False", "True 或 False")


class WrittenPolicyError(BadInputError):
    """A policy of a user cannot be used."""

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is raised, so that it comes back whole from another machine."""
        return _again, (type(self), str(self), vars(self))


class PolicyUnreadableError(WrittenPolicyError):
    """The file is not there, or is no text."""

    def __init__(self, policy: str, path: Path, reason: str) -> None:
        self.policy, self.path, self.reason = policy, path, reason
        super().__init__(
            f"Policy {policy}: {path} cannot be read ({reason}). Give {FORM}, a file of Python in "
            "UTF-8 and a function in it."
        )


class PolicyBrokenError(WrittenPolicyError):
    """The file is no Python, or fails as it is read."""

    def __init__(self, policy: str, file: str, told: str) -> None:
        self.policy, self.file, self.told = policy, file, told
        super().__init__(
            f"Policy {policy}: {file} cannot be run as Python ({told}). Mend the file; it is run "
            "once, by itself, before its function is called."
        )


class NoSuchPolicyError(WrittenPolicyError):
    """The file has no function of that name."""

    def __init__(self, policy: str, file: str, function: str, allowed: tuple[str, ...]) -> None:
        self.policy, self.file, self.function = policy, file, function
        self.allowed = ", ".join(allowed) or "–"
        self.nearest = nearest_name(function, allowed)
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"Policy {policy}: {file} has no function '{function}'; its functions: {self.allowed}. "
            f"Write {FORM}.{hint}"
        )


class PolicyParametersError(WrittenPolicyError):
    """The function does not take what a policy of its kind is given."""

    def __init__(self, policy: str, function: str, expected: tuple[str, ...]) -> None:
        self.policy, self.function = policy, function
        self.number, self.expected = len(expected), ", ".join(expected)
        super().__init__(
            f"Policy {policy}: the function {function} must take {self.number} parameters: "
            f"{self.expected}."
        )


class PolicyAnswerError(WrittenPolicyError):
    """The function gives what is no answer."""

    def __init__(self, policy: str, function: str, found: str, allowed: Text) -> None:
        self.policy, self.function, self.found, self.allowed = policy, function, found, allowed
        super().__init__(
            f"Policy {policy}: the function {function} answers {found}, allowed: {allowed.en}. "
            "Mend it: it must answer in every situation that the simulation meets."
        )


class PolicyFailedError(WrittenPolicyError):
    """The function fails when it is called."""

    def __init__(self, policy: str, function: str, told: str) -> None:
        self.policy, self.function, self.told = policy, function, told
        super().__init__(
            f"Policy {policy}: the function {function} fails ({told}). Mend it: it is called with "
            "every situation that the simulation meets."
        )


@dataclass(frozen=True, slots=True)
class WrittenPolicy:
    """A function of a user, by the text of its file."""

    file: str
    """Name of the file, without folders."""
    function: str
    source: str

    def __str__(self) -> str:
        """As it is typed, without folders."""
        return f"{self.file}:{self.function}"


def is_written(text: str) -> bool:
    """Whether a text names a function of a file."""
    return ".py:" in text


def written_policy(policy: str, text: str) -> WrittenPolicy:
    """Read and try a policy, given as ``FILE.py:FUNCTION``.

    Args:
        policy: Its kind, as it is typed: site-choice, scanner-choice, priority, ordering or batch.
        text: File and function.

    Raises:
        WrittenPolicyError: If the file or its function cannot be used.
    """
    name, _, function = text.rpartition(":")
    path = Path(name)
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyUnreadableError(policy, path, error.strerror or "–") from error
    except UnicodeDecodeError as error:
        raise PolicyUnreadableError(policy, path, "UTF-8?") from error
    written = WrittenPolicy(path.name, function, source)
    _try(policy, written)
    return written


@functools.lru_cache(maxsize=64)
def function_of(policy: str, written: WrittenPolicy) -> Callable[..., Any]:
    """The function itself; a process reads a file's text once.

    Raises:
        WrittenPolicyError: If the file or its function cannot be used.
    """
    names: dict[str, Any] = {"__name__": Path(written.file).stem, "__file__": written.file}
    try:
        exec(compile(written.source, written.file, "exec"), names)  # noqa: S102 - the user's own
    except (Exception, SystemExit) as error:
        raise PolicyBrokenError(policy, written.file, _said(error, written.file)) from error
    functions: dict[str, Callable[..., Any]] = {
        name: _plain(one)
        for name, one in names.items()
        if inspect.isfunction(_plain(one)) and _plain(one).__module__ == names["__name__"]
    }
    if written.function not in functions:
        raise NoSuchPolicyError(policy, written.file, written.function, tuple(functions))
    function = functions[written.function]
    expected = tuple(inspect.signature(_PATTERNS[policy]).parameters)
    taken = inspect.signature(function)
    try:
        taken.bind(*expected)
    except TypeError as error:
        raise PolicyParametersError(policy, str(written), expected) from error
    if len(taken.parameters) > len(expected):
        # One with a default of its own: machine code is called with all of them.
        raise PolicyParametersError(policy, str(written), expected)
    return function


def checked(policy: str, written: WrittenPolicy) -> Callable[..., Any]:
    """The function for an engine in plain Python: what it raises is told as its fault."""
    function = function_of(policy, written)

    def called(*facts: Any) -> Any:
        try:
            answer = function(*facts)
        except (Exception, SystemExit) as error:
            raise PolicyFailedError(policy, str(written), _said(error, written.file)) from error
        wanted = _wanted(policy, answer)
        if wanted is not None:
            raise PolicyAnswerError(policy, str(written), repr(answer), wanted)
        return answer

    return called


def _try(policy: str, written: WrittenPolicy) -> None:
    """Call a function with some situations of every kind, so that most faults are told at once."""
    called = checked(policy, written)
    for facts in _situations(policy):
        answer = called(*facts)
        # In the middle of a run it waits, as with the compiled engine; here it is a slip.
        if isinstance(answer, float) and math.isnan(answer):
            raise PolicyAnswerError(policy, str(written), repr(answer), _FLOAT)


def _situations(policy: str) -> Iterator[tuple[Any, ...]]:
    """What a policy may be told; the arrays are not for it to change."""
    if policy == "priority":
        yield from ((kind, 7.0 * n, n, n, 0.25) for kind in (0, 1) for n in (0, 3))
    elif policy == "ordering":
        yield from ((kind, _fixed([n] * 8), 2.0) for kind in (0, 1) for n in (0.0, 9.0))
    elif policy == "batch":
        yield from ((n, room, 7.0 * n, n) for n in (1, 9) for room in (10.0, math.inf))
    else:
        for takes in ([True, True, True], [False, True, False], [False, False, False]):
            for load in ([0.0, 0.0, 0.0], [9.0, 5.0, 1.0]):
                yield (
                    *(_fixed([0.0, 30.0, 400.0]), _fixed([2.0, 1.0, 4.0]), _fixed(load)),
                    *(_fixed(takes), 0.5),
                )


def _fixed(values: list[float] | list[bool]) -> Any:
    found = np.array(values)
    found.setflags(write=False)
    return found


def _wanted(policy: str, answer: Any) -> Text | None:
    """What an answer should be; None if it is that."""
    if policy == "batch":
        return None if isinstance(answer, bool | np.bool_) else _TRUTH
    if policy == "priority":
        return None if isinstance(answer, Real) else _FLOAT
    return None if isinstance(answer, Integral) else _INTEGER


def _plain(value: Any) -> Any:
    """The function behind one that its file has compiled."""
    return getattr(value, "py_func", value)


def _said(error: BaseException, file: str) -> str:
    """Where in a file an error came up, and what it says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    calls = traceback.extract_tb(error.__traceback__)
    at = [f"{file}:{one.lineno}" for one in calls if one.filename == file]
    return ": ".join([*at[-1:], type(error).__name__, *lines[:1]]).rstrip(".")


def _again(kind: type[WrittenPolicyError], said: str, about: dict[str, Any]) -> WrittenPolicyError:
    error = kind.__new__(kind)
    BadInputError.__init__(error, said)
    vars(error).update(about)
    return error
