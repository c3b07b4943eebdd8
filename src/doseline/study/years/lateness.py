"""What becomes of a dose that misses its slot: infused late, lost to the road, or expired.

As in an exactly planned week: a dose that comes late is infused on arrival, if that is before the
suite's last slot of the day ends and before the dose expires. It expires with its shelf life, or
when its activity leaves the product's tolerance, whichever is first. How late it is follows the
lanes of its way: each leg is late with its probability, by an exponential time, and does no harm if
that time is shorter than what is left. Delays of several legs do not add up, as in the probability
that a dose is on time (:func:`doseline.routes.options.build_options`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.simulate.pathway import Floats, Ints

_STEPS = 16
"""Parts of the time in which a late dose may be infused, for its mean activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """One entry a way."""

    usable: Floats
    """Probability that a dose is on time or infused late. [unitless]"""
    unexpired: Floats
    """Probability that it is there before it expires; no less. [unitless]"""
    activity_gbq: Floats
    """Mean activity of a dose that is infused late. [GBq]"""


def lateness_of(
    network: Network, options: Options, ways: pl.DataFrame, *, nuclides: NuclideTable
) -> Lateness:
    """What becomes of late doses.

    Args:
        network: Lanes and products.
        options: Itineraries and slots.
        ways: Of each way its row in ``Options.rows`` (option).
        nuclides: Half-lives.
    """
    rows = options.rows[ways["option"].cast(pl.Int64).to_list()]
    infuse, arrive = rows["infuse_ms"].to_numpy(), rows["arrive_ms"].to_numpy()
    expires_h, half_life_h = _expiry(network, rows, nuclides)
    last_ms = options.slots.select(last=pl.col("end_ms").max().over("suite", "day"))["last"]
    closes_h = (last_ms.to_numpy()[rows["slot"].to_numpy()] - infuse) / MS_PER_HOUR
    usable_h = np.minimum(closes_h, expires_h)
    legs, slack_h = _Legs.of(network, options, rows), (infuse - arrive) / MS_PER_HOUR

    def chance(more_h: Floats) -> Floats:
        """Share of the doses that miss their slot which are there so much later."""
        missed = 1.0 - legs.chance(slack_h)
        share = np.zeros(len(missed))
        later = legs.chance(slack_h + more_h) - legs.chance(slack_h)
        return np.divide(later, missed, out=share, where=missed > 0.0)

    on_time = rows["on_time"].to_numpy()
    usable = chance(usable_h)
    infused = rows["activity_infuse_bq"].to_numpy() / 1e9
    return Lateness(
        usable=on_time + (1.0 - on_time) * usable,
        unexpired=on_time + (1.0 - on_time) * np.maximum(usable, chance(expires_h)),
        activity_gbq=infused * _mean_left(chance, usable_h, half_life_h),
    )


@dataclass(frozen=True, slots=True)
class _Legs:
    """The legs of all ways, one entry a leg."""

    way: Ints
    late: Floats
    """Probability that the leg is late."""
    mean_h: Floats
    """Mean length of its delay. [h]"""
    ways: int

    @classmethod
    def of(cls, network: Network, options: Options, rows: pl.DataFrame) -> _Legs:
        """The legs of some rows of options."""
        taken = options.itineraries["leg_lane"][rows["itinerary"].cast(pl.Int64).to_list()]
        legs = pl.DataFrame({"way": np.arange(rows.height), "lane": taken}).explode("lane")
        legs = legs.drop_nulls("lane")
        lanes = network.frame("lanes")[legs["lane"].cast(pl.Int64).to_list()]
        mean_h = lanes["late_mean_h"].to_numpy().astype(np.float64)
        late = 1.0 - lanes["on_time_percent"].to_numpy() / 100.0
        # A delay of no length harms nobody.
        late = np.where(mean_h > 0.0, late, 0.0)
        return cls(legs["way"].to_numpy(), late, np.where(mean_h > 0.0, mean_h, 1.0), rows.height)

    def chance(self, slack_h: Floats) -> Floats:
        """Probability that no leg of a way is late by more than this. [unitless]"""
        each = 1.0 - self.late * np.exp(-np.maximum(slack_h, 0.0)[self.way] / self.mean_h)
        found = np.ones(self.ways)
        np.multiply.at(found, self.way, each)
        return found


def _expiry(network: Network, rows: pl.DataFrame, nuclides: NuclideTable) -> tuple[Floats, Floats]:
    """How long after its slot each dose expires, not less than nothing, and its half-life. [h]"""
    products = network.frame("products")[rows["product"].cast(pl.Int64).to_list()]
    half_life_h = np.array([nuclides[name].half_life_h for name in products["nuclide"]])
    left = 1.0 - products["tolerance_percent"].to_numpy() / 100.0
    within_h = -half_life_h * np.log2(np.maximum(left, np.finfo(float).tiny))
    age_h = (rows["infuse_ms"] - rows["ready_ms"]).to_numpy() / MS_PER_HOUR
    shelf_h = products["shelf_life_h"].to_numpy() - age_h
    return np.maximum(np.minimum(within_h, shelf_h), 0.0), half_life_h


def _mean_left(chance: Callable[[Floats], Floats], most_h: Floats, half_life_h: Floats) -> Floats:
    """Share of its activity that a dose has on average which is infused late. [unitless]"""
    whole, before, total = chance(most_h), np.zeros(len(most_h)), np.zeros(len(most_h))
    for step in range(_STEPS):
        until = chance(most_h * ((step + 1) / _STEPS))
        middle_h = most_h * ((step + 0.5) / _STEPS)
        total += (until - before) * 2.0 ** (-middle_h / half_life_h)
        before = until
    return np.divide(total, whole, out=np.ones(len(most_h)), where=whole > 0.0)
