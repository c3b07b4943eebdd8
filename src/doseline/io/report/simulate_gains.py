"""What the years were worth to patients: time without progression, life, quality-adjusted years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure, Table, number_column, text_column
from doseline.io.report.simulate_tables import number, span
from doseline.io.report.words import Word, either, label, same, word
from doseline.model.outcomes import TrialOutcome
from doseline.model.supply import Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.simulate_tables import View

_MONTHS = 12.0


def gained(view: View, what: str, product: str) -> float | None:
    """Mean of a gain of a product, or of all together (``""``). [as measured]"""
    one = view.found.number(view.found.base, f"gain_{what}", product)
    return None if one is None else one.mean


def products_told(view: View) -> list[str]:
    """Products of which a trial tells, and enough patients are counted to show them."""
    told = {row["of"]: row["mean"] for row in view.whole("gain_patients") if row["of"]}
    hide = view.privacy.hidden(list(told.values()))
    return [name for name, gone in zip(told, hide, strict=True) if not gone]


def gains_figures(view: View, products: Sequence[str]) -> list[Figure]:
    """A figure a product: gains in patient-years, each as far as it is told."""
    figures = []
    for at, product in enumerate(products):
        key, first = f"simulate-gains-{at}", at == 0
        title = word("simulate.gains_of", product=_name(view, product))
        axis = word("simulate.axis_gains")
        figures.append(
            Figure(
                key=key,
                title=title,
                svg=bars(_bars(view, product), axis=axis, key=key, title=title),
                tables=[_table(view, products)] if first else [],
                notes=[word("simulate.note_gains")] if first else [],
                told_by="" if first else "simulate-gains-0",
                define="gains",
            )
        )
    return figures


def _bars(view: View, product: str) -> list[Bar]:
    """At most four rows of one product."""
    at_once, free = (
        gained(view, what, product) for what in ("progression_free_at_once", "progression_free")
    )
    rows = []
    if at_once is not None and free is not None:
        rows += [
            ("at_once", 0.0, at_once / _MONTHS, "sum"),
            ("progression_free", 0.0, free / _MONTHS, "good"),
        ]
    for what, times, role in (("alive", _MONTHS, "first"), ("qaly", 1.0, "fourth")):
        low, high = (gained(view, f"{what}_{end}", product) for end in ("low", "high"))
        if low is not None and high is not None:
            rows.append((what, low / times, high / times, role))
    return [
        Bar(
            label=word(f"simulate_gain.{what}"),
            start=start,
            end=end,
            text=_years(start, end),
            role=role,
        )
        for what, start, end, role in rows
    ]


def _name(view: View, product: str) -> Word:
    rows = {one.product: one for one in view.network.rows(Product)}
    return either(rows[product].name, rows[product].name_zh)


def _years(low: float, high: float) -> Word:
    if low == 0.0:
        return same(plain(high, 1))
    return word("text.range", low=plain(low, 1), high=plain(high, 1))


def _table(view: View, products: Sequence[str]) -> Table:
    trials = {row.product: row.trial for row in view.network.rows(TrialOutcome)}
    return Table(
        caption=word("simulate.gains"),
        columns=[
            text_column("product"),
            text_column("simulate_trial"),
            number_column("simulate_patients", "patients"),
            *(
                number_column(f"simulate_gain_{what}", "gains")
                for what in ("at_once", "free", "alive", "qaly")
            ),
            *(
                number_column(f"simulate_{what}_waiting", "gains")
                for what in ("died", "progressed")
            ),
        ],
        rows=[
            [
                _name(view, product),
                same(trials[product]),
                _number(view, "patients", product),
                _number(view, "progression_free_at_once", product, _MONTHS),
                _number(view, "progression_free", product, _MONTHS),
                _ends(view, "alive", product, _MONTHS),
                _ends(view, "qaly", product, 1.0),
                *(_people(view, f"{what}_waiting", product) for what in ("died", "progressed")),
            ]
            for product in products
        ],
    )


def _number(view: View, what: str, product: str, per: float = 1.0) -> Word:
    one = view.found.number(view.found.base, f"gain_{what}", product)
    if one is not None and per == 1.0:
        return span(one.mean, one.half)
    return number(one, 1.0 / per, 1)


def _people(view: View, what: str, product: str) -> Word:
    count = gained(view, what, product)
    if count is not None and view.privacy.hides(count):
        return view.privacy.count(count)
    return _number(view, what, product)


def _ends(view: View, what: str, product: str, per: float) -> Word:
    low, high = (gained(view, f"{what}_{end}", product) for end in ("low", "high"))
    if low is None or high is None:
        return label("", None)
    return word("text.range", low=plain(low / per, 1), high=plain(high / per, 1))
