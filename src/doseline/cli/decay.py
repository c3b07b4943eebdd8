"""``doseline decay``: the calculator of activities, volumes and chains."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.screen import Words, emit, json_option, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from doseline.physics.nuclides import Nuclide, NuclideTable

STEPS = 8
"""Rows of the table of a chain, apart from time zero."""


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def decay(
        activity: str = typer.Argument(
            ..., metavar="ACTIVITY", help=words("cli.decay_activity_help")
        ),
        nuclide: str = typer.Argument(..., metavar="NUCLIDE", help=words("cli.decay_nuclide_help")),
        *,
        after: str = typer.Option("", metavar="TIME", help=words("cli.decay_after_help")),
        needed_at: str = typer.Option(
            "", "--needed-at", metavar="TIME", help=words("cli.decay_needed_help")
        ),
        volume: str = typer.Option(
            "", metavar="CONCENTRATION", help=words("cli.decay_volume_help")
        ),
        chain: bool = typer.Option(False, "--chain", help=words("cli.decay_chain_help")),
        plot: Path | None = typer.Option(None, metavar="FILE", help=words("cli.decay_plot_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.reference import nuclide_table

        if after and needed_at:
            raise UsageError(words("cli.decay_both"))
        table = nuclide_table()
        answer = _answer(table, activity, nuclide, after=after, needed_at=needed_at, volume=volume)
        grown = _chain(table, answer) if chain or plot else None
        if plot is not None and grown is not None:
            _draw(grown, plot, words.lang)
        if as_json:
            emit(answer.as_json(grown, table, plot))
        else:
            _show(answer, grown, plot, words)

    return decay


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was asked and what comes out."""

    nuclide: Nuclide
    given_bq: float
    hours: float
    activity_bq: float
    """After the time, or needed now for what is wanted then. [Bq]"""
    backwards: bool
    concentration_bq_ml: float | None
    volume_ml: float | None

    @property
    def start_bq(self) -> float:
        """Activity at the start of the time. [Bq]"""
        return self.activity_bq if self.backwards else self.given_bq

    def as_json(
        self, grown: pl.DataFrame | None, table: NuclideTable, plot: Path | None
    ) -> dict[str, Any]:
        """The contract for scripts."""
        return {
            "nuclide": self.nuclide.name,
            "half_life_h": self.nuclide.half_life_h,
            "given_bq": self.given_bq,
            "hours": self.hours,
            "direction": "needed_now" if self.backwards else "left_after",
            "activity_bq": self.activity_bq,
            "volume_ml": self.volume_ml,
            "chain": None if grown is None else grown.to_dicts(),
            "plot": None if plot is None else str(plot),
            "dataset": f"{table.dataset}, table {table.version}",
        }


def _answer(
    table: NuclideTable, activity: str, nuclide: str, *, after: str, needed_at: str, volume: str
) -> Answer:
    from doseline.physics.decay import activity_after, activity_needed
    from doseline.physics.units import (
        parse_activity_bq,
        parse_concentration_bq_ml,
        parse_duration_h,
    )

    known = table[nuclide]
    given = parse_activity_bq(activity)
    hours = parse_duration_h(after or needed_at) if after or needed_at else 0.0
    count = activity_needed if needed_at else activity_after
    answer = float(count(given, hours, known.half_life_h))
    concentration = parse_concentration_bq_ml(volume) if volume else None
    start = answer if needed_at else given
    return Answer(
        nuclide=known,
        given_bq=given,
        hours=hours,
        activity_bq=answer,
        backwards=bool(needed_at),
        concentration_bq_ml=concentration,
        volume_ml=start / concentration if concentration else None,
    )


def _chain(table: NuclideTable, answer: Answer) -> pl.DataFrame:
    """hours, nuclide, activity_bq: the nuclide and its daughters over the time asked for."""
    import numpy as np
    import polars as pl

    from doseline.physics.chains import chain_activities

    span = answer.hours or 3.0 * answer.nuclide.half_life_h
    times = np.linspace(0.0, span, STEPS + 1)
    grown = chain_activities(table, {answer.nuclide.name: answer.start_bq}, times)
    names = list(grown.nuclides)
    return pl.DataFrame(
        {
            "hours": np.repeat(times, len(names)),
            "nuclide": names * len(times),
            "activity_bq": grown.activity_bq.ravel(),
        }
    )


def _draw(grown: pl.DataFrame, path: Path, lang: str) -> None:
    """Write the plot as a whole or not at all."""
    from doseline.io.report import decay_chain_svg
    from doseline.io.tables import write_text

    write_text(decay_chain_svg(grown, language=lang), path)


def _show(answer: Answer, grown: pl.DataFrame | None, plot: Path | None, words: Words) -> None:
    from doseline.physics.units import format_activity, format_duration

    key = "needed" if answer.backwards else "left" if answer.hours else "now"
    show(
        words(
            f"cli.decay_{key}",
            given=format_activity(answer.given_bq),
            nuclide=answer.nuclide.name,
            hours=f"{number(answer.hours, 4)} h",
            answer=format_activity(answer.activity_bq),
            half_life=format_duration(answer.nuclide.half_life_h),
        )
    )
    if answer.volume_ml is not None:
        show(words("cli.decay_volume", volume=f"{number(answer.volume_ml, 3)} mL"))
    if grown is not None:
        _show_chain(grown, words)
    if plot is not None:
        show(words("cli.decay_plotted", file=plot))


def _show_chain(grown: pl.DataFrame, words: Words) -> None:
    """Activities in becquerel, so that a chain of many nuclides keeps one line a time."""
    from doseline.physics.units import format_activity

    names = grown["nuclide"].unique(maintain_order=True).to_list()
    wide = grown.pivot(on="nuclide", index="hours", values="activity_bq")
    rows = [
        [
            f"{number(row['hours'], 2)} h",
            *(format_activity(row[name]).partition(" (")[0] for name in names),
        ]
        for row in wide.iter_rows(named=True)
    ]
    show_table(words("cli.decay_chain_title"), [words("cli.decay_time"), *names], rows)
