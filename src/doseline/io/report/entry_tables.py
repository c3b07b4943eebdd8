"""Tables of the page of routes of entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.entry_privacy import told_patients
from doseline.io.report.numbers import day, hundredth, plain
from doseline.io.report.parts import Cell, Column, Row, Table, text_column
from doseline.io.report.rests import anchored, linked, titled
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.text import messages
from doseline.model.entry import MILESTONES, USE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.io.report.privacy import Privacy
    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

_MILLION = 1e6
_EFFECTS = 10
"""Figures that are drawn."""
_KINDS = ("trial", *USE_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page is made of."""

    network: Network
    told: EntryTold
    routes: Mapping[str, Word]
    """Name of each route, the one that is worth most first."""
    steps: Mapping[tuple[str, str], Word]
    """Name of each step, by route and step."""
    privacy: Privacy

    def rows(self, frame: str, route: str) -> list[Row]:
        """Rows of a frame that are about a route."""
        kept = self.told.frame(frame).filter(pl.col("route") == route)
        return list(kept.iter_rows(named=True))


def defined(key: str, **values: object) -> Column:
    """A column of numbers that leads to its definition on this page."""
    return Column(head=word(f"head.{key}", **values), define=key)


def glossary() -> list[tuple[str, Word, Word]]:
    """Key, term and meaning of every number of the page."""
    prefix = "report.entry_define."
    keys = [key.removeprefix(prefix) for key in messages() if key.startswith(prefix)]
    return [(key, *_parted(word(f"entry_define.{key}"))) for key in keys]


def _parted(definition: Word) -> tuple[Word, Word]:
    """A term, and what follows its colon."""
    term_en, _, rest_en = definition.en.partition(": ")
    term_zh, _, rest_zh = definition.zh.partition("：")
    return Word(term_en, term_zh), Word(rest_en, rest_zh)


def worth_table(view: View) -> Table:
    """Worth, chances and patients of each route."""
    currency = view.told.currency
    return Table(
        caption=word("entry.worth"),
        columns=[
            text_column("entry_route"),
            defined("entry_rnpv", currency=currency),
            defined("entry_error"),
            defined("entry_range"),
            defined("entry_best"),
            defined("entry_loss"),
            defined("entry_patients"),
            defined("entry_free"),
            defined("entry_missed", currency=currency),
            defined("entry_price", currency=currency),
        ],
        rows=[
            [called, *_worth_cells(view, row)]
            for route, called in view.routes.items()
            for row in view.rows("routes", route)
        ],
    )


def _worth_cells(view: View, row: Row) -> list[Cell]:
    missed = row["round_missed"]
    return [
        same(_million(row["rnpv"])),
        same(_million(2.0 * row["error"])),
        word("text.range", low=_million(row["low"]), high=_million(row["high"])),
        same(hundredth(row["best"], 0)),
        same(hundredth(row["loss"], 0)),
        view.privacy.count(row["patients"]),
        view.privacy.count(row["free"]),
        same(plain(None if missed is None else missed / _MILLION, 1)),
        same(plain(row["listed_price"])),
    ]


def money_table(view: View) -> Table:
    """Expected money of each step and use."""
    items: dict[tuple[str, str], dict[str, float]] = {}
    for row in view.told.frame("money").iter_rows(named=True):
        items.setdefault((row["kind"], row["item"]), {})[row["route"]] = row["amount"]
    return Table(
        caption=word("entry.money", currency=view.told.currency),
        columns=[
            text_column("entry_item"),
            *(Column(head=name, define="entry_amount") for name in view.routes.values()),
        ],
        rows=[
            [_item(view, kind, item), *(same(_amount(by.get(route))) for route in view.routes)]
            for (kind, item), by in items.items()
        ],
    )


def _item(view: View, kind: str, item: str) -> Word:
    """What an item of money is called."""
    if kind == "programme":
        return word("entry.programme")
    if kind == "use":
        return label("entry_use", item)
    return _step_name(view, item)


def _step_name(view: View, step: str) -> Word:
    """Name of a step in the first route that has it."""
    found = (view.steps[route, step] for route in view.routes if (route, step) in view.steps)
    return next(found, same(step))


def times_table(view: View) -> Table:
    """When each milestone is reached, and with what probability."""
    place = {name: at for at, name in enumerate(MILESTONES)}
    return Table(
        caption=word("entry.milestones"),
        columns=[
            text_column("entry_route"),
            text_column("entry_milestone"),
            defined("entry_probability"),
            *(text_column(f"entry_{one}") for one in ("low", "median", "high")),
            defined("entry_months"),
        ],
        rows=[
            [
                called,
                label("milestone", row["milestone"]),
                same(hundredth(row["probability"], 1)),
                *(same(day(row[one])) for one in ("low", "median", "high")),
                same(plain(row["months"], 1)),
            ]
            for route, called in view.routes.items()
            for row in sorted(view.rows("times", route), key=lambda row: place[row["milestone"]])
        ],
    )


def patients_table(view: View) -> Table:
    """Expected patients of each route by year and by how they get the product."""
    frame = view.told.frame("patients")
    years = sorted(set(frame["year"]))
    told = {
        (row["route"], row["kind"], row["year"]): row["patients"]
        for row in frame.iter_rows(named=True)
    }
    shown = {
        (row["route"], row["kind"], row["year"])
        for row in told_patients(view.told).drop_nulls().iter_rows(named=True)
    }
    kinds = {(route, kind) for route, kind, _ in told}
    return Table(
        caption=word("entry.patients"),
        columns=[
            text_column("entry_route"),
            text_column("entry_kind"),
            *(Column(head=same(year), define="entry_patients") for year in years),
        ],
        rows=[
            [
                called,
                label("entry_use", kind),
                *(
                    view.privacy.shown(
                        told.get((route, kind, year), 0.0),
                        shown=(route, kind, year) in shown or (route, kind, year) not in told,
                    )
                    for year in years
                ),
            ]
            for route, called in view.routes.items()
            for kind in _KINDS
            if (route, kind) in kinds
        ],
    )


def uses_table(view: View) -> Table:
    """What is taken of each use, and where its price comes from."""
    currency = view.told.currency
    return Table(
        caption=word("entry.uses"),
        columns=[
            text_column("entry_route"),
            text_column("entry_kind"),
            defined("entry_share"),
            defined("entry_dose_price", currency=currency),
            defined("entry_unit_cost", currency=currency),
            text_column("entry_price_from"),
            text_column("entry_assumed"),
            text_column("entry_evidence"),
        ],
        rows=[
            [
                called,
                label("entry_use", row["kind"]),
                same(plain(row["share_percent"], 1)),
                same(plain(row["price"])),
                same(plain(row["unit_cost"])),
                label("entry_price", row["price_from"]),
                word("text.yes" if row["price_assumed"] else "text.no"),
                linked([row["evidence"]] if row["evidence"] in view.told.evidence else []),
            ]
            for route, called in view.routes.items()
            for row in view.rows("uses", route)
        ],
    )


def effects_shown(view: View) -> list[Row]:
    """The figures that move the worth of the best route most."""
    best = next(iter(view.routes))
    rows = view.rows("effects", best)
    return sorted(rows, key=lambda row: -abs(row["rnpv_high"] - row["rnpv_low"]))[:_EFFECTS]


def figure_name(view: View, row: Row) -> Word:
    """What an uncertain figure is called."""
    figure = label("entry_figure", row["column"])
    if not row["name"]:
        return figure
    name = _step_name(view, row["name"])
    if name == same(row["name"]):
        name = label("entry_use", row["name"])
    return Word(f"{name.en}: {figure.en}", f"{name.zh}：{figure.zh}")


def inputs_table(view: View) -> Table:
    """Every uncertain figure."""
    currency = view.told.currency
    return Table(
        caption=word("entry.inputs"),
        columns=[
            text_column("entry_input"),
            defined("entry_swing", currency=currency),
            defined("entry_information", currency=currency),
            text_column("entry_assumed"),
            text_column("entry_evidence"),
        ],
        rows=[
            [
                figure_name(view, row),
                same(_million(row["swing"])),
                same(plain(row["information"] / _MILLION, 2)),
                word("text.yes" if row["assumed"] else "text.no"),
                linked(row["evidence"].split()),
            ]
            for row in view.told.frame("inputs").iter_rows(named=True)
        ],
    )


def sources_table(view: View) -> Table:
    """What the routes rest on."""
    cited = view.told.evidence
    rows = [row for row in view.network.frame("evidence").to_dicts() if row["evidence"] in cited]
    return Table(
        caption=word("entry.sources"),
        columns=[
            text_column("evidence"),
            text_column("kind"),
            text_column("title"),
            text_column("as_of"),
            text_column("confidence"),
            defined("entry_rows"),
        ],
        rows=[
            [
                anchored("source", row["evidence"], same(row["evidence"])),
                label("kind", row["kind"]),
                titled(either(row["title"], row["title_zh"]), row["address"] or ""),
                same(day(row["as_of"])),
                label("confidence", row["confidence"]),
                same(plain(cited[row["evidence"]])),
            ]
            for row in rows
        ],
    )


def _amount(value: float | None) -> str:
    return plain(None if value is None else value / _MILLION, 1)


def _million(value: float) -> str:
    return plain(value / _MILLION, 1)
