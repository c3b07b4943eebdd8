"""``doseline replan``: a kept plan after something happened, changed as little as pays."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.plan import plan_argument, proof_of
from doseline.cli.screen import Words, emit, json_option, quiet_option, say

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from doseline.model.planned import PlannedWeek
    from doseline.model.replanned import Replanned

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
MOST_PRICE = 1e9
"""Highest price of a move: solvers count beyond it with rounding, or not at all. [currency]"""
_HIDDEN = ("unchanged", "waiting")
"""Orders to which nothing happened; ``--json`` counts them."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def replan(
        plan: Path = plan_argument(words),
        *,
        event: list[str] = typer.Option(
            [], "--event", metavar="EVENT", help=words("cli.replan_event_help")
        ),
        at: str = typer.Option(..., "--at", metavar="INSTANT", help=words("cli.replan_at_help")),
        output: Path = typer.Option(
            ..., "-o", "--output", metavar="FOLDER", help=words("cli.replan_output_help")
        ),
        move_price: float | None = typer.Option(
            None,
            "--move-price",
            min=0.0,
            max=MOST_PRICE,
            metavar="AMOUNT",
            help=words("cli.replan_price_help"),
        ),
        most_moves: int | None = typer.Option(
            None, "--most-moves", min=0, metavar="N", help=words("cli.replan_most_help")
        ),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.replan_screen import show_folder, show_replan
        from doseline.io.plans import read_plan
        from doseline.io.tables import OutputFolder
        from doseline.model.events import read_events
        from doseline.study.reference import reference_for
        from doseline.study.replanned import replan_week

        began = time.perf_counter()
        events, instant = read_events(event, at)
        before = read_plan(plan)
        reference = reference_for(before.network)
        with OutputFolder(output) as fresh:
            planned, found = replan_week(
                before, reference, events, at=instant, move_price=move_price, most_moves=most_moves
            )
            if not as_json:
                # What to do is told before the pages are made, which takes as long again. Who
                # reads no more of it still wants the plan.
                with contextlib.suppress(BrokenPipeError):
                    show_replan(planned, found, words)
                    sys.stdout.flush()
            if not quiet:
                say(words("cli.writing", folder=output))
            from doseline.study.papers import write_replan_papers

            write_replan_papers(
                found, before, planned, reference, fresh, language=words.lang, folder=plan
            )
        if as_json:
            emit(answer(planned, found, output, seconds=time.perf_counter() - began))
        else:
            show_folder(found, output, words)

    return replan


def answer(
    planned: PlannedWeek, found: Replanned, folder: Path, *, seconds: float
) -> dict[str, Any]:
    """What ``--json`` prints."""
    settings = planned.network.settings
    return {
        "network": settings.name,
        "week": str(found.plan.week),
        "currency": settings.currency,
        "at": f"{found.at:{_INSTANT}}",
        "events": [str(one) for one in found.events],
        "orders": found.changes.height,
        "served_before": found.served_before,
        "served": found.served_after,
        "counts": found.counts,
        "others_moved": found.others_moved,
        "most_moves": found.most_moves,
        "move_price": found.move_price,
        "adjust_price": found.adjust_price,
        "move_total": found.move_total,
        "cost_before": found.cost_before,
        "written_off": found.plan.written_off,
        "penalty_before": found.penalty_before,
        "penalty": found.penalty_after,
        "fees": float(found.changes["fee"].sum()),
        **proof_of(planned),
        "changes": _told(found.changes),
        "vials": found.vials.to_dicts(),
        "seconds": round(seconds, 3),
        "folder": str(folder),
    }


def _told(changes: pl.DataFrame) -> list[dict[str, Any]]:
    """The orders to which something happened, instants and days as text, parts as a list."""
    import polars as pl

    changed = changes.filter(~pl.col("change").is_in(_HIDDEN))
    return changed.with_columns(
        pl.col(pl.Datetime("ms", "UTC")).dt.strftime(_INSTANT),
        pl.col(pl.Date).cast(pl.String),
        pl.col("what").str.split(" ").list.filter(pl.element() != ""),
    ).to_dicts()
