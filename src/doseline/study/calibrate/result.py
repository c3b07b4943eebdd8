"""What a calibration tells, as tables: unknowns, targets, draws, and variants for uncertainty runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.study.calibrate.design import at_shares
from doseline.study.calibrate.fit import thinned
from doseline.study.calibrate.targets import Z90

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats
    from doseline.study.calibrate.fit import Effort, Fitted
    from doseline.study.calibrate.simulator import Period
    from doseline.study.calibrate.targets import Targets

KEPT_DRAWS = 1000
"""Draws of the posterior that are stored."""
VARIANT = "posterior-"
"""Start of the name of each variant that is a draw."""
_PRIOR_POINTS = 2000
_EDGE = 0.01
"""Share of a prior, at each end, that is its edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A calibration, with all that is needed to do it again."""

    network: str
    digest: str
    """Of the network that was calibrated."""
    version: str
    """Of the program."""
    targets: Targets
    period: Period
    effort: Effort
    fitted: Fitted

    def unknowns(self) -> pl.DataFrame:
        """Factors before and after: 5 %, 50 % and 95 % of prior and posterior.

        ``learned`` is by how much the spread is narrower, on the prior's own scale; ``at_edge`` is
        whether the posterior's median lies in the last hundredth of the prior.
        """
        unknowns = self.targets.unknowns
        share = (np.arange(_PRIOR_POINTS) + 0.5) / _PRIOR_POINTS
        every = np.repeat(share[:, None], len(unknowns), axis=1)
        draws = self.fitted.draws.at
        before = at_shares(unknowns, every)
        prior, after = self.targets.factors(before), self.targets.factors(draws)
        rows = []
        for at, one in enumerate(unknowns):
            beyond = float(at_shares((one,), np.array([[_EDGE]]))[0, 0])
            rows.append(
                {
                    "name": one.name,
                    "factor": one.factor,
                    "prior": one.prior,
                    **_ends("prior", prior[:, at]),
                    **_ends("posterior", after[:, at]),
                    "learned": 1.0 - float(draws[:, at].std() / before[:, at].std()),
                    "at_edge": bool(abs(np.median(draws[:, at])) > abs(beyond)),
                    "source": one.source,
                }
            )
        return pl.DataFrame(rows)

    def met(self) -> pl.DataFrame:
        """Each target beside what the posterior's own simulations give, fitted ones first.

        ``off`` is the difference in standard errors of figure and simulations together; ``met``
        is whether it is within the 90 % range.
        """
        fitted, rows = self.fitted, []
        for at, one in enumerate(self.targets.targets):
            told = fitted.checked[:, at]
            told = told[np.isfinite(told)]
            spread = float(told.std(ddof=1)) if len(told) > 1 else 0.0
            middle = float(told.mean()) if len(told) else np.nan
            low, high = np.quantile(told, [0.05, 0.95]) if len(told) else (np.nan, np.nan)
            off = (middle - one.value) / float(np.hypot(one.error, spread))
            rows.append(
                {
                    "name": one.name,
                    "what": one.what,
                    "product": one.product,
                    "links": ", ".join(one.links),
                    "use": one.use,
                    "value": one.value,
                    "error": one.error,
                    "simulated": middle,
                    "low": float(low),
                    "high": float(high),
                    "off": off,
                    "met": bool(abs(off) <= Z90),
                    "emulator_error": float(fitted.emulator.error[at]),
                    "emulator_miss": float(fitted.emulator_misses[at]),
                    "explained": float(fitted.emulator.explained[at]),
                    "source": one.source,
                }
            )
        schema: Any = {"product": pl.String}
        return pl.DataFrame(rows, schema_overrides=schema).sort("use", maintain_order=True)

    def draws(self) -> pl.DataFrame:
        """Draws of the posterior: number, and the factor of each unknown by its name."""
        chosen = thinned(self.fitted.draws, KEPT_DRAWS, seed=self.effort.seed)
        return _named(self.targets, self.targets.factors(chosen)).with_row_index("draw")

    def simulated(self) -> pl.DataFrame:
        """The points that were simulated: factors, and the value of each target."""
        factors = self.targets.factors(self.fitted.points)
        names = [one.name for one in self.targets.targets]
        values = pl.DataFrame(dict(zip(names, self.fitted.values.T, strict=True)))
        return pl.concat(
            [_named(self.targets, factors), values.rename({n: f"target: {n}" for n in names})],
            how="horizontal",
        )


def variants_of(
    draws: pl.DataFrame, factor_of: dict[str, str], count: int
) -> dict[str, dict[str, float]]:
    """The first draws as variants of the network, by name: for runs that carry what is unknown.

    Args:
        draws: Factors by name of the unknown (:meth:`Calibrated.draws`, or as stored).
        factor_of: ``table.column`` by name of the unknown.
        count: Variants wanted.
    """
    width = len(str(count))
    rows = draws.select(list(factor_of)).head(count).iter_rows()
    return {
        f"{VARIANT}{number:0{width}d}": dict(zip(factor_of.values(), row, strict=True))
        for number, row in enumerate(rows, start=1)
    }


def _named(targets: Targets, factors: Floats) -> pl.DataFrame:
    return pl.DataFrame({one.name: factors[:, at] for at, one in enumerate(targets.unknowns)})


def _ends(name: str, values: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {
        f"{name}_low": float(low),
        f"{name}_median": float(middle),
        f"{name}_high": float(high),
    }
