"""Routes by which a product may enter: time, cost, probability, patients and worth of each.

Probabilities are exact: every outcome of the steps is followed, with its probability. Times are
simulated, because they run through calendars and wait for the last of several steps.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.pay.entry_draws import Draws, key_of
from doseline.pay.entry_information import (
    chance_of_best,
    effects,
    figures,
    information,
    perfect_information,
)
from doseline.pay.entry_result import EntryTold, framed
from doseline.pay.entry_route import PriceOf, judge
from doseline.pay.entry_told import (
    TRIAL,
    money_rows,
    patient_rows,
    quantile,
    step_rows,
    time_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doseline.model.entry import EntryRoute
    from doseline.pay.entry_calendar import Floats
    from doseline.pay.entry_draws import Key, Row
    from doseline.pay.entry_route import Case, Judged

UNLISTED, LISTED = "unlisted", "listed"


def entry_told(
    case: Case,
    *,
    currency: str,
    seed: int,
    samples: int,
    kinds: Mapping[str, str],
    told: Callable[[int, int], None] | None = None,
) -> EntryTold:
    """Every route of a product, judged.

    Args:
        case: The routes, and what they are judged on.
        currency: Of all money.
        seed: Seed of the draws.
        samples: How many samples are drawn.
        kinds: Kind of each row of evidence.
        told: Told of each route that is judged.

    Raises:
        TooManyOutcomesError: If a route may come out in too many ways.
    """
    draws = Draws(seed=seed, samples=samples)
    judged: list[Judged] = []
    for route in case.routes:
        judged.append(judge(case, route, draws))
        if told is not None:
            told(len(judged), 2 * len(case.routes))
    values = np.array([one.rnpv() for one in judged])
    frames = {
        name: framed(name, [row for one in judged for row in rows(one)])
        for name, rows in (("times", time_rows), ("steps", step_rows), ("money", money_rows))
    }
    frames["uses"] = framed("uses", _use_rows(case, kinds))
    first, last = case.terms.valued_on, case.terms.counted_until
    frames["patients"] = framed(
        "patients", [row for one in judged for row in patient_rows(one, first, last)]
    )
    frames["routes"] = _routes(case, draws, judged, values, frames)
    moved = list(effects(case, draws))
    frames["effects"] = framed(
        "effects", [(route, *key, *numbers) for route, key, *numbers in moved]
    )
    frames["inputs"] = _inputs(case, draws, values, frames["effects"], kinds)
    if told is not None:
        told(2 * len(judged), 2 * len(judged))
    return EntryTold(
        product=case.terms.product,
        currency=currency,
        valued_on=first,
        counted_until=last,
        samples=samples,
        patients_per_year=case.patients_per_year * case.terms.patients_percent / 100.0,
        doses=case.doses,
        information=perfect_information(values),
        evidence=_cited(case),
        frames=frames,
    )


def _cited(case: Case) -> dict[str, int]:
    """How many rows of the case cite each row of evidence."""
    rows: list[Row | EntryRoute] = [case.terms]
    for route in case.routes:
        rows += [route, *case.steps[route.route], *case.uses.get(route.route, ())]
    prices = [one.evidence for one in case.prices.values() if one.evidence]
    return dict(Counter([*(row.evidence for row in rows), *prices]))


def _use_rows(case: Case, kinds: Mapping[str, str]) -> list[tuple[object, ...]]:
    """What is taken of each use, and where its price comes from."""
    rows: list[tuple[object, ...]] = []
    for route in case.routes:
        for use in case.uses.get(route.route, ()):
            own = PriceOf(
                where="own",
                evidence=use.evidence,
                assumed=_is_assumed(use, key_of(use, "price"), kinds),
            )
            price = case.prices.get((route.route, use.use), own)
            told = (use.share_percent, use.price or 0.0, price.where, price.assumed)
            rows.append((route.route, use.use, use.kind, *told, use.unit_cost, price.evidence))
    return rows


def _routes(
    case: Case,
    draws: Draws,
    judged: list[Judged],
    values: Floats,
    frames: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """One row a route."""
    money = _by_route(frames["money"], "amount", "kind")
    people = _by_route(frames["patients"], "patients", "kind")
    best = chance_of_best(values)
    even = np.ones(draws.samples)
    rows: list[tuple[object, ...]] = []
    for at, one in enumerate(judged):
        name, worth = one.route.route, values[at]
        kinds = {kind for route, kind in people if route == name}
        rows.append(
            (
                name,
                float(worth.mean()),
                float(worth.std(ddof=1) / np.sqrt(draws.samples)),
                quantile(worth, even, 0.05),
                quantile(worth, even, 0.95),
                float(best[at]),
                _loss(one),
                -money.get((name, "step"), 0.0),
                money.get((name, "use"), 0.0),
                money.get((name, "programme"), 0.0),
                float(sum(people[name, kind] for kind in kinds)),
                people.get((name, TRIAL), 0.0),
                _round_missed(case, draws, one, float(worth.mean())),
                _listed_price(one),
            )
        )
    return framed("routes", rows)


def _by_route(frame: pl.DataFrame, column: str, kind: str) -> dict[tuple[str, str], float]:
    """Sums of a column by route and kind."""
    sums = frame.group_by("route", kind).agg(pl.col(column).sum()).sort("route", kind)
    return {(route, name): total for route, name, total in sums.iter_rows()}


def _loss(judged: Judged) -> float:
    """Probability that money is lost, over outcomes and samples."""
    lost = [float(np.mean(one.weight * (one.value < 0.0))) for one in judged.branches]
    return min(1.0, sum(lost))


def _round_missed(case: Case, draws: Draws, judged: Judged, worth: float) -> float | None:
    """What it changes if every application comes one round too late. [currency]"""
    if not any(step.windows for step in judged.steps):
        return None
    return float(judge(case, judged.route, draws, later=1).rnpv().mean()) - worth


def _listed_price(judged: Judged) -> float | None:
    """The most likely price of a dose once it is listed; the last use that is. [currency]"""
    prices = [use.price for use in judged.uses if use.kind == LISTED]
    return prices[-1] if prices else None


def _inputs(
    case: Case,
    draws: Draws,
    values: Floats,
    moved: pl.DataFrame,
    kinds: Mapping[str, str],
) -> pl.DataFrame:
    """Each uncertain figure: what it rests on, what it moves, what knowing it is worth."""
    swing = (pl.col("rnpv_high") - pl.col("rnpv_low")).abs().max()
    largest = {
        (name, column): value
        for name, column, value in moved.group_by("name", "column").agg(swing).iter_rows()
    }
    rows: list[tuple[object, ...]] = []
    for key, found in figures(case).items():
        cited = list(dict.fromkeys(row.evidence for row in found))
        gain = information(values, draws.share(key)) if len(case.routes) > 1 else 0.0
        assumed = any(_is_assumed(row, key, kinds) for row in found)
        rows.append((*key, " ".join(cited), assumed, largest.get(key, 0.0), gain))
    return framed("inputs", rows).sort("swing", "name", "column", descending=[True, False, False])


def _is_assumed(row: Row, key: Key, kinds: Mapping[str, str]) -> bool:
    """Whether a figure is an assumption: by its evidence, or because its row says so."""
    said = row.assumed.split()
    column = key[1]
    names = {column, f"low_{column}", f"high_{column}"}
    return kinds.get(row.evidence) == "assumption" or bool(names & set(said))
