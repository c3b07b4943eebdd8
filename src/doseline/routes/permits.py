"""Who may make and treat on which day, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.supply import Licence, Line, Product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.routes.runs import Runs
    from doseline.routes.timetable import Bools, Ints

BQ_PER_GBQ = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """Licences to treat, by product, site and day from the week's Monday.

    One more day stands at the end for "on any of these days". Where a site holds several
    licences for a nuclide, one that is valid suffices and the largest possession limit counts.
    """

    licensed: Bools
    trained: Bools
    """Licensed, and the training that the licence names holds as well."""
    possession_bq: NDArray[np.float64]
    """Largest activity that may be there at once; infinite if none is stated. [Bq]"""


def permits(network: Network, *, week: date, days: int) -> Permits:
    """Licences to treat on each of some days from a Monday on."""
    nuclides = [product.nuclide for product in network.rows(Product)]
    sites = {name: row for row, name in enumerate(network.frame("sites")["site"])}
    shape = (len(nuclides), len(sites), days + 1)
    licensed, trained = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    possession_bq = np.zeros(shape)
    for licence in _of_operation(network, "treat"):
        if licence.holder not in sites:
            continue
        first = max(0, (licence.valid_from - week).days)
        end = min(days, (licence.valid_until - week).days + 1)
        taught = end
        if licence.training_until is not None:
            taught = min(end, (licence.training_until - week).days + 1)
        limit = np.inf if licence.possession_gbq is None else licence.possession_gbq * BQ_PER_GBQ
        for product, nuclide in enumerate(nuclides):
            if nuclide == licence.nuclide and first < end:
                at = (product, sites[licence.holder], slice(first, end))
                licensed[at] = True
                trained[at[0], at[1], first : max(first, taught)] = True
                possession_bq[at] = np.maximum(possession_bq[at], limit)
    licensed[:, :, days], trained[:, :, days] = licensed.any(axis=2), trained.any(axis=2)
    return Permits(licensed=licensed, trained=trained, possession_bq=possession_bq)


def may_make(network: Network, runs: Runs) -> Bools:
    """Whether the line of each batch slot is licensed to make it on the day synthesis starts."""
    lines = [line.line for line in network.rows(Line)]
    nuclides = [product.nuclide for product in network.rows(Product)]
    make = list(_of_operation(network, "make"))

    def permitted(line: str, nuclide: str, day: date) -> bool:
        return any(
            licence.holder == line
            and licence.nuclide == nuclide
            and licence.valid_from <= day <= licence.valid_until
            for licence in make
        )

    each: Iterator[tuple[int, int, date]] = zip(
        _numbers(runs.line), _numbers(runs.product), runs.days, strict=True
    )
    return np.array(
        [permitted(lines[line], nuclides[product], day) for line, product, day in each],
        dtype=np.bool_,
    )


def _numbers(values: Ints) -> list[int]:
    numbers: list[int] = values.tolist()
    return numbers


def _of_operation(network: Network, operation: str) -> Iterator[Licence]:
    return (one for one in network.rows(Licence) if one.operation == operation)
