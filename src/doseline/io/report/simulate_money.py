"""Money of simulated years: what each party receives, pays and keeps, in all and by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.yearly import YearBar, YearPanel, years_drawn
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Column, Figure, Table, number_column, text_column
from doseline.io.report.simulate_tables import number
from doseline.io.report.words import Word, label, same, word
from doseline.model.ledger import PARTIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.simulate_tables import View

_THOUSAND, _MILLION, _BILLION = 1e3, 1e6, 1e9
_WAN, _YI = 1e4, 1e8
_SIDES = ("revenue", "cost", "margin")


def parties_told(view: View) -> list[str]:
    """Parties that receive or pay anything, in the ledger's order."""
    moved = {
        row["of"]
        for side in ("revenue", "cost")
        for row in view.whole(side)
        if abs(row["mean"]) > 0
    }
    return [party for party in (*PARTIES, "outside") if party in moved]


def money_figures(view: View, parties: Sequence[str]) -> list[Figure]:
    """What each party receives and pays in all; what is left to it, year by year."""
    currency = view.network.settings.currency
    return [_sides_figure(view, parties, currency), _years_figure(view, parties, currency)]


def _sides_figure(view: View, parties: Sequence[str], currency: str) -> Figure:
    rows = {side: {row["of"]: row["mean"] for row in view.whole(side)} for side in _SIDES}
    drawn = []
    for party in parties:
        name = label("party", party)
        net = same(f"{_signed(rows['margin'][party] / _MILLION)}")
        drawn += [
            Bar(label=name, end=-rows["cost"][party] / _MILLION, role="loss"),
            Bar(label=name, end=rows["revenue"][party] / _MILLION, text=net, role="good"),
        ]
    title = word("simulate.money")
    return Figure(
        key="simulate-money",
        title=title,
        svg=bars(
            drawn,
            axis=word("simulate.axis_money", currency=currency),
            key="simulate-money",
            title=title,
        ),
        tables=[_totals_table(view, parties, currency), _items_table(view, parties, currency)],
        notes=[word("simulate.note_money")],
        define="money",
    )


def _years_figure(view: View, parties: Sequence[str], currency: str) -> Figure:
    panels = []
    for party in parties:
        rows = [row for row in view.dated("margin") if row["of"] == party]
        panels.append(
            YearPanel(
                title=label("party", party),
                bars=[
                    YearBar(
                        year=row["when"].year,
                        mean=row["mean"] / _MILLION,
                        low=(row["mean"] - (row["half"] or 0.0)) / _MILLION,
                        high=(row["mean"] + (row["half"] or 0.0)) / _MILLION,
                    )
                    for row in rows
                ],
            )
        )
    title = word("simulate.money_by_year")
    return Figure(
        key="simulate-money-years",
        title=title,
        svg=years_drawn(
            panels,
            axis=word("simulate.axis_money", currency=currency),
            key="simulate-money-years",
            title=title,
        ),
        tables=[_years_table(view, parties, currency)],
        notes=[word("simulate.note_money_years")],
        define="money",
    )


def _totals_table(view: View, parties: Sequence[str], currency: str) -> Table:
    found = view.found
    return Table(
        caption=word("simulate.money"),
        columns=[
            text_column("party", "money"),
            *(number_column(f"simulate_{side}", "money", currency=currency) for side in _SIDES),
            *(
                Column(
                    head=word("head.simulate_margin_of", scenario=name, currency=currency),
                    define="difference",
                )
                for name in found.names[1:]
            ),
        ],
        rows=[
            [
                label("party", party),
                *(
                    number(found.number(found.base, side, party), 1.0 / _THOUSAND)
                    for side in _SIDES
                ),
                *(
                    number(found.difference(name, "margin", party), 1.0 / _THOUSAND)
                    for name in found.names[1:]
                ),
            ]
            for party in parties
        ],
    )


def _items_table(view: View, parties: Sequence[str], currency: str) -> Table:
    rows = {row["of"]: row for row in view.whole("money")}
    return Table(
        caption=word("simulate.money_items"),
        columns=[
            text_column("party", "money"),
            text_column("simulate_item"),
            number_column("simulate_amount", "money", currency=currency),
        ],
        rows=[
            [
                label("party", party),
                label("item", of.partition("/")[2]),
                number(view.found.number(view.found.base, "money", of), 1.0 / _THOUSAND),
            ]
            for party in parties
            for of in sorted(rows, key=lambda of: -abs(rows[of]["mean"]))
            if of.startswith(f"{party}/") and rows[of]["mean"]
        ],
    )


def _years_table(view: View, parties: Sequence[str], currency: str) -> Table:
    cells = {(row["of"], row["when"]): row for row in view.dated("margin")}
    return Table(
        caption=word("simulate.money_by_year"),
        columns=[
            text_column("simulate_year"),
            *(
                Column(
                    head=word(
                        "head.simulate_party_money",
                        party=label("party", party),
                        currency=currency,
                    ),
                    define="money",
                )
                for party in parties
            ),
        ],
        rows=[
            [
                same(when.year),
                *(_thousands(cells.get((party, when))) for party in parties),
            ]
            for when in sorted({when for _, when in cells})
        ],
    )


def _thousands(row: dict[str, float | None] | None) -> Word:
    if row is None or row["mean"] is None:
        return same("0")
    text = plain(row["mean"] / _THOUSAND)
    half = row["half"]
    if half is None:
        return same(text)
    ends = [plain((row["mean"] + side * half) / _THOUSAND) for side in (-1, 1)]
    return same(f"{text} [{ends[0]}, {ends[1]}]")


def _signed(millions: float) -> str:
    text = plain(millions, 1)
    return f"+{text}" if millions > 0 and text != "0" else text


def amount(value: float, currency: str) -> Word:
    """An amount as it is said: in millions or billions, in Chinese in 万 or 亿."""
    large = value >= _BILLION
    en = plain(value / (_BILLION if large else _MILLION), 2 if large else 1)
    much = value >= _YI
    zh = plain(value / (_YI if much else _WAN), 1 if much else 0)
    return word(
        "simulate.amount",
        currency=currency,
        number=Word(en, zh),
        unit=Word("billion" if large else "million", "亿" if much else "万"),
    )
