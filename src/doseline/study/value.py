"""The value of every link of a network, alone and with everything downstream relaxed as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.nearest import nearest
from doseline.study.exact import ExactWeek
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.relax import BY_LINK
from doseline.study.replicate import replicate
from doseline.study.scenarios import Scenario, run_all
from doseline.study.values import value_frame, value_scenarios, where_it_binds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from doseline.model.network import Network


class UnknownLinkError(BadInputError):
    """A link is asked for that the ledger does not have."""

    def __init__(self, link: str) -> None:
        self.link = link
        self.known = tuple(BY_LINK)
        self.nearest = nearest(link, self.known)
        super().__init__(f"The ledger has no link '{link}'. Choose among: {', '.join(BY_LINK)}.")


FEWEST_PAIRS = 2
"""Pairs of seeds below which there is no interval."""


class TooFewPairsError(BadInputError):
    """Too few pairs of seeds are asked for."""

    def __init__(self, pairs: int) -> None:
        self.pairs = pairs
        super().__init__(
            f"{pairs} pairs of seeds give no interval. Ask for {FEWEST_PAIRS} or more."
        )


def value_of_links(
    network: Network,
    *,
    links: Sequence[str] = (),
    pairs: int = 4,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> pl.DataFrame:
    """What one unit more of each link is worth, columns of ``values.VALUE_SCHEMA``.

    Args:
        network: A checked network.
        links: The links asked for; all, if none is named.
        pairs: Seeds under which each link is relaxed and compared with the base.
        workers: Processes; the result is the same for any number.
        progress: Told of each step.

    Raises:
        UnknownLinkError: If the ledger has no such link.
        TooFewPairsError: If there are fewer than two pairs.
    """
    for link in links:
        if link not in BY_LINK:
            raise UnknownLinkError(link)
    if pairs < FEWEST_PAIRS:
        raise TooFewPairsError(pairs)
    asked = list(links) or list(BY_LINK)
    told = progress or _untold
    steps = 2 + pairs * (1 + 2 * len(asked))
    base = prepare(network, reference_for(network))
    told("stage_prepared", 1, steps)
    exact = ExactWeek(prepared=base, seed=network.settings.seed)
    first = replicate(base, seed=network.settings.seed, exact=exact)
    where = where_it_binds(base, first, exact.result()[0])
    told("stage_planned", 2, steps)
    seeds = tuple(network.settings.seed + step for step in range(pairs))
    scenarios = [
        Scenario(name="base", seeds=seeds),
        *value_scenarios(asked, seeds, downstream=True),
    ]
    results = []
    for result in run_all(base, where, scenarios, workers=workers):
        results.append(result)
        told("stage_scenarios", 2 + pairs * len(results), steps)
    return value_frame(asked, results[0], results[1:], where)


def _untold(stage: str, done: int, steps: int) -> None:
    """Nobody listens."""
