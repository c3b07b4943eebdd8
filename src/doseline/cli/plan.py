"""``doseline plan``: the week's doses, planned exactly and kept in a folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import Words, emit, json_option, quiet_option, say, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.planned import PlannedWeek


def plan_argument(words: Words) -> Any:
    """The folder of a plan, the first argument of every command that reads one."""
    return typer.Argument(
        ..., metavar=words("cli.plan_metavar"), help=words("cli.plan_folder_help")
    )


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def plan(
        network: Path = network_argument(words),
        *,
        output: Path = typer.Option(
            ..., "-o", "--output", metavar="FOLDER", help=words("cli.plan_output_help")
        ),
        variant: str = variant_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.plan_screen import show_plan
        from doseline.io.tables import OutputFolder
        from doseline.study.papers import write_papers
        from doseline.study.planned import plan_network
        from doseline.study.reference import reference_for

        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        reference = reference_for(net)
        began = time.perf_counter()
        with OutputFolder(output) as fresh:
            with progress(words, quiet=quiet) as told:
                planned = plan_network(net, reference, progress=told)
            if not quiet:
                say(words("cli.writing", folder=output))
            write_papers(planned, reference, fresh, language=words.lang)
        if as_json:
            emit(answer(planned, output, seconds=time.perf_counter() - began))
        else:
            show_plan(planned, output, words)

    return plan


def answer(planned: PlannedWeek, folder: Path, *, seconds: float) -> dict[str, Any]:
    """What ``--json`` prints."""
    import polars as pl

    plan, settings = planned.plan, planned.network.settings
    left = plan.flows.filter(pl.col("line").is_null())
    instants = ("start", "ready", "release")
    batches = plan.batches.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in instants
    )
    return {
        "network": settings.name,
        "week": str(plan.week),
        "currency": settings.currency,
        "orders": plan.flows.height,
        "drawn": planned.drawn,
        "served": plan.flows.height - left.height,
        **proof_of(planned),
        "lost_by": dict(left.group_by("link").len().sort("link").iter_rows()),
        "batches": batches.to_dicts(),
        "unserved": left.select("order", "product", "site", "kind", "link", "reason").to_dicts(),
        "seconds": round(seconds, 3),
        "folder": str(folder),
    }


def proof_of(planned: PlannedWeek) -> dict[str, Any]:
    """How good a plan is proven to be."""
    plan = planned.plan
    names = ("objective", "bound", "gap", "cost", "gap_of_cost", "more_orders", "status")
    return {name: getattr(plan, name) for name in names}
