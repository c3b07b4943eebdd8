"""First come, first served at many counters at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from doseline.simulate.pathway import Floats, Ints


def fifo_starts(requested: Floats, counter: Ints, rate_per_day: Floats) -> Floats:
    """When each request is served, if each counter serves at a fixed rate in order of request.

    The k-th start at a counter of rate c is ``max over j <= k of (requested_j + (k - j) / c)``,
    the Lindley recursion of a G/D/1 queue, computed for all counters by one running maximum.

    Args:
        requested: Times of request, shape (n,). [d]
        counter: Counter of each request, shape (n,).
        rate_per_day: Rate of each counter, all positive, shape (counters,). [1/d]

    Returns:
        Start of service, shape (n,). [d]
    """
    order = np.lexsort((requested, counter))
    at = counter[order]
    first = np.flatnonzero(np.r_[True, at[1:] != at[:-1]]) if len(at) else np.zeros(0, np.int64)
    rank = np.arange(len(at)) - np.repeat(first, np.diff(np.r_[first, len(at)]))
    lag = rank / rate_per_day[at]
    ahead = requested[order] - lag
    span = float(np.ptp(ahead)) + 1.0 if len(ahead) else 1.0
    climbing = np.maximum.accumulate(ahead + at * span)
    starts = np.empty_like(requested)
    starts[order] = climbing - at * span + lag
    return np.maximum(starts, requested)
