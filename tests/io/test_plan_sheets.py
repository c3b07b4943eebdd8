"""The lists that lines, carriers and sites print, counted again from the flows.

Lists are for operations, so they show each dose, however few there are.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from doseline.io.folder import load
from doseline.io.plansheets import sheets_workbook, write_tables
from doseline.io.text import messages
from doseline.io.workbook.ooxml import read_sheets
from doseline.model.sheets import SHEETS, schema_of
from doseline.study.packages import _legs
from doseline.study.planned import plan_network
from doseline.study.reference import reference_for
from doseline.study.sheets import sheets_of

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.model.sheets import Sheets

TINY = Path(__file__).parents[2] / "examples" / "tiny"
HALF_LIFE_H = 6.6443 * 24
"""Lu-177, as examples/tiny/README.md has it."""
ZONES = {
    **dict.fromkeys(("near", "line-a", "ORD"), "America/Chicago"),
    **dict.fromkeys(("middle", "DEN"), "America/Denver"),
    **dict.fromkeys(("far", "BOI"), "America/Boise"),
}


@pytest.fixture(scope="module")
def planned() -> PlannedWeek:
    network = load(TINY)
    return plan_network(network, reference_for(network))


@pytest.fixture(scope="module")
def sheets(planned: PlannedWeek) -> Sheets:
    return sheets_of(planned, reference_for(planned.network))


def rows(sheets: Sheets, name: str) -> list[dict[str, Any]]:
    return list(sheets.frames[name].iter_rows(named=True))


def served(planned: PlannedWeek) -> dict[str, dict[str, Any]]:
    return {row["order"]: row for row in planned.plan.flows.iter_rows(named=True) if row["line"]}


def chicago(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)


def test_every_list_has_its_columns_and_every_column_a_heading(sheets: Sheets) -> None:
    for name, frame in sheets.frames.items():
        assert dict(frame.schema) == {
            column: kind if not isinstance(kind, type) else kind()
            for column, kind in schema_of(name).items()
        }
        assert {f"sheet.name.{name}", f"sheet.what.{name}"} <= set(messages())
        heads = {f"sheet.head.{one.name}" for one in SHEETS[name] if one.kind != "name_zh"}
        assert heads <= set(messages())


def test_a_batch_sheet_adds_up(planned: PlannedWeek, sheets: Sheets) -> None:
    doses = served(planned)
    for batch in rows(sheets, "batches"):
        mine = [one for one in doses.values() if one["batch"] == batch["batch"]]
        vials = [one for one in rows(sheets, "vials") if one["batch"] == batch["batch"]]
        assert batch["vials"] == len(mine) == len(vials)
        made = math.fsum(one["activity_ready_gbq"] for one in mine)
        assert batch["activity_gbq"] == pytest.approx(made)
        assert math.fsum(one["activity_gbq"] for one in vials) == pytest.approx(made)
        assert batch["activity_mci"] == pytest.approx(made / 0.037)
        # One GBq in a mL at calibration.
        assert batch["volume_ml"] == pytest.approx(made)
        assert (batch["max_vials"], batch["max_activity_gbq"]) == {
            "psma-mon": (5, 80.0),
            "psma-wed": (3, 40.0),
        }[batch["batch"]]


def test_times_of_a_batch_are_those_of_the_readme(sheets: Sheets) -> None:
    monday = rows(sheets, "batches")[0]
    assert monday["start_utc"] == chicago(4, 6)
    assert monday["calibration_utc"] == chicago(4, 10)
    assert monday["release_utc"] == chicago(4, 13)
    assert f"{monday['calibration_local']:%H:%M}" == "10:00"
    assert monday["calibration_zone"] == "America/Chicago"


def test_isotope_drawn_gives_the_batch(sheets: Sheets) -> None:
    """Drawn at the reference time, it decays to calibration and loses a fifth in the yield."""
    batches = {row["batch"]: row for row in rows(sheets, "batches")}
    for draw in rows(sheets, "isotope"):
        batch = batches[draw["batch"]]
        waited_h = (batch["calibration_utc"] - draw["reference_utc"]) / timedelta(hours=1)
        left = 0.5 ** (waited_h / HALF_LIFE_H) * 0.8
        assert draw["activity_gbq"] * left == pytest.approx(batch["activity_gbq"], rel=1e-5)
    assert {row["lot"] for row in rows(sheets, "isotope")} == {"lot-mon", "lot-wed"}


def test_each_package_is_on_each_lane_of_its_way_and_on_no_other(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    travelled: dict[str, list[str]] = {}
    for row in sorted(rows(sheets, "packages"), key=lambda one: one["depart_utc"]):
        travelled.setdefault(row["order"], []).append(row["lane"])
    ways = {order: row["lanes"].split(" > ") for order, row in served(planned).items()}
    assert travelled == ways


def test_a_package_decays_on_its_way_and_keeps_its_label(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    doses = served(planned)
    for row in rows(sheets, "packages"):
        dose = doses[row["order"]]
        waited_h = (row["depart_utc"] - dose["ready"]) / timedelta(hours=1)
        expected = dose["activity_ready_gbq"] * 0.5 ** (waited_h / HALF_LIFE_H)
        assert row["activity_gbq"] == pytest.approx(expected, rel=1e-5)
        assert row["activity_mci"] == pytest.approx(row["activity_gbq"] / 0.037)
        assert row["transport_index"] == dose["transport_index"]
        # 49 CFR 173.435: A2 of Lu-177 is 0.7 TBq; an index of 0.1 is over that of category I.
        assert (row["package"], row["label"]) == ("type_a", "yellow_ii")


def test_packages_follow_one_another_from_line_to_site(sheets: Sheets) -> None:
    mine = [row for row in rows(sheets, "packages") if row["order"] == "o7"]
    mine.sort(key=lambda row: row["depart_utc"])
    places = ["line-a", "ORD", "DEN", "BOI", "far"]
    assert [row["from_place"] for row in mine] == places[:-1]
    assert [row["to_place"] for row in mine] == places[1:]
    for row in mine:
        assert row["hand_over_utc"] <= row["depart_utc"] < row["arrive_utc"]
        assert (row["depart_zone"], row["arrive_zone"]) == (
            ZONES[row["from_place"]],
            ZONES[row["to_place"]],
        )
        for time in ("hand_over", "depart", "arrive"):
            local = row[f"{time}_local"].replace(tzinfo=ZoneInfo(row[f"{time}_zone"]))
            assert local == row[f"{time}_utc"]


def test_the_cut_off_of_a_flight_and_the_hand_over_of_a_courier(sheets: Sheets) -> None:
    found = {row["lane"]: row for row in rows(sheets, "departures")}
    assert found["ORD>DEN"]["hand_over_utc"] == chicago(4, 18)
    assert found["ORD>DEN"]["depart_utc"] == chicago(4, 20)
    # DEN>BOI leaves at 07:00 in Denver, cut-off 90 min.
    assert found["DEN>BOI"]["hand_over_utc"] == chicago(5, 6, 30)
    assert found["line-a>ORD"]["hand_over_utc"] == chicago(4, 13)
    assert found["line-a>ORD"]["depart_utc"] == chicago(4, 13, 30)


def test_a_departure_sums_its_packages(sheets: Sheets) -> None:
    packages = rows(sheets, "packages")
    counted = Counter((row["lane"], row["depart_utc"]) for row in packages)
    for row in rows(sheets, "departures"):
        key = (row["lane"], row["depart_utc"])
        mine = [one for one in packages if (one["lane"], one["depart_utc"]) == key]
        assert row["packages"] == counted.pop(key) == len(mine)
        assert row["transport_index"] == pytest.approx(sum(one["transport_index"] for one in mine))
        assert row["activity_gbq"] == pytest.approx(sum(one["activity_gbq"] for one in mine))
    assert not counted


def test_a_day_list_says_what_is_given_when_and_until_when(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    doses = served(planned)
    days = {row["order"]: row for row in rows(sheets, "days")}
    assert days.keys() == doses.keys()
    for order, row in days.items():
        dose = doses[order]
        assert row["infuse_zone"] == ZONES[dose["site"]]
        assert row["day"] == dose["infuse"].astimezone(ZoneInfo(row["infuse_zone"])).date()
        assert (row["patient"], row["suite"]) == (dose["patient"], dose["suite"])
        assert row["activity_gbq"] == dose["activity_infuse_gbq"]
        # The label's 7.4 GBq, ten per cent more or less; 120 h of shelf life.
        assert (row["least_gbq"], row["most_gbq"]) == pytest.approx((6.66, 8.14))
        assert row["expiry_utc"] == dose["ready"] + timedelta(hours=120)
        assert (row["survey"], row["assay"], row["identity"]) == ("", "", "")


def test_who_is_left_is_listed_with_the_reason(sheets: Sheets) -> None:
    found = {row["order"]: (row["link"], row["reason"]) for row in rows(sheets, "left")}
    assert found == {
        "o5": ("licence_or_possession", "possession_full"),
        "o8": ("licence_or_possession", "product_not_licensed_at_site"),
    }


def test_a_package_whose_legs_are_not_known_travels_as_one(planned: PlannedWeek) -> None:
    plan = dataclasses.replace(planned.plan, legs=planned.plan.legs.clear())
    legs = _legs(dataclasses.replace(planned, plan=plan))
    assert legs.height == len(served(planned))
    assert set(legs["from_place"]) == {"line-a"}


def test_an_empty_plan_has_empty_lists(planned: PlannedWeek) -> None:
    plan = planned.plan
    none = dataclasses.replace(
        plan,
        **{name: getattr(plan, name).clear() for name in ("flows", "batches", "legs", "draws")},
    )
    empty = dataclasses.replace(planned, plan=none)
    found = sheets_of(empty, reference_for(planned.network))
    assert {frame.height for frame in found.frames.values()} == {0}
    for language in ("en", "zh"):
        assert sheets_workbook(empty, found, language=language)


@pytest.fixture
def hostile(planned: PlannedWeek) -> PlannedWeek:
    """A plan whose names a spreadsheet would take for formulas."""
    plan = planned.plan
    named = plan.flows.with_columns(patient=pl.lit('=HYPERLINK("x")'))
    return dataclasses.replace(planned, plan=dataclasses.replace(plan, flows=named))


def test_tables_are_written_for_people_and_for_programs(
    hostile: PlannedWeek, tmp_path: Path
) -> None:
    found = sheets_of(hostile, reference_for(hostile.network))
    write_tables(found, tmp_path)
    for name, frame in found.frames.items():
        assert pl.read_parquet(tmp_path / "sheets" / f"{name}.parquet").equals(frame)
        with (tmp_path / "sheets" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file))
        assert len(read) == frame.height
        assert not [cell for row in read for cell in row.values() if re.match(r"[=+@\t]", cell)]
    vial = read_first(tmp_path / "sheets" / "vials.csv")
    assert vial["patient"] == '\'=HYPERLINK("x")'
    assert (vial["calibration_local"], vial["calibration_utc"]) == (
        "2026-05-04 10:00",
        "2026-05-04T15:00Z",
    )
    assert float(vial["activity_gbq"]) == pytest.approx(8.178, abs=5e-4)


def read_first(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_holds_every_list_typed_and_without_formulas(
    hostile: PlannedWeek, tmp_path: Path, language: str
) -> None:
    found = sheets_of(hostile, reference_for(hostile.network))
    book = sheets_workbook(hostile, found, language=language)
    path = tmp_path / "plan.xlsx"
    path.write_bytes(book)
    read = {sheet.name: sheet for sheet in read_sheets(path)}
    names = {key: messages()[f"sheet.name.{key}"][language] for key in ("about", *SHEETS)}
    assert list(read) == list(names.values())
    for key, frame in found.frames.items():
        sheet = read[names[key]]
        assert len(sheet.rows) == frame.height + 1
        kinds = {cell.kind for _, cells in sheet.rows for cell in cells.values()}
        assert "formula" not in kinds
        heads = [cell.value for cell in sheet.rows[0][1].values()]
        for column, head in zip(
            (one for one in SHEETS[key] if one.kind != "name_zh"), heads, strict=True
        ):
            assert head.endswith(f"[{column.unit}]") if column.unit else "[" not in head
    vials = read[names["vials"]].rows[1][1]
    assert vials[4].value == '=HYPERLINK("x")'
    assert {cell.kind for cell in vials.values()} == {"text", "number", "date"}
    site = {"en": "Site Middle", "zh": "中途治疗单位"}[language]
    assert vials[6].value == site


def test_the_same_plan_gives_the_same_workbook(planned: PlannedWeek, sheets: Sheets) -> None:
    one, two = (sheets_workbook(planned, sheets, language="en") for _ in range(2))
    assert one == two
