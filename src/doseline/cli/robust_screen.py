"""What ``doseline robust`` shows: what may become of the plan, the curve, the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.planned import PlannedWeek
    from doseline.model.robust import Measure, Promise, RobustCurve

_MEASURES: tuple[Measure, ...] = ("mean", "low", "worst")


def show_robust(
    planned: PlannedWeek, curve: RobustCurve, folder: Path, output: Path | None, words: Words
) -> None:
    """The curve, and what to do next."""
    currency = planned.network.settings.currency
    first = curve.points.row(0, named=True)
    show(
        words(
            "cli.robust_headline",
            week=curve.week,
            doses=number(first["doses"], 0),
            orders=number(curve.orders, 0),
            mean=number(first["mean"], 3),
            low=number(first["low"], 0),
            worst=number(first["worst"], 0),
            failures=curve.failures,
        )
    )
    shown = _worth_showing(curve)
    _show_points(shown, curve, currency, words)
    show("")
    show(_gain(shown, currency, words))
    if curve.each > 0.0 and curve.points.height > 1:
        show(_ruled_out(curve, words))
    if curve.promise is not None:
        show(_promise(curve.promise, curve, currency, words))
    if output is not None:
        show(words("cli.plan_at", folder=output))
    elif shown.height > 1:
        best = shown.row(-1, named=True)["point"]
        kept = curve.promise.point if curve.promise is not None else None
        show(words("cli.robust_next", folder=folder, point=best if kept is None else kept))


def _worth_showing(curve: RobustCurve) -> pl.DataFrame:
    """The plan without hedge, and those on a frontier or kept for a promise, by their price."""
    names: tuple[Measure, ...] = (*_MEASURES, "probability") if curve.promise else _MEASURES
    points = {point for name in names for point in curve.frontier(name)["point"]} | {0}
    if curve.each > 0.0:
        points |= {1} & set(curve.points["point"])
    if curve.promise is not None and curve.promise.point is not None:
        points.add(curve.promise.point)
    return curve.points.filter(pl.col("point").is_in(sorted(points))).sort("price", "point")


def _show_points(shown: pl.DataFrame, curve: RobustCurve, currency: str, words: Words) -> None:
    columns = ["point", "hedge", "worth", "price", "percent", "batches", *_MEASURES]
    rows = [
        [
            number(row["point"], 0),
            words(f"cli.robust_hedge_{row['hedge']}"),
            number(row["worth"], 0),
            number(row["price"], 2),
            number(row["price_percent"], 2),
            number(row["batches"], 0),
            number(row["mean"], 3),
            number(row["low"], 0),
            number(row["worst"], 0),
            *([] if row["probability"] is None else [number(100.0 * row["probability"], 2)]),
        ]
        for row in shown.iter_rows(named=True)
    ]
    if curve.promise is not None:
        columns.append("probability")
    show_table(
        words("cli.robust_points", currency=currency),
        [words(f"cli.robust_col_{name}", currency=currency) for name in columns],
        rows,
    )


def _gain(shown: pl.DataFrame, currency: str, words: Words) -> str:
    """What the dearest plan brings, and for how much."""
    if shown.height == 1:
        return words("cli.robust_nothing")
    first, best = shown.row(0, named=True), shown.row(-1, named=True)
    return words(
        "cli.robust_gain",
        point=best["point"],
        price=number(best["price"], 2),
        percent=number(best["price_percent"], 2),
        currency=currency,
        mean=number(best["mean"] - first["mean"], 3, sign=True),
        worst=number(best["worst"] - first["worst"], 0, sign=True),
    )


def _ruled_out(curve: RobustCurve, words: Words) -> str:
    """What becomes of the orders if each is to be in time with some probability."""
    doses = curve.points["doses"]
    return words(
        "cli.robust_each",
        each=number(100.0 * curve.each, 2),
        served=number(doses[1], 0),
        doses=number(doses[0], 0),
    )


def _promise(promise: Promise, curve: RobustCurve, currency: str, words: Words) -> str:
    """Whether the promise is kept, by which plan, and what is proven."""
    asked = {
        "doses": number(promise.doses, 0),
        "probability": number(100.0 * promise.probability, 2),
        "reached": number(100.0 * promise.reached, 2),
        "currency": currency,
    }
    if promise.point is None:
        return words("cli.robust_not_kept", **asked)
    spare = max(0.0, curve.plans[promise.point].objective - promise.bound)
    return words("cli.robust_kept", point=promise.point, spare=number(spare, 2), **asked)
