"""Memory that one replication frees, for the next one."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Numbers of the parameters in malloc.h of glibc."""
_LARGEST_KEPT, _MOST_KEPT = 64 * 2**20, 512 * 2**20
"""The largest piece, and in all. [byte]"""


def keep_freed_memory() -> None:
    """Let this process keep what it frees, for its next replication.

    Otherwise the system takes it back, and a fifth of the time of a small replication goes to
    having it given again, emptied. Where there is no ``mallopt`` (glibc), nothing changes.
    """
    if sys.platform != "linux":
        return
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change is not None:
        change(_MMAP_THRESHOLD, _LARGEST_KEPT)
        change(_TRIM_THRESHOLD, _MOST_KEPT)
