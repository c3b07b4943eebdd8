"""What ``doseline pathway`` shows: routes side by side, their times, and what decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.screen import Words, number, show, show_table
from doseline.io.report.privacy import Privacy
from doseline.model.entry import MILESTONES, USE_KINDS, EntryRoute, EntryStep

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

_MILLION = 1e6
_INPUTS = 8
"""Figures that the screen names."""


def show_pathway(
    network: Network, found: EntryTold, folder: Path, page: Path | None, words: Words
) -> None:
    """Routes by their worth, when each milestone is reached, and what moves the answer most."""
    names = names_of(network, words.lang)
    show(_headline(found, names, words))
    _show_routes(found, names, words)
    _show_times(found, names, words)
    _show_patients(found, names, words)
    _show_inputs(found, _figure_names(network, words), words)
    show("")
    show(words("cli.pathway_missed"))
    show(words("cli.pathway_assumed", count=_assumed(found), of=found.frame("inputs").height))
    from doseline.study.entry import entry_products

    others = [one for one in entry_products(network) if one != found.product]
    if others:
        show(words("cli.pathway_others", others=words.listed(others)))
    if page is not None:
        show(words("cli.pathway_at", page=page))
    else:
        show(words("cli.pathway_next", folder=folder, product=found.product))


def names_of(network: Network, lang: str) -> dict[str, str]:
    """Name of each route in a language."""
    return {
        row.route: row.name_zh if lang == "zh" and row.name_zh else row.name
        for row in network.rows(EntryRoute)
    }


def _headline(found: EntryTold, names: dict[str, str], words: Words) -> str:
    routes = found.frame("routes").sort("rnpv", "route", descending=[True, False])
    best = routes.row(0, named=True)
    return words(
        "cli.pathway_headline",
        product=found.product,
        patients=number(found.patients_per_year, 0),
        doses=number(found.doses, 2),
        best=names[best["route"]],
        rnpv=_million(best["rnpv"]),
        low=_million(best["low"]),
        high=_million(best["high"]),
        chance=number(100.0 * best["best"], 0),
        currency=found.currency,
        day=found.valued_on,
        until=found.counted_until,
    )


def _show_routes(found: EntryTold, names: dict[str, str], words: Words) -> None:
    columns = ("route", "rnpv", "range", "best", "loss", "spent", "earned", "elsewhere")
    rows = found.frame("routes").sort("rnpv", "route", descending=[True, False])
    show_table(
        words("cli.pathway_routes", currency=found.currency),
        [words(f"cli.pathway_col_{name}") for name in (*columns, "patients", "round_missed")],
        [_route(row, names, words) for row in rows.iter_rows(named=True)],
    )


def _route(row: dict[str, Any], names: dict[str, str], words: Words) -> list[str]:
    missed = row["round_missed"]
    return [
        names[row["route"]],
        f"{_million(row['rnpv'])} ± {_million(2.0 * row['error'])}",
        f"{_million(row['low'])} – {_million(row['high'])}",
        number(100.0 * row["best"], 0),
        number(100.0 * row["loss"], 0),
        _million(row["spent"]),
        _million(row["earned"]),
        _million(row["elsewhere"]),
        str(getattr(Privacy().count(row["patients"]), words.lang)),
        "–" if missed is None else _million(missed, sign=True),
    ]


def _show_times(found: EntryTold, names: dict[str, str], words: Words) -> None:
    times = found.frame("times")
    kept = [one for one in MILESTONES if one in set(times["milestone"])]
    told = {(row["route"], row["milestone"]): row for row in times.iter_rows(named=True)}
    show_table(
        words("cli.pathway_times"),
        [words("cli.pathway_col_route"), *(words(f"report.milestone.{one}") for one in kept)],
        [
            [names[route], *(_time(told.get((route, one)), words) for one in kept)]
            for route in found.frame("routes")["route"]
        ],
    )


def _time(row: dict[str, Any] | None, words: Words) -> str:
    """Median, 10 and 90 % points and probability of a milestone."""
    if row is None or row["median"] is None:
        return "–"
    chance = number(100.0 * row["probability"], 0)
    if row["low"] == row["high"]:
        return words("cli.pathway_day", day=row["median"], chance=chance)
    return words(
        "cli.pathway_span",
        median=f"{row['median']:%Y-%m}",
        low=f"{row['low']:%Y-%m}",
        high=f"{row['high']:%Y-%m}",
        chance=chance,
    )


def _show_patients(found: EntryTold, names: dict[str, str], words: Words) -> None:
    """Expected patients of each route by year; fewer than eleven are not told, nor what tells them."""
    sums = found.frame("patients").group_by("route", "year").agg(pl.col("patients").sum())
    told = {(route, year): patients for route, year, patients in sums.iter_rows()}
    years = sorted({year for _, year in told})
    rows = []
    for route in found.frame("routes")["route"]:
        counts = Privacy().counts([told.get((route, year), 0.0) for year in years])
        rows.append([names[route], *(str(getattr(count, words.lang)) for count in counts)])
    show_table(
        words("cli.pathway_patients"),
        [words("cli.pathway_col_route"), *(str(year) for year in years)],
        rows,
    )


def _show_inputs(found: EntryTold, names: dict[str, str], words: Words) -> None:
    columns = ("input", "swing", "information", "assumed", "evidence")
    show_table(
        words("cli.pathway_inputs", currency=found.currency, all=_million(found.information)),
        [words(f"cli.pathway_col_{name}") for name in columns],
        [
            [
                _figure(row, names, words),
                _million(row["swing"]),
                _million(row["information"], 2),
                words("report.text.yes" if row["assumed"] else "report.text.no"),
                row["evidence"],
            ]
            for row in found.frame("inputs").head(_INPUTS).iter_rows(named=True)
        ],
    )


def _figure_names(network: Network, words: Words) -> dict[str, str]:
    """What steps and uses are called; of several steps of one name the first."""
    names = {kind: words(f"report.entry_use.{kind}") for kind in USE_KINDS}
    for row in network.rows(EntryStep):
        chinese = words.lang == "zh" and row.name_zh
        names.setdefault(row.step, row.name_zh if chinese else row.name)
    return names


def _figure(row: dict[str, Any], names: dict[str, str], words: Words) -> str:
    """What an uncertain figure is called."""
    column = words(f"report.entry_figure.{row['column']}")
    name = names.get(row["name"], row["name"])
    return words("cli.pathway_figure", name=name, column=column) if name else column


def _assumed(found: EntryTold) -> int:
    return found.frame("inputs").filter(pl.col("assumed")).height


def _million(amount: float, decimals: int = 1, *, sign: bool = False) -> str:
    return number(amount / _MILLION, decimals, sign=sign)
