"""A planner's own list: any columns, any usual way of writing, English or Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.io.broken import TINY, findings, lines

import doseline as dl
from doseline.io.convert import open_text, write_text
from doseline.io.importing.apply import (
    Prepared,
    Request,
    UnknownColumnError,
    UnknownTableError,
    prepare,
    write_import,
)
from doseline.io.importing.mapping import plan_text, read_plan
from doseline.io.text import wording
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ORDERS = """Orders for May;;;;;;
;;;;;;
Order No.;Hospital;Patient ID;Treatment date;Cycle type;Insurance;Comment
PO-1;Site Near;A-17;05/05/2026;initial;Medicare fee for service;call first
PO-2;Site Middle;A-18;06/05/2026;Follow-up;Medicare Advantage;
PO-3;Site Far;A-19;13/05/2026;initial;ma;
"""
ORDERS_ZH = """订单号,医院,病人编号,给药日期,首次或后续,医保类型
D-1,近处治疗单位,P1,2026/5/5,首次,ffs
D-2,中途治疗单位,P2,2026年5月6日,后续,ma
"""
FLIGHTS = """Flight,Route,Days of operation,STD,Tender time (h),Effective from,Expires
AA1,ORD>DEN,135,2000,1.5,2026-04-01,2026-10-31
UA2,DEN>BOI,周二至周四,7:00 AM,2,2026-04-01,2026-10-31
AA3,ORD>DEN,daily,23:15,90 min,2026-04-01,
"""
LICENCES = """Licence,Hospital,Isotope,Limit (mCi),Effective,Expires
L1,Site Near,Lu177,2000,01-Jan-2026,31-Dec-2028
L2,Site Middle,177Lu,"20,000.5",01-Jan-2026,31-Dec-2028
"""
GIVEN = {"product": "lu-psma"}


def listed(tmp_path: Path, content: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return path


def prepared(request: Request) -> Prepared:
    found, wrong = prepare(request)
    assert found is not None, [wording(one, "en") for one in wrong]
    return found


def orders(
    folder: Path, tmp_path: Path, content: str = ORDERS, *, constants: Mapping[str, str] = GIVEN
) -> Prepared:
    file = listed(tmp_path, content)
    return prepared(Request(file=file, table="orders", network=folder, constants=constants))


def sentences(found: Prepared) -> list[str]:
    return [wording(one, "en") for one in found.findings if one.severity == "error"]


def test_an_order_list_is_understood_by_names_and_by_what_its_cells_say(
    folder: Path, tmp_path: Path
) -> None:
    found = orders(folder, tmp_path)
    assert found.foreign.header_line == 3
    assert {name: how.source for name, how in found.plan.columns.items() if how.source} == {
        "order": "Order No.",
        "patient": "Patient ID",
        "site": "Hospital",
        "kind": "Cycle type",
        "earliest": "Treatment date",
        "latest": "Treatment date",
        "payer": "Insurance",
    }
    assert found.cells["site"] == ["near", "middle", "far"]
    assert found.cells["kind"] == ["new", "continuing", "new"]
    assert found.cells["earliest"] == ["2026-05-05", "2026-05-06", "2026-05-13"]
    assert found.cells["payer"] == ["ffs", "ma", "ma"]
    assert found.unused == ("Comment",)
    assert (found.doubtful, sentences(found)) == ((), [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_order_list_is_understood_in_any_usual_encoding(
    encoding: str, folder: Path, tmp_path: Path
) -> None:
    file = listed(tmp_path, ORDERS_ZH, encoding=encoding)
    found = prepared(Request(file=file, table="orders", network=folder, constants=GIVEN))
    assert found.cells["site"] == ["near", "middle"]
    assert found.cells["kind"] == ["new", "continuing"]
    assert found.cells["latest"] == ["2026-05-05", "2026-05-06"]
    assert (found.doubtful, sentences(found)) == ((), [])


def test_a_timetable_is_understood(folder: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, FLIGHTS)
    found = prepared(Request(file=file, table="departures", network=folder))
    assert found.cells["weekdays"] == ["Mon Wed Fri", "Tue-Thu", "Mon-Sun"]
    assert found.cells["depart"] == ["20:00", "07:00", "23:15"]
    assert found.cells["cutoff_min"] == ["90", "120", "90"]
    assert found.unused == ("Flight",)
    assert (found.doubtful, sentences(found)) == ((), [])


def test_activities_are_converted_and_nuclides_spelled(folder: Path, tmp_path: Path) -> None:
    """2000 mCi are 74 GBq: a curie is 37 GBq."""
    file = listed(tmp_path, LICENCES)
    given = {"operation": "treat", "evidence": "invented"}
    found = prepared(Request(file=file, table="licences", network=folder, constants=given))
    assert found.cells["possession_gbq"] == ["74", "740.0185"]
    assert found.cells["holder"] == ["near", "middle"]
    assert found.cells["valid_from"] == ["2026-01-01", "2026-01-01"]
    assert found.cells["nuclide"][0] == "Lu-177"


def test_rows_are_added_and_those_that_were_there_stay(folder: Path, tmp_path: Path) -> None:
    before = lines(folder, "orders")
    write_import(orders(folder, tmp_path), folder)
    after = lines(folder, "orders")
    assert after[: len(before)] == before
    assert after[len(before) :][0][:4] == ["PO-1", "A-17", "lu-psma", "near"]
    assert dl.load(folder).frame("orders").height == len(before) - 1 + 3


def test_rows_replace_those_that_were_there(folder: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, ORDERS)
    request = Request(file=file, table="orders", network=folder, constants=GIVEN, replace=True)
    found = prepared(request)
    assert (found.rows_before, found.rows_after) == (8, 3)
    write_import(found, folder)
    assert dl.load(folder).frame("orders")["order"].to_list() == ["PO-1", "PO-2", "PO-3"]


def test_a_table_that_was_absent_is_made(folder: Path, tmp_path: Path) -> None:
    (folder / "orders.csv").unlink()
    write_import(orders(folder, tmp_path), folder)
    assert dl.load(folder).frame("orders").height == 3


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_other_forms_of_a_network_take_rows_too(form: str, folder: Path, tmp_path: Path) -> None:
    opened, _ = open_text(folder)
    assert opened is not None
    path = tmp_path / ("to.xlsx" if form == "xlsx" else "to")
    write_text(opened.text, path, form=form)
    write_import(orders(path, tmp_path), path)
    assert dl.load(path).frame("orders").height == 11


def test_a_list_in_a_workbook_is_understood(folder: Path, tmp_path: Path) -> None:
    book = Workbook()
    notes = book.create_sheet("May")
    notes.append(["Orders"])
    notes.append([])
    for line in ORDERS.splitlines()[2:]:
        notes.append(line.split(";"))
    path = tmp_path / "orders.xlsx"
    book.save(path)
    found = prepared(Request(file=path, table="orders", network=folder, constants=GIVEN))
    assert (found.foreign.sheet, found.foreign.header_line) == ("May", 3)
    assert found.cells["site"] == ["near", "middle", "far"]
    wrong, _ = prepare(Request(file=path, table="orders", network=folder, sheet="Mai"))
    assert wrong is None


def test_findings_are_at_the_lines_and_columns_of_the_list(folder: Path, tmp_path: Path) -> None:
    content = ORDERS.replace("Site Middle", "Site Muddle").replace("PO-3", "o1")
    found = orders(folder, tmp_path, content)
    assert found.is_refused
    unknown, repeated = sentences(found)
    assert unknown.startswith(
        "list.csv, line 5, Hospital: 'Site Muddle' is not found in sites.csv."
    )
    assert repeated.startswith(
        "list.csv, line 6, Order No.: The key o1 already stands in line 2 (orders.csv)."
    )


def test_a_key_that_repeats_within_the_list_names_the_line_of_the_list(
    folder: Path, tmp_path: Path
) -> None:
    found = orders(folder, tmp_path, ORDERS.replace("PO-3", "PO-1"))
    assert [one for one in sentences(found) if "already stands in line 4." in one]


def test_what_nothing_fills_is_told_once(folder: Path, tmp_path: Path) -> None:
    found = orders(folder, tmp_path, constants={})
    assert [one.code for one in found.findings if one.severity == "error"] == ["unfilled_column"]
    assert "--set product=VALUE" in sentences(found)[0]


def test_days_that_can_be_read_in_two_ways_are_asked_about(folder: Path, tmp_path: Path) -> None:
    found = orders(folder, tmp_path, ORDERS.replace("13/05", "07/05"))
    (one,) = [one for one in found.findings if one.severity == "error"]
    assert (one.code, one.allowed) == ("ambiguous_dates", "%d/%m/%Y, %m/%d/%Y")
    assert one.found == "Treatment date"


def test_two_formats_that_mean_the_same_days_are_not_asked_about(
    folder: Path, tmp_path: Path
) -> None:
    content = ORDERS.replace("05/05/", "5 May ").replace("06/05/", "6 May ")
    found = orders(folder, tmp_path, content.replace("13/05/", "7 May "))
    assert found.cells["earliest"] == ["2026-05-05", "2026-05-06", "2026-05-07"]


def test_a_mapping_is_saved_read_edited_and_used_again(folder: Path, tmp_path: Path) -> None:
    found = orders(folder, tmp_path)
    path = tmp_path / "orders.toml"
    path.write_text(plan_text(found.plan), encoding="utf-8")
    plan, wrong = read_plan(path)
    assert (plan, wrong) == (found.plan, [])
    words = path.read_text(encoding="utf-8").replace('"Site Near" = "near"', '"Hosp A" = "near"')
    path.write_text(words, encoding="utf-8")
    file = listed(tmp_path, ORDERS.replace("Site Near", "Hosp A"))
    again = prepared(Request(file=file, table="orders", network=folder, mapping=path))
    assert again.cells["site"] == ["near", "middle", "far"]
    assert again.doubtful == ()


def test_a_mapping_says_units_formats_zones_and_constants(folder: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, "what;where;how much;when\nx1;N;200;05.05.2026 08:00\n")
    mapping = listed(
        tmp_path,
        """
table = "in_flight"
[columns.dose]
from = "what"
[columns.product]
constant = "lu-psma"
[columns.site]
from = "where"
values = {N = "near"}
[columns.activity_gbq]
from = "how much"
unit = "mCi"
[columns.arrives]
constant = "2026-05-05T07:00:00-05:00"
[columns.infuse]
constant = "2026-05-05T08:00:00-05:00"
""",
        "map.toml",
    )
    found = prepared(Request(file=file, table="in_flight", network=folder, mapping=mapping))
    assert {name: cells[0] for name, cells in found.cells.items()} == {
        "dose": "x1",
        "product": "lu-psma",
        "site": "near",
        "activity_gbq": "7.4",
        "arrives": "2026-05-05T07:00:00-05:00",
        "infuse": "2026-05-05T08:00:00-05:00",
    }
    assert sentences(found) == []


def test_a_wall_time_becomes_an_instant_only_with_a_zone(folder: Path, tmp_path: Path) -> None:
    """On 1 November 2026 there are two half past ones in Chicago."""
    content = "place,nuclide,activity_gbq,at\nnear,Lu-177,1,2026-05-04 00:00\n"
    content += "middle,Lu-177,1,2026-11-01 01:30\n"
    file = listed(tmp_path, content)
    mapping = '[columns.at]\nfrom = "at"\nzone = "America/Chicago"\n'
    for name in ("place", "nuclide", "activity_gbq"):
        mapping += f'[columns.{name}]\nfrom = "{name}"\n'
    path = listed(tmp_path, f'table = "stock"\n{mapping}', "map.toml")
    request = Request(file=file, table="stock", network=folder, mapping=path, replace=True)
    found = prepared(request)
    assert found.cells["at"] == ["2026-05-04T00:00:00-05:00", "2026-11-01 01:30"]
    assert [(one.code, one.row) for one in found.findings] == [("naive_instant", 3)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("table = 1 = 2", "bad_toml"),
        ('table = "oders"', "unknown_mapping_table"),
        ('table = "sites"', "mapping_of_another_table"),
        ('table = "orders"\n[columns.colour]\nfrom = "x"', "unknown_column"),
        ('table = "orders"\n[columns.site]\nform = "x"', "unknown_setting"),
        ('table = "orders"\n[columns.site]\nfrom = 3', "wrong_type"),
        ('table = "orders"\n[columns.site]\nvalues = {a = 1}', "wrong_type"),
        ('table = "orders"\n[columns]\nsite = "x"', "wrong_type"),
        ('table = "orders"\n[columns.site]\nfrom = "Hopsital"', "unknown_source_column"),
    ],
)
def test_a_wrong_mapping_is_told(words: str, code: str, folder: Path, tmp_path: Path) -> None:
    mapping = listed(tmp_path, words, "map.toml")
    file = listed(tmp_path, ORDERS)
    found, wrong = prepare(Request(file=file, table="orders", network=folder, mapping=mapping))
    assert found is None
    assert [one.code for one in wrong] == [code]
    assert all(wording(wrong[0], lang) for lang in ("en", "zh"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.csv", None, "no_such_list"),
        ("empty.csv", b"", "empty_list"),
        ("list.xls", b"x", "other_workbook"),
        ("list.xlsx", b"x", "bad_workbook"),
    ],
)
def test_a_list_that_cannot_be_read_is_told(
    name: str, content: bytes | None, code: str, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    found, wrong = prepare(Request(file=path, table="orders", network=folder))
    assert found is None
    assert [one.code for one in wrong] == [code]


def test_a_table_or_column_that_there_is_not_is_told(folder: Path, tmp_path: Path) -> None:
    file = listed(tmp_path, ORDERS)
    with pytest.raises(UnknownTableError, match="Did you mean orders"):
        prepare(Request(file=file, table="order", network=folder))
    with pytest.raises(UnknownColumnError, match="Did you mean payer"):
        prepare(Request(file=file, table="orders", network=folder, constants={"payr": "ffs"}))


@pytest.mark.parametrize("name", sorted(path.stem for path in TINY.glob("*.csv")))
def test_our_own_tables_are_taken_over_as_they_are(name: str, folder: Path) -> None:
    """Every table of the example, imported into itself, fills each column from its own name."""
    file = TINY / f"{name}.csv"
    found = prepared(Request(file=file, table=name, network=folder, replace=True))
    header = lines(TINY, name)[0]
    assert {one: how.source for one, how in found.plan.columns.items() if how.source} == {
        one: one for one in header
    }
    assert sentences(found) == []
    write_import(found, folder)
    assert dl.diff(dl.load(TINY), dl.load(folder)).is_empty


@settings(max_examples=60, deadline=None)
@given(
    header=st.lists(
        st.sampled_from(("site", "日期", "kind", "payer", "", "x", "Date")), max_size=6
    ),
    rows=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=4),
    delimiter=st.sampled_from((",", ";", "\t")),
    encoding=st.sampled_from(("utf-8", "utf-16", "gb18030")),
)
def test_any_text_is_taken_over_or_told(
    header: list[str],
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    content = "\n".join(delimiter.join(row) for row in [header, *rows])
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(content.encode(encoding, "ignore"))
    for table in ("orders", "departures", "stock"):
        found, wrong = prepare(Request(file=path, table=table, network=TINY))
        told = found.findings if found is not None else wrong
        assert found is not None or told
        assert all(wording(one, lang) for one in told for lang in ("en", "zh"))


def test_a_network_that_lacks_other_tables_can_be_filled_one_by_one(tmp_path: Path) -> None:
    from datetime import date

    from doseline.io.new import new_network

    mine = tmp_path / "mine"
    new_network(mine, "empty", start=date(2026, 4, 5), lang="en")
    for name in ("evidence", "products", "regions", "sites", "suites", "tracers", "payers"):
        request = Request(file=TINY / f"{name}.csv", table=name, network=mine)
        write_import(prepared(request), mine)
    assert {one.code for one in findings(mine)} >= {"no_rows"}
    assert BY_NAME["sites"].name not in {
        one.table for one in findings(mine) if one.code == "no_rows"
    }
