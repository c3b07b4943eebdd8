"""Memory: rows that begin where the processor's lines do, and rows asked for ahead of their use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

if TYPE_CHECKING:
    import numpy.typing as npt

LINE = 64
"""Length of a line of the processor's cache. [byte]"""

AHEAD = 16
"""Rows between asking for one and using it."""


def table(records: npt.NDArray[Any]) -> Any:
    """Records whose fields are read by their names: compiled code does so with any array's."""
    return records.view(np.recarray) if config.DISABLE_JIT else records  # type: ignore[attr-defined]


def rows(count: int, kind: np.dtype[Any]) -> Any:
    """A table of records that begins where a line begins."""
    return table(_from_a_line(np.empty(count * kind.itemsize + LINE, np.uint8)).view(kind))


def zeros(count: int, width: int) -> npt.NDArray[np.float64]:
    """Rows of so many zeros, the first of which begins where a line begins."""
    number = np.dtype(np.float64)
    memory = _from_a_line(np.zeros(count * width * number.itemsize + LINE, np.uint8))
    return memory.view(number).reshape(count, width)


def none(shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Counts of nothing yet."""
    return np.zeros(shape, dtype=np.int64)


def _from_a_line(memory: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """All but a line's length of memory."""
    start = -memory.ctypes.data % LINE
    return memory[start : start + len(memory) - LINE]


def _fetch(_context: Any, table: Any, _row: Any, _byte: Any) -> tuple[Any, Any]:
    """Machine code that asks for a byte of a row, and does not wait for it."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, given[0])
        stride = cgutils.unpack_tuple(builder, array.strides)[0]  # type: ignore[no-untyped-call]
        place, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        offset = builder.add(builder.mul(given[1], stride), given[2])
        at = builder.gep(builder.bitcast(array.data, place), [offset])
        kind = ir.FunctionType(ir.VoidType(), [place, number, number, number])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [place], kind)
        # To be read, to be kept near, data.
        builder.call(ask, [at, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp), generate


def _nothing(_table: Any, _row: int, _byte: int) -> None:
    """Without a compiler there is nothing to ask for."""


fetch: Any = _nothing if config.DISABLE_JIT else intrinsic(_fetch)  # type: ignore[attr-defined]
"""``fetch(table, row, byte)`` asks for a byte of a row that is used soon: memory answers while other
rows are worked on."""
