"""The page of a product's routes of entry: worth, time, patients, what decides, and sources."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.entry_time import timeline_figure
from doseline.io.report.entry_tables import (
    View,
    effects_shown,
    figure_name,
    glossary,
    inputs_table,
    money_table,
    patients_table,
    sources_table,
    times_table,
    uses_table,
    worth_table,
)
from doseline.io.report.numbers import day, percent, plain
from doseline.io.report.parts import Figure, Section
from doseline.io.report.privacy import Privacy
from doseline.io.report.render import render
from doseline.io.report.words import Word, either, same, word
from doseline.model.entry import EntryRoute, EntryStep
from doseline.model.supply import Product

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

MILLION = 1e6


def render_entry(network: Network, told: EntryTold, *, language: str = "en") -> str:
    """The routes as one HTML file, complete in itself; the same input, the same bytes.

    Args:
        network: The network, for names and sources.
        told: Its routes, judged.
        language: The language that is shown first, ``en`` or ``zh``; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    view = _view(network, told)
    product = network.by_key(Product)[told.product]
    settings = network.settings
    return render(
        "entry",
        language=language,
        title=word(
            "entry.title",
            product=either(product.name, product.name_zh),
            network=either(settings.name, settings.name_zh),
        ),
        about=word(
            "entry.about",
            patients=plain(told.patients_per_year),
            doses=plain(told.doses, 2),
            day=day(told.valued_on),
            until=day(told.counted_until),
            samples=plain(told.samples),
        ),
        sentences=_sentences(view),
        sections=_sections(view),
        definitions=glossary(),
        version=version("doseline"),
    )


def _view(network: Network, told: EntryTold) -> View:
    """The routes in the order of their worth, with what each name is called."""
    order = told.frame("routes").sort("rnpv", "route", descending=[True, False])["route"].to_list()
    called = {
        row.route: either(row.name, row.name_zh)
        for row in network.rows(EntryRoute)
        if row.product == told.product
    }
    return View(
        network=network,
        told=told,
        routes={route: called[route] for route in order},
        steps={
            (row.route, row.step): either(row.name, row.name_zh) for row in network.rows(EntryStep)
        },
        privacy=Privacy(),
    )


def _sentences(view: View) -> list[Word]:
    told = view.told
    route, called = next(iter(view.routes.items()))
    best = told.frame("routes").row(by_predicate=pl.col("route") == route, named=True)
    inputs = told.frame("inputs")
    return [
        word(
            "entry.best",
            route=called,
            rnpv=plain(best["rnpv"] / MILLION, 1),
            currency=told.currency,
            chance=percent(best["best"], 0),
        ),
        word(
            "entry.assumed",
            of=plain(inputs.height),
            count=plain(inputs.filter(pl.col("assumed")).height),
        ),
        word("entry.say_model"),
    ]


def _sections(view: View) -> list[Section]:
    timeline = timeline_figure(view.told.frame("steps"), view.routes, view.steps)
    return [
        Section(
            key="entry_worth",
            say=[word("entry.say_worth")],
            figures=[_worth(view)],
            tables=[money_table(view)],
        ),
        Section(
            key="entry_time",
            figures=[] if timeline is None else [timeline],
            tables=[times_table(view)],
        ),
        Section(key="entry_patients", tables=[patients_table(view), uses_table(view)]),
        Section(key="entry_decides", figures=_moves(view), tables=[inputs_table(view)]),
        Section(key="entry_sources", tables=[sources_table(view)]),
    ]


def _worth(view: View) -> Figure:
    """The worth of each route with its range."""
    rows = {row["route"]: row for row in view.told.frame("routes").iter_rows(named=True)}
    title = word("entry.worth")
    drawn = [_worth_bar(called, rows[route]) for route, called in view.routes.items()]
    axis = word("entry.axis_worth", currency=view.told.currency)
    return Figure(
        key="entry-worth",
        title=title,
        svg=bars(drawn, axis=axis, key="entry-worth", title=title),
        tables=[worth_table(view)],
    )


def _worth_bar(called: Word, row: dict[str, Any]) -> Bar:
    return Bar(
        label=called,
        end=row["rnpv"] / MILLION,
        low=row["low"] / MILLION,
        high=row["high"] / MILLION,
        text=same(plain(row["rnpv"] / MILLION, 1)),
        role="good" if row["rnpv"] >= 0 else "loss",
    )


@dataclass(frozen=True, slots=True)
class _Ends:
    """Worth of a route with a figure at either end."""

    low: float
    high: float


def _moves(view: View) -> list[Figure]:
    """What moves the worth of the best route most."""
    rows = effects_shown(view)
    if not rows:
        return []
    title = word("entry.moves")
    drawn = []
    for row in rows:
        ends = _Ends(row["rnpv_low"] / MILLION, row["rnpv_high"] / MILLION)
        drawn.append(
            Bar(
                label=figure_name(view, row),
                start=min(ends.low, ends.high),
                end=max(ends.low, ends.high),
                text=same(f"{plain(ends.low, 1)} … {plain(ends.high, 1)}"),
                role="first",
            )
        )
    axis = word("entry.axis_worth", currency=view.told.currency)
    return [
        Figure(
            key="entry-moves",
            title=title,
            svg=bars(drawn, axis=axis, key="entry-moves", title=title),
            tables=[],
        )
    ]
