"""Tiny weeks in which batches fail and doses are late, tried out failure by failure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from tests.plan.oracle import Choice, TinyWeek
from tests.plan.oracle_penalty import weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doseline.model.network import Network
    from doseline.model.options import Options

FAILS = (0.0, 2.0, 10.0, 40.0)
ON_TIME = (0.5, 0.9, 0.97, 1.0)


def risky(network: Network, options: Options, seed: int) -> tuple[Network, Options]:
    """The same week with other chances."""
    rng = np.random.default_rng((seed, 7))
    batches = network.frame("batches")
    fails = pl.Series("failure_percent", rng.choice(FAILS, size=batches.height))
    on_time = pl.Series("on_time", rng.choice(ON_TIME, size=options.rows.height))
    return (
        network.replace(batches=batches.with_columns(fails)),
        replace(options, rows=options.rows.with_columns(on_time)),
    )


@dataclass(frozen=True, kw_only=True)
class HedgedWeek(TinyWeek):
    """A week whose objective counts, beside cost and penalties, doses that are not in time."""

    worth: float = 0.0
    """Of a new start's dose in time. [currency]"""
    failures: int | None = None
    """Batches that fail in the worst case; None: what is expected counts."""

    def cost(self, taken: Sequence[Choice | None]) -> float:
        """Objective of a plan with its hedge [currency]; infinite if it breaks a limit."""
        plain = super().cost(taken)
        if plain == np.inf:
            return plain
        loss = self.expected(taken) if self.failures is None else self.worst(taken, self.failures)
        return plain + self.worth * loss

    @cached_property
    def weight(self) -> dict[str, float]:
        """How much more each order is worth than a new start. [unitless]"""
        return weights(self)

    def expected(self, taken: Sequence[Choice | None]) -> float:
        """Weighted doses not in time, over every pattern of failures and delays."""
        return sum(
            chance * sum(self.weight[name] for name, good in ended.items() if not good)
            for chance, ended in self.patterns(taken)
        )

    def worst(self, taken: Sequence[Choice | None], failures: int) -> float:
        """Weighted doses lost in the worst set of failures, beside those that may be late."""
        runs = {one.run for one in taken if one is not None}
        lost = max(
            sum(
                self.weight[order.order]
                for order, one in zip(self.orders, taken, strict=True)
                if one is not None and one.run in failed
            )
            for size in range(min(failures, len(runs)) + 1)
            for failed in combinations(sorted(runs), size)
        )
        rest = sum(
            self.weight[order.order] * (1.0 if one is None else 1.0 - self.on_time(one))
            for order, one in zip(self.orders, taken, strict=True)
        )
        return lost + rest

    def patterns(self, taken: Sequence[Choice | None]) -> Iterator[tuple[float, dict[str, bool]]]:
        """Every pattern of failed runs and late doses: probability, and which orders are in time."""
        runs = sorted({one.run for one in taken if one is not None})
        names = [order.order for order in self.orders]
        made = [at for at, one in enumerate(taken) if one is not None]
        for failed in product((False, True), repeat=len(runs)):
            of_run = dict(zip(runs, failed, strict=True))
            chance = 1.0
            for run in runs:
                fails = self.batches[run[0]].failure_percent / 100.0
                chance *= fails if of_run[run] else 1.0 - fails
            for late in product((False, True), repeat=len(made)):
                ended, each = dict.fromkeys(names, False), chance
                for at, is_late in zip(made, late, strict=True):
                    one = taken[at]
                    assert one is not None
                    each *= 1.0 - self.on_time(one) if is_late else self.on_time(one)
                    ended[names[at]] = not (is_late or of_run[one.run])
                yield each, ended

    def on_time(self, choice: Choice) -> float:
        """Probability that a dose arrives before its slot. [unitless]"""
        return float(self.options.rows["on_time"][choice.row])


@dataclass(frozen=True, kw_only=True)
class PromisedWeek(HedgedWeek):
    """A week of which only plans count that keep a promise."""

    doses: int
    probability: float

    def cost(self, taken: Sequence[Choice | None]) -> float:
        """Cost and penalties of a plan [currency]; infinite if it breaks a limit or the promise."""
        kept = sum(
            chance for chance, ended in self.patterns(taken) if sum(ended.values()) >= self.doses
        )
        return super().cost(taken) if kept >= self.probability - 1e-9 else np.inf
