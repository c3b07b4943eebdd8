"""What each party receives and pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import money, plain
from doseline.io.report.parts import Figure, Row, Table, number_column, records, text_column
from doseline.io.report.rests import item_rests
from doseline.io.report.words import Word, label, same, word
from doseline.model.ledger import PARTIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from doseline.model.result import RunResult


def money_figure(result: RunResult, frame: pl.DataFrame, currency: str) -> Figure | None:
    """For each party a bar of what it receives and one of what it pays, with the net."""
    rows = _rows(frame)
    if not rows:
        return None
    parties = _parties(rows)
    title = word("chart.money")
    drawn = [bar for party in parties for bar in _bars(party, rows, currency)]
    return Figure(
        key="money",
        title=title,
        svg=bars(drawn, axis=word("axis.money", currency=currency), key="money", title=title),
        tables=[_totals(parties, rows, currency, title), _items(result, parties, rows, currency)],
        define="money",
    )


def money_totals(frame: pl.DataFrame, currency: str) -> Table:
    """What each party receives, pays and keeps."""
    rows = _rows(frame)
    return _totals(_parties(rows), rows, currency, word("chart.money"))


def _rows(frame: pl.DataFrame) -> list[Row]:
    told = records(frame, ("party", "item", "amount"))
    return [row for row in told if row["amount"] is not None]


def _parties(rows: Sequence[Row]) -> list[str]:
    """The parties in the ledger's order, unknown ones last."""
    place = {party: k for k, party in enumerate(PARTIES)}
    return sorted(
        {str(row["party"]) for row in rows}, key=lambda one: (place.get(one, len(place)), one)
    )


def _sums(party: str, rows: Sequence[Row]) -> tuple[float, float]:
    own = [float(row["amount"]) for row in rows if row["party"] == party]
    return sum(one for one in own if one > 0), sum(one for one in own if one < 0)


def _bars(party: str, rows: Sequence[Row], currency: str) -> list[Bar]:
    received, paid = _sums(party, rows)
    name = label("party", party)
    net = money(received + paid, currency)
    text = word("axis.net", amount=net)
    return [
        Bar(label=name, end=paid, role="loss"),
        Bar(label=name, end=received, role="good", text=text),
    ]


def _totals(parties: Sequence[str], rows: Sequence[Row], currency: str, title: Word) -> Table:
    sums = [_sums(party, rows) for party in parties]
    return Table(
        caption=title,
        columns=[
            text_column("party", "money"),
            *(
                number_column(name, "money", currency=currency)
                for name in ("income", "spending", "net")
            ),
        ],
        rows=[
            [label("party", party), *(same(plain(one)) for one in (got, gave, got + gave))]
            for party, (got, gave) in zip(parties, sums, strict=True)
        ],
    )


def _items(result: RunResult, parties: Sequence[str], rows: Sequence[Row], currency: str) -> Table:
    rests = {item: item_rests(result, item) for item in {row["item"] for row in rows}}
    return Table(
        caption=word("say.money"),
        columns=[
            text_column("party", "money"),
            text_column("item"),
            number_column("amount", "money", currency=currency),
            text_column("rests_on", "evidence"),
        ],
        rows=[
            [
                label("party", party),
                label("item", row["item"]),
                same(plain(float(row["amount"]))),
                rests[row["item"]],
            ]
            for party in parties
            for row in rows
            if row["party"] == party
        ],
    )
