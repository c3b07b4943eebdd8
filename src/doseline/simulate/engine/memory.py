"""Memory: rows that begin where the processor's lines do, and rows asked for ahead of their use."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

LINE = 64
"""Length of a line of the processor's cache, and of a row of people. [byte]"""


def rows(count: int, kind: np.dtype[Any]) -> Any:
    """A table of records of one line each, none of which lies in two lines."""
    memory = np.empty((count + 1) * LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + count * LINE].view(kind).view(np.recarray)


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
