"""Compiling: the engine's functions by Numba, with a cache on disk, and a policy's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numba
from numba import config, types
from numba.core.errors import NumbaError

from doseline.simulate.engine.errors import PolicyNotCompiledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.engine.policies import Policies

Table: TypeAlias = Any
"""An array, or rows of a record array: what only Numba gives a type."""

_Function = TypeVar("_Function", bound="Callable[..., Any]")

_ROW = types.Array(types.float64, 1, "C")
_CHOICE = types.int64(_ROW, _ROW, _ROW, types.Array(types.boolean, 1, "C"), types.float64)
_PRIORITY = types.float64(types.int64, types.float64, types.int64, types.int64, types.float64)
_KNOWN: dict[tuple[str, Callable[..., Any]], Any] = {}


def compiled(function: _Function) -> _Function:
    """A function in machine code; it stays plain Python where Numba is told not to compile."""
    made: Any = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    kept: _Function = made
    return kept


def policy_functions(policies: Policies) -> tuple[Any, Any, Any]:
    """A policy's choice of site, choice of station and priority, ready for the kernel.

    Raises:
        PolicyNotCompiledError: If Numba cannot compile one of them.
    """
    return (
        _policy("site_choice", policies.site_choice, _CHOICE),
        _policy("station_choice", policies.station_choice, _CHOICE),
        _policy("priority", policies.priority, _PRIORITY),
    )


def _policy(what: str, function: Callable[..., Any], signature: Any) -> Any:
    """The function behind a plain address, so that one kernel serves every policy."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return function
    known = _KNOWN.get((what, function))
    if known is None:
        built_in = function.__module__ == "doseline.simulate.engine.policies"
        try:
            known = numba.cfunc(signature, cache=built_in)(function)
        except NumbaError as error:
            reason = str(error).strip().splitlines()[0]
            raise PolicyNotCompiledError(what, function.__name__, reason) from error
        _KNOWN[what, function] = known
    return known
