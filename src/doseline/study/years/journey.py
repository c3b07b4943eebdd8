"""The stages of a patient's journey as the engine wants them, in the order of ``simulate.gates``.

Purposes are those of ``simulate.gates``, so that a patient draws the same numbers in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from doseline.model.ledger import LINKS
from doseline.simulate.engine.world import NOWHERE, PURPOSES, Journey, Law, Places, Stage, Stations

if TYPE_CHECKING:
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.gates import Access
    from doseline.simulate.pathway import Pathway


class _Step(NamedTuple):
    """One stage: its kind, the gate it is read from and the link it is booked to."""

    kind: Stage
    gate: str = ""
    link: str = ""
    limit: str = ""
    """Gate whose ``max_km`` holds."""
    standard: str = ""
    """Gate whose standard holds."""


_STEPS = (
    _Step(Stage.REACH, "reach", "out_of_reach", limit="reach"),
    _Step(Stage.DELAY, "referral", "not_referred", standard="referral"),
    _Step(Stage.STATION, "scanner_reach", "pet_slot", limit="scanner_reach", standard="imaging"),
    _Step(Stage.DELAY, "imaging", "pet_slot", standard="imaging"),
    _Step(Stage.POSITIVE, "positive"),
    _Step(Stage.DELAY, "board", "tumour_board", standard="board"),
    _Step(Stage.SITE, limit="reach"),
    _Step(Stage.CANNOT_PAY, link="cannot_pay"),
    _Step(Stage.AUTHORISE, link="authorisation_time"),
    _Step(Stage.DELAY, "scheduling", "patient_scheduling", standard="scheduling"),
    _Step(Stage.ORDER),
)

_STREAMS = ("", " delay/radius", " delay/angle")
"""What a gate's draws are called after its name: passing, and the two of its delay."""


def purposes() -> tuple[str, ...]:
    """Names of all streams of a network's world: those of every world, then those of stages."""
    return PURPOSES + tuple(f"{step.gate}{end}" for step in _STEPS for end in _STREAMS)


def journey_of(path: Pathway) -> Journey:
    """The stages of all products; shapes (product, stage).

    Args:
        path: Gates and delays.
    """
    products = len(path.interval_days)
    shape = products, len(_STEPS)
    passes, standard = np.ones((*shape, 2)), np.zeros(shape)
    first, second, max_km = np.zeros(shape), np.zeros(shape), np.full(shape, np.inf)
    for at, step in enumerate(_STEPS):
        if step.gate:
            passes[:, at] = path.passes[:, path.gate(step.gate)]
        if step.kind == Stage.DELAY:
            first[:, at] = path.median_days[:, path.gate(step.gate)]
            second[:, at] = path.sigma[:, path.gate(step.gate)]
        if step.limit:
            max_km[:, at] = path.max_km[:, path.gate(step.limit)]
        if step.standard:
            standard[:, at] = path.standard_days[:, path.gate(step.standard)]
    station = np.array([step.kind == Stage.STATION for step in _STEPS])
    each = np.arange(products)[:, None]
    streams = len(PURPOSES) + len(_STREAMS) * np.arange(len(_STEPS))

    def alike(values: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return np.tile(np.array(values, dtype=np.int64), (products, 1))

    return Journey(
        kind=alike([int(step.kind) for step in _STEPS]),
        link=alike([_link(step.link) for step in _STEPS]),
        law=np.full(shape, int(Law.LOGNORMAL), dtype=np.int64),
        first=first,
        second=second,
        passes=passes,
        standard=standard,
        places=np.where(station, each, NOWHERE),
        refused=alike([_link("no_scanner" if one else "") for one in station]),
        max_km=max_km,
        purpose=alike(streams.tolist()),
    )


def _link(name: str) -> int:
    """Number of a link; NOWHERE without a name."""
    return LINKS.index(name) if name else NOWHERE


def stations_of(access: Access) -> Stations:
    """Scanner rows as stations of one appointment at a time.

    Args:
        access: Scanners, their rates and the days from which their tracers may be used.
    """
    rate = access.scanner_rate_per_day
    scanners = len(rate)
    return Stations(
        servers=np.ones(scanners, dtype=np.int64),
        law=np.full(scanners, int(Law.FIXED), dtype=np.int64),
        first=1.0 / rate,
        second=np.zeros(scanners),
        slot=np.ones(scanners, dtype=np.bool_),
        most_waiting=np.full(scanners, NOWHERE, dtype=np.int64),
        # The last entry stands for no scanner.
        open_from=access.scanner_from[:scanners],
        catchments=tuple(places_of(one) for one in access.scanners),
    )


def places_of(catchment: Catchment) -> Places:
    """A catchment in the engine's words."""
    return Places(
        place=catchment.places.astype(np.int64),
        km=catchment.km.astype(np.float64),
        size=catchment.size.astype(np.float64),
    )
