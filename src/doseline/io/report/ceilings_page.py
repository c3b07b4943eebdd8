"""The page of ceilings: who binds at which price, who is reached, and what the past leaves."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl
from markupsafe import Markup

from doseline.io.report.ceilings_tables import (
    both,
    choice_table,
    later_table,
    limit_table,
    memory_table,
    past_table,
    people,
    places,
    price,
    segment_table,
    where_table,
)
from doseline.io.report.charts.ceilings import reach_figure
from doseline.io.report.definitions import Definition
from doseline.io.report.headline import Tile
from doseline.io.report.numbers import day, money, plain
from doseline.io.report.parts import Section
from doseline.io.report.render import render
from doseline.io.report.words import Word, either, same, word
from doseline.pay.ceilings_groups import gaps, half_price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Network
    from doseline.pay.ceilings import Ceilings

_DEFINED = ("ceiling", "floor", "reached", "assumed", "own_dose")


def render_ceilings(network: Network, found: Ceilings, *, language: str = "en") -> str:
    """The page as one HTML file; the same input, the same bytes.

    Args:
        network: The network.
        found: Its ceilings.
        language: The language that is shown first; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    settings = network.settings
    return render(
        "plan",
        language=language,
        title=word("ceilings.title", network=either(settings.name, settings.name_zh)),
        about=word(
            "ceilings.about", day=day(found.day), rulebook=found.rulebook, currency=found.currency
        ),
        tiles=[tile for product in found.products for tile in _tiles(found, product)],
        sentences=_sentences(found, _payers(network)),
        sections=_sections(network, found),
        definitions=[_definition(key) for key in _DEFINED],
        quantities=None,
        version=version("doseline"),
    )


def _sections(network: Network, found: Ceilings) -> list[Section]:
    payers, names = _payers(network), _names(network)
    products = found.products
    past = [past_table(found, one, payers) for one in products]
    past = [table for table in past if table.rows]
    if past:
        past.append(memory_table(found))
    return [
        Section(
            key="ceilings_party",
            say=[word("ceilings.say_party")],
            tables=[
                table
                for one in products
                for table in (
                    segment_table(found, one, payers),
                    later_table(found, one, payers),
                )
                if table.rows
            ],
        ),
        Section(
            key="ceilings_curve",
            say=[both("cli.ceilings_leaves_out")],
            figures=[
                reach_figure(
                    found.curve.filter(pl.col("product") == one).to_dicts(),
                    names[one],
                    price=found.prices[one],
                    currency=found.currency,
                    key=f"reach-{number}",
                )
                for number, one in enumerate(products)
            ],
        ),
        Section(key="ceilings_where", tables=[where_table(found, one) for one in products]),
        Section(
            key="ceilings_sites",
            say=[word("ceilings.say_sites"), *_rounds(found)],
            tables=[choice_table(found, one) for one in products],
        ),
        Section(
            key="ceilings_past",
            say=[word("ceilings.say_past" if past else "ceilings.no_past")],
            tables=past,
        ),
        Section(key="ceilings_rests", tables=[limit_table(found, one, payers) for one in products]),
    ]


def _tiles(found: Ceilings, product: str) -> list[Tile]:
    today = found.curve.filter(
        pl.col("product") == product, pl.col("price").cast(pl.Float64) == found.prices[product]
    )
    floors = found.segments.filter(pl.col("product") == product)["floor"].drop_nulls()
    half = half_price(found, product)
    count = today["patients"][0] if today.height else 0.0
    return [
        Tile(
            name=word("ceilings.tile_price", product=product),
            value=same(money(found.prices[product], found.currency)),
            about=word("ceilings.tile_price_about", patients=people(count)),
            define="reached",
        ),
        Tile(
            name=word("ceilings.tile_ceiling", product=product),
            value=price(None) if half is None else same(money(half, found.currency)),
            about=word("ceilings.tile_ceiling_about"),
            define="ceiling",
        ),
        Tile(
            name=word("ceilings.tile_floor", product=product),
            value=same(
                money(float(str(floors.cast(pl.Float64).mean())), found.currency)
                if floors.len()
                else plain(None)
            ),
            about=word("ceilings.tile_floor_about"),
            define="floor",
        ),
    ]


def _sentences(found: Ceilings, payers: Mapping[str, Word]) -> list[Word]:
    """What was changed, and where prices have gaps."""
    said = [word("ceilings.what_if", keys=", ".join(found.what_if))] if found.what_if else []
    for product in found.products:
        for row in gaps(found, product):
            segment, kinds = payers[row["payer"]], places(row)
            parts = [f"{price(low).en} – {price(high).en}" for low, high in row["stretches"]]
            name = Word(f"{segment.en}, {kinds.en}", f"{segment.zh}，{kinds.zh}")
            said.append(word("ceilings.gap", segment=name, which="; ".join(parts)))
    return said


def _rounds(found: Ceilings) -> list[Word]:
    """How the choices of the sites came to rest."""
    said = []
    for row in found.rounds.iter_rows(named=True):
        kind = "unsettled" if not row["settled"] else "cycle" if row["cycle"] else "rounds"
        when = both(f"cli.ceilings_{row['when']}")
        about = {name: row[name] for name in ("product", "rounds", "cycle")}
        said.append(both(f"cli.ceilings_{kind}", when=when, **about))
    return said


def _definition(key: str) -> Definition:
    whole = word(f"ceilings.define.{key}")
    (term_en, _, rest_en), (term_zh, _, rest_zh) = (
        whole.en.partition(": "),
        whole.zh.partition("："),
    )
    return Definition(
        key=key, term=Word(term_en, term_zh), means=Word(rest_en, rest_zh), rests=Markup()
    )


def _payers(network: Network) -> dict[str, Word]:
    rows = network.frame("payers").iter_rows(named=True)
    return {row["payer"]: either(row["name"], row["name_zh"]) for row in rows}


def _names(network: Network) -> dict[str, Word]:
    rows = network.frame("products").iter_rows(named=True)
    return {row["product"]: either(row["name"], row["name_zh"]) for row in rows}
