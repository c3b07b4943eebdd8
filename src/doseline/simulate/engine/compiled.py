"""Compiling: the engine's functions by Numba, with a cache on disk, and a policy's functions."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numba
from numba import config, types
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from doseline.simulate.engine.errors import PolicyNotCompiledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.engine.policies import Policies

Table: TypeAlias = Any
"""An array, or rows of a record array: what only Numba gives a type."""

_Function = TypeVar("_Function", bound="Callable[..., Any]")

_ROW = types.Array(types.float64, 1, "C", readonly=True)
_CHOICE = types.int64(
    _ROW, _ROW, _ROW, types.Array(types.boolean, 1, "C", readonly=True), types.float64
)
_PRIORITY = types.float64(types.int64, types.float64, types.int64, types.int64, types.float64)
_ORDERING = types.int64(types.int64, _ROW, types.float64)
_BATCH = types.boolean(types.int64, types.float64, types.float64, types.int64)
_SOURCES = hashlib.blake2b(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()
"""What all files of the engine say: machine code on disk is used for these only."""
_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_KNOWN: dict[tuple[str, Callable[..., Any]], Any] = {}


def compiled(function: _Function) -> _Function:
    """A function in machine code; it stays plain Python where Numba is told not to compile."""
    return _machine_code(function)


def inner(function: _Function) -> _Function:
    """The same for what only compiled functions call: part of its caller, without a way in.

    Numba would count references to each of the dozens of arrays at every call, which took five
    sixths of the time. Nothing here makes an array, so nothing needs to be counted.
    """
    return _machine_code(
        function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, _nrt=False
    )


def allocating(function: _Function) -> _Function:
    """The same for the few that make arrays, whose references are counted."""
    return _machine_code(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=True)


def _machine_code(function: _Function, **options: Any) -> _Function:
    made: Any = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    if not config.DISABLE_JIT:  # type: ignore[attr-defined]
        # Numba looks at a function's own file only; what it calls may have changed in another.
        made._cache._cache_file._source_stamp = _SOURCES  # noqa: SLF001
    kept: _Function = made
    return kept


def policy_functions(policies: Policies) -> tuple[Any, Any, Any, Any, Any]:
    """Choices of site and station, priority, ordering and batch, ready for the kernel.

    Raises:
        PolicyNotCompiledError: If Numba cannot compile one of them.
    """
    return (
        _policy("site_choice", policies.site_choice, _CHOICE),
        _policy("station_choice", policies.station_choice, _CHOICE),
        _policy("priority", policies.priority, _PRIORITY),
        _policy("ordering", policies.ordering, _ORDERING),
        _policy("batch", policies.batch, _BATCH),
    )


def _policy(what: str, function: Callable[..., Any], signature: Any) -> Any:
    """The function behind a plain address, so that one kernel serves every policy."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        return function
    known = _KNOWN.get((what, function))
    if known is None:
        built_in = function.__module__ == "doseline.simulate.engine.policies"
        try:
            # An array's end is looked for in what a user wrote only.
            options: dict[str, Any] = {"cache": built_in, "boundscheck": not built_in}
            known = numba.cfunc(signature, **options)(function)
        except (NumbaError, UnsupportedBytecodeError, NotImplementedError) as error:
            raise PolicyNotCompiledError(what, function.__name__, _reason(error)) from error
        _KNOWN[what, function] = known
    return known


def _reason(error: Exception) -> str:
    """The first line that says what is wrong."""
    plain = _COLOURS.sub("", str(error))
    if "function setitem" in plain and "readonly array" in plain:
        return "it changes an array that it is shown"
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("Failed in nopython mode")]
    return (told or lines or [type(error).__name__])[0].rstrip(".")
