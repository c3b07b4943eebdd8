"""Each input moves its own rows, and what rests on assumptions is counted as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.study.networks import errors_of, full, tiny, with_cells

from doseline.model.catalogue import BY_NAME
from doseline.study.effects import INPUTS, STEP, Input, assumption_share, inputs_of

if TYPE_CHECKING:
    from doseline.model.network import Network

BY_INPUT = {one.name: one for one in INPUTS}
TOGETHER = {"pass_percent": {"rural_pass_percent"}, "median_days": {"p90_days"}}
"""Columns that say the same for other patients, or how far the same spreads."""
COMPLEMENT = {"input_on_time"}
"""Inputs of which what is missing to 100 % grows."""
BETTER_IF_MORE = {
    "pass_percent",
    "slots_per_week",
    "exit_median_days",
    "max_doses",
    "capacity_gbq",
    "hours_per_day",
    "doses_per_week",
    "available_percent",
    "capacity_l",
}
"""Columns that are worsened by taking a tenth away."""


def expected(one: Input, column: str, value: float, *, whole: bool) -> float:
    """The value a tenth worse."""
    if one.name in COMPLEMENT:
        return 100.0 - 1.1 * (100.0 - value)
    if one.column in BETTER_IF_MORE:
        return float(int(0.9 * value + 1e-9)) if whole else 0.9 * value
    more = 1.1 * value
    percent = column.endswith("_percent")
    return min(more, 100.0) if percent else float(int(more + 1e-9)) if whole else more


@pytest.mark.parametrize("name", BY_INPUT)
def test_an_input_moves_its_rows_by_a_tenth_and_nothing_else(name: str) -> None:
    one, before = BY_INPUT[name], full(tiny())
    after = one.moved(before)
    assert errors_of(before) == errors_of(after) == []
    assert list(after.frames) == list(before.frames)
    for table, frame in before.frames.items():
        moved = how_many_moved(one, frame, after.frame(table)) if table in one.tables else None
        if moved is None:
            assert_frame_equal(after.frame(table), frame)
        else:
            assert moved > 0


def how_many_moved(one: Input, old: pl.DataFrame, new: pl.DataFrame) -> int:
    """Cells that a worsened input has moved by a tenth; all others are as they were."""
    moved = 0
    columns = {one.column, *TOGETHER.get(one.column, set())}
    assert new.schema == old.schema
    for was, now in zip(old.to_dicts(), new.to_dicts(), strict=True):
        mine = not one.gate or was.get("gate") == one.gate
        for column, value in was.items():
            if mine and column in columns and value is not None:
                whole = old.schema[column].is_integer()
                assert float(now[column]) == pytest.approx(
                    expected(one, column, float(value), whole=whole)
                )
                moved += 1
            else:
                assert now[column] == value, column
    return moved


def test_courses_are_worsened_dose_by_dose_too() -> None:
    assert BY_INPUT["input_cycles"].tables == ("products", "continuation")


def test_a_network_has_the_inputs_that_its_tables_fill() -> None:
    names = {one.name for one in inputs_of(full(tiny()))}
    assert names == set(BY_INPUT)
    bare = {"input_tracer_supply", "input_source_share", "input_waste_room"}
    assert {one.name for one in inputs_of(tiny())} == names - bare


def test_a_tenth_is_the_step() -> None:
    assert pytest.approx(0.1) == STEP
    assert len(BY_INPUT) == len(INPUTS)
    for one in INPUTS:
        assert one.column in {column.name for column in BY_NAME[one.table].columns}


@pytest.mark.parametrize("name", BY_INPUT)
def test_an_input_at_the_end_of_its_range_stays_in_it(name: str) -> None:
    one = BY_INPUT[name]
    (column,) = (each for each in BY_NAME[one.table].columns if each.name == one.column)
    for end in (column.minimum, column.maximum):
        if end is not None:
            network = with_cells(full(tiny()), one.table, **{one.column: end})
            values = one.moved(network).frame(one.table)[one.column].cast(pl.Float64).to_list()
            assert column.minimum is None or min(values) >= column.minimum
            assert column.maximum is None or max(values) <= column.maximum


def evidence_of(network: Network, **kinds: str) -> Network:
    """The network whose pathway rows rest on the given kinds of evidence, by gate."""
    rows = [
        {
            "evidence": f"for-{gate}",
            "kind": kind,
            "title": gate,
            "title_zh": gate,
            "address": "",
            "as_of": None,
            "confidence": "low",
        }
        for gate, kind in kinds.items()
    ]
    known = network.frame("evidence")
    network = network.replace(evidence=pl.concat([known, pl.DataFrame(rows, schema=known.schema)]))
    for gate in kinds:
        network = with_cells(network, "pathways", {"gate": gate}, evidence=f"for-{gate}")
    return network


def assumed(one: Input, network: Network) -> float:
    rows = one.rows(network)
    return float((rows["share"] * rows["assumed"]).sum())


@pytest.mark.parametrize(
    ("kind", "marked", "share"),
    [
        ("assumption", "", 1.0),
        ("published", "", 0.0),
        ("official", "", 0.0),
        ("secondary", "", 0.0),
        ("published", "pass_percent", 1.0),
        ("published", "median_days pass_percent", 1.0),
        ("published", "median_days", 0.0),
        ("published", "rural_pass_percent", 0.0),
        ("assumption", "median_days", 1.0),
    ],
)
def test_a_row_is_assumed_by_its_evidence_or_its_own_word(
    kind: str, marked: str, share: float
) -> None:
    network = evidence_of(tiny(), referral=kind)
    network = with_cells(network, "pathways", {"gate": "referral"}, assumed=marked)
    one = BY_INPUT["input_referral_share"]
    assert assumed(one, network) == share
    (row,) = one.rows(network).to_dicts()
    assert (row["evidence"], row["kind"], row["share"]) == ("for-referral", kind, 1.0)


def test_rows_are_counted_by_what_they_rest_on() -> None:
    # Four regions: three rest on an assumption and one on something published.
    network = evidence_of(tiny(), referral="published")
    network = with_cells(network, "incidence", {"region": "east"}, evidence="for-referral")
    one = BY_INPUT["input_incidence"]
    rows = one.rows(network)
    told = [(row["evidence"], row["share"], row["assumed"]) for row in rows.to_dicts()]
    assert told == [("invented", 0.75, 1.0), ("for-referral", 0.25, 0.0)]
    assert assumed(one, network) == 0.75


def test_part_of_the_rows_may_say_so_of_the_column() -> None:
    network = evidence_of(tiny(), referral="published")
    network = with_cells(network, "payers", evidence="for-referral")
    network = with_cells(network, "payers", {"payer": "ma"}, assumed="denied_percent")
    assert assumed(BY_INPUT["input_denied"], network) == pytest.approx(1 / 3)
    assert assumed(BY_INPUT["input_authorisation_time"], network) == 0.0


def test_a_table_without_rows_rests_on_nothing() -> None:
    network = tiny().replace(staff=tiny().frame("staff").clear())
    assert BY_INPUT["input_staff"].rows(network).is_empty()


def effects(*rows: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"effect": pl.Float64, "assumed": pl.Float64}, orient="row")


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        # (3 x 1 + 1 x 0) / 4; the sign of an effect does not matter.
        ([(-3.0, 1.0), (1.0, 0.0)], 0.75),
        # (2 x 0.25 + 2 x 0.5) / 4
        ([(2.0, 0.25), (-2.0, 0.5)], 0.375),
        ([(5.0, 0.0), (0.0, 1.0)], 0.0),
        ([(0.0, 1.0), (0.0, 0.5)], None),
        ([], None),
    ],
)
def test_the_share_that_rests_on_assumptions(
    rows: list[tuple[float, float]], share: float | None
) -> None:
    found: Any = assumption_share(effects(*rows))
    assert found == pytest.approx(share)
