"""``doseline tours``: the tours of a plan's own vehicles, and what a carrier does better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.plan import plan_argument
from doseline.cli.screen import Words, emit, json_option, quiet_option, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.planned import PlannedWeek
    from doseline.plan.tours.alternate import Alternated


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def tours(
        plan: Path = plan_argument(words),
        *,
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FOLDER", help=words("cli.tours_output_help")
        ),
        rounds: int = typer.Option(
            2, "--rounds", min=0, max=20, metavar="N", help=words("cli.tours_rounds_help")
        ),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.tours_screen import show_tours
        from doseline.io.plans import read_plan
        from doseline.study.fleet import toured_week, write_toured

        planned = read_plan(plan)
        if not quiet:
            say(words("cli.tours_searching"))
        found = toured_week(planned, rounds=rounds)
        if output is not None:
            write_toured(planned, found, output, language=words.lang)
        if as_json:
            emit(answer(planned, found, output))
        else:
            show_tours(planned, found, output, words)

    return tours


def answer(planned: PlannedWeek, found: Alternated, output: Path | None) -> dict[str, Any]:
    """What ``--json`` prints."""
    import polars as pl

    tours, shares = found.tours.tours, found.tours.shares
    instants = [pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in ("leave", "back")]
    heads = tours.group_by("tour", maintain_order=True).agg(
        *(pl.col(name).first() for name in ("carrier", "place", "leave", "back")),
        packages=pl.len(),
        sites=pl.col("site").n_unique(),
        transport_index=pl.col("transport_index").sum(),
    )
    stops = tours.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in ("arrive", "infuse")
    ).select("tour", "stop", "order", "site", "arrive", "infuse")
    return {
        "week": str(planned.plan.week),
        "currency": planned.network.settings.currency,
        "tours": heads.with_columns(instants).to_dicts(),
        "stops": stops.to_dicts(),
        "ways": {
            way: shares.filter(way=way).height for way in ("tour", "carrier", "direct", "lost")
        },
        "driven_km": found.tours.driven_km,
        "out_h": found.tours.out_h,
        "cost": found.tours.cost,
        "counted": float(shares["leg_cost"].sum()),
        "saved": found.tours.saved,
        "totals": list(found.totals),
        "folder": None if output is None else str(output),
    }
