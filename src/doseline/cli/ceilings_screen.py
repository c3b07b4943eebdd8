"""What ``doseline ceilings`` shows: who binds where, the curve, sites, and the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.screen import Words, number, show, show_table
from doseline.io.report.privacy import Privacy
from doseline.io.report.words import label
from doseline.pay.ceilings import told as shown_people
from doseline.pay.ceilings_groups import gaps, grouped_later, grouped_segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.ceilings import Ceilings

MOST_ROWS = 24
"""Rows of a table; all are in ``--json`` and on the page."""
POINTS = 12
"""Points of the curve."""
_CHOICES = ("sites", "buy", "make", "both", "none", "would_list", "scan")


def show_ceilings(
    network: Network, found: Ceilings, folder: Path, page: Path | None, words: Words
) -> None:
    """Every product in turn, then what is left out and what to do next."""
    names = {
        row["payer"]: row["name_zh"] if words.lang == "zh" and row["name_zh"] else row["name"]
        for row in network.frame("payers").iter_rows(named=True)
    }
    for product in found.products:
        show(_headline(found, product, words))
        _show_segments(found, product, names, words)
        _show_gaps(found, product, names, words)
        _show_later(found, product, names, words)
        _show_curve(found, product, words)
        _show_choices(found, product, words)
        _show_past(found, product, names, words)
        show("")
    show(words("cli.ceilings_leaves_out"))
    if page is None:
        show(words("cli.ceilings_next", folder=folder))
    else:
        show(words("cli.ceilings_at", page=page))


def amount(price: Decimal | float | None, words: Words) -> str:
    """A price as people read it; no limit where there is none."""
    return words("cli.ceilings_open") if price is None else number(float(price), 2)


def people(count: float, words: Words) -> str:
    """People a year, or that they are few."""
    return words("cli.ceilings_few") if shown_people(count) is None else number(count, 0)


def _headline(found: Ceilings, product: str, words: Words) -> str:
    price = found.prices[product]
    curve = found.curve.filter(pl.col("product") == product)
    today = curve.filter(pl.col("price").cast(pl.Float64) == price)
    floor = found.segments.filter(pl.col("product") == product)["floor"].cast(pl.Float64).mean()
    return words(
        "cli.ceilings_headline",
        product=product,
        price=number(price, 2),
        currency=found.currency,
        patients=people(today["patients"][0] if today.height else 0.0, words),
        sites=number(today["sites"][0] if today.height else 0, 0),
        floor=words("cli.ceilings_unknown") if floor is None else number(float(str(floor)), 0),
    )


def _show_segments(found: Ceilings, product: str, names: dict[str, str], words: Words) -> None:
    rows = grouped_segments(found, product)
    hide = Privacy().hidden([row["patients"] for row in rows])
    columns = (
        "payer",
        "where",
        "sites",
        "patients",
        "ceiling",
        "party",
        "kind",
        "moved",
        "room",
        "assumed",
    )
    show_table(
        words("cli.ceilings_table", product=product, currency=found.currency),
        [words(f"cli.ceilings_col_{name}") for name in columns],
        [
            _segment(row, names, words, hidden=gone)
            for row, gone in zip(rows[:MOST_ROWS], hide, strict=False)
        ],
    )
    if len(rows) > MOST_ROWS:
        show(words("cli.ceilings_rows", shown=MOST_ROWS, all=len(rows)))


def _segment(
    row: dict[str, Any], names: dict[str, str], words: Words, *, hidden: bool
) -> list[str]:
    few = hidden and shown_people(row["patients"]) is not None
    ceiling, floor = row["ceiling"], row["floor"]
    known = ceiling is not None and floor is not None
    return [
        names[row["payer"]],
        where(row, words),
        number(row["sites"], 0),
        words("text.not_shown") if few else people(row["patients"], words),
        amount(ceiling, words),
        words("cli.ceilings_nobody")
        if row["party"] is None
        else told("party", row["party"], words),
        "–" if row["binds"] is None else told("ceilings.kind", row["binds"], words),
        _moved(row),
        number(float(ceiling) - floor, 0, sign=True) if known else "–",
        "–" if row["assumed_share"] is None else number(100.0 * row["assumed_share"], 0),
    ]


def _moved(row: dict[str, Any]) -> str:
    """The parameter that moves the ceiling most, with a star where it is an assumption."""
    if row["moved_by"] is None:
        return "–"
    star = "*" if row["assumed"] else ""
    return f"{row['moved_by']}{star} ({number(float(row['moved']), 2, sign=True)})"


def where(row: dict[str, Any], words: Words) -> str:
    """Kinds of sites: settings, localities and pasts, the usual past left out."""
    parts = [
        [told("setting", one, words) for one in _some(row["setting"])],
        [told("ceilings.place", one, words) for one in _some(row["locality"]) if one],
        [told("ceilings.history", one, words) for one in _some(row["history"]) if one != "free"],
        [row["facts"]] if row.get("facts") else [],
    ]
    return "; ".join(words.listed(part) for part in parts if part)


def told(group: str, key: str, words: Words) -> str:
    """What a key of the data is called."""
    both = label(group, key)
    return both.zh if words.lang == "zh" else both.en


def _some(cell: str | Sequence[str]) -> Sequence[str]:
    return [cell] if isinstance(cell, str) else cell


def _show_gaps(found: Ceilings, product: str, names: dict[str, str], words: Words) -> None:
    for row in gaps(found, product):
        parts = [f"{amount(low, words)} – {amount(high, words)}" for low, high in row["stretches"]]
        segment = f"{names[row['payer']]}, {where(row, words)}"
        show(words("cli.ceilings_gap", which=f"{segment}: {words.listed(parts)}"))


def _show_later(found: Ceilings, product: str, names: dict[str, str], words: Words) -> None:
    """Where hospitals take part once rates have followed the price."""
    rows = grouped_later(found, product)
    if rows:
        show_table(
            words("cli.ceilings_later", product=product, currency=found.currency),
            [
                words(f"cli.ceilings_col_{name}")
                for name in ("payer", "where", "sites", "from", "to")
            ],
            [
                [
                    names[row["payer"]],
                    where(row, words),
                    number(row["sites"], 0),
                    "–" if row["low"] is None else amount(row["low"], words),
                    "–" if row["low"] is None else amount(row["high"], words),
                ]
                for row in rows
            ],
        )


def _show_curve(found: Ceilings, product: str, words: Words) -> None:
    curve = found.curve.filter(pl.col("product") == product)
    every = max(curve.height // POINTS, 1)
    now = pl.col("price").cast(pl.Float64) == found.prices[product]
    shown = curve.with_row_index("at").filter((pl.col("at") % every == 0) | now)
    show_table(
        words("cli.ceilings_curve", product=product),
        [
            words(f"cli.ceilings_col_{name}", currency=found.currency)
            for name in ("price", "patients", "own", "cannot_pay", "offering")
        ],
        [
            [
                number(float(row["price"]), 2),
                *(people(row[name], words) for name in ("patients", "own", "cannot_pay")),
                number(row["sites"], 0),
            ]
            for row in shown.iter_rows(named=True)
        ],
    )


def _show_choices(found: Ceilings, product: str, words: Words) -> None:
    mine = found.choices.filter(pl.col("product") == product)
    rows = mine.group_by("when", "history", maintain_order=True).agg(
        *(pl.col(name).sum() for name in _CHOICES)
    )
    show_table(
        words("cli.ceilings_sites", product=product),
        [words(f"cli.ceilings_col_{name}") for name in ("when", "where", *_CHOICES)],
        [
            [
                words(f"cli.ceilings_{row['when']}"),
                told("ceilings.history", row["history"], words),
                *(number(row[name], 0) for name in _CHOICES),
            ]
            for row in rows.iter_rows(named=True)
        ],
    )
    for row in found.rounds.filter(pl.col("product") == product).iter_rows(named=True):
        kind = "unsettled" if not row["settled"] else "cycle" if row["cycle"] else "rounds"
        when = words(f"cli.ceilings_{row['when']}")
        about = {name: row[name] for name in ("product", "rounds", "cycle")}
        show(words(f"cli.ceilings_{kind}", when=when, **about))


def _show_past(found: Ceilings, product: str, names: dict[str, str], words: Words) -> None:
    mine = found.past.filter(pl.col("product") == product)
    if mine.is_empty():
        return
    last = pl.col("year").max().over("payer", "setting", "locality", "launch")
    ends = mine.filter((pl.col("year") == pl.col("launch")) | (pl.col("year") == last))
    names_of = ("launch", "year", "payment", "hospital", "listed", "bought")
    show_table(
        words("cli.ceilings_past", product=product, currency=found.currency),
        [words(f"cli.ceilings_col_{name}") for name in ("payer", "where", *names_of)],
        [
            [
                names[row["payer"]],
                where({**row, "history": "free"}, words),
                number(row["launch"], 0),
                number(row["year"], 0),
                amount(row["payment"], words),
                amount(row["hospital"], words),
                "–" if row["listed"] is None else amount(row["listed"], words),
                words("cli.ceilings_yes" if row["bought"] else "cli.ceilings_no"),
            ]
            for row in ends.head(MOST_ROWS).iter_rows(named=True)
        ],
    )
    if ends.height > MOST_ROWS:
        show(words("cli.ceilings_rows", shown=MOST_ROWS, all=ends.height))
