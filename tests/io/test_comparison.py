"""Reading stored results, and the page that sets them side by side."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.io.fake_network import SMALL
from tests.io.fake_result import fake_result
from tests.io.test_report import LOADS, Page, lost

from doseline.io.comparisons import (
    PAGE,
    HoldsResultError,
    comparison_answer,
    write_comparison,
)
from doseline.io.report import render_comparison
from doseline.io.results import write_result
from doseline.io.stored import (
    MixedResultError,
    NoResultError,
    OlderResultError,
    read_result,
)
from doseline.io.tables import NotOurFolderError, UnwritableFolderError
from doseline.model.ledger import CLASSES, CLINICAL, LINKS
from doseline.study.compare import compare
from doseline.study.dose_money import DOSE_MONEY_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doseline.model.comparison import Comparison
    from doseline.model.result import RunResult

SEEDS = (1, 2, 3)


def complete(result: RunResult, *, name: str, currency: str = "USD") -> RunResult:
    """The invented answer with all that a run writes."""
    patients = result.patients
    row = {**patients, "contribution": 1.0}
    row |= {f"lost_{link}": 0 for link in (*LINKS, CLINICAL)}
    people = {f"lost_{one['link']}": one["patients"] for one in result.ledger.to_dicts()}
    seeds = pl.DataFrame([{"seed": seed, **row, **people} for seed in SEEDS])
    shares = result.frames["curve"].filter(product="psma").drop("product")
    paid = pl.DataFrame(
        {"party_from": ["payer"], "amount": ["12.5"]}, schema_overrides={"amount": pl.String}
    ).with_columns(pl.col("amount").cast(pl.Decimal(38, 2)))
    quarters = result.frames["areas"].select(
        pl.col("part_of").alias("area"), pl.lit("2026-Q4").alias("quarter"), pl.exclude("part_of")
    )
    settings = {"name": name, "name_zh": "虚构", "currency": currency}
    extra = {"network": name, "replications": len(SEEDS), "settings": settings, "tables": {}}
    return replace(
        result,
        provenance={**result.provenance, **extra},
        frames={
            **result.frames,
            "seeds": seeds,
            "whole_curve": shares,
            "payments": paid,
            "quarters": quarters,
            "dose_money": pl.DataFrame(schema=DOSE_MONEY_SCHEMA),
            "products": pl.DataFrame({"product": ["psma"]}),
            "money": result.frames["money"].with_columns(pl.lit(currency).alias("currency")),
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result that was written."""
    write_result(complete(fake_result(SMALL), name="North"), tmp_path / "north")
    return tmp_path / "north"


@pytest.fixture
def told(folder: Path, tmp_path: Path) -> Comparison:
    """Two networks, each in its own currency."""
    south = complete(fake_result(SMALL, seed=2), name="South", currency="CNY")
    write_result(south, tmp_path / "south")
    return compare([read_result(folder), read_result(tmp_path / "south")])


def test_what_was_written_is_read_back(folder: Path) -> None:
    found = read_result(folder)
    result = fake_result(SMALL)
    assert (found.name, found.currency, found.seeds) == ("North", "USD", SEEDS)
    assert found.patients == result.patients
    assert found.frames["ledger"].equals(result.ledger)


BROKEN: list[tuple[Callable[[Path], object], type[Exception]]] = [
    (lambda at: (at / "summary.json").unlink(), NoResultError),
    (lambda at: (at / ".doseline-result").unlink(), NoResultError),
    (lambda at: (at / "provenance.json").unlink(), OlderResultError),
    (lambda at: (at / "tables" / "seeds.parquet").unlink(), OlderResultError),
    (lambda at: _without(at, "settings"), OlderResultError),
    (lambda at: (at / "summary.json").write_text("{", encoding="utf-8"), MixedResultError),
    (lambda at: (at / "provenance.json").write_text("[]", encoding="utf-8"), MixedResultError),
    (lambda at: (at / "tables" / "areas.parquet").write_bytes(b"PAR1"), MixedResultError),
    (lambda at: _halved(at / "tables" / "seeds.parquet"), MixedResultError),
    (lambda at: _halved(at / "tables" / "patients.parquet"), MixedResultError),
    (lambda at: _changed(at / "provenance.json", seed=9), MixedResultError),
]


def _without(folder: Path, key: str) -> None:
    content = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    del content[key]
    (folder / "provenance.json").write_text(json.dumps(content), encoding="utf-8")


def _changed(path: Path, **values: Any) -> None:
    content = {**json.loads(path.read_text(encoding="utf-8")), **values}
    path.write_text(json.dumps(content), encoding="utf-8")


def _halved(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.head(frame.height // 2).write_parquet(path)


@pytest.mark.parametrize(("spoil", "error"), BROKEN)
def test_what_is_no_whole_result_is_refused(
    folder: Path, spoil: Callable[[Path], object], error: type[Exception]
) -> None:
    spoil(folder)
    with pytest.raises(error, match="north"):
        read_result(folder)


def test_a_folder_that_is_not_there_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(NoResultError):
        read_result(tmp_path / "none")


def test_the_page_is_whole_and_loads_nothing(told: Comparison) -> None:
    text = render_comparison(told)
    page = Page(text)
    assert page.open == []
    assert len(page.values("id")) == len(set(page.values("id")))
    assert [tag for tag, _ in page.tags if tag in LOADS] == []
    assert {href[1:] for href in page.values("href")} <= set(page.values("id"))
    assert not [
        table for table in re.findall(r"<table>.*?</table>", text, re.DOTALL) if lost(table)
    ]
    assert render_comparison(told) == text


def test_each_result_keeps_its_currency_on_the_page(told: Comparison) -> None:
    text = render_comparison(told)
    assert "A · North [USD]" in text
    assert "B · South [CNY]" in text
    assert "nothing is converted" in text


def test_the_answer_tells_the_same_17_links_of_both(told: Comparison) -> None:
    answer = comparison_answer(told)
    assert [row["link"] for row in answer["ledger"]] == [*LINKS, CLINICAL]
    assert [row["class"] for row in answer["classes"]] == list(CLASSES)
    assert not answer["paired"]
    for row in (*answer["ledger"], *answer["classes"]):
        assert [one["result"] for one in row["results"]] == ["A", "B"]


def test_no_small_group_is_in_page_or_answer(told: Comparison) -> None:
    small = {
        (tag, row["link"]): row["patients"]
        for tag, one in zip("AB", told.results, strict=True)
        for row in one.frames["ledger"].iter_rows(named=True)
        if 0 < row["patients"] < 11
    }
    assert small
    answer = comparison_answer(told)
    for row in answer["ledger"]:
        for one in row["results"]:
            assert one["patients"] is None or one["patients"] == 0 or one["patients"] >= 11
            if (one["result"], row["link"]) in small:
                assert one["of_eligible"] is None
                assert one["interval"] is None
    table = re.search(r'id="figure-ledger".*?</figure>', render_comparison(told), re.DOTALL)
    assert table is not None
    rows = [re.findall(r'<td class="n">(.*?)</td>', row) for row in table[0].split("</tr>")]
    people = [cell for cells in rows for cell in cells[::2]]
    assert len(people) == 2 * (len(CLASSES) + len(LINKS) + 1)
    assert not [cell for cell in people if re.fullmatch("[1-9]|10", cell)]


def test_a_file_or_a_folder_is_written(told: Comparison, folder: Path, tmp_path: Path) -> None:
    assert write_comparison(told, tmp_path / "x.html").read_text(encoding="utf-8")
    page = write_comparison(told, tmp_path / "both")
    assert page == tmp_path / "both" / PAGE
    write_comparison(told, tmp_path / "both")
    with pytest.raises(HoldsResultError):
        write_comparison(told, folder)
    assert (folder / "summary.json").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("work", encoding="utf-8")
    with pytest.raises(NotOurFolderError):
        write_comparison(told, tmp_path / "mine")
    with pytest.raises(UnwritableFolderError):
        write_comparison(told, tmp_path / "none" / "x.html")
