"""One calibration of a network, from its targets to its posterior."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from doseline.study.calibrate.errors import CalibrateNotInstalledError
from doseline.study.calibrate.fit import fit
from doseline.study.calibrate.result import Calibrated
from doseline.study.calibrate.simulator import YearsSimulator
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.study.calibrate.fit import Effort
    from doseline.study.calibrate.simulator import Period
    from doseline.study.calibrate.targets import Targets


def calibrate(
    network: Network,
    targets: Targets,
    period: Period,
    effort: Effort,
    *,
    told: Callable[[str, int, int], None] | None = None,
) -> Calibrated:
    """Fit a network's unknowns to its targets.

    Args:
        network: The network.
        targets: Unknowns and targets.
        period: What is simulated.
        effort: How much of it.
        told: Told the stage, what is done and how much there is.

    Raises:
        CalibrateNotInstalledError: If emcee is missing.
        NotSimulatedError: If a target has no value in most simulations.
        VariantRangeError: If a factor moves a figure out of its range.
    """
    # Nobody should wait for simulations whose result cannot be sampled.
    if find_spec("emcee") is None:
        raise CalibrateNotInstalledError
    simulator = YearsSimulator(network, reference_for(network), targets, period)
    return Calibrated(
        network=network.settings.name,
        digest=network.digest,
        version=version("doseline"),
        targets=targets,
        period=period,
        effort=effort,
        fitted=fit(targets, simulator, effort, told=told),
    )
