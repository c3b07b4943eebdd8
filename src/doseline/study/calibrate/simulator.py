"""A network's years as a simulator: factors on its columns, then one replication."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from doseline.model.variants import apply_variant
from doseline.simulate.engine.freed import keep_freed_memory
from doseline.simulate.engine.run import simulate
from doseline.study.calibrate.measures import measured
from doseline.study.prepare import prepare
from doseline.study.scenarios import prepared_again
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import scaled, world_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Network
    from doseline.simulate.engine.world import Floats
    from doseline.study.calibrate.targets import Targets
    from doseline.study.reference import Reference
    from doseline.study.years.world import Years

_NAME = "calibrated"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is simulated of a network."""

    years: float
    """From the start of the cohort. [year]"""
    warm_up_weeks: int | None = None
    """None: as the network says."""
    scale: float = 1.0
    """Size of what is simulated: incidence, slots, batches, isotope and rooms alike. [unitless]"""


class YearsSimulator:
    """Values of targets from a network's years; keeps the world of the last factors."""

    def __init__(
        self, network: Network, reference: Reference, targets: Targets, period: Period
    ) -> None:
        self._base = prepare(network, reference)
        self._targets, self._period = targets, period
        self._last: tuple[tuple[float, ...], Years] | None = None
        keep_freed_memory()

    def __call__(self, factors: Floats, seed: int) -> Floats:
        """Simulate once.

        Args:
            factors: One for each unknown. [unitless]
            seed: Seed of the replication.

        Raises:
            VariantRangeError: If a factor moves a figure out of its range.
        """
        years = self._years(tuple(factors.tolist()))
        arrivals = arrivals_of(years, seed=seed, scale=self._period.scale)
        outcome = simulate(years.world, arrivals, seed=seed)
        return measured(
            years, arrivals, outcome, self._targets.targets, seed=seed, scale=self._period.scale
        )

    def _years(self, factors: tuple[float, ...]) -> Years:
        if self._last is None or self._last[0] != factors:
            named = dict(zip((one.factor for one in self._targets.unknowns), factors, strict=True))
            network = apply_variant(with_variants(self._base.network, {_NAME: named}), _NAME)
            prepared = prepared_again(self._base, network)
            period = self._period
            years = world_of(prepared, years=period.years, warm_up_weeks=period.warm_up_weeks)
            self._last = factors, years if period.scale == 1.0 else scaled(years, period.scale)
        return self._last[1]


def with_variants(network: Network, variants: Mapping[str, Mapping[str, float]]) -> Network:
    """The network with more variants; its figures and its digest stay as they are."""
    more = {**network.settings.variants, **variants}
    return dataclasses.replace(
        network, settings=dataclasses.replace(network.settings, variants=more)
    )
