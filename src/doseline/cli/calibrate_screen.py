"""What ``doseline calibrate`` shows: factors before and after, targets met and missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.study.calibrate.result import Calibrated


def show_calibrated(found: Calibrated, page: Path | None, words: Words) -> None:
    """The factors, the targets, what to doubt, and what to do next."""
    from doseline.study.calibrate.store import VARIANTS_FILE, about

    told, met = about(found), found.met()
    counts = {}
    for use in ("calibration", "validation"):
        of = met.filter(use=use)
        counts[use] = f"{of['met'].sum()}/{of.height}"
    show(
        words(
            "cli.calibrate_headline",
            simulations=number(told["simulations"], 0),
            years=number(found.period.years, 1),
            seed=found.effort.seed,
            **counts,
        )
    )
    _show_unknowns(found.unknowns(), words)
    _show_targets(met, words)
    show("")
    not_fitted = met.filter(~pl.col("met"), use="calibration")["name"].to_list()
    if not_fitted:
        show(words("cli.calibrate_not_fitted", names=words.listed(not_fitted)))
    missed = met.filter(~pl.col("met"), use="validation")["name"].to_list()
    if missed:
        show(words("cli.calibrate_missed", names=words.listed(missed)))
    at_edge = found.unknowns().filter("at_edge")["name"].to_list()
    if at_edge:
        show(words("cli.calibrate_at_edge", names=words.listed(at_edge)))
    rough = met.filter(pl.col("emulator_error") > pl.col("error"))["name"].to_list()
    if rough:
        show(words("cli.calibrate_rough", names=words.listed(rough)))
    if page is None:
        show(words("cli.calibrate_keep"))
    else:
        show(words("cli.calibrate_at", page=page, variants=page.parent / VARIANTS_FILE))


def _show_unknowns(unknowns: pl.DataFrame, words: Words) -> None:
    columns = ("name", "factor", "prior", "posterior", "median", "learned")
    show_table(
        words("cli.calibrate_unknowns"),
        [words(f"cli.calibrate_col_{name}") for name in columns],
        [
            [
                row["name"],
                row["factor"],
                _range(row["prior_low"], row["prior_high"], words),
                _range(row["posterior_low"], row["posterior_high"], words),
                number(row["posterior_median"], 2),
                number(100 * row["learned"], 0),
            ]
            for row in unknowns.iter_rows(named=True)
        ],
    )


def _show_targets(met: pl.DataFrame, words: Words) -> None:
    columns = ("name", "use", "value", "simulated", "off", "met")
    show_table(
        words("cli.calibrate_met"),
        [words(f"cli.calibrate_col_{name}") for name in columns],
        [
            [
                row["name"],
                words(f"cli.calibrate_use_{row['use']}"),
                f"{number(row['value'], 2)} ± {number(row['error'], 2)}",
                _range(row["low"], row["high"], words),
                number(row["off"], 1, sign=True),
                words("cli.calibrate_yes" if row["met"] else "cli.calibrate_no"),
            ]
            for row in met.iter_rows(named=True)
        ],
    )


def _range(low: float, high: float, words: Words) -> str:
    return words("cli.calibrate_range", low=number(low, 2), high=number(high, 2))
