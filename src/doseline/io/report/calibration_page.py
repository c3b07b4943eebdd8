"""The page of a calibration: unknowns before and after, targets that are met, and how it was done."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Column, Figure, Section, Table, span, text_column
from doseline.io.report.render import render
from doseline.io.report.words import Word, label, listed, same, word
from doseline.io.text import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW_DRAWS = 400
_PREFIX = "report.calibrate_define."


def render_calibration(
    told: Mapping[str, Any], unknowns: pl.DataFrame, met: pl.DataFrame, *, language: str = "en"
) -> str:
    """A calibration as one HTML file, complete in itself; the same input, the same bytes.

    Args:
        told: How it was done.
        unknowns: Prior and posterior of each factor.
        met: Each target beside the simulations of the posterior.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    return render(
        "entry",
        language=language,
        title=word("calibrate.title", network=same(told["network"])),
        about=word(
            "calibrate.about",
            years=plain(told["period"]["years"], 1),
            simulations=plain(told["simulations"]),
            seed=told["seed"],
        ),
        sentences=_sentences(told, unknowns, met),
        sections=[
            Section(key="calibrate_unknowns", figures=[_factors(unknowns)]),
            Section(
                key="calibrate_targets",
                say=[word("calibrate.say_targets")],
                tables=[_targets(met, use) for use in ("calibration", "validation")],
            ),
            Section(
                key="calibrate_method",
                say=[word("calibrate.say_method", **_method(told))],
                tables=[_emulator(met)],
            ),
        ],
        definitions=_definitions(),
        version=version("doseline"),
    )


def _sentences(told: Mapping[str, Any], unknowns: pl.DataFrame, met: pl.DataFrame) -> list[Word]:
    counts = {}
    for use in ("calibration", "validation"):
        of = met.filter(use=use)
        counts[use] = f"{int(of['met'].sum())} / {of.height}"
    best = unknowns.sort("learned", descending=True).row(0, named=True)
    learned = word("calibrate.learned", name=same(best["name"]), share=plain(100 * best["learned"]))
    not_fitted = ", ".join(met.filter(~pl.col("met"), use="calibration")["name"])
    at_edge = ", ".join(unknowns.filter("at_edge")["name"])
    few = told["independent_draws"] < _FEW_DRAWS
    return [
        word("calibrate.fit", **counts),
        *([word("calibrate.not_fitted", names=same(not_fitted))] if not_fitted else []),
        *([word("calibrate.at_edge", names=same(at_edge))] if at_edge else []),
        learned if best["learned"] > 0.0 else word("calibrate.nothing_learned"),
        *([] if not_fitted else [word("calibrate.use")]),
        *([word("calibrate.few")] if few else []),
    ]


def _method(told: Mapping[str, Any]) -> dict[str, object]:
    warm_up = told["period"]["warm_up_weeks"]
    return {
        "years": plain(told["period"]["years"], 1),
        "warm_up": word("calibrate.warm_up_own") if warm_up is None else same(plain(warm_up)),
        "points": plain(told["points"]),
        "seeds": plain(told["seeds_per_point"]),
        "first": told["seed"],
        "draws": plain(told["draws"]),
        "independent": plain(told["independent_draws"]),
        "version": told["version"],
        "digest": str(told["digest"])[:12],
    }


def _factors(unknowns: pl.DataFrame) -> Figure:
    """Posterior as a bar, prior as a line."""
    title, drawn = word("calibrate.factors"), []
    for row in unknowns.iter_rows(named=True):
        drawn.append(
            Bar(
                label=same(row["name"]),
                start=row["posterior_low"],
                end=row["posterior_high"],
                low=row["prior_low"],
                high=row["prior_high"],
                text=same(plain(row["posterior_median"], 2)),
                role="first",
            )
        )
    return Figure(
        key="calibrate-factors",
        title=title,
        svg=bars(drawn, axis=word("calibrate.axis"), key="calibrate-factors", title=title),
        tables=[_unknowns(unknowns)],
    )


def _unknowns(unknowns: pl.DataFrame) -> Table:
    return Table(
        caption=word("calibrate.factors"),
        columns=[
            text_column("calibrate_name"),
            text_column("calibrate_factor"),
            _defined("calibrate_prior"),
            _defined("calibrate_median"),
            _defined("calibrate_posterior"),
            _defined("calibrate_learned"),
            text_column("calibrate_source"),
        ],
        rows=[
            [
                same(row["name"]),
                same(row["factor"]),
                span(row["prior_low"], row["prior_high"], 2),
                plain(row["posterior_median"], 2),
                span(row["posterior_low"], row["posterior_high"], 2),
                plain(100 * row["learned"]),
                same(row["source"]),
            ]
            for row in unknowns.iter_rows(named=True)
        ],
    )


def _targets(met: pl.DataFrame, use: str) -> Table:
    return Table(
        caption=label("calibrate_use", use),
        columns=[
            text_column("calibrate_name"),
            text_column("calibrate_what"),
            _defined("calibrate_value"),
            _defined("calibrate_simulated"),
            _defined("calibrate_off"),
            text_column("calibrate_met"),
            text_column("calibrate_source"),
        ],
        rows=[
            [
                same(row["name"]),
                _what(row["what"], row["links"]),
                same(f"{plain(row['value'], 2)} ± {plain(row['error'], 2)}"),
                span(row["low"], row["high"], 2),
                plain(row["off"], 1),
                label("calibrate_met", "yes" if row["met"] else "no"),
                same(row["source"]),
            ]
            for row in met.filter(use=use).iter_rows(named=True)
        ],
    )


def _what(measure: str, links: str) -> Word:
    """What a figure is, with the links at which days are counted."""
    if not links:
        return label("calibrate_what", measure)
    named = listed([label("link", one) for one in links.split(", ")])
    return word(f"calibrate_at.{measure}", links=named)


def _emulator(met: pl.DataFrame) -> Table:
    return Table(
        caption=word("calibrate.emulator"),
        columns=[
            text_column("calibrate_name"),
            _defined("calibrate_explained"),
            _defined("calibrate_emulator_error"),
            _defined("calibrate_emulator_miss"),
            _defined("calibrate_error"),
        ],
        rows=[
            [
                same(row["name"]),
                plain(100 * row["explained"], 1),
                plain(row["emulator_error"], 3),
                plain(row["emulator_miss"], 3),
                plain(row["error"], 3),
            ]
            for row in met.iter_rows(named=True)
        ],
    )


def _defined(key: str) -> Column:
    return Column(head=word(f"head.{key}"), define=key)


def _definitions() -> list[tuple[str, Word, Word]]:
    """Key, term and meaning of every number of the page."""
    keys = [key.removeprefix(_PREFIX) for key in messages() if key.startswith(_PREFIX)]
    return [(key, word(f"head.{key}"), word(f"calibrate_define.{key}")) for key in keys]
