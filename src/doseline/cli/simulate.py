"""``doseline simulate``: years of patients and doses, replicated until they are known."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import (
    Words,
    emit,
    json_option,
    quiet_option,
    say,
    variant_option,
    workers_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from doseline.study.replications.executors import Executor
    from doseline.study.replications.job import Task
    from doseline.study.replications.scenario import YearsScenario

_YEARS, _MOST_YEARS = 10.0, 50.0
_MOST_WEEKS = 520
_REPLICATIONS, _MOST_REPLICATIONS = 20, 10_000
_MOST_SEED = 2**62


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def simulate(
        network: Path = network_argument(words),
        *,
        years: float = typer.Option(
            _YEARS,
            "--years",
            min=0.1,
            max=_MOST_YEARS,
            metavar="N",
            help=words("cli.simulate_years_help"),
        ),
        warm_up: int | None = typer.Option(
            None,
            "--warm-up",
            min=0,
            max=_MOST_WEEKS,
            metavar="WEEKS",
            help=words("cli.simulate_warm_up_help"),
        ),
        replications: int = typer.Option(
            _REPLICATIONS,
            "--replications",
            min=1,
            max=_MOST_REPLICATIONS,
            metavar="N",
            help=words("cli.simulate_replications_help"),
        ),
        precision: float | None = typer.Option(
            None,
            "--precision",
            min=0.01,
            max=50.0,
            metavar="POINTS",
            help=words("cli.simulate_precision_help"),
        ),
        seed: int | None = typer.Option(
            None,
            "--seed",
            min=0,
            max=_MOST_SEED,
            metavar="N",
            help=words("cli.simulate_seed_help"),
        ),
        variant: str = variant_option(words),
        what_if: Path | None = typer.Option(
            None, "--what-if", metavar="FILE", help=words("cli.rules_what_if_help")
        ),
        site_choice: str = _text(words, "site-choice", "gravity"),
        scanner_choice: str = _text(words, "scanner-choice", "gravity"),
        priority: str = _text(words, "priority", "continuing-first"),
        ordering: str = _text(words, "ordering", "at-once"),
        batch: str = _text(words, "batch", "every"),
        reserved_for_new: float = _percent(words, "reserved-for-new"),
        overbook: float = _percent(words, "overbook"),
        swap: bool = typer.Option(False, "--swap", help=words("cli.simulate_swap_help")),
        scenario: list[str] = typer.Option(
            [],
            "--scenario",
            metavar="NAME:KEY=VALUE,...",
            help=words("cli.simulate_scenario_help"),
        ),
        engine: str = _text(words, "engine", "compiled"),
        workers: int = workers_option(words),
        cluster: str = typer.Option(
            "", "--cluster", metavar="ADDRESS", help=words("cli.simulate_cluster_help")
        ),
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FOLDER", help=words("cli.simulate_output_help")
        ),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.simulate_screen import show_simulated
        from doseline.io.simulated import simulated_summary, write_simulated
        from doseline.study.replications.scenario import base_scenario
        from doseline.study.replications.simulate import ENGINES, Period, simulate_years
        from doseline.study.replications.sweep import Asked

        if engine not in ENGINES:
            raise UsageError(words("cli.simulate_no_engine", engine=engine))
        options = {
            "site-choice": site_choice,
            "scanner-choice": scanner_choice,
            "priority": priority,
            "ordering": ordering,
            "batch": batch,
            "reserved-for-new": str(reserved_for_new),
            "overbook": str(overbook),
            "swap": "yes" if swap else "no",
        }
        base = base_scenario(variant, what_if, options)
        scenarios = _scenarios(base, scenario, words)
        executor = _executor(workers, cluster, words)
        net = read(network, words, as_json=as_json, quiet=quiet)
        asked = Asked(
            seed=net.settings.seed if seed is None else seed,
            replications=replications,
            precision=precision,
        )
        with _store(output, words, quiet=quiet) as store:
            with progress(words, quiet=quiet, begins="stage_simulate") as told:
                found, swept = simulate_years(
                    net,
                    scenarios,
                    Period(years=years, warm_up_weeks=warm_up),
                    asked,
                    store=store,
                    executor=executor,
                    engine=engine,
                    progress=told,
                )
            page = None
            if output is not None:
                page = write_simulated(
                    net, found, output, store=store, names=swept.names, language=words.lang
                )
        if as_json:
            emit({**simulated_summary(net, found), "page": None if page is None else str(page)})
        else:
            show_simulated(net, found, page, words)

    return simulate


def _scenarios(base: YearsScenario, others: Sequence[str], words: Words) -> list[YearsScenario]:
    """The base, and the others by their texts."""
    from doseline.study.replications.scenario import scenario_from

    found = [base, *(scenario_from(one, base) for one in others)]
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(words("cli.simulate_twice", name=name))
    return found


@contextmanager
def _store(output: Path | None, words: Words, *, quiet: bool) -> Iterator[Any]:
    """Where finished replications are kept; said if it is stopped before the end."""
    from doseline.io.replications import Store, only_store
    from doseline.io.tables import UnwritableFolderError
    from doseline.study.replications.cluster import ClusterLostError
    from doseline.study.replications.executors import WorkersDieError

    cut_short = UnwritableFolderError, WorkersDieError, ClusterLostError

    if output is None:
        with tempfile.TemporaryDirectory(prefix="doseline-") as folder:
            yield Store(Path(folder))
        return
    with only_store(output) as store:
        try:
            yield store
        except (KeyboardInterrupt, SystemExit, *cut_short):
            if store.holds and not quiet:
                say(words("cli.simulate_kept", folder=output))
            raise


def _executor(workers: int, cluster: str, words: Words) -> Executor:
    from doseline.study.replications.executors import InProcess, Processes

    if cluster:
        from doseline.study.replications.cluster import Cluster

        def alone(address: str) -> None:
            say(words("cli.simulate_alone", address=address))

        found = Cluster(cluster, alone)
        found.reach()
        return found
    if workers == 1:
        return InProcess()

    def redone(task: Task) -> None:
        say(words("cli.simulate_redone", count=len(task.seeds), first=task.seeds[0]))

    return Processes(workers, redone)


def _text(words: Words, name: str, default: str) -> Any:
    about = words(f"cli.simulate_{name.replace('-', '_')}_help")
    return typer.Option(default, f"--{name}", metavar="NAME", help=about)


def _percent(words: Words, name: str) -> Any:
    about = words(f"cli.simulate_{name.replace('-', '_')}_help")
    return typer.Option(0.0, f"--{name}", min=0.0, max=100.0, metavar="PERCENT", help=about)
