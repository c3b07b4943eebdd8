"""Results side by side: the same ledger, differences seed by seed where they can be paired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.errors import BadInputError
from doseline.model.comparison import TAGS, Comparison
from doseline.model.ledger import CLASSES, CLINICAL, LINKS
from doseline.study.values import mean_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from doseline.model.comparison import Stored

FEWEST_PAIRS = 2

_DIFFERENCE = ("difference", "diff_low", "diff_high")
_NO_DIFFERENCE = (None, None, None)
_COUNTED = {
    **dict.fromkeys(("patients",), pl.Int64),
    **dict.fromkeys(("low", "high", "of_eligible", *_DIFFERENCE), pl.Float64),
}
_PAYERS = ("payer", "patient")
_WORK = "outside"
"""The party that is paid for what the network's own tables state: work, vials, batches."""
_SUPPLIERS = ("carrier", "isotope_supplier")


class ResultCountError(BadInputError):
    """Too few or too many results to be compared."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.most = len(TAGS)
        super().__init__(f"Two to {len(TAGS)} results can be compared, not {count}.")


def compare(results: Sequence[Stored]) -> Comparison:
    """Put results side by side, each in its own currency.

    They are paired, seed by seed, if all are of one network by its name, in one currency and under
    the same seeds, two of them or more.

    Raises:
        ResultCountError: If there are fewer than two, or more than have a letter.
    """
    if not FEWEST_PAIRS <= len(results) <= len(TAGS):
        raise ResultCountError(len(results))
    told = list(zip(TAGS, results, strict=False))
    paired = are_paired(results)
    first = results[0] if paired else None
    frames = {
        "headline": _headline(told, first),
        "classes": _counted(told, "patients", "class", CLASSES, first),
        "links": _counted(told, "ledger", "link", (*LINKS, CLINICAL), first),
        "areas": _joined(told, _areas),
        "curve": _joined(told, lambda one: one.frames["whole_curve"]),
        "money": _joined(told, _money),
        "per_patient": _joined(told, _per_patient),
        "differs": differences(results),
    }
    return Comparison(results=tuple(results), paired=paired, frames=frames)


def are_paired(results: Sequence[Stored]) -> bool:
    """Whether results are states of one network under the same random numbers."""
    first = results[0]
    return len(first.seeds) >= FEWEST_PAIRS and all(
        (one.name, one.currency, one.seeds) == (first.name, first.currency, first.seeds)
        for one in results
    )


def _joined(
    told: Iterable[tuple[str, Stored]], made: Callable[[Stored], pl.DataFrame]
) -> pl.DataFrame:
    """A frame of each result below the other, with its letter."""
    return pl.concat(
        [made(one).select(pl.lit(tag).alias("result"), pl.all()) for tag, one in told],
        how="vertical_relaxed",
    )


def _headline(told: Sequence[tuple[str, Stored]], first: Stored | None) -> pl.DataFrame:
    rows = []
    for tag, one in told:
        share = one.summary["share_in_time"]
        rows.append(
            {
                "result": tag,
                "eligible": one.patients["eligible"],
                "in_time": one.patients["in_time"],
                "share": share["value"],
                "low": share["low"],
                "high": share["high"],
                **_named(_difference(first, one, _share_percent)),
                "assumption_share": one.summary["assumption_share"],
            }
        )
    numbers = ("share", "low", "high", *_DIFFERENCE, "assumption_share")
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(numbers, pl.Float64))


def _share_percent(seeds: pl.DataFrame) -> np.ndarray:
    """Share in time of each seed. [%]"""
    return (100.0 * seeds["in_time"] / seeds["eligible"].clip(1)).to_numpy()


def _counted(
    told: Sequence[tuple[str, Stored]],
    frame: str,
    key: str,
    names: Sequence[str],
    first: Stored | None,
) -> pl.DataFrame:
    """Patients of each class or link of each result."""
    rows: list[dict[str, Any]] = []
    for tag, one in told:
        found = {row[key]: row for row in one.frames[frame].iter_rows(named=True)}
        eligible = max(one.patients["eligible"], 1)
        for name in names:
            row = found.get(name, {"patients": 0, "low": 0.0, "high": 0.0})
            column = name if key == "class" else f"lost_{name}"
            rows.append(
                {
                    "result": tag,
                    key: name,
                    "patients": row["patients"],
                    "low": row["low"],
                    "high": row["high"],
                    "of_eligible": row["patients"] / eligible,
                    **_named(_difference(first, one, _column(column))),
                }
            )
    return pl.DataFrame(rows, schema={"result": pl.String, key: pl.String, **_COUNTED})


def _column(name: str) -> Callable[[pl.DataFrame], np.ndarray]:
    return lambda seeds: seeds[name].to_numpy().astype(np.float64)


def _difference(
    first: Stored | None, other: Stored, of: Callable[[pl.DataFrame], np.ndarray]
) -> tuple[float | None, float | None, float | None]:
    """Mean difference of the pairs with its interval; nothing of the first against itself."""
    if first is None or first is other:
        return _NO_DIFFERENCE
    return mean_interval(of(other.frames["seeds"]) - of(first.frames["seeds"]))


def _named(difference: Sequence[float | None]) -> dict[str, float | None]:
    return dict(zip(_DIFFERENCE, difference, strict=True))


def _areas(one: Stored) -> pl.DataFrame:
    return one.frames["areas"].select(
        pl.col("part_of").alias("area"), "population", "eligible", "in_time", "share", "link"
    )


def _money(one: Stored) -> pl.DataFrame:
    """What each party receives and pays in the planned week."""
    amount = pl.col("amount").cast(pl.Float64)
    return (
        one.frames["money"]
        .group_by("party", maintain_order=True)
        .agg(
            amount.filter(amount > 0).sum().alias("received"),
            amount.filter(amount < 0).sum().neg().alias("paid"),
            amount.sum().alias("net"),
            pl.col("currency").first(),
        )
    )


def _per_patient(one: Stored) -> pl.DataFrame:
    """What payers and patients pay, and what making, carrying and giving cost, a patient infused."""
    infused = one.frames["flows"].filter(pl.col("ending").is_in(["infused", "infused_late"])).height
    money = one.frames["money"].with_columns(pl.col("amount").cast(pl.Float64))
    payments = one.frames["payments"].filter(pl.col("party_from").is_in(_PAYERS))
    payment = float(payments["amount"].cast(pl.Float64).sum())
    spent = money.filter(pl.col("party").is_in([_WORK, *_SUPPLIERS]) & (pl.col("amount") > 0))
    cost = float(spent["amount"].sum())
    return pl.DataFrame(
        {
            "what": ["payment", "cost"],
            "amount": [one_sum / infused if infused else None for one_sum in (payment, cost)],
            "patients": [infused, infused],
            "currency": [one.currency, one.currency],
        },
        schema_overrides={"amount": pl.Float64, "patients": pl.Int64},
    )


def differences(results: Sequence[Stored]) -> pl.DataFrame:
    """What the networks and the ways of running them differ in, as far as the results say.

    kind (run, setting, table), key, and a column of texts a result. A table is told by its rows
    and the first digits of its SHA-256, and only of states of one network: others share none.
    """
    kinds: tuple[tuple[str, Callable[[Stored], dict[str, str]]], ...] = (
        ("run", _run_facts),
        ("setting", lambda one: {name: str(value) for name, value in one.settings.items()}),
        ("table", _table_facts),
    )
    rows = []
    same_network = len({one.name for one in results}) == 1
    for kind, of in kinds if same_network else kinds[:2]:
        facts = [of(one) for one in results]
        for key in dict.fromkeys(name for fact in facts for name in fact):
            said = [fact.get(key, "") for fact in facts]
            if len(set(said)) > 1:
                rows.append({"kind": kind, "key": key, **dict(zip(TAGS, said, strict=False))})
    names = ["kind", "key", *TAGS[: len(results)]]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def _run_facts(one: Stored) -> dict[str, str]:
    names = ("doseline", "nuclides", "rulebook_patches", "solver")
    return {name: _text(one.provenance.get(name, "")) for name in names}


def _table_facts(one: Stored) -> dict[str, str]:
    tables = one.provenance["tables"]
    return {name: f"{about['rows']} · {about['sha256'][:8]}" for name, about in tables.items()}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
