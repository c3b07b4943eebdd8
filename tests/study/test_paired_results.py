"""Results side by side: differences are those of the seeds, and only of states of one network."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.model.comparison import Stored
from doseline.model.ledger import CLASSES, CLINICAL, LINKS
from doseline.study.compare import ResultCountError, are_paired, compare, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = (1, 2, 3, 4, 5)


def stored(
    in_time: Sequence[int],
    *,
    name: str = "North",
    currency: str = "USD",
    seeds: Sequence[int] = SEEDS,
    table: str = "aa",
) -> Stored:
    """A result of 100 eligible people a seed; all who are not in time are not referred."""
    late = [100 - count for count in in_time]
    lost = {f"lost_{link}": [0] * len(seeds) for link in (*LINKS, CLINICAL)}
    lost["lost_not_referred"] = late
    classes = {**dict.fromkeys(CLASSES, [0] * len(seeds)), "in_time": [*in_time], "never": late}
    frames = {
        "seeds": pl.DataFrame(
            {"seed": [*seeds], "eligible": [100] * len(seeds), **classes, **lost}
        ),
        "patients": pl.DataFrame(
            {
                "class": CLASSES,
                "patients": [counts[0] for counts in classes.values()],
                "low": 0.0,
                "high": 100.0,
            }
        ),
        "ledger": pl.DataFrame(
            {
                "link": ["not_referred"],
                "patients": [late[0]],
                "low": [0.0],
                "high": [100.0],
            }
        ),
        "areas": pl.DataFrame(
            {
                "part_of": ["Coast"],
                "population": [1000],
                "eligible": [100.0],
                "in_time": [float(in_time[0])],
                "share": [in_time[0] / 100],
                "link": ["not_referred"],
            }
        ),
        "whole_curve": pl.DataFrame({"days": [28], "share": [0.1], "low": [0.0], "high": [0.2]}),
        "money": pl.DataFrame(
            {
                "party": ["payer", "hospital", "hospital", "outside", "carrier"],
                "item": ["drug", "drug", "preparation", "preparation", "carriage"],
                "amount": ["-900", "900", "-50", "50", "20"],
                "currency": [currency] * 5,
            }
        ).with_columns(pl.col("amount").cast(pl.Decimal(38, 2))),
        "payments": pl.DataFrame(
            {"party_from": ["payer", "hospital"], "amount": ["900", "400"]}
        ).with_columns(pl.col("amount").cast(pl.Decimal(38, 2))),
        "flows": pl.DataFrame({"ending": ["infused", "infused_late", "cancelled"]}),
    }
    return Stored(
        folder=name.lower(),
        summary={
            "patients": {"eligible": 100, **{one: counts[0] for one, counts in classes.items()}},
            # As JSON gives it, in the order of the letters.
            "share_in_time": {"high": 0.9, "low": 0.1, "value": in_time[0] / 100},
            "assumption_share": 0.5,
        },
        provenance={
            "network": name,
            "doseline": "1",
            "settings": {"name": name, "currency": currency},
            "tables": {"sites": {"rows": 3, "sha256": table * 32}},
        },
        frames=frames,
    )


BEFORE, AFTER = (40, 42, 38, 41, 39), (45, 49, 40, 47, 44)


def test_differences_are_those_of_the_pairs() -> None:
    """Source of 2.776: NIST/SEMATECH e-Handbook, 1.3.6.7.2, 97.5 % with 4 degrees of freedom."""
    told = compare([stored(BEFORE), stored(AFTER)])
    assert told.paired
    row = told.frames["headline"].row(1, named=True)
    pairs = [after - before for before, after in zip(BEFORE, AFTER, strict=True)]
    half = 2.776 * statistics.stdev(pairs) / len(pairs) ** 0.5
    assert row["difference"] == pytest.approx(statistics.mean(pairs))
    assert row["diff_low"] == pytest.approx(statistics.mean(pairs) - half)
    assert row["diff_high"] == pytest.approx(statistics.mean(pairs) + half)
    link = told.frames["links"].filter(result="B", link="not_referred").row(0, named=True)
    assert link["difference"] == pytest.approx(-statistics.mean(pairs))


def test_the_share_and_its_interval_keep_their_names() -> None:
    row = compare([stored(BEFORE), stored(AFTER)]).frames["headline"].row(0, named=True)
    assert (row["share"], row["low"], row["high"]) == (0.4, 0.1, 0.9)


def test_the_first_is_not_compared_with_itself() -> None:
    row = compare([stored(BEFORE), stored(BEFORE)]).frames["headline"].rows(named=True)
    assert row[0]["difference"] is None
    assert (row[1]["difference"], row[1]["diff_low"], row[1]["diff_high"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "other",
    [
        stored(AFTER, name="South"),
        stored(AFTER, currency="CNY"),
        stored(AFTER, seeds=(2, 3, 4, 5, 6)),
        stored(AFTER[:1], seeds=SEEDS[:1]),
    ],
    ids=["another network", "another currency", "other seeds", "one seed"],
)
def test_results_that_share_no_random_numbers_are_not_paired(other: Stored) -> None:
    told = compare([stored(BEFORE), other])
    assert not told.paired
    assert told.frames["headline"]["difference"].null_count() == 2


def test_each_currency_stays_its_own() -> None:
    told = compare([stored(BEFORE), stored(AFTER, name="South", currency="CNY")])
    money = told.frames["money"]
    assert set(money.filter(result="A")["currency"]) == {"USD"}
    assert set(money.filter(result="B")["currency"]) == {"CNY"}
    assert told.frames["per_patient"].filter(result="B")["currency"].unique().to_list() == ["CNY"]


def test_payment_and_cost_are_those_of_a_patient_infused() -> None:
    unit = compare([stored(BEFORE), stored(AFTER)]).frames["per_patient"].filter(result="A")
    assert dict(unit.select("what", "amount").iter_rows()) == {"payment": 450.0, "cost": 35.0}


def test_every_link_is_told_of_every_network() -> None:
    links = compare([stored(BEFORE), stored(AFTER, name="South")]).frames["links"]
    for tag in "AB":
        assert links.filter(result=tag)["link"].to_list() == [*LINKS, CLINICAL]
    shares = links.group_by("result").agg(pl.col("of_eligible").sum()).sort("result")
    assert shares["of_eligible"].to_list() == pytest.approx([0.60, 0.55])


def test_what_differs_is_told_and_nothing_else() -> None:
    found = differences([stored(BEFORE), stored(AFTER, table="bb")])
    assert found.select("kind", "key").rows() == [("table", "sites")]
    assert differences([stored(BEFORE), stored(AFTER)]).is_empty()
    other = differences([stored(BEFORE), stored(AFTER, name="South", table="bb")])
    assert other.select("kind", "key").rows() == [("setting", "name")]


def test_two_to_eight_results_can_be_compared() -> None:
    with pytest.raises(ResultCountError, match="not 1"):
        compare([stored(BEFORE)])
    with pytest.raises(ResultCountError, match="not 9"):
        compare([stored(BEFORE)] * 9)
    assert len(compare([stored(BEFORE)] * 8).tags) == 8


def test_pairs_need_the_same_order_of_seeds() -> None:
    one = stored(BEFORE)
    turned = replace(one, frames={**one.frames, "seeds": one.frames["seeds"].reverse()})
    assert not are_paired([one, turned])
