"""What ``doseline tours`` shows: who drives where and when, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.planned import PlannedWeek
    from doseline.plan.tours.alternate import Alternated

MOST_ROWS = 40
"""Tours that the screen lists; all are in the folder and in ``--json``."""


def show_tours(planned: PlannedWeek, found: Alternated, output: Path | None, words: Words) -> None:
    """The tours, what they save, and what to do next."""
    shares, currency = found.tours.shares, planned.network.settings.currency
    if shares.is_empty():
        show(words("cli.tours_none"))
        return
    show(
        words(
            "cli.tours_headline",
            packages=number(shares.height, 0),
            tours=number(found.tours.tours["tour"].n_unique(), 0),
            km=number(found.tours.driven_km, 0),
            hours=number(found.tours.out_h, 0),
            cost=number(found.tours.cost, 0),
            counted=number(float(shares["leg_cost"].sum()), 0),
            currency=currency,
        )
    )
    _show_ways(shares, currency, words)
    _show_list(found.tours.tours, words)
    show("")
    gained = found.totals[0] - found.total
    show(
        words(
            "cli.tours_rounds",
            rounds=len(found.totals) - 1,
            gained=number(gained, 0),
            currency=currency,
        )
    )
    show(words("cli.tours_no_bound"))
    show(words("cli.tours_at", folder=output) if output else words("cli.tours_keep"))


def _show_ways(shares: pl.DataFrame, currency: str, words: Words) -> None:
    """Packages of each start by how they go."""
    rows = (
        shares.group_by("carrier", "place", "way")
        .agg(pl.len(), pl.col("leg_cost").sum(), pl.col("cost").sum())
        .sort("carrier", "place", "way")
    )
    show_table(
        words("cli.tours_ways", currency=currency),
        [
            words(f"cli.tours_col_{name}")
            for name in ("carrier", "place", "way", "packages", "counted", "cost")
        ],
        [
            [
                *(row["carrier"], row["place"], words(f"cli.tours_way_{row['way']}")),
                *(number(row[name], 0) for name in ("len", "leg_cost", "cost")),
            ]
            for row in rows.iter_rows(named=True)
        ],
    )


def _show_list(tours: pl.DataFrame, words: Words) -> None:
    """Each tour with its stops, the first to leave first."""
    rows = (
        tours.sort("leave", "tour", "stop")
        .group_by("tour", maintain_order=True)
        .agg(pl.col("leave").first(), pl.col("back").first(), pl.col("site"), pl.len())
    )
    title = words("cli.tours_list", shown=min(rows.height, MOST_ROWS), all=rows.height)
    show_table(
        title,
        [words(f"cli.tours_col_{name}") for name in ("tour", "leave", "back", "packages", "sites")],
        [
            [
                row["tour"],
                f"{row['leave']:%Y-%m-%d %H:%M}",
                f"{row['back']:%Y-%m-%d %H:%M}",
                number(row["len"], 0),
                " > ".join(dict.fromkeys(row["site"])),
            ]
            for row in rows.head(MOST_ROWS).iter_rows(named=True)
        ],
    )
