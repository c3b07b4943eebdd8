"""Tables of the page of ceilings: segments, limits, places, choices, and the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.charts.ceilings import leading
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Table, number_column, text_column
from doseline.io.report.privacy import Privacy
from doseline.io.report.words import Word, label, same, word
from doseline.io.text import text
from doseline.pay.ceilings_groups import grouped_later, grouped_segments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.report.parts import Row
    from doseline.pay.ceilings import Ceilings

_COUNTS = ("sites", "buy", "make", "both", "none", "would_list", "scan")
_BY_KIND = ("payer", "party", "kind", "state", "ceiling", "rule", "assumed_share", "confidence")


def segment_table(found: Ceilings, product: str, payers: Mapping[str, Word]) -> Table:
    """Who binds, by payer and kind of site."""
    rows = grouped_segments(found, product)
    patients = Privacy().counts([row["patients"] for row in rows])
    return Table(
        caption=word("ceilings.by_party"),
        columns=[
            text_column("ceilings_payer"),
            text_column("ceilings_where"),
            number_column("ceilings_sites"),
            leading("ceilings_patients", "reached"),
            leading("ceilings_ceiling", "ceiling", currency=found.currency),
            text_column("ceilings_party"),
            text_column("ceilings_kind"),
            text_column("ceilings_moved", currency=found.currency),
            leading("ceilings_floor", "floor", currency=found.currency),
            leading("ceilings_assumed", "assumed"),
        ],
        rows=[
            [
                payers[row["payer"]],
                places(row),
                same(plain(row["sites"])),
                count,
                price(row["ceiling"]),
                _party(row["party"]),
                label("ceilings.kind", row["binds"]) if row["binds"] else same("–"),
                moved(row),
                same(plain(row["floor"])),
                _share(row["assumed_share"]),
            ]
            for row, count in zip(rows, patients, strict=True)
        ],
    )


def limit_table(found: Ceilings, product: str, payers: Mapping[str, Word]) -> Table:
    """Every limit with its rule and parameters, those alike in one row."""
    mine = found.segments.filter(pl.col("product") == product).select(
        "segment", "payer", "setting", "locality", "history", "sites"
    )
    rows = (
        found.limits.join(mine, on="segment", maintain_order="left")
        .with_columns(pl.col("keys").list.join(" "), pl.col("assumed_keys").list.join(" "))
        .group_by(*_BY_KIND, "keys", "assumed_keys", maintain_order=True)
        .agg(
            *(pl.col(name).unique(maintain_order=True) for name in ("setting", "locality")),
            pl.col("sites").sum(),
        )
    )
    return Table(
        caption=word("ceilings.limits"),
        columns=[
            text_column("ceilings_payer"),
            text_column("ceilings_where"),
            text_column("party"),
            text_column("ceilings_limit"),
            leading("ceilings_ceiling", "ceiling", currency=found.currency),
            text_column("ceilings_rule"),
            text_column("ceilings_keys"),
            leading("ceilings_assumed", "assumed"),
        ],
        rows=[
            [
                payers[row["payer"]],
                places({**row, "history": "free"}),
                _party(row["party"]),
                label("ceilings.kind", row["kind"]),
                price(row["ceiling"]),
                same(row["rule"]),
                same(_keys(row)),
                _share(row["assumed_share"]),
            ]
            for row in rows.iter_rows(named=True)
        ],
    )


def later_table(found: Ceilings, product: str, payers: Mapping[str, Word]) -> Table:
    """Where hospitals take part once rates have followed the price."""
    return Table(
        caption=both("cli.ceilings_later", product=product, currency=found.currency),
        columns=[
            text_column("ceilings_payer"),
            text_column("ceilings_where"),
            number_column("ceilings_sites"),
            leading("ceilings_from", "ceiling", currency=found.currency),
            leading("ceilings_to", "ceiling", currency=found.currency),
        ],
        rows=[
            [
                payers[row["payer"]],
                places(row),
                same(plain(row["sites"])),
                *(
                    same("–") if row["low"] is None else price(row[name])
                    for name in ("low", "high")
                ),
            ]
            for row in grouped_later(found, product)
        ],
    )


def where_table(found: Ceilings, product: str) -> Table:
    """Patients by kind of site at the price of today and the highest price with any."""
    mine = found.reached.filter(pl.col("product") == product)
    exact = pl.col("price").cast(pl.Float64)
    shown = mine.filter((exact == found.prices[product]) | (exact == exact.max())).to_dicts()
    return Table(
        caption=word("ceilings.where"),
        columns=[
            leading("ceilings_price", "ceiling", currency=found.currency),
            text_column("ceilings_where"),
            leading("ceilings_patients", "reached"),
        ],
        rows=[
            [price(row["price"]), places(row), count]
            for row, count in zip(shown, _parts(shown, "price"), strict=True)
        ],
    )


def choice_table(found: Ceilings, product: str) -> Table:
    """What sites do before and after the launch."""
    mine = found.choices.filter(pl.col("product") == product).to_dicts()
    return Table(
        caption=word("ceilings.choices"),
        columns=[
            text_column("ceilings_when"),
            text_column("ceilings_where"),
            *(number_column(f"ceilings_{name}") for name in _COUNTS),
            leading("ceilings_patients", "reached"),
        ],
        rows=[
            [
                both(f"cli.ceilings_{row['when']}"),
                places(row),
                *(same(plain(row[name])) for name in _COUNTS),
                count,
            ]
            for row, count in zip(mine, _parts(mine, "when"), strict=True)
        ],
    )


def past_table(found: Ceilings, product: str, payers: Mapping[str, Word]) -> Table:
    """Ceilings by year of launch, in the year of the launch and every second year after it."""
    mine = found.past.filter(
        pl.col("product") == product, (pl.col("year") - pl.col("launch")) % 2 == 0
    )
    return Table(
        caption=word("ceilings.past"),
        columns=[
            text_column("ceilings_payer"),
            text_column("ceilings_where"),
            number_column("ceilings_launch"),
            number_column("ceilings_year"),
            number_column("ceilings_payment", currency=found.currency),
            leading("ceilings_hospital", "ceiling", currency=found.currency),
            leading("ceilings_listed", "ceiling", currency=found.currency),
            text_column("ceilings_is_bought"),
        ],
        rows=[
            [
                payers[row["payer"]],
                places({**row, "history": "free"}),
                same(plain(row["launch"])),
                same(plain(row["year"])),
                price(row["payment"]),
                price(row["hospital"]),
                same("–") if row["listed"] is None else price(row["listed"]),
                both("cli.ceilings_yes" if row["bought"] else "cli.ceilings_no"),
            ]
            for row in mine.iter_rows(named=True)
        ],
    )


def memory_table(found: Ceilings) -> Table:
    """The numbers of the model of the past, with what they rest on."""
    return Table(
        caption=word("ceilings.memory"),
        columns=[
            text_column("ceilings_parameter"),
            number_column("ceilings_value"),
            text_column("ceilings_unit"),
            text_column("ceilings_evidence"),
        ],
        rows=[
            [
                same(row["key"]),
                same(plain(row["value"], 2)),
                same(row["unit"]),
                _evidence(row),
            ]
            for row in found.memory.iter_rows(named=True)
        ],
    )


def places(row: Row) -> Word:
    """Kinds of sites: settings, localities and pasts, the usual past left out."""
    parts = [
        *(label("setting", one) for one in _several(row["setting"])),
        *(label("ceilings.place", one) for one in _several(row["locality"]) if one),
        *(label("ceilings.history", one) for one in _several(row["history"]) if one != "free"),
        *([same(row["facts"])] if row.get("facts") else []),
    ]
    return Word(", ".join(one.en for one in parts), "，".join(one.zh for one in parts))


def price(amount: object) -> Word:
    """A price, or that there is no highest one."""
    return both("cli.ceilings_open") if amount is None else same(plain(float(str(amount)), 2))


def moved(row: Row) -> Word:
    """The parameter that moves a ceiling most, with a star where it is an assumption."""
    if row["moved_by"] is None:
        return same("–")
    sign = "+" if row["moved"] > 0 else ""
    star = "*" if row["assumed"] else ""
    return same(f"{row['moved_by']}{star} ({sign}{plain(float(row['moved']), 2)})")


def _parts(rows: Sequence[Mapping[str, Any]], over: str) -> list[Word]:
    """People of rows that add up to a number that is told elsewhere."""
    hide = Privacy().parts(rows, "patients", over=(over,))
    return [
        Privacy().shown(row["patients"], shown=not gone)
        for row, gone in zip(rows, hide, strict=True)
    ]


def people(count: float) -> Word:
    """People a year, or that they are few."""
    return Privacy().count(count)


def both(key: str, **values: object) -> Word:
    """A message of the command line in both languages."""
    told = {name: one if isinstance(one, Word) else same(one) for name, one in values.items()}
    return Word(
        text(key, "en", **{name: one.en for name, one in told.items()}),
        text(key, "zh", **{name: one.zh for name, one in told.items()}),
    )


def _party(party: str | None) -> Word:
    return both("cli.ceilings_nobody") if party is None else label("party", party)


def _share(share: float | None) -> Word:
    return same(plain(None if share is None else 100.0 * share))


def _several(cell: str | Sequence[str]) -> Sequence[str]:
    return [cell] if isinstance(cell, str) else cell


def _keys(row: Row) -> str:
    """Parameters, those that are assumptions with a star."""
    assumed = set(row["assumed_keys"].split())
    return ", ".join(key + "*" * (key in assumed) for key in row["keys"].split())


def _evidence(row: Row) -> Word:
    kind, confidence = label("kind", row["kind"]), label("confidence", row["confidence"])
    return Word(
        f"{kind.en}, {confidence.en}: {row['title']}", f"{kind.zh}，{confidence.zh}：{row['title']}"
    )
