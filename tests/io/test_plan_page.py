"""The pages of a planned week: they say what the flows say, load nothing, and lead somewhere.

They are for operations, so small groups are shown.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest
from tests.io.test_report import LOADS, Page, lost

from doseline.io.folder import load
from doseline.io.plans import write_plan
from doseline.io.report import render_lists, render_plan, render_replan
from doseline.io.report.charts.robust import robust_section
from doseline.io.report.moments import at_place
from doseline.io.report.printed_lists import lists_of
from doseline.io.report.replan_tables import changes_table
from doseline.io.report.words import Word
from doseline.io.tables import OutputFolder
from doseline.io.text import UnknownLanguageError
from doseline.model.events import parse_event
from doseline.model.flows import FEE_SCHEMA
from doseline.model.replanned import CHANGES
from doseline.model.robust import CHANCE_SCHEMA, POINT_SCHEMA, RobustCurve
from doseline.study.calls import calls_of
from doseline.study.papers import write_papers, write_replan_papers
from doseline.study.planned import plan_network
from doseline.study.reference import reference_for
from doseline.study.replanned import replan_week
from doseline.study.sheets import sheets_of

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.model.replanned import Replanned
    from doseline.model.sheets import Sheets
    from doseline.study.reference import Reference

TINY = Path(__file__).parents[2] / "examples" / "tiny"
AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
"""An hour before synthesis of psma-mon."""


class Again(NamedTuple):
    """A week planned again."""

    after: PlannedWeek
    found: Replanned


@pytest.fixture(scope="module")
def planned() -> PlannedWeek:
    network = load(TINY)
    return plan_network(network, reference_for(network))


@pytest.fixture(scope="module")
def reference(planned: PlannedWeek) -> Reference:
    return reference_for(planned.network)


@pytest.fixture(scope="module")
def sheets(planned: PlannedWeek, reference: Reference) -> Sheets:
    return sheets_of(planned, reference)


@pytest.fixture(scope="module")
def failed(planned: PlannedWeek, reference: Reference) -> Again:
    events = [parse_event("batch_failed:psma-mon")]
    return Again(*replan_week(planned, reference, events, at=AT))


def cells(page: str) -> list[list[str]]:
    """The cells of every row of every table, tags and line ends left out."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split())
            for one in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def english(page: str) -> str:
    """The page without its Chinese words."""
    return re.sub(r'<t?span class="zh"[^>]*>.*?</t?span>', "", page, flags=re.DOTALL)


def sections(page: str) -> dict[str, str]:
    """Every section by its id."""
    parts = re.split(r'<section[^>]*id="([^"]+)"', page)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_are_whole_load_nothing_and_lead_somewhere(
    planned: PlannedWeek, sheets: Sheets, failed: Again, reference: Reference, language: str
) -> None:
    calls = calls_of(failed.found, sheets, sheets_of(failed.after, reference))
    pages = {
        "report.html": render_plan(planned, sheets, lists_of(sheets), language=language),
        "sheets.html": render_lists(planned, lists_of(sheets), language=language),
        "replan.html": render_replan(failed.found, planned.plan, calls, language=language),
    }
    ids = {name: set(Page(text).values("id")) for name, text in pages.items()}
    for name, text in pages.items():
        page = Page(text)
        assert page.open == []
        assert len(page.values("id")) == len(ids[name])
        assert [tag for tag, _ in page.tags if tag in LOADS] == []
        assert "default-src 'none'" in text
        assert "://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert f'<html lang="{ {"en": "en", "zh": "zh-Hans"}[language] }">' in text
        for href in page.values("href"):
            file, _, anchor = href.partition("#")
            assert not anchor or anchor in ids[file or name], href
            assert (file or name) in pages
        assert not [
            one for one in re.findall(r"<table>.*?</table>", text, re.DOTALL) if lost(one)
        ] or (name == "sheets.html")
    with pytest.raises(UnknownLanguageError):
        render_plan(planned, sheets, lists_of(sheets), language="fr")


def test_the_plan_says_what_is_served_and_what_is_left(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    page = english(render_plan(planned, sheets, lists_of(sheets)))
    values = re.findall(r'<dd class="value"><a[^>]*>(.*?)</a>', page)
    assert [re.sub(r"<[^>]+>", "", one) for one in values] == [
        "6 of 8",
        "2 of 2",
        "7",
        f"USD\N{NO-BREAK SPACE}{planned.plan.cost:,.0f}",
    ]
    assert "proven best" in page
    assert "For operations, not for publication" in page
    left = cells(sections(page)["plan_left"])[1:]
    assert {row[0] for row in left} == {"o5", "o8"}
    batches = cells(sections(page)["plan_batches"])[1:]
    assert batches[0][0] == "psma-mon"
    assert batches[0][3:7] == ["4", "5", "34.51", "80"]
    assert batches[0][7] == "2026-05-04 06:00 −05:00 (11:00 UTC)"


def test_every_dose_is_on_the_list_of_its_line_its_carriers_and_its_site(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    parts = sections(english(render_lists(planned, lists_of(sheets))))
    served = planned.plan.flows.filter(pl.col("line").is_not_null())
    found: Counter[tuple[str, str]] = Counter()
    for key, part in parts.items():
        for row in cells(part):
            for order in set(row) & set(served["order"]):
                found[key.split("-")[0], order] += 1
    legs = dict(served.select("order", pl.col("lanes").str.split(" > ").list.len()).iter_rows())
    for order in served["order"]:
        assert found["line", order] == 1
        assert found["carrier", order] == legs[order]
        assert found["site", order] == 1


def test_a_day_list_gives_activity_in_both_units_and_boxes(
    planned: PlannedWeek, sheets: Sheets
) -> None:
    page = english(render_lists(planned, lists_of(sheets)))
    middle = next(part for part in sections(page).values() if "Site Middle" in part)
    (row,) = [one for one in cells(middle) if "o6" in one]
    assert row[0] == "08:00 −06:00 (14:00 UTC)"
    assert row[6:9] == ["7.4 GBq (200 mCi)", "6.66 to 8.14 GBq", "8.178"]
    assert row[9] == "2026-05-04 23:00 −06:00 (05-05 05:00 UTC)"
    assert row[-3:] == ["☐", "☐", "☐"]


def test_a_manifest_sums_the_transport_index(planned: PlannedWeek, sheets: Sheets) -> None:
    page = english(render_lists(planned, lists_of(sheets)))
    flight = next(part for part in sections(page).values() if "ORD&gt;DEN" in part)
    assert "Packages: 2. Sum of the transport index: 0.2." in flight
    assert re.search(r"Hand over by 2026-05-04 18:00 −05:00\s\(23:00 UTC\)", flight)
    assert "UN 2915, Type A" in flight


def test_events_and_drawn_orders_are_told(planned: PlannedWeek, sheets: Sheets) -> None:
    week = dataclasses.replace(planned, drawn=True, at=AT, events=("batch_failed:psma-mon",))
    page = english(render_plan(week, sheets, lists_of(sheets)))
    assert "drawn from its demand" in page
    assert "Planned again at 2026-05-04 10:00 UTC" in page
    assert "batch_failed:psma-mon" in page


def test_the_replan_page_says_who_loses_a_cycle_and_what_stands_in_the_way(
    planned: PlannedWeek, sheets: Sheets, failed: Again, reference: Reference
) -> None:
    calls = calls_of(failed.found, sheets, sheets_of(failed.after, reference))
    page = english(render_replan(failed.found, planned.plan, calls))
    tiles = re.findall(r'<dd class="value"><a[^>]*>(.*?)</a>', page)
    hit = planned.plan.flows.filter(pl.col("batch") == "psma-mon")
    assert tiles[:3] == [str(hit.height), "0", str(hit.height)]
    assert "a batch failed: psma-mon" in page
    moved = cells(sections(page)["replan_moves"])[1:]
    assert {row[0] for row in moved} == set(hit["order"])
    assert all(row[6] == "—" and "no dose; wanted" in row[7] for row in moved)
    batches = cells(sections(page)["replan_batches"])[1:]
    assert batches == [["psma-mon", "line-a", "lu-psma", "4", "0", "34.51", "0"]]
    assert "No order gets less activity than planned" in page


def test_calls_are_made_before_the_first_thing_that_differs(
    planned: PlannedWeek, sheets: Sheets, failed: Again, reference: Reference
) -> None:
    calls = calls_of(failed.found, sheets, sheets_of(failed.after, reference))
    assert calls["by"].is_sorted()
    assert calls.filter(pl.col("by") < AT).is_empty()
    batch = planned.plan.batches.filter(pl.col("batch") == "psma-mon").row(0, named=True)
    (line,) = calls.filter(pl.col("kind") == "line").iter_rows(named=True)
    assert (line["batch"], line["before"], line["after"]) == ("psma-mon", 4, 0)
    assert line["by"] == batch["start"]
    hit = planned.plan.flows.filter(pl.col("batch") == "psma-mon")
    sites = calls.filter(pl.col("kind") == "site")
    assert dict(sites.select("who", "by").iter_rows()) == dict(
        hit.group_by("site").agg(pl.col("infuse").min()).iter_rows()
    )
    told = dict(sites.select("who", pl.col("changes").list.len()).iter_rows())
    assert told == dict(hit.group_by("site").len().iter_rows())
    carriers = calls.filter(pl.col("kind") == "carrier")
    legs = Counter(lane for way in hit["lanes"] for lane in way.split(" > "))
    assert carriers["before"].sum() == sum(legs.values())
    assert carriers["after"].sum() == 0
    start = carriers.filter(pl.col("place") == "line-a").row(0, named=True)
    assert start["by"] == batch["release"]
    assert start["departures"] == 2


def test_nobody_is_called_where_nothing_changes(
    planned: PlannedWeek, sheets: Sheets, reference: Reference
) -> None:
    _, found = replan_week(planned, reference, [], at=AT)
    calls = calls_of(found, sheets, sheets)
    assert calls.is_empty()
    page = english(render_replan(found, planned.plan, calls))
    assert "Nobody has to be called" in page
    assert 'id="figure-moves"' not in page


def test_a_partial_yield_is_shared_by_the_published_rule(
    planned: PlannedWeek, reference: Reference, sheets: Sheets
) -> None:
    at = AT + timedelta(hours=6)
    events = [parse_event("yield_low:psma-mon:95")]
    after, found = replan_week(planned, reference, events, at=at)
    calls = calls_of(found, sheets, sheets_of(after, reference))
    page = english(render_replan(found, planned.plan, calls))
    changed = found.changes.filter(pl.col("change") == "partial_yield")
    assert changed.height == 4
    partial = sections(page)["replan_partial"]
    assert "Orders that get another activity than planned: 4, 95 % of the label" in partial
    assert "Shortage rule: a continuing cycle weighs" in partial
    assert "proven best" in page
    # A vial given at another hour holds another activity, too: no batch is shared out.
    moved = dataclasses.replace(found, events=())
    partial = sections(english(render_replan(moved, planned.plan, calls)))["replan_partial"]
    assert "another activity than planned: 4" in partial
    assert "Shortage rule" not in partial


def test_a_fee_that_was_in_the_plan_before_is_no_change_of_cost(
    planned: PlannedWeek, failed: Again
) -> None:
    fee = (
        "o2", "lu-psma", date(2026, 5, 5), date(2026, 5, 6), 7, 40.0, 19_592.0, "USD", "moved",
    )  # fmt: skip
    fees = pl.DataFrame([fee], schema=FEE_SCHEMA, orient="row")
    lost = failed.found.changes.filter(pl.col("order") == "o2").with_columns(fee=19_592.0)
    before = dataclasses.replace(planned.plan, fees=fees)
    # A vial at 1,000 and a lane at 200 are not paid.
    for plan, change in ((planned.plan, "18,392"), (before, "−1,200")):
        ((*_, cell, _),) = changes_table(failed.found, lost.to_dicts(), plan).rows
        assert isinstance(cell, Word)
        assert cell.en == change


def test_every_kind_of_change_has_words(
    planned: PlannedWeek, failed: Again, sheets: Sheets
) -> None:
    kinds = [one for one in CHANGES if one not in {"unchanged", "waiting"}]
    changes = failed.found.changes
    several = (
        pl.concat([changes] * 2)
        .head(len(kinds))
        .with_columns(
            change=pl.Series(kinds),
            order=pl.Series([f"x{number}" for number in range(len(kinds))]),
            infuse=pl.col("infuse_before") + pl.duration(days=1),
            depart=pl.col("depart_before"),
            inside_window=pl.Series([number % 2 == 0 for number in range(len(kinds))]),
            new_identity_check=pl.Series([one == "swapped" for one in kinds]),
            vial_of=pl.lit("o9"),
            days_moved=1,
        )
    )
    found = dataclasses.replace(failed.found, changes=several)
    calls = calls_of(found, sheets, sheets)
    for language, mark in (("en", "OUTSIDE"), ("zh", "窗外")):
        page = render_replan(found, planned.plan, calls, language=language)
        assert mark in page
        assert "o9" in page
        assert "report." not in re.sub(r"report\.html", "", page)


def test_the_curve_of_robust_plans_is_a_section(planned: PlannedWeek, sheets: Sheets) -> None:
    row = dict.fromkeys(POINT_SCHEMA, 0) | {"hedge": "none", "doses": 6, "mean": 5.5, "low": 4}
    more = row | {"point": 1, "hedge": "worst", "price": 1000.0, "worst": 3, "mean": 5.75, "low": 5}
    curve = RobustCurve(
        week=planned.plan.week,
        orders=8,
        failures=1,
        points=pl.DataFrame([row, more], schema=POINT_SCHEMA),
        chances=pl.DataFrame(schema=CHANCE_SCHEMA),
        plans=(planned.plan, planned.plan),
    )
    page = render_plan(planned, sheets, lists_of(sheets), more=[robust_section(curve, "USD")])
    part = sections(english(page))["robust"]
    told = [row[:1] + row[2:] for row in cells(part)[1:]]
    assert told == [["0", "0", "0", "5.5", "4", "0"], ["1", "1,000", "0", "5.8", "5", "3"]]
    assert "<svg" in part


def test_papers_are_written_alike_each_time_and_do_not_disturb_the_plan(
    planned: PlannedWeek, failed: Again, reference: Reference, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        with OutputFolder(tmp_path / name) as fresh:
            write_replan_papers(failed.found, planned, failed.after, reference, fresh)
    with OutputFolder(tmp_path / "bare") as fresh:
        write_plan(failed.after, fresh)
    with OutputFolder(tmp_path / "before") as fresh:
        write_plan(planned, fresh)
    with OutputFolder(tmp_path / "copied") as fresh:
        write_replan_papers(
            failed.found, planned, failed.after, reference, fresh, folder=tmp_path / "before"
        )
    files = {
        path.relative_to(tmp_path / "one")
        for path in (tmp_path / "one").rglob("*")
        if path.is_file()
    }
    assert {Path("report.html"), Path("sheets.html"), Path("replan.html")} <= files
    assert {
        Path("plan.xlsx"),
        Path("sheets/changes.parquet"),
        Path("sheets/calls.parquet"),
    } <= files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "copied" / file).read_bytes()
        if (tmp_path / "bare" / file).is_file():
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "bare" / file).read_bytes()


def test_pages_open_in_the_language_that_was_asked_for(
    planned: PlannedWeek, reference: Reference, tmp_path: Path
) -> None:
    with OutputFolder(tmp_path / "week") as fresh:
        write_papers(planned, reference, fresh, language="zh")
    for name in ("report.html", "sheets.html"):
        assert '<html lang="zh-Hans">' in (tmp_path / "week" / name).read_text(encoding="utf-8")


def test_a_time_is_told_where_it_is_and_in_utc() -> None:
    spring = datetime(2026, 3, 8, 8, 30, tzinfo=UTC)
    assert at_place(spring, "America/Chicago") == "2026-03-08 03:30 −05:00\n(08:30 UTC)"
    assert at_place(spring - timedelta(hours=1), "America/Chicago") == (
        "2026-03-08 01:30 −06:00\n(07:30 UTC)"
    )
    assert at_place(spring, "Asia/Shanghai") == "2026-03-08 16:30 +08:00\n(08:30 UTC)"
    assert at_place(None, "UTC") == "—"


def test_words_of_the_data_are_escaped(
    planned: PlannedWeek, failed: Again, reference: Reference
) -> None:
    hostile = "<script>alert(1)</script>"
    flows = planned.plan.flows.with_columns(patient=pl.lit(hostile), suite=pl.lit(hostile))
    week = dataclasses.replace(planned, plan=dataclasses.replace(planned.plan, flows=flows))
    changes = failed.found.changes.with_columns(patient=pl.lit(hostile), order=pl.lit(hostile))
    found = dataclasses.replace(failed.found, changes=changes)
    lists = sheets_of(week, reference)
    pages = (
        render_plan(week, lists, lists_of(lists)),
        render_lists(week, lists_of(lists)),
        render_replan(found, planned.plan, calls_of(found, lists, lists)),
    )
    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert Page(page).open == []
