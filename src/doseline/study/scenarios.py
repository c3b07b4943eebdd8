"""Scenarios of one network run under the same seeds, here or in worker processes.

A scenario is the network with some links relaxed or one input worsened. Its random numbers are
those of the base (common random numbers), and its result does not depend on who computes it.
"""

from __future__ import annotations

import dataclasses
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import numpy as np

from doseline.errors import DoselineError
from doseline.simulate.pathway import pathway
from doseline.study.effects import INPUTS
from doseline.study.handed import handed
from doseline.study.prepare import prepare, taking_part
from doseline.study.reference import reference_for
from doseline.study.relax import relaxed
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doseline.model.network import Network
    from doseline.rules import Change
    from doseline.study.handed import Handed
    from doseline.study.prepare import Prepared
    from doseline.study.relax import Where
    from doseline.study.replicate import Replication

_LIGHT = {
    *("pathways", "incidence", "payers", "payer_mix", "costs", "continuation", "commitments"),
    *("ordering_cutoffs", "scanners", "tracers", "tracer_supply"),
    *("products.exit_median_days", "products.continue_percent"),
    *("products.price", "products.discount_price"),
    *("products.in_time_days", "products.order_lead_days", "batches.failure_percent"),
}
"""Tables and columns that do nothing to delivery options, catchments of sites or weekly limits."""

_PAID = {
    *("pathways", "incidence", "payers", "payer_mix", "costs", "continuation"),
    *("products.continue_percent", "products.price", "products.discount_price"),
}
"""Of those, what may let other sites take part."""


class WorkerLostError(DoselineError):
    """A worker process ended before its work was done."""

    def __init__(self) -> None:
        super().__init__(
            "A worker process ended before its work was done: it was killed, or memory ran out. "
            "Nothing was written. Try again, with fewer workers."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What differs from the base, and the seeds to run."""

    name: str
    seeds: tuple[int, ...]
    links: tuple[str, ...] = ()
    """Links relaxed by their unit."""
    worsened: str = ""
    """Input that is worsened, by its name in :data:`doseline.study.effects.INPUTS`."""


def scenario_network(network: Network, where: Where, scenario: Scenario) -> Network:
    """The network of a scenario."""
    network = relaxed(network, where, *scenario.links)
    for one in INPUTS:
        if one.name == scenario.worsened:
            network = one.moved(network)
    return network


def run_scenario(base: Prepared, where: Where, scenario: Scenario) -> list[Replication]:
    """The replications of a scenario, in the order of its seeds."""
    network = scenario_network(base.network, where, scenario)
    prepared = base
    if network is not base.network:
        prepared = prepared_again(base, network)
    return [replicate(prepared, seed=seed) for seed in scenario.seeds]


def prepared_again(base: Prepared, network: Network) -> Prepared:
    """Prepare as little as a network changes against one that is prepared."""
    changed = changed_columns(base.network, network)
    if _beyond(changed, _LIGHT) or "pathways.max_km" in changed:
        return prepare(network, base.reference)
    if len(_beyond(changed, _PAID)) == len(changed):
        return base.light(network)
    terms, now = taking_part(network, base.reference, pathway(network), base.access.sites)
    if not np.array_equal(now.offers, base.participation.offers):
        return prepare(network, base.reference)
    return dataclasses.replace(base.light(network), terms=terms, participation=now)


def changed_columns(one: Network, other: Network) -> set[str]:
    """Columns, as ``table.column``, in which two networks differ."""
    found = set()
    for table, frame in one.frames.items():
        new = other.frame(table)
        if frame is not new:
            alike = frame.height == new.height
            found |= {
                f"{table}.{column}"
                for column in frame.columns
                if not (alike and frame[column].equals(new[column]))
            }
    return found


def _beyond(changed: set[str], known: set[str]) -> set[str]:
    """The changed columns that neither stand in a set nor their tables."""
    return {column for column in changed if not {column, column.split(".")[0]} & known}


def run_all(
    base: Prepared, where: Where, scenarios: Sequence[Scenario], *, workers: int
) -> Iterator[list[Replication]]:
    """The results of scenarios in their order, over so many processes; 1 stays in this one."""
    if workers <= 1 or len(scenarios) <= 1:
        for scenario in scenarios:
            yield run_scenario(base, where, scenario)
        return
    with handed(base.network) as network:
        changes = base.reference.changes
        yield from _pooled(network, where, scenarios, workers=workers, changes=changes)


def _pooled(
    network: Handed[Network],
    where: Where,
    scenarios: Sequence[Scenario],
    *,
    workers: int,
    changes: tuple[Change, ...],
) -> Iterator[list[Replication]]:
    """The results of scenarios in their order, from worker processes."""
    others = set(active_children())
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start,
        initargs=(network, where, changes),
    )
    try:
        with _interrupts_held(), _endings_held():
            results = pool.map(_work, scenarios)
        yield from results
    except BaseException as error:
        # Nobody waits for what the workers still do; and of a pool that broke while it started
        # them, those that came last do not know.
        for worker in set(active_children()) - others:
            worker.terminate()
        if isinstance(error, BrokenProcessPool):
            raise WorkerLostError from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started herein never see Ctrl-C: it is for this process to end them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _endings_held() -> Iterator[None]:
    """A request to end waits until this is left: no process is left half started and unknown.

    It is held by handlers: a mask holds a signal for one thread only, and is inherited.
    """
    if current_thread() is not main_thread():
        yield
        return
    asked: list[int] = []
    before = {
        number: signal.signal(number, lambda one, _: asked.append(one))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


_DESK: list[tuple[Prepared, Where]] = []
"""What a worker process has prepared; empty in every other process."""


def _start(network: Handed[Network], where: Where, changes: tuple[Change, ...]) -> None:
    base = network.content()
    _DESK[:] = [(prepare(base, reference_for(base, changes)), where)]


def _work(scenario: Scenario) -> list[Replication]:
    ((base, where),) = _DESK
    return run_scenario(base, where, scenario)
